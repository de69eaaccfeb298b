"""Rows of templates, incidents, and what was found among them."""

from __future__ import annotations

from dataclasses import dataclass, field

from .documents import Shape
from .timestamp import Timestamp
from .words import FoundBy, Level


@dataclass(frozen=True, slots=True)
class IndexRow(Shape):
    """A template in an index: service, content id (16 hexadecimal digits), text, and what is known of it; ``vector`` is
    its embedding."""

    service: str
    id: str
    template: str
    template_id: int | None = None
    first_seen: Timestamp | None = None
    last_seen: Timestamp | None = None
    hits: int = 0
    severity: Level = "unknown"
    labels: dict[str, str] = field(default_factory=dict)
    examples: tuple[str, ...] = ()
    vector: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class Neighbour(Shape):
    """A row whose vector is near, and how near: the cosine of the angle, -1 to 1."""

    row: IndexRow
    similarity: float


@dataclass(frozen=True, slots=True)
class IncidentTemplate(Shape):
    """A template that belongs to an incident, and how much it weighs there."""

    id: str
    service: str | None = None
    text: str = ""
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident(Shape):
    """A past incident: what it was, what caused and fixed it, who verified that, when it was, and its templates."""

    id: str
    title: str
    cause: str = ""
    fix: str = ""
    verified_by: str = ""
    at: Timestamp
    templates: tuple[IncidentTemplate, ...]


@dataclass(frozen=True, slots=True)
class SharedTemplate(Shape):
    """A template of an incident that is in a window: its place there from 0, by what it was found, the share of equal
    words, and the share of the incident's weight."""

    template: IncidentTemplate
    present: int
    found_by: FoundBy
    text_similarity: float
    share: float


@dataclass(frozen=True, slots=True)
class IncidentMatch(Shape):
    """A past incident that a window looks like: how much (0 to 1), what is there, what is missing, and how many
    templates the window has besides."""

    incident: Incident
    similarity: float
    shared: tuple[SharedTemplate, ...]
    missing: tuple[IncidentTemplate, ...]
    extra: int
