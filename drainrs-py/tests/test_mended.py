"""A case for every defect that was found and mended."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

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


def test_values_fit_the_templates_that_are_shown() -> None:
    lines = [f"svc {word} took {at} ms" for at, word in enumerate("alpha beta gamma delta eps zeta".split())]
    mined = drainrs.mine(lines, parameters=True)
    assert mined.templates[0].text == "svc <*> took <NUM> ms"
    assert mined.events.values == [[word, str(at)] for at, word in enumerate("alpha beta gamma delta eps zeta".split())]
    miner = drainrs.Miner()
    columns = miner.insert_batch([*lines, None], parameters=True)
    assert columns.values[:-1] == mined.events.values and columns.values[-1] == []
    assert set(columns.template[:-1].tolist()) == {template.id for template in miner.templates()}


def test_arrow_data_is_taken_once() -> None:
    import pyarrow as pa

    stream = pa.chunked_array([["hello 1"] * 1000]).__arrow_c_stream__()
    pair = pa.array(["hello 1"] * 1000).__arrow_c_array__()

    class Again:
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return stream

    class AgainArray:
        __arrow_c_stream__ = None

        def __arrow_c_array__(self, requested_schema: object = None) -> object:
            return pair

    for again in (Again(), AgainArray()):
        assert len(drainrs.Miner().insert_batch(again)) == 1000
        with pytest.raises(ValueError, match="taken by somebody already"):
            drainrs.Miner().insert_batch(again)


def test_what_is_nested_without_end_is_an_exception() -> None:
    class Endless:
        def to_dict(self) -> object:
            inner: list[object] = []
            inner.append(inner)
            return inner

    pipeline, asker = drainrs.Pipeline(detect=True), drainrs.Asker()
    asker.push_batch(pipeline, SAMPLE, 0, finish=True)
    task = asker.plan(pipeline, 0).tasks[0]
    for call in (task.restore_value, task.repair, drainrs.Miner):
        with pytest.raises(RecursionError):
            call(Endless())  # type: ignore[arg-type]


def test_nobody_waits_for_himself() -> None:
    pipeline = drainrs.Pipeline(detect=True)
    said: list[str] = []

    class Reaching:
        name = "reaching"

        def close(self, window: object, counts: object) -> None:
            try:
                pipeline.push_batch(["x"], 0)
            except RuntimeError as error:
                said.append(str(error))

    pipeline.add_scorer(Reaching())
    pipeline.push_batch([f"2031-02-03 04:{at:02}:00 INFO tick" for at in range(30)], 0, finish=True)
    assert said and "cannot use drainrs objects" in said[0]

    class File:
        reader: drainrs.LineReader | None = None

        def read(self, size: int) -> bytes:
            if self.reader is not None:
                self.reader.close()
            return b"x\n" * 200_000

    file = File()
    file.reader = drainrs.LineReader(file)
    with pytest.raises(RuntimeError, match="in this very thread"):
        drainrs.Miner().insert_batch(file.reader)


def test_who_comes_back_from_inside_a_call_gets_an_exception(monkeypatch: pytest.MonkeyPatch) -> None:
    # As a signal handler or a finalizer does: Python code that runs in a thread which has the lock.
    miner = drainrs.Miner()
    miner.insert("a 1")
    decode, seen = drainrs.shapes.decode, []

    def reaching(hint: object, data: object) -> object:
        try:
            miner.stats()
        except RuntimeError as error:
            seen.append(str(error))
        return decode(hint, data)

    monkeypatch.setattr(drainrs.shapes, "decode", reaching)
    assert len(miner.templates()) == 1
    assert seen and "in this very thread" in seen[0]


@pytest.fixture
def sigint() -> Iterator[Callable[[Any], object]]:
    """Changes who handles SIGINT: in a job that a shell has put into the background, nobody does."""
    before = signal.getsignal(signal.SIGINT)
    yield lambda handler: signal.signal(signal.SIGINT, handler)
    signal.signal(signal.SIGINT, before)


def impatient_pipeline() -> drainrs.Pipeline:
    class Impatient:
        name = "impatient"

        def close(self, window: object, counts: object) -> None:
            raise KeyboardInterrupt

    pipeline = drainrs.Pipeline(detect=True)
    pipeline.add_scorer(Impatient())
    return pipeline


MANY_MINUTES = [f"2031-02-03 {at // 60:02}:{at % 60:02}:00 INFO tick" for at in range(1000)] * 20


def test_ctrl_c_in_a_scorer_ends_the_batch(sigint: Callable[[Any], object]) -> None:
    sigint(signal.default_int_handler)
    pipeline = impatient_pipeline()
    with pytest.raises(KeyboardInterrupt):
        pipeline.push_batch(MANY_MINUTES, 0)
    assert pipeline.counters().lines > 0


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_ctrl_c_in_a_scorer_is_told_where_nobody_handles_it(
    sigint: Callable[[Any], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)
    sigint(signal.SIG_IGN)
    pipeline = impatient_pipeline()
    pipeline.push_batch(MANY_MINUTES, 0)
    assert pipeline.counters().lines == len(MANY_MINUTES)
    assert told and told[0].exc_type is KeyboardInterrupt


def test_a_hit_keeps_the_line_as_it_was() -> None:
    miner, line = drainrs.Miner(), bytearray(b"user 17 logged in")
    hit = miner.insert(line)
    line[5:7] = b"99"
    assert hit.values == ("17",)


def test_values_are_found_in_text_as_in_bytes() -> None:
    line = "größe \U0001f600 \udcff von 17 und 10.0.0.7"
    parameters = drainrs.Miner().insert(line).parameters
    values = [line[slice(*one.text_span(line))] for one in parameters]
    assert values[-2:] == ["17", "10.0.0.7"] and parameters[-2].start > parameters[-2].text_span(line)[0]
    for other in ("", "17", line[1:]):
        with pytest.raises(ValueError, match="another text"):
            parameters[-1].text_span(other)


def test_estimators_are_those_of_scikit_learn() -> None:
    from sklearn import pipeline

    texts = [f"user {name} logged in from {place}" for name in "abcdefgh" for place in ("home", "work")]
    both = pipeline.make_pipeline(drainrs.Vectoriser(dimensions=64), drainrs.Centroid(false_alarm_rate=0.2))
    assert both.fit(texts).predict(texts[:3]).dtype.kind == "i"
    both.set_params(vectoriser__dimensions=32)
    assert both[0].get_params()["dimensions"] == 32
    vectoriser = drainrs.Vectoriser(dimensions=64).fit(texts[:4])
    assert np.array_equal(vectoriser.fit(texts[8:]).transform(texts), drainrs.Vectoriser(dimensions=64).fit(texts[8:]).transform(texts))
    with pytest.raises(ValueError, match="call fit first"):
        drainrs.Centroid().predict(["anything"])


def test_years_are_filled_in_however_a_file_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "s.log"
    path.write_text("Mar 12 18:00:00 host app: hi\n")
    os.utime(path, (1_559_260_800, 1_559_260_800))
    for source in (path, path.open(), path.open("rb"), drainrs.LineReader(path)):
        assert str(drainrs.mine(source).events.at[0]).startswith("2019-03-12")


def test_paths_that_are_no_text_are_reported_on(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/non\xffutf8.log"
    Path(os.fsdecode(path)).write_text("\n".join(SAMPLE[:50]))
    assert drainrs.report(os.fsdecode(path)).data["input"]["lines"] == 50


def test_a_detection_keeps_the_numbers_of_windows_whatever_its_settings() -> None:
    for found in (
        drainrs.detect(SAMPLE, detect={}),
        drainrs.detect(SAMPLE, depth=5, detect=True),
        drainrs.detect(SAMPLE[700:], baseline=drainrs.learn(SAMPLE[:700])),
    ):
        assert len(found.metrics) > 20
    with pytest.raises(TypeError, match="by name"):
        drainrs.detect(SAMPLE, drainrs.learn(SAMPLE[:100]))  # type: ignore[arg-type]


def test_frames_compare_and_join() -> None:
    mined, found = drainrs.mine(SAMPLE), drainrs.detect(SAMPLE)
    events, alerts = mined.events.to_pandas(), found.alerts.to_pandas()
    first = min(template.first_seen for template in mined.templates if template.first_seen)
    assert (events["at"] == first.to_pandas()).sum() == 1 and (mined.events.at == first.to_numpy()).sum() == 1
    assert (events["level"] >= "warn").sum() == 260
    polars_events = mined.events.to_polars()
    assert polars_events.filter(polars_events["level"] >= "warn").height == 260
    assert alerts["at"].dtype == events["at"].dtype and str(alerts["template"].dtype) == "UInt64"
    assert found.alerts.to_polars()["at"].dtype == polars_events["at"].dtype
    assert found.alerts.to_arrow().num_rows == len(found.alerts)
    empty = type(found.alerts)([])
    plain = [name for name, kind in alerts.dtypes.items() if kind.kind in "fuM"]
    assert len(plain) == 9 and empty.to_pandas()[plain].dtypes.equals(alerts[plain].dtypes)
    assert empty.to_polars().schema == found.alerts.to_polars().schema
    assert str(found.alerts).count("\n") == len(found.alerts) - 1
    assert mined.templates.by_id(1).id == 1
    with pytest.raises(KeyError, match="messages=True"):
        mined.events.message


def test_a_template_and_values_give_the_line_again() -> None:
    miner, line = drainrs.Miner(), "took 37 ms  to send 2 parts"
    template = miner[miner.insert(line).template]
    encoded = miner.encode(line)
    assert encoded is not None and template.pattern.render(encoded.values, encoded.gaps) == line.encode()
    assert template.pattern.plain() == "took <*> ms to send <*> parts" and encoded.content_id == template.content_id
    assert miner.encode("never seen") is None


def test_the_program_runs_with_closed_streams_and_in_threads() -> None:
    import subprocess
    import sys
    import threading

    from drainrs.__main__ import main

    ran = subprocess.run(f"{sys.executable} -m drainrs --version >&-", shell=True, capture_output=True, text=True, timeout=60)
    assert "Traceback" not in ran.stderr
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(main(["report", "--no-such-option"])))
    thread.start()
    thread.join(timeout=60)
    assert codes == [2]
    with pytest.raises(TypeError):
        main("report")
