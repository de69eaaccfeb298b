"""Lines in, clusters out, parameters out of lines."""

from __future__ import annotations

import logging
import os
import re
from pathlib import Path
from typing import Any

import pytest

from drainrs.drain3 import ExtractedParameter, MaskingInstruction, TemplateMiner, TemplateMinerConfig
from drainrs.drain3.masking import AbstractMaskingInstruction
from drainrs.drain3.simple_profiler import NullProfiler, SimpleProfiler

NUMBER = r"((?<=[^A-Za-z0-9])|^)([\-\+]?\d+)((?=[^A-Za-z0-9])|$)"
ADDRESS = r"((?<=[^A-Za-z0-9])|^)(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})((?=[^A-Za-z0-9])|$)"


def settings(*masks: tuple[str, str], **changes: Any) -> TemplateMinerConfig:
    config = TemplateMinerConfig()
    for name, value in changes.items():
        assert hasattr(config, name)
        setattr(config, name, value)
    config.masking_instructions = [MaskingInstruction(pattern, name) for pattern, name in masks]
    return config


def test_an_answer_says_what_became_of_a_line() -> None:
    miner = TemplateMiner(config=settings())
    answers = [miner.add_log_message(line) for line in ["user ada in", "user bob in", "user ada in", "bye"]]
    assert [list(answer) for answer in answers] == [
        ["change_type", "cluster_id", "cluster_size", "template_mined", "cluster_count"]
    ] * 4
    assert [tuple(answer.values()) for answer in answers] == [
        ("cluster_created", 1, 1, "user ada in", 1),
        ("cluster_template_changed", 1, 2, "user <*> in", 1),
        ("none", 1, 3, "user <*> in", 1),
        ("cluster_created", 2, 1, "bye", 2),
    ]


def test_without_settings_the_file_of_the_folder_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert TemplateMiner().drain.log_cluster_depth == 4
    Path("drain3.ini").write_text("[DRAIN]\ndepth = 7\n")
    assert TemplateMiner().drain.log_cluster_depth == 7


def test_a_line_is_matched_and_its_parameters_extracted() -> None:
    miner = TemplateMiner(config=settings((ADDRESS, "IP"), (NUMBER, "NUM")))
    miner.add_log_message("my ip is 10.0.0.1 and port 80 for ada")
    miner.add_log_message("my ip is 10.0.0.2 and port 443 for bob")
    line = "my ip is 1.2.3.4 and port 99 for eve"
    cluster = miner.match(line)
    assert cluster is not None
    template = cluster.get_template()
    assert template == "my ip is <IP> and port <NUM> for <*>"
    assert miner.extract_parameters(template, line) == [
        ExtractedParameter("1.2.3.4", "IP"),
        ExtractedParameter("99", "NUM"),
        ExtractedParameter("eve", "*"),
    ]
    assert miner.get_parameter_list(template, line) == ["1.2.3.4", "99", "eve"]
    assert miner.match("my ip is nowhere") is None


@pytest.mark.parametrize(
    ("template", "line", "expected"),
    [
        ("<*>", "a", ["a"]),
        ("<*> <*>", "a  b", ["a", "b"]),
        ("user <*> in", "user ada in", ["ada"]),
        ("user <*> in", "user ada lovelace in", ["ada lovelace"]),
        ("user <*> in", "guest ada in", []),
        ("no parameters", "no parameters", []),
        ("rate.* [<*>] (50%)", "rate.* [x] (50%)", ["x"]),
        ("<*>:<*>", "a:b:c", ["a", "b:c"]),
        ("tab <*>", "tab\tx", ["x"]),
    ],
)
def test_parameter_lists(template: str, line: str, expected: list[str]) -> None:
    assert TemplateMiner(config=settings()).get_parameter_list(template, line) == expected


def test_delimiters_are_blanks_to_parameters_too() -> None:
    miner = TemplateMiner(config=settings(drain_extra_delimiters=["_", "("]))
    miner.add_log_message("a_1_b")
    assert miner.add_log_message("a_2_b")["template_mined"] == "a <*> b"
    assert miner.get_parameter_list("a <*> b", "a_3_b") == ["3"]


def test_groups_of_masks_do_not_clash() -> None:
    named = r"(?P<quote>['\"])(?P<inside>.*?)(?P=quote)"
    twice = r"(\d)\1"
    miner = TemplateMiner(config=settings((named, "Q"), (twice, "TWO"), (r"(?i)abc", "ABC")))
    template = "<Q> <Q> <TWO> <ABC>"
    assert miner.extract_parameters(template, "'a' \"b c\" 77 aBc") == [
        ("'a'", "Q"), ("\"b c\"", "Q"), ("77", "TWO"), ("aBc", "ABC"),
    ]  # fmt: skip
    assert miner.extract_parameters(template, "'a\" 'b' 77 abc") is None


def test_several_masks_share_a_name() -> None:
    miner = TemplateMiner(config=settings((r"[a-c]+", "X"), (r"\d+", "X"), mask_prefix="[", mask_suffix="]"))
    assert miner.extract_parameters("[X]-[X] [*]", "abc-12 z") == [("abc", "X"), ("12", "X"), ("z", "*")]
    assert miner.extract_parameters("[X]", "z") is None
    assert miner.extract_parameters("[X]", "z", exact_matching=False) == [("z", "X")]


def test_a_mask_may_be_called_star() -> None:
    miner = TemplateMiner(config=settings((r"\d+", "*")))
    assert miner.add_log_message("took 12 ms")["template_mined"] == "took <*> ms"
    assert miner.extract_parameters("took <*> ms", "took x ms") == [("x", "*")]


def test_the_expressions_that_are_kept_are_bounded() -> None:
    miner = TemplateMiner(config=settings(parameter_extraction_cache_capacity=2))
    for word in "abcdeab":
        assert miner.get_parameter_list(f"{word} <*>", f"{word} x") == ["x"]
    assert len(miner._extractor) == 2
    none = TemplateMiner(config=settings(parameter_extraction_cache_capacity=0))
    assert none.get_parameter_list("a <*>", "a x") == ["x"]
    assert len(none._extractor) == 0


class Shout(AbstractMaskingInstruction):
    """A mask that is no pattern."""

    def mask(self, content: str, mask_prefix: str, mask_suffix: str) -> str:
        return content.replace("HELP", mask_prefix + self.mask_with + mask_suffix)


def test_masks_that_are_no_patterns_run_in_python(caplog: pytest.LogCaptureFixture) -> None:
    config = settings((r"\d+", "NUM"))
    config.masking_instructions.append(Shout("SHOUT"))
    caplog.set_level(logging.INFO)
    miner = TemplateMiner(config=config)
    assert miner.add_log_message("say HELP 7 times")["template_mined"] == "say <SHOUT> <NUM> times"
    assert miner.match("say HELP 8 times") is not None
    assert miner.extract_parameters("say <SHOUT> <NUM> times", "say HELP 8 times") == [("HELP", "SHOUT"), ("8", "NUM")]
    assert "Python" in caplog.text


def test_flags_beside_a_pattern_count() -> None:
    config = settings()
    config.masking_instructions = [MaskingInstruction(re.compile("error", re.IGNORECASE), "E")]
    assert TemplateMiner(config=config).add_log_message("an ERROR")["template_mined"] == "an <E>"


def test_sections_are_measured_and_told(capsys: pytest.CaptureFixture[str]) -> None:
    miner = TemplateMiner(config=settings(profiling_enabled=True, profiling_report_sec=0))
    miner.add_log_message("a b")
    told = capsys.readouterr().out
    assert [line.split(":")[0].strip() for line in told.split(os.linesep) if line][0] == "total"
    assert "drain" in told and "1 samples" in told

    lines: list[str] = []
    profiler = SimpleProfiler(printer=lines.append, reset_after_sample_count=2)
    for _ in range(3):
        profiler.start_section("part")
        profiler.end_section()
    assert profiler.section_to_stats["part"].sample_count == 1
    assert not profiler.report(1000)
    assert profiler.report(0) and lines
    with pytest.raises(ValueError):
        profiler.start_section("")
    for name in ("", "other"):
        with pytest.raises(ValueError):
            profiler.end_section(name)
    profiler.start_section("part")
    with pytest.raises(ValueError):
        profiler.start_section("part")
    assert NullProfiler().report() is False


def test_saving_without_a_handler_is_an_error() -> None:
    miner = TemplateMiner(config=settings())
    miner.load_state()
    with pytest.raises(ValueError):
        miner.save_state("no reason")
