"""Makes annotations for a dashboard out of the log of a pod that crashes again and again.

Replaces reading `kubectl logs --previous` and typing what one saw. Stack traces are joined to their lines and said in a
few words. A model (here a stand-in) classifies the templates, and only what is accepted becomes a label. An annotation
has times, tags and a text, as Grafana takes them at `/api/annotations`, without the secrets of the log.

    python crashing_pod.py                       # the log that comes with it
    kubectl logs POD --previous | python crashing_pod.py /dev/stdin
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import drainrs
from drainrs.shapes import IndexRow, Timestamp, TraceSummary
from stand_ins.model import Model

LOG = Path(__file__).parent / "data" / "crashing_pod.log"
NOW = Timestamp("2026-04-02T02:14:00Z")
MAX_TOKENS, MAX_CLASSIFIED = 12_000, 10  # of the question, a token per byte; templates in it
MAX_LINES, MAX_TEXT, MAX_ANNOTATIONS = 100_000, 400, 10  # the last lines; letters of a text
ASK = drainrs.AskConfig(journal={"window_ns": 0}, prompt={"max_classified": MAX_CLASSIFIED})  # 0: the whole log


def classify(asker: drainrs.Asker, pipeline: drainrs.Pipeline, model: Model) -> int:
    """Asks what the templates are, and adopts what is accepted; gives the number of labels."""
    asker.offer(asker.plan(pipeline, NOW, max_tokens=MAX_TOKENS), NOW)
    labels = 0
    while task := asker.next(NOW):
        if task.kind != "classify_templates":
            asker.give_up(task.id, NOW)
            continue
        answered = asker.answer(task.id, model(task), pipeline, NOW)
        if answered is not None and answered.accepted:
            labels += len(asker.adopt(answered, pipeline, by="crashing_pod", now=NOW))
    return labels


def in_words(trace: TraceSummary) -> str:
    root = trace.causes[-1] if trace.causes else trace.error
    return f"{root.kind}: {root.message}, at {trace.frame}"


def annotation(row: IndexRow, trace: TraceSummary | None, redactor: drainrs.Redactor) -> dict[str, Any]:
    """What Grafana takes; times are in milliseconds. The row is redacted already, the trace is not."""
    text = f"{row.hits}x {row.template}" + (f"\n{redactor.redact(in_words(trace))}" if trace else "")
    action = row.labels.get("recommended_action", "")
    tags = [f"{name}:{row.labels[name]}" for name in ("severity", "category") if name in row.labels]
    return {
        "time": (row.first_seen or NOW) // 1_000_000,
        "timeEnd": (row.last_seen or NOW) // 1_000_000,
        "tags": [f"service:{row.service}", f"template:{row.id}", *tags],
        "text": f"{text[:MAX_TEXT]}\n{action}".strip(),
    }


def main() -> None:
    path = sys.argv[1] if len(sys.argv) > 1 else LOG
    lines = Path(path).read_text(encoding="utf-8", errors="replace").splitlines()[-MAX_LINES:]
    mined = drainrs.mine(lines, now=NOW, messages=True)
    content = {template.id: template.content_id for template in mined.templates}
    traces = {content[event["template"]]: drainrs.summarise(event["message"]) for event in mined.events}

    pipeline, asker, redactor = drainrs.Pipeline(), drainrs.Asker(ASK), drainrs.Redactor()
    asker.push_batch(pipeline, lines, NOW)
    asker.finish(pipeline, NOW)
    labels = classify(asker, pipeline, Model(faults=False))
    errors = [row for row in asker.index_rows(pipeline) if row.severity in ("error", "critical", "fatal")]
    for row in sorted(errors, key=lambda row: row.first_seen or NOW)[:MAX_ANNOTATIONS]:
        print(json.dumps(annotation(row, traces.get(row.id), redactor)))
    told = f"{len(mined)} events, {len(pipeline)} templates, {len(errors)} of them errors, {labels} labels"
    print(told, file=sys.stderr)


if __name__ == "__main__":
    main()
