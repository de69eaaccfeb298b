"""States in Redis. The package ``redis`` is imported when a handler is made."""

from __future__ import annotations

import importlib
from typing import Any

from .persistence_handler import PersistenceHandler


class RedisPersistence(PersistenceHandler):
    """Keeps the state under a key of a Redis server. The client is at hand as ``r``."""

    def __init__(
        self, redis_host: str, redis_port: int, redis_db: int, redis_pass: str | None, is_ssl: bool, redis_key: str
    ) -> None:
        self.redis_host = redis_host
        self.redis_port = redis_port
        self.redis_db = redis_db
        self.redis_pass = redis_pass
        self.is_ssl = is_ssl
        self.redis_key = redis_key
        redis: Any = importlib.import_module("redis")
        self.r: Any = redis.Redis(host=redis_host, port=redis_port, db=redis_db, password=redis_pass, ssl=is_ssl)

    def save_state(self, state: bytes) -> None:
        self.r.set(self.redis_key, state)

    def load_state(self) -> bytes | None:
        state: bytes | None = self.r.get(self.redis_key)
        return state
