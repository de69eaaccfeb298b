#!/usr/bin/env python3
"""Times Drain3, the Python original, and drainrs on the same lines, one after the other, and prints the ratios.

    python3 benches/peers.py [--lines N] [--reps N] [FILE ...]

Without a FILE the generated streams are used. Drain3 0.9.11 is looked for in `.venv` at the root of the repository and
installed there if it is missing (`--no-install` refuses that). Its times are processor times of the process, ours those of
the thread; of several repetitions the fastest counts, on both sides.

The two take turns on each corpus, so that a slow minute of the machine hits both, and both get the same lines.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import time
import venv

ROOT = pathlib.Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
VERSION = "0.9.11"
STREAMS = ["hdfs", "kernel", "mixed"]

# The masks of Drain3's demonstration, which most of its users start from, in its order.
EDGES = "((?<=[^A-Za-z0-9])|^)({})((?=[^A-Za-z0-9])|$)"
MASKS = [
    ("ID", EDGES.format(r"([0-9a-f]{2,}:){3,}([0-9a-f]{2,})")),
    ("IP", EDGES.format(r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}")),
    ("SEQ", "((?<=[^A-Za-z0-9])|^)([0-9a-f]{6,} ?){3,}((?=[^A-Za-z0-9])|$)"),
    ("SEQ", "((?<=[^A-Za-z0-9])|^)([0-9A-F]{4} ?){4,}((?=[^A-Za-z0-9])|$)"),
    ("HEX", EDGES.format(r"0x[a-f0-9A-F]+")),
    ("NUM", EDGES.format(r"[\-\+]?\d+")),
    ("CMD", r'(?<=executed cmd )(".+?")'),
]

# What is asked of us: name of our row, which Drain3 it is compared with, least ratio.
BARS = [
    ("drainrs, Drain3's rule, raw tokens", "unmasked", 25.0),
    ("drainrs, default", "masked", 100.0),
    ("drainrs, Drain3's rule, Drain3's masks", "masked", None),
]
CRATE_BAR = ("drainrs, Drain3's rule, raw tokens", "crate drain3 0.3.0", 4.0)


def mine_with_drain3(path: str, count: int, masked: bool) -> dict:
    """Runs inside the environment that has Drain3: its time for the first lines of a file."""
    from drain3 import TemplateMiner
    from drain3.masking import MaskingInstruction
    from drain3.template_miner_config import TemplateMinerConfig

    with open(path, "rb") as file:
        lines = [line.rstrip(b"\r\n").decode("utf-8", "replace") for line, _ in zip(file, range(count))]
    config = TemplateMinerConfig()
    config.profiling_enabled = False
    if masked:
        config.masking_instructions = [MaskingInstruction(pattern, name) for name, pattern in MASKS]
    miner = TemplateMiner(config=config)
    start = time.process_time()
    for line in lines:
        miner.add_log_message(line)
    seconds = time.process_time() - start
    return {"seconds": seconds, "lines": len(lines), "templates": len(miner.drain.clusters)}


def python_with_drain3(may_install: bool) -> pathlib.Path | None:
    """The interpreter of the environment, with Drain3 in it."""
    python = ENVIRONMENT / "bin" / "python"
    if not python.exists():
        if not may_install:
            return None
        venv.create(ENVIRONMENT, with_pip=True)
    found = subprocess.run(
        [python, "-c", "import importlib.metadata as m; print(m.version('drain3'))"], capture_output=True, text=True
    )
    if found.stdout.strip() != VERSION:
        if not may_install:
            return None
        done = subprocess.run([python, "-m", "pip", "install", "--quiet", f"drain3=={VERSION}"])
        if done.returncode != 0:
            return None
    return python


def ask_drain3(python: pathlib.Path, path: pathlib.Path, count: int, masked: bool, reps: int) -> dict:
    """The fastest of some runs, each in a process of its own."""
    command = [python, __file__, "--as-drain3", str(path), str(count), "masked" if masked else "unmasked"]
    runs = [json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout) for _ in range(reps)]
    return min(runs, key=lambda run: run["seconds"])


def ask_us(program: pathlib.Path, path: pathlib.Path, count: int, reps: int) -> dict[str, dict]:
    """The rows of the throughput program, by name."""
    command = [program, "--tsv", "--lines", str(count), "--reps", str(reps), str(path)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rows = {}
    for row in output.splitlines():
        _, name, lines, seconds, templates, _ = row.split("\t")
        rows[name] = {"seconds": float(seconds), "lines": int(lines), "templates": int(templates)}
    return rows


def micros(run: dict) -> float:
    """Microseconds per line."""
    return run["seconds"] / run["lines"] * 1e6


def compare(program, python, path, name, options) -> None:
    """Prints the table of one corpus."""
    ours = ask_us(program, path, options.lines, options.reps)
    drain3 = {}
    if python is not None:
        drain3["unmasked"] = ask_drain3(python, path, options.lines, False, options.drain3_reps)
        drain3["masked"] = ask_drain3(python, path, options.lines, True, options.drain3_reps)
    # Once more, and the better of both: Drain3 ran in between.
    for row, again in ask_us(program, path, options.lines, options.reps).items():
        ours[row] = min(ours[row], again, key=lambda run: run["seconds"])
    print(f"\n**{name}**\n")
    print("| | us/line | thousand lines/s | templates | x Drain3 unmasked | x Drain3 masked |")
    print("|---|---|---|---|---|---|")
    rows = {**{f"Drain3 {VERSION} {kind}": run for kind, run in drain3.items()}, **ours}
    for row, run in rows.items():
        if row.endswith("alone"):
            continue
        ratios = [f"{micros(drain3[kind]) / micros(run):.1f}" if kind in drain3 else "" for kind in ("unmasked", "masked")]
        print(f"| {row} | {micros(run):.3f} | {1000 / micros(run):.0f} | {run['templates']} | {' | '.join(ratios)} |")
    print()
    for row, kind, least in BARS:
        if kind in drain3:
            verdict(f"{row}, against Drain3 {kind}", micros(drain3[kind]) / micros(ours[row]), least)
    row, peer, least = CRATE_BAR
    verdict(f"{row}, against {peer}", micros(ours[peer]) / micros(ours[row]), least)


def verdict(what: str, ratio: float, least: float | None) -> None:
    """Says whether a bar was met."""
    if least is None:
        print(f"- {what}: {ratio:.1f}x (the very same work; no bar)")
    else:
        print(f"- {what}: {ratio:.1f}x, asked for {least:.0f}x: {'met' if ratio >= least else 'MISSED'}")


def main() -> int:
    """The program."""
    if sys.argv[1:2] == ["--as-drain3"]:
        path, count, masked = sys.argv[2:5]
        print(json.dumps(mine_with_drain3(path, int(count), masked == "masked")))
        return 0
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=pathlib.Path, metavar="FILE")
    parser.add_argument("--lines", type=int, default=100_000, help="how many lines are taken (default 100000)")
    parser.add_argument("--reps", type=int, default=5, help="repetitions of the Rust programs (default 5, twice)")
    parser.add_argument("--drain3-reps", type=int, default=2, help="repetitions of Drain3 (default 2)")
    parser.add_argument("--no-install", action="store_true", help="do not create or change the environment")
    options = parser.parse_args()

    build = ["cargo", "build", "--quiet", "--release", "-p", "drainrs-bench", "--example", "throughput"]
    subprocess.run(build, cwd=ROOT, check=True)
    target = json.loads(
        subprocess.run(
            ["cargo", "metadata", "--format-version=1", "--no-deps"], cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout
    )["target_directory"]
    program = pathlib.Path(target) / "release" / "examples" / "throughput"

    python = python_with_drain3(not options.no_install)
    if python is None:
        print(f"Drain3 {VERSION} is absent: only the Rust peers are compared.")
    for file in options.files:
        compare(program, python, file, file.stem, options)
    if not options.files:
        for stream in STREAMS:
            path = pathlib.Path(target) / f"corpus-{stream}.log"
            with open(path, "wb") as out:
                subprocess.run([program, "--write", stream, "--lines", str(options.lines)], stdout=out, check=True)
            compare(program, python, path, stream, options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
