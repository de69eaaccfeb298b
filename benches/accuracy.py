#!/usr/bin/env python3
"""Grouping and template accuracy of the default miner on labelled log sets.

    accuracy.py [--program PATH] [--set NAME ...] [--drain3 | --sweep] LOGHUB
    accuracy.py [--program PATH] --stream LOG LABELS

LOGHUB holds one folder per set: SET/SET_2k.log_structured.csv with the columns Content and EventTemplate, as the Loghub
collection lays them out (it is not part of this repository). The program mines the messages (`--format raw`, no other
setting) and writes its logparser files; every line counts with its final template.

    GA   share of lines whose group is exactly right: the same set of lines as in the labels
    FGA  harmonic mean of the share of found groups that are right and the share of right groups that are found
    PA   share of lines whose template text equals the label, named placeholders counted as <*>
    FTA  as FGA, over templates whose lines and text are both right

Definitions: Jiang et al., "A Large-Scale Evaluation for Log Parsing Techniques", ISSTA 2024; Khan et al., ICSE 2022.

--drain3 scores the program's Drain3 mode instead, which gives the results of Drain3 with its own defaults.

--sweep tries other constants than the default ones. For every set it then chooses the constants that are best on all the
*other* sets and reports what they give on the one left out: what a user may expect whose logs nobody tuned for.

--stream takes a log of any length and a file with one label per line, and reports GA and FGA and how many groups were
found: templates must not multiply with lines.
"""
import argparse
import csv
import itertools
import pathlib
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict

csv.field_size_limit(1 << 30)
PLACEHOLDER = re.compile(r"<[:A-Za-z0-9_ *]{1,20}>")
MEASURES = ["GA", "FGA", "PA", "FTA"]
DISTINCT_VALUES = [3, 4, 5, 6, 8]
SIMILARITY = [0.4, 0.5, 0.6, 0.7]


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


def mine(program, log, folder, settings=None):
    command = [program, "mine", str(log), "--format", "raw", "--output", "logparser", "--out-dir", str(folder)]
    if settings == "drain3":
        command.append("--drain3")
    elif settings:
        config = folder / "config.toml"
        config.write_text("[mine]\n" + "".join(f"{key} = {value}\n" for key, value in settings.items()))
        command += ["--config", str(config)]
    subprocess.run(command, check=True)
    return column(folder / f"{log.name}_structured.csv", "EventTemplate")


def labelled_sets(loghub, names):
    """For each set its name, its messages, its labels."""
    paths = sorted(loghub.glob("*/*_2k.log_structured.csv"))
    paths = [path for path in paths if not names or path.parent.name in names]
    if not paths:
        sys.exit(f"{loghub}: no SET/SET_2k.log_structured.csv in it; the labelled sets are not part of this repository")
    for path in paths:
        messages = [message.replace("\n", " ") for message in column(path, "Content")]
        yield path.parent.name, messages, [" ".join(template.split()) for template in column(path, "EventTemplate")]


def score_set(program, name, messages, truth, folder, settings=None):
    log = folder / f"{name}.log"
    log.write_text("".join(message + "\n" for message in messages), encoding="utf-8", newline="")
    found = mine(program, log, folder, settings)
    if len(found) != len(messages):
        sys.exit(f"{name}: {len(messages)} lines went in, {len(found)} came out")
    return score(truth, [plain(template) for template in found])


def mean(results):
    return {measure: sum(result[measure] for result in results) / len(results) for measure in MEASURES}


def row(name, result):
    counts = f"{result['found']:8}{result['true']:8}" if "found" in result else ""
    print(f"{name:24}" + "".join(f"{result[m]:8.4f}" for m in MEASURES) + counts)


def sweep(program, sets, folder):
    grid = [
        {"distinct_values": values, "similarity_threshold": similarity}
        for values, similarity in itertools.product(DISTINCT_VALUES, SIMILARITY)
    ]
    table = []
    print("over all sets")
    for settings in grid:
        table.append([score_set(program, *one, folder, settings) for one in sets])
        row(f"  {settings['distinct_values']} words, {settings['similarity_threshold']}", mean(table[-1]))
    print("each set with the constants that are best on the others (sum of GA and FGA)")
    left_out = []
    for at, (name, _, _) in enumerate(sets):
        others = [mean([r for place, r in enumerate(results) if place != at]) for results in table]
        best = max(range(len(grid)), key=lambda place: others[place]["GA"] + others[place]["FGA"])
        left_out.append(table[best][at])
        settings = grid[best]
        row(f"  {name} ({settings['distinct_values']}, {settings['similarity_threshold']})", table[best][at])
    row("average, left out", mean(left_out))


def stream(program, log, labels, folder):
    truth = labels.read_text(encoding="utf-8").splitlines()
    found = mine(program, log, folder)
    if len(truth) != len(found):
        sys.exit(f"{labels}: {len(truth)} labels for {len(found)} lines")
    result = score(truth, found)
    print(f"GA {result['GA']:.4f}  FGA {result['FGA']:.4f}  groups {result['found']}, true {result['true']}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("loghub", type=pathlib.Path, nargs="?")
    parser.add_argument("--program", default="target/quick/drainrs")
    parser.add_argument("--set", action="append", help="only this set; may be repeated")
    parser.add_argument("--drain3", action="store_true", help="Drain3's rule and defaults, to compare")
    parser.add_argument("--sweep", action="store_true", help="other constants, and each set left out in turn")
    parser.add_argument("--stream", type=pathlib.Path, nargs=2, metavar=("LOG", "LABELS"))
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if args.stream:
            return stream(args.program, *args.stream, folder)
        if not args.loghub:
            parser.error("LOGHUB or --stream is needed")
        sets = list(labelled_sets(args.loghub, args.set))
        if args.sweep:
            return sweep(args.program, sets, folder)
        print(f"{'set':24}" + "".join(f"{m:>8}" for m in MEASURES) + f"{'found':>8}{'true':>8}")
        results = []
        for one in sets:
            results.append(score_set(args.program, *one, folder, "drain3" if args.drain3 else None))
            row(one[0], results[-1])
        row("average", mean(results))


if __name__ == "__main__":
    main()
