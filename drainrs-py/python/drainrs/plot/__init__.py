"""Pictures of logs, with matplotlib: ``pip install 'drainrs[plot]'``.

>>> import drainrs
>>> from drainrs import plot
>>> ax = plot.timeline(drainrs.detect(drainrs.sample_log()))

Four pictures answer the first questions about a log: what is in it and when (`timeline`), whether there is more or less
of something than usual (`counts`), which values a template has (`parameters`), and when new things came (`novelty`).
Each takes what `drainrs.mine` or `drainrs.detect` gives, draws into ``ax`` or into a figure of its own, and returns the
axes, on which everything can be changed. Nothing is shown: notebooks do that, elsewhere ``ax.figure.savefig`` or
``matplotlib.pyplot.show``.

The horizontal axis is time in UTC. An event without a time stands where the one before it stands. Where most events
have no time it is the number of the line instead, from 1; alerts have no place there and are not drawn. Bins are as
wide as clocks count (1, 2, 5, 10, 15, 30 seconds, and so on) and begin at round times, so there are at most as many as
asked for. Skipped events are in no picture.

Colours keep apart for those who see red and green alike; what matters has a shape as well. Texts of logs are hostile:
they are cut, characters that nobody sees are replaced, and nothing of them is read as mathematics.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ..config import FrequencyConfig
from ..reading import Detection, Report
from ..shapes import PartValue, Template
from .axes import (
    _BLUE,
    _CLOCK,
    _ERRORS,
    _FEW,
    _MOST_BARS,
    _SECOND,
    _SKY,
    _VERMILION,
    Source,
    _axes,
    _inches,
    _nothing,
    _positive,
    _short,
    _titled,
    _whole_numbers,
)
from .drawn import _band, _Bins, _heat_of_log, _heat_of_report, _mark_errors, _read, _told, _width
from .values import _bars, _found, _histogram, _numbers, _unit_behind, _values, _with_slot

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["counts", "novelty", "parameters", "timeline"]


def timeline(source: Source | Report, *, top: int = 20, bins: int = 60, ax: Axes | None = None) -> Axes:
    """When each template came: a row per template, the most frequent first, and the number of events by colour.

    ``top`` templates have rows; all others are together in the last one, so that no event is missing. Empty bins are
    blank. Of a `Detection` the alerts are marked where they were noticed, each in the rows of the templates that it is
    about, and above all rows where it is about none; what is of low priority is hollow. A `Report` has bins of its own,
    and only the templates that it lists.
    """
    if top < 1:
        raise ValueError("top: at least one row is needed")
    if isinstance(source, Report):
        picture = _heat_of_report(source, top)
    else:
        picture = _heat_of_log(_read(source), top, _positive(bins))
    height = 1.4 + 0.26 * max(len(picture.rows), 4)
    ax = _axes(ax, (10.0, height))
    if not picture.rows:
        return _nothing(ax, "no events")

    import numpy
    from matplotlib import colormaps
    from matplotlib.colors import ListedColormap, LogNorm

    shown = numpy.ma.masked_less_equal(picture.heat, 0)
    norm = LogNorm(vmin=1, vmax=max(10.0, float(picture.heat.max())))
    # The lightest fifth of the colours would look like nothing at all.
    colours = ListedColormap(colormaps["YlGnBu"](numpy.linspace(0.2, 1.0, 256)))
    edges = numpy.arange(len(picture.rows) + 1) - 0.5
    mesh = ax.pcolormesh(picture.bins.x(), edges, shown, norm=norm, cmap=colours, rasterized=True)
    marks = picture.marks
    above = any(row < 0 for _, row, _ in marks)
    ax.set_ylim(len(picture.rows) - 0.5, -1.5 if above else -0.5)
    for urgent, face, edge, name in ((False, "white", _VERMILION, "alert, low"), (True, _VERMILION, "white", "alert")):
        own = [(at, row) for at, row, high in marks if high is urgent]
        if own:
            x = picture.bins.x(numpy.asarray([at for at, _ in own]))
            y = [max(row, -1) for _, row in own]
            look: dict[str, Any] = {"facecolors": face, "edgecolors": edge, "linewidths": 0.8 if urgent else 1.3}
            ax.scatter(x, y, s=38, marker="D", zorder=4, label=name, clip_on=False, **look)

    width, tall = _inches(ax)
    size = min(8.0, max(4.0, 0.65 * 72 * tall / len(picture.rows)))
    most = int(min(56, max(14, width * 0.38 * 72 / (0.6 * size))))
    names = [_short(text, most) for text in picture.rows]
    ax.set_yticks(range(len(names)), names, fontsize=size, family="monospace")
    ax.tick_params(axis="y", length=0)
    ax.set_yticks([row + 0.5 for row in range(len(picture.rows) - 1)], minor=True)
    ax.grid(axis="y", which="minor", color="#e6e6e6", linewidth=0.5)
    ax.tick_params(axis="y", which="minor", length=0)
    ax.set_axisbelow(True)
    picture.bins.label(ax)
    bar = ax.figure.colorbar(mesh, ax=ax, pad=0.015, fraction=0.04, aspect=30)
    bar.set_label(f"events per {picture.bins.width_text()}", fontsize=8)
    bar.ax.tick_params(labelsize=8)
    bar.ax.minorticks_off()
    highest = float(norm.vmax or 1.0)
    steps = [step * 10.0**power for power in range(12) for step in ((1, 2, 5) if highest < 1000 else (1,))]
    bar.set_ticks([step for step in steps if step <= highest])
    bar.ax.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    _titled(ax, "Templates over time" if picture.bins.timed else "Templates by line", bool(marks))
    return ax


def counts(
    source: Source,
    template: int | str | Template | None = None,
    *,
    bins: int = 120,
    window: float | timedelta | None = None,
    ax: Axes | None = None,
) -> Axes:
    """How many events of a template there are in each window, or of all, beside how many are usual.

    ``template`` is the number of one, its text or a part of it that no other has. A window is ``window`` long (seconds,
    or a number of lines where there are no times); else as long as the windows of a `Detection`, or such that there are
    at most ``bins``.

    *What the band is.* A `FrequencyModel` goes through the windows from left to right: each is compared with what the
    windows before it let expect, and only then learned. The line is the count that it expects and the band its usual
    range, in which all but about one count in a thousand lie, roughly (3.1 standard deviations). There is none for as
    long as the model has not seen enough windows (24), because it would be made up. The settings are those of the
    detector if there is one.

    *What is unusual.* A window is marked if its surprise reaches what a budget of one false alarm a day
    (``false_alarms_per_day``) allows for this series alone, and if the detector's other conditions hold: at least
    ``min_spike`` events, and for too few that at least ``min_drop_mean`` were expected or that the window before was
    low as well. Surprise is of the exact tail of a negative binomial distribution: a series that comes in bursts may
    leave the band and yet be no surprise. The first and the last window are cut off by the log: they are never called
    too low. A detector divides its budget by all its series, adds up hours, and suppresses what was told: it may say
    less or more. What it did say about the template (of all, where all are counted) is marked above.
    """
    log = _read(source)
    number, name = (None, "All events") if template is None else _found(log, template)
    ticks = log.ticks if number is None else log.ticks[log.ids == number]
    settings, usual = FrequencyConfig(), None
    if isinstance(source, Detection) and source.pipeline.config.detect is not None:
        settings, usual = source.pipeline.config.detect.score.frequency, source.pipeline.config.detect.count.window_ns
    if not len(log.ticks):
        return _nothing(_axes(ax, (10.0, 3.4)), "no events")
    if window is not None:
        seconds = window.total_seconds() if isinstance(window, timedelta) else float(window)
        width = round(seconds * _SECOND) if log.timed else round(seconds)
        if width < (_CLOCK[0] if log.timed else 1):
            raise ValueError(f"window: {'10 µs' if log.timed else 'a line'} is the least that can be drawn")
    elif log.timed and usual is not None and 1 <= (log.last - log.first) // usual < _MOST_BARS:
        width = usual
    else:
        width = _width(log, _positive(bins))
    row = _Bins.of(log, width)
    heights = row.count(ticks)
    band = _band(row, heights, settings)

    import numpy

    ax = _axes(ax, (10.0, 3.4))
    edges = row.x()
    centres = (edges[1:] + edges[:-1]) / 2
    if band.judged.any():
        # From the first judged window on; each value holds from its window's beginning to its end.
        start = int(numpy.argmax(band.judged))
        x = edges[start:]
        low, high, middle = (numpy.append(line[start:], line[-1]) for line in (band.low, band.high, band.expected))
        ax.fill_between(x, low, high, step="post", color="#dddddd", linewidth=0, zorder=0.5, label="usual range")
        # The band lies behind the bars, so that they keep their colours; its edges lie in front.
        for line in (low, high):
            ax.step(x, line, where="post", color="#777777", linewidth=0.7, zorder=3)
        ax.step(x, middle, where="post", color="#222222", linewidth=1.1, linestyle="--", zorder=3, label="expected")
    ax.stairs(heights, edges, fill=True, color=_SKY, label="events")
    flagged = band.flagged
    if flagged.any():
        ax.stairs(numpy.where(flagged, heights, 0), edges, fill=True, color=_VERMILION, label="unusual")
        missing = flagged & (heights < band.expected)
        if missing.any():  # A bar that is not there has no colour.
            ax.scatter(centres[missing], heights[missing], s=30, marker="x", color=_VERMILION, zorder=5)
    told = [at for at, about, _ in _told(source) if number is None or about == number] if log.timed else []
    places = row.place(numpy.asarray(told, dtype="int64"))
    marked = numpy.unique(places[(places >= 0) & (places < len(heights))])
    if len(marked):
        y = numpy.full(len(marked), 0.96)
        across = ax.get_xaxis_transform()
        ax.scatter(centres[marked], y, transform=across, s=36, marker="v", color="black", zorder=5, label="alert")
    most = max(float(heights.max()), float(band.high[band.judged].max(initial=0.0)), 1.0)
    ax.set_ylim(0, most * 1.15)
    ax.set_xlim(edges[0], edges[-1])
    _whole_numbers(ax.yaxis)
    ax.set_ylabel(f"events per {row.width_text()}", fontsize=8)
    row.label(ax)
    _titled(ax, _short(name, int(_inches(ax)[0] * 10)), True)
    return ax


def parameters(
    source: Source, template: int | str | Template, slot: int = 0, *, bins: int = 40, ax: Axes | None = None
) -> Axes:
    """Which values a template has at a place: ``slot`` counts its placeholders from 0. Needs ``parameters=True``.

    Numbers make a histogram, on a logarithmic axis if they are far apart; durations and sizes are read with their units
    (``1.5s``, ``2m3s``, ``10KB``: 1,000 bytes, ``10KiB``: 1,024). The count is exact. Other values, and numbers of
    which there are few different ones, make bars, the most frequent ones first, and the rest in the last bar.

    A template that has become more general has more places than its first events had values. Values of those are left
    out, because which place they belong to is not known; a note says how many.
    """
    log = _read(source)
    if "values" not in log.events.names:
        raise ValueError("the events have no values: mine or detect with parameters=True")
    number, name = _found(log, template)
    rows = log.rows[log.ids == number]
    known = log.templates.get(number)
    places = None if known is None else [part.value for part in known.pattern.parts if isinstance(part, PartValue)]
    if slot < 0 or (places is not None and slot >= len(places)):
        has = f"it has {len(places)} places" if places else "it has no place for a value"
        raise ValueError(f"slot {slot} of {name!r}: {has if places is not None else 'places are counted from 0'}")
    values, left_out = _values(log.events, rows, slot, None if places is None else len(places))
    if not values:
        raise ValueError(f"slot {slot} of {name!r} has no values in these events")

    tally = Counter(values)
    own = "*" if places is None else places[slot]
    class_ = own if isinstance(own, str) else "*"
    parsed = _numbers(tally, class_)
    has_bars = parsed is None or len(tally) <= _FEW
    ax = _axes(ax, (8.0, 1.2 + 0.24 * min(max(len(tally), 4), _FEW + 1) if has_bars else 3.4))
    if parsed is None or has_bars:
        _bars(ax, tally)
    else:
        unit = parsed.unit or ("" if known is None else _unit_behind(known, slot))
        _histogram(ax, parsed, _positive(bins), unit)
    most = int(_inches(ax)[0] * 10)
    title = name if known is None else _with_slot(known, slot, most)
    ax.set_title(_short(title, most), loc="left", fontsize=10, pad=20)
    note = f"{len(values):,} values, {len(tally):,} different"
    if left_out:
        note += f"; {left_out:,} of when the template was narrower left out"
    above: dict[str, Any] = {"xycoords": "axes fraction", "xytext": (0, 5), "textcoords": "offset points"}
    ax.annotate(note, (0, 1), va="bottom", fontsize=8, color="#555555", **above)
    return ax


def novelty(source: Source, *, bins: int = 60, ax: Axes | None = None) -> Axes:
    """When templates came for the first time: how many were new in each bin (bars), and how many there were (line).

    A log that is understood has a line that is flat behind its beginning. Templates whose first event is an error are
    marked and listed, the earliest ones if there are many. A template counts as new at its earliest event in this
    source: what a pipeline knew before is new here as well.
    """
    log = _read(source)
    import numpy

    bins = _positive(bins)
    ax = _axes(ax, (10.0, 3.4))
    if not len(log.ticks):
        return _nothing(ax, "no events")
    row = _Bins.of(log, _width(log, bins))
    order = numpy.argsort(log.ticks, kind="stable")
    ids, places = numpy.unique(log.ids[order], return_index=True)
    firsts = order[places]
    births = log.ticks[firsts]
    codes, words = log.events.codes("level")
    is_error = numpy.isin(codes[log.rows[firsts]], [words.index(word) for word in _ERRORS if word in words])

    heights = row.count(births)
    edges = row.x()
    ax.stairs(heights, edges, fill=True, color=_SKY, label=f"new per {row.width_text()}")
    steps = numpy.sort(births)
    x = numpy.concatenate([row.x(steps), edges[-1:]])
    known = numpy.append(numpy.arange(1, len(steps) + 1), len(steps))
    ax.plot(x, known, drawstyle="steps-post", color=_BLUE, linewidth=1.6, label="known until then")
    ax.set_xlim(edges[0], edges[-1])
    ax.set_ylim(0, len(ids) * 1.12 + 0.5)
    _whole_numbers(ax.yaxis)
    ax.set_ylabel("templates", fontsize=8)
    row.label(ax)

    errors = sorted(zip(births[is_error].tolist(), ids[is_error].tolist(), strict=True))
    if errors:
        _mark_errors(ax, log, row, errors, steps)
    _titled(ax, "New templates", True)
    return ax
