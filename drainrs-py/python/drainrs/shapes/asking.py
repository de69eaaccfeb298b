"""Questions to a model, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias, Union

from .documents import Shape
from .timestamp import Timestamp
from .words import AnswerReasonCode, Level, Priority, ScoreKind, TaskKind, Thumb


@dataclass(frozen=True, slots=True)
class ShownLine(Shape):
    """A line of a question: its number in the stream from 1 (0: not known), when, its level and service, its text."""

    number: int
    at: Timestamp | None
    level: Level
    service: str
    text: str


@dataclass(frozen=True, slots=True)
class ShownTemplate(Shape):
    """A template of a question: who writes it, how often it came and usually comes, when and where it was first seen,
    whether it is new, how unusual (0 to 1) and why, lines, and how much it is worth to be shown."""

    template: int
    content: str
    service: str
    level: Level
    text: str
    count: int
    usual: float | None
    first_seen: Timestamp | None
    last_seen: Timestamp | None
    first_line: int
    is_new: bool
    anomaly: float
    reason: str
    examples: tuple[str, ...]
    value: float


@dataclass(frozen=True, slots=True)
class Notice(Shape):
    """Something that was noticed, as a question tells it."""

    at: Timestamp
    kind: ScoreKind
    priority: Priority
    service: str
    reason: str
    template: int | None
    text: str


@dataclass(frozen=True, slots=True)
class SubjectPlace(Shape):
    """A parameter that wants a name: the class of its values, and some of them."""

    class_: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SubjectSamples(Shape):
    """Lines that a header pattern must read, and lines that it must not."""

    must: tuple[str, ...]
    must_not: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SubjectWindow(Shape):
    """A question about a stretch of time: events and templates in it, those that are shown, and what was noticed."""

    span: tuple[Timestamp, Timestamp] | None
    events: int
    templates: int
    shown: tuple[ShownTemplate, ...]
    notices: tuple[Notice, ...]

    _tags = (("subject", "window", True),)


@dataclass(frozen=True, slots=True)
class SubjectTemplates(Shape):
    """A question about what templates are."""

    shown: tuple[ShownTemplate, ...]

    _tags = (("subject", "templates", True),)


@dataclass(frozen=True, slots=True)
class SubjectAnomaly(Shape):
    """A question about one thing that was noticed: its line, the lines around it, and what is usual beside it."""

    notice: Notice
    line: ShownLine | None
    context: tuple[ShownLine, ...]
    normal: tuple[ShownTemplate, ...]

    _tags = (("subject", "anomaly", True),)


@dataclass(frozen=True, slots=True)
class SubjectCause(Shape):
    """A question about what began it: what was noticed in the order of time, the candidates, who depends on whom."""

    span: tuple[Timestamp, Timestamp]
    steps: tuple[Notice, ...]
    candidates: tuple[str, ...]
    depends: tuple[tuple[str, tuple[str, ...]], ...]

    _tags = (("subject", "cause", True),)


@dataclass(frozen=True, slots=True)
class SubjectBatch(Shape):
    """A question about lines, one by one."""

    lines: tuple[ShownLine, ...]

    _tags = (("subject", "batch", True),)


@dataclass(frozen=True, slots=True)
class SubjectHeader(Shape):
    """A question about the header of lines, with the samples that an answer is tried on."""

    lines: tuple[ShownLine, ...]
    samples: SubjectSamples

    _tags = (("subject", "header", True),)


@dataclass(frozen=True, slots=True)
class SubjectParameters(Shape):
    """A question about the names of a template's parameters."""

    shown: ShownTemplate
    places: tuple[SubjectPlace, ...]

    _tags = (("subject", "parameters", True),)


Subject: TypeAlias = Union[
    SubjectWindow,
    SubjectTemplates,
    SubjectAnomaly,
    SubjectCause,
    SubjectBatch,
    SubjectHeader,
    SubjectParameters,
]
"""What a question is about."""


@dataclass(frozen=True, slots=True)
class Sent(Shape):
    """A text of a question that an answer may point at: its name there, the bytes at its beginning that are not log
    text, its template, and the number of its line from 1 (0: not known)."""

    id: str
    text: str
    own: int
    template: int | None
    line: int


@dataclass(frozen=True, slots=True)
class Task(Shape):
    """What a model is asked, redacted: it may leave the host.

    ``system``, ``instruction`` and ``data`` are the parts of the question, ``schema`` is the JSON Schema of the answer.
    Tokens are upper bounds by the host's counter. ``cut`` says what was left out, ``redacted`` how many values were hidden
    by rule, ``suspicious`` which texts speak to a model. ``value`` ranks, ``per_day`` is the present pace.
    """

    id: str
    kind: TaskKind
    schema_version: int
    round: int
    system: str
    instruction: str
    data: str
    schema: Any
    evidence: tuple[Sent, ...]
    input_bytes: int
    input_tokens: int
    max_output_tokens: int
    cut: tuple[str, ...]
    redacted: dict[str, int]
    suspicious: tuple[str, ...]
    key: str
    value: float
    per_day: float
    created_at: Timestamp
    expires_at: Timestamp

    def _repr_html_(self) -> str:
        from .. import html

        return html.task(self.to_dict())


@dataclass(frozen=True, slots=True)
class AnswerReason(Shape):
    """What is wrong with an answer: where, a sentence, and what was found there."""

    code: AnswerReasonCode
    path: str
    message: str
    found: str


@dataclass(frozen=True, slots=True)
class NoteFenced(Shape):
    """The answer stood between fences."""

    _tags = (("note", "fenced", True),)


@dataclass(frozen=True, slots=True)
class NoteProse(Shape):
    """There were words around the answer."""

    _tags = (("note", "prose", True),)


@dataclass(frozen=True, slots=True)
class NoteUnknownNumber(Shape):
    """A sentence of the answer names a number that was not in the question."""

    path: str
    number: str

    _tags = (("note", "unknown_number", True),)


@dataclass(frozen=True, slots=True)
class NoteUnanswered(Shape):
    """The answer leaves out something that was asked about."""

    id: str

    _tags = (("note", "unanswered", True),)


Note: TypeAlias = Union[NoteFenced, NoteProse, NoteUnknownNumber, NoteUnanswered]
"""What is worth knowing about an answer that may be used."""


@dataclass(frozen=True, slots=True)
class Accepted(Shape):
    """An answer that may be used: what it says, with placeholders; what is worth knowing; the least confidence that it
    states, and whether that is enough."""

    value: Any
    notes: tuple[Note, ...]
    confidence: float | None
    sure: bool

    _tags = (("verdict", "accepted", False),)


@dataclass(frozen=True, slots=True)
class Rejected(Shape):
    """An answer that must not be used, and everything that is wrong with it."""

    reasons: tuple[AnswerReason, ...]

    _tags = (("verdict", "rejected", False),)


@dataclass(frozen=True, slots=True)
class StaleExpired(Shape):
    """The answer came after the task had expired."""

    at: Timestamp

    _tags = (("verdict", "stale", False), ("why", "expired", True))


@dataclass(frozen=True, slots=True)
class StaleTemplateGone(Shape):
    """A template that the answer is about is gone."""

    template: int

    _tags = (("verdict", "stale", False), ("why", "template_gone", True))


@dataclass(frozen=True, slots=True)
class StaleTemplateChanged(Shape):
    """A template that the answer is about reads differently now."""

    template: int

    _tags = (("verdict", "stale", False), ("why", "template_changed", True))


Stale: TypeAlias = Union[StaleExpired, StaleTemplateGone, StaleTemplateChanged]
"""Why an answer came too late."""

Verdict: TypeAlias = Union[Accepted, Rejected, StaleExpired, StaleTemplateGone, StaleTemplateChanged]
"""What became of an answer."""


@dataclass(frozen=True, slots=True)
class Answered(Shape):
    """What became of a task: the verdict on its answer (``None``: none came in time), the task to be asked instead, the
    answer by rules where there will be no other, and whether the same was answered a short while ago."""

    task: Task
    verdict: Verdict | None
    repair: Task | None
    fallback: Any
    repeated: bool


@dataclass(frozen=True, slots=True)
class Feedback(Shape):
    """What somebody thinks of an answer, with the question and the answer: a labelled example."""

    at: Timestamp
    kind: TaskKind
    task: str
    input: str
    answer: Any
    thumb: Thumb
    by: str
    comment: str


@dataclass(frozen=True, slots=True)
class DeskCounters(Shape):
    """What became of tasks: ``offered == queued + cached + repeated + refused``, and every task that was handed out or
    repaired is in the end accepted, rejected, stale or lost."""

    offered: int
    queued: int
    cached: int
    repeated: int
    refused: int
    made_room: int
    expired_waiting: int
    handed_out: int
    repairs: int
    accepted: int
    rejected: int
    stale: int
    lost: int
    over_budget: int
    unknown: int
    dropped_feedback: int


@dataclass(frozen=True, slots=True)
class JournalCounters(Shape):
    """What is kept for questions: events and lines taken, events skipped, events and templates that were forgotten with
    the greatest level among them, lines that nothing read, batches that made room, lines of private keys (which are
    not kept), and notices that made room."""

    events: int
    lines: int
    skipped: int
    forgotten: int
    forgotten_templates: int
    forgotten_level: Level
    unparsed: int
    dropped_batches: int
    withheld: int
    dropped_notices: int


@dataclass(frozen=True, slots=True)
class Coverage(Shape):
    """How much of a window a digest shows: templates, events and notices, all and shown; the greatest level of what is
    left out; and how many values were hidden."""

    templates: int
    templates_shown: int
    events: int
    events_shown: int
    greatest_level_left_out: Level
    notices: int
    notices_shown: int
    redacted: int


@dataclass(frozen=True, slots=True)
class Digest(Shape):
    """A window as a text of at most so many tokens, and what it covers."""

    text: str
    tokens: int
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class Plan(Shape):
    """The tasks that are worth asking, and how many are not among them for want of room, by kind."""

    tasks: tuple[Task, ...]
    left_out: dict[TaskKind, int]


@dataclass(frozen=True, slots=True)
class DayCost(Shape):
    """What a day of asking costs at the present pace: tasks, tokens, and money in the currency of the prices; whether
    the budget of a day caps it."""

    tasks: float
    input_tokens: float
    output_tokens: float
    price: float
    is_capped: bool


Label: TypeAlias = dict[str, str]
"""What was said of a template, by the names of the answer's fields: ``severity``, ``category`` and so on."""


@dataclass(frozen=True, slots=True)
class ParameterName(Shape):
    """How a parameter is called, and its unit if it has one."""

    name: str
    unit: str | None


ParameterNames: TypeAlias = tuple[Union[ParameterName, None], ...]
"""How the parameters of a template are called, in the order of the text; ``None`` for those that nobody named."""


@dataclass(frozen=True, slots=True)
class AdoptionChangeLabel(Shape):
    """A template got a label."""

    template: int
    before: Label | None
    after: Label

    _tags = (("change", "label", True),)


@dataclass(frozen=True, slots=True)
class AdoptionChangeNames(Shape):
    """The parameters of a template got names."""

    template: int
    before: ParameterNames | None
    after: ParameterNames

    _tags = (("change", "names", True),)


@dataclass(frozen=True, slots=True)
class AdoptionChangeFormat(Shape):
    """The parser got a format: its name, its pattern, and whether lines whose time does not read are of another."""

    name: str
    pattern: str
    needs_time: bool = False

    _tags = (("change", "format", True),)


AdoptionChange: TypeAlias = Union[AdoptionChangeLabel, AdoptionChangeNames, AdoptionChangeFormat]
"""What an answer changed, with what was before."""


@dataclass(frozen=True, slots=True)
class Adoption(Shape):
    """A change that an answer brought, who said so, and when; if it was taken back, when and by whom. ``absorbed`` tells
    that its template went into one that had a label of its own."""

    id: int
    at: Timestamp
    by: str
    task: str
    confidence: float | None
    change: AdoptionChange
    undone: tuple[Timestamp, str] | None
    absorbed: bool = False
