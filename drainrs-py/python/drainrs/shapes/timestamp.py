"""Points in time."""

from __future__ import annotations

import re
import time
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import Self


_NANOS = 1_000_000_000
_LEAST, _GREATEST = -(1 << 63), (1 << 63) - 1
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?\s*(?:([Zz])|([+-])(\d\d)(?::?(\d\d))?)?)?",
    re.ASCII,
)


class Timestamp(int):
    """A point in time: nanoseconds since 1970-01-01T00:00:00Z, from the year 1677 to 2262.

    It is a whole number and counts as one; ``str()`` writes it as RFC 3339. ``Timestamp.of`` reads whatever else Python
    has for times.
    """

    __slots__ = ()

    def __new__(cls, value: int | str = 0) -> Self:
        """From nanoseconds since the epoch, or from the text that ``str()`` writes."""
        if type(value) is int:
            pass
        elif isinstance(value, str):
            value = _nanos_of_text(value)
        elif isinstance(value, bool) or not isinstance(value, int):
            raise TypeError(f"a Timestamp is made of nanoseconds, not of {type(value).__name__}; see Timestamp.of")
        if not _LEAST <= value <= _GREATEST:
            raise OverflowError(f"{int(value)} nanoseconds do not fit 64 bits: years 1677 to 2262 do")
        return super().__new__(cls, value)

    @classmethod
    def of(cls, value: object) -> Self:
        """From anything that says a time.

        Whole numbers are nanoseconds since the epoch, floating-point numbers seconds (as ``time.time()`` gives them),
        texts ISO 8601, and ``datetime``, ``numpy.datetime64`` and ``pandas.Timestamp`` what they are. Without a zone it is
        UTC. What is no time at all is a ``TypeError``, what lies too far away an ``OverflowError``, and a text that does
        not read or a not-a-time a ``ValueError``.
        """
        if isinstance(value, cls):
            return value
        if isinstance(value, str):
            return cls(value)
        if isinstance(value, datetime):
            return cls(_nanos_of_datetime(value))
        if isinstance(value, float):
            return cls(_nanos_of_seconds(value))
        kind = type(value)
        if kind.__name__ == "datetime64" and kind.__module__.partition(".")[0] == "numpy":
            return cls(_nanos_of_numpy(value))
        # Other whole numbers: numpy's integers say that they are some, and so do their durations, which are no times.
        if not isinstance(value, bool) and hasattr(value, "__index__") and not hasattr(value, "total_seconds"):
            if kind.__name__ not in ("bool", "bool_", "timedelta64"):
                return cls(int(value))
        raise TypeError(f"{kind.__name__} is no time; give a datetime, a text, float seconds or int nanoseconds")

    @classmethod
    def now(cls) -> Self:
        """The time of this host's clock."""
        return cls(time.time_ns())

    def to_numpy(self) -> Any:
        """As ``numpy.datetime64`` in nanoseconds, UTC: what columns of times are compared with."""
        import numpy

        return numpy.datetime64(int(self), "ns")

    def to_pandas(self) -> Any:
        """As ``pandas.Timestamp`` in UTC, to the nanosecond: what columns of data frames are compared with."""
        import pandas

        return pandas.Timestamp(int(self), unit="ns", tz="UTC")

    def to_datetime(self) -> datetime:
        """As a ``datetime`` in UTC; parts of a microsecond are cut off."""
        return _EPOCH + timedelta(microseconds=int(self) // 1000)

    def __str__(self) -> str:
        """RFC 3339 in UTC, with no, 3, 6 or 9 digits of a second: as many as are needed."""
        seconds, nanos = divmod(int(self), _NANOS)
        # The first and the last day of the range lie inside the years of ``datetime``.
        text = (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")
        if nanos == 0:
            return f"{text}Z"
        if nanos % 1_000_000 == 0:
            return f"{text}.{nanos // 1_000_000:03}Z"
        if nanos % 1_000 == 0:
            return f"{text}.{nanos // 1_000:06}Z"
        return f"{text}.{nanos:09}Z"

    def __repr__(self) -> str:
        return f"Timestamp('{self}')"


def _nanos_of_text(text: str) -> int:
    found = _ISO.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no time in ISO 8601, such as 2024-02-29T12:00:01.5Z")
    year, month, day, hour, minute, second, fraction, _, sign, east_hours, east_minutes = found.groups()
    clock = [int(part or 0) for part in (hour, minute, second)]
    east = [int(part or 0) for part in (east_hours, east_minutes)]
    # Hour 24 is the end of the day, and a leap second the beginning of the next minute.
    if clock[0] > 24 or clock[1] > 59 or clock[2] > 60 or east[0] > 23 or east[1] > 59:
        raise ValueError(f"{text!r} has a number that is out of its range")
    try:
        days = date(int(year), int(month), int(day)).toordinal() - _EPOCH_DAY
    except ValueError as error:
        raise ValueError(f"{text!r} is no date: {error}") from None
    offset = (east[0] * 3600 + east[1] * 60) * (-1 if sign == "-" else 1)
    seconds = days * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2] - offset
    return seconds * _NANOS + int(((fraction or "") + "000000000")[:9])


def _nanos_of_datetime(value: datetime) -> int:
    if value != value:  # pandas has a not-a-time that calls itself a datetime
        raise ValueError("not a time")
    seconds = (value.toordinal() - _EPOCH_DAY) * 86_400 + value.hour * 3600 + value.minute * 60 + value.second
    nanos = seconds * _NANOS + value.microsecond * 1_000 + int(getattr(value, "nanosecond", 0))
    offset = value.utcoffset()
    if offset is not None:
        nanos -= ((offset.days * 86_400 + offset.seconds) * 1_000_000 + offset.microseconds) * 1_000
    return nanos


def _nanos_of_seconds(value: float) -> int:
    if value != value:
        raise ValueError("not a number is no time")
    if value in (float("inf"), float("-inf")):
        raise OverflowError("infinity is no time")
    whole = int(value)
    return whole * _NANOS + round((value - whole) * 1e9)


def _nanos_of_numpy(value: Any) -> int:
    if value != value:
        raise ValueError("not a time")
    seconds = int(value.astype("datetime64[s]").astype("int64"))
    if abs(seconds) > (1 << 63) // _NANOS:
        raise OverflowError(f"{value} lies outside the years 1677 to 2262")
    back = value.astype("datetime64[s]").astype(value.dtype)
    rest = int((value - back).astype("timedelta64[ns]").astype("int64"))
    return seconds * _NANOS + rest
