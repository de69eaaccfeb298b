#!/usr/bin/env python3
"""Writes the states of Drain3 that tests/it/drain3_state.rs goes on from, and what Drain3 itself answers then.

    make_snapshots.py tests/golden/drain3

Needs drain3 0.9.11; the file names say which jsonpickle wrote them (1.5.1 is the one that drain3 asks for, later ones put the
same fields in other places). Each NAME.state.json gets a NAME.answers.json: the settings, the lines that follow, the answers.
"""

import argparse
import importlib.metadata
import json
import os
import random

import jsonpickle
from drain3 import TemplateMiner
from drain3.masking import MaskingInstruction
from drain3.memory_buffer_persistence import MemoryBufferPersistence
from drain3.template_miner_config import TemplateMinerConfig

STRATEGIES = ("never", "fallback", "always")
WORDS = ["login", "user", "ada", "bob", "1", "22", "x=3", "<*>", "to", "\u00e9t\u00e9", '"q"', "py/tuple", "py/id", "json://1", "json://z", "a_b"]
CASES = {
    "plain": {},
    "limited": {"max_clusters": 4, "depth": 5, "max_children": 3, "sim_th": 0.5},
    "masked": {"depth": 3, "masks": [["NUM", r"(?<![\w=])\d+"], ["VALUE", r"(?<==)\d+"]], "extra_delimiters": ["_"]},
}


def lines(r, count):
    return [" ".join(r.choice(WORDS) for _ in range(r.choice([0, 1, 2, 3, 3, 4]))) for _ in range(count)]


def build(case, persistence=None):
    config = TemplateMinerConfig()
    config.snapshot_compress_state = False
    config.drain_sim_th = case.get("sim_th", 0.4)
    config.drain_depth = case.get("depth", 4)
    config.drain_max_children = case.get("max_children", 100)
    config.drain_max_clusters = case.get("max_clusters")
    config.drain_extra_delimiters = case.get("extra_delimiters", [])
    config.masking_instructions = [MaskingInstruction(pattern, name) for name, pattern in case.get("masks", [])]
    return TemplateMiner(persistence, config)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder")
    folder = parser.parse_args().folder
    version = importlib.metadata.version("jsonpickle")
    for name, case in CASES.items():
        r = random.Random(name)
        # Nodes that are called like jsonpickle's own marks it leaves out or cannot read again; drainrs can, and Drain3's
        # answers are no measure for it.
        odd = ("py/tuple", "py/id", "json://z")
        first = [line for line in lines(r, 60) if not any(word in line for word in odd)]
        store = MemoryBufferPersistence()
        trained = build(case)
        for line in first:
            trained.add_log_message(line)
        store.state = jsonpickle.dumps(trained.drain, keys=True).encode()
        restored = build(case, store)
        restored.persistence_handler = None
        rest = lines(r, 60)
        answers = [dict(restored.add_log_message(line)) for line in rest]
        found = [[restored.match(line, strategy) for strategy in STRATEGIES] for line in rest]
        matches = [[cluster and cluster.cluster_id for cluster in row] for row in found]
        document = {"settings": case, "lines": rest, "answers": answers, "matches": matches}
        base = os.path.join(folder, f"{name}-jsonpickle-{version}")
        with open(f"{base}.state.json", "wb") as file:
            file.write(store.state + b"\n")
        with open(f"{base}.answers.json", "w", encoding="utf-8") as file:
            json.dump(document, file, ensure_ascii=False, separators=(",", ":"))
            file.write("\n")


if __name__ == "__main__":
    main()
