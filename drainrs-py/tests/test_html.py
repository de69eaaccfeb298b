"""What notebooks show: escaped, bounded, well-formed, and without anything that runs."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from drainrs import html, shapes
from drainrs.shapes import Timestamp

HOSTILE = "<script>alert('x')</script> \"><img src=x onerror=alert(1)> &amp; \u202egnp.exe \x1b[31m"
NOON = Timestamp(1_709_208_000_000_000_000)

# Elements that nothing is written between.
VOID = {"br"}
ALLOWED = {
    "b", "br", "details", "div", "path", "pre", "span", "summary", "svg", "table", "tbody", "td", "th", "thead", "tr",
}  # fmt: skip
ATTRIBUTES = {"style", "width", "height", "viewbox", "role", "d", "fill", "fill-opacity"}


class Reader(HTMLParser):
    """Reads what was made, and refuses what must not be in it."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED, tag
        for name, value in attrs:
            assert name in ATTRIBUTES, name
            assert value is not None and "url(" not in value and "background" not in value, value
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)


def read(made: str) -> Reader:
    """What is shown; fails if it is not well-formed or holds something foreign."""
    reader = Reader()
    reader.feed(made)
    reader.close()
    assert reader.open == []
    assert "http" not in made and "javascript:" not in made
    assert "\u202e" not in made and "\x1b" not in made
    return reader


def words(made: str) -> str:
    return re.sub(r"\s+", " ", " ".join(read(made).text))


def template(number: int = 1, text: str = "took <NUM> ms", example: str = "took 3 ms") -> shapes.Template:
    return shapes.Template(
        id=number,
        content_id=f"{number:016x}",
        text=text,
        pattern=shapes.Pattern((shapes.PartText("took"), shapes.PartGap(True), shapes.PartValue("NUM"))),
        count=12_345,
        first_seen=NOON,
        last_seen=None,
        level="error",
        pinned=False,
        examples=(example,),
    )


def score(text: str = "often") -> shapes.Score:
    return shapes.Score(
        scorer="frequency",
        kind=text if text == HOSTILE else "new_template",
        at=NOON,
        window=shapes.Window(NOON, NOON),
        service=1,
        template=7,
        slot=None,
        session=text,
        severity=0.75,
        surprise=15.0,
        observed=90.0,
        expected=3.456789,
        low=0.0,
        high=9.0,
        direction="up",
        level="error",
        unverified=True,
        reason=text,
        evidence=(shapes.Evidence(text, 11.5),),
        sample=f"{text} sample",
    )


def alert(text: str = "often") -> shapes.Alert:
    return shapes.Alert(
        id=1,
        status="opened",
        priority="high",
        route=text,
        at=NOON,
        first_at=Timestamp(0),
        service=text,
        template=f"{text} <*>",
        score=score(text),
        others=(score(text),),
        grouped=2,
        suppressed=1_000,
        samples=(text,),
    )


def report(text: str = "plain", templates: int = 2) -> dict[str, Any]:
    one = {
        "id": 1,
        "content_id": "0f",
        "template": f"{text} <NUM>",
        "count": 12_345,
        "share": 0.123,
        "level": "error",
        "levels": {"error": 12_345},
        "services": [text],
        "first_seen": text,
        "last_seen": None,
        "first_line": 1,
        "last_line": 2,
        "new_error": True,
        "series": [0.0, 1.0, 4.0, 0.5],
        "example": text,
    }
    return {
        "version": 1,
        "input": {"names": [text], "lines": 50_000, "events": 49_000, "first_seen": text, "last_seen": text},
        "compression": {"templates": 40, "lines_per_template": 1.0, "template_bytes": 1, "ratio": 1.0},
        "series": [1, 2, 3],
        "new_errors": [1],
        "anomalies": [
            {
                "id": 1,
                "status": "opened",
                "priority": "high",
                "at": text,
                "kind": text,
                "reason": text,
                "service": text,
                "template": None,
                "samples": [text],
                "unverified": True,
            }
        ],
        "together": [
            {
                "window": [text, text],
                "templates": 3,
                "services": [text],
                "candidates": [{"service": text, "score": 1.0, "reasons": [text], "followers": [text]}],
            }
        ],
        "templates": [{**one, "new_error": at == 0} for at in range(templates)],
        "omitted": {"templates": 7, "events": 8_000},
    }


def task(text: str = "plain") -> dict[str, Any]:
    return {
        "id": text,
        "kind": "explain_anomaly",
        "schema_version": 1,
        "round": 0,
        "system": f"system {text}",
        "instruction": f"instruction {text}",
        "data": f"data {text}",
        "schema": {"title": text},
        "evidence": [{"id": "e1", "text": text, "own": 0, "template": None, "line": 1}],
        "input_bytes": 3_000,
        "input_tokens": 1_200,
        "max_output_tokens": 400,
        "cut": [text],
        "redacted": {text: 2},
        "suspicious": [text],
        "key": "0f",
        "value": 0.5,
        "per_day": 2.0,
        "created_at": int(NOON),
        "expires_at": int(NOON),
    }


def standing(text: str) -> shapes.Standing:
    return shapes.Standing(text, 1, "warn", 2, 3, text)


HOSTS = {
    "templates": lambda text: html.template_table([template(text=text, example=text)]),
    "alerts": lambda text: html.alert_table([alert(text)]),
    "alert": lambda text: html.alert(alert(text)),
    "report": lambda text: html.report(report(text)),
    "task": lambda text: html.task(task(text)),
    "shape of a template": lambda text: html.shape(template(text=text, example=text)),
    "shape of an alert": lambda text: html.shape(alert(text)),
    "comparison": lambda text: html.shape(
        shapes.Comparison(
            events_before=1,
            events_after=2,
            common=3,
            new=(standing(text),),
            gone=(),
            rises=(shapes.RateShift(standing(text), 1.0, 2.0, 3.0),),
            drops=(),
            values=(shapes.ValueShift(standing(text), 1, (1.0, 2.0), (1.0, 2.0), 2.0),),
        )
    ),
    "rows": lambda text: html.rows([text, "values"], [{text: text, "values": [text, None]}], 7),
    "labels": lambda text: html.shape(shapes.IndexRow(text, "0f", text, labels={text: text}, examples=(text,))),
    "answer": lambda text: html.shape(shapes.Accepted({text: [{text: text}]}, (), None, False)),
    "feedback": lambda text: html.shape(
        shapes.Feedback(NOON, "root_cause", text, text, [text, {text: text}], "up", text, text)
    ),
}


@pytest.mark.parametrize("name", HOSTS)
def test_log_text_never_becomes_markup(name: str) -> None:
    made = HOSTS[name](HOSTILE)
    shown = read(made)
    assert "<script" not in made and "<img" not in made
    assert "onerror" in "".join(shown.text), "it is shown, as text"
    read(HOSTS[name]("</td></pre></details><style>*{display:none}</style><!-- <svg onload=x>"))


@pytest.mark.parametrize("name", HOSTS)
def test_a_line_of_any_length_is_cut(name: str) -> None:
    assert len(HOSTS[name]("<&" * 2_000_000)) < 2_000_000


def test_templates_are_a_table_with_marked_placeholders() -> None:
    made = html.template_table([template(text="took <NUM> of <*> from <IP>")])
    assert made.count("<span style=\"color:#3b82c4\">&lt;") == 3
    shown = words(made)
    for part in ("count level template first seen last seen example", "12,345", "error", "2024-02-29 12:00:00"):
        assert part in shown
    assert "and" not in shown
    assert read(html.template_table([])).tags.count("tr") == 1


def test_long_tables_say_what_they_leave_out() -> None:
    made = html.template_table([template(number) for number in range(1, 1_251)])
    assert read(made).tags.count("tr") == 51
    assert "and 1,200 more" in words(made)
    assert "and 10 more" in words(html.alert_table([alert()] * 60))
    assert read(html.report(report(templates=60))).tags.count("svg") == 1 + 1 + 50


def test_rows_of_a_frame_tell_how_many_there_are() -> None:
    row = {"template": 1_234, "count": 1_234, "at": NOON, "text": "took <NUM>", "values": ["3", None], "new": True}
    rows = [row] * 50
    shown = words(html.rows(list(rows[0]), rows, 1_050))
    assert "template count at text values new 1234 1,234 2024-02-29T12:00:00Z took <NUM> 3 yes" in shown
    assert shown.endswith("and 1,000 more")
    assert "more" not in html.rows(["a"], [{"a": None}], 1)
    assert "more" not in html.rows(["a"], [{"a": None}])


def test_an_alert_says_why_and_compared_with_what() -> None:
    shown = words(html.alert(alert()))
    for part in ("often (unverified)", "new template (frequency)", "90", "3.457 (usual: 0 to 9)", "often = 11.5",
                 "0.75 (surprise 15.0)", "often sample", "1,000", "1970-01-01T00:00:00Z"):  # fmt: skip
        assert part in shown, part
    assert "resolved" in words(html.alert_table([shapes.Alert.from_dict({**alert().to_dict(), "status": "resolved"})]))


def test_a_report_has_all_parts() -> None:
    made = html.report(report())
    shown = words(made)
    for part in ("50,000 lines, 49,000 events, 40 templates", "New errors", "Anomalies", "Moved together", "Templates",
                 "12.3 %", "7 more templates with 8,000 events", "plain (unverified)"):  # fmt: skip
        assert part in shown, part
    assert made.count("<svg") == 4


@pytest.mark.parametrize("document", [{}, {"input": None, "templates": None}, {"templates": [1], "series": ["x"]}])
def test_a_report_that_lacks_parts_is_shown_as_far_as_it_goes(document: dict[str, Any]) -> None:
    assert "0 lines" in words(html.report(document))


def test_series_of_odd_numbers_are_drawn() -> None:
    odd = {"series": [float("nan"), float("inf"), -1.0, 0.0, 5, True, "x"]}
    read(html.report({**report(), **odd}))
    assert "<svg" not in html.report({"series": [0, 0]})


def test_a_task_is_folded() -> None:
    shown = read(html.task(task()))
    assert shown.tags.count("details") == 3
    text = words(html.task(task()))
    for part in ("explain anomaly", "at most 1,200 tokens", "at most 400 tokens", "system plain", "instruction plain",
                 "data plain", '"title": "plain"'):  # fmt: skip
        assert part in text, part
    assert read(html.task({})).tags.count("details") == 0


def test_results_show_themselves() -> None:
    assert template()._repr_html_() == html.template_table([template()])
    assert alert()._repr_html_() == html.alert(alert())
    assert shapes.Task.from_dict(task())._repr_html_() == html.task(task())
    counters = shapes.PipelineCounters(1_000_000, 2, 3, 4, 5)
    assert "1,000,000" in words(counters._repr_html_())
    digest = shapes.Digest("line\n" * 500, 7, shapes.Coverage(1, 1, 1, 1, "warn", 0, 0, 0))
    assert "greatest_level_left_out warn" in words(digest._repr_html_())
    assert digest._repr_html_().count("line") == 500
    plan = shapes.Plan((shapes.Task.from_dict(task()),), {"root_cause": 2})
    assert "root_cause 2" in words(plan._repr_html_())
    incident = shapes.Incident(id="1", title="out of disk", at=NOON, templates=(shapes.IncidentTemplate("0f"),))
    assert "out of disk" in words(incident._repr_html_())
    deviation = shapes.DeviationStep(before=None, after=3)
    judgement = shapes.SequenceJudgement(True, None, 5.0, 0.5, 0.0, True, 3, (deviation, deviation))
    assert "before after" in words(judgement._repr_html_())
