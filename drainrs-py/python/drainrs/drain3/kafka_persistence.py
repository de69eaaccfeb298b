"""States in Kafka. The package ``kafka`` (kafka-python) is imported when a handler is made."""

from __future__ import annotations

import importlib
from typing import Any

from .persistence_handler import PersistenceHandler


class KafkaPersistence(PersistenceHandler):
    """Appends states to a topic of one partition, and loads the last one of it."""

    def __init__(self, topic: str, snapshot_poll_timeout_sec: float = 60, **kafka_client_options: Any) -> None:
        self.topic = topic
        self.snapshot_poll_timeout_sec = snapshot_poll_timeout_sec
        self.kafka_client_options = kafka_client_options
        self._kafka: Any = importlib.import_module("kafka")
        self.producer: Any = self._kafka.KafkaProducer(**kafka_client_options)

    def save_state(self, state: bytes) -> None:
        self.producer.send(self.topic, value=state)

    def load_state(self) -> bytes | None:
        consumer = self._kafka.KafkaConsumer(**self.kafka_client_options)
        try:
            partition = self._kafka.TopicPartition(self.topic, 0)
            consumer.assign([partition])
            end: int = consumer.end_offsets([partition])[partition]
            if end == 0:
                return None
            consumer.seek(partition, end - 1)
            records = consumer.poll(timeout_ms=int(self.snapshot_poll_timeout_sec * 1000))
            if not records.get(partition):
                raise RuntimeError(
                    f"the topic {self.topic!r} holds {end} states, but none came within "
                    f"{self.snapshot_poll_timeout_sec} seconds"
                )
            state: bytes | None = records[partition][-1].value
            return state
        finally:
            consumer.close()
