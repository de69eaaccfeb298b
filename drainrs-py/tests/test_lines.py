"""Lines out of whatever Python holds them in: the same rows from each, and what is no line is said so."""

from __future__ import annotations

import array
import collections
import gzip
import io
from pathlib import Path
from typing import Any

import drainrs
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

LINES = ["user 1 left", None, "disk sda is full", "user 2 left", "", "größe 5 ☃", None]
ROWS = [1, 0, 2, 1, 3, 4, 0]
NO_NULLS = [line for line in LINES if line is not None]


def mined(lines: Any) -> list[int]:
    return [int(row) for row in drainrs.Miner().insert_batch(lines).template]


def text_arrays() -> list[Any]:
    kinds = [pa.string(), pa.large_string(), pa.string_view()]
    return [pa.array(LINES, type=kind) for kind in kinds]


@pytest.mark.parametrize(
    "lines",
    [
        LINES,
        tuple(LINES),
        iter(LINES),
        (line for line in LINES),
        [line.encode() if line is not None else None for line in LINES],
        collections.deque(LINES),
        [f"{line}\n" if line is not None else None for line in LINES],
        np.array(LINES, dtype=object),
        pd.Series(LINES),
        pd.Series(LINES, dtype=object),
        pd.Series(LINES, dtype="string"),
        pd.Series(LINES, index=range(7, 0, -1)),
        pd.Series(LINES, dtype="category"),
        pd.DataFrame({"message": LINES})["message"],
        pl.Series(LINES),
        pl.Series(LINES).cast(pl.Categorical),
        pl.concat([pl.Series(LINES[:3]), pl.Series(LINES[3:])], rechunk=False),
        pl.DataFrame({"message": LINES})["message"],
        *text_arrays(),
        *(pa.chunked_array([one[:2], one[2:]]) for one in text_arrays()),
        pa.array(LINES).dictionary_encode(),
        pa.array(LINES).dictionary_encode().cast(pa.dictionary(pa.int8(), pa.string())),
        pa.table({"message": LINES})["message"],
        pa.array([None, "other", *LINES, "more"])[2:-1],
        pa.array(["x", *LINES]).dictionary_encode()[1:],
        pa.array([line.encode() if line is not None else None for line in LINES], type=pa.binary()),
        pa.array([line.encode() if line is not None else None for line in LINES], type=pa.large_binary()),
    ],
    ids=lambda lines: type(lines).__module__.split(".")[0] + "." + type(lines).__name__,
)
def test_every_holder_gives_the_same_rows(lines: Any) -> None:
    columns = drainrs.Miner().insert_batch(lines)
    assert [int(row) for row in columns.template] == ROWS
    assert columns.nulls("template") == columns.nulls("change") == 2


@pytest.mark.parametrize(
    "lines",
    [
        np.array(NO_NULLS),
        np.array([line.encode() for line in NO_NULLS], dtype=object),
        np.array(NO_NULLS, dtype=np.dtypes.StringDType()) if hasattr(np.dtypes, "StringDType") else NO_NULLS,
        "\n".join(NO_NULLS).encode(),
        ("\n".join(NO_NULLS) + "\n").encode(),
        bytearray("\n".join(NO_NULLS).encode()),
        io.StringIO("\n".join(NO_NULLS)),
        io.BytesIO("\n".join(NO_NULLS).encode()),
    ],
    ids=lambda lines: type(lines).__name__,
)
def test_holders_that_know_no_null(lines: Any) -> None:
    assert mined(lines) == [row for row in ROWS if row]


def test_missing_values_of_all_kinds() -> None:
    assert mined(["a", None, float("nan"), np.nan, pd.NA, pd.NaT, "a"]) == [1, 0, 0, 0, 0, 0, 1]
    assert mined(pa.nulls(3)) == [0, 0, 0]
    assert drainrs.Miner().insert_batch([None, "a"]).change == [None, "created"]


def test_a_null_is_no_line() -> None:
    miner = drainrs.Miner()
    miner.insert_batch(LINES)
    assert miner.stats().counters.seen == len(NO_NULLS)


def test_many_chunks_keep_their_order() -> None:
    lines = [f"{'x' * (at % 7)} {at}" if at % 11 else None for at in range(30_000)]
    expected = mined(lines)
    assert len(expected) == len(lines) and expected.count(0) == len(range(0, 30_000, 11))
    assert mined(pa.array(lines)) == mined(pl.Series(lines)) == mined(pd.Series(lines)) == expected
    one_by_one = drainrs.Miner()
    assert [one_by_one.insert(line).template if line is not None else 0 for line in lines] == expected


def test_long_lines_cross_chunks() -> None:
    lines = [f"{at} {'word ' * 40_000}" for at in range(12)]
    assert mined(lines) == mined(pa.array(lines)) == mined("\n".join(lines).encode())


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("one line", "a str is one"),
        (5, "not int"),
        (None, "not NoneType"),
        ({"a": 1}, "not dict"),
        (object(), "not object"),
        (pd.DataFrame({"a": ["x"], "b": ["y"]}), "2 columns"),
        (pl.DataFrame({"a": ["x"]}), "1 columns"),
        (pa.array([1, 2]), "numbers"),
        (pl.Series([1.5]), "numbers"),
        (np.array([["a"], ["b"]]), "several columns"),
        (np.array([1, 2]), "row 0"),
        (array.array("i", [1]), "row 0"),
        (["a", 7], "row 1: a line is str or bytes, not int"),
        ([["a"]], "row 0"),
    ],
    ids=lambda one: type(one).__name__ if not isinstance(one, str) else "",
)
def test_what_holds_no_lines(lines: Any, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        drainrs.Miner().insert_batch(lines)


def test_the_rows_before_a_bad_one_were_taken() -> None:
    miner = drainrs.Miner()
    with pytest.raises(TypeError, match="row 5000: .*; the rows before it were taken"):
        miner.insert_batch([*(f"a {at}" for at in range(5000)), 3.5, "never seen"])
    assert miner.stats().counters.seen == 5000


def test_what_a_source_raises_comes_out() -> None:
    def lines() -> Any:
        yield "a 1"
        raise LookupError("the tap is dry")

    miner = drainrs.Miner()
    with pytest.raises(LookupError, match="the tap is dry"):
        miner.insert_batch(lines())
    assert miner.stats().counters.seen == 1


def test_a_source_may_use_the_machine_it_feeds() -> None:
    miner = drainrs.Miner()
    miner.insert_batch(f"n {miner.insert('inner').size}" for _ in range(10))
    assert miner.stats().counters.seen == 20


def test_surrogates_are_the_bytes_they_came_from() -> None:
    raw = b"caf\xe9 5 ok"
    text = raw.decode("utf-8", "surrogateescape")
    miner = drainrs.Miner()
    assert miner.insert(text).template == miner.insert(raw).template
    assert miner.insert_batch([text, raw]).template.tolist() == [1, 1]
    # One that no bytes were read from stays what it is.
    assert miner.insert("half \ud83d of a pair 5").change == "created"


def test_progress_is_told_of_every_row() -> None:
    told: list[int] = []
    drainrs.Miner().insert_batch([f"a {at}" for at in range(10_000)], progress=told.append)
    assert sum(told) == 10_000 and len(told) > 1
    with pytest.raises(ZeroDivisionError):
        drainrs.Miner().insert_batch(["a"], progress=lambda rows: rows // 0)


@pytest.mark.parametrize("packed", ["plain", "gzip", "zstd"])
def test_readers_of_files(tmp_path: Path, packed: str) -> None:
    data = "".join(f"line {at} of the file\n" for at in range(5000)).encode()
    path = tmp_path / "app.log"
    if packed == "zstd":
        pa.output_stream(str(path), compression="zstd").write(data)
    else:
        path.write_bytes(gzip.compress(data) if packed == "gzip" else data)
    with drainrs.LineReader(path) as reader:
        assert reader.size == path.stat().st_size
        assert next(reader) == b"line 0 of the file"
        columns = drainrs.Miner().insert_batch(reader)
        assert len(columns) == 4999 and reader.bytes_read == reader.size
    with pytest.raises(ValueError, match="closed"):
        next(reader)
    with pytest.raises(ValueError, match="closed"):
        drainrs.Miner().insert_batch(reader)
    with path.open("rb") as file:
        assert len(drainrs.Miner().insert_batch(drainrs.LineReader(file))) == 5000


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as missing:
        drainrs.LineReader(tmp_path / "none.log")
    assert missing.value.filename == str(tmp_path / "none.log")
    with pytest.raises(OSError, match="directory"):
        drainrs.LineReader(tmp_path)
    damaged = tmp_path / "damaged.gz"
    damaged.write_bytes(gzip.compress(b"a line\n" * 100_000)[:-20])
    with pytest.raises(OSError, match="cannot read"):
        list(drainrs.LineReader(damaged))


def test_a_file_object_that_fails() -> None:
    class Broken:
        def read(self, size: int) -> bytes:
            raise PermissionError("not for you")

    with pytest.raises(PermissionError, match="not for you"):
        drainrs.LineReader(Broken())
