"""The frozen classes of results: documents in and out, times, pickles."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
import typing
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from drainrs import shapes
from drainrs.shapes import Timestamp

PUBLIC = [getattr(shapes, name) for name in shapes.__all__ if name != "Shape"]
ALL = [value for value in PUBLIC if isinstance(value, type) and issubclass(value, shapes.Shape)]

NOON = 1_709_208_000_000_000_000  # 2024-02-29T12:00:00Z

SCORE: dict[str, Any] = {
    "scorer": "frequency",
    "kind": "spike",
    "at": NOON,
    "window": {"start": NOON, "end": NOON + 60_000_000_000},
    "service": 2,
    "template": 7,
    "slot": {"token": 1, "ordinal": 0},
    "session": None,
    "severity": 0.75,
    "surprise": 15.0,
    "observed": 90.0,
    "expected": 3.5,
    "low": 0.0,
    "high": 9.0,
    "direction": "up",
    "level": "error",
    "unverified": False,
    "reason": "90 events where 3.5 are usual",
    "evidence": [{"name": "deviations", "value": 11.0}],
    "sample": "disk full",
}

ALERT: dict[str, Any] = {
    "id": 1,
    "status": "opened",
    "priority": "high",
    "route": None,
    "at": NOON,
    "first_at": NOON,
    "service": "db",
    "template": "disk <*> full",
    "score": SCORE,
    "others": [SCORE],
    "grouped": 1,
    "suppressed": 0,
    "samples": ["disk sda full"],
}

TEMPLATE: dict[str, Any] = {
    "id": 1,
    "content_id": "00000000000000ff",
    "text": "took <NUM> of <A>",
    "pattern": [
        {"gap": {"blank": False}},
        {"text": "took"},
        {"gap": {"blank": True}},
        {"value": "NUM"},
        {"text": [255, 0]},
        {"value": {"mask": 3}},
    ],
    "count": 3,
    "first_seen": NOON,
    "last_seen": None,
    "level": "info",
    "pinned": False,
    "examples": ["took 3 of x"],
}

TASK: dict[str, Any] = {
    "id": "a-0",
    "kind": "explain_anomaly",
    "schema_version": 1,
    "round": 0,
    "system": "You read logs.",
    "instruction": "Say what happened.",
    "data": "e1 disk full",
    "schema": {"type": "object"},
    "evidence": [{"id": "e1", "text": "disk full", "own": 0, "template": 7, "line": 12}],
    "input_bytes": 50,
    "input_tokens": 20,
    "max_output_tokens": 100,
    "cut": [],
    "redacted": {"EMAIL": 2},
    "suspicious": ["e1"],
    "key": "0f",
    "value": 0.5,
    "per_day": 2.0,
    "created_at": NOON,
    "expires_at": NOON + 1,
}

REASON = {"code": "no_json", "path": "", "message": "no object", "found": "hello"}
NOTICE = {
    "at": NOON,
    "kind": "new_template",
    "priority": "low",
    "service": "db",
    "reason": "new",
    "template": None,
    "text": "x",
}
LINE = {"number": 1, "at": None, "level": "warn", "service": "db", "text": "x"}
DECIDED = {
    "event": "decided",
    "autonomy": "approve",
    "action": "restart",
    "target": "db-1",
    "risk": "high",
    "confidence": 0.9,
    "task": None,
    "evidence": [],
    "approved_by": "ann",
    "verdict": "run",
    "reasons": [{"code": "approved", "sentence": "ann approved it"}],
    "run": 4,
}
ADJUSTMENT = {"kind": "similarity_threshold", "from": 0.5, "to": 0.4}

# A type, a document of it, and the class that comes out.
DOCUMENTS: list[tuple[Any, Any, type]] = [
    (shapes.Score, SCORE, shapes.Score),
    (shapes.Score, {**SCORE, "kind": "of_a_host", "template": None, "slot": None}, shapes.Score),
    (shapes.Alert, ALERT, shapes.Alert),
    (shapes.Template, TEMPLATE, shapes.Template),
    (shapes.Pattern, TEMPLATE["pattern"], shapes.Pattern),
    (shapes.Parameter, {"span": {"start": 1, "end": 4}, "class": "IP", "token": 0}, shapes.Parameter),
    (shapes.MaskSpan, {"span": {"start": 1, "end": 4}, "class": {"mask": 0}}, shapes.MaskSpan),
    (shapes.Lineage, {"kind": "became", "template": 1, "from": "0a", "to": "0b"}, shapes.LineageBecame),
    (shapes.Lineage, {"kind": "merged_into", "template": 1, "into": 2, "content": "0b"}, shapes.LineageMergedInto),
    (shapes.MergeMap, {"ids": [[1, 2], [3, 1]]}, shapes.MergeMap),
    (shapes.Deviation, {"kind": "step", "before": None, "after": 3}, shapes.DeviationStep),
    (
        shapes.Deviation,
        {"kind": "rule", "templates": [1, 2], "factors": [1, 1], "counts": [3, 2], "held": 9, "of": 9},
        shapes.DeviationRule,
    ),
    (
        shapes.Deviation,
        {"kind": "counts", "distance": 0.2, "differences": [{"template": None, "count": 1, "usual": 2}]},
        shapes.DeviationCounts,
    ),
    (shapes.Task, TASK, shapes.Task),
    (
        shapes.Verdict,
        {
            "verdict": "accepted",
            "value": {"summary": "x"},
            "notes": [{"note": "fenced"}, {"note": "unanswered", "id": "t1"}],
            "confidence": None,
            "sure": False,
        },
        shapes.Accepted,
    ),
    (shapes.Verdict, {"verdict": "rejected", "reasons": [REASON]}, shapes.Rejected),
    (shapes.Verdict, {"verdict": "stale", "why": "expired", "at": NOON}, shapes.StaleExpired),
    (shapes.Verdict, {"verdict": "stale", "why": "template_gone", "template": 3}, shapes.StaleTemplateGone),
    (
        shapes.Answered,
        {
            "task": TASK,
            "verdict": {"verdict": "rejected", "reasons": [REASON]},
            "repair": None,
            "fallback": {"a": [1]},
            "repeated": False,
        },
        shapes.Answered,
    ),
    (shapes.Plan, {"tasks": [TASK], "left_out": {"root_cause": 2}}, shapes.Plan),
    (
        shapes.Adoption,
        {
            "id": 1,
            "at": NOON,
            "by": "model",
            "task": "a-0",
            "confidence": 0.5,
            "change": {"change": "names", "template": 1, "before": None, "after": [None, {"name": "ms", "unit": "ms"}]},
            "undone": [NOON, "ann"],
            "absorbed": False,
        },
        shapes.Adoption,
    ),
    (
        shapes.AdoptionChange,
        {"change": "format", "name": "own", "pattern": "(?P<message>.*)", "needs_time": True},
        shapes.AdoptionChangeFormat,
    ),
    (shapes.AuditRecord, {"number": 1, "at": NOON, **DECIDED}, shapes.AuditRecord),
    (
        shapes.AuditRecord,
        {"number": 2, "at": NOON, "event": "resumed", "action": "restart", "by": "ann"},
        shapes.AuditRecord,
    ),
    (shapes.Adjustment, ADJUSTMENT, shapes.AdjustmentSimilarityThreshold),
    (shapes.Adjustment, {"kind": "max_templates", "from": None, "to": 5}, shapes.AdjustmentMaxTemplates),
    (
        shapes.Subject,
        {"subject": "cause", "span": [NOON, NOON], "steps": [NOTICE], "candidates": [], "depends": [["web", ["db"]]]},
        shapes.SubjectCause,
    ),
    (
        shapes.Subject,
        {"subject": "header", "lines": [LINE], "samples": {"must": ["a"], "must_not": []}},
        shapes.SubjectHeader,
    ),
    (
        shapes.IndexRow,
        {
            "service": "db",
            "id": "0f",
            "template": "x",
            "template_id": None,
            "first_seen": None,
            "last_seen": NOON,
            "hits": 2,
            "severity": "warn",
            "labels": {"team": "a"},
            "examples": ["x"],
            "vector": [0.5, 1.0],
        },
        shapes.IndexRow,
    ),
]


@pytest.mark.parametrize(("kind", "document", "cls"), DOCUMENTS)
def test_a_document_comes_back_as_it_was(kind: Any, document: Any, cls: type[shapes.Shape]) -> None:
    value = shapes.decode(kind, document)
    assert type(value) is cls
    written = value.to_dict()
    assert written == document
    assert json.dumps(written, sort_keys=True) == json.dumps(document, sort_keys=True)
    assert cls.from_dict(written) == value
    assert pickle.loads(pickle.dumps(value)) == value
    assert copy.copy(value) == value
    assert copy.deepcopy(value) == value


@pytest.mark.parametrize(("kind", "document", "cls"), DOCUMENTS)
def test_the_keys_are_in_the_order_of_rust(kind: Any, document: Any, cls: type[shapes.Shape]) -> None:
    del cls
    if isinstance(document, dict):
        assert list(shapes.decode(kind, document).to_dict()) == list(document)


@pytest.mark.parametrize("cls", ALL, ids=lambda cls: cls.__name__)
def test_every_class_can_be_read_is_frozen_slim_and_documented(cls: Any) -> None:
    with pytest.raises(TypeError, match=cls.__name__):
        cls.from_dict({"what no class has": 1})
    assert cls.__doc__ and not cls.__doc__.startswith(f"{cls.__name__}(")
    assert "__slots__" in vars(cls)
    value = cls(**{field.name: None for field in dataclasses.fields(cls)})
    assert not hasattr(value, "__dict__")
    with pytest.raises((AttributeError, TypeError)):
        value.something = 1
    for field in dataclasses.fields(cls):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, field.name, 1)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        if protocol >= 2:
            assert pickle.loads(pickle.dumps(value, protocol)) == value
    assert copy.deepcopy(value) == value


def test_what_is_read_has_the_promised_types() -> None:
    alert = shapes.Alert.from_dict(ALERT)
    assert type(alert.at) is Timestamp
    assert type(alert.score.window.end) is Timestamp
    assert alert.others == (alert.score,)
    assert alert.samples == ("disk sda full",)
    assert hash(alert) == hash(shapes.Alert.from_dict(ALERT))
    template = shapes.Template.from_dict(TEMPLATE)
    assert template.pattern.parts[3:] == (
        shapes.PartValue("NUM"),
        shapes.PartText(b"\xff\x00"),
        shapes.PartValue(shapes.ClassMask(3)),
    )
    whole = shapes.Share.from_dict({"value": 1, "low": 0, "high": 1})
    assert type(whole.value) is float
    assert shapes.MergeMap(((1, 2), (3, 1))).get(3) == 1
    assert shapes.MergeMap(((1, 2), (3, 1))).get(2) is None
    # What is decoded already stays as it is.
    assert shapes.Alert.from_dict(alert) is alert
    assert shapes.Alert.from_dict({**ALERT, "score": alert.score}) == alert


def test_a_variant_alone_needs_no_tag_where_rust_has_none() -> None:
    document = {"value": 1, "notes": [], "confidence": 0.5, "sure": True}
    accepted = shapes.Accepted.from_dict(document)
    assert accepted.to_dict() == {"verdict": "accepted", **document}
    with pytest.raises(TypeError, match="kind"):
        shapes.LineageBecame.from_dict({"template": 1, "from": "0a", "to": "0b"})


@pytest.mark.parametrize(
    ("kind", "document", "message"),
    [
        (shapes.Span, {"start": 1}, "Span: missing key 'end'"),
        (shapes.Span, {"start": 1, "end": 2, "more": 3}, "Span: unknown key 'more'"),
        (shapes.Span, {"start": "1", "end": 2}, "Span.start: expected int, got str"),
        (shapes.Span, {"start": True, "end": 2}, "Span.start: expected int, got bool"),
        (shapes.Span, [1, 2], "Span: not a document but list"),
        (shapes.Share, {"value": None, "low": 0.0, "high": 0.0}, "Share.value: expected float, got None"),
        (shapes.Alert, {**ALERT, "status": "closed"}, "Alert.status: 'closed' is none of 'opened'"),
        (shapes.Alert, {**ALERT, "at": 1.5}, "Alert.at: expected nanoseconds as int, got float"),
        (shapes.Alert, {**ALERT, "samples": "x"}, "Alert.samples: expected a list, got str"),
        (shapes.Alert, {**ALERT, "score": {**SCORE, "window": {"start": 1}}}, "Window: missing key 'end'"),
        (shapes.MergeMap, {"ids": [[1]]}, "MergeMap.ids: expected a list of 2, got one of 1"),
        (shapes.Template, {**TEMPLATE, "pattern": [{"gab": {}}]}, "Pattern.parts: none of PartText"),
        (shapes.Template, {**TEMPLATE, "pattern": [{"text": [256]}]}, "PartText.text: a list, but not one of bytes"),
        (shapes.PartGap, {"blank": True}, "PartGap: not a document with the only key 'gap'"),
        (shapes.Lineage, {"kind": "lost", "template": 1}, "none of LineageBecame, LineageMergedInto is read from"),
        (shapes.AuditRecord, {"number": 1, "at": NOON, **DECIDED, "more": 1}, "AuditEventDecided: unknown key 'more'"),
        (shapes.Plan, {"tasks": [], "left_out": {"dance": 1}}, "Plan.left_out: 'dance' is none of"),
    ],
)
def test_what_does_not_fit_is_named(kind: Any, document: Any, message: str) -> None:
    with pytest.raises(TypeError) as caught:
        shapes.decode(kind, document)
    assert message in str(caught.value)


def test_what_rust_may_leave_out_may_be_left_out() -> None:
    row = shapes.IndexRow.from_dict({"service": "db", "id": "0f", "template": "x"})
    assert row == shapes.IndexRow("db", "0f", "x")
    incident = shapes.Incident.from_dict({"id": "1", "title": "x", "at": NOON, "templates": [{"id": "0f"}]})
    assert incident.templates == (shapes.IncidentTemplate("0f"),)
    proposal = shapes.Proposal(action="restart", target="db-1", confidence=0.9)
    assert proposal.risk == "low"
    assert proposal.at == 0


def test_a_document_cannot_approve_itself() -> None:
    document = {"action": "restart", "target": "db-1", "confidence": 0.9}
    for forged in ({"approved_by": "root"}, {"at": NOON}, {"approved_by": None}):
        for read in (shapes.Proposal.from_dict, lambda data: shapes.decode("Proposal", data)):
            with pytest.raises(TypeError, match=f"Proposal: unknown key '{next(iter(forged))}'"):
                read({**document, **forged})
    approved = dataclasses.replace(shapes.Proposal.from_dict(document), approved_by="ann", at=Timestamp(NOON))
    assert approved.to_dict()["approved_by"] == "ann"


def test_keys_of_rankings_are_what_they_are() -> None:
    shift = {"key": "0f", "before": 1, "after": 2, "expected": 1.0, "deviance": 0.5, "level": "info"}
    changes: shapes.Changes[Any] = shapes.Changes.from_dict(
        {"rises": [shift], "drops": [{**shift, "key": [1, 2]}], "total_before": 1, "total_after": 2, "scale": 1.0}
    )
    assert changes.rises[0].key == "0f"
    assert changes.drops[0].key == (1, 2)
    assert pickle.loads(pickle.dumps(changes)) == changes


def test_types_go_by_their_names_too() -> None:
    assert shapes.decode("Alert", ALERT) == shapes.Alert.from_dict(ALERT)
    became = shapes.decode("Lineage", {"kind": "became", "template": 1, "from": "0a", "to": "0b"})
    assert type(became) is shapes.LineageBecame
    assert shapes.decode(tuple[shapes.Alert, ...], [ALERT]) == (shapes.Alert.from_dict(ALERT),)
    assert shapes.decode("Level", "warn") == "warn"
    for name in ("Alerts", "_plan", "re"):
        with pytest.raises(TypeError, match=name):
            shapes.decode(name, {})


def test_unions_know_all_their_variants() -> None:
    for union in ("Lineage", "Deviation", "Subject", "Note", "Stale", "Verdict", "AuditEvent", "Adjustment"):
        for cls in typing.get_args(getattr(shapes, union)):
            assert cls._tags, cls


# --- Timestamp ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("nanos", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (NOON, "2024-02-29T12:00:00Z"),
        (NOON + 500_000_000, "2024-02-29T12:00:00.500Z"),
        (NOON + 1_000, "2024-02-29T12:00:00.000001Z"),
        (NOON + 5, "2024-02-29T12:00:00.000000005Z"),
        (-1, "1969-12-31T23:59:59.999999999Z"),
        (-(1 << 63), "1677-09-21T00:12:43.145224192Z"),
        ((1 << 63) - 1, "2262-04-11T23:47:16.854775807Z"),
    ],
)
def test_times_are_written_and_read(nanos: int, text: str) -> None:
    at = Timestamp(nanos)
    assert str(at) == f"{at}" == text
    assert repr(at) == f"Timestamp('{text}')"
    assert Timestamp(text) == Timestamp.of(text) == at
    assert pickle.loads(pickle.dumps(at)) == at
    assert type(copy.deepcopy(at)) is Timestamp
    assert json.dumps(at) == str(nanos)


@pytest.mark.parametrize(
    ("value", "nanos"),
    [
        (NOON, NOON),
        (Timestamp(NOON), NOON),
        (1_709_208_000.25, NOON + 250_000_000),
        (-0.5, -500_000_000),
        (datetime(2024, 2, 29, 12), NOON),
        (datetime(2024, 2, 29, 13, tzinfo=timezone(timedelta(hours=1))), NOON),
        (datetime(2024, 2, 29, 12, 0, 0, 7, tzinfo=timezone.utc), NOON + 7_000),
        ("2024-02-29T12:00:00", NOON),
        ("2024-02-29 13:30:00.5+01:30", NOON + 500_000_000),
        ("2024-02-29T07:00-0500", NOON),
        ("2024-02-29", NOON - 43_200_000_000_000),
        ("2024-02-29T11:59:60Z", NOON),
        ("2024-02-29T12:00:00,1234567891Z", NOON + 123_456_789),
    ],
)
def test_a_time_is_made_of_whatever_says_one(value: object, nanos: int) -> None:
    assert Timestamp.of(value) == nanos
    assert type(Timestamp.of(value)) is Timestamp


def test_numpy_and_pandas_times() -> None:
    numpy = pytest.importorskip("numpy")
    for text, unit in [("2024-02-29T12:00:00", "s"), ("2024-02-29T12", "h"), ("2024-02-29T12:00:00.000000005", "ns")]:
        assert Timestamp.of(numpy.datetime64(text, unit)) == Timestamp(f"{text}:00" if unit == "h" else text)
    assert Timestamp.of(numpy.datetime64("1969-12-31T23:59:59.999", "ms")) == -1_000_000
    assert Timestamp.of(numpy.int64(NOON)) == NOON
    assert Timestamp.of(numpy.float64(1.5)) == 1_500_000_000
    with pytest.raises(OverflowError):
        Timestamp.of(numpy.datetime64("3000-01-01", "D"))
    with pytest.raises(OverflowError):
        Timestamp.of(numpy.datetime64("2262-04-12T00:00", "us"))
    with pytest.raises(ValueError, match="not a time"):
        Timestamp.of(numpy.datetime64("NaT"))
    for wrong in (numpy.timedelta64(1, "s"), numpy.bool_(True)):
        with pytest.raises(TypeError):
            Timestamp.of(wrong)
    pandas = pytest.importorskip("pandas")
    assert Timestamp.of(pandas.Timestamp("2024-02-29T12:00:00.000000005Z")) == NOON + 5
    assert Timestamp.of(pandas.Timestamp("2024-02-29T13:00:00+01:00")) == NOON
    with pytest.raises(ValueError, match="not a time"):
        Timestamp.of(pandas.NaT)
    with pytest.raises(TypeError):
        Timestamp.of(pandas.Timedelta("1s"))


@pytest.mark.parametrize("value", [None, True, b"2024-02-29", timedelta(1), [1], object()])
def test_what_is_no_time_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        Timestamp.of(value)


@pytest.mark.parametrize("value", [1 << 63, -(1 << 63) - 1, 1e300, float("inf"), "2263-01-01", datetime(9999, 1, 1)])
def test_what_lies_too_far_away_is_refused(value: object) -> None:
    with pytest.raises(OverflowError):
        Timestamp.of(value)


@pytest.mark.parametrize("value", ["", "noon", "2023-02-29", "2024-02-29T25:00Z", "12:00", "2024-1-1", float("nan")])
def test_texts_that_say_no_time_are_refused(value: object) -> None:
    with pytest.raises(ValueError):
        Timestamp.of(value)


def test_times_of_datetime() -> None:
    assert Timestamp(NOON + 1_999).to_datetime() == datetime(2024, 2, 29, 12, 0, 0, 1, tzinfo=timezone.utc)
    assert Timestamp.of(Timestamp(NOON).to_datetime()) == NOON
    before = Timestamp.now()
    assert before <= Timestamp.of(datetime.now(timezone.utc)) + 1_000 <= Timestamp.now() + 1_000
    with pytest.raises(TypeError):
        Timestamp(1.5)  # type: ignore[arg-type]
