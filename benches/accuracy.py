#!/usr/bin/env python3
"""Grouping and template accuracy of the default miner on labelled log sets.

    accuracy.py [--program PATH] [--set NAME ...] LOGHUB

LOGHUB holds one folder per set: SET/SET_2k.log_structured.csv with the columns Content and EventTemplate, as the Loghub
collection lays them out (it is not part of this repository). The program mines the messages (`--format raw`, no other
setting) and writes its logparser files; every line counts with its final template.

    GA   share of lines whose group is exactly right: the same set of lines as in the labels
    FGA  harmonic mean of the share of found groups that are right and the share of right groups that are found
    PA   share of lines whose template text equals the label, named placeholders counted as <*>
    FTA  as FGA, over templates whose lines and text are both right

Definitions: Jiang et al., "A Large-Scale Evaluation for Log Parsing Techniques", ISSTA 2024; Khan et al., ICSE 2022.
"""
import argparse
import csv
import pathlib
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict

csv.field_size_limit(1 << 30)
PLACEHOLDER = re.compile(r"<[:A-Za-z0-9_ *]{1,20}>")


def column(path, name):
    with open(path, newline="", encoding="utf-8") as file:
        return [row[name] for row in csv.DictReader(file)]


def plain(template):
    """Named placeholders as <*>, white space folded."""
    return " ".join(PLACEHOLDER.sub("<*>", template).split())


def harmonic(a, b):
    return 2 * a * b / (a + b) if a + b else 0.0


def score(truth, found):
    """The four measures over two lists of templates, one entry per line."""
    lines = [(t, f) for t, f in zip(truth, found) if t]
    true_sizes, found_sizes, both = Counter(), Counter(), Counter()
    truths_of = defaultdict(set)
    for true, own in lines:
        true_sizes[true] += 1
        found_sizes[own] += 1
        both[true, own] += 1
        truths_of[own].add(true)
    right = [n for (true, own), n in both.items() if n == true_sizes[true] == found_sizes[own]]
    right_text = sum(truths == {own} for own, truths in truths_of.items())
    return {
        "GA": sum(right) / len(lines),
        "FGA": harmonic(len(right) / len(found_sizes), len(right) / len(true_sizes)),
        "PA": sum(true == own for true, own in lines) / len(lines),
        "FTA": harmonic(right_text / len(found_sizes), right_text / len(true_sizes)),
        "found": len(found_sizes),
        "true": len(true_sizes),
    }


def mine(program, messages, name, folder):
    log = folder / f"{name}.log"
    log.write_text("".join(message + "\n" for message in messages), encoding="utf-8", newline="")
    command = [program, "mine", str(log), "--format", "raw", "--output", "logparser", "--out-dir", str(folder)]
    subprocess.run(command, check=True)
    return column(folder / f"{name}.log_structured.csv", "EventTemplate")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("loghub", type=pathlib.Path)
    parser.add_argument("--program", default="target/quick/drainrs")
    parser.add_argument("--set", action="append", help="only this set; may be repeated")
    args = parser.parse_args()
    labels = sorted(args.loghub.glob("*/*_2k.log_structured.csv"))
    labels = [path for path in labels if not args.set or path.parent.name in args.set]
    if not labels:
        sys.exit(f"{args.loghub}: no SET/SET_2k.log_structured.csv in it; the labelled sets are not part of this repository")
    measures = ["GA", "FGA", "PA", "FTA"]
    print(f"{'set':12}" + "".join(f"{m:>8}" for m in measures) + f"{'found':>8}{'true':>8}")
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for path in labels:
            messages = [message.replace("\n", " ") for message in column(path, "Content")]
            found = mine(args.program, messages, path.parent.name, pathlib.Path(folder))
            if len(found) != len(messages):
                sys.exit(f"{path}: {len(messages)} lines went in, {len(found)} came out")
            truth = [" ".join(template.split()) for template in column(path, "EventTemplate")]
            result = score(truth, [plain(template) for template in found])
            results.append(result)
            row = "".join(f"{result[m]:8.4f}" for m in measures)
            print(f"{path.parent.name:12}{row}{result['found']:8}{result['true']:8}")
    mean = "".join(f"{sum(r[m] for r in results) / len(results):8.4f}" for m in measures)
    print(f"{'average':12}{mean}")


if __name__ == "__main__":
    main()
