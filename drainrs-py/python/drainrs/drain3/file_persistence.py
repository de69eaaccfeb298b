"""States in a file."""

from __future__ import annotations

import os
from pathlib import Path

from .persistence_handler import PersistenceHandler


class FilePersistence(PersistenceHandler):
    """Keeps the state in a file. It is replaced as a whole: whoever is stopped while writing leaves the old state behind."""

    def __init__(self, file_path: str | os.PathLike[str]) -> None:
        self.file_path = file_path

    def save_state(self, state: bytes) -> None:
        path = Path(self.file_path)
        fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
        try:
            with fresh.open("wb") as file:
                file.write(state)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)

    def load_state(self) -> bytes | None:
        try:
            return Path(self.file_path).read_bytes()
        except FileNotFoundError:
            return None
