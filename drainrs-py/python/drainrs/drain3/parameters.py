"""The parameters of a line by the text of its template, as Drain3 extracts them: with one large regular expression.

Kept for programs that call it. ``drainrs.Miner.insert`` gives the parameters of a line with its hit, by their places in the
line, at no cost that could grow beyond the line.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Sequence
from typing import NamedTuple

from .masking import AbstractMaskingInstruction, LogMasker

_ANYTHING = ".+?"

_GROUP = re.compile(r"\(\?P<(\w+)>|\(\?P=(\w+)\)|\(\?\((\w+)\)")
_LEADING_FLAGS = re.compile(r"\(\?([aiLmsux]+)\)")
_NUMBERED_REFERENCE = re.compile(r"\\(?!0)\d{1,2}")


class ExtractedParameter(NamedTuple):
    """A value and the name of its mask; the name of what no mask explains is ``*``."""

    value: str
    mask_name: str


class _Reader:
    """The regular expression of a template, and which of its groups are parameters."""

    def __init__(self, template: str, masker: LogMasker, exact: bool) -> None:
        self.mask_names: dict[str, str] = {}
        self._groups = 0
        self._masker = masker
        self._exact = exact
        names = [*dict.fromkeys([*masker.mask_names, "*"])]
        placeholders = {f"{masker.mask_prefix}{name}{masker.mask_suffix}": name for name in reversed(names)}
        longest_first = sorted(filter(None, placeholders), key=len, reverse=True)
        pieces = re.split(f"({'|'.join(map(re.escape, longest_first))})", template) if longest_first else [template]
        parts = [
            self._capture(placeholders[piece]) if at % 2 else re.escape(piece) for at, piece in enumerate(pieces)
        ]
        # A blank of the template is any white space of the line.
        self.regex = re.compile("^" + "".join(parts).replace("\\ ", "\\s+") + "$")

    def _group(self) -> str:
        self._groups += 1
        return f"p_{self._groups - 1}"

    def _capture(self, mask_name: str) -> str:
        choices: list[str] = []
        if self._exact:
            choices += [self._pattern(mask) for mask in self._masker.instructions_by_mask_name(mask_name)]
        if not self._exact or mask_name == "*":
            choices.append(_ANYTHING)
        group = self._group()
        self.mask_names[group] = mask_name
        return f"(?P<{group}>{'|'.join(choices)})"

    def _pattern(self, mask: AbstractMaskingInstruction) -> str:
        """The pattern of a mask with groups of new names, for it may stand in a template many times."""
        regex: re.Pattern[str] | None = getattr(mask, "regex", None)
        if regex is None:
            return _ANYTHING
        fresh = {name: self._group() for name in regex.groupindex}

        def renamed(found: re.Match[str]) -> str:
            begin, reference, condition = found.groups()
            name = begin or reference or condition
            new = fresh.get(name, name)
            if begin:
                return f"(?P<{new}>"
            return f"(?P={new})" if reference else f"(?({new})"

        pattern = _GROUP.sub(renamed, regex.pattern)
        pattern = _NUMBERED_REFERENCE.sub("(?:.+?)", pattern)
        flags = _LEADING_FLAGS.match(pattern)
        return f"(?{flags[1]}:{pattern[flags.end() :]})" if flags else pattern


class ParameterExtractor:
    """Extracts parameters; keeps the expressions of the templates that were asked for last."""

    def __init__(self, masker: LogMasker, extra_delimiters: Sequence[str], capacity: int) -> None:
        self._masker = masker
        self._delimiters = [_delimiter(delimiter) for delimiter in extra_delimiters]
        self._capacity = capacity
        self._readers: OrderedDict[tuple[str, bool], _Reader] = OrderedDict()

    def __len__(self) -> int:
        return len(self._readers)

    def extract(self, template: str, line: str, exact: bool) -> list[ExtractedParameter] | None:
        """The parameters in their order, or ``None`` if the line is not one of the template's."""
        for delimiter in self._delimiters:
            line = delimiter.sub(" ", line)
        reader = self._reader(template, exact)
        found = reader.regex.match(line)
        if found is None:
            return None
        return [
            ExtractedParameter(value, reader.mask_names[group])
            for group, value in found.groupdict().items()
            if group in reader.mask_names
        ]

    def _reader(self, template: str, exact: bool) -> _Reader:
        key = (template, exact)
        reader = self._readers.get(key)
        if reader is None:
            reader = _Reader(template, self._masker, exact)
            if self._capacity > 0:
                self._readers[key] = reader
                while len(self._readers) > self._capacity:
                    self._readers.popitem(last=False)
        else:
            self._readers.move_to_end(key)
        return reader


def _delimiter(text: str) -> re.Pattern[str]:
    """Drain3 takes a delimiter for plain text when it splits, and for a pattern here; what is none is plain text."""
    try:
        return re.compile(text)
    except re.error:
        return re.compile(re.escape(text))
