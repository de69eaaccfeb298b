"""Windows, and what was counted in them."""

from __future__ import annotations

from dataclasses import dataclass

from .documents import Shape
from .timestamp import Timestamp
from .words import Level


@dataclass(frozen=True, slots=True)
class Window(Shape):
    """A stretch of time, ``start`` to before ``end``; a moment where both are the same."""

    start: Timestamp
    end: Timestamp


@dataclass(frozen=True, slots=True, order=True)
class Series(Shape):
    """What is counted: the events of one template in one service, by their numbers."""

    service: int
    template: int


@dataclass(frozen=True, slots=True, order=True)
class Slot(Shape):
    """A place for a value in a template: the token, and the number of the value inside the token, both from 0."""

    token: int
    ordinal: int


@dataclass(frozen=True, slots=True)
class Tally(Shape):
    """The events of a series in a window, and in the one before; their greatest level, the first and the last time."""

    series: Series
    count: int
    previous: int
    level: Level
    first: Timestamp
    last: Timestamp


@dataclass(frozen=True, slots=True)
class Metrics(Shape):
    """A window in numbers: all events, those of level error and above, templates that were new, new ones among the
    errors; then their rates: ``rate`` in events per second, the others as shares of the events."""

    window: Window
    events: int
    errors: int
    new_templates: int
    new_errors: int
    rate: float
    error_rate: float
    new_error_rate: float
    novelty_rate: float


@dataclass(frozen=True, slots=True)
class SlotQuantiles(Shape):
    """The numbers at a place of a series in a window: how many, the median, and what 95 % and 99 % are at most."""

    series: Series
    slot: Slot
    count: int
    p50: float
    p95: float
    p99: float


@dataclass(frozen=True, slots=True)
class CountCounters(Shape):
    """What became of events: ``counted`` ones are in windows, ``skewed`` and ``out_of_range`` ones among them by another time
    than their own; their window had closed, or their series was beyond the limit. Then how often the clock was moved,
    windows and gaps that were delivered, and windows that nobody took in time."""

    observed: int
    counted: int
    skewed: int
    out_of_range: int
    late_events: int
    over_limit: int
    clock_moves: int
    windows: int
    gaps: int
    dropped_windows: int
