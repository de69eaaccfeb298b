"""The examples: what they print, what they store, and that they stay small."""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import drainrs
import httpx
import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"
NAMES = ("tail_to_store", "batches", "baseline", "crashing_pod")
MAX_SECONDS = 60
Done = subprocess.CompletedProcess[str]


def run(folder: Path, name: str, *arguments: str) -> Done:
    """Runs an example from another folder."""
    command = [sys.executable, str(EXAMPLES / f"{name}.py"), *arguments]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "NO_PROXY": "127.0.0.1"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=MAX_SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Done]:
    """Each example as it is run without options; none leaves a file."""
    folder = tmp_path_factory.mktemp("ran")
    done = {name: run(folder, name) for name in NAMES}
    assert list(folder.iterdir()) == []
    return done


def rows(database: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(database)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


@pytest.fixture
def tail(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The first example as a module."""
    monkeypatch.syspath_prepend(str(EXAMPLES))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield importlib.import_module("tail_to_store")
    for name in [name for name in sys.modules if name == "tail_to_store" or name.partition(".")[0] == "stand_ins"]:
        del sys.modules[name]


@pytest.mark.parametrize("name", NAMES)
def test_examples_are_short_and_say_what_they_are(name: str) -> None:
    text = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8")
    lines = text.splitlines()
    assert len(lines) < 100
    assert all(len(line) <= 120 for line in lines)
    assert "\nReplaces " in text and f"    python {name}.py" in text


@pytest.mark.parametrize("name", NAMES)
def test_the_same_is_printed_each_time(name: str, ran: dict[str, Done], tmp_path: Path) -> None:
    again = run(tmp_path, name)
    assert (again.stdout, again.stderr) == (ran[name].stdout, ran[name].stderr)
    assert again.stdout != ""


# --- tail_to_store --------------------------------------------------------------------------------------------------


def new_errors(text: str) -> list[tuple[str, str]]:
    return re.findall(r"^-- (\S+) (\w+): new_template, error ", text, re.MULTILINE)


def test_a_tail_tells_of_new_errors_and_goes_on_after_a_stop(tmp_path: Path) -> None:
    whole, parts = tmp_path / "whole.db", tmp_path / "parts.db"
    told = run(tmp_path, "tail_to_store", "--database", str(whole)).stdout
    assert new_errors(told) == [
        ("2026-03-12T18:09:25.940Z", "catalog"),
        ("2026-03-12T19:20:08.222Z", "edge"),
        ("2026-03-12T19:10:34.214Z", "order"),
        ("2026-03-12T19:10:34.114Z", "payment"),
        ("2026-03-12T19:10:43.874Z", "payment"),
    ]
    first = run(tmp_path, "tail_to_store", "--database", str(parts), "--until", "2026-03-12T19:00:00Z").stdout
    second = run(tmp_path, "tail_to_store", "--database", str(parts)).stdout
    third = run(tmp_path, "tail_to_store", "--database", str(parts)).stdout
    assert sorted(new_errors(first) + new_errors(second)) == sorted(new_errors(told))
    assert new_errors(third) == []  # nothing came since

    everything = "SELECT service, id, hits, severity, first_seen, last_seen, embedding FROM log_templates ORDER BY 1, 2"
    stored = rows(whole, everything)
    assert stored == rows(parts, everything)
    assert len(stored) == 27
    assert sum(hits for _, _, hits, *_ in stored if isinstance(hits, int)) == 2120  # all events
    assert all(isinstance(vector, bytes) and len(vector) == 4 * 256 for *_, vector in stored)
    assert {service for service, *_ in stored} == {
        "cart", "catalog", "deploy", "edge", "mail", "order", "payment", "search", "web",
    }  # fmt: skip
    states = rows(whole, "SELECT service, next_ns, snapshot FROM state ORDER BY service")
    assert len(states) == 9
    for _, next_ns, snapshot in states:
        assert isinstance(snapshot, bytes) and isinstance(next_ns, int)
        assert next_ns <= drainrs.Timestamp("2026-03-12T20:00:00Z")


def test_the_nearest_templates_are_told(ran: dict[str, Done]) -> None:
    near = re.findall(r"^near (\S+) (\w+): (.*)$", ran["tail_to_store"].stdout, re.MULTILINE)
    assert len(near) == 3
    assert near[0][1] == "payment" and "no answer from gw-eu-<NUM>" in near[0][2]
    assert [float(similarity) for similarity, _, _ in near] == sorted((float(one) for one, _, _ in near), reverse=True)


def test_statements_for_postgresql_are_printed(tmp_path: Path) -> None:
    lines = run(tmp_path, "tail_to_store", "--dialect", "postgresql").stdout.splitlines()
    assert lines[0] == "CREATE EXTENSION IF NOT EXISTS vector;"
    assert sum(line.startswith('INSERT INTO "log_templates"') for line in lines) == 27
    assert lines.count("BEGIN;") == lines.count("COMMIT;") == 9
    allowed = ("CREATE ", "INSERT INTO ", "BEGIN;", "COMMIT;", "-- ")
    assert [line for line in lines if line and not line.startswith(allowed)] == []


def asked(tail: ModuleType, path: str) -> httpx.Response:
    """What the endpoint answers; no socket is opened."""

    async def get() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=tail.app), base_url="http://tail") as client:
            return await client.get(path)

    return asyncio.run(get())


def test_summaries_are_bounded_and_redacted(tail: ModuleType) -> None:
    pipeline, asker = drainrs.Pipeline(tail.PIPELINE), drainrs.Asker(tail.ASK)
    for nth in range(300):
        word = "abcdefghij"[nth % 10] * (nth // 10 + 3)
        line = f"2026-03-12 18:00:{nth % 60:02},000 - mail.outbox - ERROR - {word} broke {word} for ann{nth}@shop.test"
        asker.push_batch(pipeline, [line], now=tail.START)
    asker.finish(pipeline, now=tail.START)
    tail.services["mail"] = pipeline, asker

    found = asked(tail, "/summarize/mail")
    assert found.status_code == 200
    document = found.json()
    assert 0 < document["tokens"] <= tail.PROMPT_TOKENS
    assert len(document["text"].encode()) <= tail.PROMPT_TOKENS
    assert "shop.test" not in document["text"] and "<EMAIL" in document["text"]
    assert document["coverage"]["events"] == 300 > document["coverage"]["events_shown"] > 0

    assert 0 < asked(tail, "/summarize/mail?max_tokens=800").json()["tokens"] <= 800
    more = asked(tail, "/summarize/mail?max_tokens=1000000").json()
    assert more == document  # a caller may ask for less, never for more
    assert asked(tail, "/summarize/mail?max_tokens=-1").json()["text"] == ""
    assert asked(tail, "/summarize/nobody").status_code == 404


def test_the_log_api_pages_by_time(tail: ModuleType) -> None:
    log = drainrs.sample_log()
    with tail.loki.serve(log) as url, httpx.Client(base_url=f"{url}/loki/api/v1") as api:
        services = api.get("/label/service/values").json()["data"]
        found, pages = 0, 0
        for service in services:
            start = int(tail.START)
            while page := tail.page(api, service, start, tail.END):
                assert len(page) <= tail.PAGE_LINES and page[0][0] >= start
                found, pages, start = found + len(page), pages + 1, page[-1][0] + 1
        assert (found, pages) == (len(log), 17)
        assert api.get("/query_range", params={"query": "{}"}).status_code == 404


# --- batches --------------------------------------------------------------------------------------------------------


def test_batches_are_judged_repaired_and_routed(ran: dict[str, Done]) -> None:
    lines = ran["batches"].stdout.splitlines()
    refused = [line for line in lines if " refused: " in line]
    asked_again = [line for line in refused if line.endswith("asked again")]
    by_rules = [line for line in refused if line.endswith("answered by rules")]
    assert (len(refused), len(asked_again), len(by_rules)) == (10, 8, 2)
    assert sum("evidence_not_found" in line for line in refused) == 5
    assert sum("syntax" in line for line in refused) == 5
    assert lines[-2] == "11 answers accepted, 10 refused, 8 asked again"

    # Nothing that was invented is acted on.
    assert not any("segfault" in line for line in lines)
    line = re.compile(r"^(\S+) (page|ticket|log): (.*): (run|refuse|ask_approval), (\w+)$", re.MULTILINE)
    routed = line.findall("\n".join(lines))
    done = [(at, action, what) for at, action, what, verdict, _ in routed if verdict == "run"]
    assert done[0] == ("2026-03-12T18:14:57.931Z", "ticket", "lines that speak of error spike")
    assert [at for at, action, _ in done if action == "page"] == [
        "2026-03-12T19:11:01Z", "2026-03-12T19:21:03.286Z", "2026-03-12T19:48:44Z",
    ]  # fmt: skip
    # The same is told again after half an hour at the earliest.
    told: dict[tuple[str, str], drainrs.Timestamp] = {}
    for at, action, what in done:
        now = drainrs.Timestamp(at)
        assert now - told.get((action, what), drainrs.Timestamp()) >= 30 * 60 * 10**9
        told[action, what] = now
    assert {code for *_, verdict, code in routed if verdict == "refuse"} == {"cooldown"}
    assert lines[-1] == "log refuse 8, log run 3, page refuse 6, page run 3, ticket refuse 1, ticket run 2"


# --- baseline -------------------------------------------------------------------------------------------------------


def test_a_baseline_tells_hits_with_their_context(ran: dict[str, Done]) -> None:
    lines = ran["baseline"].stdout.splitlines()
    hits = [at for at, line in enumerate(lines) if re.match(r"\d\.\d\d -> ", line)]
    assert len(hits) == 6
    assert "rolling out release" in lines[hits[0]]
    slow = next(at for at in hits if "is slow" in lines[at])
    assert lines[slow - 1].startswith("        ") and "order ord-824843 placed" in lines[slow - 1]
    assert any("charge for ord-" in lines[at] for at in hits)


def test_a_threshold_by_labels_is_worth_what_is_told(ran: dict[str, Done]) -> None:
    text = ran["baseline"].stdout
    line = re.compile(r"^threshold (\S+) .*: (\d+) of (\d+) lines told, precision (\S+), recall (\S+)$", re.MULTILINE)
    worth = line.findall(text)
    (chosen, *calibrated), (_, *later), (unlabelled, *_) = worth
    assert (chosen, unlabelled) == ("0.678", "0.247")
    assert calibrated == ["70", "430", "0.929", "0.756"]
    assert later == ["63", "653", "0.921", "0.763"]
    assert len(re.findall(r"^alert ", text, re.MULTILINE)) == 8


# --- crashing_pod ---------------------------------------------------------------------------------------------------


def test_annotations_of_a_crashing_pod(ran: dict[str, Done]) -> None:
    done = ran["crashing_pod"]
    annotations = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.stderr == "58 events, 11 templates, 5 of them errors, 7 labels\n"
    assert len(annotations) == 5
    for one in annotations:
        assert set(one) == {"time", "timeEnd", "tags", "text"}
        assert isinstance(one["time"], int) and one["time"] <= one["timeEnd"]
        assert {tag.partition(":")[0] for tag in one["tags"]} == {"service", "template", "severity", "category"}
    assert [one["time"] for one in annotations] == sorted(one["time"] for one in annotations)

    memory = next(one for one in annotations if "OutOfMemoryError" in one["text"])
    assert memory["time"] == int(drainrs.Timestamp("2026-04-02T02:10:14.030Z")) // 1_000_000
    assert memory["timeEnd"] == int(drainrs.Timestamp("2026-04-02T02:13:31.204Z")) // 1_000_000  # the last lines, too
    assert {"service:invoice", "severity:critical", "category:resource"} <= set(memory["tags"])
    assert memory["text"].startswith("4x nightly batch <NUM> stopped")
    assert "at com.acme.invoice.Batch.collect(Batch.java:203)" in memory["text"]
    assert memory["text"].endswith("raise the limit of memory")

    for secret in ("Tr0ub4dor", "Spring-", "example.org", "10.8."):
        assert secret not in done.stdout


def test_annotations_of_another_log(tmp_path: Path) -> None:
    log = tmp_path / "pod.log"
    log.write_text("2026-04-02 02:00:00 ERROR db: login of ann@shop.test failed, password=hunter2\n", encoding="utf-8")
    done = run(tmp_path, "crashing_pod", str(log))
    (one,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert "hunter2" not in one["text"] and "ann@" not in one["text"]
