"""The golden cases of the library, run through the wheel: what Rust's tests say, Python gives."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import drainrs
import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    tomllib = pytest.importorskip("tomli")

GOLDEN = Path(__file__).resolve().parents[2] / "drainrs" / "tests" / "golden"


def cases(stage: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for file in sorted((GOLDEN / stage).glob("*.toml")):
        for at, case in enumerate(tomllib.loads(file.read_text()).get("case", [])):
            yield f"{file.name}: {case.get('name', at)}", case


def test_mining() -> None:
    seen = 0
    for name, case in cases("mine"):
        seen += 1
        one_by_one = drainrs.Miner(case.get("config"))
        hits = [one_by_one.insert(line) for line in case["lines"]]
        assert [f"{hit.template} {hit.change[0]}" for hit in hits] == case["hits"], name
        batch = drainrs.Miner(case.get("config"))
        columns = batch.insert_batch(case["lines"], follow_merges=False)
        assert [f"{at} {change[0]}" for at, change in zip(columns.template, columns.change)] == case["hits"], name
        for miner in (one_by_one, batch):
            assert [f"{template.count} {template.text}" for template in miner.templates()] == case["templates"], name
    assert seen > 40


def test_normalizing() -> None:
    normalizer = drainrs.Normalizer()
    seen = 0
    for name, case in cases("normalize"):
        seen += 1
        assert normalizer.masked_text(case["line"]) == case["masked"], name
        if "tokens" in case:
            assert list(normalizer.tokens(case["line"])) == case["tokens"], name
    assert seen > 100


def test_parsing() -> None:
    seen = 0
    for name, case in cases("parse"):
        seen += 1
        config = {"reference_time": 2_002_406_400 * 10**9, **case.get("config", {})}
        parser = drainrs.Parser(config)
        for line in case.get("before", ()):
            parser.parse(line)
        record = parser.parse(case["line"])
        named = ("service", "host", "process", "thread", "logger", "source", "stream", "trace", "span")
        found = {field: getattr(record, field) for field in named if getattr(record, field) is not None}
        found |= {"format": record.format, "message": record.message}
        if record.level != "unknown":
            found["level"] = record.level + ("?" if record.level_inferred else "")
        if record.at is not None:
            marks = ("?" if record.date_assumed else "") + ("~" if record.zone_assumed else "")
            found["at"] = f"{record.at}{marks}"
        assert found == case["expect"], name
    assert seen > 90


def test_joining() -> None:
    seen = 0
    for name, case in cases("join"):
        seen += 1
        joiner = drainrs.Joiner(case.get("config"))
        joined = [joiner.push(line, 0) for line in case["text"].split("\n")]
        joined.append(joiner.finish())
        events = [event for event in joined if event is not None]
        assert [event.lines for event in events] == case["events"], name
        if "first" in case:
            assert events[0].text == case["first"], name
        if "summary" in case:
            summary = drainrs.summarise(events[0].text)
            assert summary is not None and summary.runtime == case["summary"]["runtime"], name
    assert seen > 20


def test_redacting() -> None:
    seen = 0
    for name, case in cases("redact"):
        if "in" not in case:  # keys of vendors: Rust's tests put them together
            continue
        seen += 1
        settings = dict(case.get("settings", {}))
        assert drainrs.Redactor(settings).redact(case["in"]) == case["out"], name
    assert seen > 50


def test_the_numbers_of_errors_are_those_of_the_library() -> None:
    kinds = drainrs._native.error_kinds()
    assert {code for code, _ in kinds} == set(drainrs.errors.CLASSES)
    for code, kind in kinds:
        error = drainrs.errors.of([(code, kind, "a.b", "what")])
        assert type(error) is drainrs.errors.CLASSES[code]
        assert (error.code, error.kind, error.path, str(error)) == (code, kind, "a.b", "a.b: what")
