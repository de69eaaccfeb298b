#!/usr/bin/env python3
"""Runs Drain3 itself beside drainrs and compares them line by line.

    differential.py --program target/release/drainrs --configs 200 --seed 1      random configurations and logs
    differential.py --program target/release/drainrs --logs FOLDER file.log      the usual configurations over given logs

Needs drain3 0.9.11 (`make test` installs it into .venv). Every run writes a drain3.ini and a log, trains both sides on the
log line by line, then matches every line with each of the three strategies. With --states Drain3 alone learns the first half
and saves its state; both go on from it with the second half. The first difference ends the program with status 1, after it
was shown and its files were kept.
"""

import argparse
import importlib.metadata
import json
import os
import random
import re
import subprocess
import sys
import tempfile

import pools

WANTED = "0.9.11"
STRATEGIES = ("never", "fallback", "always")
BASE = {
    "sim_th": 0.4, "depth": 4, "max_children": 100, "max_clusters": None, "extra_delimiters": [],
    "parametrize_numeric_tokens": True, "masks": [], "mask_prefix": "<", "mask_suffix": ">",
}


def variant(**changes):
    return {**BASE, **changes}


def usual_configs():
    """What users have: each setting by itself, and some together."""
    stock = pools.STOCK_MASKS
    configs = {"default": BASE, "words": variant(parametrize_numeric_tokens=False)}
    configs |= {f"sim {s}": variant(sim_th=s) for s in (0.0, 0.3, 0.5, 0.7, 1.0)}
    configs |= {f"depth {d}": variant(depth=d) for d in (3, 5, 6, 10)}
    configs |= {f"children {c}": variant(max_children=c) for c in (1, 2, 10)}
    configs |= {f"clusters {c}": variant(max_clusters=c) for c in (1, 5, 50, 500)}
    configs |= {"underscore": variant(extra_delimiters=["_"]), "punctuation": variant(extra_delimiters=["=", ":", ",", "("])}
    configs |= {"long delimiters": variant(extra_delimiters=["=", " - ", "::", "_"])}
    configs |= {"stock masks": variant(masks=stock), "marks": variant(masks=stock, mask_prefix="<:", mask_suffix=":>")}
    configs |= {"bare marks": variant(masks=stock, mask_prefix="", mask_suffix="")}
    configs["sample"] = variant(
        masks=stock, mask_prefix="<:", mask_suffix=":>", max_clusters=1024, extra_delimiters=["_"]
    )
    configs["words and look-around"] = variant(
        masks=[(r"\b\d+\b", "NUM"), (r"(?<![\w.])[a-f0-9]{4,}(?!\w)", "HEX"), (r"(?<=port )\S+(?=\s|$)", "PORT")]
    )
    configs["narrow"] = variant(
        sim_th=0.5, depth=5, max_children=10, max_clusters=50, parametrize_numeric_tokens=False,
        extra_delimiters=["="], masks=stock,
    )
    configs["tiny"] = variant(sim_th=0.7, depth=6, max_children=2, max_clusters=5, extra_delimiters=["_", ":"])
    configs["shallow"] = variant(sim_th=0.3, depth=3, max_children=10, max_clusters=500, masks=stock)
    return configs


def write_ini(path, config):
    masks = [{"regex_pattern": pattern, "mask_with": name} for pattern, name in config["masks"]]
    # A JSON list over several lines, as users write it; percent signs are doubled for configparser.
    masking = "[\n" + ",\n".join("    " + json.dumps(mask) for mask in masks) + "\n    ]"
    clusters = "" if config["max_clusters"] is None else f"max_clusters = {config['max_clusters']}\n"
    text = (
        f"[SNAPSHOT]\nsnapshot_interval_minutes = 10\n\n[MASKING]\nmasking = {masking}\n"
        f"mask_prefix = {config['mask_prefix']}\nmask_suffix = {config['mask_suffix']}\n\n"
        f"[DRAIN]\n# written by a test\nsim_th = {config['sim_th']!r}\ndepth = {config['depth']}\n"
        f"max_children = {config['max_children']}\n{clusters}"
        f"extra_delimiters = {ascii(config['extra_delimiters'])}\n"
        f"parametrize_numeric_tokens = {config['parametrize_numeric_tokens']}\n"
    )
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace("%", "%%"))


def lines_of(data):
    """The lines of a log as the program sees them in Drain3 mode: only the newline is taken away."""
    lines = data.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    return lines


def new_drain3(ini, persistence=None):
    from drain3 import TemplateMiner
    from drain3.template_miner_config import TemplateMinerConfig

    config = TemplateMinerConfig()
    config.load(ini)
    config.snapshot_compress_state = False
    return TemplateMiner(persistence, config)


def save_state(ini, lines):
    """The state of a Drain3 that learned the lines; None if it fails, or cannot read back what it wrote itself."""
    from drain3.memory_buffer_persistence import MemoryBufferPersistence

    store = MemoryBufferPersistence()
    miner = new_drain3(ini)
    miner.persistence_handler = store
    try:
        for line in lines:
            miner.drain.add_log_message(miner.masker.mask(line.decode("utf-8", "replace")))
        miner.save_state("half")
        restored = new_drain3(ini, store)
    except Exception:  # noqa: BLE001
        return None
    # jsonpickle leaves out nodes whose token is a mark of its own; then Drain3 is no measure.
    lost = {id for length in range(200) for id in miner.drain.get_clusters_ids_for_seq_len(length)}
    lost -= {id for length in range(200) for id in restored.drain.get_clusters_ids_for_seq_len(length)}
    return None if lost else store.state


def run_drain3(ini, lines, state=None):
    """What Drain3 answers, one object per output line of the program; the last may be the error it raised."""
    from drain3.memory_buffer_persistence import MemoryBufferPersistence

    store = MemoryBufferPersistence()
    store.state = state
    miner = new_drain3(ini, store)
    miner.persistence_handler = None
    answers = []
    try:
        texts = [line.decode("utf-8", "replace") for line in lines]
        answers += [dict(miner.add_log_message(text)) for text in texts]
        for text in texts:
            found = [miner.match(text, strategy) for strategy in STRATEGIES]
            answers.append({"match": [cluster and cluster.cluster_id for cluster in found]})
    except Exception as error:  # noqa: BLE001: whatever it raises, the lines before it still count
        answers.append(error)
    return answers


def run_program(program, ini, log, state=None):
    command = [program, "mine", log, "--format", "raw", "--drain3", "--config", ini, "--output", "jsonl", "--match"]
    command += ["--drain3-state", state] if state else []
    done = subprocess.run(command, capture_output=True, timeout=600, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\nended with {done.returncode}: {done.stderr.decode(errors='replace')}")
    return [json.loads(line) for line in done.stdout.decode().split("\n") if line]


def first_difference(theirs, ours):
    """The first place where the answers differ, or None."""
    for at, their in enumerate(theirs):
        if isinstance(their, Exception):
            return None
        if at >= len(ours) or ours[at] != their:
            return at
    return len(theirs) if len(ours) > len(theirs) else None


def compare(program, name, config, data, folder, states=False):
    """One run. Gives the number of lines compared and whether Drain3 failed on the way; leaves on a difference."""
    ini, log, saved = (os.path.join(folder, name) for name in ("drain3.ini", "input.log", "state.json"))
    write_ini(ini, config)
    lines, state = lines_of(data), None
    if states:
        half = len(lines) // 2
        state = save_state(ini, lines[:half])
        if state is None:
            return 0, True
        lines = lines[half:]
        data = b"".join(line + b"\n" for line in lines)
        with open(saved, "wb") as file:
            file.write(state)
    with open(log, "wb") as file:
        file.write(data)
    theirs = run_drain3(ini, lines, state)
    ours = run_program(program, ini, log, saved if states else None)
    at = first_difference(theirs, ours)
    if at is not None:
        keep = tempfile.mkdtemp(prefix="drain3-difference-")
        for path in (ini, log, saved)[: 3 if states else 2]:
            os.rename(path, os.path.join(keep, os.path.basename(path)))
        line = lines[at % len(lines)] if lines else b""
        print(f"DIFFERENCE in {name}, {'matching' if at >= len(lines) else 'learning'} line {at % max(len(lines), 1) + 1}")
        print(f"  config  {json.dumps(config)}\n  line    {line!r}")
        print(f"  Drain3  {json.dumps(theirs[at]) if at < len(theirs) else 'nothing'}")
        print(f"  drainrs {json.dumps(ours[at]) if at < len(ours) else 'nothing'}\n  files   {keep}")
        sys.exit(1)
    failed = any(isinstance(their, Exception) for their in theirs)
    return len(theirs) - failed, failed


def compiles(config):
    try:
        return all(re.compile(pattern) for pattern, _ in config["masks"])
    except re.error:
        return False


def random_runs(count, seed, most_lines):
    for number in range(count):
        r = random.Random(f"{seed}/{number}")
        config = pools.config(r)
        while not compiles(config):
            config = pools.config(r)
        lines = [pools.line(r) for _ in range(r.choice([5, 50, most_lines]))]
        end = r.choice([b"\n", b"\n", b"\r\n"])
        yield f"random configuration {seed}/{number}", config, end.join(lines) + r.choice([b"", end])


def log_runs(paths):
    logs = []
    for path in paths:
        if os.path.isdir(path):
            found = [os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names]
            logs += sorted(name for name in found if name.endswith(".log"))
        else:
            logs.append(path)
    if not logs:
        sys.exit("no logs found")
    for log in logs:
        with open(log, "rb") as file:
            data = file.read()
        for name, config in usual_configs().items():
            yield f"{log}, {name}", config, data


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--program", required=True, help="the drainrs program")
    parser.add_argument("--configs", type=int, default=100, help="how many random configurations")
    parser.add_argument("--seed", default="1", help="of the random configurations and lines")
    parser.add_argument("--lines", type=int, default=300, help="lines of the longer random logs")
    parser.add_argument("--states", action="store_true", help="go on from a state that Drain3 saved half way")
    parser.add_argument("--logs", nargs="+", metavar="PATH", help="logs, or folders of *.log, instead of random ones")
    options = parser.parse_args()
    try:
        version = importlib.metadata.version("drain3")
    except importlib.metadata.PackageNotFoundError:
        version = "no"
    if version != WANTED:
        sys.exit(f"drain3 {WANTED} is needed, found {version}: pip install drain3=={WANTED}")
    runs = log_runs(options.logs) if options.logs else random_runs(options.configs, options.seed, options.lines)
    count = compared = failures = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, config, data in runs:
            lines, failed = compare(options.program, name, config, data, folder, options.states)
            count, compared, failures = count + 1, compared + lines, failures + failed
    raised = f" (Drain3 raised an error in {failures} runs; they were compared up to it)" if failures else ""
    print(f"{count} runs, {compared} answers, 0 differences{raised}")


if __name__ == "__main__":
    main()
