"""Where states are kept."""

from __future__ import annotations

from abc import ABC, abstractmethod


class PersistenceHandler(ABC):
    """Keeps one state. Deriving from this class is not needed: whatever has the two methods will do."""

    @abstractmethod
    def save_state(self, state: bytes) -> None:
        """Keeps the state in place of the one before."""

    @abstractmethod
    def load_state(self) -> bytes | None:
        """The state that was kept last, or ``None``."""
