"""The calls of the common day."""

from __future__ import annotations

import _thread
import contextlib
import gzip
import io
import itertools
import os
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import drainrs
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

SAMPLE = drainrs.sample_log()


def test_every_source_gives_the_same_templates(tmp_path: Path) -> None:
    text = "\n".join(SAMPLE) + "\n"
    plain, packed = tmp_path / "app.log", tmp_path / "app.log.gz"
    plain.write_text(text)
    packed.write_bytes(gzip.compress(text.encode()))
    sources = [
        plain, str(plain), packed, SAMPLE, iter(SAMPLE), text.encode(), io.StringIO(text), io.BytesIO(text.encode()),
        pd.Series(SAMPLE), pl.Series(SAMPLE), pa.array(SAMPLE), np.array(SAMPLE), plain.open(), packed.open("rb"),
    ]  # fmt: skip
    expected = drainrs.mine(SAMPLE, now=0)
    texts = [(template.text, template.count) for template in expected.templates]
    for source in sources:
        mined = drainrs.mine(source, now=0)
        assert [(template.text, template.count) for template in mined.templates] == texts, source
        assert len(mined.events) == len(expected.events)


def test_events_add_up() -> None:
    mined = drainrs.mine(SAMPLE, messages=True, parameters=True)
    events = mined.events
    assert events.lines.sum() == len(SAMPLE) == mined.pipeline.counters().lines
    assert len(events) == mined.pipeline.counters().events == len(mined)
    assert sum(template.count for template in mined.templates) == len(events)
    counted = np.bincount(events.template.astype(int), minlength=len(mined.templates) + 1)
    assert [counted[template.id] for template in mined.templates] == [template.count for template in mined.templates]
    assert events.at.dtype == np.dtype("<M8[ns]") and str(events.at[0]).startswith("2026-03-12T18:00:14.87")
    assert events.level[0] == "info" and events.service[0] == "order"
    assert events.message[0].startswith("order ord-824945 placed") and events.values[0][0] == "824945"


def test_settings_reach_the_stages() -> None:
    errors = drainrs.mine(SAMPLE, filter={"min_level": "error"})
    assert errors.pipeline.counters().skipped_below_level > 1500
    skipped = errors.events.template == 0
    assert skipped.sum() == errors.pipeline.counters().skipped_below_level == errors.events.nulls("template")
    assert {errors.events.level[at] for at in np.flatnonzero(~skipped)} == {"error"}
    with pytest.raises(drainrs.ConfigError):
        drainrs.mine(SAMPLE, filter={"min_level": "dreadful"})


def test_frames_go_where_data_goes() -> None:
    events = drainrs.mine(SAMPLE, parameters=True).events
    frame, other, table = events.to_pandas(), events.to_polars(), events.to_arrow()
    assert len(frame) == len(other) == len(table) == len(events)
    assert str(frame["at"].dtype) == "datetime64[ns, UTC]" and str(frame["level"].dtype) == "category"
    assert other.schema["at"] == pl.Datetime("ns", "UTC") and other["template"].to_list() == events.template.tolist()
    assert frame["level"].tolist() == other["level"].to_list() == events.level == table["level"].to_pylist()
    assert table["values"].to_pylist() == other["values"].to_list() == events.values
    assert pl.DataFrame(events).drop("level").equals(other.drop("level")) and pa.table(events).equals(table)
    assert table.schema.field("level").type.ordered and not table.schema.field("change").type.ordered
    assert pa.record_batch(events).num_rows == len(events)
    assert np.shares_memory(events.template, events.template), "a column is looked at, not copied"
    assert table["template"].chunk(0).buffers()[1].address == events.template.__array_interface__["data"][0]
    codes, words = events.codes("level")
    assert [words[code] for code in codes[:20]] == events.level[:20]
    first = next(iter(events))
    assert (
        list(first) == events.names
        and first["level"] == events.level[0]
        and str(first["at"]) == "2026-03-12T18:00:14.870Z"
    )
    with pytest.raises(KeyError):
        events["none"]


def test_missing_numbers_are_missing_everywhere() -> None:
    columns = drainrs.Miner().insert_batch(["a 1", None, "b 2"])
    assert columns.to_pandas()["template"].isna().tolist() == [False, True, False]
    assert columns.to_polars()["template"].null_count() == columns.to_arrow()["template"].null_count == 1
    assert columns.template.tolist() == [1, 0, 2]


def test_templates_show_themselves() -> None:
    mined = drainrs.mine(["user 1 <script>alert(1)</script> left", "user 2 <script>alert(1)</script> left"])
    page = mined._repr_html_()
    assert "<script" not in page and "&lt;script" in page
    assert mined.templates.to_pandas().columns.tolist() == mined.templates.frame.names
    assert mined.templates.to_polars()["count"].to_list() == [2]
    assert str(mined) == str(mined.templates) and "user <NUM>" in str(mined)
    assert repr(mined) == "<drainrs.Mined: 1 templates of 2 events>"


def test_detection_tells_and_counts() -> None:
    found = drainrs.detect(SAMPLE)
    assert len(found.alerts) > 0 and len(found.metrics) > 60
    assert sum(metrics.events for metrics in found.metrics) == len(found.events)
    alert = found.alerts[0]
    assert alert.score.reason and alert.priority in ("low", "medium", "high", "critical", "info")
    frame = found.alerts.to_pandas()
    assert len(frame) == len(found.alerts) and frame["reason"].tolist()[0] == alert.score.reason
    assert found.alerts.to_polars()["kind"].to_list() == frame["kind"].tolist()
    assert type(alert).from_dict(alert.to_dict()) == alert
    assert "<table" in found._repr_html_()


def test_a_baseline_judges_what_came_later() -> None:
    baseline = drainrs.learn(SAMPLE[:700])
    found = drainrs.detect(SAMPLE[700:], baseline=baseline)
    kinds = {alert.score.kind for alert in found.alerts}
    assert "new_template" in kinds
    with pytest.raises(TypeError, match="not both"):
        drainrs.detect(SAMPLE, baseline=baseline, detect={})
    other = drainrs.learn(SAMPLE[700:])
    changed = drainrs.compare(baseline, other)
    assert (
        any("failed" in standing.template for standing in changed.new) and changed.events_after > changed.events_before
    )


def test_a_report_is_the_programs(tmp_path: Path) -> None:
    report = drainrs.report()
    assert report.data["input"]["lines"] == 2200 and "New errors" in str(report)
    assert [template["template"] for template in report.new_errors][0].startswith("charge for ord-")
    assert len(report.templates) == 27 and len(report.to_pandas()) == 27
    path = tmp_path / "app.log"
    path.write_text("\n".join(SAMPLE))
    of_file, of_lines = drainrs.report(path), drainrs.report(SAMPLE)
    for same in ("levels", "services", "new_errors", "templates"):
        assert of_file.data[same] == of_lines.data[same] == report.data[same]
    ran = subprocess.run(
        [sys.executable, "-m", "drainrs", "report", str(path), "--json"], capture_output=True, text=True, timeout=120
    )
    import json

    assert list(json.loads(ran.stdout)) == list(of_file.data)
    assert "<svg" in report._repr_html_() and "<script" not in report._repr_html_()
    with pytest.raises(FileNotFoundError):
        drainrs.report(tmp_path / "none.log")
    with pytest.raises(ValueError, match="level"):
        drainrs.report(level="dreadful")


def test_fit_measures_messages() -> None:
    report = drainrs.fit([f"user u{at:05} left room {at}" for at in range(2000)])
    assert report.sample.lines == 2000 and report.status in get_args(drainrs.shapes.FitStatus)


def test_progress_is_quiet_in_pipes_and_told_to_who_asks(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    drainrs.mine(SAMPLE)
    assert capfd.readouterr().err == ""
    told: list[int] = []
    drainrs.mine(SAMPLE, progress=told.append)
    assert sum(told) == len(SAMPLE)

    import tqdm

    class Bar(tqdm.tqdm):  # type: ignore[type-arg]
        made: list[Bar] = []

        def __init__(self, **options: object) -> None:
            super().__init__(**options)  # type: ignore[arg-type]
            self.made.append(self)

    monkeypatch.setattr(tqdm, "tqdm", Bar)
    path = tmp_path / "app.log"
    path.write_text("\n".join(SAMPLE))
    drainrs.mine(SAMPLE, progress=True)
    drainrs.mine(path, progress=True)
    lines, bytes_ = Bar.made
    assert (lines.n, lines.total) == (len(SAMPLE), len(SAMPLE))
    assert bytes_.n == bytes_.total == path.stat().st_size


def test_events_name_templates_that_are_there() -> None:
    lines = [f"the session of {name} was closed" for name in ("alice", "bob", "carol", "dave", "erin", "frank")]
    mined = drainrs.mine(lines)
    assert {int(template) for template in mined.events.template} == {template.id for template in mined.templates}
    as_they_came = drainrs.Pipeline().push_batch(lines, 0, finish=True, follow_merges=False)
    assert as_they_came.template.tolist() == [1, 2, 3, 1, 1, 1]
    assert repr(drainrs.report(top=3)).startswith("<drainrs.Report: 27 templates")


def test_a_str_is_a_path_and_nothing_else() -> None:
    with pytest.raises(FileNotFoundError):
        drainrs.mine("just a line")


@pytest.mark.parametrize("call", [drainrs.report, drainrs.mine, drainrs.detect, drainrs.learn])
def test_ctrl_c_ends_what_would_never_end(call: Callable[[object], object], tmp_path: Path) -> None:
    path = tmp_path / "endless.log"
    os.mkfifo(path)

    def write() -> None:
        piece = ("\n".join(SAMPLE) + "\n").encode()
        with contextlib.suppress(BrokenPipeError), path.open("wb", buffering=0) as log:
            for round_ in itertools.count():
                log.write(piece)
                if round_ == 20:
                    _thread.interrupt_main()

    writer = threading.Thread(target=write)
    writer.start()
    with pytest.raises(KeyboardInterrupt):
        call(path)
    writer.join(timeout=60)
    assert not writer.is_alive()


def test_a_list_of_paths_is_files_one_after_the_other(tmp_path: Path) -> None:
    first, second, third = tmp_path / "app.log.1", tmp_path / "app.log.gz", tmp_path / "app.log"
    first.write_text("\n".join(SAMPLE[:1000]))  # without a newline at its end
    second.write_bytes(gzip.compress(("\n".join(SAMPLE[1000:2000]) + "\n").encode()))
    third.write_text("\n".join(SAMPLE[2000:]) + "\n")
    paths = [first, second, third]
    whole, told = drainrs.mine(SAMPLE, now=0), []
    for mined in (drainrs.mine(paths, now=0, progress=told.append), drainrs.mine(tuple(paths), now=0)):
        assert mined.templates == whole.templates and len(mined.events) == len(whole.events)
    assert sum(told) == len(SAMPLE)
    assert drainrs.detect(paths, now=0).alerts == drainrs.detect(SAMPLE, now=0).alerts
    assert drainrs.learn(paths, now=0).templates() == drainrs.learn(SAMPLE, now=0).templates()
    assert drainrs.report(paths).data["input"]["lines"] == drainrs.report(*paths).data["input"]["lines"] == len(SAMPLE)
    assert drainrs.report(paths).data["input"]["names"] == [str(path) for path in paths]
    assert drainrs.fit(paths).sample.lines == len(SAMPLE)
    with drainrs.LineReader(paths) as reader:
        assert [line.decode() for line in reader] == SAMPLE
        assert reader.bytes_read == reader.size == sum(path.stat().st_size for path in paths)
        assert reader.name == str(first)


def test_files_that_are_missing_are_told_before_the_first_line(tmp_path: Path) -> None:
    there, missing = tmp_path / "a.log", tmp_path / "b.log"
    there.write_text("a 1\n")
    with pytest.raises(FileNotFoundError, match="b.log"):
        drainrs.LineReader([there, missing])
    missing.write_bytes(b"\x1f\x8b damaged")
    with pytest.raises(OSError, match="b.log"):
        drainrs.mine([there, missing])


def test_the_present_of_several_files_is_that_of_the_last_that_was_written(tmp_path: Path) -> None:
    old, new = tmp_path / "old.log", tmp_path / "new.log"
    old.write_text("Dec 31 18:00:00 host app: hi\n")
    new.write_text("Jan 1 18:00:00 host app: hi\n")
    os.utime(old, (1_546_300_000, 1_546_300_000))
    os.utime(new, (1_546_400_000, 1_546_400_000))
    for source in ([old, new], drainrs.LineReader([new, old])):
        days = sorted(str(at)[:10] for at in drainrs.mine(source).events.at)
        assert days == ["2018-12-31", "2019-01-01"]
    assert drainrs.LineReader([old, new]).written == 1_546_400_000 * 10**9
    assert drainrs.LineReader(iter(["a"])).written is None


def test_lines_and_files_are_not_mixed(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_text("a 1\n")
    for call in (drainrs.mine, drainrs.report, drainrs.LineReader):
        with pytest.raises(TypeError, match="begins with a path, and has str at 1"):
            call([path, "b 2"])
    with pytest.raises(TypeError, match="row 1: a line is str or bytes.*files are given as a list of paths"):
        drainrs.mine(["b 2", path])
    with pytest.raises(TypeError, match="files are given as a list of paths"):
        drainrs.mine(tmp_path.glob("*.log"))


def test_names_of_files_in_a_list_are_lines_which_is_told(tmp_path: Path) -> None:
    names = [str(tmp_path / "a.log"), str(tmp_path / "b.log")]
    for name in names:
        Path(name).write_text("hello 1\nhello 2\n")
    for call in (drainrs.mine, drainrs.detect, drainrs.learn, drainrs.report, drainrs.fit):
        with pytest.warns(UserWarning, match="pathlib.Path") as told:
            call(names)
        assert [one.filename for one in told] == [__file__]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(drainrs.mine([*names, "a line"]).events) == 3
