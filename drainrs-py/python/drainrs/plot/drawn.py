"""What is drawn: the events of a log in bins, heat maps, and the band of what is usual."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timezone
from typing import TYPE_CHECKING, Any

from .. import _native
from ..config import FrequencyConfig
from ..frames import EventColumns
from ..reading import Detection, Mined, Report
from ..shapes import Alert, Template, Timestamp, Window
from .axes import _CLOCK, _DAY, _MOST_WINDOWS, _SECOND, _UNITS, _VERMILION, Source, _inches, _require, _short

if TYPE_CHECKING:
    import numpy
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from .axes import Floats, Ints


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
