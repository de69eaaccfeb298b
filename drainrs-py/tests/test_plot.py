"""Pictures show what is there: the numbers behind them, not their pixels."""

from __future__ import annotations

import builtins
import random
import sys
import warnings
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")

import numpy as np  # noqa: E402
from matplotlib import dates, pyplot  # noqa: E402
from matplotlib.axes import Axes  # noqa: E402

import drainrs  # noqa: E402
from drainrs import plot  # noqa: E402
from drainrs.plot import values as plotted  # noqa: E402
from drainrs.shapes import Timestamp  # noqa: E402

START = int(Timestamp("2026-03-12T10:00:00Z"))
MINUTE = 60_000_000_000
NO_TIMES = ["alpha beta 1", "alpha beta 2", "gamma delta epsilon", "alpha beta 3"]
HOSTILE = [
    "2026-03-12T10:00:00Z ERROR price $\\frac{1 and $x^{2 is $\\notacommand",
    "2026-03-12T10:00:01Z INFO \x1b[31m\u202egnp.exe <script>alert(1)</script> $ % _ ^ \\",
    "2026-03-12T10:00:02Z INFO " + "very" * 5_000,
]


@pytest.fixture(autouse=True)
def strict() -> Iterator[None]:
    """A picture that matplotlib warns of is not finished; nothing may be shown, and no figure stays open."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", ResourceWarning)  # sockets of the kernel that ran the tutorial
        yield
    pyplot.close("all")


@pytest.fixture(scope="module")
def sample() -> drainrs.Detection:
    return drainrs.detect(drainrs.sample_log(), messages=True, parameters=True)


def drawn(ax: Axes) -> Axes:
    """Lays everything out and draws it, so that whatever cannot be drawn fails here."""
    assert isinstance(ax, Axes)
    ax.figure.canvas.draw()
    return ax


def steps(ax: Axes, label: str) -> tuple[Any, Any]:
    """The heights and the edges of the bars with a label."""
    for patch in ax.patches:
        if patch.get_label() == label or label == "":
            data = patch.get_data()
            return np.asarray(data.values), np.asarray(data.edges)
    raise AssertionError(f"no bars are called {label!r}")


def points(ax: Axes, label: str) -> Any:
    return np.concatenate([one.get_offsets() for one in ax.collections if one.get_label() == label])


def heat(ax: Axes) -> Any:
    [mesh] = [one for one in ax.collections if type(one).__name__ == "QuadMesh"]
    return np.ma.filled(mesh.get_array(), 0)


def stamp(minute: float) -> str:
    return str(Timestamp(START + round(minute * MINUTE)))


def burst(minutes: int = 60, at: int = 40, many: int = 200, usual: int = 10) -> list[str]:
    """About so many requests a minute, and in one minute very many."""
    chance = random.Random(1)
    log = []
    for minute in range(minutes):
        size = many if minute == at else usual + chance.randrange(-2, 3)
        log += [f"{stamp(minute + (n + 0.5) / size)} INFO served request {n} in {n % 7} ms" for n in range(size)]
        log.append(f"{stamp(minute + 0.999)} DEBUG tick")
    return log


# --- timeline -------------------------------------------------------------------------------------------------------


def test_a_timeline_holds_every_event(sample: drainrs.Detection) -> None:
    ax = drawn(plot.timeline(sample, top=5))
    shown = heat(ax)
    ranked = sample.templates.by_count()
    assert shown.shape[0] == 6 and shown.shape[1] <= 60
    assert shown.sum() == len(sample.events)
    assert shown.sum(axis=1).tolist() == [*(one.count for one in ranked[:5]), sum(one.count for one in ranked[5:])]
    assert ax.get_yticklabels()[5].get_text() == "22 other templates"


def test_the_bins_of_a_timeline_are_round_and_right(sample: drainrs.Detection) -> None:
    ax = plot.timeline(sample, top=3, bins=60)
    edges = dates.date2num(np.arange("2026-03-12T18:00", "2026-03-12T20:01", 2, dtype="datetime64[m]"))
    assert np.allclose(ax.get_xlim(), (edges[0], edges[-1]))
    first = max(sample.templates, key=lambda one: one.count).id
    own = dates.date2num(sample.events.at[sample.events.template == first])
    assert heat(ax)[0].tolist() == np.histogram(own, edges)[0].tolist()
    assert [one.get_ylabel() for one in ax.figure.axes] == ["", "events per 2 min"]


def test_alerts_stand_in_the_rows_that_they_are_about(sample: drainrs.Detection) -> None:
    ax = drawn(plot.timeline(sample, top=100))
    rows = [label.get_text() for label in ax.get_yticklabels()]
    urgent = points(ax, "alert")
    told = [score for alert in sample.alerts if alert.priority != "low" for score in (alert.score, *alert.others)]
    assert len(urgent) == len(told) > 0
    ranked = [one.id for one in sample.templates.by_count()]
    assert sorted(urgent[:, 1].astype(int).tolist()) == sorted(ranked.index(score.template) for score in told)
    assert len(rows) == len(ranked) == len(set(ranked))
    assert len(points(ax, "alert, low")) == sum(alert.priority == "low" for alert in sample.alerts)


def test_a_report_makes_a_timeline() -> None:
    report = drainrs.report()
    ax = drawn(plot.timeline(report, top=4))
    assert heat(ax).shape == (5, 60)
    assert heat(ax).sum() == pytest.approx(report.data["input"]["events"])
    assert len(points(ax, "alert")) == sum(one["priority"] != "low" for one in report.anomalies)


def test_without_times_there_are_lines() -> None:
    mined = drainrs.mine(NO_TIMES)
    ax = drawn(plot.timeline(mined))
    assert heat(ax).tolist() == [[1, 1, 0, 1], [0, 0, 1, 0]]
    assert (ax.get_xlabel(), ax.get_xlim()) == ("line", (1.0, 5.0))
    ax = drawn(plot.counts(mined, "alpha", window=2))
    assert steps(ax, "events")[0].tolist() == [2, 1]
    assert "".join(label.get_text() for label in ax.get_xticklabels())
    ax = drawn(plot.novelty(drainrs.detect(NO_TIMES)))
    assert steps(ax, "new per line")[0].tolist() == [1, 0, 1, 0]


def test_an_event_without_a_time_stands_where_the_one_before_stands() -> None:
    lines = ["some text", f"{stamp(0)} INFO alpha", f"{stamp(9)} INFO alpha", "other text", f"{stamp(9)} INFO alpha"]
    mined = drainrs.mine(lines, join={"mode": "off"})
    assert mined.events.nulls("at") == 2
    heights, _ = steps(plot.counts(mined, window=60), "events")
    assert heights.tolist() == [2, 0, 0, 0, 0, 0, 0, 0, 0, 3]


# --- counts ---------------------------------------------------------------------------------------------------------


def test_bars_are_as_high_as_there_are_events(sample: drainrs.Detection) -> None:
    for template in (None, sample.templates.by_count()[4]):
        ax = drawn(plot.counts(sample, template))
        heights, edges = steps(ax, "events")
        at = sample.events.at if template is None else sample.events.at[sample.events.template == template.id]
        assert len(heights) == len(sample.metrics) == 120
        assert heights.tolist() == np.histogram(dates.date2num(at), edges)[0].tolist()
        if template is None:
            assert heights.tolist() == [one.events for one in sample.metrics]


def test_a_burst_is_flagged_and_nothing_else() -> None:
    log = burst()
    for source in (drainrs.mine(log), drainrs.detect(log)):
        ax = drawn(plot.counts(source, "served", window=timedelta(minutes=1)))
        heights, _ = steps(ax, "events")
        unusual, _ = steps(ax, "unusual")
        assert len(heights) == 60 and heights[40] == 200
        assert ax.get_title(loc="left") == "served request <NUM> in <NUM> ms"
        assert np.flatnonzero(unusual).tolist() == [40] and unusual[40] == 200
    # What was told of the same minute is marked at its middle.
    told = points(ax, "alert")
    middle = dates.date2num(np.datetime64(START + round(40.5 * MINUTE), "ns"))
    assert np.isclose(told[:, 0], middle).any()


def test_a_silence_is_flagged_where_nothing_is() -> None:
    log = [line for line in burst(60, at=-1, usual=30) if "tick" in line or not "10:44" <= line[11:16] < "10:48"]
    ax = drawn(plot.counts(drainrs.mine(log), "served", window=60))
    crosses = [one for one in ax.collections if one.get_label().startswith("_child") and len(one.get_offsets()) == 4]
    assert [point[1] for point in crosses[0].get_offsets()] == [0, 0, 0, 0]


def test_the_band_is_that_of_the_model() -> None:
    log = burst()
    ax = plot.counts(drainrs.mine(log), "served", window=60)
    heights, edges = steps(ax, "events")
    model = drainrs.FrequencyModel()
    said = []
    for minute, count in enumerate(heights.astype(int).tolist()):
        start = START + minute * MINUTE
        said.append(model.learn(drainrs.Window(Timestamp(start), Timestamp(start + MINUTE)), count))
    [expected] = [line for line in ax.lines if line.get_label() == "expected"]
    # Nothing is drawn before the model has seen enough.
    assert np.allclose(expected.get_xdata(), edges[24:])
    assert np.allclose(np.asarray(expected.get_ydata())[:-1], [one.expected for one in said[24:]])
    low, high = ([getattr(one, name) for one in said[24:]] for name in ("low", "high"))
    lines = [np.asarray(line.get_ydata())[:-1] for line in ax.lines if line is not expected]
    assert np.allclose(lines, [low, high])


def test_what_is_cut_off_by_the_log_is_not_too_low() -> None:
    log = [line for line in burst(60, at=-1) if line[11:19] < "10:59:02"]
    ax = plot.counts(drainrs.mine(log), window=60)
    with pytest.raises(AssertionError):
        steps(ax, "unusual")


def test_windows_that_make_no_picture_are_refused() -> None:
    mined = drainrs.mine([f"{stamp(0)} INFO a b", f"{stamp(9_000)} INFO a b"])
    with pytest.raises(ValueError, match="too many"):
        plot.counts(mined, window=0.001)
    with pytest.raises(ValueError, match="least that can be drawn"):
        plot.counts(mined, window=0)
    for draw in (plot.counts, plot.timeline, plot.novelty):
        with pytest.raises(ValueError, match="bins"):
            draw(mined, bins=0)
    assert pyplot.get_fignums() == []


# --- parameters -----------------------------------------------------------------------------------------------------


def test_few_values_are_bars(sample: drainrs.Detection) -> None:
    ax = drawn(plot.parameters(sample, "charged ord-<NUM> via gw-eu-<NUM> in <NUM> ms", 1))
    rows = [event["values"][1] for event in sample.events if event["template"] == 2]
    widths = {label.get_text(): bar.get_width() for label, bar in zip(ax.get_yticklabels(), ax.patches, strict=True)}
    assert widths == {value: rows.count(value) for value in set(rows)}
    assert ax.get_title(loc="left") == "charged ord-<NUM> via gw-eu-▸<NUM>◂ in <NUM> ms"


def test_many_numbers_are_a_histogram_with_the_unit_behind_them(sample: drainrs.Detection) -> None:
    ax = drawn(plot.parameters(sample, 2, 2))
    heights, edges = steps(ax, "")
    values = [float(event["values"][2]) for event in sample.events if event["template"] == 2]
    assert heights.tolist() == np.histogram(values, edges)[0].tolist() and heights.sum() == len(values)
    assert (ax.get_xlabel(), ax.get_xscale()) == ("ms", "linear")


@pytest.mark.parametrize("missing", [False, True])
def test_units_are_read_and_wide_ranges_are_logarithmic(missing: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if missing:
        monkeypatch.setitem(sys.modules, "pyarrow", None)
    chance = random.Random(2)
    spans = [chance.lognormvariate(0, 2) for _ in range(500)]
    texts = [f"{span * 1000:.3f}ms" if n % 2 else f"{span:.6f}s" for n, span in enumerate(spans)]
    lines = [f"{stamp(n)} INFO took {text} ok" for n, text in enumerate(texts)]
    mined = drainrs.mine(lines, parameters=True)
    assert len(mined.templates) == 1
    ax = drawn(plot.parameters(mined, 1))
    heights, edges = steps(ax, "")
    assert ax.get_xscale() == "log"
    scale = {"ms": 1e-3, "s": 1.0}[ax.get_xlabel()]
    assert heights.sum() == 500
    assert np.allclose([edges[0] * scale, edges[-1] * scale], [min(spans), max(spans)], rtol=1e-2)


@pytest.mark.parametrize(
    ("text", "class_", "read"),
    [
        ("12", "NUM", (12.0, "")),
        ("-1.5e3", "NUM", (-1500.0, "")),
        ("1,234,567", "NUM", (1_234_567.0, "")),
        ("12.5%", "PCT", (12.5, "%")),
        ("250ms", "DURATION", (0.25, "s")),
        ("1m30s", "DURATION", (90.0, "s")),
        ("01:02:03.5", "DURATION", (3723.5, "s")),
        ("10KB", "SIZE", (10_000.0, "bytes")),
        ("10 KiB", "SIZE", (10_240.0, "bytes")),
        ("3M", "SIZE", (3e6, "bytes")),
        ("5m", "DURATION", (300.0, "s")),
        ("c1aa", "*", None),
        ("12 apples", "*", None),
        ("", "*", None),
    ],
)
def test_a_value_as_a_number(text: str, class_: str, read: tuple[float, str] | None) -> None:
    assert plotted._number(text, class_) == (None if read is None else (pytest.approx(read[0]), read[1]))


def test_zero_has_a_place_on_a_wide_axis() -> None:
    lines = [f"{stamp(n)} INFO sent {0 if n % 3 else 2 ** (n % 25)} bytes" for n in range(300)]
    ax = drawn(plot.parameters(drainrs.mine(lines, parameters=True), 1))
    heights, edges = steps(ax, "")
    assert ax.get_xscale() == "symlog" and edges[0] == 0
    assert heights[0] == 200 and heights.sum() == 300


def test_names_are_bars_with_a_rest() -> None:
    names = [f"user{n}x" for n in range(40)]
    lines = [f"{stamp(n)} INFO login of {name} done" for n, name in enumerate(names + ["eve"] * 9)]
    mined = drainrs.mine(lines, parameters=True)
    [template] = mined.templates
    ax = drawn(plot.parameters(mined, template))
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels[0] == "eve" and ax.patches[0].get_width() == 9
    assert labels[-1].endswith(" others") and len(labels) == 13
    note = ax.texts[-1].get_text()
    values = sum(bar.get_width() for bar in ax.patches)
    # The first line was a template of its own without a place.
    assert f"{values:.0f} values" in note and values + int("left out" in note) == len(lines)


def test_values_are_needed(sample: drainrs.Detection) -> None:
    with pytest.raises(ValueError, match="parameters=True"):
        plot.parameters(drainrs.mine(drainrs.sample_log()), 1)
    with pytest.raises(ValueError, match="3 places"):
        plot.parameters(sample, 2, 3)
    with pytest.raises(ValueError, match="slot -1"):
        plot.parameters(sample, 2, -1)
    mined = drainrs.mine([f"{stamp(0)} INFO nothing varies"], parameters=True)
    with pytest.raises(ValueError, match="no place for a value"):
        plot.parameters(mined, 1)
    assert pyplot.get_fignums() == []


# --- novelty --------------------------------------------------------------------------------------------------------


def test_news_are_counted_and_errors_marked(sample: drainrs.Detection) -> None:
    ax = drawn(plot.novelty(sample))
    heights, edges = steps(ax, "new per 2 min")
    ids, first = np.unique(sample.events.template, return_index=True)
    births = np.asarray([sample.events.at[sample.events.template == one].min() for one in ids])
    assert heights.sum() == len(ids)
    assert heights.tolist() == np.histogram(dates.date2num(births), edges)[0].tolist()
    [line] = [one for one in ax.lines if one.get_label() == "known until then"]
    assert np.asarray(line.get_ydata())[-1] == len(ids)
    assert (np.diff(np.asarray(line.get_ydata())) >= 0).all()
    errors = points(ax, "first error of its kind")
    assert len(errors) == 5
    new = drainrs.report().new_errors
    times = {float(dates.date2num(np.datetime64(one["first_seen"].rstrip("Z"), "ns"))) for one in new}
    assert times <= set(errors[:, 0].tolist())
    assert "rolled back" in ax.texts[0].get_text()


# --- everything -----------------------------------------------------------------------------------------------------


def test_an_empty_log_has_empty_pictures() -> None:
    for source in (drainrs.mine([]), drainrs.detect([], parameters=True)):
        for draw in (plot.timeline, plot.counts, plot.novelty):
            ax = drawn(draw(source))
            assert [text.get_text() for text in ax.texts] == ["no events"]
    assert drawn(plot.timeline(drainrs.report([]))).texts[0].get_text() == "no events"
    with pytest.raises(KeyError, match="no template 1"):
        plot.counts(drainrs.mine([]), 1)


@pytest.mark.parametrize("line", ["alone in the world", "2026-03-12T10:00:00Z ERROR alone 7 in the world"])
def test_one_event_is_a_picture(line: str) -> None:
    found = drainrs.detect([line], parameters=True)
    assert heat(drawn(plot.timeline(found))).tolist() == [[1]]
    assert steps(drawn(plot.counts(found)), "events")[0].tolist() == [1]
    assert np.asarray(drawn(plot.novelty(found)).lines[0].get_ydata())[-1] == 1
    if "7" in line:
        assert drawn(plot.parameters(found, 1)).patches[0].get_width() == 1
    drawn(plot.timeline(drainrs.report([line])))


def test_a_template_that_is_not_there(sample: drainrs.Detection) -> None:
    for draw in (plot.counts, plot.parameters):
        with pytest.raises(KeyError, match="no template 999"):
            draw(sample, 999)
        with pytest.raises(KeyError, match="no template has the text 'nobody'"):
            draw(sample, "nobody")
        with pytest.raises(ValueError, match="templates: "):
            draw(sample, "<NUM>")
    for draw in (plot.timeline, plot.counts, plot.novelty):
        with pytest.raises(TypeError, match="not list"):
            draw([1, 2])
    with pytest.raises(TypeError, match="not Report"):
        plot.counts(drainrs.report())


def test_hostile_texts_are_texts() -> None:
    found = drainrs.detect(HOSTILE * 3, parameters=True, messages=True)
    for draw in (plot.timeline, plot.novelty):
        ax = drawn(draw(found))
        texts = [one.get_text() for one in (*ax.get_yticklabels(), *ax.texts)]
        assert any("\\$" in text for text in texts)
        assert not any("\x1b" in text or "\u202e" in text or len(text) > 600 for text in texts)
    for template in found.templates:
        assert drawn(plot.counts(found, template.id))
    lines = [f"{stamp(n)} INFO cost is {value} now" for n, value in enumerate(["$x^{", "\\frac$", "$", "$$"] * 3)]
    mined = drainrs.mine(lines, parameters=True)
    for template in mined.templates:
        if "<" in template.text:
            drawn(plot.parameters(mined, template))
    drawn(plot.timeline(drainrs.report(HOSTILE)))


def test_columns_alone_are_enough(sample: drainrs.Detection) -> None:
    ax = drawn(plot.timeline(sample.events, top=3))
    assert ax.get_yticklabels()[0].get_text() == "template 9"
    assert steps(plot.counts(sample.events, 2, window=60), "events")[0].sum() == 168
    assert plot.parameters(sample.events, 2, 1).patches
    drawn(plot.novelty(sample.events))


def test_axes_that_are_given_are_drawn_into(sample: drainrs.Detection) -> None:
    figure, axes = pyplot.subplots(2, 2, figsize=(9, 6), layout="constrained")
    drawing = [
        plot.timeline(sample, ax=axes[0, 0]),
        plot.counts(sample, 2, ax=axes[0, 1]),
        plot.novelty(sample, ax=axes[1, 0]),
        plot.parameters(sample, 2, 2, ax=axes[1, 1]),
    ]
    assert all(one is other for one, other in zip(drawing, axes.flat, strict=True))
    assert pyplot.get_fignums() == [figure.number]
    figure.canvas.draw()
    boxes = [label.get_window_extent() for label in axes[0, 1].get_xticklabels() if label.get_text()]
    assert all(left.x1 < right.x0 for left, right in zip(boxes, boxes[1:], strict=False))


def test_without_matplotlib_it_says_what_to_install(sample: drainrs.Detection, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.partition(".")[0] == "matplotlib":
            raise ImportError("No module named 'matplotlib'", name="matplotlib")
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    for draw in (plot.timeline, plot.counts, plot.novelty):
        with pytest.raises(ImportError, match=r"matplotlib.*pip install 'drainrs\[plot\]'"):
            draw(sample)
