#!/usr/bin/env python3
"""Times the wheel beside the Rust library and beside Drain3 0.9.11, on the same lines, in one run.

    make bench-python                    builds both sides and runs this
    python drainrs-py/benches/speed.py --program THROUGHPUT [--lines N] [--reps N] [FILE ...]

THROUGHPUT is the example of that name of `drainrs-bench`: it measures the Rust side and writes the generated streams. Without a
FILE these streams are taken. Times are processor times; of several repetitions the fastest counts; all take turns, so that a slow
minute of the machine hits them all.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import drainrs
import pyarrow
from drain3 import TemplateMiner
from drain3.template_miner_config import TemplateMinerConfig
from drain3.masking import MaskingInstruction

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benches"))
from peers import MASKS  # noqa: E402

STREAMS = ["hdfs", "kernel", "mixed"]
# What is asked of the wheel: the least ratio of what to what.
BARS = [
    ("batch, Arrow", "Rust, one by one", 0.8),
    ("batch, list of str", "Rust, one by one", 0.8),
    ("one by one", "Drain3, masked", 50.0),
    ("batch, list of str", "Drain3, masked", 100.0),
]


def drain3_miner() -> TemplateMiner:
    config = TemplateMinerConfig()
    config.profiling_enabled = False
    config.masking_instructions = [MaskingInstruction(pattern, name) for name, pattern in MASKS]
    return TemplateMiner(config=config)


def with_drain3(lines: list[str]) -> int:
    miner = drain3_miner()
    for line in lines:
        miner.add_log_message(line)
    return len(miner.drain.clusters)


def one_by_one(lines: list[str]) -> int:
    miner = drainrs.Miner()
    insert = miner.insert
    for line in lines:
        insert(line)
    return len(miner)


def known_line(lines: list[str]) -> int:
    """The call alone: one short line, again and again."""
    miner = drainrs.Miner()
    insert, line = miner.insert, "user 17 left"
    for _ in lines:
        insert(line)
    return len(miner)


def in_a_batch(lines: object) -> Callable[[], int]:
    def work() -> int:
        miner = drainrs.Miner()
        miner.insert_batch(lines)
        return len(miner)

    return work


def rust(program: str, path: Path, count: int, reps: int) -> tuple[float, int]:
    """Seconds per line and templates of the library itself, by default settings."""
    command = [program, "--tsv", "--no-peers", "--lines", str(count), "--reps", str(reps), str(path)]
    for row in subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines():
        _, name, lines, seconds, templates, _ = row.split("\t")
        if name == "drainrs, default":
            return float(seconds) / int(lines), int(templates)
    raise SystemExit(f"{program} measured no 'drainrs, default'")


def compare(program: str, path: Path, options: argparse.Namespace) -> None:
    with path.open("rb") as file:
        raw = [line.rstrip(b"\r\n") for line, _ in zip(file, range(options.lines))]
    lines = [line.decode("utf-8", "replace") for line in raw]
    contenders: dict[str, Callable[[], int]] = {
        "one by one": lambda: one_by_one(lines),
        "one by one, a short known line": lambda: known_line(lines),
        "batch, list of str": in_a_batch(lines),
        "batch, Arrow": in_a_batch(pyarrow.array(lines)),
        "batch, bytes": in_a_batch(b"\n".join(raw)),
    }
    best: dict[str, tuple[float, int]] = {}
    for _ in range(options.reps):
        took = {"Rust, one by one": rust(program, path, len(lines), 1)}
        for name, work in contenders.items():
            start = time.process_time()
            templates = work()
            took[name] = ((time.process_time() - start) / len(lines), templates)
        for name, one in took.items():
            best[name] = min(best.get(name, one), one)
    some = lines[: options.drain3_lines]
    start = time.process_time()
    templates = with_drain3(some)
    best["Drain3, masked"] = ((time.process_time() - start) / len(some), templates)

    print(
        f"\n**{path.stem}** ({len(lines):,} lines)\n\n| | us/line | thousand lines/s | of Rust's speed | x Drain3 |\n|---|---|---|---|---|"
    )
    own, peer = best["Rust, one by one"][0], best["Drain3, masked"][0]
    for name, (each, _) in sorted(best.items(), key=lambda row: row[1][0]):
        print(f"| {name} | {each * 1e6:.3f} | {1e-3 / each:,.0f} | {own / each:.0%} | {peer / each:.1f} |")
    print()
    for name, other, least in BARS:
        ratio = best[other][0] / best[name][0]
        print(f"- {name}, against {other}: {ratio:.2f}x, asked for {least:g}x: {'met' if ratio >= least else 'MISSED'}")
    calls = 1 / best["one by one, a short known line"][0]
    print(f"- calls of `insert`: {calls:,.0f} a second, asked for 1,000,000: {'met' if calls >= 1e6 else 'MISSED'}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    parser.add_argument("--program", required=True, help="the example `throughput` of drainrs-bench")
    parser.add_argument("--lines", type=int, default=200_000)
    parser.add_argument("--drain3-lines", type=int, default=20_000, help="how many of them Drain3 gets (default 20000)")
    parser.add_argument("--reps", type=int, default=5)
    options = parser.parse_args()
    if options.files:
        for file in options.files:
            compare(options.program, file, options)
        return
    with tempfile.TemporaryDirectory() as folder:
        for stream in STREAMS:
            path = Path(folder) / f"{stream}.log"
            with path.open("wb") as out:
                subprocess.run(
                    [options.program, "--write", stream, "--lines", str(options.lines)], stdout=out, check=True
                )
            compare(options.program, path, options)


if __name__ == "__main__":
    main()
