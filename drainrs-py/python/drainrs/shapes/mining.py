"""Lines, events and templates."""

from __future__ import annotations

from dataclasses import dataclass
from collections.abc import Iterable
from typing import NamedTuple, Any, TypeAlias, Union

from .documents import Shape, encode
from .timestamp import Timestamp
from .words import Branch, ClassName, ErrorKind, Level, Parsed, Runtime


@dataclass(frozen=True, slots=True)
class Problem(Shape):
    """One thing that is wrong: kind, path of the setting (``mine.depth``), and a sentence that says what to do."""

    kind: ErrorKind
    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Span(Shape):
    """A range of bytes of a line, ``start`` to before ``end``. Bytes, not characters: slice the encoded line."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ClassMask(Shape):
    """The class of a value that a mask of the user found: the index of the mask's name, repetitions left out."""

    mask: int


Class: TypeAlias = Union[ClassName, ClassMask]
"""What kind of value a part of a line is: a built-in class by name, or a mask of the user."""


@dataclass(frozen=True, slots=True)
class Parameter(Shape):
    """A variable part of a line: where it stands, its class, and the number of the token that it lies in, from 0."""

    span: Span
    class_: Class
    token: int


@dataclass(frozen=True, slots=True)
class MaskSpan(Shape):
    """A value that was recognised in a line before any template was: where it stands, and its class."""

    span: Span
    class_: Class


@dataclass(frozen=True, slots=True)
class Record(Shape):
    """The header and the message of a line.

    What the line does not say is ``None``. The two flags ``..._assumed`` tell that the zone or the date was taken from
    the settings or the neighbourhood. ``message_start`` is an offset in bytes, and ``None`` where the message had to be
    unescaped. ``format`` is the name of the format that fitted.
    """

    at: Timestamp | None
    zone_assumed: bool
    date_assumed: bool
    level: Level
    level_inferred: bool
    service: str | None
    host: str | None
    process: str | None
    thread: str | None
    logger: str | None
    source: str | None
    stream: str | None
    trace: str | None
    span: str | None
    message: str
    message_start: int | None
    format: str
    parsed: Parsed


@dataclass(frozen=True, slots=True)
class Joined(Shape):
    """The lines of one event: their text, how many there are, the number of the first in the stream, and whether the
    event was longer than the limits."""

    text: str
    lines: int
    first_line: int
    truncated: bool


@dataclass(frozen=True, slots=True)
class Cause(Shape):
    """An exception of a stack trace: type, message, and whether all others follow from it."""

    kind: str
    message: str
    is_root: bool


@dataclass(frozen=True, slots=True)
class TraceSummary(Shape):
    """A stack trace in a few words: the exception that was reported, what caused it (outermost first), how many
    exceptions were suppressed, how many frames it shows, and the first frame of the root in the program's own code."""

    runtime: Runtime
    error: Cause
    causes: tuple[Cause, ...]
    suppressed: int
    frames: int
    frame: str | None


@dataclass(frozen=True, slots=True)
class PartText(Shape):
    """A part of a pattern that is the same in all lines; bytes where it is not UTF-8."""

    text: str | bytes


@dataclass(frozen=True, slots=True)
class PartValue(Shape):
    """A part of a pattern that differs from line to line, with the class of its values."""

    value: Class


@dataclass(frozen=True, slots=True)
class PartGap(Shape):
    """The place between two tokens, or at an end of the line: a blank stands there, or nothing."""

    blank: bool

    _wrap = "gap"


Part: TypeAlias = Union[PartText, PartValue, PartGap]
"""A part of a pattern."""


@dataclass(frozen=True, slots=True)
class Pattern(Shape):
    """A template in parts, in the order of the text: with the values of a line it gives the line again, byte by byte.

    Its document is the list of the parts.
    """

    parts: tuple[Part, ...]

    _transparent = True

    def to_dict(self) -> list[Any]:  # type: ignore[override]
        """The document: a list."""
        return [encode(part) for part in self.parts]

    def plain(self) -> str:
        """The template with ``<*>`` for every value, as benchmarks and other miners write it."""
        return self.render(["<*>"] * len(self.parts)).decode("utf-8", "replace")

    def render(self, values: Iterable[str | bytes], gaps: Iterable[tuple[int, str | bytes]] = ()) -> bytes:
        """The line whose values and unusual gaps are given: what `Miner.encode` gave, put together again. Values that are
        missing are left out, gaps that the pattern does not have are ignored."""

        def raw(text: str | bytes) -> bytes:
            return text if isinstance(text, bytes) else text.encode()

        rest, unusual, gap, line = iter(values), dict(gaps), 0, bytearray()
        for part in self.parts:
            if isinstance(part, PartText):
                line += raw(part.text)
            elif isinstance(part, PartValue):
                line += raw(next(rest, b""))
            else:
                line += raw(unusual[gap]) if gap in unusual else b" " * part.blank
                gap += 1
        return bytes(line)


class Encoded(NamedTuple):
    """What a store keeps of a line: the content id of its template, the values in the order of the pattern, and white space that
    differs from the pattern's (the number of the gap from the beginning of the line, and what stands there)."""

    content_id: str
    values: tuple[bytes, ...]
    gaps: tuple[tuple[int, bytes], ...]


@dataclass(frozen=True, slots=True)
class Template(Shape):
    """A template as it is now.

    ``id`` counts births inside one miner; ``content_id``, 16 hexadecimal digits, is the same on every host and changes
    when the template widens. ``count`` is in lines, the times are the earliest and the latest of their events, ``level``
    is the greatest that was seen, and ``examples`` are a fair sample of the lines. A ``pinned`` template was given, not
    learned: it never changes.
    """

    id: int
    content_id: str
    text: str
    pattern: Pattern
    count: int
    first_seen: Timestamp | None
    last_seen: Timestamp | None
    level: Level
    pinned: bool
    examples: tuple[str, ...]

    def _repr_html_(self) -> str:
        from .. import html

        return html.template_table([self])


@dataclass(frozen=True, slots=True)
class Counters(Shape):
    """What a miner did, in lines and templates. ``seen == matched + created``, whatever was evicted or merged since."""

    seen: int
    matched: int
    created: int
    widened: int
    evicted_templates: int
    evicted_lines: int
    merged_templates: int
    dropped_lineage: int


@dataclass(frozen=True, slots=True)
class MinerStats(Shape):
    """A miner in numbers: its counters, lines that were cut at the limits, masks that gave up on a line, the templates
    and nodes that it holds, and its memory in bytes, roughly."""

    counters: Counters
    cut_lines: int
    exhausted_masks: int
    templates: int
    nodes: int
    memory: int


@dataclass(frozen=True, slots=True)
class LineageBecame(Shape):
    """A template widened: the same number, another content."""

    template: int
    from_: str
    to: str

    _tags = (("kind", "became", True),)


@dataclass(frozen=True, slots=True)
class LineageMergedInto(Shape):
    """A template became equal to an older one and went into it; ``content`` is the content of both."""

    template: int
    into: int
    content: str

    _tags = (("kind", "merged_into", True),)


Lineage: TypeAlias = Union[LineageBecame, LineageMergedInto]
"""What became of a template: for stores that keep templates by their content."""


@dataclass(frozen=True, slots=True)
class MergeMap(Shape):
    """Where the templates of another miner are after a merge: pairs of the number there and here, ascending."""

    ids: tuple[tuple[int, int], ...]

    def get(self, there: int) -> int | None:
        """The number here of a template there; ``None`` if it had no place under the limit."""
        from bisect import bisect_left

        at = bisect_left(self.ids, (there,))
        return self.ids[at][1] if at < len(self.ids) and self.ids[at][0] == there else None


@dataclass(frozen=True, slots=True)
class Step(Shape):
    """A step of the search through the tree: the token that was looked at, the way it went, and the children that the
    node has."""

    token: str
    branch: Branch
    children: int


@dataclass(frozen=True, slots=True)
class Candidate(Shape):
    """A template that a line was compared with.

    ``equal`` tokens are those of the line, ``wildcards`` are not compared; ``similarity``, 0 to 1, is the share of equal
    tokens that is held against the threshold. ``complete`` tells that the line fits as it is, ``differences`` which tokens
    would become wildcards otherwise, and ``proven`` that all of those look like parameters.
    """

    template: int
    text: str
    equal: int
    wildcards: int
    similarity: float
    complete: bool
    differences: tuple[str, ...]
    proven: bool


@dataclass(frozen=True, slots=True)
class Explanation(Shape):
    """Why a line has the template that it has, or would found a new one: its tokens, the way through the tree, the
    templates at its end with how alike they are, the threshold, the choice (``None``: a new one), and a sentence."""

    tokens: tuple[str, ...]
    path: tuple[Step, ...]
    candidates: tuple[Candidate, ...]
    candidates_left_out: int
    threshold: float
    chosen: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class ParseCounters(Shape):
    """How headers were read: by a known format, by guessing, not at all; and how often the format was sought anew."""

    exact: int
    generic: int
    raw: int
    redetections: int


@dataclass(frozen=True, slots=True)
class PipelineCounters(Shape):
    """What a pipeline took: lines, events, events beyond the limits, and events that the filter left out, by reason."""

    lines: int
    events: int
    truncated: int
    skipped_below_level: int
    skipped_surge: int
