"""What drainrs gives back, as frozen classes.

Every class mirrors one structure of the Rust library: the same name, the same fields in the same order. Sequences are
tuples, identities are plain numbers, points in time are ``Timestamp``, and names of a closed set are ``Literal`` strings.
``from_dict`` reads the document that Rust writes, strictly; ``to_dict`` writes it again.

A field whose name is a word of Python carries a trailing underscore (``from_``, ``class_``); documents have it without.
What may be one of several things is a union of classes (``Lineage``, ``Subject``, ``Verdict``); ``decode`` reads such a union.
"""

from __future__ import annotations

import re
import time
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeAlias, TypeVar, Union, cast

if TYPE_CHECKING:
    from typing_extensions import Self

    from .config import Mask, MinerConfig


__all__ = [
    "Accepted",
    "Adjustment",
    "AdjustmentAddMasks",
    "AdjustmentDepth",
    "AdjustmentMaxTemplates",
    "AdjustmentRemoveMask",
    "AdjustmentSimilarityThreshold",
    "Adoption",
    "AdoptionChange",
    "AdoptionChangeFormat",
    "AdoptionChangeLabel",
    "AdoptionChangeNames",
    "Alert",
    "AlertCounters",
    "AlertStatus",
    "AnswerReason",
    "AnswerReasonCode",
    "Answered",
    "AuditEvent",
    "AuditEventClockCorrected",
    "AuditEventDecided",
    "AuditEventReported",
    "AuditEventResumed",
    "AuditRecord",
    "Autonomy",
    "Branch",
    "Calibration",
    "Candidate",
    "Cause",
    "CentroidCounters",
    "Change",
    "Changes",
    "Class",
    "ClassMask",
    "ClassName",
    "Comparison",
    "ContentCounters",
    "Correlation",
    "CorrelationCandidate",
    "CountCounters",
    "Counters",
    "Coverage",
    "DayCost",
    "Decision",
    "DeskCounters",
    "DetectCounters",
    "Deviation",
    "DeviationCounts",
    "DeviationCourse",
    "DeviationRule",
    "DeviationStep",
    "DeviationType",
    "Difference",
    "Digest",
    "Direction",
    "DistanceJudgement",
    "ErrorKind",
    "Evidence",
    "Explanation",
    "FalseAlarmThreshold",
    "Feedback",
    "Finding",
    "FindingKind",
    "FitCost",
    "FitReport",
    "FitStatus",
    "FoundBy",
    "FrequencyJudgement",
    "Group",
    "GuardCounters",
    "GuardOutcome",
    "GuardReason",
    "GuardReasonCode",
    "GuardVerdict",
    "Incident",
    "IncidentMatch",
    "IncidentTemplate",
    "IndexRow",
    "Joined",
    "JournalCounters",
    "Label",
    "Level",
    "Lineage",
    "LineageBecame",
    "LineageMergedInto",
    "MaskSpan",
    "Measure",
    "MergeMap",
    "Metrics",
    "MinerStats",
    "Movement",
    "Neighbour",
    "Note",
    "NoteFenced",
    "NoteProse",
    "NoteUnanswered",
    "NoteUnknownNumber",
    "Notice",
    "OperatingPoint",
    "Parameter",
    "ParameterName",
    "ParameterNames",
    "ParseCounters",
    "Parsed",
    "Part",
    "PartGap",
    "PartText",
    "PartValue",
    "Pattern",
    "PipelineCounters",
    "Place",
    "Placed",
    "Plan",
    "Prediction",
    "Priority",
    "Problem",
    "Proposal",
    "RateShift",
    "Record",
    "Refusal",
    "Rejected",
    "Reported",
    "Risk",
    "Runtime",
    "SampleFacts",
    "Score",
    "ScoreKind",
    "ScoreKindName",
    "SecretKind",
    "Sent",
    "SequenceCounters",
    "SequenceJudgement",
    "Series",
    "Shape",
    "Share",
    "SharedTemplate",
    "Shift",
    "ShownLine",
    "ShownTemplate",
    "SkipReason",
    "Slot",
    "SlotQuantiles",
    "SlotSummary",
    "Span",
    "Stale",
    "StaleExpired",
    "StaleTemplateChanged",
    "StaleTemplateGone",
    "Standing",
    "Step",
    "Subject",
    "SubjectAnomaly",
    "SubjectBatch",
    "SubjectCause",
    "SubjectHeader",
    "SubjectParameters",
    "SubjectPlace",
    "SubjectSamples",
    "SubjectTemplates",
    "SubjectWindow",
    "Suggestion",
    "Tally",
    "Task",
    "TaskKind",
    "Template",
    "TemplateEvidence",
    "Thumb",
    "Timestamp",
    "TraceSummary",
    "Unit",
    "Unready",
    "ValueJudgement",
    "ValueShift",
    "Verdict",
    "Window",
    "decode",
    "encode",
]


# --- Time -----------------------------------------------------------------------------------------------------------

_NANOS = 1_000_000_000
_LEAST, _GREATEST = -(1 << 63), (1 << 63) - 1
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?\s*(?:([Zz])|([+-])(\d\d)(?::?(\d\d))?)?)?",
    re.ASCII,
)


class Timestamp(int):
    """A point in time: nanoseconds since 1970-01-01T00:00:00Z, from the year 1677 to 2262.

    It is a whole number and counts as one; ``str()`` writes it as RFC 3339. ``Timestamp.of`` reads whatever else Python
    has for times.
    """

    __slots__ = ()

    def __new__(cls, value: int | str = 0) -> Self:
        """From nanoseconds since the epoch, or from the text that ``str()`` writes."""
        if type(value) is int:
            pass
        elif isinstance(value, str):
            value = _nanos_of_text(value)
        elif isinstance(value, bool) or not isinstance(value, int):
            raise TypeError(f"a Timestamp is made of nanoseconds, not of {type(value).__name__}; see Timestamp.of")
        if not _LEAST <= value <= _GREATEST:
            raise OverflowError(f"{int(value)} nanoseconds do not fit 64 bits: years 1677 to 2262 do")
        return super().__new__(cls, value)

    @classmethod
    def of(cls, value: object) -> Self:
        """From anything that says a time.

        Whole numbers are nanoseconds since the epoch, floating-point numbers seconds (as ``time.time()`` gives them),
        texts ISO 8601, and ``datetime``, ``numpy.datetime64`` and ``pandas.Timestamp`` what they are. Without a zone it is
        UTC. What is no time at all is a ``TypeError``, what lies too far away an ``OverflowError``, and a text that does
        not read or a not-a-time a ``ValueError``.
        """
        if isinstance(value, cls):
            return value
        if isinstance(value, str):
            return cls(value)
        if isinstance(value, datetime):
            return cls(_nanos_of_datetime(value))
        if isinstance(value, float):
            return cls(_nanos_of_seconds(value))
        kind = type(value)
        if kind.__name__ == "datetime64" and kind.__module__.partition(".")[0] == "numpy":
            return cls(_nanos_of_numpy(value))
        # Other whole numbers: numpy's integers say that they are some, and so do their durations, which are no times.
        if not isinstance(value, bool) and hasattr(value, "__index__") and not hasattr(value, "total_seconds"):
            if kind.__name__ not in ("bool", "bool_", "timedelta64"):
                return cls(int(value))
        raise TypeError(f"{kind.__name__} is no time; give a datetime, a text, float seconds or int nanoseconds")

    @classmethod
    def now(cls) -> Self:
        """The time of this host's clock."""
        return cls(time.time_ns())

    def to_datetime(self) -> datetime:
        """As a ``datetime`` in UTC; parts of a microsecond are cut off."""
        return _EPOCH + timedelta(microseconds=int(self) // 1000)

    def __str__(self) -> str:
        """RFC 3339 in UTC, with no, 3, 6 or 9 digits of a second: as many as are needed."""
        seconds, nanos = divmod(int(self), _NANOS)
        # The first and the last day of the range lie inside the years of ``datetime``.
        text = (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")
        if nanos == 0:
            return f"{text}Z"
        if nanos % 1_000_000 == 0:
            return f"{text}.{nanos // 1_000_000:03}Z"
        if nanos % 1_000 == 0:
            return f"{text}.{nanos // 1_000:06}Z"
        return f"{text}.{nanos:09}Z"

    def __repr__(self) -> str:
        return f"Timestamp('{self}')"


def _nanos_of_text(text: str) -> int:
    found = _ISO.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no time in ISO 8601, such as 2024-02-29T12:00:01.5Z")
    year, month, day, hour, minute, second, fraction, _, sign, east_hours, east_minutes = found.groups()
    clock = [int(part or 0) for part in (hour, minute, second)]
    east = [int(part or 0) for part in (east_hours, east_minutes)]
    # Hour 24 is the end of the day, and a leap second the beginning of the next minute.
    if clock[0] > 24 or clock[1] > 59 or clock[2] > 60 or east[0] > 23 or east[1] > 59:
        raise ValueError(f"{text!r} has a number that is out of its range")
    try:
        days = date(int(year), int(month), int(day)).toordinal() - _EPOCH_DAY
    except ValueError as error:
        raise ValueError(f"{text!r} is no date: {error}") from None
    offset = (east[0] * 3600 + east[1] * 60) * (-1 if sign == "-" else 1)
    seconds = days * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2] - offset
    return seconds * _NANOS + int(((fraction or "") + "000000000")[:9])


def _nanos_of_datetime(value: datetime) -> int:
    if value != value:  # pandas has a not-a-time that calls itself a datetime
        raise ValueError("not a time")
    seconds = (value.toordinal() - _EPOCH_DAY) * 86_400 + value.hour * 3600 + value.minute * 60 + value.second
    nanos = seconds * _NANOS + value.microsecond * 1_000 + int(getattr(value, "nanosecond", 0))
    offset = value.utcoffset()
    if offset is not None:
        nanos -= ((offset.days * 86_400 + offset.seconds) * 1_000_000 + offset.microseconds) * 1_000
    return nanos


def _nanos_of_seconds(value: float) -> int:
    if value != value:
        raise ValueError("not a number is no time")
    if value in (float("inf"), float("-inf")):
        raise OverflowError("infinity is no time")
    whole = int(value)
    return whole * _NANOS + round((value - whole) * 1e9)


def _nanos_of_numpy(value: Any) -> int:
    if value != value:
        raise ValueError("not a time")
    seconds = int(value.astype("datetime64[s]").astype("int64"))
    if abs(seconds) > (1 << 63) // _NANOS:
        raise OverflowError(f"{value} lies outside the years 1677 to 2262")
    back = value.astype("datetime64[s]").astype(value.dtype)
    rest = int((value - back).astype("timedelta64[ns]").astype("int64"))
    return seconds * _NANOS + rest


# --- Reading and writing documents ----------------------------------------------------------------------------------

_Decode: TypeAlias = Callable[[Any], Any]


class Shape:
    """What all results have in common: they are read from documents, written to documents, and shown in notebooks."""

    __slots__ = ()

    # How the document of a variant says which one it is: keys, their values, and whether they must be there.
    _tags: ClassVar[tuple[tuple[str, str, bool], ...]] = ()
    # The only key of the document, if the fields lie one deeper.
    _wrap: ClassVar[str | None] = None
    # Fields that are written but never read: a document must not set them.
    _unread: ClassVar[tuple[str, ...]] = ()
    # Whether the document is that of the only field.
    _transparent: ClassVar[bool] = False

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Reads a document. A key that is unknown or missing, or a value of another type, is a ``TypeError`` that names
        the class and the key."""
        return cast("Self", _plan(cls).decode(data))

    def to_dict(self) -> dict[str, Any]:
        """The document: what JSON can hold, as Rust writes it."""
        return cast("dict[str, Any]", _plan(type(self)).encode(self))

    def _repr_html_(self) -> str:
        from . import html

        return html.shape(self)


class _Settings:
    """Stands for a class of settings while hints are read: those classes need the native module, and come late."""

    name: ClassVar[str]


class _MaskSettings(_Settings):
    name = "Mask"


class _MinerSettings(_Settings):
    name = "MinerConfig"


class _Field:
    __slots__ = ("attribute", "decode", "flatten", "key", "required")

    def __init__(self, attribute: str, required: bool, flatten: bool, decode: _Decode) -> None:
        self.attribute = attribute
        self.key = attribute[:-1] if attribute.endswith("_") else attribute
        self.required = required
        self.flatten = flatten
        self.decode = decode


class _Plan:
    """How a class is read and written; made once from its hints."""

    __slots__ = ("cls", "fields", "flat", "is_plain", "keys", "readers")

    def __init__(self, cls: type[Shape]) -> None:
        hints = typing.get_type_hints(cls, localns={"Mask": _MaskSettings, "MinerConfig": _MinerSettings})
        self.cls = cls
        self.fields: list[_Field] = []
        self.flat: _Field | None = None
        for one in fields(cast("Any", cls)):
            required = one.default is MISSING and one.default_factory is MISSING
            flatten = bool(one.metadata.get("flatten"))
            compiled = _Field(one.name, required, flatten, _compile(hints[one.name], f"{cls.__name__}.{one.name}"))
            if flatten:
                self.flat = compiled
            self.fields.append(compiled)
        self.keys = frozenset(one.key for one in self.fields if not one.flatten and one.key not in cls._unread)
        # Most classes: the document has the fields, all of them, and nothing else.
        odd = cls._tags or cls._wrap is not None or cls._transparent or cls._unread or self.flat is not None
        self.is_plain = not odd and not any(one.kw_only for one in fields(cast("Any", cls)))
        self.readers = [(one.key, one.decode) for one in self.fields]

    def fits(self, data: Mapping[str, Any]) -> bool:
        """Whether a document is one of this class rather than of another variant."""
        if self.cls._wrap is not None:
            return data.keys() == {self.cls._wrap}
        if self.cls._tags:
            return all(data.get(key, value if not must else None) == value for key, value, must in self.cls._tags)
        return data.keys() == self.keys

    def decode(self, data: Any) -> Any:
        cls = self.cls
        if type(data) is cls:
            return data
        if self.is_plain and type(data) is dict and data.keys() == self.keys:
            return cls(*[read(data[key]) for key, read in self.readers])
        name = cls.__name__
        if cls._transparent:
            return cls(self.fields[0].decode(data))  # type: ignore[call-arg]
        if cls._wrap is not None:
            if not (type(data) is dict or isinstance(data, Mapping)) or data.keys() != {cls._wrap}:
                raise TypeError(f"{name}: not a document with the only key {cls._wrap!r}")
            data = data[cls._wrap]
        if type(data) is not dict and not isinstance(data, Mapping):
            raise TypeError(f"{name}: not a document but {_kind(data)}")
        expected = len(self.keys)
        rest: dict[str, Any] | None = None
        if cls._tags or self.flat is not None or len(data) != expected or not self.keys.issuperset(data):
            rest = {key: value for key, value in data.items() if key not in self.keys}
            for key, value, must in cls._tags:
                if key in self.keys:
                    continue
                if rest.pop(key, value if not must else None) != value:
                    raise TypeError(f"{name}: key {key!r} is not {value!r}")
            if rest and self.flat is None:
                raise TypeError(f"{name}: unknown key {next(iter(rest))!r}")
        values: dict[str, Any] = {}
        for one in self.fields:
            if one.flatten:
                values[one.attribute] = one.decode(rest)
            elif one.key in data:
                values[one.attribute] = one.decode(data[one.key])
            elif one.required:
                raise TypeError(f"{name}: missing key {one.key!r}")
        return cls(**values)

    def encode(self, shape: Shape) -> Any:
        cls = self.cls
        if cls._transparent:
            return encode(getattr(shape, self.fields[0].attribute))
        document: dict[str, Any] = {key: value for key, value, _ in cls._tags}
        for one in self.fields:
            value = encode(getattr(shape, one.attribute))
            if one.flatten:
                document.update(value)
            else:
                document[one.key] = value
        return document if cls._wrap is None else {cls._wrap: document}


_PLANS: dict[type[Shape], _Plan] = {}


def _plan(cls: type[Shape]) -> _Plan:
    plan = _PLANS.get(cls)
    if plan is None:
        plan = _PLANS[cls] = _Plan(cls)
    return plan


def decode(hint: Any, data: Any) -> Any:
    """Reads a document as a type: a class of this module, a union of them such as ``Lineage``, the name of either, or
    what is made of them, such as ``tuple[Alert, ...]``."""
    if isinstance(hint, type) and issubclass(hint, Shape):
        return hint.from_dict(data)
    try:
        compiled = _DECODERS.get(hint)
    except TypeError:  # a hint that has no hash is not kept
        return _compile(hint, "value")(data)
    if compiled is None:
        meant = hint
        if isinstance(hint, str):
            if hint not in __all__:
                raise TypeError(f"drainrs.shapes has no {hint!r}")
            meant = globals()[hint]
        where = hint if isinstance(hint, str) else "value"
        compiled = _DECODERS[hint] = _compile(meant, where)
    return compiled(data)


_DECODERS: dict[Any, _Decode] = {}


def encode(value: Any) -> Any:
    """Writes a value as a document: what JSON can hold, as Rust writes it."""
    if isinstance(value, Shape):
        return _plan(type(value)).encode(value)
    if isinstance(value, Timestamp):
        return int(value)
    if isinstance(value, (tuple, list, bytes)):
        return [encode(one) for one in value]
    if isinstance(value, Mapping):
        return {key: encode(one) for key, one in value.items()}
    if hasattr(value, "to_dict"):  # settings
        return value.to_dict()
    return value


def _kind(value: Any) -> str:
    return "None" if value is None else type(value).__name__


def _wrong(where: str, wanted: str, value: Any) -> TypeError:
    return TypeError(f"{where}: expected {wanted}, got {_kind(value)}")


def _compile(hint: Any, where: str) -> _Decode:
    """The function that reads values of a type."""
    if hint is Any:
        return lambda value: value
    if isinstance(hint, TypeVar):
        return lambda value: tuple(value) if isinstance(value, list) else value
    if hint is None or hint is type(None):
        return _exact(type(None), "None", where)
    if hint is bool:
        return _exact(bool, "bool", where)
    if hint is str:
        return _exact(str, "str", where)
    if hint is int:
        return _compile_int(where)
    if hint is float:
        return _compile_float(where)
    if hint is bytes:
        return _compile_bytes(where)
    if hint is Timestamp:
        return _compile_timestamp(where)
    if isinstance(hint, type) and not typing.get_args(hint):
        if issubclass(hint, Shape):
            return _plan(hint).decode
        if issubclass(hint, _Settings):
            return _compile_settings(hint, where)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is Literal:
        return _compile_literal(arguments, where)
    if origin is tuple:
        return _compile_tuple(arguments, where)
    if origin is dict:
        return _compile_dict(arguments, where)
    if origin is Union or origin is types.UnionType:
        return _compile_union(arguments, where)
    if isinstance(origin, type) and issubclass(origin, Shape):  # Shift[K]
        return _plan(origin).decode
    raise TypeError(f"{where}: no way to read {hint!r}")


def _exact(kind: type, name: str, where: str) -> _Decode:
    def decode_exact(value: Any) -> Any:
        if not isinstance(value, kind):
            raise _wrong(where, name, value)
        return value

    return decode_exact


def _compile_int(where: str) -> _Decode:
    def decode_int(value: Any) -> Any:
        if type(value) is int:
            return value
        if isinstance(value, bool) or not isinstance(value, int):
            raise _wrong(where, "int", value)
        return value

    return decode_int


def _compile_float(where: str) -> _Decode:
    def decode_float(value: Any) -> Any:
        if type(value) is float:
            return value
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise _wrong(where, "float", value)
        return float(value)

    return decode_float


def _compile_bytes(where: str) -> _Decode:
    def decode_bytes(value: Any) -> Any:
        if isinstance(value, bytes):
            return value
        if not isinstance(value, (list, tuple)):
            raise _wrong(where, "bytes", value)
        try:
            return bytes(value)
        except (TypeError, ValueError):
            raise TypeError(f"{where}: a list, but not one of bytes") from None

    return decode_bytes


def _compile_timestamp(where: str) -> _Decode:
    def decode_timestamp(value: Any) -> Any:
        if type(value) is Timestamp:
            return value
        if isinstance(value, bool) or not isinstance(value, int):
            raise _wrong(where, "nanoseconds as int", value)
        return Timestamp(value)

    return decode_timestamp


def _compile_settings(hint: type[_Settings], where: str) -> _Decode:
    name = hint.name

    def decode_settings(value: Any) -> Any:
        from . import config

        cls = getattr(config, name)
        if isinstance(value, cls):
            return value
        if not isinstance(value, Mapping):
            raise _wrong(where, name, value)
        return cls(**value)

    return decode_settings


def _compile_literal(names: tuple[Any, ...], where: str) -> _Decode:
    # As a dict: equal strings become the same string.
    known = {name: name for name in names}

    def decode_literal(value: Any) -> Any:
        if not isinstance(value, str):
            raise _wrong(where, "str", value)
        found = known.get(value)
        if found is None:
            raise TypeError(f"{where}: {value!r} is none of {', '.join(map(repr, names))}")
        return found

    return decode_literal


def _compile_tuple(arguments: tuple[Any, ...], where: str) -> _Decode:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        each = _compile(arguments[0], where)

        def decode_many(value: Any) -> Any:
            if not isinstance(value, (list, tuple)):
                raise _wrong(where, "a list", value)
            return tuple(map(each, value))

        return decode_many
    several = [_compile(one, where) for one in arguments]

    def decode_some(value: Any) -> Any:
        if not isinstance(value, (list, tuple)):
            raise _wrong(where, "a list", value)
        if len(value) != len(several):
            raise TypeError(f"{where}: expected a list of {len(several)}, got one of {len(value)}")
        return tuple([read(one) for read, one in zip(several, value, strict=True)])

    return decode_some


def _compile_dict(arguments: tuple[Any, ...], where: str) -> _Decode:
    of_key, of_value = (_compile(one, where) for one in arguments)

    def decode_dict(value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise _wrong(where, "a dict", value)
        return {of_key(key): of_value(one) for key, one in value.items()}

    return decode_dict


def _compile_union(arguments: tuple[Any, ...], where: str) -> _Decode:
    optional = type(None) in arguments
    members = [one for one in arguments if one is not type(None)]
    shapes = [one for one in members if isinstance(one, type) and issubclass(one, Shape)]
    others = [one for one in members if one not in shapes]
    if len(members) == 1:
        only = _compile(members[0], where)
        return lambda value: None if value is None else only(value)
    if len(others) == 2 and str in others and not shapes:
        # ``str | bytes``, and open sets of names.
        text = _exact(str, "str", where)
        other = next(one for one in others if one is not str)
        if typing.get_origin(other) is Literal:
            if optional:
                return lambda value: None if value is None else text(value)
            return text
        read = _compile(other, where)
        return lambda value: value if isinstance(value, str) else read(value)
    if len(others) > 1:
        raise TypeError(f"{where}: no way to tell {arguments!r} apart")
    fallback = _compile(others[0], where) if others else None
    # Variants whose documents have a single key, by that key.
    single: dict[str, _Plan] = {}
    for shape in shapes:
        if shape._wrap is not None:
            single[shape._wrap] = _plan(shape)
        elif not shape._tags and len(_plan(shape).keys) == 1:
            single[next(iter(_plan(shape).keys))] = _plan(shape)

    def decode_union(value: Any) -> Any:
        if type(value) is str and fallback is not None:
            return fallback(value)
        if value is None and optional:
            return None
        if type(value) is dict and len(value) == 1:
            only = single.get(next(iter(value)))
            if only is not None:
                return only.decode(value)
        if isinstance(value, Shape):
            if type(value) in shapes:
                return value
        elif isinstance(value, Mapping):
            for shape in shapes:
                plan = _plan(shape)
                if plan.fits(value):
                    return plan.decode(value)
        elif fallback is not None:
            return fallback(value)
        names = ", ".join(shape.__name__ for shape in shapes)
        shown = _kind(value)
        if isinstance(value, Mapping):
            shown = f"a document with {', '.join(map(repr, list(value)[:4]))}"
        raise TypeError(f"{where}: none of {names} is read from {shown}")

    return decode_union


_FLATTEN = {"flatten": True}

# --- Names of closed sets -------------------------------------------------------------------------------------------

Level: TypeAlias = Literal["unknown", "trace", "debug", "info", "notice", "warn", "error", "critical", "fatal"]
"""How severe an event says it is, from the least to the greatest."""

ClassName: TypeAlias = Literal[
    "*", "NUM", "IP", "MAC", "UUID", "URL", "EMAIL", "TIMESTAMP", "DATE", "TIME", "SIZE", "DURATION", "PCT", "HEX",
    "PATH", "ID", "POD", "TRACE", "B64", "STR", "VERSION", "BOOL", "NULL", "HOST",
]  # fmt: skip
"""The built-in classes of values, by the names of their placeholders; ``*`` is text that no rule claims."""

Change: TypeAlias = Literal["unchanged", "created", "widened"]
"""What a line did to its template."""

Parsed: TypeAlias = Literal["raw", "generic", "exact"]
"""How well the header of a line was understood."""

SkipReason: TypeAlias = Literal["below_level", "surge"]
"""Why an event was not mined."""

Branch: TypeAlias = Literal["exact", "wildcard", "both", "none"]
"""Which way a step of the search went."""

Runtime: TypeAlias = Literal["jvm", "dotnet", "node", "python", "go", "rust", "php", "ruby"]
"""Whose stack trace it is."""

ScoreKindName: TypeAlias = Literal[
    "spike", "drop", "drift", "new_template", "reappeared", "template_flood", "adopted", "silence", "service_silence",
    "recovered", "sequence", "incomplete", "invariant_drift", "value", "new_value", "distance", "rule", "input_gap",
]  # fmt: skip
"""What the scorers of the library notice."""

ScoreKind: TypeAlias = Union[ScoreKindName, str]
"""What was noticed; a host's own scorers bring further names."""

Direction: TypeAlias = Literal["up", "down"]
"""Whether more or less was seen than usual."""

Priority: TypeAlias = Literal["low", "medium", "high", "critical"]
"""How urgent an alert is."""

AlertStatus: TypeAlias = Literal["opened", "escalated", "ongoing", "resolved"]
"""Where an alert stands."""

Placed: TypeAlias = Literal["counted", "skewed", "out_of_range", "late", "over_limit"]
"""What became of an event that was to be counted."""

Unit: TypeAlias = Literal["plain", "seconds", "bytes", "percent"]
"""The base unit of the numbers at a place."""

FitStatus: TypeAlias = Literal["ok", "warn"]
"""Whether a fit has findings."""

FindingKind: TypeAlias = Literal["explosion", "family", "black_hole", "opposites", "eviction", "cut"]
"""What kind of thing is wrong with the templates of a sample."""

TaskKind: TypeAlias = Literal[
    "summarise_window", "classify_templates", "explain_anomaly", "root_cause", "judge_batch", "write_header_pattern",
    "name_parameters",
]  # fmt: skip
"""What a model is asked for."""

AnswerReasonCode: TypeAlias = Literal[
    "incomplete_task", "too_large", "not_utf8", "no_json", "several_json", "syntax", "too_deep", "duplicate_key",
    "wrong_type", "missing_field", "unknown_field", "not_in_enum", "out_of_range", "too_long", "too_short",
    "evidence_not_found", "evidence_too_short", "unknown_id", "repeated", "bad_name", "unknown_placeholder",
    "line_count", "pattern_syntax", "pattern_too_general", "pattern_reads_too_few", "pattern_reads_others",
    "pattern_times",
]  # fmt: skip
"""What can be wrong with an answer."""

Refusal: TypeAlias = Literal["full", "expired", "too_dear", "resting", "incomplete"]
"""Why a desk does not take a task."""

Thumb: TypeAlias = Literal["up", "down"]
"""What somebody thinks of an answer."""

Autonomy: TypeAlias = Literal["alert", "suggest", "approve", "auto_low_risk", "auto_high_risk"]
"""How much a guard lets happen without a person."""

Risk: TypeAlias = Literal["low", "high"]
"""What an action may break."""

GuardVerdict: TypeAlias = Literal["run", "ask_approval", "suggest", "alert_only", "refuse"]
"""What is to be done with a proposed action."""

GuardReasonCode: TypeAlias = Literal[
    "bad_confidence", "bad_name", "target_not_allowed", "suspended", "cooldown", "rate_limit", "no_room",
    "clock_set_back", "autonomy", "unknown_action", "rule_needs_approval", "high_risk", "missing_hook",
    "low_confidence", "risk_raised", "approved", "allowed",
]  # fmt: skip
"""What decided about an action."""

GuardOutcome: TypeAlias = Literal["succeeded", "failed", "rolled_back", "roll_back_failed"]
"""How an action ended."""

Reported: TypeAlias = Literal["noted", "suspended", "unknown"]
"""What a guard made of the report of an outcome."""

FoundBy: TypeAlias = Literal["id", "text"]
"""By what a template of an incident was found in a window."""

SecretKind: TypeAlias = Literal[
    "private_key", "token", "secret", "cookie", "card", "iban", "ssn", "phone", "email", "ip", "mac", "host", "user",
    "custom",
]  # fmt: skip
"""What kind of thing was hidden."""

ErrorKind: TypeAlias = Literal[
    "config", "pattern", "limit", "snapshot", "snapshot_version", "snapshot_config", "task", "feature"
]
"""What kind of error it is."""


# --- Lines, events and templates ------------------------------------------------------------------------------------


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
        from . import html

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


# --- Counting -------------------------------------------------------------------------------------------------------


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


# --- Scores and alerts ----------------------------------------------------------------------------------------------


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
        from . import html

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


# --- Calibration and ranking ----------------------------------------------------------------------------------------


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


# --- Baselines ------------------------------------------------------------------------------------------------------


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


# --- Fitting --------------------------------------------------------------------------------------------------------


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


# --- Correlation ----------------------------------------------------------------------------------------------------


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


# --- Asking a model -------------------------------------------------------------------------------------------------


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
        from . import html

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


# --- Guarding actions -----------------------------------------------------------------------------------------------


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


# --- Indexes and incidents ------------------------------------------------------------------------------------------


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
