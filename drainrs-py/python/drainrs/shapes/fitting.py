"""Whether a miner fits a log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, Union

from .documents import Shape
from .words import FindingKind, FitStatus

if TYPE_CHECKING:
    from ..config import Mask, MinerConfig


@dataclass(frozen=True, slots=True)
class SampleFacts(Shape):
    """What a sample is: lines pushed and kept, bytes kept, one line in how many, and lines kept by their head."""

    pushed: int
    lines: int
    bytes: int
    kept_one_in: int
    cut_lines: int


@dataclass(frozen=True, slots=True)
class Measure(Shape):
    """What a miner made of a sample. ``growth`` is in new templates per 1,000 lines of the last half."""

    lines: int
    templates: int
    singletons: int
    growth: float
    families: int
    family_templates: int
    black_holes: int
    black_hole_lines: int
    opposites: int
    evicted_templates: int
    cut_lines: int


@dataclass(frozen=True, slots=True)
class TemplateEvidence(Shape):
    """A template that a finding is about, with its lines in the sample."""

    id: int
    text: str
    lines: int


@dataclass(frozen=True, slots=True)
class Place(Shape):
    """A token of a template, its neighbours, and what lines have there: how many different values, and some of them
    with their lines, the most frequent first."""

    token: int
    before: str
    after: str
    distinct: int
    values: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Finding(Shape):
    """A number that crossed its threshold, the path of the threshold's setting, and the templates, places and lines
    that show it."""

    kind: FindingKind
    message: str
    value: float
    threshold: float
    setting: str
    templates: int
    lines: int
    shown: tuple[TemplateEvidence, ...]
    places: tuple[Place, ...]
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AdjustmentAddMasks(Shape):
    """Masks to be put before those that are there."""

    masks: tuple[Mask, ...]

    _tags = (("kind", "add_masks", True),)


@dataclass(frozen=True, slots=True)
class AdjustmentRemoveMask(Shape):
    """A mask to be taken out."""

    mask: Mask

    _tags = (("kind", "remove_mask", True),)


@dataclass(frozen=True, slots=True)
class AdjustmentSimilarityThreshold(Shape):
    """Another ``mine.similarity_threshold``."""

    from_: float
    to: float

    _tags = (("kind", "similarity_threshold", True),)


@dataclass(frozen=True, slots=True)
class AdjustmentDepth(Shape):
    """Another ``mine.depth``."""

    from_: int
    to: int

    _tags = (("kind", "depth", True),)


@dataclass(frozen=True, slots=True)
class AdjustmentMaxTemplates(Shape):
    """A higher ``mine.max_templates``; ``None`` is no limit."""

    from_: int | None
    to: int | None

    _tags = (("kind", "max_templates", True),)


Adjustment: TypeAlias = Union[
    AdjustmentAddMasks,
    AdjustmentRemoveMask,
    AdjustmentSimilarityThreshold,
    AdjustmentDepth,
    AdjustmentMaxTemplates,
]
"""A change of the settings."""


@dataclass(frozen=True, slots=True)
class Suggestion(Shape):
    """A change that was tried on the sample and helps, what it was tried against, the sample without and with it, the
    share of lines that are grouped otherwise then, and what new masks match at their places and elsewhere."""

    adjustment: Adjustment
    against: FindingKind
    before: Measure
    after: Measure
    regrouped_share: float
    mask_matches: int
    mask_matches_elsewhere: int


@dataclass(frozen=True, slots=True)
class FitCost(Shape):
    """What the answer cost: changes tried, and lines mined in all."""

    trials: int
    lines_mined: int


@dataclass(frozen=True, slots=True)
class FitReport(Shape):
    """Whether a miner fits a sample of logs, why not, and what would help.

    ``suggested`` is the given settings with all suggestions followed, ``remaining`` what would still be found then; both
    are ``None`` without suggestions.
    """

    status: FitStatus
    sample: SampleFacts
    measure: Measure
    findings: tuple[Finding, ...]
    omitted_findings: int
    suggestions: tuple[Suggestion, ...]
    suggested: MinerConfig | None
    remaining: tuple[FindingKind, ...] | None
    cost: FitCost
