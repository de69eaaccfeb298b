"""Lines in, clusters out: what programs on Drain3 call."""

from __future__ import annotations

import logging
import time
from typing import Protocol, TypedDict

from drainrs import Miner
from drainrs.errors import ConfigError, LimitError

from . import jaccard_drain
from .drain import Drain, LogCluster
from .masking import LogMasker, MaskingInstruction
from .parameters import ExtractedParameter, ParameterExtractor
from .simple_profiler import NullProfiler, Profiler, SimpleProfiler
from .states import miner_of, packed
from .template_miner_config import TemplateMinerConfig

__all__ = ["Answer", "ExtractedParameter", "TemplateMiner", "config_filename"]

logger = logging.getLogger(__name__)

config_filename = "drain3.ini"


class Answer(TypedDict):
    """What became of a line."""

    change_type: str
    cluster_id: int
    cluster_size: int
    template_mined: str
    cluster_count: int


class _Handler(Protocol):
    """Whatever keeps a state."""

    def save_state(self, state: bytes) -> object: ...

    def load_state(self) -> bytes | str | None: ...


class TemplateMiner:
    """Masks, mines, and saves its state after every change."""

    def __init__(
        self, persistence_handler: _Handler | None = None, config: TemplateMinerConfig | None = None
    ) -> None:
        """Without ``config`` the file ``drain3.ini`` of the present folder is read, if there is one; with a handler, the
        state that it keeps is loaded."""
        if config is None:
            logger.info("reading settings from %s", config_filename)
            config = TemplateMinerConfig()
            config.load(config_filename)
        if config.engine != "Drain":
            reason = jaccard_drain.MESSAGE if config.engine == "JaccardDrain" else f"no engine {config.engine!r}"
            raise NotImplementedError(reason)
        self.config = config
        self.profiler: Profiler = SimpleProfiler() if config.profiling_enabled else NullProfiler()
        self.persistence_handler = persistence_handler
        self.masker = LogMasker(config.masking_instructions, config.mask_prefix, config.mask_suffix)
        self._masks_here = False
        self.drain = self._new_drain()
        self._extractor = ParameterExtractor(
            self.masker, config.drain_extra_delimiters, int(config.parameter_extraction_cache_capacity)
        )
        self.last_save_time = time.time()
        if persistence_handler is not None:
            self.load_state()

    def _new_drain(self) -> Drain:
        instructions = list(self.config.masking_instructions)
        plain = [mask for mask in instructions if type(mask) is MaskingInstruction and mask.is_text]
        if len(plain) == len(instructions):
            try:
                return self._drain_with([(mask.mask_with, mask.pattern) for mask in plain])
            except (ConfigError, LimitError) as error:
                if not instructions:
                    raise
                reason: object = error
        else:
            # Classes of the user's own may do anything.
            reason = "not all of them are plain regular expressions"
        drain = self._drain_with([])
        self._masks_here = True
        logger.info("masks run in Python, which is slower: %s", reason)
        return drain

    def _drain_with(self, masks: list[tuple[str, str]]) -> Drain:
        config = self.config
        return Drain(
            depth=config.drain_depth,
            sim_th=config.drain_sim_th,
            max_children=config.drain_max_children,
            max_clusters=config.drain_max_clusters,
            extra_delimiters=config.drain_extra_delimiters,
            profiler=self.profiler,
            param_str=f"{config.mask_prefix}*{config.mask_suffix}",
            parametrize_numeric_tokens=config.parametrize_numeric_tokens,
            masks=masks,
            marks=(config.mask_prefix, config.mask_suffix),
        )

    @property
    def miner(self) -> Miner:
        """The miner of drainrs beneath, for all that Drain3 cannot do."""
        return self.drain.miner

    def _masked(self, log_message: str) -> str:
        return self.masker.mask(log_message) if self._masks_here else log_message

    def add_log_message(self, log_message: str) -> Answer:
        """Mines a line."""
        if not self.config.profiling_enabled:
            answer = self._mined(log_message)
            if self.persistence_handler is not None:
                self._save_if_due(answer)
            return answer
        profiler = self.profiler
        profiler.start_section("total")
        profiler.start_section("drain")
        answer = self._mined(log_message)
        profiler.end_section("drain")
        if self.persistence_handler is not None:
            profiler.start_section("save_state")
            self._save_if_due(answer)
            profiler.end_section("save_state")
        profiler.end_section("total")
        profiler.report(self.config.profiling_report_sec)
        return answer

    def _mined(self, log_message: str) -> Answer:
        cluster_id, size, template, change = self.drain._add(self._masked(log_message))
        return {
            "change_type": change,
            "cluster_id": cluster_id,
            "cluster_size": size,
            "template_mined": template,
            "cluster_count": len(self.drain.miner),
        }

    def _save_if_due(self, answer: Answer) -> None:
        reason = self.get_snapshot_reason(answer["change_type"], answer["cluster_id"])
        if reason:
            self.save_state(reason)
            self.last_save_time = time.time()

    def match(self, log_message: str, full_search_strategy: str = "never") -> LogCluster | None:
        """The cluster that a line fits completely, without learning from it; see ``Drain.match`` for the strategies."""
        return self.drain.match(self._masked(log_message), full_search_strategy)

    def extract_parameters(
        self, log_template: str, log_message: str, exact_matching: bool = True
    ) -> list[ExtractedParameter] | None:
        """The parameters of a line by its template, or ``None`` if it is not one of the template's lines.

        With ``exact_matching`` a value must be what its mask matches, without it can be anything.
        """
        return self._extractor.extract(log_template, log_message, exact_matching)

    def get_parameter_list(self, log_template: str, log_message: str) -> list[str]:
        """The values that ``extract_parameters`` finds without exact matching; none if the line does not fit."""
        found = self.extract_parameters(log_template, log_message, exact_matching=False)
        return [parameter.value for parameter in found or ()]

    def get_snapshot_reason(self, change_type: str, cluster_id: int) -> str | None:
        """Why the state is to be saved now, if it is."""
        if change_type != "none":
            return f"{change_type} ({cluster_id})"
        waited = time.time() - self.last_save_time
        return "periodic" if waited >= self.config.snapshot_interval_minutes * 60 else None

    def save_state(self, snapshot_reason: str) -> None:
        """Hands the state to the handler: a snapshot of drainrs, packed as ``snapshot_compress_state`` says."""
        if self.persistence_handler is None:
            raise ValueError("there is no persistence_handler to hand the state to")
        state = self.drain.miner.snapshot()
        if self.config.snapshot_compress_state:
            state = packed(state)
        logger.info("saving %d clusters, %d bytes: %s", len(self.drain.miner), len(state), snapshot_reason)
        self.persistence_handler.save_state(state)

    def load_state(self) -> None:
        """Goes on from the state that the handler keeps, ours or one that Drain3 saved."""
        state = None if self.persistence_handler is None else self.persistence_handler.load_state()
        if state is None:
            logger.info("no saved state")
            return
        self.drain._go_on_with(miner_of(state, self.drain.config))
        logger.info("going on with %d clusters", len(self.drain.miner))
