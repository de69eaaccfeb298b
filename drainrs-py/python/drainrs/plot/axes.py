"""What all pictures share: colours, units, axes, titles."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Union

from ..frames import EventColumns
from ..reading import Detection, Mined

if TYPE_CHECKING:
    import numpy
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from numpy.typing import NDArray

    Ints = NDArray[numpy.int64]
    Floats = NDArray[numpy.float64]

Source = Union[Mined, Detection, EventColumns]


# Okabe and Ito's palette: "Color Universal Design", 2008.
_BLUE, _SKY, _ORANGE, _VERMILION, _GREY = "#0072B2", "#56B4E9", "#E69F00", "#D55E00", "#8c8c8c"

_SECOND = 1_000_000_000
_DAY = 86_400 * _SECOND
# Widths of bins, in nanoseconds: what clocks and calendars count by.
_CLOCK = [
    *(step * 10**power for power in range(4, 9) for step in (1, 2, 5)),
    *(step * _SECOND for step in (1, 2, 5, 10, 15, 30)),
    *(step * 60 * _SECOND for step in (1, 2, 5, 10, 15, 30)),
    *(step * 3600 * _SECOND for step in (1, 2, 3, 6, 12)),
    *(step * _DAY for step in (1, 2, 7, 14, 28, 56, 112, 364)),
]
_MINUTE, _HOUR = 60 * _SECOND, 3600 * _SECOND
_UNITS = [(_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min"), (_SECOND, "s"), (10**6, "ms"), (10**3, "µs"), (1, "ns")]
# More windows than this are a mistake (a date in 1970, a window of a microsecond), not a picture.
_MOST_WINDOWS = 100_000
# As many windows of the detector are still told apart in a picture.
_MOST_BARS = 400
# The level of an error, in the order of `drainrs.shapes.Level`.
_ERRORS = ("error", "critical", "fatal")
# As many values are bars with their names rather than a histogram.
_FEW = 12

# Placeholders as templates have them unless the settings say otherwise.
_PLACEHOLDER = re.compile(r"<(?:\*|[A-Za-z][A-Za-z0-9_.:-]*)>")
# Line ends, control characters, and characters that hide or turn around what follows.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def _require() -> None:
    """Says what to install where something is missing."""
    try:
        import matplotlib  # noqa: F401
        import numpy  # noqa: F401
    except ImportError as error:
        raise ImportError(f"pictures need {error.name}, which is missing: pip install 'drainrs[plot]'") from error


def _axes(ax: Axes | None, size: tuple[float, float]) -> Axes:
    if ax is not None:
        return ax
    from matplotlib import pyplot

    made: Axes = pyplot.subplots(figsize=size, layout="constrained")[1]
    return made


def _inches(ax: Axes) -> tuple[float, float]:
    """How large axes are, about: what is drawn beside them has not taken its room yet."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    box = ax.get_position()
    width, height = figure.get_size_inches()
    if len(figure.axes) == 1 and figure.get_layout_engine() is not None:
        return 0.92 * float(width), float(box.height * height)
    return float(box.width * width), float(box.height * height)


def _nothing(ax: Axes, why: str) -> Axes:
    ax.text(0.5, 0.5, why, transform=ax.transAxes, ha="center", va="center", color="#555555")
    ax.set_xticks([])
    ax.set_yticks([])
    return ax


def _titled(ax: Axes, title: str, with_legend: bool) -> None:
    """The title, and below it, above the axes, a legend that covers nothing."""
    handles, names = ax.get_legend_handles_labels()
    if not with_legend or not handles:
        ax.set_title(title, loc="left", fontsize=10, pad=6)
        return
    # As many beside each other as there is room for: the longest name in each column, and what it stands for.
    columns = max(1, min(len(handles), int(_inches(ax)[0] / (0.4 + 0.062 * max(map(len, names))))))
    lines = -(-len(handles) // columns)
    ax.set_title(title, loc="left", fontsize=10, pad=8 + 14 * lines)
    legend = ax.legend(
        loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=columns, frameon=False, fontsize=8,
        borderaxespad=0.2, handlelength=1.4, columnspacing=1.4, borderpad=0.2, labelspacing=0.3,
    )  # fmt: skip
    # The title makes room for it. A layout that made some as well would shrink the axes to the width of the legend.
    legend.set_in_layout(False)


def _whole_numbers(axis: Axis) -> None:
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(nbins=6, integer=True, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(lambda value, _: f"{value:,.0f}")


def _positive(bins: int) -> int:
    if bins < 1:
        raise ValueError("bins: at least one is needed")
    return bins


def _short(text: str, most: int) -> str:
    """A text of a log for a picture: not longer than that, in one line, and no mathematics."""
    text = _UNSEEN.sub("·", text)
    if len(text) > most:
        text = f"{text[: max(most - 1, 1)]}…"
    return text.replace("$", r"\$")
