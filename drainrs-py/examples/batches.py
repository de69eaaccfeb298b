"""Sends a log to a model in batches of a time window, and acts on what may be believed.

Replaces the loop that sends every 100 lines to a model and pages whoever its answer names. Here a batch is 50 to 200
lines of ten minutes, redacted and bounded. An answer that does not fit its schema, or quotes what was never sent, is
asked for once more with the reasons, then given by rules. A guard decides who hears of it, by page, ticket or log; what
was told within half an hour is not told again. The model is a stand-in; put a client in its place.

    python batches.py
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import drainrs
from drainrs.shapes import Proposal, Rejected, Timestamp
from stand_ins.model import Model

MINUTE = 60_000_000_000
POLL_LINES = 100  # lines between two looks at the desk
MAX_TOKENS, MAX_TASKS = 16_000, 8  # of a question, by a token per three bytes; of a plan
ASK = drainrs.AskConfig(
    journal={"batch_ns": 10 * MINUTE, "max_batches": 4},
    prompt={"batch_lines": (50, 200)},
    desk={"max_repairs": 1, "tasks_per_day": 200, "tokens_per_day": 2_000_000},
)
ROUTES = {"critical": "page", "high": "page", "medium": "ticket", "low": "log"}
GUARD = drainrs.GuardConfig(
    autonomy="auto_low_risk",
    max_per_hour=20,
    cooldown_ns=30 * MINUTE,  # the same is not told again before
    actions=[
        {"name": "page", "risk": "low", "targets": ["*"], "max_per_hour": 3, "min_confidence": 0.8},
        {"name": "ticket", "risk": "low", "targets": ["*"], "max_per_hour": 6, "min_confidence": 0.5},
        {"name": "log", "risk": "low", "targets": ["*"], "min_confidence": 0.0},
    ],
)


def tokens(text: str) -> int:
    return len(text.encode()) // 3 + 1


def route(guard: drainrs.Guard, answered: drainrs.Answered, now: Timestamp) -> Iterator[str]:
    """Proposes an action for each anomaly; what the guard lets run is done, and reported."""
    for found in (answered.value or {}).get("anomalies", []):
        proposal = Proposal(
            action=ROUTES[found["severity"]],
            target=found["type"],
            confidence=found.get("confidence", 0.0),
            task=answered.task.id,
            evidence=tuple(found["evidence"]),
        )
        decision = guard.decide(proposal, now)
        if decision.run is not None:
            guard.report(decision.run, "succeeded", now)  # once it was done
        print(f"{now} {proposal.action}: {found['summary']}: {decision.verdict}, {decision.reasons[0].code}")
        yield f"{proposal.action} {decision.verdict}"


def ask(asker: drainrs.Asker, pipeline: drainrs.Pipeline, model: Model, now: Timestamp) -> Iterator[drainrs.Answered]:
    """Asks about the batches that are over: every answer, and those that are asked for again."""
    asker.offer(asker.plan(pipeline, now, max_tokens=MAX_TOKENS, max_tasks=MAX_TASKS, count=tokens), now)
    while task := asker.next(now):
        if task.kind != "judge_batch":
            asker.give_up(task.id, now)  # what else could be asked: gives its price back
            continue
        while task and (answered := asker.answer(task.id, model(task), pipeline, now)):
            yield answered
            task = answered.repair


def main() -> None:
    pipeline, asker, guard, model = drainrs.Pipeline(), drainrs.Asker(ASK), drainrs.Guard(GUARD), Model()
    counts: Counter[str] = Counter()
    log, now = drainrs.sample_log(), Timestamp()
    for start in range(0, len(log) + 1, POLL_LINES):
        events, _ = asker.push_batch(pipeline, log[start : start + POLL_LINES], now)
        now = max([now, *(Timestamp.of(at) for at in events.at)])  # where lines are live: the clock's
        if start + POLL_LINES > len(log):
            asker.finish(pipeline, now)  # the last batch is over, too
        for answered in ask(asker, pipeline, model, now):
            if isinstance(answered.verdict, Rejected):
                codes = ", ".join(sorted({reason.code for reason in answered.verdict.reasons}))
                print(f"{now} refused: {codes}; {'asked again' if answered.repair else 'answered by rules'}")
            counts.update(route(guard, answered, now))
    desk = asker.desk_counters()
    print(f"{desk.accepted} answers accepted, {desk.rejected} refused, {desk.repairs} asked again")
    print(", ".join(f"{name} {count}" for name, count in sorted(counts.items())))


if __name__ == "__main__":
    main()
