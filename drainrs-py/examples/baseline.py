"""Learns what is usual from logs that are known to be good, and judges new lines as they come, with lines around.

Replaces a list of patterns to grep for and a threshold that somebody guessed. The distance of a line is that to the
nearest of some centroids of good lines. How far is too far is calibrated on lines that people labelled; precision and
recall are told of lines that came later.

    python baseline.py
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from itertools import chain

import drainrs
from drainrs.shapes import Timestamp

NOW = Timestamp("2026-03-12T20:00:00Z")
GOOD_LINES, LABELLED_UNTIL = 1_054, Timestamp("2026-03-12T19:30:00Z")  # up to a deploy; from there on
CENTROIDS, FALSE_ALARM_RATE, MIN_PRECISION = 24, 0.01, 0.9
BEFORE, AFTER, MAX_HITS = 2, 1, 6  # lines around a hit; hits that are shown
FAULT = re.compile(r'failed after|rolled back|is slow|is failing|" 50\d ')  # stands for what people labelled

Judged = tuple[drainrs.Event, float]


def learned(lines: list[str]) -> tuple[drainrs.Pipeline, drainrs.Centroid, float]:
    """A pipeline that judges by good lines, centroids of every other of them, and a threshold by the rest of them."""
    messages = drainrs.mine(lines, now=NOW, messages=True).events.message
    centroid = drainrs.Centroid(false_alarm_rate=FALSE_ALARM_RATE).fit(messages[::2])
    centroid.condense_texts(clusters=CENTROIDS)
    threshold = centroid.calibrate_texts(messages[1::2])
    return drainrs.learn(lines, now=NOW).into_judge(), centroid, threshold


def judge(pipeline: drainrs.Pipeline, centroid: drainrs.Centroid, lines: list[str]) -> Iterator[Judged]:
    """The events of a stream as they come, with their distances."""
    pushed = (pipeline.push(line, NOW) for line in lines)
    for event in chain(pushed, [pipeline.finish(NOW)]):
        if event is not None:
            yield event, centroid.distances([event.message])[0]


def show(judged: Iterator[Judged], threshold: float) -> Iterator[Judged]:
    """Passes events on, and prints the first of each unusual template with the lines around it."""
    recent: deque[str] = deque(maxlen=BEFORE)
    seen: set[int | None] = set()
    after = 0
    for event, distance in judged:
        text = event.text.splitlines()[0]
        if distance >= threshold and event.template not in seen and len(seen) < MAX_HITS:
            seen.add(event.template)
            print(*(f"        {line}" for line in recent), f"{distance:.2f} -> {text}", sep="\n")
            recent.clear()
            after = AFTER
        elif after:
            print(f"        {text}")
            after -= 1
        else:
            recent.append(text)
        yield event, distance


def worth(scores: list[tuple[float, bool]], threshold: float) -> str:
    found = [is_fault for distance, is_fault in scores if distance >= threshold]
    precision, recall = sum(found) / max(len(found), 1), sum(found) / max(sum(is_fault for _, is_fault in scores), 1)
    return f"{len(found)} of {len(scores)} lines told, precision {precision:.3f}, recall {recall:.3f}"


def main() -> None:
    log = drainrs.sample_log()
    pipeline, centroid, threshold = learned(log[:GOOD_LINES])
    print(f"{centroid.known_texts} centroids; past {threshold:.3f} are {FALSE_ALARM_RATE:.0%} of good lines, at most")
    labelled, later = list[tuple[float, bool]](), list[tuple[float, bool]]()
    for event, distance in show(judge(pipeline, centroid, log[GOOD_LINES:]), threshold):
        is_past = event.at is not None and event.at < LABELLED_UNTIL
        (labelled if is_past else later).append((distance, bool(FAULT.search(event.text))))
    pipeline.finish_detector()
    for alert in pipeline.alerts():
        print(f"alert {alert.at} {alert.priority}, {alert.score.kind}: {alert.score.reason}")
    distances, labels = zip(*labelled)
    found = drainrs.calibrate(list(distances), list(labels), min_precision=MIN_PRECISION)
    chosen = (found.precise or found.best).threshold
    print(f"threshold {chosen:.3f} by labels: {worth(labelled, chosen)}")
    print(f"threshold {chosen:.3f} on what came later: {worth(later, chosen)}")
    print(f"threshold {threshold:.3f} without labels, on the same: {worth(later, threshold)}")


if __name__ == "__main__":
    main()
