"""A model that answers tasks by their schema, offline and always the same.

It reads what a model would be sent, ``task.messages()`` and ``task.schema``: a client of a real one takes its place.
Some answers are not as they should be: cut off in the middle, or with evidence that was never sent.
"""

from __future__ import annotations

import json
import re
from typing import Any

import drainrs

_LINE = re.compile(r"^([a-z]\d+) (.*?) \| (.*)$", re.MULTILINE)  # id, our words, log text
_FAULTS = ("none", "cut", "none", "invented", "none", "none", "invented", "cut")
_TYPES = {"latency": ("timed out", "slow"), "auth_failure": ("login", "denied"), "error_spike": ("",)}
_CATEGORIES = {"resource": ("memory", "heap", "killed"), "availability": ("restart", "probe"), "error": ("",)}


class Model:
    """``Model()(task)`` gives the text that a model would give; with ``faults=False`` it is never wrong."""

    def __init__(self, faults: bool = True) -> None:
        self.faults, self.asked = faults, 0

    def __call__(self, task: drainrs.Task) -> str:
        data = _LINE.findall(task.messages()[-1]["content"].partition("\n<data-")[2])
        answer = _answer(task.schema["properties"], data)
        fault = _FAULTS[self.asked % len(_FAULTS)] if self.faults else "none"
        self.asked += 1
        if fault == "invented":
            for one in answer.get("anomalies", []):
                one["evidence"] = ["kernel: segfault in libssl at 0x7f"]
        text = json.dumps(answer)
        return text[:-20] if fault == "cut" else text


def _answer(fields: dict[str, Any], data: list[tuple[str, str, str]]) -> dict[str, Any]:
    if "anomalies" in fields:
        return _batch(data)
    if "classifications" in fields:
        return {"classifications": [_classified(*one) for one in data if one[0].startswith("t")]}
    raise NotImplementedError(f"the stand-in knows no answer with {', '.join(fields)}")


def _kind(kinds: dict[str, tuple[str, ...]], text: str) -> str:
    return next(kind for kind, words in kinds.items() if any(word in text.lower() for word in words))


def _batch(data: list[tuple[str, str, str]]) -> dict[str, Any]:
    found: dict[str, list[str]] = {}
    for id, words, text in data:
        if " error" in words:
            found.setdefault(_kind(_TYPES, text), []).append(id)
        elif " warn" in words:
            found.setdefault("unknown", []).append(id)
    anomalies = [
        {
            "severity": "low" if kind == "unknown" else "high" if len(ids) > 1 else "medium",
            "type": kind,
            "summary": f"lines that speak of {kind.replace('_', ' ')}",
            "evidence": ids[:5],
            "recommended_action": "restart the pods of the service" if kind == "latency" else "look at the lines",
            "confidence": 0.9 if len(ids) > 1 else 0.6,
        }
        for kind, ids in sorted(found.items())
    ]
    health = "degraded" if anomalies else "normal"
    return {"anomalies": anomalies, "window_health": health, "total_lines_analyzed": len(data)}


def _classified(id: str, words: str, text: str) -> dict[str, Any]:
    category = _kind(_CATEGORIES, text)
    return {
        "id": id,
        "severity": "critical" if category == "resource" else "high" if category == "availability" else "medium",
        "category": category,
        "affected_component": words.split(", ")[1] if ", " in words else "",
        "root_cause_hypothesis": f"of the kind {category}, by its words",
        "recommended_action": "raise the limit of memory" if category == "resource" else "look at the lines",
        "confidence": 0.8,
    }
