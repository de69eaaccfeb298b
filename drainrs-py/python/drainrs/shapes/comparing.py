"""How two baselines differ."""

from __future__ import annotations

from dataclasses import dataclass

from .documents import Shape
from .words import Level


@dataclass(frozen=True, slots=True)
class Standing(Shape):
    """A template on both sides of a comparison: its text, its number after (before, if it is gone), events on both
    sides, and a line."""

    template: str
    id: int
    level: Level
    before: int
    after: int
    example: str


@dataclass(frozen=True, slots=True)
class RateShift(Shape):
    """A template that comes more or less often: the events to be expected, how many times that came, and the signed
    Poisson deviance."""

    standing: Standing
    expected: float
    ratio: float
    deviance: float


@dataclass(frozen=True, slots=True)
class ValueShift(Shape):
    """Numbers of a template that moved: the token, median and 95 % quantile before and after in their base unit, and
    how many times the one that moved more."""

    standing: Standing
    token: int
    median: tuple[float, float]
    p95: tuple[float, float]
    ratio: float


@dataclass(frozen=True, slots=True)
class Comparison(Shape):
    """Two runs compared: events on both sides, templates that both have, and what is new, gone, more frequent, rarer,
    or has other values."""

    events_before: int
    events_after: int
    common: int
    new: tuple[Standing, ...]
    gone: tuple[Standing, ...]
    rises: tuple[RateShift, ...]
    drops: tuple[RateShift, ...]
    values: tuple[ValueShift, ...]
