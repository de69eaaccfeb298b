"""The values of a template's parameter: as numbers, or as words."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ..frames import EventColumns
from ..shapes import PartText, PartValue, Template
from .axes import _FEW, _GREY, _PLACEHOLDER, _SKY, _inches, _short, _whole_numbers
from .drawn import _Log

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from .axes import Floats, Ints


def _found(log: _Log, wanted: int | str | Template) -> tuple[int, str]:
    """The number and the text of the template that is meant."""
    if isinstance(wanted, str):
        exact = [one for one in log.templates.values() if wanted in (one.text, one.content_id)]
        found = exact or [one for one in log.templates.values() if wanted in one.text]
        if not found:
            raise KeyError(f"no template has the text {wanted!r}")
        if len(found) > 1:
            numbers = ", ".join(str(one.id) for one in found[:8])
            raise ValueError(f"{wanted!r} is in the texts of {len(found):,} templates: {numbers}")
        return found[0].id, found[0].text
    number = wanted.id if isinstance(wanted, Template) else int(wanted)
    if number not in log.templates and not (log.ids == number).any():
        raise KeyError(f"there is no template {number}")
    return number, log.text(number)


def _values(events: EventColumns, rows: Ints, slot: int, places: int | None) -> tuple[list[str], int]:
    """The values at a place, and how many events had other places than the template has now."""
    import numpy

    try:
        pyarrow: Any = import_module("pyarrow")
    except ImportError:
        pyarrow = None
    if pyarrow is not None and len(rows):
        # The texts of the place alone become Python's own: of a million events that is most of the time.
        column = pyarrow.table(events).column("values").take(pyarrow.array(rows)).combine_chunks()
        offsets = column.offsets.to_numpy()
        lengths = numpy.diff(offsets)
        if places is None:
            places = int(numpy.bincount(lengths).argmax())
        wanted = offsets[:-1][(lengths == places) & (slot < lengths)] + slot
        return column.values.take(pyarrow.array(wanted)).to_pylist(), len(rows) - len(wanted)
    lists: list[list[str]]
    if 3 * len(rows) < len(events):
        lists = [events._table.row(at)["values"] for at in rows.tolist()]
    else:
        column = events["values"]
        lists = [column[at] for at in rows.tolist()]
    if places is None and lists:
        places = Counter(map(len, lists)).most_common(1)[0][0]
    values = [one[slot] for one in lists if len(one) == places and slot < len(one)]
    return values, len(lists) - len(values)


@dataclass(frozen=True)
class _Numbers:
    values: Floats
    weights: Ints
    unit: str


_PLAIN = re.compile(r"([-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?|[-+]?\.\d+)\s*([A-Za-zµμ%]*)")
_PIECES = re.compile(r"(\d+(?:\.\d+)?)\s*([a-zµμ]+)\s*")
_COLONS = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{2}(?:\.\d+)?)")
_SECONDS = {
    **dict.fromkeys(("ns", "nanos", "nanoseconds"), 1e-9),
    **dict.fromkeys(("us", "µs", "μs", "micros", "microseconds"), 1e-6),
    **dict.fromkeys(("ms", "msec", "msecs", "millis", "millisecond", "milliseconds"), 1e-3),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600.0),
    **dict.fromkeys(("d", "day", "days"), 86_400.0),
}
_BYTES = {"b": 1.0, "byte": 1.0, "bytes": 1.0}
for _power, _letter in enumerate("kmgtp", start=1):
    _BYTES |= {_letter: 1000.0**_power, f"{_letter}b": 1000.0**_power, f"{_letter}ib": 1024.0**_power}
# Classes whose values are names, also where they look like numbers.
_NAMES = frozenset(
    "IP MAC UUID URL EMAIL TIMESTAMP DATE TIME HEX PATH ID POD TRACE B64 VERSION BOOL NULL HOST".split()
)


def _numbers(tally: Counter[str], class_: str) -> _Numbers | None:
    """The values as numbers with a unit, if nine of ten are some and of one kind; what is none is then left out."""
    import numpy

    if class_ in _NAMES:
        return None
    kinds: dict[str, list[tuple[float, int]]] = {}
    for text, many in tally.items():
        read = _number(text.strip(), class_)
        if read is not None and math.isfinite(read[0]):
            kinds.setdefault(read[1], []).append((read[0], many))
    if not kinds:
        return None
    kind, found = max(kinds.items(), key=lambda item: sum(many for _, many in item[1]))
    if sum(many for _, many in found) < 0.9 * sum(tally.values()):
        return None
    values = numpy.asarray([value for value, _ in found])
    weights = numpy.asarray([many for _, many in found], dtype="int64")
    if kind == "s":
        middle = _median(values, weights)
        scale, kind = next(((scale, name) for scale, name in _SCALES if middle >= scale), (1.0, "s"))
        values = values / scale
    return _Numbers(values, weights, kind)


_SCALES = [(86_400.0, "days"), (3600.0, "h"), (60.0, "min"), (1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")]


def _number(text: str, class_: str) -> tuple[float, str] | None:
    """A value in its basic unit: plain, ``s``, ``bytes``, ``%``."""
    found = _PLAIN.fullmatch(text)
    if found is not None:
        value, unit = float(found[1].replace(",", "")), found[2]
        lower = unit.lower()
        if not unit:
            return value, ""
        if unit == "%":
            return value, "%"
        if class_ != "SIZE" and (unit in _SECONDS or (len(lower) > 1 and lower in _SECONDS)):
            return value * _SECONDS.get(unit, _SECONDS.get(lower, 1.0)), "s"
        if lower in _BYTES and (class_ == "SIZE" or len(lower) > 1 or unit == "B"):
            return value * _BYTES[lower], "bytes"
        return None
    if class_ in ("DURATION", "*", "STR"):
        colons = _COLONS.fullmatch(text)
        if colons is not None and class_ == "DURATION":
            return int(colons[1] or 0) * 3600 + int(colons[2]) * 60 + float(colons[3]), "s"
        pieces = _PIECES.findall(text)
        if pieces and _PIECES.sub("", text) == "" and all(unit in _SECONDS for _, unit in pieces):
            return sum(float(value) * _SECONDS[unit] for value, unit in pieces), "s"
    return None


def _median(values: Floats, weights: Ints) -> float:
    import numpy

    order = numpy.argsort(values)
    heap = numpy.cumsum(weights[order])
    return float(values[order][numpy.searchsorted(heap, heap[-1] / 2)])


def _histogram(ax: Axes, numbers: _Numbers, bins: int, unit: str) -> None:
    import numpy

    values, weights = numbers.values, numbers.weights
    least, most = float(values.min()), float(values.max())
    middle = _median(values, weights)
    whole = bool((values == numpy.round(values)).all())
    if least >= 0 and most > 20 * max(middle, float(values[values > 0].min())):
        low = float(values[values > 0].min())
        edges = numpy.geomspace(low, most, bins + 1)
        edges[0], edges[-1] = low, most
        if least == 0:
            # Zero has no place on a logarithmic axis: from there to the least other value it is linear.
            edges = numpy.concatenate([[0.0], edges])
            ax.set_xscale("symlog", linthresh=low, linscale=0.4)
        else:
            ax.set_xscale("log")
        ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}" if value >= 1 else f"{value:.3g}")
        ax.minorticks_off()
    elif whole and most - least < 2 * bins:
        edges = numpy.arange(least, most + 2) - 0.5
    else:
        edges = numpy.linspace(least, most if most > least else least + 1, bins + 1)
        ax.ticklabel_format(axis="x", style="plain", useOffset=False)
        ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.6g}" if abs(value) < 1e6 else f"{value:.4g}")
    heights, edges = numpy.histogram(values, edges, weights=weights)
    ax.stairs(heights, edges, fill=True, color=_SKY)
    ax.axvline(middle, color="#444444", linewidth=1.0, linestyle="--")
    # The words stand on the side where there is room.
    side = "left" if middle < _halfway(float(edges[0]), float(edges[-1]), ax.get_xscale()) else "right"
    words = f" median {middle:,.4g}{' ' + unit if unit else ''} "
    across = ax.get_xaxis_transform()
    ax.text(middle, 0.98, words, transform=across, fontsize=8, va="top", ha=side, color="#444444")
    ax.set_ylim(0, float(heights.max()) * 1.12)
    ax.set_xlabel(unit or "value", fontsize=8)
    ax.set_ylabel("events", fontsize=8)
    _whole_numbers(ax.yaxis)
    ax.tick_params(labelsize=8)
    ax.spines[["top", "right"]].set_visible(False)


def _halfway(low: float, high: float, scale: str) -> float:
    return (low + high) / 2 if scale == "linear" else math.sqrt(max(low, high / 1e6) * high)


def _bars(ax: Axes, tally: Counter[str]) -> None:
    ranked = sorted(tally.items(), key=lambda item: (-item[1], item[0]))
    rest = ranked[_FEW:] if len(ranked) > _FEW + 1 else []
    shown = ranked[: len(ranked) - len(rest)]
    width, _ = _inches(ax)
    names = [_short(text, int(width * 4.5)) or "(empty)" for text, _ in shown]
    heights = [many for _, many in shown]
    if rest:
        names.append(f"{len(rest):,} others")
        heights.append(sum(many for _, many in rest))
    colours = [_SKY] * len(shown) + [_GREY] * bool(rest)
    ax.barh(range(len(names)), heights, color=colours, height=0.75)
    ax.set_yticks(range(len(names)), names, family="monospace")
    # Two bars do not become as thick as beams.
    ax.set_ylim(max(len(names), 4) - 0.5, -0.5)
    total = sum(tally.values())
    for place, many in enumerate(heights):
        share = f"{many / total:.0%}" if many >= 0.005 * total else "<1%"
        ax.text(many, place, f" {many:,} ({share})", va="center", ha="left", fontsize=7, color="#555555")
    ax.set_xlim(0, max(heights) * 1.18)
    ax.set_xlabel("events", fontsize=8)
    _whole_numbers(ax.xaxis)
    ax.tick_params(labelsize=8)
    ax.tick_params(axis="y", length=0)
    ax.spines[["top", "right"]].set_visible(False)


def _unit_behind(template: Template, slot: int) -> str:
    """The unit that the text behind a place names: ``in <NUM> ms``."""
    seen, parts = -1, template.pattern.parts
    for at, part in enumerate(parts):
        seen += isinstance(part, PartValue)
        if seen == slot:
            behind = next((other for other in parts[at + 1 : at + 3] if isinstance(other, (PartText, PartValue))), None)
            text = behind.text if isinstance(behind, PartText) and isinstance(behind.text, str) else ""
            word = re.match(r"\s*([A-Za-zµμ]+)\b|\s*(%)", text)
            unit = "" if word is None else (word[1] or word[2] or "")
            return unit if unit.lower() in _SECONDS or unit.lower() in _BYTES or unit in ("%", "percent") else ""
    return ""


def _with_slot(template: Template, slot: int, most: int) -> str:
    """The text of a template with one of its places pointed at, cut so that the place is there."""
    found = list(_PLACEHOLDER.finditer(template.text))
    if len(found) != sum(isinstance(part, PartValue) for part in template.pattern.parts):
        return template.text  # A log that has placeholders of its own, or settings that write them in another way.
    start, end = found[slot].span()
    text = f"{template.text[:start]}▸{template.text[start:end]}◂{template.text[end:]}"
    # A third of the room for what is behind the place, if there is as much.
    cut = end + 2 + min(most // 3, len(template.text) - end) - most
    return f"…{text[cut + 1 :]}" if cut > 0 else text
