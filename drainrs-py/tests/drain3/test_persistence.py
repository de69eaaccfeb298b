"""States, and who keeps them."""

from __future__ import annotations

import base64
import sys
import types
import zlib
from pathlib import Path
from typing import Any

import pytest

from drainrs.drain3 import TemplateMiner, TemplateMinerConfig
from drainrs.drain3.file_persistence import FilePersistence
from drainrs.drain3.kafka_persistence import KafkaPersistence
from drainrs.drain3.memory_buffer_persistence import MemoryBufferPersistence
from drainrs.drain3.redis_persistence import RedisPersistence

LINES = ["AA BB CC", "AA BB DD", "XX YY 1", "XX YY 2", "other line of five words", ""]


def settings(**changes: Any) -> TemplateMinerConfig:
    config = TemplateMinerConfig()
    for name, value in changes.items():
        assert hasattr(config, name)
        setattr(config, name, value)
    return config


def clusters(miner: TemplateMiner) -> list[str]:
    return [str(cluster) for cluster in miner.drain.clusters]


@pytest.mark.parametrize("compress", [True, False])
@pytest.mark.parametrize("max_clusters", [None, 3])
def test_going_on_equals_never_having_stopped(compress: bool, max_clusters: int | None) -> None:
    config = settings(snapshot_compress_state=compress, drain_max_clusters=max_clusters)
    store = MemoryBufferPersistence()
    whole = TemplateMiner(config=config)
    for line in LINES * 2:
        whole.add_log_message(line)
    half = TemplateMiner(store, config)
    for line in LINES:
        half.add_log_message(line)
    half.save_state("test")
    again = TemplateMiner(store, config)
    assert clusters(again) == clusters(half)
    for line in LINES:
        again.add_log_message(line)
    assert clusters(again) == clusters(whole)
    assert again.drain.clusters_counter == whole.drain.clusters_counter


def test_a_state_is_read_packed_or_not_whatever_the_settings_say() -> None:
    for compress in (True, False):
        store = MemoryBufferPersistence()
        first = TemplateMiner(store, settings(snapshot_compress_state=compress))
        first.add_log_message("hello")
        assert store.state is not None
        assert store.state.startswith(b"DRNR") is not compress
        again = TemplateMiner(store, settings(snapshot_compress_state=not compress))
        assert clusters(again) == clusters(first)


def test_other_settings_take_over_the_clusters() -> None:
    store = MemoryBufferPersistence()
    first = TemplateMiner(store, settings(drain_sim_th=0.4))
    for line in LINES:
        first.add_log_message(line)
    again = TemplateMiner(store, settings(drain_sim_th=1.0, drain_max_clusters=2))
    assert clusters(again) == clusters(first)
    assert again.drain.max_clusters is None, "the limit belongs to the state, as in Drain3"
    assert again.add_log_message("AA BB EE")["change_type"] == "cluster_created", "the threshold to the settings"
    assert again.drain.clusters_counter == first.drain.clusters_counter + 1


def test_what_is_no_state_is_refused() -> None:
    store = MemoryBufferPersistence()
    for junk in (b"", b"junk", base64.b64encode(b"junk"), base64.b64encode(zlib.compress(b"junk")), b"{", b"DRNR"):
        store.state = junk
        with pytest.raises(ValueError):
            TemplateMiner(store, settings())
    cut = base64.b64encode(zlib.compress(b"{" + bytes(1000))[:-3])
    store.state = cut
    with pytest.raises(ValueError):
        TemplateMiner(store, settings())


def test_a_file_keeps_the_state(tmp_path: Path) -> None:
    path = tmp_path / "state.bin"
    store = FilePersistence(str(path))
    assert store.load_state() is None
    first = TemplateMiner(store, settings())
    first.add_log_message("hello")
    assert path.exists() and [entry.name for entry in tmp_path.iterdir()] == ["state.bin"]
    assert clusters(TemplateMiner(FilePersistence(path), settings())) == clusters(first)


def test_whatever_has_the_two_methods_keeps_states() -> None:
    class Kept:
        reasons: list[bytes] = []

        def save_state(self, state: bytes) -> None:
            self.reasons.append(state)

        def load_state(self) -> None:
            return None

    store = Kept()
    miner = TemplateMiner(store, settings())
    miner.add_log_message("a b")
    miner.add_log_message("a b")
    assert len(store.reasons) == 1, "what changes nothing is not saved at once"
    miner.config.snapshot_interval_minutes = 0
    miner.add_log_message("a b")
    assert len(store.reasons) == 2
    assert miner.get_snapshot_reason("none", 1) == "periodic"
    assert miner.get_snapshot_reason("cluster_created", 7) == "cluster_created (7)"


def test_redis_keeps_the_state(monkeypatch: pytest.MonkeyPatch) -> None:
    class Redis:
        def __init__(self, **options: Any) -> None:
            self.options, self.kept = options, dict[str, bytes]()
            self.set, self.get = self.kept.__setitem__, self.kept.get

    monkeypatch.setitem(sys.modules, "redis", types.SimpleNamespace(Redis=Redis))
    store = RedisPersistence("host", 6379, 0, "secret", True, "key")
    assert store.r.options == {"host": "host", "port": 6379, "db": 0, "password": "secret", "ssl": True}
    assert store.load_state() is None
    store.save_state(b"state")
    assert (store.load_state(), store.r.kept) == (b"state", {"key": b"state"})


def test_kafka_keeps_the_state(monkeypatch: pytest.MonkeyPatch) -> None:
    log: list[bytes] = []
    closed: list[int] = []
    silent = False

    class Consumer:
        def __init__(self, **options: Any) -> None:
            assert options == {"bootstrap_servers": "host"}
            self.at = 0

        def assign(self, partitions: list[tuple[str, int]]) -> None:
            assert partitions == [("topic", 0)]

        def end_offsets(self, partitions: list[tuple[str, int]]) -> dict[tuple[str, int], int]:
            return {partitions[0]: len(log)}

        def seek(self, partition: tuple[str, int], at: int) -> None:
            self.at = at

        def poll(self, timeout_ms: int) -> dict[tuple[str, int], list[Any]]:
            assert timeout_ms == 5000
            return {} if silent else {("topic", 0): [types.SimpleNamespace(value=value) for value in log[self.at :]]}

        def close(self) -> None:
            closed.append(1)

    producer = types.SimpleNamespace(send=lambda topic, value: log.append(value))
    kafka = types.SimpleNamespace(
        KafkaProducer=lambda **_: producer, KafkaConsumer=Consumer, TopicPartition=lambda topic, at: (topic, at)
    )
    monkeypatch.setitem(sys.modules, "kafka", kafka)
    store = KafkaPersistence("topic", snapshot_poll_timeout_sec=5, bootstrap_servers="host")
    assert store.load_state() is None
    store.save_state(b"one")
    store.save_state(b"two")
    assert store.load_state() == b"two"
    silent = True
    with pytest.raises(RuntimeError, match="topic"):
        store.load_state()
    assert len(closed) == 3


def test_redis_and_kafka_are_imported_when_they_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("redis", "kafka"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError):
        RedisPersistence("host", 1, 0, None, False, "key")
    with pytest.raises(ImportError):
        KafkaPersistence("topic")
