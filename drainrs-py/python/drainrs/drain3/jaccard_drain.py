"""The second engine of later releases of Drain3, which is not there."""

from __future__ import annotations

from typing import Any, NoReturn

MESSAGE = (
    "the engine JaccardDrain, which came after Drain3 0.9.11, is not part of drainrs; use the engine Drain, "
    "or drainrs.Miner() with its own rule"
)


class JaccardDrain:
    """Raises ``NotImplementedError``."""

    def __new__(cls, *_: Any, **__: Any) -> NoReturn:
        raise NotImplementedError(MESSAGE)
