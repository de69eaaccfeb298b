"""How results look in a notebook: small tables, readable on light and dark ground, without scripts.

Whatever comes from a log is escaped: log text is hostile.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .shapes import Alert, Score, Shape, Template

# Rows of a table, and characters of a text, that are shown.
MAX_ROWS = 50
_MAX_TEXT = 2_000
# How deep the parts of a result are shown as tables of their own.
_MAX_DEPTH = 4

# Colours that stand out from white and from black.
_BLUE, _RED, _ORANGE, _GREEN, _GREY = "#3b82c4", "#d64545", "#c07a1c", "#3d9a50", "#888"
_INKS = {
    "fatal": _RED,
    "critical": _RED,
    "error": _RED,
    "high": _RED,
    "warn": _ORANGE,
    "medium": _ORANGE,
    "resolved": _GREEN,
    "debug": _GREY,
    "trace": _GREY,
    "unknown": _GREY,
    "low": _GREY,
}
# Placeholders as templates have them unless the settings say otherwise.
_PLACEHOLDER = re.compile(r"<(?:\*|[A-Za-z][A-Za-z0-9_.:-]*)>")
# Characters that turn text around, or that nobody sees.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")

_TABLE = '<table style="border-collapse:collapse;font-size:90%">'
_PAD = "padding:2px 8px"
_NUMBER = f"text-align:right;{_PAD};vertical-align:top;white-space:nowrap;font-variant-numeric:tabular-nums"
_WORD = f"text-align:left;{_PAD};vertical-align:top;white-space:nowrap"
_TEXT = f"text-align:left;{_PAD};vertical-align:top;white-space:pre-wrap;overflow-wrap:anywhere"
_CODE = f"{_TEXT};font-family:monospace"

# Fields whose numbers are names.
_NAMED = ("id", "template", "template_id", "service")

_ALERT_COLUMNS = [
    ("at", _WORD),
    ("priority", _WORD),
    ("kind", _WORD),
    ("reason", _TEXT),
    ("service", _WORD),
    ("template", _CODE),
]


def template_table(templates: Iterable[Template]) -> str:
    """Templates as a table, in the order in which they are given; at most 50 rows."""
    return _listed(
        [("count", _NUMBER), ("level", _WORD), ("template", _CODE), ("first seen", _WORD), ("last seen", _WORD),
         ("example", _CODE)],
        [
            lambda one: _count(one.count),
            lambda one: _inked(one.level),
            lambda one: _marked(one.text),
            lambda one: _when(one.first_seen),
            lambda one: _when(one.last_seen),
            lambda one: _safe(one.examples[0]) if one.examples else "",
        ],
        list(templates),
    )  # fmt: skip


def alert_table(alerts: Iterable[Alert]) -> str:
    """Alerts as a table, in the order in which they are given; at most 50 rows."""
    return _listed(
        _ALERT_COLUMNS,
        [
            lambda one: _when(one.at),
            lambda one: _inked("resolved" if one.status == "resolved" else one.priority),
            lambda one: _safe(one.score.kind.replace("_", " ")),
            lambda one: _safe(_reason(one.score)),
            lambda one: _optional(one.service),
            lambda one: _marked(_subject(one)),
        ],
        list(alerts),
    )


def alert(one: Alert) -> str:
    """An alert: why, compared with what, the numbers that speak for it, and lines to look at."""
    score = one.score
    head = f"{_inked(one.priority)} {_inked(one.status)} <b>{_safe(_reason(score))}</b>"
    rows = [
        ("at", _safe(str(one.at))),
        ("since", _safe(str(one.first_at)) if one.first_at != one.at else ""),
        ("kind", _safe(f"{score.kind.replace('_', ' ')} ({score.scorer})")),
        ("service", _optional(one.service)),
        ("template", _marked(one.template or "")),
        ("session", _optional(score.session)),
        ("observed", _number(score.observed)),
        ("expected", f"{_number(score.expected)} (usual: {_number(score.low)} to {_number(score.high)})"),
        ("severity", f"{score.severity:.2f} (surprise {score.surprise:.1f})"),
        ("evidence", ", ".join(f"{_safe(item.name)} = {_number(item.value)}" for item in score.evidence)),
        ("with it", "<br>".join(_safe(_reason(other)) for other in one.others[:MAX_ROWS])),
        ("grouped", _count(one.grouped) if one.grouped else ""),
        ("suppressed", _count(one.suppressed) if one.suppressed else ""),
    ]
    samples = list(one.samples)
    if score.sample is not None and score.sample not in samples:
        samples.append(score.sample)
    if samples:
        rows.append(("sample", "<br>".join(_code(sample) for sample in samples[:MAX_ROWS])))
    return f"<div><div>{head}</div>{_pairs(rows)}</div>"


def report(document: Mapping[str, Any]) -> str:
    """The document of ``drainrs report --json``: what was read, new errors, anomalies, and the templates over time."""
    read, compression = _part(document, "input"), _part(document, "compression")
    names = ", ".join(str(name) for name in _list(read, "names")) or "log"
    total, events, lines = (compression.get("templates", 0), read.get("events", 0), read.get("lines", 0))
    sentence = f"{_count(lines)} lines, {_count(events)} events, {_count(total)} templates"
    first, last = read.get("first_seen"), read.get("last_seen")
    if first is not None and last is not None:
        sentence += f", {_safe(str(first))} to {_safe(str(last))}"
    parts = [f"<div><b>{_safe(names)}</b>: {sentence} {_sparkline(_list(document, 'series'), 240)}</div>"]

    templates = [one for one in _list(document, "templates") if isinstance(one, Mapping)]
    news = [one for one in templates if one.get("new_error")]
    if news:
        parts += [_heading("New errors"), _report_table(news)]
    anomalies = [one for one in _list(document, "anomalies") if isinstance(one, Mapping)]
    if anomalies:
        parts += [_heading("Anomalies"), _anomaly_table(anomalies)]
    together = [one for one in _list(document, "together") if isinstance(one, Mapping)]
    if together:
        parts += [_heading("Moved together"), _together_table(together)]
    omitted = _part(document, "omitted")
    parts += [_heading("Templates"), _report_table(templates)]
    if omitted.get("templates"):
        left = f"{_count(omitted['templates'])} more templates with {_count(omitted.get('events', 0))} events"
        parts.append(f'<div style="color:{_GREY}">{left}</div>')
    return f"<div>{''.join(parts)}</div>"


def task(document: Mapping[str, Any]) -> str:
    """What a model is asked: the kind, its size, and, folded, the messages and the schema of the answer."""
    rows = [
        ("id", _safe(str(document.get("id", "")))),
        ("input", f"at most {_count(document.get('input_tokens', 0))} tokens"),
        ("answer", f"at most {_count(document.get('max_output_tokens', 0))} tokens"),
        ("redacted", ", ".join(f"{_safe(str(rule))}: {_count(n)}" for rule, n in _part(document, "redacted").items())),
        ("suspicious", _safe(", ".join(str(one) for one in _list(document, "suspicious")))),
        ("left out", "<br>".join(_safe(str(one)) for one in _list(document, "cut"))),
    ]
    user = "\n\n".join(str(document[part]) for part in ("instruction", "data", "user") if document.get(part))
    schema = document.get("schema")
    folded = [("system", str(document.get("system") or "")), ("user", user)]
    if schema is not None:
        folded.append(("schema", json.dumps(schema, indent=2, ensure_ascii=False, default=str)))
    kind = str(document.get("kind", "task")).replace("_", " ")
    texts = "".join(_details(name, text) for name, text in folded if text)
    return f"<div><b>{_safe(kind)}</b>{_pairs(rows)}{texts}</div>"


def rows(names: Sequence[str], rows: Sequence[Mapping[str, Any]], total: int | None = None) -> str:
    """Rows of a frame under the names of its columns; at most 50, and how many there are besides."""

    def style(name: str) -> str:
        if name in ("text", "template_text", "message", "example", "values"):
            return _CODE
        first = next((row[name] for row in rows if row.get(name) is not None), None)
        return _NUMBER if isinstance(first, (int, float)) and not isinstance(first, bool) else _TEXT

    cells = [_keyed(name) for name in names]
    return _listed([(name, style(name)) for name in names], cells, rows, total)


def shape(obj: Shape) -> str:
    """Any result: its fields and what they are, in two columns."""
    return _shape(obj, 0)


# --- Pieces ---------------------------------------------------------------------------------------------------------


def _safe(text: str, most: int = _MAX_TEXT) -> str:
    """Text of a log: escaped, without characters that hide or turn around what follows, and not endless."""
    if len(text) > most:
        text = f"{text[:most]}…"
    return escape(_UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text), quote=True)


def _marked(template: str, most: int = _MAX_TEXT) -> str:
    """The text of a template with its placeholders in colour."""
    if len(template) > most:
        template = f"{template[:most]}…"
    pieces, at = [], 0
    for found in _PLACEHOLDER.finditer(template):
        pieces.append(_safe(template[at : found.start()], most))
        pieces.append(f'<span style="color:{_BLUE}">{_safe(found[0])}</span>')
        at = found.end()
    pieces.append(_safe(template[at:], most + 1))
    return "".join(pieces)


def _inked(name: str) -> str:
    ink = _INKS.get(name)
    return _safe(name) if ink is None else f'<span style="color:{ink}">{_safe(name)}</span>'


def _code(text: str) -> str:
    return f'<span style="font-family:monospace;white-space:pre-wrap;overflow-wrap:anywhere">{_safe(text)}</span>'


def _optional(value: object) -> str:
    return "" if value is None else _safe(str(value))


def _when(value: object) -> str:
    """A time to the second, without what says that it is UTC; a list has no room for more."""
    return "" if value is None else _safe(str(value)[:19].replace("T", " "))


def _count(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return _number(value)


def _number(value: object) -> str:
    if isinstance(value, float):
        if abs(value) < 1e15 and value == int(value):
            return f"{int(value):,}"
        return f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else _safe(str(value))


def _reason(score: Score) -> str:
    return f"{score.reason} (unverified)" if score.unverified else score.reason


def _subject(one: Alert) -> str:
    if one.template is not None:
        return one.template
    return one.samples[0] if one.samples else one.score.sample or ""


def _heading(text: str) -> str:
    return f'<div style="margin-top:0.6em"><b>{_safe(text)}</b></div>'


def _details(name: str, text: str) -> str:
    body = f'<pre style="white-space:pre-wrap;overflow-wrap:anywhere">{_safe(text, 100_000)}</pre>'
    return f"<details><summary>{_safe(name)}</summary>{body}</details>"


def _cell(content: str, style: str) -> str:
    return f'<td style="{style}">{content}</td>'


def _pairs(rows: Iterable[tuple[str, str]]) -> str:
    """Two columns: names, and content that is safe already; names without content are left out."""
    body = "".join(
        f'<tr><th style="{_WORD}">{_safe(name)}</th>{_cell(content, _TEXT)}</tr>' for name, content in rows if content
    )
    return f"{_TABLE}<tbody>{body}</tbody></table>"


def _listed(
    columns: Sequence[tuple[str, str]], cells: Sequence[Any], items: Sequence[Any], total: int | None = None
) -> str:
    """A table: columns with their styles, what makes the safe content of each, and the things that are the rows, all of
    them or the first of ``total``."""
    head = "".join(f'<th style="{style.partition(";")[0]};{_PAD}">{_safe(name)}</th>' for name, style in columns)
    body = "".join(
        f"<tr>{''.join(_cell(make(item), style) for make, (_, style) in zip(cells, columns, strict=True))}</tr>"
        for item in items[:MAX_ROWS]
    )
    table = f"{_TABLE}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    left = (len(items) if total is None else total) - min(len(items), MAX_ROWS)
    return f'{table}<div style="color:{_GREY}">and {left:,} more</div>' if left > 0 else table


def _report_table(templates: Sequence[Mapping[str, Any]]) -> str:
    return _listed(
        [("count", _NUMBER), ("share", _NUMBER), ("over time", _WORD), ("level", _WORD), ("template", _CODE),
         ("first seen", _WORD), ("last seen", _WORD), ("example", _CODE)],
        [
            lambda one: _count(one.get("count", 0)),
            lambda one: _share(one.get("share")),
            lambda one: _sparkline(_list(one, "series"), 120),
            lambda one: _inked(str(one.get("level", ""))),
            lambda one: _marked(str(one.get("template", ""))),
            lambda one: _when(one.get("first_seen")),
            lambda one: _when(one.get("last_seen")),
            lambda one: _optional(one.get("example")),
        ],
        templates,
    )  # fmt: skip


def _anomaly_table(anomalies: Sequence[Mapping[str, Any]]) -> str:
    def reason(one: Mapping[str, Any]) -> str:
        text = str(one.get("reason", ""))
        return _safe(f"{text} (unverified)" if one.get("unverified") else text)

    def subject(one: Mapping[str, Any]) -> str:
        samples = _list(one, "samples")
        return _marked(str(one.get("template") or (samples[0] if samples else "")))

    return _listed(
        _ALERT_COLUMNS,
        [
            lambda one: _when(one.get("at")),
            lambda one: _inked("resolved" if one.get("status") == "resolved" else str(one.get("priority", ""))),
            lambda one: _safe(str(one.get("kind", "")).replace("_", " ")),
            reason,
            lambda one: _optional(one.get("service")),
            subject,
        ],
        anomalies,
    )


def _together_table(together: Sequence[Mapping[str, Any]]) -> str:
    def candidates(one: Mapping[str, Any]) -> str:
        found = [item for item in _list(one, "candidates") if isinstance(item, Mapping)]
        return "<br>".join(
            f"<b>{_safe(str(item.get('service', '')))}</b> {_safe('; '.join(map(str, _list(item, 'reasons'))))}"
            for item in found[:MAX_ROWS]
        )

    return _listed(
        [("window", _WORD), ("templates", _NUMBER), ("services", _TEXT), ("look first at", _TEXT)],
        [
            lambda one: _safe(" to ".join(str(end) for end in _list(one, "window"))),
            lambda one: _count(one.get("templates", 0)),
            lambda one: _safe(", ".join(str(service) for service in _list(one, "services"))),
            candidates,
        ],
        together,
    )


def _share(value: object) -> str:
    return f"{value * 100:.1f} %" if isinstance(value, (int, float)) else ""


def _part(document: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = document.get(key)
    return value if isinstance(value, Mapping) else {}


def _list(document: Mapping[str, Any], key: str) -> Sequence[Any]:
    value = document.get(key)
    return value if isinstance(value, (list, tuple)) else ()


def _sparkline(series: Sequence[Any], width: int, height: int = 16) -> str:
    """Bars of a series as a small picture; they take the colour of the text around it."""
    numbers = [float(one) if isinstance(one, (int, float)) else 0.0 for one in series][:500]
    numbers = [one if 0.0 < one < float("inf") else 0.0 for one in numbers]
    greatest = max(numbers, default=0.0)
    if greatest <= 0.0:
        return ""
    step = width / len(numbers)
    path = []
    for at, number in enumerate(numbers):
        if number > 0.0:
            # What is there is seen, however small.
            tall = max(1.0, number / greatest * height)
            path.append(f"M{at * step:.1f} {height}v-{tall:.1f}h{max(step * 0.85, 0.5):.1f}v{tall:.1f}z")
    return (
        f'<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
        f'style="vertical-align:middle"><path d="{"".join(path)}" fill="currentColor" fill-opacity="0.7"/></svg>'
    )


def _shape(obj: Shape, depth: int) -> str:
    slots: Sequence[str] = getattr(type(obj), "__match_args__", ()) or tuple(getattr(obj, "__dataclass_fields__", ()))
    rows = [(name.rstrip("_"), _value(name, getattr(obj, name), depth)) for name in slots]
    name = f"<b>{_safe(type(obj).__name__)}</b>"
    return f"<div>{name}{_pairs(rows)}</div>"


def _value(name: str, value: Any, depth: int) -> str:
    """A value of a field, safe to show."""
    from .shapes import Shape, Timestamp

    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Timestamp):
        return _safe(str(value))
    if isinstance(value, (int, float)):
        # Numbers that are names are not grouped by thousands.
        return str(value) if name in _NAMED else _number(value)
    if isinstance(value, str):
        # What a result is all about is shown at length: the text of a digest.
        return _inked(value) if value in _INKS else _marked(value, 10 * _MAX_TEXT if depth == 0 else _MAX_TEXT)
    if isinstance(value, Shape):
        return _shape(value, depth + 1) if depth < _MAX_DEPTH else _safe(repr(value))
    if isinstance(value, (tuple, list)):
        return _values(name, value, depth)
    if isinstance(value, Mapping):
        pairs = list(value.items())
        shown = _pairs((str(key), _value(str(key), one, depth + 1)) for key, one in pairs[:MAX_ROWS])
        return f"{shown}{_more(len(pairs))}" if depth < _MAX_DEPTH else _safe(repr(value))
    return _safe(repr(value))


def _values(name: str, values: Sequence[Any], depth: int) -> str:
    from .shapes import Alert, Shape, Template

    if not values:
        return ""
    if depth >= _MAX_DEPTH:
        return _safe(repr(values))
    first = values[0]
    if isinstance(first, Template):
        return template_table(values)
    if isinstance(first, Alert):
        return alert_table(values)
    fields = getattr(type(first), "__match_args__", ())
    if isinstance(first, Shape) and fields and all(type(one) is type(first) for one in values):
        style = [(_NUMBER if isinstance(getattr(first, field), (int, float)) else _TEXT) for field in fields]
        columns = [(field.rstrip("_"), how) for field, how in zip(fields, style, strict=True)]
        cells = [_reader(field, depth + 1) for field in fields]
        return _listed(columns, cells, values)
    shown = "<br>".join(_value(name, one, depth + 1) for one in values[:MAX_ROWS])
    return f"{shown}{_more(len(values))}"


def _reader(field: str, depth: int) -> Any:
    return lambda one: _value(field, getattr(one, field), depth)


def _keyed(name: str) -> Any:
    return lambda row: _value(name, row.get(name), 1)


def _more(number: int) -> str:
    return f'<div style="color:{_GREY}">and {number - MAX_ROWS:,} more</div>' if number > MAX_ROWS else ""
