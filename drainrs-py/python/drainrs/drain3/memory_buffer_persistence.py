"""States in memory."""

from __future__ import annotations

from .persistence_handler import PersistenceHandler


class MemoryBufferPersistence(PersistenceHandler):
    """Keeps the state in the attribute ``state``."""

    def __init__(self) -> None:
        self.state: bytes | None = None

    def save_state(self, state: bytes) -> None:
        self.state = state

    def load_state(self) -> bytes | None:
        return self.state
