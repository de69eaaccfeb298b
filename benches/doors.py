#!/usr/bin/env python3
"""Times the C library and both engines of the Go package beside the Rust library, on the same lines, in one run.

    make bench-doors [LOGS=path]         builds all and runs this
    python benches/doors.py FOLDER [FILE ...] [--lines N] [--rounds N]

FOLDER has the programs. Without a FILE the generated streams of the Rust benchmark are taken. Everybody mines all lines with a new
miner; times are processor times; all take turns, so that a slow minute of the machine hits them all, and of all rounds the fastest
counts. Ratios are to Rust line by line, whose call does not cost anything.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import tempfile
from pathlib import Path

STREAMS = ["hdfs", "kernel", "mixed"]
# What is asked for: the least share of Rust's lines per second.
BARS = {"C, batches": 0.95, "Go, cgo, batches": 0.85, "Go, wasm, batches": 0.30}


def said(command: list[str], **environment: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | environment)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def rust(folder: Path, log: Path, lines: int) -> dict[str, float]:
    program = str(folder / "examples" / "throughput")
    table = said([program, "--no-peers", "--tsv", "--reps", "2", "--lines", str(lines), str(log)])
    for row in table.splitlines():
        _, name, count, seconds, *_ = row.split("\t")
        if name == "drainrs, default":
            return {"Rust": float(seconds) * 1e9 / int(count)}
    raise SystemExit(f"no row of the default miner in:\n{table}")


def c(folder: Path, log: Path, lines: int) -> dict[str, float]:
    table = said([str(folder / "batch"), str(log), "2"])
    found = re.findall(r"^(.*?)  .* ([0-9.]+) ns/line", table, re.MULTILINE)
    names = ["C, a call per line", "C, batches", "C, batches with parameters"]
    return {name: float(cost) for name, (_, cost) in zip(names, found, strict=True)}


def go(folder: Path, log: Path, engine: str) -> dict[str, float]:
    program = str(folder / f"go-{engine}")
    table = said(
        [program, "-test.run", "none", "-test.bench", "File", "-test.benchtime", "2x"], DRAINRS_BENCH_LOG=str(log.resolve())
    )
    found = re.findall(r"([0-9.]+) best-ns/line", table)
    names = ["a call per line", "batches", "batches with parameters"]
    return {f"Go, {engine}, {name}": float(cost) for name, cost in zip(names, found, strict=True)}


def measure(folder: Path, log: Path, rounds: int) -> None:
    lines = sum(1 for _ in log.open("rb"))
    best: dict[str, float] = {}
    for _ in range(rounds):
        for costs in (rust(folder, log, lines), c(folder, log, lines), go(folder, log, "cgo"), go(folder, log, "wasm")):
            for name, cost in costs.items():
                best[name] = min(cost, best.get(name, cost))
    print(f"{log.name}: {lines:,} lines")
    for name, cost in best.items():
        share = best["Rust"] / cost
        bar = BARS.get(name)
        verdict = "" if bar is None else f"  asked for {bar:.0%}: {'met' if share >= bar else 'missed'}"
        print(f"  {name:32} {cost:7.0f} ns/line  {share:5.0%}{verdict}")
    print()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path)
    options.add_argument("files", nargs="*", type=Path)
    options.add_argument("--lines", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=3)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as work:
        for log in given.files:
            measure(given.folder, log, given.rounds)
        for stream in [] if given.files else STREAMS:
            log = Path(work) / f"{stream}.log"
            program = str(given.folder / "examples" / "throughput")
            log.write_text(said([program, "--write", stream, "--lines", str(given.lines)]))
            measure(given.folder, log, given.rounds)


if __name__ == "__main__":
    main()
