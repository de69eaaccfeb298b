"""What handlers keep: states, as text-safe bytes or as they are, ours and Drain3's."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from drainrs import Miner, MinerConfig

# A snapshot of ours begins with these bytes, and a state of Drain3's with the bracket of its JSON.
_OURS = b"DRNR"

# No state is larger: what unpacks to more is none.
_MOST_BYTES = 1 << 32


def packed(state: bytes) -> bytes:
    """A state as Drain3 packs it with ``snapshot_compress_state``: zlib, then Base64."""
    return base64.b64encode(zlib.compress(state))


def unpacked(state: bytes | str) -> bytes:
    """A state as it was before it was packed, if it was: one look at it tells."""
    data = state.encode() if isinstance(state, str) else bytes(state)
    if _is_plain(data):
        return data
    try:
        inside = zlib.decompressobj()
        data = inside.decompress(base64.b64decode(data, validate=False), _MOST_BYTES)
        whole = inside.eof
    except (binascii.Error, zlib.error):
        whole = False
    if not whole or not _is_plain(data):
        raise ValueError("the state is neither a snapshot of drainrs nor a state of Drain3's, plain or compressed")
    return data


def _is_plain(data: bytes) -> bool:
    return data.startswith(_OURS) or data.lstrip().startswith(b"{")


def miner_of(state: bytes | str, config: MinerConfig) -> Miner:
    """A miner that goes on from a state, under these settings.

    As in Drain3 the settings of the state do not count, but for the limit on clusters, which belongs to them.
    """
    data = unpacked(state)
    if not data.startswith(_OURS):
        return Miner.from_drain3_state(data, config)
    saved = Miner.restore(data, config, adopt=True)
    kept: Any = saved.config.to_dict()
    wanted: Any = config.to_dict()
    wanted["mine"]["max_templates"] = kept["mine"]["max_templates"]
    if kept == wanted:
        return saved
    return Miner.from_drain3_state(json.dumps(_as_drain3(saved)).encode(), config)


def _as_drain3(miner: Miner) -> dict[str, Any]:
    """A miner in the form of Drain3's state: the way from one set of settings to another. The order of eviction becomes
    that of the ids, as it does in Drain3 with every state that it saves or loads."""
    clusters = {
        f"json://{template.id}": {
            "cluster_id": template.id,
            "size": template.count,
            "log_template_tokens": template.text.split(" ") if template.text else [],
        }
        for template in miner.templates()
    }
    limit = miner.config.mine.max_templates
    store: dict[str, Any] = clusters
    if limit is not None:
        store = {"_Cache__data": clusters, "_Cache__maxsize": limit}
    counters: Any = miner.stats().counters
    return {
        "log_cluster_depth": miner.config.mine.depth,
        "clusters_counter": counters["created"] if isinstance(counters, Mapping) else counters.created,
        "id_to_cluster": store,
        "root_node": {"key_to_child_node": dict(_nodes(miner.drain3_tree()))},
    }


def _nodes(nodes: Any) -> Iterator[tuple[str, Any]]:
    for node in nodes:
        fields = node if isinstance(node, Mapping) else vars(node)
        key = fields["key"]
        key = f"json://{json.dumps(key)}" if key.startswith("json://") else key
        yield key, {"key_to_child_node": dict(_nodes(fields["children"])), "cluster_ids": list(fields["clusters"])}
