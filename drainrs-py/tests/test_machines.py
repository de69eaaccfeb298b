"""Machines in Python: what they give, how they are kept, copied and shared."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
import threading
from typing import Any

import drainrs
import pytest


def test_a_hit_knows_its_values() -> None:
    miner = drainrs.Miner()
    hit = miner.insert("user 17 logged in from 10.0.0.7")
    assert (hit.template, hit.change, hit.is_new, hit.size, hit.merged) == (1, "created", True, 1, ())
    assert hit.values == ("17", "10.0.0.7")
    first = hit.parameters[0]
    assert (first.value, first.class_, first.start, first.end, first.token) == ("17", "NUM", 5, 7, 1)
    template = miner[hit.template]
    assert template.text == "user <NUM> logged in from <IP>" and template.content_id == hit.content_id
    assert miner.template_by_content(hit.content_id) == template
    assert miner.text(1) == template.text and miner.text(2) is None and miner.template(2) is None
    assert 1 in miner and 2 not in miner and len(miner) == 1
    with pytest.raises(KeyError):
        miner[2]


def test_masks_of_ones_own_name_their_class() -> None:
    miner = drainrs.Miner(masks=[drainrs.Mask(name="ORDER", pattern=r"ord-\d+")])
    hit = miner.insert("paid ord-17 twice")
    assert [(one.value, one.class_) for one in hit.parameters] == [("ord-17", "ORDER")]
    columns = miner.insert_batch(["paid ord-18 twice"], parameters=True)
    assert (columns.values, columns.classes) == ([["ord-18"]], [["ORDER"]])


def test_settings_by_name_by_stage_and_by_object() -> None:
    by_name = drainrs.Miner(depth=6, masks=[{"name": "A", "pattern": "a+"}])
    by_stage = drainrs.Miner(mine={"depth": 6}, normalize={"masks": [{"name": "A", "pattern": "a+"}]})
    by_object = drainrs.Miner(
        drainrs.MinerConfig(mine=drainrs.DrainConfig(depth=6), normalize=by_stage.config.normalize)
    )
    assert by_name.config == by_stage.config == by_object.config
    assert by_name.config.mine.depth == 6 and by_name.config.normalize.masks[0].name == "A"
    assert drainrs.Miner(by_name.config, depth=7).config.mine.depth == 7
    assert drainrs.Pipeline(detect=True).config.detect == drainrs.DetectConfig()
    assert drainrs.Pipeline(detect=False).config.detect is None


def test_all_wrong_settings_at_once() -> None:
    with pytest.raises(drainrs.ConfigError) as wrong:
        drainrs.Miner(depth=1, similarity_threshold=7.0, masks=[{"name": "A", "pattern": "("}])
    assert [problem.path for problem in wrong.value.problems] == [
        "normalize.masks[0].pattern",
        "mine.depth",
        "mine.similarity_threshold",
    ]
    assert isinstance(wrong.value, drainrs.PatternError) and wrong.value.code == 101
    assert str(wrong.value).startswith("3 problems:\n  normalize.masks[0].pattern: ")
    again = pickle.loads(pickle.dumps(wrong.value))
    assert type(again) is type(wrong.value) and again.problems == wrong.value.problems


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({"dept": 5}, "dept"),
        ({"mine": {"dept": 5}}, "mine.dept"),
        ({"mine": {"depth": "five"}}, "mine.depth"),
        ({"normalize": {"masks": [{"name": "A"}]}}, "normalize.masks[0]"),
        ({"mine": 5}, "mine"),
        ({"mine": {"depth": -1}}, "mine.depth"),
        ({"mine": {"depth": 2**70}}, "mine.depth"),
    ],
)
def test_wrong_settings_name_their_place(options: dict[str, Any], path: str) -> None:
    with pytest.raises(drainrs.ConfigError) as wrong:
        drainrs.Miner(**options)
    assert wrong.value.path == path


def machines() -> list[Any]:
    miner = drainrs.Miner(depth=6)
    miner.insert_batch([f"user {at} left" for at in range(10)] + ["disk is full"])
    pipeline = drainrs.Pipeline(detect=True)
    pipeline.push_batch(drainrs.sample_log(), 0, finish=True)
    baseline = drainrs.learn(drainrs.sample_log()[:500], now=0)
    guard = drainrs.Guard(actions=[{"name": "restart", "risk": "low", "targets": ["web-*"]}])
    redaction = drainrs.Redaction()
    redaction.redact(drainrs.Redactor(), "ann@shop.test")
    vectoriser = drainrs.Vectoriser(dimensions=64).fit(["disk is full", "user left"])
    return [miner, pipeline, baseline, guard, redaction, vectoriser]


def state(machine: Any) -> bytes:
    return bytes(machine.save() if hasattr(machine, "save") else machine.snapshot())


@pytest.mark.parametrize("machine", machines(), ids=lambda machine: type(machine).__name__)
def test_pickles_and_copies_go_on_as_the_original(machine: Any) -> None:
    for again in (pickle.loads(pickle.dumps(machine)), copy.deepcopy(machine), copy.copy(machine)):
        assert type(again) is type(machine) and again is not machine
        assert state(again) == state(machine)
    assert repr(machine).startswith(f"<drainrs.{type(machine).__name__}") or type(machine).__name__ == "Vectoriser"


def test_a_copy_is_apart() -> None:
    miner = drainrs.Miner()
    other = copy.deepcopy(miner)
    other.insert("a 1")
    assert (len(miner), len(other)) == (0, 1)


def test_snapshots_that_are_none() -> None:
    miner = drainrs.Miner()
    miner.insert("user 5 left")
    good = miner.snapshot()
    for bad in (b"", b"DRNR", good[:-1], good[: len(good) // 2], good[:20] + b"x" + good[21:], b"\x80\x04N."):
        with pytest.raises(drainrs.SnapshotError):
            drainrs.Miner.restore(bad)
    later = bytearray(good)
    later[4] = 0xFE
    with pytest.raises(drainrs.SnapshotError):
        drainrs.Miner.restore(bytes(later))
    with pytest.raises(drainrs.SnapshotConfigError) as other:
        drainrs.Miner.restore(good, drainrs.MinerConfig(mine={"depth": 9}))
    assert other.value.code == 202
    assert drainrs.Miner.restore(good, {"mine": {"depth": 9}}, adopt=True).config.mine.depth == miner.config.mine.depth
    with pytest.raises(TypeError):
        drainrs.Miner.restore("text")  # type: ignore[arg-type]


def test_a_truncated_pickle_is_an_exception() -> None:
    whole = pickle.dumps(machines()[0])
    for length in range(0, len(whole), max(1, len(whole) // 60)):
        with pytest.raises(Exception):  # noqa: B017
            pickle.loads(whole[:length])
    damaged = whole.replace(b"disk", b"disc")
    with pytest.raises(drainrs.SnapshotError, match="checksum|damaged"):
        pickle.loads(damaged)


def test_many_threads_use_one_machine() -> None:
    miner = drainrs.Miner()
    pipeline = drainrs.Pipeline(detect=True)
    failed: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for at in range(30):
                miner.insert(f"thread {number} step {at}")
                miner.insert_batch([f"batch {number} of {at}"] * 50)
                pipeline.push_batch([f"2031-02-03 04:05:{at:02} INFO worker {number}"] * 20, at)
                miner.templates(), miner.snapshot(), miner.stats(), copy.copy(miner), pipeline.templates()
                miner.find_batch(["batch 1 of 2", None])
        except BaseException as error:  # noqa: BLE001
            failed.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not failed and not any(thread.is_alive() for thread in threads)
    counters = miner.stats().counters
    assert counters.seen == counters.matched + counters.created == 8 * 30 * 51
    assert pipeline.counters().lines == 8 * 30 * 20


def test_machines_merge_into_what_one_would_have() -> None:
    lines = [f"user {at} left room {at % 3}" for at in range(50)] + [f"{at} items sold" for at in range(20)]
    shards: dict[int, drainrs.Miner] = {}
    whole = drainrs.Miner()
    for line in lines:
        whole.insert(line)
        shards.setdefault(whole.shard_key(line), drainrs.Miner()).insert(line)
    first, second = shards.values()
    moved = first.merge(second)
    assert {template.text: template.count for template in first.templates()} == {
        template.text: template.count for template in whole.templates()
    }
    assert moved is not None
    with pytest.raises(drainrs.SnapshotConfigError):
        first.merge(drainrs.Miner(depth=9))
    assert first.merge(first) is not None, "a miner takes itself over without waiting for itself"


def test_lineage_explanations_and_seeds() -> None:
    miner = drainrs.Miner()
    seed = miner.seed("Connection refused by <*> port <NUM>")
    assert miner.insert("Connection refused by db-primary port 5432").template == seed
    why = miner.explain("Connection refused by cache port 6379")
    assert why.chosen == seed and "template 1" in why.reason
    for name in ("alice", "bob", "carol", "dave", "erin", "frank"):
        miner.insert(f"the session of {name} was closed")
    kinds = []
    while (lineage := miner.poll_lineage()) is not None:
        kinds.append(type(lineage).__name__)
    assert "LineageMergedInto" in kinds


def test_results_cannot_be_changed() -> None:
    miner = drainrs.Miner()
    hit = miner.insert("a 1")
    with pytest.raises(AttributeError):
        hit.template = 5  # type: ignore[misc]
    with pytest.raises(AttributeError):
        miner[1].text = "x"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        miner.config.mine.depth = 5  # type: ignore[misc]
    column = miner.insert_batch(["a 2"]).template
    with pytest.raises(ValueError, match="read-only"):
        column[0] = 7


def test_a_column_outlives_its_machine() -> None:
    column = drainrs.Miner().insert_batch([f"a {at}" for at in range(1000)]).template
    assert column.sum() == 1000 and column.dtype.name == "uint64"


def test_huge_lines_and_nothing() -> None:
    miner = drainrs.Miner()
    assert miner.insert("x" * (64 << 20)).change == "created"
    assert miner.insert("word " * 5_000_000).change == "created"
    assert miner.stats().cut_lines == 2
    assert miner.insert("").values == () and miner.insert(b"\x00\xff\n\r").change == "created"
    assert len(miner.insert_batch([])) == len(miner.insert_batch(b"")) == 0


def test_the_program_is_the_program(tmp_path: Any) -> None:
    log = tmp_path / "app.log"
    log.write_text("\n".join(drainrs.sample_log()[:100]))
    ran = subprocess.run(
        [sys.executable, "-m", "drainrs", "report", str(log), "--json"], capture_output=True, text=True, timeout=120
    )
    assert ran.returncode == 0 and '"lines": 100' in ran.stdout
    wrong = subprocess.run(
        [sys.executable, "-m", "drainrs", "report", "--no-such"], capture_output=True, text=True, timeout=120
    )
    assert wrong.returncode == 2 and "--no-such" in wrong.stderr and wrong.stdout == ""
    from drainrs.__main__ import main

    assert main(["report", str(tmp_path / "none.log")]) == 2


def test_a_panic_free_interpreter_ends_well() -> None:
    code = "import drainrs; m = drainrs.Miner(); c = m.insert_batch(['a 1'] * 9).template; print(c.sum())"
    ran = subprocess.run([sys.executable, "-X", "dev", "-c", code], capture_output=True, text=True, timeout=120)
    assert (ran.returncode, ran.stdout.strip(), ran.stderr) == (0, "9", "")
