"""The cases that every language runs: the wheel gives the library's events, templates, alerts and snapshot bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import drainrs
import pytest

DRAINRS = Path(__file__).resolve().parents[2] / "drainrs"
CASES = sorted(path for path in (DRAINRS / "tests" / "golden" / "doors").iterdir() if path.is_dir())
NOW = 1_773_345_600 * 10**9
BATCH = 100
LEVELS = ("unknown", "trace", "debug", "info", "notice", "warn", "error", "critical", "fatal")
CHANGES = {"unchanged": 0, "created": 1, "widened": 2}
SKIPPED = {"below_level": 16, "surge": 17}


def lines_of(case: Path) -> list[bytes]:
    own = case / "lines.log"
    text = (own if own.exists() else DRAINRS / "src" / "program" / "sample.log").read_bytes()
    lines = text.split(b"\n")
    return lines[:-1] if text.endswith(b"\n") else lines


def shown(event: drainrs.Event) -> str:
    at = "-" if event.at is None else str(int(event.at))
    start = f"{event.first_line} {event.lines} {at} {LEVELS.index(event.level)}"
    if event.hit is None:
        return f"{start} {SKIPPED[event.skipped or '']} 0 {0:016x}"
    hit = event.hit
    spans = "".join(f" {found.class_}:{found.start}-{found.end}" for found in hit.parameters)
    return f"{start} {CHANGES[hit.change]} {hit.template} {hit.content_id}{spans}"


def named(line: str, names: dict[str, str]) -> str:
    """A line of ``events.txt`` with the names of its classes, as far as they are known."""
    words = line.split(" ")
    spans = (word.split(":") for word in words[7:])
    return " ".join(words[:7] + [f"{names.get(number, number)}:{span}" for number, span in spans])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_of_all_languages(case: Path) -> None:
    config: dict[str, Any] = json.loads((case / "config.json").read_text())
    pipeline = drainrs.Pipeline(config)
    events: list[str] = []
    alerts: list[drainrs.Alert] = []
    lines = lines_of(case)
    judged = "detect" in config
    for first in range(0, len(lines), BATCH):
        for line in lines[first : first + BATCH]:
            if event := pipeline.push(line, NOW):
                events.append(shown(event))
        alerts += pipeline.alerts() if judged else []
    if event := pipeline.finish(NOW):
        events.append(shown(event))
    if judged:
        pipeline.finish_detector()
        alerts += pipeline.alerts()

    expected = (case / "events.txt").read_text().splitlines()
    assert len(events) == len(expected) > 200
    # Python has names for the classes: which number is which name has to be the same everywhere.
    names: dict[str, str] = {}
    for given, wanted in zip(events, expected):
        for ours, theirs in zip(given.split(" ")[7:], wanted.split(" ")[7:]):
            name, number = ours.split(":")[0], theirs.split(":")[0]
            assert names.setdefault(number, name) == name
        assert given == named(wanted, names)
    assert len(set(names.values())) == len(names) > 1
    assert [t.to_dict() for t in pipeline.templates()] == json.loads((case / "templates.json").read_text())
    assert [alert.to_dict() for alert in alerts] == json.loads((case / "alerts.json").read_text())
    assert pipeline.snapshot() == (case / "state.snapshot").read_bytes()
