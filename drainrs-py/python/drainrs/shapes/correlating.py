"""Services that moved together."""

from __future__ import annotations

from dataclasses import dataclass

from .counting import Window
from .documents import Shape
from .timestamp import Timestamp
from .words import ScoreKind


@dataclass(frozen=True, slots=True)
class Movement(Shape):
    """A template of a service that moved: when, what was noticed, and how unusual it is, 0 to 1."""

    service: str
    template: str
    at: Timestamp
    kind: ScoreKind
    severity: float


@dataclass(frozen=True, slots=True)
class CorrelationCandidate(Shape):
    """A service that may explain what others did: how well, when it moved, its strongest movement, who followed, and
    sentences that say why. A place to look first, never the cause found."""

    service: str
    score: float
    moved_at: Timestamp
    strongest: Movement
    followers: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Correlation(Shape):
    """What moved together: when, how many templates, the services in the order in which they moved, candidates for the
    beginning (the best first), and movements that were too many to look at."""

    window: Window
    templates: int
    services: tuple[str, ...]
    candidates: tuple[CorrelationCandidate, ...]
    uncounted: int
