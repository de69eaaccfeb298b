"""Masks."""

from __future__ import annotations

from drainrs.drain3.masking import AbstractMaskingInstruction, LogMasker, MaskingInstruction, RegexMaskingInstruction


def test_what_a_pattern_matches_gets_a_name() -> None:
    text = "D9 test 999 888 1A ccc 3"
    mask = MaskingInstruction(r"((?<=[^A-Za-z0-9])|^)([\-\+]?\d+)((?=[^A-Za-z0-9])|$)", "NUM")
    assert LogMasker([mask], "<!", "!>").mask(text) == "D9 test <!NUM!> <!NUM!> 1A ccc <!NUM!>"
    assert RegexMaskingInstruction is MaskingInstruction


def test_masks_run_one_after_the_other() -> None:
    masks = [
        MaskingInstruction(r"((?<=[^A-Za-z0-9])|^)(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})((?=[^A-Za-z0-9])|$)", "IP"),
        MaskingInstruction(r"((?<=[^A-Za-z0-9])|^)([\-\+]?\d+)((?=[^A-Za-z0-9])|$)", "NUM"),
    ]
    assert LogMasker(masks, "[:", ":]").mask("10.0.0.1 sent 5") == "[:IP:] sent [:NUM:]"


def test_masks_are_found_by_name() -> None:
    masks = [MaskingInstruction("a", "1"), MaskingInstruction("b", "2"), MaskingInstruction("c", "1")]
    masker = LogMasker(masks, "", "")
    assert sorted(masker.mask_names) == ["1", "2"]
    assert list(masker.instructions_by_mask_name("1")) == [masks[0], masks[2]]
    assert list(masker.instructions_by_mask_name("0")) == []


def test_masks_need_not_be_patterns() -> None:
    class Upper(AbstractMaskingInstruction):
        def mask(self, content: str, mask_prefix: str, mask_suffix: str) -> str:
            words = content.split(" ")
            return " ".join(mask_prefix + self.mask_with + mask_suffix if word.isupper() else word for word in words)

    assert LogMasker([Upper("UP"), MaskingInstruction(r"\d+", "N")], "<", ">").mask("a BC 7") == "a <UP> <N>"
