"""A case for every defect that was found and mended."""

from __future__ import annotations

import pickle
import types

import drainrs
import numpy as np
import pytest

SAMPLE = drainrs.sample_log()
KEY = b"-----BEGIN RSA PRIVATE KEY-----"


def test_machines_lie_where_the_processor_wants_them() -> None:
    # Python's allocator aligns to sixteen bytes; searchers of texts need thirty-two.
    for keys in [drainrs.KeyLines() for _ in range(20)]:
        keys.is_inside("s", b"x" * 100 + KEY + b"y" * 100)
    for asker in [drainrs.Asker() for _ in range(20)]:
        asker.push_batch(drainrs.Pipeline(), ["x" * 200, "y"], 0, finish=True)
    for redactor in [drainrs.Redactor() for _ in range(20)]:
        assert redactor.redact("x" * 100 + " ann@shop.test").endswith("<EMAIL_1>")


def test_settings_that_were_adopted_are_shown_and_pickled() -> None:
    pipeline = drainrs.Pipeline(depth=6, detect=True)
    adopted = drainrs.Pipeline.restore(pipeline.snapshot(), adopt=True)
    assert adopted.config.mine.depth == 6 and adopted.config.detect is not None
    assert pickle.loads(pickle.dumps(adopted)).snapshot() == adopted.snapshot()
    baseline = drainrs.Baseline.load(drainrs.learn(SAMPLE[:300], config={"mine": {"depth": 6}}).save())
    judge = baseline.into_judge()
    assert judge.config.mine.depth == 6
    assert len(pickle.loads(pickle.dumps(judge))) == len(judge)


def test_a_miner_is_iterated_over_its_templates() -> None:
    miner = drainrs.Miner()
    miner.insert("a 1")
    assert list(miner) == list(miner.templates()) and len(list(miner)) == 1
    assert -1 not in miner and "a" not in miner
    for wrong in (-1, 2**80, "a"):
        with pytest.raises(KeyError):
            miner[wrong]  # type: ignore[index]


def test_an_asker_takes_the_alerts_of_its_pipelines_batches() -> None:
    pipeline, asker = drainrs.Pipeline(detect=True), drainrs.Asker()
    pipeline.push_batch(SAMPLE, 0, finish=True)
    assert len(asker.take(pipeline)) == 5 and len(pipeline.alerts()) == 0


def test_a_missing_line_is_not_parsed() -> None:
    parser = drainrs.Parser()
    frame = parser.parse_batch([None, "2031-02-03 04:05:06 INFO up", None])
    assert parser.counters().raw == 0 and frame["message"] == [None, "up", None]


def test_a_truth_value_is_no_time() -> None:
    with pytest.raises(TypeError):
        drainrs.Miner().insert("a", at=True)


def test_messages_name_what_was_meant() -> None:
    with pytest.raises(ValueError, match="16 hexadecimal digits"):
        drainrs.Index().get("web", "zz")
    with pytest.raises(TypeError, match="a path, an open file, or an iterable"):
        drainrs.LineReader(3)


def test_what_was_saved_is_any_kind_of_bytes() -> None:
    miner = drainrs.Miner()
    miner.insert("a 1")
    saved = miner.snapshot()
    for kind in (bytes, bytearray, memoryview):
        assert len(drainrs.Miner.restore(kind(saved))) == 1
    with pytest.raises(TypeError, match="saved is bytes"):
        drainrs.Miner.restore("text")  # type: ignore[arg-type]


def test_counts_are_any_mapping() -> None:
    changes = drainrs.rank(types.MappingProxyType({"a": 100, "b": 3}), {"a": 100, "b": 90})
    assert changes.rises[0].key == "b"


def test_names_of_drain3_are_read_and_not_shown() -> None:
    mask = drainrs.Mask(mask_with="A", regex_pattern="a+")
    assert repr(mask) == repr(drainrs.Mask(name="A", pattern="a+")) and "mask_with" not in repr(mask)


def test_parameters_can_be_keys() -> None:
    miner = drainrs.Miner()
    first, second = (miner.insert("a 1").parameters[0] for _ in range(2))
    assert {first: 1}[second] == 1


def test_the_last_event_is_seen_through_an_asker() -> None:
    line = ["2026-03-12 18:00:00 ERROR a: boom"]
    pipeline, asker = drainrs.Pipeline(), drainrs.Asker()
    events, _ = asker.push_batch(pipeline, line, 0, finish=True, messages=True)
    assert events.message == ["boom"]
    pipeline, asker = drainrs.Pipeline(detect=True), drainrs.Asker()
    asker.push_batch(pipeline, line, 0)
    event = asker.flush(pipeline, 0)
    assert event is not None and event.message == "boom" and asker.flush(pipeline, 0) is None
    assert drainrs.Pipeline.restore(pipeline.snapshot(), pipeline.config).counters().events == 1


def test_vectors_of_ours_go_into_rows() -> None:
    vector = drainrs.Vectoriser(dimensions=16).vector("disk is full")
    row = drainrs.IndexRow(service="web", id="e8ba0a9e1f95703f", template="disk is full", vector=vector)
    index = drainrs.Index()
    index.insert(row)
    assert index.nearest(vector, 1)[0].similarity == pytest.approx(1, abs=1e-6)
    assert np.asarray(index.rows()[0].vector).shape == (16,)
