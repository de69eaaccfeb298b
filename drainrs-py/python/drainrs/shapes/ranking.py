"""Thresholds and their worth; what changed most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from .documents import Shape
from .words import Level


@dataclass(frozen=True, slots=True)
class Share(Shape):
    """A share, 0 to 1, with its confidence interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class OperatingPoint(Shape):
    """What a threshold does on labelled scores: the four counts, and the shares that are made of them."""

    threshold: float
    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int
    precision: Share
    recall: Share
    false_positive_rate: Share
    f1: float


@dataclass(frozen=True, slots=True)
class Calibration(Shape):
    """Thresholds by labelled scores: the one of the best F1, the one that is as precise as was asked for, and all
    points of the curve."""

    positives: int
    negatives: int
    best: OperatingPoint
    precise: OperatingPoint | None
    points: tuple[OperatingPoint, ...]


@dataclass(frozen=True, slots=True)
class FalseAlarmThreshold(Shape):
    """A threshold by the scores of an uneventful time: the chance that a further normal score reaches it is at most
    ``rate``; it was taken from so many scores, of which so many are flagged."""

    threshold: float
    rate: float
    scores: int
    flagged: int


_K = TypeVar("_K")
_G = TypeVar("_G")


@dataclass(frozen=True, slots=True)
class Shift(Shape, Generic[_K]):
    """A key whose count is not what it was: events before and after, what was to be expected after, and the signed
    root of the Poisson deviance (above 0 a rise)."""

    key: _K
    before: int
    after: int
    expected: float
    deviance: float
    level: Level


@dataclass(frozen=True, slots=True)
class Changes(Shape, Generic[_K]):
    """What came more and less often, the greatest deviance first; the events on both sides, and the factor that made
    them comparable."""

    rises: tuple[Shift[_K], ...]
    drops: tuple[Shift[_K], ...]
    total_before: int
    total_after: int
    scale: float


@dataclass(frozen=True, slots=True)
class Group(Shape, Generic[_G, _K]):
    """The keys of a group by the one that moved most, ``leading``, and how many of them rose and dropped."""

    group: _G
    deviance: float
    leading: _K
    rises: int
    drops: int
