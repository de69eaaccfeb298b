"""Records whose fields are known: single ones and columns."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import drainrs
import numpy as np
import pandas as pd
import polars as pl
import pytest

MESSAGES = ["user 17 logged in", "disk 1 is full", "user 18 logged in", "disk 2 is full"]
NANOS = [1_000_000_000 * second for second in (60, 61, 62, 63)]
LEVELS = ["info", "error", "info", "warn"]


def test_a_record_says_what_it_is_told() -> None:
    pipeline = drainrs.Pipeline()
    event = pipeline.push_record(b"user 17 logged in", 0, at=datetime(2031, 2, 3, tzinfo=timezone.utc), level="warn", service="shop")
    assert (event.level, event.service, event.message, event.lines) == ("warn", "shop", "user 17 logged in", 1)
    assert str(event.at) == "2031-02-03T00:00:00Z"
    assert event.hit is not None and event.hit.values == ("17",)
    bare = pipeline.push_record("2031-02-03 04:05:06 ERROR no header is read", 0)
    assert (bare.level, bare.service, bare.at) == ("unknown", None, None)
    assert bare.first_line == 1
    with pytest.raises(ValueError, match='no level is called "loud"'):
        pipeline.push_record("x", level="loud")
    with pytest.raises(TypeError):
        pipeline.push_record(17)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "times",
    [
        NANOS,
        np.array(NANOS),
        np.array(NANOS, dtype="datetime64[ns]"),
        pd.Series(pd.to_datetime(NANOS)),
        pl.Series(NANOS).cast(pl.Datetime("ns")),
        (datetime.fromtimestamp(nanos / 1e9, timezone.utc) for nanos in NANOS),
        [str(drainrs.Timestamp(nanos)) for nanos in NANOS],
    ],
    ids=["int", "numpy ints", "numpy times", "pandas", "polars", "generator", "text"],
)
def test_columns_of_every_kind_are_records(times: Any) -> None:
    one_by_one, batch = drainrs.Pipeline(), drainrs.Pipeline()
    for message, nanos, level in zip(MESSAGES, NANOS, LEVELS):
        one_by_one.push_record(message, 0, at=nanos, level=level, service="shop")
    events = batch.push_records(MESSAGES, 0, times=times, levels=LEVELS, service="shop", messages=True)
    assert events["at"].astype("int64").tolist() == NANOS
    assert list(events["level"]) == LEVELS
    assert set(events["service"]) == {"shop"}
    assert batch.snapshot() == one_by_one.snapshot()


def test_a_data_frame_is_records() -> None:
    frame = pd.DataFrame(
        {
            "message": ["disk 1 is full", None, "disk 2 is full"],
            "time": pd.to_datetime(["2031-02-03", "2031-02-04", None]),
            "level": ["error", "info", None],
            "host": ["a", "b", None],
        }
    )
    pipeline = drainrs.Pipeline()
    events = pipeline.push_records(frame.message, 0, times=frame.time, levels=frame.level, service=frame.host)
    assert list(events["level"]) == ["error", "unknown"], "missing messages are no records"
    assert list(events["service"]) == ["a", None]
    assert [template.text for template in pipeline.templates()] == ["disk <NUM> is full"]
    missing = pipeline.push_records(["disk 3 is full"], 0, times=np.array(["NaT"], dtype="datetime64[ns]"))
    assert str(missing["at"][0]) == "NaT"


def test_columns_of_another_length_are_refused() -> None:
    pipeline = drainrs.Pipeline()
    for given in ({"levels": LEVELS[:3]}, {"times": NANOS * 2}, {"service": ["a"]}):
        with pytest.raises(ValueError, match="for 4 messages"):
            pipeline.push_records(MESSAGES, 0, **given)
    assert pipeline.counters().events == 0, "nothing is taken where the length is known before"
    with pytest.raises(ValueError, match="levels: 3 values, and more messages; the 3 before were taken"):
        pipeline.push_records(iter(MESSAGES), 0, levels=LEVELS[:3])
    assert pipeline.counters().events == 3
    with pytest.raises(ValueError, match="times: 8 values for 4 messages"):
        pipeline.push_records(iter(MESSAGES), 0, times=NANOS * 2)
    with pytest.raises(ValueError, match=r"times: 3 values, and more messages"):
        pipeline.push_records("\n".join(MESSAGES).encode(), 0, times=NANOS[:3])


def test_wrong_values_are_told_with_their_place() -> None:
    pipeline = drainrs.Pipeline()
    with pytest.raises(ValueError, match=r'levels\[1\]: no level is called "loud"' ):
        pipeline.push_records(MESSAGES, 0, levels=["info", "loud", "info", "info"])
    with pytest.raises(TypeError, match=r"levels\[0\]"):
        pipeline.push_records(MESSAGES, 0, levels=[9, 9, 9, 9])
    with pytest.raises(TypeError, match="levels: one value per message is needed, got a text"):
        pipeline.push_records(MESSAGES, 0, levels="info")
    with pytest.raises(ValueError, match=r"times\[0\]"):
        pipeline.push_records(MESSAGES, 0, times=["soon"] * 4)
    with pytest.raises(TypeError, match=r"service\[0\]"):
        pipeline.push_records(MESSAGES, 0, service=[1, 2, 3, 4])
    assert pipeline.counters().events == 0


def test_levels_are_words_of_any_dialect() -> None:
    words = ["WARN", "Warning", "err", "SEVERE", "unknown", "emerg"]
    levels = ["warn", "warn", "error", "error", "unknown", "fatal"]
    for given in (words, np.array(words), pd.Series(words, dtype="category"), pl.Series(words, dtype=pl.Categorical)):
        assert list(drainrs.Pipeline().push_records(["x"] * 6, 0, levels=given)["level"]) == levels


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_times_of_every_unit(unit: str) -> None:
    def at(times: Any) -> list[int]:
        return drainrs.Pipeline().push_records(MESSAGES, 0, times=times)["at"].astype("int64").tolist()

    assert at(np.array(NANOS, dtype="datetime64[ns]").astype(f"datetime64[{unit}]")) == NANOS
    zoned = pd.Series(pd.to_datetime(NANOS).tz_localize("UTC").tz_convert("Asia/Tokyo")).dt.as_unit(unit)
    assert at(zoned) == NANOS
    if unit != "s":
        plain = pl.Series(NANOS).cast(pl.Datetime("ns")).cast(pl.Datetime(unit))
        assert at(plain) == NANOS
        assert at(plain.dt.replace_time_zone("UTC").dt.convert_time_zone("Asia/Tokyo")) == NANOS


def test_times_too_far_away_are_told() -> None:
    with pytest.raises(OverflowError, match=r"times\[1\]"):
        drainrs.Pipeline().push_records(["a", "b"], 0, times=np.array(["2031-01-01", "9999-01-01"], dtype="datetime64[s]"))


def test_records_are_judged() -> None:
    pipeline = drainrs.Pipeline(detect=True)
    minutes = [nanos * 60 for nanos in range(0, 200 * 1_000_000_000, 1_000_000_000)]
    messages = ["tick"] * 199 + ["the house is on fire"]
    pipeline.push_records(messages, 0, times=minutes, levels=["info"] * 199 + ["error"], finish=True)
    assert [alert.template for alert in pipeline.alerts()] == ["the house is on fire"]
