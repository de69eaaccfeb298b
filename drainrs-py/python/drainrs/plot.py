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

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta, timezone
from importlib import import_module
from typing import TYPE_CHECKING, Any, Union

from . import _native
from .config import FrequencyConfig
from .frames import EventColumns
from .reading import Detection, Mined, Report
from .shapes import Alert, PartText, PartValue, Template, Timestamp, Window

if TYPE_CHECKING:
    import numpy
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from numpy.typing import NDArray

    Ints = NDArray[numpy.int64]
    Floats = NDArray[numpy.float64]

__all__ = ["counts", "novelty", "parameters", "timeline"]

Source = Union[Mined, Detection, EventColumns]

# Okabe and Ito's palette: "Color Universal Design", 2008.
_BLUE, _SKY, _ORANGE, _VERMILION, _GREY = "#0072B2", "#56B4E9", "#E69F00", "#D55E00", "#8c8c8c"

_SECOND = 1_000_000_000
_DAY = 86_400 * _SECOND
# Widths of bins, in nanoseconds: what clocks and calendars count by.
_CLOCK = [
    *(step * 10**power for power in range(4, 9) for step in (1, 2, 5)),
    *(step * _SECOND for step in (1, 2, 5, 10, 15, 30)),
    *(step * 60 * _SECOND for step in (1, 2, 5, 10, 15, 30)),
    *(step * 3600 * _SECOND for step in (1, 2, 3, 6, 12)),
    *(step * _DAY for step in (1, 2, 7, 14, 28, 56, 112, 364)),
]
_MINUTE, _HOUR = 60 * _SECOND, 3600 * _SECOND
_UNITS = [(_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min"), (_SECOND, "s"), (10**6, "ms"), (10**3, "µs"), (1, "ns")]
# More windows than this are a mistake (a date in 1970, a window of a microsecond), not a picture.
_MOST_WINDOWS = 100_000
# As many windows of the detector are still told apart in a picture.
_MOST_BARS = 400
# The level of an error, in the order of `drainrs.shapes.Level`.
_ERRORS = ("error", "critical", "fatal")
# As many values are bars with their names rather than a histogram.
_FEW = 12

# Placeholders as templates have them unless the settings say otherwise.
_PLACEHOLDER = re.compile(r"<(?:\*|[A-Za-z][A-Za-z0-9_.:-]*)>")
# Line ends, control characters, and characters that hide or turn around what follows.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


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


# --- What is drawn --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Log:
    """The events of a source that have a template: its number, and where they stand (nanoseconds, or lines from 1)."""

    events: EventColumns
    rows: Ints
    ids: NDArray[numpy.uint64]
    ticks: Ints
    timed: bool
    templates: dict[int, Template]
    alerts: Sequence[Alert]

    @property
    def first(self) -> int:
        return int(self.ticks.min())

    @property
    def last(self) -> int:
        return int(self.ticks.max())

    def text(self, number: int) -> str:
        """The text of a template; its number where it is not known, or no longer: forgotten, or part of another one."""
        known = self.templates.get(number)
        if known is None:
            return f"template {number}, no longer there" if self.templates else f"template {number}"
        return known.text


def _read(source: object) -> _Log:
    _require()
    import numpy

    if isinstance(source, (Mined, Detection)):
        events, templates = source.events, {template.id: template for template in source.templates}
    elif isinstance(source, EventColumns):
        events, templates = source, {}
    else:
        raise TypeError(f"what drainrs.mine or drainrs.detect gives is needed, not {type(source).__name__}")
    ids = numpy.asarray(events.template)
    rows = numpy.flatnonzero(ids)
    at = numpy.asarray(events.at)
    missing = numpy.isnat(at)
    timed = len(at) > 0 and 2 * int(missing.sum()) < len(at)
    if timed:
        ticks = at.astype("int64")
        if missing.any():
            # The latest place before that has a time; before the first of them, that one.
            latest = numpy.maximum.accumulate(numpy.where(missing, -1, numpy.arange(len(at))))
            ticks = ticks[numpy.where(latest < 0, int(numpy.argmin(missing)), latest)]
    else:
        ticks = numpy.asarray(events.first_line).astype("int64") + 1
    return _Log(
        events, rows, ids[rows], ticks[rows], timed, templates, source.alerts if isinstance(source, Detection) else ()
    )


@dataclass(frozen=True)
class _Bins:
    """Bins of one width, from ``start``."""

    start: int
    width: float
    size: int
    timed: bool
    exact: bool = True

    @classmethod
    def of(cls, log: _Log, width: int) -> _Bins:
        start = log.first // width * width if log.timed else log.first
        size = (log.last - start) // width + 1
        if size > _MOST_WINDOWS:
            raise ValueError(f"{size:,} windows are too many ({_MOST_WINDOWS:,} at most): take a longer window")
        return cls(start, width, size, log.timed)

    def place(self, ticks: Ints) -> Ints:
        """The bin of each; what lies outside has a number outside."""
        return ((ticks - self.start) // int(self.width)).astype("int64")

    def count(self, ticks: Ints) -> Ints:
        import numpy

        return numpy.bincount(self.place(ticks), minlength=self.size).astype("int64")

    def x(self, ticks: Ints | None = None) -> Floats:
        """Where points in time stand on the axis; without any, the edges of the bins."""
        import numpy
        from matplotlib import dates

        if ticks is None:
            ticks = self.start + (numpy.arange(self.size + 1) * self.width).astype("int64")
        if not self.timed:
            return ticks.astype("float64")
        to_numbers: Any = dates.date2num
        return numpy.asarray(to_numbers(ticks.astype("datetime64[ns]")), dtype="float64")

    def width_text(self) -> str:
        if not self.timed:
            return "line" if self.width == 1 else f"{self.width:,.0f} lines"
        unit, name = next(((unit, name) for unit, name in _UNITS if self.width >= unit), (1, "ns"))
        value = self.width / unit
        return name if value == 1 else f"{value:.3g} {name}" if self.exact else f"about {value:.2g} {name}"

    def label(self, ax: Axes) -> None:
        """The horizontal axis, with times as they are read by people."""
        ax.tick_params(axis="both", labelsize=8)
        if not self.timed:
            ax.set_xlabel("line", fontsize=8)
            ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}" if value == int(value) else "")
            return
        from matplotlib import dates

        # Without annotations in matplotlib.
        locator_of: Any = dates.AutoDateLocator
        formatter_of: Any = dates.ConciseDateFormatter
        # With fewer ticks than these at most, there are stretches of time that no interval of the locator fits.
        most = max(6, int(_inches(ax)[0] * 1.2))
        locator = locator_of(tz=timezone.utc, minticks=4 if most >= 9 else 3 if most >= 7 else 2, maxticks=most)
        ax.xaxis.set_major_locator(locator)
        ax.xaxis.set_major_formatter(formatter_of(locator, tz=timezone.utc))
        ax.xaxis.get_offset_text().set_fontsize(8)
        # On the right is the date.
        ax.set_xlabel("time, UTC", fontsize=8, loc="left")


def _width(log: _Log, bins: int) -> int:
    """The least width that people count by with which there are at most so many bins."""
    widths: Iterable[int] = _CLOCK if log.timed else (step * 10**power for power in range(18) for step in (1, 2, 5))
    width = 1
    if log.timed and log.first == log.last:
        return _SECOND
    for width in widths:
        start = log.first // width * width if log.timed else log.first
        if (log.last - start) // width < bins:
            return width
    return width if not log.timed else -(-(log.last - log.first + 1) // bins) + width


@dataclass(frozen=True)
class _Heat:
    """A timeline: the texts of its rows, events by row and bin; of alerts when, in which row (-1: above), if urgent."""

    rows: list[str]
    heat: Floats
    bins: _Bins
    marks: list[tuple[int, int, bool]]


def _heat_of_log(log: _Log, top: int, bins: int) -> _Heat:
    import numpy

    if not len(log.ticks):
        return _Heat([], numpy.zeros((0, 1)), _Bins(0, 1, 1, False), [])
    ids, codes, many = numpy.unique(log.ids, return_inverse=True, return_counts=True)
    ranked = numpy.lexsort((ids, -many))
    rest = len(ids) - top
    # One template alone needs no row for "others".
    size = len(ids) if rest <= 1 else top + 1
    row_of = numpy.full(len(ids), size - 1, dtype="int64")
    row_of[ranked[:size]] = numpy.arange(min(size, len(ids)))
    row = _Bins.of(log, _width(log, bins))
    flat = numpy.bincount(row_of[codes] * row.size + row.place(log.ticks), minlength=size * row.size)
    names = [log.text(int(ids[code])) for code in ranked[:size]]
    if rest > 1:
        names[-1] = f"{rest:,} other templates"
    where = {int(number): int(place) for number, place in zip(ids, row_of, strict=True)}
    marks = []
    if log.timed:
        for at, about, urgent in _told_by(log.alerts):
            if log.first <= at < row.start + row.size * row.width:
                marks.append((at, where.get(about, -1) if about is not None else -1, urgent))
    return _Heat(names, flat.reshape(size, row.size).astype("float64"), row, marks)


def _heat_of_report(report: Report, top: int) -> _Heat:
    _require()
    import numpy

    data = report.data
    about = data["input"]
    templates = sorted(data["templates"], key=lambda one: (-one["count"], one["id"]))
    cells = len(data["series"])
    if not templates or not cells:
        return _Heat([], numpy.zeros((0, 1)), _Bins(0, 1, 1, False), [])
    # One template alone needs no row for "others". What the report leaves out has no series, so it is not among them.
    top = len(templates) if len(templates) <= top + 1 else top
    heat = numpy.asarray([one["series"] for one in templates], dtype="float64")
    names = [str(one["template"]) for one in templates[:top]]
    if len(templates) > top:
        heat = numpy.vstack([heat[:top], heat[top:].sum(axis=0)])
        names.append(f"{len(templates) - top:,} other templates")
    timed = data["axis"] == "time"
    first = int(Timestamp.of(about["first_seen"])) if timed else 1
    last = int(Timestamp.of(about["last_seen"])) if timed else max(int(about["lines"]), 1)
    row = _Bins(first, max((last - first) / cells, 1.0), cells, timed, exact=False)
    where = {one["id"]: min(place, top) for place, one in enumerate(templates)}
    marks = []
    for one in data["anomalies"] if timed else ():
        subject = one.get("template_id")
        # One that the report leaves out has no row.
        place = -1 if subject is None else where.get(subject, -1)
        marks.append((int(Timestamp.of(one["at"])), place, one["priority"] != "low"))
    return _Heat(names, heat, row, marks)


def _told(source: Source) -> list[tuple[int, int | None, bool]]:
    return _told_by(source.alerts) if isinstance(source, Detection) else []


def _told_by(alerts: Iterable[Alert]) -> list[tuple[int, int | None, bool]]:
    """When something was unusual, with which template if with one, if it is urgent. What is over is not told."""
    told = []
    for alert in alerts:
        if alert.status == "resolved":
            continue
        for score in (alert.score, *alert.others):
            # A window is noticed when it is over: its middle is where the events are.
            start, end = int(score.window.start), int(score.window.end)
            told.append(((start + end) // 2 if end > start else int(score.at), score.template, alert.priority != "low"))
    return told


@dataclass(frozen=True)
class _Band:
    """What a model said of each window."""

    expected: Floats
    low: Floats
    high: Floats
    judged: NDArray[numpy.bool_]
    flagged: NDArray[numpy.bool_]


def _band(row: _Bins, heights: Ints, settings: FrequencyConfig) -> _Band:
    import numpy

    # Without times a window of lines is taken for a minute, and there are no hours that could be usual.
    step, start = (int(row.width), row.start) if row.timed else (60 * _SECOND, 0)
    model = _native.FrequencyModel(settings if row.timed else settings.replace(season=False))
    said = []
    for at, count in enumerate(heights.tolist()):
        begin = start + at * step
        said.append(model.learn(Window(Timestamp(begin), Timestamp(begin + step)), count))
    expected = numpy.asarray([one.expected for one in said])
    judged = numpy.asarray([one.windows >= settings.min_windows for one in said])
    surprise = numpy.asarray([one.surprise for one in said])
    down = numpy.asarray([one.direction == "down" for one in said])
    if settings.method in ("zscore", "mad", "ewma"):
        far = numpy.asarray([one.deviations is not None and abs(one.deviations) > settings.deviations for one in said])
    else:
        far = surprise >= _threshold(expected[judged], step, settings)
    low = far & down
    twice = low & numpy.concatenate([[False], low[:-1]])
    enough = numpy.where(down, (expected >= settings.min_drop_mean) | twice, heights >= settings.min_spike)
    cut_off = down & numpy.isin(numpy.arange(len(said)), [0, len(said) - 1])
    bounds = [numpy.asarray([getattr(one, name) for one in said]) for name in ("low", "high")]
    return _Band(expected, bounds[0], bounds[1], judged, judged & far & enough & ~cut_off)


def _threshold(expected: Floats, step: int, settings: FrequencyConfig) -> float:
    """The surprise that a budget of false alarms allows: as the scorer has it, for one series alone."""
    if settings.threshold is not None:
        return settings.threshold
    # Where few events are expected a window is less than a test: the least count that is rare enough is far rarer.
    tests = float((4 * expected / (expected + 4)).mean()) * _DAY / step if len(expected) else 1.0
    return -math.log10(min(max(settings.false_alarms_per_day / max(tests, 1.0), 1e-9), 1e-3))


def _mark_errors(ax: Axes, log: _Log, row: _Bins, errors: list[tuple[int, int]], steps: Ints) -> None:
    """Marks where error templates came first, and lists them; those of one bin share a mark and its number."""
    import numpy

    ats = numpy.asarray([at for at, _ in errors], dtype="int64")
    known = numpy.searchsorted(steps, ats, side="right")
    look: dict[str, Any] = {"color": _VERMILION, "edgecolors": "white", "linewidths": 0.7}
    ax.scatter(row.x(ats), known, s=30, marker="D", zorder=4, label="first error of its kind", **look)
    width, height = _inches(ax)
    most = max(1, min(6, int(height * 72 * 0.5 / 11)))
    lines = [f"{_clock(at, log)}  {_short(log.text(number), int(width * 8) - 14)}" for at, number in errors[:most]]
    if len(errors) > most:
        lines.append(f"and {len(errors) - most:,} more")
    # The list stands where the line is not: below it on the right, or above it on the left if news come late.
    middle = row.start + row.size * row.width * 0.45
    late = int(numpy.searchsorted(steps, middle)) < 0.6 * len(steps)
    where: dict[str, Any] = {"x": 0.99, "y": 0.14, "ha": "right", "va": "bottom"}
    if late:
        where = {"x": 0.01, "y": 0.96, "ha": "left", "va": "top"}
    box = {"facecolor": "white", "alpha": 0.8, "edgecolor": "none", "pad": 2}
    text: dict[str, Any] = {"fontsize": 7, "family": "monospace", "color": "#8a3a00", "zorder": 6, "bbox": box}
    ax.text(s="\n".join(lines), transform=ax.transAxes, multialignment="left", **where, **text)


def _clock(at: int, log: _Log) -> str:
    if not log.timed:
        return f"line {at:,}"
    text = str(Timestamp(at))
    return text[11:19] if log.last - log.first < _DAY else f"{text[:10]} {text[11:16]}"


# --- Templates and values -------------------------------------------------------------------------------------------


def _found(log: _Log, wanted: int | str | Template) -> tuple[int, str]:
    """The number and the text of the template that is meant."""
    if isinstance(wanted, str):
        exact = [one for one in log.templates.values() if wanted in (one.text, one.content_id)]
        found = exact or [one for one in log.templates.values() if wanted in one.text]
        if not found:
            raise KeyError(f"no template has the text {wanted!r}")
        if len(found) > 1:
            numbers = ", ".join(str(one.id) for one in found[:8])
            raise ValueError(f"{wanted!r} is in the texts of {len(found):,} templates: {numbers}")
        return found[0].id, found[0].text
    number = wanted.id if isinstance(wanted, Template) else int(wanted)
    if number not in log.templates and not (log.ids == number).any():
        raise KeyError(f"there is no template {number}")
    return number, log.text(number)


def _values(events: EventColumns, rows: Ints, slot: int, places: int | None) -> tuple[list[str], int]:
    """The values at a place, and how many events had other places than the template has now."""
    import numpy

    try:
        pyarrow: Any = import_module("pyarrow")
    except ImportError:
        pyarrow = None
    if pyarrow is not None and len(rows):
        # The texts of the place alone become Python's own: of a million events that is most of the time.
        column = pyarrow.table(events).column("values").take(pyarrow.array(rows)).combine_chunks()
        offsets = column.offsets.to_numpy()
        lengths = numpy.diff(offsets)
        if places is None:
            places = int(numpy.bincount(lengths).argmax())
        wanted = offsets[:-1][(lengths == places) & (slot < lengths)] + slot
        return column.values.take(pyarrow.array(wanted)).to_pylist(), len(rows) - len(wanted)
    lists: list[list[str]]
    if 3 * len(rows) < len(events):
        lists = [events._table.row(at)["values"] for at in rows.tolist()]
    else:
        column = events["values"]
        lists = [column[at] for at in rows.tolist()]
    if places is None and lists:
        places = Counter(map(len, lists)).most_common(1)[0][0]
    values = [one[slot] for one in lists if len(one) == places and slot < len(one)]
    return values, len(lists) - len(values)


@dataclass(frozen=True)
class _Numbers:
    values: Floats
    weights: Ints
    unit: str


_PLAIN = re.compile(r"([-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?|[-+]?\.\d+)\s*([A-Za-zµμ%]*)")
_PIECES = re.compile(r"(\d+(?:\.\d+)?)\s*([a-zµμ]+)\s*")
_COLONS = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{2}(?:\.\d+)?)")
_SECONDS = {
    **dict.fromkeys(("ns", "nanos", "nanoseconds"), 1e-9),
    **dict.fromkeys(("us", "µs", "μs", "micros", "microseconds"), 1e-6),
    **dict.fromkeys(("ms", "msec", "msecs", "millis", "millisecond", "milliseconds"), 1e-3),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600.0),
    **dict.fromkeys(("d", "day", "days"), 86_400.0),
}
_BYTES = {"b": 1.0, "byte": 1.0, "bytes": 1.0}
for _power, _letter in enumerate("kmgtp", start=1):
    _BYTES |= {_letter: 1000.0**_power, f"{_letter}b": 1000.0**_power, f"{_letter}ib": 1024.0**_power}
# Classes whose values are names, also where they look like numbers.
_NAMES = frozenset(
    "IP MAC UUID URL EMAIL TIMESTAMP DATE TIME HEX PATH ID POD TRACE B64 VERSION BOOL NULL HOST".split()
)


def _numbers(tally: Counter[str], class_: str) -> _Numbers | None:
    """The values as numbers with a unit, if nine of ten are some and of one kind; what is none is then left out."""
    import numpy

    if class_ in _NAMES:
        return None
    kinds: dict[str, list[tuple[float, int]]] = {}
    for text, many in tally.items():
        read = _number(text.strip(), class_)
        if read is not None and math.isfinite(read[0]):
            kinds.setdefault(read[1], []).append((read[0], many))
    if not kinds:
        return None
    kind, found = max(kinds.items(), key=lambda item: sum(many for _, many in item[1]))
    if sum(many for _, many in found) < 0.9 * sum(tally.values()):
        return None
    values = numpy.asarray([value for value, _ in found])
    weights = numpy.asarray([many for _, many in found], dtype="int64")
    if kind == "s":
        middle = _median(values, weights)
        scale, kind = next(((scale, name) for scale, name in _SCALES if middle >= scale), (1.0, "s"))
        values = values / scale
    return _Numbers(values, weights, kind)


_SCALES = [(86_400.0, "days"), (3600.0, "h"), (60.0, "min"), (1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")]


def _number(text: str, class_: str) -> tuple[float, str] | None:
    """A value in its basic unit: plain, ``s``, ``bytes``, ``%``."""
    found = _PLAIN.fullmatch(text)
    if found is not None:
        value, unit = float(found[1].replace(",", "")), found[2]
        lower = unit.lower()
        if not unit:
            return value, ""
        if unit == "%":
            return value, "%"
        if class_ != "SIZE" and (unit in _SECONDS or (len(lower) > 1 and lower in _SECONDS)):
            return value * _SECONDS.get(unit, _SECONDS.get(lower, 1.0)), "s"
        if lower in _BYTES and (class_ == "SIZE" or len(lower) > 1 or unit == "B"):
            return value * _BYTES[lower], "bytes"
        return None
    if class_ in ("DURATION", "*", "STR"):
        colons = _COLONS.fullmatch(text)
        if colons is not None and class_ == "DURATION":
            return int(colons[1] or 0) * 3600 + int(colons[2]) * 60 + float(colons[3]), "s"
        pieces = _PIECES.findall(text)
        if pieces and _PIECES.sub("", text) == "" and all(unit in _SECONDS for _, unit in pieces):
            return sum(float(value) * _SECONDS[unit] for value, unit in pieces), "s"
    return None


def _median(values: Floats, weights: Ints) -> float:
    import numpy

    order = numpy.argsort(values)
    heap = numpy.cumsum(weights[order])
    return float(values[order][numpy.searchsorted(heap, heap[-1] / 2)])


def _histogram(ax: Axes, numbers: _Numbers, bins: int, unit: str) -> None:
    import numpy

    values, weights = numbers.values, numbers.weights
    least, most = float(values.min()), float(values.max())
    middle = _median(values, weights)
    whole = bool((values == numpy.round(values)).all())
    if least >= 0 and most > 20 * max(middle, float(values[values > 0].min())):
        low = float(values[values > 0].min())
        edges = numpy.geomspace(low, most, bins + 1)
        edges[0], edges[-1] = low, most
        if least == 0:
            # Zero has no place on a logarithmic axis: from there to the least other value it is linear.
            edges = numpy.concatenate([[0.0], edges])
            ax.set_xscale("symlog", linthresh=low, linscale=0.4)
        else:
            ax.set_xscale("log")
        ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}" if value >= 1 else f"{value:.3g}")
        ax.minorticks_off()
    elif whole and most - least < 2 * bins:
        edges = numpy.arange(least, most + 2) - 0.5
    else:
        edges = numpy.linspace(least, most if most > least else least + 1, bins + 1)
        ax.ticklabel_format(axis="x", style="plain", useOffset=False)
        ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.6g}" if abs(value) < 1e6 else f"{value:.4g}")
    heights, edges = numpy.histogram(values, edges, weights=weights)
    ax.stairs(heights, edges, fill=True, color=_SKY)
    ax.axvline(middle, color="#444444", linewidth=1.0, linestyle="--")
    # The words stand on the side where there is room.
    side = "left" if middle < _halfway(float(edges[0]), float(edges[-1]), ax.get_xscale()) else "right"
    words = f" median {middle:,.4g}{' ' + unit if unit else ''} "
    across = ax.get_xaxis_transform()
    ax.text(middle, 0.98, words, transform=across, fontsize=8, va="top", ha=side, color="#444444")
    ax.set_ylim(0, float(heights.max()) * 1.12)
    ax.set_xlabel(unit or "value", fontsize=8)
    ax.set_ylabel("events", fontsize=8)
    _whole_numbers(ax.yaxis)
    ax.tick_params(labelsize=8)
    ax.spines[["top", "right"]].set_visible(False)


def _halfway(low: float, high: float, scale: str) -> float:
    return (low + high) / 2 if scale == "linear" else math.sqrt(max(low, high / 1e6) * high)


def _bars(ax: Axes, tally: Counter[str]) -> None:
    ranked = sorted(tally.items(), key=lambda item: (-item[1], item[0]))
    rest = ranked[_FEW:] if len(ranked) > _FEW + 1 else []
    shown = ranked[: len(ranked) - len(rest)]
    width, _ = _inches(ax)
    names = [_short(text, int(width * 4.5)) or "(empty)" for text, _ in shown]
    heights = [many for _, many in shown]
    if rest:
        names.append(f"{len(rest):,} others")
        heights.append(sum(many for _, many in rest))
    colours = [_SKY] * len(shown) + [_GREY] * bool(rest)
    ax.barh(range(len(names)), heights, color=colours, height=0.75)
    ax.set_yticks(range(len(names)), names, family="monospace")
    # Two bars do not become as thick as beams.
    ax.set_ylim(max(len(names), 4) - 0.5, -0.5)
    total = sum(tally.values())
    for place, many in enumerate(heights):
        share = f"{many / total:.0%}" if many >= 0.005 * total else "<1%"
        ax.text(many, place, f" {many:,} ({share})", va="center", ha="left", fontsize=7, color="#555555")
    ax.set_xlim(0, max(heights) * 1.18)
    ax.set_xlabel("events", fontsize=8)
    _whole_numbers(ax.xaxis)
    ax.tick_params(labelsize=8)
    ax.tick_params(axis="y", length=0)
    ax.spines[["top", "right"]].set_visible(False)


def _unit_behind(template: Template, slot: int) -> str:
    """The unit that the text behind a place names: ``in <NUM> ms``."""
    seen, parts = -1, template.pattern.parts
    for at, part in enumerate(parts):
        seen += isinstance(part, PartValue)
        if seen == slot:
            behind = next((other for other in parts[at + 1 : at + 3] if isinstance(other, (PartText, PartValue))), None)
            text = behind.text if isinstance(behind, PartText) and isinstance(behind.text, str) else ""
            word = re.match(r"\s*([A-Za-zµμ]+)\b|\s*(%)", text)
            unit = "" if word is None else (word[1] or word[2] or "")
            return unit if unit.lower() in _SECONDS or unit.lower() in _BYTES or unit in ("%", "percent") else ""
    return ""


def _with_slot(template: Template, slot: int, most: int) -> str:
    """The text of a template with one of its places pointed at, cut so that the place is there."""
    found = list(_PLACEHOLDER.finditer(template.text))
    if len(found) != sum(isinstance(part, PartValue) for part in template.pattern.parts):
        return template.text  # A log that has placeholders of its own, or settings that write them in another way.
    start, end = found[slot].span()
    text = f"{template.text[:start]}▸{template.text[start:end]}◂{template.text[end:]}"
    # A third of the room for what is behind the place, if there is as much.
    cut = end + 2 + min(most // 3, len(template.text) - end) - most
    return f"…{text[cut + 1 :]}" if cut > 0 else text


# --- Axes -----------------------------------------------------------------------------------------------------------


def _require() -> None:
    """Says what to install where something is missing."""
    try:
        import matplotlib  # noqa: F401
        import numpy  # noqa: F401
    except ImportError as error:
        raise ImportError(f"pictures need {error.name}, which is missing: pip install 'drainrs[plot]'") from error


def _axes(ax: Axes | None, size: tuple[float, float]) -> Axes:
    if ax is not None:
        return ax
    from matplotlib import pyplot

    made: Axes = pyplot.subplots(figsize=size, layout="constrained")[1]
    return made


def _inches(ax: Axes) -> tuple[float, float]:
    """How large axes are, about: what is drawn beside them has not taken its room yet."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    box = ax.get_position()
    width, height = figure.get_size_inches()
    if len(figure.axes) == 1 and figure.get_layout_engine() is not None:
        return 0.92 * float(width), float(box.height * height)
    return float(box.width * width), float(box.height * height)


def _nothing(ax: Axes, why: str) -> Axes:
    ax.text(0.5, 0.5, why, transform=ax.transAxes, ha="center", va="center", color="#555555")
    ax.set_xticks([])
    ax.set_yticks([])
    return ax


def _titled(ax: Axes, title: str, with_legend: bool) -> None:
    """The title, and below it, above the axes, a legend that covers nothing."""
    handles, names = ax.get_legend_handles_labels()
    if not with_legend or not handles:
        ax.set_title(title, loc="left", fontsize=10, pad=6)
        return
    # As many beside each other as there is room for: the longest name in each column, and what it stands for.
    columns = max(1, min(len(handles), int(_inches(ax)[0] / (0.4 + 0.062 * max(map(len, names))))))
    lines = -(-len(handles) // columns)
    ax.set_title(title, loc="left", fontsize=10, pad=8 + 14 * lines)
    legend = ax.legend(
        loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=columns, frameon=False, fontsize=8,
        borderaxespad=0.2, handlelength=1.4, columnspacing=1.4, borderpad=0.2, labelspacing=0.3,
    )  # fmt: skip
    # The title makes room for it. A layout that made some as well would shrink the axes to the width of the legend.
    legend.set_in_layout(False)


def _whole_numbers(axis: Axis) -> None:
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(nbins=6, integer=True, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(lambda value, _: f"{value:,.0f}")


def _positive(bins: int) -> int:
    if bins < 1:
        raise ValueError("bins: at least one is needed")
    return bins


def _short(text: str, most: int) -> str:
    """A text of a log for a picture: not longer than that, in one line, and no mathematics."""
    text = _UNSEEN.sub("·", text)
    if len(text) > most:
        text = f"{text[: max(most - 1, 1)]}…"
    return text.replace("$", r"\$")
