"""Scores, alerts, and what single scorers say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, Union

from .counting import CountCounters, Slot, Window
from .documents import Shape
from .timestamp import Timestamp
from .words import AlertStatus, Direction, Level, Priority, ScoreKind, Unit


@dataclass(frozen=True, slots=True)
class Evidence(Shape):
    """A number that speaks for a score, with its name."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Score(Shape):
    """What a scorer says about a template, a service or a session at one time.

    ``surprise`` is ``-log10 p``, and ``severity``, 0 to 1, is made of it: 0.5 is one in 100,000. ``observed``, ``expected`` and
    the usual range from ``low`` to ``high`` are in the unit of the scorer: events, seconds, a distance. ``unverified`` tells
    that the scorer was still learning, and ``reason`` is a sentence for people.
    """

    scorer: str
    kind: ScoreKind
    at: Timestamp
    window: Window
    service: int
    template: int | None
    slot: Slot | None
    session: str | None
    severity: float
    surprise: float
    observed: float
    expected: float
    low: float
    high: float
    direction: Direction
    level: Level
    unverified: bool
    reason: str
    evidence: tuple[Evidence, ...]
    sample: str | None


@dataclass(frozen=True, slots=True)
class Alert(Shape):
    """What a person is to be told.

    An escalation and the end carry the number of the beginning. ``score`` leads, ``others`` are what came with it;
    ``grouped`` counts those that had no place, ``suppressed`` how often the same came again since. ``samples`` are lines
    to look at.
    """

    id: int
    status: AlertStatus
    priority: Priority
    route: str | None
    at: Timestamp
    first_at: Timestamp
    service: str | None
    template: str | None
    score: Score
    others: tuple[Score, ...]
    grouped: int
    suppressed: int
    samples: tuple[str, ...]

    def _repr_html_(self) -> str:
        from .. import html

        return html.alert(self)


@dataclass(frozen=True, slots=True)
class AlertCounters(Shape):
    """What became of scores: they led an alert, went with another, repeated what was told, were beyond the budget, said
    that something is back, or wait with the cascade at hand. Then the alerts that were told as resolved, and those
    that nobody took in time."""

    scores: int
    told: int
    grouped: int
    suppressed: int
    over_budget: int
    recoveries: int
    pending: int
    resolved: int
    dropped: int


@dataclass(frozen=True, slots=True)
class DetectCounters(Shape):
    """What a detector did: its counting, its alerts, scores that nobody took in time, events of services beyond the
    limit."""

    count: CountCounters
    alert: AlertCounters
    dropped_scores: int
    other_services: int


@dataclass(frozen=True, slots=True)
class FrequencyJudgement(Shape):
    """What a method says of a count: the expected count and the usual range in events, ``-log10 p``, the standard
    deviations where the method counts them, and the windows that it is judged by."""

    expected: float
    low: float
    high: float
    surprise: float
    deviations: float | None
    direction: Direction
    windows: int


@dataclass(frozen=True, slots=True)
class Prediction(Shape):
    """The count that is expected of a window, and its variance."""

    mean: float
    variance: float


@dataclass(frozen=True, slots=True)
class ValueJudgement(Shape):
    """What is unusual about a value: what was noticed, ``-log10 p``, the value, what was expected and the usual range
    in the unit, how many values it is judged by, and a sentence."""

    kind: ScoreKind
    surprise: float
    observed: float
    expected: float
    low: float
    high: float
    count: int
    unit: Unit
    unverified: bool
    reason: str


@dataclass(frozen=True, slots=True)
class SlotSummary(Shape):
    """What is known about the values of a place: how many, three quantiles in the base unit (of the lengths in bytes
    where ``lengths``), how many different ones where they are few, and whether they are judged at all."""

    count: int
    q05: float | None
    median: float | None
    q95: float | None
    distinct: int | None
    unit: Unit
    lengths: bool
    judged: bool


@dataclass(frozen=True, slots=True)
class ContentCounters(Shape):
    """What the scorer of values did: values followed, values reported, reported ones that became usual or were
    forgotten before, places that were forgotten."""

    values: int
    flagged: int
    adopted: int
    displaced: int
    evicted: int


@dataclass(frozen=True, slots=True)
class DistanceJudgement(Shape):
    """How far a text is from all that is known: the cosine distance, 0 the same, 1 nothing in common, at most 2; the
    distance from which on it is unusual, whether it is, the surprise (5 at the threshold), and the nearest text."""

    distance: float
    threshold: float
    unusual: bool
    surprise: float
    nearest: str


@dataclass(frozen=True, slots=True)
class CentroidCounters(Shape):
    """What the scorer of distances did: new templates judged and flagged, flagged ones that became usual or were
    forgotten before, known ones that made room, texts that were cut, texts without words."""

    judged: int
    flagged: int
    adopted: int
    displaced: int
    evicted: int
    cut: int
    wordless: int


@dataclass(frozen=True, slots=True)
class Difference(Shape):
    """A count of a session that is not the usual one; ``template`` is ``None`` for all types beyond the limit together."""

    template: int | None
    count: int
    usual: int


@dataclass(frozen=True, slots=True)
class Unready(Shape):
    """Too few sessions were learned to judge by: how many there are, and how many are needed."""

    have: int
    need: int


@dataclass(frozen=True, slots=True)
class DeviationType(Shape):
    """A type of event that no usual session had, or only few (``sessions`` of ``of``); it came ``count`` times."""

    template: int | None
    count: int
    sessions: int
    of: int

    _tags = (("kind", "type", True),)


@dataclass(frozen=True, slots=True)
class DeviationCounts(Shape):
    """A combination of counts that no usual session had: its distance to the nearest, 0 to 1, and where they differ."""

    distance: float
    differences: tuple[Difference, ...]

    _tags = (("kind", "counts", True),)


@dataclass(frozen=True, slots=True)
class DeviationRule(Shape):
    """A rule of counts that does not hold: ``factors[0] * counts[0]`` is not ``factors[1] * counts[1]``. It held in ``held``
    of ``of`` sessions."""

    templates: tuple[int, int]
    factors: tuple[int, int]
    counts: tuple[int, int]
    held: int
    of: int

    _tags = (("kind", "rule", True),)


@dataclass(frozen=True, slots=True)
class DeviationStep(Shape):
    """The first step between two types of event that no usual session took; ``None`` is the edge of the session."""

    before: int | None
    after: int | None

    _tags = (("kind", "step", True),)


@dataclass(frozen=True, slots=True)
class DeviationCourse(Shape):
    """Events that follow one another improbably: the mean surprise of an event in bits, and the share of usual sessions
    that are at least as improbable."""

    bits: float
    share: float

    _tags = (("kind", "course", True),)


Deviation: TypeAlias = Union[DeviationType, DeviationCounts, DeviationRule, DeviationStep, DeviationCourse]
"""What is unusual about a session."""


@dataclass(frozen=True, slots=True)
class SequenceJudgement(Shape):
    """The verdict on a session.

    Where ``unready`` is set nothing else is. ``distance`` is that to the nearest usual combination of counts, 0 to 1;
    ``ended`` tells whether sessions end as this one did.
    """

    flagged: bool
    unready: Unready | None
    surprise: float
    severity: float
    distance: float
    ended: bool
    events: int
    deviations: tuple[Deviation, ...]


@dataclass(frozen=True, slots=True)
class SequenceCounters(Shape):
    """What the scorer of sessions did: sessions closed, flagged, pushed out and cut, and events without a session."""

    closed: int
    flagged: int
    evicted: int
    cut: int
    without_key: int
