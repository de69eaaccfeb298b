"""Actions that were proposed, and what was decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias, Union

from .documents import _FLATTEN, Shape
from .timestamp import Timestamp
from .words import Autonomy, GuardOutcome, GuardReasonCode, GuardVerdict, Risk


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal(Shape):
    """An action that somebody wants done: its name, what it is done to, what it may break, how sure the proposer is
    (0 to 1), and what speaks for it.

    Who approved it and when are for the host to say: ``from_dict``, which may be given the answer of a model, refuses
    documents that do. Set them with the constructor or ``dataclasses.replace``.
    """

    action: str
    target: str
    risk: Risk = "low"
    confidence: float
    task: str | None = None
    evidence: tuple[str, ...] = ()
    approved_by: str | None = None
    at: Timestamp = Timestamp(0)

    _unread = ("approved_by", "at")


@dataclass(frozen=True, slots=True)
class GuardReason(Shape):
    """What decided about an action, as a code and as a sentence."""

    code: GuardReasonCode
    sentence: str


@dataclass(frozen=True, slots=True)
class Decision(Shape):
    """What is to be done with a proposal: the verdict and its reasons, the risk that was taken, the number of the run
    to report its outcome under, the hooks that verify and undo it, and when it may be tried again."""

    verdict: GuardVerdict
    reasons: tuple[GuardReason, ...]
    risk: Risk
    run: int | None
    verify: str | None
    roll_back: str | None
    retry_at: Timestamp | None


@dataclass(frozen=True, slots=True)
class AuditEventDecided(Shape):
    """A proposal was decided."""

    autonomy: Autonomy
    action: str
    target: str
    risk: Risk
    confidence: float | None
    task: str | None
    evidence: tuple[str, ...]
    approved_by: str | None
    verdict: GuardVerdict
    reasons: tuple[GuardReason, ...]
    run: int | None

    _tags = (("event", "decided", True),)


@dataclass(frozen=True, slots=True)
class AuditEventReported(Shape):
    """A run ended; ``suspended`` tells that its action is suspended from there on."""

    run: int
    action: str
    target: str
    outcome: GuardOutcome
    suspended: bool

    _tags = (("event", "reported", True),)


@dataclass(frozen=True, slots=True)
class AuditEventResumed(Shape):
    """Somebody lifted the suspension of an action."""

    action: str
    by: str

    _tags = (("event", "resumed", True),)


@dataclass(frozen=True, slots=True)
class AuditEventClockCorrected(Shape):
    """The host set the clock of the limits back, from ``before``."""

    before: Timestamp

    _tags = (("event", "clock_corrected", True),)


AuditEvent: TypeAlias = Union[AuditEventDecided, AuditEventReported, AuditEventResumed, AuditEventClockCorrected]
"""What a guard writes down."""


@dataclass(frozen=True, slots=True)
class AuditRecord(Shape):
    """An entry of the audit: its number, when, and what happened. In its document the event is not nested."""

    number: int
    at: Timestamp
    event: AuditEvent = field(metadata=_FLATTEN)


@dataclass(frozen=True, slots=True)
class GuardCounters(Shape):
    """What a guard decided and what came of it; ``open`` runs are not reported yet, and ``forgotten`` ones never were."""

    decided: int
    run: int
    asked: int
    suggested: int
    alerted: int
    refused: int
    succeeded: int
    failed: int
    rolled_back: int
    roll_backs_failed: int
    forgotten: int
    open: int
    unknown_reports: int
    suspensions: int
