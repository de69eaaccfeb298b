"""Results in columns, and lists of results that show themselves.

A frame is looked at where it lies: NumPy arrays, polars, pyarrow and DuckDB share its memory (``numpy.asarray(frame.template)``,
``polars.DataFrame(frame)``, ``pyarrow.table(frame)``), nothing is copied. Columns are read-only.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from . import html

if TYPE_CHECKING:
    import numpy
    import pandas
    import polars
    import pyarrow

    from . import _native
    from .shapes import Alert, Template

__all__ = ["Alerts", "Columns", "EventColumns", "Frame", "Templates"]

_T = TypeVar("_T")


# Columns that are there only if they were asked for, and the keyword that asks.
_ON_REQUEST = {"message": "messages", "values": "parameters", "classes": "parameters"}


class Frame:
    """Columns of the same length: ``frame["template"]`` or ``frame.template``.

    Numbers, times and truth values are NumPy arrays (a list where NumPy is not installed), words and texts are lists of ``str``
    with ``None`` where a value is missing; a missing number is 0, a missing time ``NaT``. Costs nothing until a column is asked
    for.
    """

    __slots__ = ("_table",)

    def __init__(self, table: _native.Table) -> None:
        self._table = table

    @property
    def names(self) -> list[str]:
        """The names of the columns, in order."""
        return self._table.names

    def __len__(self) -> int:
        return len(self._table)

    def __getitem__(self, name: str) -> Any:
        if name in _ON_REQUEST and name not in self._table.names:
            raise KeyError(f"there is no column {name!r}: ask for it with {_ON_REQUEST[name]}=True")
        view = self._table.array(name)
        if view is None or self._table.words(name) is not None:
            return self._table.list(name)
        try:
            import numpy
        except ImportError:
            return self._table.list(name)
        return numpy.asarray(view)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """The rows, each as a dict. Slow by nature: columns are for many rows."""
        return (self._table.row(at) for at in range(len(self)))

    def codes(self, name: str) -> tuple[numpy.ndarray[Any, numpy.dtype[numpy.int32]], list[str]]:
        """A column of words as numbers (int32, -1 where one is missing) and the words that they stand for, without a copy."""
        import numpy

        words = self._table.words(name)
        if words is None:
            raise KeyError(f"{name!r} is no column of words")
        return numpy.asarray(self._table.array(name)), words

    def nulls(self, name: str) -> int:
        """How many values of a column are missing."""
        return self._table.nulls(name)

    def to_dict(self) -> dict[str, Any]:
        """All columns by name."""
        return {name: self[name] for name in self.names}

    def to_pandas(self) -> pandas.DataFrame:
        """As a pandas DataFrame; words become categories, missing numbers make nullable integers. Texts are copied."""
        import numpy
        import pandas

        columns: dict[str, Any] = {}
        for name in self.names:
            words = self._table.words(name)
            if words is not None:
                codes, words = self.codes(name)
                columns[name] = pandas.Categorical.from_codes(codes, words, ordered=name == "level")
                continue
            values = self[name]
            if isinstance(values, numpy.ndarray) and values.dtype.kind == "M":
                values = pandas.Series(values).dt.tz_localize("UTC")
            elif isinstance(values, numpy.ndarray) and (valid := self._table.valid(name)) is not None:
                there = numpy.unpackbits(numpy.frombuffer(valid, "u1"), count=len(self), bitorder="little")
                values = pandas.array(values, dtype="UInt64" if values.dtype.itemsize == 8 else "UInt32")
                values[there == 0] = pandas.NA
            columns[name] = values
        return pandas.DataFrame(columns)

    def to_polars(self) -> polars.DataFrame:
        """As a polars DataFrame, through Arrow; levels are an ``Enum``, from the least to the greatest."""
        import polars

        frame = polars.DataFrame(self)
        words = self._table.words("level") if "level" in self.names else None
        return frame if words is None else frame.with_columns(polars.col("level").cast(polars.String).cast(polars.Enum(words)))

    def to_arrow(self) -> pyarrow.Table:
        """As a pyarrow Table, which shares the memory."""
        import pyarrow

        return pyarrow.table(self)

    def __arrow_c_schema__(self) -> object:
        return self._table.__arrow_c_schema__()

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]:
        return self._table.__arrow_c_array__(requested_schema)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self)} rows of {', '.join(self.names)}>"

    def _repr_html_(self) -> str:
        rows = [self._table.row(at) for at in range(min(len(self), html.MAX_ROWS))]
        return html.rows(self.names, rows, len(self))


class _WithParameters(Frame):
    """What frames of hits and of events have in common."""

    __slots__ = ()

    @property
    def values(self) -> list[list[str]]:
        """The values of each line; only with ``parameters=True``."""
        return self["values"]  # type: ignore[no-any-return]

    @property
    def classes(self) -> list[list[str]]:
        """What each value is (``"NUM"``, ``"IP"``, a mask's name); only with ``parameters=True``."""
        return self["classes"]  # type: ignore[no-any-return]


class Columns(_WithParameters):
    """The hits of a batch, a row per line: ``template`` (uint64, 0 where there is none) and ``change`` (``"unchanged"``,
    ``"created"``, ``"widened"``; ``None`` for a missing value, and for a line that was looked up and has no template). With
    ``parameters=True`` also ``values`` and ``classes``, a list of each per line.
    """

    __slots__ = ()

    @property
    def template(self) -> Any:
        """The templates: uint64."""
        return self["template"]

    @property
    def change(self) -> list[str | None]:
        """What each line did to its template."""
        return self["change"]  # type: ignore[no-any-return]


class EventColumns(_WithParameters):
    """The events of a batch, a row per event: ``first_line`` (uint64, from 0), ``lines`` (uint32), ``at`` (datetime64[ns], UTC),
    ``level``, ``service``, ``template`` (uint64, 0 where the event was skipped), ``change``; on request ``message``, and
    ``values`` and ``classes``.
    """

    __slots__ = ()

    @property
    def first_line(self) -> Any:
        """The number of each event's first line in the stream, from 0: uint64."""
        return self["first_line"]

    @property
    def lines(self) -> Any:
        """How many lines each event has: uint32."""
        return self["lines"]

    @property
    def at(self) -> Any:
        """Event times: datetime64[ns], UTC; NaT where a line has none."""
        return self["at"]

    @property
    def level(self) -> list[str]:
        """Levels."""
        return self["level"]  # type: ignore[no-any-return]

    @property
    def service(self) -> list[str | None]:
        """Services."""
        return self["service"]  # type: ignore[no-any-return]

    @property
    def template(self) -> Any:
        """Templates: uint64, 0 where the event was skipped."""
        return self["template"]

    @property
    def change(self) -> list[str | None]:
        """What each event did to its template."""
        return self["change"]  # type: ignore[no-any-return]

    @property
    def message(self) -> list[str]:
        """The messages; only with ``messages=True``."""
        return self["message"]  # type: ignore[no-any-return]


class _Shown(Sequence[_T], Generic[_T]):
    """A list that cannot be changed."""

    __slots__ = ("_items",)

    def __init__(self, items: Iterable[_T]) -> None:
        self._items: tuple[_T, ...] = tuple(items)

    @overload
    def __getitem__(self, at: int) -> _T: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[_T]: ...
    def __getitem__(self, at: int | slice) -> _T | Sequence[_T]:
        return self._items[at]

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self)}>"

    def __eq__(self, other: object) -> bool:
        return self._items == tuple(other) if isinstance(other, Sequence) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._items)


class Templates(_Shown["Template"]):
    """Templates, by id. Shows itself as a table; ``by_count()`` ranks, ``frame`` has them as columns."""

    __slots__ = ("frame",)

    def __init__(self, items: Iterable[Template], table: _native.Table) -> None:
        super().__init__(items)
        self.frame = Frame(table)
        """``id``, ``content_id``, ``text``, ``count``, ``level``, ``first_seen``, ``last_seen``, ``pinned``, ``example``."""

    def by_id(self, id: int) -> Template:
        """The template of that number; positions in the list are others. Raises `KeyError`."""
        for template in self._items:
            if template.id == id:
                return template
        raise KeyError(id)

    def by_count(self) -> list[Template]:
        """The most frequent first."""
        return sorted(self._items, key=lambda template: (-template.count, template.id))

    def to_pandas(self) -> pandas.DataFrame:
        """As a pandas DataFrame."""
        return self.frame.to_pandas()

    def to_polars(self) -> polars.DataFrame:
        """As a polars DataFrame."""
        return self.frame.to_polars()

    def to_arrow(self) -> pyarrow.Table:
        """As a pyarrow Table."""
        return self.frame.to_arrow()

    def __str__(self) -> str:
        return "\n".join(f"{template.count:>10}  {template.text}" for template in self.by_count())

    def _repr_html_(self) -> str:
        return html.template_table(self.by_count())


class Alerts(_Shown["Alert"]):
    """Alerts, in the order in which they were told."""

    __slots__ = ()

    def to_pandas(self) -> pandas.DataFrame:
        """As a pandas DataFrame: a row per alert, with the numbers of its score; times to the nanosecond."""
        import pandas

        frame = pandas.DataFrame(self._rows(), columns=list(_ALERT_COLUMNS))
        frame["at"] = pandas.to_datetime(frame["at"].astype("int64"), unit="ns", utc=True)
        return frame.astype({name: "UInt64" for name in ("id", "template")} | {name: "float64" for name in _ALERT_NUMBERS})

    def to_polars(self) -> polars.DataFrame:
        """As a polars DataFrame."""
        import polars

        rows = self._rows()
        numbers = {name: polars.Float64 for name in _ALERT_NUMBERS}
        kinds = {"id": polars.UInt64, "template": polars.UInt64, "at": polars.Int64, **numbers}
        columns = {name: [row[name] for row in rows] for name in _ALERT_COLUMNS}
        frame = polars.DataFrame(columns, schema={name: kinds.get(name, polars.String) for name in _ALERT_COLUMNS})
        return frame.with_columns(polars.from_epoch("at", "ns").dt.replace_time_zone("UTC"))

    def to_arrow(self) -> pyarrow.Table:
        """As a pyarrow Table."""
        return self.to_polars().to_arrow()

    def _rows(self) -> list[dict[str, Any]]:
        def row(alert: Alert) -> dict[str, Any]:
            score = alert.score
            own = {"id": alert.id, "status": alert.status, "priority": alert.priority, "service": alert.service}
            at = {"at": int(score.at), "kind": score.kind, "scorer": score.scorer, "template": score.template}
            numbers = {name: getattr(score, name) for name in _ALERT_NUMBERS}
            return {**own, **at, **numbers, "reason": score.reason}

        return [row(alert) for alert in self._items]

    def __str__(self) -> str:
        return "\n".join(
            f"{alert.score.at}  {alert.priority:8}  {alert.score.kind.replace('_', ' '):14}  {alert.score.reason}" for alert in self._items
        )

    def _repr_html_(self) -> str:
        return html.alert_table(self._items)


_ALERT_NUMBERS = ("severity", "surprise", "observed", "expected", "low", "high")
_ALERT_COLUMNS = (
    "id", "status", "priority", "service", "at", "kind", "scorer", "template",
    "severity", "surprise", "observed", "expected", "low", "high", "reason",
)  # fmt: skip


def pieces(array: Any) -> Iterator[object]:
    """The values of a one-dimensional array as Python's own, a piece at a time: what the native module reads."""
    step = 1 << 16
    for start in range(0, len(array), step):
        part = array.iloc[start : start + step] if hasattr(array, "iloc") else array[start : start + step]
        yield from part.tolist() if hasattr(part, "tolist") else part.to_list()


def matrix(native: _native.Matrix) -> Any:
    """A matrix of float32 as a NumPy array, or as lists where NumPy is not installed."""
    try:
        import numpy
    except ImportError:
        return native.lists()
    return numpy.asarray(native)


def numbers(values: Any) -> tuple[bytes, int, int]:
    """A vector or a matrix as float32 in rows, little-endian, with its shape; a vector is one row."""
    try:
        import numpy
    except ImportError:
        rows = [list(row) for row in values] if values and hasattr(values[0], "__len__") else [list(values)]
        if len({len(row) for row in rows}) > 1:
            raise ValueError("the rows of a matrix have different lengths") from None
        flat = [float(number) for row in rows for number in row]
        return struct.pack(f"<{len(flat)}f", *flat), len(rows), len(rows[0]) if rows else 0
    array = numpy.asarray(values, dtype="<f4")
    if array.ndim not in (1, 2):
        raise ValueError(f"a vector or a matrix is needed, got an array of {array.ndim} dimensions")
    shape = (1, array.shape[0]) if array.ndim == 1 else array.shape
    return array.tobytes(), shape[0], shape[1]
