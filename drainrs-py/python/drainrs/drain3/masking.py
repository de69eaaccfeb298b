"""Masks: what a pattern matches is shown by a name."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Collection


class AbstractMaskingInstruction(ABC):
    """A mask of any kind. Masks that are no regular expressions work, but are slower: they run in Python."""

    def __init__(self, mask_with: str) -> None:
        self.mask_with = mask_with

    @abstractmethod
    def mask(self, content: str, mask_prefix: str, mask_suffix: str) -> str:
        """The text with a placeholder in place of everything that the mask means."""


class MaskingInstruction(AbstractMaskingInstruction):
    """A mask by a regular expression of Python's ``re``."""

    def __init__(self, pattern: str | re.Pattern[str], mask_with: str) -> None:
        super().__init__(mask_with)
        self.regex = re.compile(pattern)

    @property
    def pattern(self) -> str:
        """The regular expression as text."""
        return self.regex.pattern

    @property
    def is_text(self) -> bool:
        """Whether the text says all: a compiled pattern may have flags that are not in its text."""
        return self.regex.flags == re.compile(self.pattern).flags

    def mask(self, content: str, mask_prefix: str, mask_suffix: str) -> str:
        return self.regex.sub(f"{mask_prefix}{self.mask_with}{mask_suffix}", content)


RegexMaskingInstruction = MaskingInstruction


class LogMasker:
    """All masks, one after the other."""

    def __init__(
        self, masking_instructions: Collection[AbstractMaskingInstruction], mask_prefix: str, mask_suffix: str
    ) -> None:
        self.mask_prefix = mask_prefix
        self.mask_suffix = mask_suffix
        self.masking_instructions = masking_instructions
        self.mask_name_to_instructions: dict[str, list[AbstractMaskingInstruction]] = {}
        for instruction in masking_instructions:
            self.mask_name_to_instructions.setdefault(instruction.mask_with, []).append(instruction)

    def mask(self, content: str) -> str:
        """The text as the masks leave it."""
        for instruction in self.masking_instructions:
            content = instruction.mask(content, self.mask_prefix, self.mask_suffix)
        return content

    @property
    def mask_names(self) -> Collection[str]:
        """The names, without prefix and suffix."""
        return self.mask_name_to_instructions.keys()

    def instructions_by_mask_name(self, mask_name: str) -> Collection[AbstractMaskingInstruction]:
        """The masks that share a name."""
        return self.mask_name_to_instructions.get(mask_name, [])
