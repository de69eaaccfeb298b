"""Pickles and copies: every public class comes back as it was, or says what to do instead."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import io
import json
import pickle
from collections.abc import Callable
from typing import Any

import drainrs
import numpy as np
import pytest
from drainrs import _native

SAMPLE = drainrs.sample_log()
MINUTE = 60_000_000_000
INCIDENT = {
    "id": "2024-03",
    "title": "Disk full",
    "fix": "Delete old logs",
    "at": 0,
    "templates": [{"id": "0000000000000001", "text": "disk <*> is full"}],
}


def miner() -> drainrs.Miner:
    made = drainrs.Miner(depth=6)
    made.insert_batch([f"user {at} left" for at in range(10)] + ["disk is full"])
    return made


def pipeline() -> drainrs.Pipeline:
    made = drainrs.Pipeline(detect=True)
    made.push_batch(SAMPLE, 0, finish=True)
    return made


def event() -> drainrs.Event:
    made = drainrs.Pipeline()
    made.push("2031-02-03 04:05:06 ERROR disk sda of 10.0.0.7 is full", 0)
    found = made.finish(0)
    assert found is not None and found.hit is not None
    return found


def plan() -> tuple[drainrs.Asker, drainrs.Pipeline, drainrs.Plan]:
    made, asker = drainrs.Pipeline(detect=True), drainrs.Asker()
    asker.push_batch(made, SAMPLE, 0, finish=True)
    return asker, made, asker.plan(made, 0)


def answered() -> drainrs.Answered:
    asker, made, found = plan()
    asker.offer(found, 0)
    task = asker.next(0)
    assert task is not None
    judged = asker.answer(task.id, "{}", made, 0)
    assert judged is not None
    return judged


def redaction() -> drainrs.Redaction:
    made = drainrs.Redaction()
    made.redact(drainrs.Redactor(), "ann@shop.test")
    return made


def counter() -> drainrs.Counter:
    made = drainrs.Counter()
    for second in range(600):
        made.observe(second * 1_000_000_000, second % 3)
    return made


def scorer(name: Any = "frequency") -> drainrs.Scorer:
    made = drainrs.Scorer(name)
    for at in range(120):
        made.observe(at * MINUTE, 7, text="disk is full", session="a")
        made.close((at * MINUTE, (at + 1) * MINUTE), {7: 60})
    made.set_mode("detect")
    return made


def alerter() -> drainrs.Alerter:
    made = drainrs.Alerter()
    for score in scorer().close((120 * MINUTE, 121 * MINUTE), {7: 400}):
        made.take(score)
    return made


def frequencies() -> drainrs.FrequencyModel:
    made = drainrs.FrequencyModel(method="mad")
    for at in range(120):
        made.learn((at * MINUTE, (at + 1) * MINUTE), 60 + at % 5)
    return made


def values() -> drainrs.ValueModel:
    made = drainrs.ValueModel()
    for at in range(1000):
        made.learn(f"{30 + at * 7919 % 41}ms")
    return made


def sessions() -> drainrs.SequenceModel:
    made = drainrs.SequenceModel(baseline="clean")
    for _ in range(100):
        made.learn([1, 2, 3])
    return made


def parser() -> drainrs.Parser:
    made = drainrs.Parser()
    made.add_format({"name": "own", "pattern": r"^<(?P<level>\w+)> (?P<message>.*)$"})
    made.set_reference_time(5)
    return made


def index() -> drainrs.Index:
    made = drainrs.Index(max_rows=5)
    for at, vector in enumerate([[1.0, 0.1], [0.6, 0.8]]):
        made.insert({"service": "cart", "id": f"{at:016x}", "template": "a template", "vector": vector})
    return made


def incidents() -> drainrs.IncidentLibrary:
    made = drainrs.IncidentLibrary()
    made.add(INCIDENT)
    made.learn_usual(["0000000000000001"])
    return made


def texts() -> list[str]:
    return [f"user {name} logged in from {place}" for name in "abcdefgh" for place in ("home", "work")]


# What comes back, and what is compared of it.
COMES_BACK: dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]] = {
    "Alerter": (alerter, lambda one: (one.snapshot(), one.config)),
    "Alerts": (lambda: drainrs.detect(SAMPLE).alerts, lambda one: list(one)),
    "Baseline": (lambda: drainrs.learn(SAMPLE[:500], now=0), lambda one: one.save()),
    "Centroid": (lambda: drainrs.Centroid(false_alarm_rate=0.2).fit(texts()), lambda one: (one.snapshot(), one.config)),
    "Columns": (lambda: drainrs.Miner().insert_batch(["a 1", None, "b 2"], parameters=True), lambda one: columns(one)),
    "Counter": (counter, lambda one: (one.snapshot(), one.counters(), one.poll())),
    "Detection": (lambda: drainrs.detect(SAMPLE), lambda one: (columns(one.events), one.alerts, one.metrics, one.templates)),
    "Event": (event, lambda one: (one, one.hit, one.hit.parameters, repr(one), one.at)),
    "EventColumns": (lambda: drainrs.mine(SAMPLE, messages=True, parameters=True).events, lambda one: columns(one)),
    "Finding": (lambda: drainrs.Redactor().find("ann@shop.test")[0], lambda one: (one, hash(one))),
    "Frame": (lambda: drainrs.Parser().parse_batch([*SAMPLE[:30], None]), lambda one: columns(one)),
    "FrequencyModel": (frequencies, lambda one: (one.snapshot(), one.config)),
    "Guard": (lambda: drainrs.Guard(actions=[{"name": "restart", "targets": ["web-*"]}]), lambda one: (one.snapshot(), one.config)),
    "Hit": (lambda: miner().insert(b"user 17 \xff left"), lambda one: (one, one.values, one.content_id, repr(one), hash(one))),
    "IncidentLibrary": (incidents, lambda one: (one.to_json(), one.usual_windows, one.config)),
    "Index": (index, lambda one: (one.rows(), one.config, one.dimensions)),
    "KMeans": (lambda: drainrs.KMeans.fit([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]], clusters=2), lambda one: (one, one.representatives(0))),
    "Mined": (lambda: drainrs.mine(SAMPLE), lambda one: (columns(one.events), one.templates, one.pipeline.snapshot())),
    "Miner": (miner, lambda one: (one.snapshot(), one.config)),
    "Normalizer": (lambda: drainrs.Normalizer(masks=[{"name": "A", "pattern": "a+"}]), lambda one: (one.config, one.masked_text("aa b"))),
    "Parameter": (lambda: miner().insert("user 17 left").parameters[0], lambda one: (one, hash(one))),
    "Parser": (parser, lambda one: (one.config, one.formats)),
    "Pipeline": (pipeline, lambda one: (one.snapshot(), one.config)),
    "Redaction": (redaction, lambda one: one.save()),
    "Redactor": (lambda: drainrs.Redactor(disable=["ip"]), lambda one: (one.config, one.rules)),
    "Report": (drainrs.report, lambda one: (one.data, str(one))),
    "Scorer": (scorer, lambda one: (one.snapshot(), one.config, one.close((120 * MINUTE, 121 * MINUTE), {7: 400}))),
    "SequenceModel": (sessions, lambda one: (one.snapshot(), one.config)),
    "Sql": (lambda: drainrs.Sql("sqlite"), lambda one: one.schema()),
    "Task": (lambda: plan()[2].tasks[0], lambda one: one.save()),
    "Templates": (lambda: drainrs.mine(SAMPLE).templates, lambda one: (list(one), columns(one.frame))),
    "ValueModel": (values, lambda one: (one.snapshot(), one.config)),
    "Vectoriser": (lambda: drainrs.Vectoriser(dimensions=64).fit(texts()), lambda one: (one.snapshot(), one.config)),
}

# What does not, and a word of what is said then.
REFUSES: dict[str, tuple[Callable[[], Any], str]] = {
    "Answered": (answered, "verdict"),
    "Asker": (drainrs.Asker, "snapshot"),
    "Correlator": (drainrs.Correlator, "poll"),
    "Fit": (drainrs.Fit, "report"),
    "Joiner": (drainrs.Joiner, "finish"),
    "KeyLines": (drainrs.KeyLines, "build another"),
    "LineReader": (lambda: drainrs.LineReader(io.BytesIO(b"a\n")), "pass the path"),
    "Plan": (lambda: plan()[2], "tasks"),
}


def columns(frame: Any) -> Any:
    return {name: (frame[name].tolist() if isinstance(frame[name], np.ndarray) else frame[name], frame.nulls(name)) for name in frame.names}


def is_value(thing: type) -> bool:
    """Results, settings and exceptions are pickled by what they are; a test of their own looks at each of those."""
    return dataclasses.is_dataclass(thing) or issubclass(thing, (drainrs.config.Config, Exception, drainrs.Timestamp, tuple))


def test_no_class_was_forgotten() -> None:
    public = {name for name in drainrs.__all__ if inspect.isclass(getattr(drainrs, name)) and not is_value(getattr(drainrs, name))}
    assert public == set(COMES_BACK) | set(REFUSES)


@pytest.mark.parametrize("name", sorted(COMES_BACK))
def test_what_is_pickled_and_copied_comes_back(name: str) -> None:
    make, seen = COMES_BACK[name]
    one = make()
    assert type(one).__name__ == name
    # A copy of all at once: looking at a machine may change it.
    others = [pickle.loads(pickle.dumps(one, protocol)) for protocol in (2, pickle.HIGHEST_PROTOCOL)]
    others += [copy.copy(one), copy.deepcopy(one)]
    expected = seen(one)
    for other in others:
        assert type(other) is type(one) and seen(other) == expected


@pytest.mark.parametrize("name", ["frequency", "novelty", "silence", "sequence", "content", "centroid", "all"])
def test_every_scorer_goes_on(name: Any) -> None:
    one = scorer(name)
    other = pickle.loads(pickle.dumps(one))
    assert (other.name, other.snapshot(), other.config) == (name, one.snapshot(), one.config)
    for again in (one, other):
        again.observe(120 * MINUTE, 9, change="created", text="kernel panic, not syncing")
    window = (120 * MINUTE, 121 * MINUTE)
    assert other.close(window, {7: 4000}) == one.close(window, {7: 4000})
    assert drainrs.Scorer.restore(name, one.snapshot(), one.config, mode="learn").snapshot()


@pytest.mark.parametrize("name", sorted(REFUSES))
def test_what_cannot_be_pickled_says_what_to_do(name: str) -> None:
    make, word = REFUSES[name]
    one = make()
    for keep in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match=f"{name} cannot be pickled or copied: .*{word}"):
            keep(one)


def test_a_redactor_keeps_its_key_to_itself() -> None:
    redactor = drainrs.Redactor(mode="pseudonym", pseudonym_key="00112233445566778899aabbccddeeff")
    with pytest.raises(TypeError, match="key for pseudonyms"):
        pickle.dumps(redactor)
    assert "0011" not in repr(redactor.config) and "0011" not in json.dumps(redactor.config.to_dict())


@pytest.mark.parametrize("name", sorted(COMES_BACK))
def test_a_pickle_of_another_layout_or_a_damaged_one_is_refused(name: str) -> None:
    one = COMES_BACK[name][0]()
    maker, arguments = one.__reduce_ex__(2)[:2]
    if arguments and isinstance(arguments[0], int) and maker.__name__ == "_restored":
        with pytest.raises(drainrs.SnapshotVersionError):
            maker(2, *arguments[1:])
    elif arguments and isinstance(arguments[0], bytes) and name not in ("Task", "Redaction"):
        for damaged in (arguments[0][:-1], arguments[0][: len(arguments[0]) // 2], b""):
            with pytest.raises(drainrs.SnapshotError):
                maker(damaged, *arguments[1:])


def test_tables_are_looked_through() -> None:
    frame = drainrs.mine(SAMPLE[:50], messages=True, parameters=True).events
    restore, (layout, (whole,)) = frame._table.__reduce__()
    assert restore(layout, (whole,)).names == frame.names
    for at, (name, kind, buffers, valid) in enumerate(whole):
        for which, buffer in enumerate(buffers):
            for wrong in (buffer[:-1], buffer + b"\xff" * 3, b"\xff" * len(buffer)):
                if kind in ("u32", "u64", "time", "bool") and len(wrong) == len(buffer):
                    continue  # any number is one
                if kind == "words" and which == 0 and len(wrong) == len(buffer):
                    continue  # all of them missing
                damaged = [*whole]
                damaged[at] = (name, kind, [*buffers[:which], wrong, *buffers[which + 1 :]], valid)
                with pytest.raises(drainrs.SnapshotError):
                    restore(layout, (damaged,))
        with pytest.raises(drainrs.SnapshotError):
            restore(layout, ([*whole[:at], (name, "other", buffers, valid), *whole[at + 1 :]],))
        with pytest.raises(drainrs.SnapshotError):
            restore(layout, ([*whole[:at], (name, kind, buffers, b"\xff"), *whole[at + 1 :]],))
    with pytest.raises(drainrs.SnapshotError):
        restore(layout, ([whole[0], (*drainrs.Miner().insert_batch(["a"])._table.__reduce__()[1][1][0][0],)],))


def test_a_hit_whose_values_lie_outside_is_refused() -> None:
    hit = miner().insert("user 17 left")
    restore, (layout, fields) = hit.__reduce__()
    with pytest.raises(drainrs.SnapshotError):
        restore(layout, (*fields[:-1], "user"))
    with pytest.raises(drainrs.SnapshotError):
        restore(layout, (fields[0], 7, *fields[2:]))


def test_what_lies_under_frames_says_what_to_do() -> None:
    frame = drainrs.Miner().insert_batch(["a 1"])
    with pytest.raises(TypeError, match="View cannot be pickled"):
        pickle.dumps(frame._table.array("template"))
    assert isinstance(frame._table, _native.Table) and len(pickle.loads(pickle.dumps(frame._table))) == 1


def test_a_pipeline_goes_on_in_the_middle_of_an_event() -> None:
    pipeline = drainrs.Pipeline()
    for line in ["2024-03-01 10:00:00,000 ERROR a.B: lost", "java.io.IOException: closed", "\tat a.b.C.d(C.java:1)"]:
        assert pipeline.push(line, 0) is None
    assert pipeline.held_lines == 3
    for again in (drainrs.Pipeline.restore(pipeline.snapshot()), pickle.loads(pickle.dumps(pipeline)), copy.copy(pipeline)):
        assert again.held_lines == 3
        assert again.push("\tat a.b.E.f(E.java:2)", 0) is None
        event = again.finish(0)
        assert event is not None and event.lines == 4
    assert 0 < pipeline.memory() < 1 << 20
