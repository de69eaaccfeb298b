"""Questions to a model, its answers, what they may do; stores and incidents."""

from __future__ import annotations

import json
import pickle
import sqlite3
from typing import Any

import drainrs
import numpy as np
import pytest

SAMPLE = drainrs.sample_log()
NOW = drainrs.Timestamp.of("2026-03-12T20:00:00Z")


@pytest.fixture()
def asked() -> tuple[drainrs.Asker, drainrs.Pipeline]:
    pipeline, asker = drainrs.Pipeline(detect={"max_scores": 100}), drainrs.Asker()
    events, alerts = asker.push_batch(pipeline, SAMPLE, NOW, messages=True)
    alerts = [*alerts, *asker.finish(pipeline, NOW)]
    assert len(events) > 2000 and alerts
    return asker, pipeline


def answer_to(task: drainrs.Task) -> bytes:
    """An answer that fits the schema of a classification."""
    ids = [sent.id for sent in task.evidence if sent.id.startswith("t")]
    fields = task.schema["properties"]["classifications"]["items"]["properties"]

    def value(name: str, schema: dict[str, Any]) -> Any:
        if "enum" in schema:
            return schema["enum"][0]
        kind = schema.get("type")
        kind = kind[0] if isinstance(kind, list) else kind
        return {"number": 0.9, "integer": 1, "boolean": True, "array": []}.get(kind, f"some {name}")

    items = [{name: (own if name == "id" else value(name, schema)) for name, schema in fields.items()} for own in ids]
    rest = {
        name: value(name, schema) for name, schema in task.schema["properties"].items() if name != "classifications"
    }
    return json.dumps({"classifications": items, **rest}).encode()


def test_a_plan_is_bounded_and_redacted(asked: tuple[drainrs.Asker, drainrs.Pipeline]) -> None:
    asker, pipeline = asked
    plan = asker.plan(pipeline, NOW, max_tokens=3000, max_tasks=5)
    assert 0 < len(plan) <= 5
    for task in plan.tasks:
        assert len(task.text().encode()) <= 3000 + 64 and task.input_tokens <= 3000
        assert drainrs.Redactor().is_clean(task.text()), task.kind
        assert [message["role"] for message in task.messages()] == ["system", "user"]
        assert task.schema["type"] == "object"
        again = pickle.loads(pickle.dumps(task))
        assert (again.id, again.text()) == (task.id, task.text()) == (drainrs.Task.load(task.save()).id, task.text())
        assert "<script" not in task._repr_html_()
    by_words = asker.plan(pipeline, NOW, max_tokens=3000, count=lambda text: len(text.split()))
    assert sum(task.input_tokens for task in by_words.tasks) < sum(task.input_tokens for task in plan.tasks)
    cost = plan.day({"input_per_million": 3.0, "output_per_million": 15.0})
    assert cost.tasks > 0 and cost.price > 0


def test_a_counter_that_fails_or_reaches_back_stops_nobody(
    asked: tuple[drainrs.Asker, drainrs.Pipeline], capsys: pytest.CaptureFixture[str]
) -> None:
    asker, pipeline = asked
    seen: list[BaseException] = []

    def reaches_back(text: str) -> int:
        try:
            pipeline.stats()
        except RuntimeError as error:
            seen.append(error)
        return len(text)

    assert len(asker.plan(pipeline, NOW, count=reaches_back)) > 0
    assert seen and "cannot use drainrs objects" in str(seen[0])


def test_an_answer_is_judged_before_it_changes_anything(asked: tuple[drainrs.Asker, drainrs.Pipeline]) -> None:
    asker, pipeline = asked
    plan = asker.plan(pipeline, NOW)
    offers = asker.offer(plan, NOW)
    assert offers.count("queued") == asker.waiting > 0
    tasks = {}
    while (task := asker.next(NOW)) is not None:
        tasks[task.kind] = task
        if len(tasks) > 20:
            break
        if task.kind != "classify_templates":
            given_up = asker.give_up(task.id, NOW)
            assert given_up is not None and given_up.verdict is None
    task = tasks["classify_templates"]
    refused = asker.answer(task.id, b"Sure! Here you go", pipeline, NOW)
    assert refused is not None and not refused.accepted and refused.verdict.reasons
    assert refused.repair is not None and refused.repair.round == 1
    answered = asker.answer(refused.repair.id, answer_to(refused.repair), pipeline, NOW)
    assert answered is not None and answered.accepted, answered.verdict
    records = asker.adopt(answered, pipeline, by="tester", even_unsure=True, now=NOW)
    assert len(records) == len(asker.adoptions()) > 0
    template = asker.adoptions()[0].change.template
    assert asker.label(template)
    assert asker.undo(records[0], pipeline, by="tester", now=NOW) and not asker.undo(
        records[0], pipeline, by="x", now=NOW
    )
    assert asker.label(template) is None
    assert asker.answer("no such task", b"{}", pipeline, NOW) is None
    assert asker.feedback(answered.task.id, "up", by="tester", comment="right", now=NOW)
    assert '"thumb":"up"' in asker.export_feedback()
    counters = asker.desk_counters()
    assert (counters.accepted, counters.rejected, counters.repairs, counters.unknown) == (1, 1, 1, 1)


def test_a_task_is_judged_without_an_asker(asked: tuple[drainrs.Asker, drainrs.Pipeline]) -> None:
    asker, pipeline = asked
    task = next(task for task in asker.plan(pipeline, NOW).tasks if task.kind == "classify_templates")
    assert type(task.judge(answer_to(task), NOW)).__name__ == "Accepted"
    refused = task.judge(b"{}", NOW)
    assert type(refused).__name__ == "Rejected"
    repaired = task.repair([reason.to_dict() for reason in refused.reasons])
    assert repaired is not None and repaired.round == 1
    with pytest.raises(drainrs.TaskError):
        drainrs.Task.load(task.save()[:-5])


def test_what_answers_changed_is_kept(asked: tuple[drainrs.Asker, drainrs.Pipeline]) -> None:
    asker, pipeline = asked
    asker.offer(asker.plan(pipeline, NOW), NOW)
    while (task := asker.next(NOW)) is not None and task.kind != "classify_templates":
        asker.give_up(task.id, NOW)
    assert task is not None
    answered = asker.answer(task.id, answer_to(task), pipeline, NOW)
    assert answered is not None
    asker.adopt(answered, pipeline, by="tester", even_unsure=True, now=NOW)
    saved = asker.snapshot(pipeline)
    other_pipeline = drainrs.Pipeline.restore(pipeline.snapshot(), pipeline.config)
    other = drainrs.Asker()
    other.resume(saved, other_pipeline)
    assert other.adoptions() == asker.adoptions() != ()
    assert other.snapshot(other_pipeline) == saved
    with pytest.raises(drainrs.SnapshotError):
        other.resume(saved[:-3], other_pipeline)


def test_a_digest_keeps_to_its_tokens(asked: tuple[drainrs.Asker, drainrs.Pipeline]) -> None:
    asker, pipeline = asked
    digest = asker.digest(pipeline, "app.log", 500)
    assert 0 < len(digest.text.encode()) <= 500 and digest.coverage.templates == 27


def test_rows_for_a_store(asked: tuple[drainrs.Asker, drainrs.Pipeline]) -> None:
    asker, pipeline = asked
    rows = asker.index_rows(pipeline, vectors=True)
    assert len(rows) == len(pipeline.templates())
    sql = drainrs.Sql("sqlite")
    with sqlite3.connect(":memory:") as store:
        store.executescript(sql.schema())
        for row in rows:
            store.executescript(sql.upsert(row))
        name = store.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchone()[0]
        assert store.execute(f"SELECT count(*) FROM {name}").fetchone() == (len(rows),)
    index = drainrs.Index()
    for row in rows:
        assert index.insert(row) is None
    assert index.insert(rows[0]) == rows[0] and len(index) == len(rows)
    near = index.nearest(np.asarray(rows[3].vector, dtype="float32"), 3)
    assert near[0].row.id == rows[3].id and near[0].similarity == pytest.approx(1.0, abs=1e-6)
    assert index.get(rows[3].service, rows[3].id) == rows[3] and index.remove("nobody", rows[3].id) is None
    assert drainrs.read_rows(drainrs.write_rows(rows, "jsonl").decode()) == rows
    import pyarrow as pa

    assert pa.ipc.open_file(drainrs.write_rows(rows, "arrow")).read_all().num_rows == len(rows)
    assert drainrs.write_rows(rows, "csv").decode().count("\n") >= len(rows)
    with pytest.raises(ValueError, match="form"):
        drainrs.write_rows(rows, "xml")


def test_incidents_are_recognised(asked: tuple[drainrs.Asker, drainrs.Pipeline]) -> None:
    asker, pipeline = asked
    templates = asker.incident_templates(pipeline)
    library = drainrs.IncidentLibrary()
    incident = {
        "id": "INC-7",
        "title": "the gateway did not answer",
        "cause": "its pool was too small",
        "at": NOW,
        "templates": [template.to_dict() for template in templates],
    }
    assert library.add(incident) is None
    found = library.matches(templates)
    assert found[0].incident.id == "INC-7" and found[0].similarity > 0.99
    assert drainrs.IncidentLibrary.from_json(library.to_json()).get("INC-7") == library.get("INC-7")
    assert library.matches([]) == ()


def test_a_guard_lets_nothing_through_by_itself() -> None:
    rules = [{"name": "restart", "risk": "low", "targets": ["web-*"]}]
    guard = drainrs.Guard(actions=rules)
    proposal = {"action": "restart", "target": "web-1", "confidence": 0.95}
    decision = guard.decide(proposal, NOW)
    assert decision.verdict == "suggest", "nothing runs by default"
    with pytest.raises(drainrs.ConfigError, match="approved_by"):
        guard.decide({**proposal, "approved_by": "root"}, NOW)
    assert guard.decide({**proposal, "action": "format"}, NOW).verdict != "run"
    own = drainrs.shapes.Proposal(action="restart", target="web-1", confidence=0.95, approved_by="ann", at=NOW)
    assert guard.decide(own).verdict == guard.decide(proposal, NOW, approved_by="ann").verdict
    records = guard.take_audit()
    assert len(records) == 4 and guard.take_audit() == ()
    assert guard.audit_dropped == 0 and not guard.is_suspended("restart")


def test_redacting_restores_and_hides() -> None:
    redactor, redaction = drainrs.Redactor(), drainrs.Redaction()
    text = redaction.redact(redactor, "ann@shop.test logged in from 8.8.4.4 with password=hunter2")
    assert text == "<EMAIL_1> logged in from <IP_1> with password=<SECRET_1>"
    assert redaction.restore(text) == "ann@shop.test logged in from 8.8.4.4 with password=hunter2"
    assert redaction.value("<EMAIL_1>") == "ann@shop.test" and redaction.counts["email"] == 1
    assert "hunter2" not in repr(redaction) and len(redaction) == 3
    found = redactor.find("mail ann@shop.test")
    assert [(one.rule, one.start, one.end) for one in found] == [("email", 5, 18)] and "ann" not in repr(found[0])
    assert redactor.redact_batch(["x", None, "ann@shop.test"]) == ["x", None, "<EMAIL_1>"]
    key = "000102030405060708090a0b0c0d0e0f"
    pseudonyms = drainrs.Redactor(drainrs.RedactConfig(mode="pseudonym", pseudonym_key=key))
    assert pseudonyms.redact("ann@shop.test") == pseudonyms.redact("ann@shop.test") != "ann@shop.test"
    assert key not in repr(drainrs.RedactConfig(mode="pseudonym", pseudonym_key=key))
    keys = drainrs.KeyLines()
    assert not keys.is_inside("web", "-----BEGIN RSA PRIVATE KEY-----"), "the line is found by itself"
    assert keys.is_inside("web", "Zm9v") and not keys.is_inside("db", "Zm9v")
