"""What can go wrong, as a tree of exceptions.

Lines never cause errors: building a machine, reading a snapshot or a task can fail, running cannot. Every exception carries
all problems that were found, each with its stable number (the same in Rust and C), the path of the setting and a sentence
that shows the value and the remedy.

>>> import drainrs
>>> try:
...     drainrs.Miner(depth=1, similarity_threshold=7.0)
... except drainrs.ConfigError as error:
...     (error.code, error.kind, error.path, len(error.problems))
(100, 'config', 'mine.depth', 2)
"""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = [
    "ConfigError",
    "Error",
    "FeatureError",
    "LimitError",
    "PatternError",
    "Problem",
    "SnapshotConfigError",
    "SnapshotError",
    "SnapshotVersionError",
    "TaskError",
]


class Problem(NamedTuple):
    """One thing that is wrong: where, and what to do."""

    code: int
    """The stable number of the kind."""
    kind: str
    """The name of the kind, as in documents: ``"config"``."""
    path: str
    """The path of the setting (``normalize.masks[3].pattern``), or the place in the input."""
    message: str
    """A sentence that shows the value and the remedy."""

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class Error(Exception):
    """Any error of drainrs. ``code``, ``kind`` and ``path`` are those of the first problem."""

    def __init__(self, *problems: Problem | str) -> None:
        found = [p if isinstance(p, Problem) else Problem(0, "other", "", str(p)) for p in problems]
        self.problems: tuple[Problem, ...] = tuple(found)
        first = self.problems[0] if self.problems else Problem(0, "other", "", "")
        self.code: int = first.code
        self.kind: str = first.kind
        self.path: str = first.path
        super().__init__(*self.problems)

    def __str__(self) -> str:
        if len(self.problems) == 1:
            return str(self.problems[0])
        return "\n  ".join([f"{len(self.problems)} problems:", *map(str, self.problems)])

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self.problems


class ConfigError(Error, ValueError):
    """A setting is unknown, missing, of the wrong type or out of its range."""


class PatternError(ConfigError):
    """A pattern (a mask, a format) does not compile."""


class LimitError(Error, ValueError):
    """A value is larger than a fixed limit of the library."""


class SnapshotError(Error, ValueError):
    """A snapshot is damaged, truncated or not a snapshot."""


class SnapshotVersionError(SnapshotError):
    """A snapshot was written by a format version that this library does not know."""


class SnapshotConfigError(SnapshotError):
    """A snapshot was taken under other settings than the ones given."""


class TaskError(Error, ValueError):
    """What should be a saved task is none."""


class FeatureError(Error):
    """The part that was asked for is not compiled in."""


CLASSES: dict[int, type[Error]] = {
    100: ConfigError,
    101: PatternError,
    102: LimitError,
    200: SnapshotError,
    201: SnapshotVersionError,
    202: SnapshotConfigError,
    300: TaskError,
    900: FeatureError,
}


def of(problems: list[tuple[int, str, str, str]]) -> Error:
    """The exception of the first problem's kind, with all problems: what the native module raises."""
    found = [Problem(*problem) for problem in problems]
    return CLASSES.get(found[0].code if found else 0, Error)(*found)
