"""Tails a log API into a template table with vectors, tells of new error templates, and offers a bounded prompt.

Replaces the job that downloads logs, greps for ERROR and pastes the last lines into a model. The log API is a stand-in
that speaks as Loki does. State and table are in SQLite; the table also for PostgreSQL. Needs fastapi, httpx, numpy.

    python tail_to_store.py --database shop.db --until 2026-03-12T19:00:00Z  # stops there, as by a crash
    python tail_to_store.py --database shop.db                               # goes on where that stopped
    python tail_to_store.py --dialect postgresql                             # prints statements for psql
    python tail_to_store.py --serve 8000                                     # curl 127.0.0.1:8000/summarize/payment
"""

from __future__ import annotations

import argparse
import sqlite3
from dataclasses import replace
from typing import Any

import drainrs
import fastapi
import httpx
import numpy
import uvicorn
from drainrs.shapes import Digest, IndexRow, Neighbour, Timestamp
from stand_ins import loki

START, END = Timestamp("2026-03-12T18:00:00Z"), Timestamp("2026-03-12T20:00:00Z")
PROMPT_TOKENS = 1_500  # of one prompt; a token per byte where no tokenizer is given, so never too many
PAGE_LINES, MAX_TEMPLATES, MAX_ROWS, DIMENSIONS, NEAREST = 200, 2_000, 10_000, 256, 3
PIPELINE = drainrs.PipelineConfig(mine={"max_templates": MAX_TEMPLATES}, detect={"alert": {"max_per_hour": 20}})
ASK = drainrs.AskConfig(journal={"window_ns": 0, "max_templates": MAX_TEMPLATES})  # 0: one window of all that was read
app = fastapi.FastAPI()
services: dict[str, tuple[drainrs.Pipeline, drainrs.Asker]] = {}


@app.get("/summarize/{service}")
def summarize(service: str, max_tokens: int = PROMPT_TOKENS) -> Digest:
    """What to tell a model about a service: redacted, of bounded length, with what it covers."""
    if service not in services:
        raise fastapi.HTTPException(404, "no such service")
    pipeline, asker = services[service]
    return asker.digest(pipeline, service, max(0, min(max_tokens, PROMPT_TOKENS)))


def page(api: httpx.Client, service: str, start: int, end: int) -> list[tuple[int, str]]:
    asked = {"query": f'{{service="{service}"}}', "limit": str(PAGE_LINES), "direction": "forward"}
    times = {"start": f"{start:d}", "end": f"{end:d}"}
    answer = api.get("/query_range", params={**asked, **times}).raise_for_status().json()
    return sorted((int(at), line) for stream in answer["data"]["result"] for at, line in stream["values"])


def follow(api: httpx.Client, db: sqlite3.Connection, sql: drainrs.Sql, run: Any, service: str, end: int) -> None:
    """Reads on from where the last run stopped, tells what is new or unusual, and stores rows and state."""
    state = db.execute("SELECT next_ns, snapshot FROM state WHERE service = ?", [service]).fetchone()
    start = state[0] if state else START
    pipeline = drainrs.Pipeline.restore(state[1], PIPELINE) if state else drainrs.Pipeline(PIPELINE)
    asker, alerts = drainrs.Asker(ASK), list[drainrs.Alert]()
    services[service] = pipeline, asker
    while lines := page(api, service, start, end):
        start = lines[-1][0] + 1  # no two lines of a stream have the same time here
        alerts += asker.push_batch(pipeline, [line for _, line in lines], now=start)[1]
    alerts += asker.finish(pipeline, now=start)  # a snapshot has no place for an event that is not complete
    hits = {template.id: template.count for template in pipeline.templates()}  # with those of earlier runs
    rows = {row.template_id or 0: replace(row, service=service) for row in asker.index_rows(pipeline, vectors=True)}
    for score in (score for alert in alerts if alert.status != "resolved" for score in (alert.score, *alert.others)):
        row = rows.get(score.template or 0)
        print(f"-- {score.at} {service}: {score.kind}, {score.level} {row.template if row else ''!r}")
    run("\n".join(["BEGIN;", *(sql.upsert(replace(row, hits=hits[id])) for id, row in rows.items()), "COMMIT;"]))
    db.execute("INSERT OR REPLACE INTO state VALUES (?, ?, ?)", [service, start, pipeline.snapshot()])


def nearest(db: sqlite3.Connection, text: str) -> list[Neighbour]:
    index = drainrs.Index(max_rows=MAX_ROWS)
    for service, id, template, vector in db.execute("SELECT service, id, template, embedding FROM log_templates"):
        index.insert(IndexRow(service, id, template, vector=tuple(numpy.frombuffer(vector, "<f4"))))
    return index.nearest(drainrs.Vectoriser(dimensions=DIMENSIONS).vector(text), NEAREST)


options = argparse.ArgumentParser()
options.add_argument("--database", default=":memory:")
options.add_argument("--dialect", choices=["sqlite", "postgresql"], default="sqlite")
options.add_argument("--until", type=Timestamp, default=END)
options.add_argument("--serve", type=int, metavar="PORT")

if __name__ == "__main__":
    asked = options.parse_args()
    db, sql = sqlite3.connect(asked.database, isolation_level=None), drainrs.Sql(asked.dialect, dimensions=DIMENSIONS)
    db.execute("CREATE TABLE IF NOT EXISTS state (service TEXT PRIMARY KEY, next_ns INTEGER, snapshot BLOB)")
    run = db.executescript if asked.dialect == "sqlite" else print
    run(sql.schema())
    with loki.serve(drainrs.sample_log()) as url, httpx.Client(base_url=f"{url}/loki/api/v1") as api:
        for service in api.get("/label/service/values").json()["data"]:
            follow(api, db, sql, run, service, asked.until)
    if asked.dialect == "sqlite":
        for near in nearest(db, "charge failed: no answer from gateway"):
            print(f"near {near.similarity:.2f} {near.row.service}: {near.row.template}")
        print(summarize("payment").text)
    if asked.serve:
        uvicorn.run(app, host="127.0.0.1", port=asked.serve)
