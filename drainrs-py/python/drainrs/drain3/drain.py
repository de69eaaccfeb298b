"""The miner under the names of Drain3: clusters, the tree, matching."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence, ValuesView
from typing import Any, TextIO

from drainrs import Miner, MinerConfig

from .simple_profiler import NullProfiler, Profiler

_CHANGES = {
    "none": "none",
    "unchanged": "none",
    "created": "cluster_created",
    "widened": "cluster_template_changed",
}

_STRATEGIES = ("always", "never", "fallback")


class LogCluster:
    """A template and how many lines it has. It follows its miner; once evicted, it stays as it was seen last."""

    __slots__ = ("_cluster_id", "_drain", "_size", "_text", "_version")

    def __init__(self, log_template_tokens: Sequence[str], cluster_id: int) -> None:
        self._drain: Drain | None = None
        self._version = 0
        self._cluster_id = cluster_id
        self._size = 1
        self._text = " ".join(log_template_tokens)

    @classmethod
    def _of(cls, drain: Drain, cluster_id: int, size: int, text: str) -> LogCluster:
        cluster = cls((), cluster_id)
        cluster._drain, cluster._version, cluster._size, cluster._text = drain, drain._version, size, text
        return cluster

    def _follow(self) -> None:
        if self._drain is not None and self._version != self._drain._version:
            self._version = self._drain._version
            template = self._drain.miner.template(self._cluster_id)
            if template is not None:
                self._size, self._text = template.count, template.text

    @property
    def cluster_id(self) -> int:
        """The number, as in every answer."""
        return self._cluster_id

    @property
    def size(self) -> int:
        """How many lines the cluster has."""
        self._follow()
        return self._size

    @property
    def log_template_tokens(self) -> tuple[str, ...]:
        """The tokens of the template."""
        text = self.get_template()
        return tuple(text.split(" ")) if text else ()

    def get_template(self) -> str:
        """The template, its tokens parted by one blank each."""
        self._follow()
        return self._text

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LogCluster):
            return NotImplemented
        return self._cluster_id == other._cluster_id and self._drain is other._drain and self.size == other.size

    def __hash__(self) -> int:
        return hash((id(self._drain), self._cluster_id))

    def __str__(self) -> str:
        return f"ID={self.cluster_id!s:<5} : size={self.size!s:<10}: {self.get_template()}"

    def __repr__(self) -> str:
        return f"<LogCluster {self}>"


class _Values(ValuesView[LogCluster]):
    """All clusters: read in one go instead of one by one."""

    _mapping: Clusters

    def __iter__(self) -> Iterator[LogCluster]:
        drain = self._mapping._drain
        for template in list(drain.miner.templates()):
            yield LogCluster._of(drain, template.id, template.count, template.text)


class Clusters(Mapping[int, LogCluster]):
    """The living clusters by id. Reading them, other than in Drain3, does not change which one is evicted next."""

    def __init__(self, drain: Drain) -> None:
        self._drain = drain

    def __getitem__(self, cluster_id: int) -> LogCluster:
        template = self._drain.miner.template(cluster_id) if _is_id(cluster_id) else None
        if template is None:
            raise KeyError(cluster_id)
        return LogCluster._of(self._drain, template.id, template.count, template.text)

    def __contains__(self, cluster_id: object) -> bool:
        return _is_id(cluster_id) and self._drain.miner.template(cluster_id) is not None  # type: ignore[arg-type]

    def __iter__(self) -> Iterator[int]:
        return iter([template.id for template in self._drain.miner.templates()])

    def __len__(self) -> int:
        return len(self._drain.miner)

    def values(self) -> ValuesView[LogCluster]:
        return _Values(self)

    def __repr__(self) -> str:
        return f"<{len(self)} clusters>"


def _is_id(value: object) -> bool:
    return isinstance(value, int) and 0 <= value < 1 << 64


class Node:
    """A node of the tree, as it was when it was asked for."""

    __slots__ = ("cluster_ids", "key_to_child_node")

    def __init__(self) -> None:
        self.key_to_child_node: dict[str, Node] = {}
        self.cluster_ids: list[int] = []

    @classmethod
    def _below(cls, children: Sequence[Any], cluster_ids: Sequence[int] = ()) -> Node:
        node = cls()
        node.cluster_ids = [int(id_) for id_ in cluster_ids]
        for child in children:
            key, grandchildren, ids = _fields(child)
            node.key_to_child_node[key] = cls._below(grandchildren, ids)
        return node


def _fields(node: Any) -> tuple[str, Sequence[Any], Sequence[int]]:
    """A node comes as a mapping or as an object."""
    if isinstance(node, Mapping):
        return node["key"], node["children"], node["clusters"]
    return node.key, node.children, node.clusters


class Drain:
    """Drain3's machine. A ``TemplateMiner`` has one as ``drain``, whose masks it applies, and it can be used by itself."""

    def __init__(
        self,
        depth: int = 4,
        sim_th: float = 0.4,
        max_children: int = 100,
        max_clusters: int | None = None,
        extra_delimiters: Sequence[str] = (),
        profiler: Profiler | None = None,
        param_str: str = "<*>",
        parametrize_numeric_tokens: bool = True,
        *,
        masks: Sequence[tuple[str, str]] = (),
        marks: tuple[str, str] | None = None,
    ) -> None:
        """``masks`` are names with their patterns, ``marks`` what stands before and after a name; the rest is Drain3's."""
        if depth < 3:
            raise ValueError(f"depth must be at least 3, got {depth}")
        if marks is None:
            prefix, star, suffix = param_str.partition("*")
            if not star:
                raise ValueError(f"param_str must hold a *, such as <*>; got {param_str!r}")
            marks = (prefix, suffix)
        self.log_cluster_depth = depth
        self.max_node_depth = depth - 2
        self.sim_th = sim_th
        self.max_children = max_children
        self.extra_delimiters = extra_delimiters
        self.profiler: Profiler = NullProfiler() if profiler is None else profiler
        self.param_str = param_str
        self.parametrize_numeric_tokens = parametrize_numeric_tokens
        base = MinerConfig.drain3()
        normalize, mine = base.normalize.to_dict(), base.mine.to_dict()
        normalize |= {
            "masks": [{"name": name, "pattern": pattern} for name, pattern in masks],
            "mask_prefix": marks[0],
            "mask_suffix": marks[1],
            "extra_delimiters": list(extra_delimiters),
        }
        mine |= {
            "depth": depth,
            "similarity_threshold": sim_th,
            "max_children": max_children,
            "max_templates": max_clusters,
            "parametrize_numeric_tokens": parametrize_numeric_tokens,
        }
        self.config = MinerConfig(normalize=normalize, mine=mine)
        self.miner = Miner(self.config)
        self._version = 0
        self._max_clusters = max_clusters
        self._texts: dict[int, str] = {}

    def _go_on_with(self, miner: Miner) -> None:
        self.miner = miner
        self._version += 1
        self._texts.clear()
        self._max_clusters = miner.config.mine.max_templates

    @property
    def max_clusters(self) -> int | None:
        """The limit on clusters; it comes along with a loaded state."""
        return self._max_clusters

    @property
    def id_to_cluster(self) -> Clusters:
        """The living clusters by id."""
        return Clusters(self)

    @property
    def clusters(self) -> ValuesView[LogCluster]:
        """The living clusters."""
        return Clusters(self).values()

    @property
    def clusters_counter(self) -> int:
        """How many clusters were ever made: the id of the newest."""
        counters: Any = self.miner.stats().counters
        created: int = counters["created"] if isinstance(counters, Mapping) else counters.created
        return created

    @property
    def root_node(self) -> Node:
        """A copy of the tree."""
        return Node._below(self.miner.drain3_tree())

    def add_log_message(self, content: str) -> tuple[LogCluster, str]:
        """Mines a line: its cluster, and one of ``none``, ``cluster_created``, ``cluster_template_changed``."""
        self.profiler.start_section("drain")
        cluster_id, size, text, change = self._add(content)
        self.profiler.end_section("drain")
        return LogCluster._of(self, cluster_id, size, text), change

    def _add(self, content: str) -> tuple[int, int, str, str]:
        hit = self.miner.insert(content)
        self._version += 1
        cluster_id, change = hit.template, _CHANGES[hit.change]
        text = self._texts.get(cluster_id) if change == "none" else None
        if text is None:
            text = self.miner.text(cluster_id) or ""
            # Clusters come and go, and evicted ones are not told: now and then the texts are gathered anew.
            if len(self._texts) > 2 * len(self.miner) + 64:
                self._texts.clear()
            self._texts[cluster_id] = text
        return cluster_id, hit.size, text, change

    def match(self, content: str, full_search_strategy: str = "never") -> LogCluster | None:
        """The cluster that a line fits completely, without learning from it. The tree alone (``never``) misses some lines
        that were mined; ``fallback`` then looks at all clusters of the same length, ``always`` does so at once."""
        assert full_search_strategy in _STRATEGIES, f"one of {_STRATEGIES} is needed, got {full_search_strategy!r}"
        found = self.miner.match_as_drain3(content, full_search_strategy)
        return None if found is None else self.id_to_cluster[found]

    def get_total_cluster_size(self) -> int:
        """The lines of all living clusters."""
        return sum(cluster.size for cluster in self.clusters)

    def get_clusters_ids_for_seq_len(self, seq_len: int | str) -> list[int]:
        """The clusters of so many tokens, in the order of the tree."""

        def below(node: Node) -> Iterator[int]:
            yield from node.cluster_ids
            for child in node.key_to_child_node.values():
                yield from below(child)

        node = self.root_node.key_to_child_node.get(str(seq_len))
        return [] if node is None else list(below(node))

    def print_tree(self, file: TextIO | None = None, max_clusters: int = 5) -> None:
        """Prints the tree, with the first clusters of each leaf."""
        self.print_node("root", self.root_node, 0, file, max_clusters)

    def print_node(self, token: str, node: Node, depth: int, file: TextIO | None, max_clusters: int) -> None:
        """Prints a node and what is below it."""
        out = sys.stdout if file is None else file
        name = (f"<{token}>", f"<L={token}>", f'"{token}"')[min(depth, 2)]
        count = f" (cluster_count={len(node.cluster_ids)})" if node.cluster_ids else ""
        print("\t" * depth + name + count, file=out)
        for key, child in node.key_to_child_node.items():
            self.print_node(key, child, depth + 1, file, max_clusters)
        for cluster_id in node.cluster_ids[:max_clusters]:
            print("\t" * (depth + 1) + str(self.id_to_cluster.get(cluster_id)), file=out)

    @staticmethod
    def has_numbers(s: str) -> bool:
        """Whether there is a digit, as Python sees digits."""
        return any(map(str.isdigit, s))

    def get_content_as_tokens(self, content: str) -> list[str]:
        """The tokens of a line, without its masks."""
        content = content.strip()
        for delimiter in self.extra_delimiters:
            content = content.replace(delimiter, " ")
        return content.split()

    def get_seq_distance(self, seq1: Sequence[str], seq2: Sequence[str], include_params: bool) -> tuple[float, int]:
        """The share of tokens that a template has in common with a line, and how many wildcards it has."""
        assert len(seq1) == len(seq2), "a template and a line of the same length are needed"
        if not seq1:
            return 1.0, 0
        wildcards = sum(token == self.param_str for token in seq1)
        equal = sum(own == other and own != self.param_str for own, other in zip(seq1, seq2))
        return (equal + (wildcards if include_params else 0)) / len(seq1), wildcards

    def create_template(self, seq1: Sequence[str], seq2: Sequence[str]) -> list[str]:
        """The second sequence, with wildcards where the first one differs."""
        assert len(seq1) == len(seq2), "two sequences of the same length are needed"
        return [own if own == other else self.param_str for own, other in zip(seq2, seq1)]
