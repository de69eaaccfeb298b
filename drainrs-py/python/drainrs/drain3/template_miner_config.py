"""Settings, under the names of Drain3."""

from __future__ import annotations

import ast
import configparser
import json
import logging
import os
from collections.abc import Sequence

from .masking import AbstractMaskingInstruction, MaskingInstruction

logger = logging.getLogger(__name__)


class TemplateMinerConfig:
    """Settings with the defaults of Drain3. They are read when a ``TemplateMiner`` is made."""

    def __init__(self) -> None:
        self.engine = "Drain"
        self.profiling_enabled = False
        self.profiling_report_sec = 60
        self.snapshot_interval_minutes = 5
        self.snapshot_compress_state = True
        self.drain_extra_delimiters: Sequence[str] = []
        self.drain_sim_th = 0.4
        self.drain_depth = 4
        self.drain_max_children = 100
        self.drain_max_clusters: int | None = None
        self.masking_instructions: list[AbstractMaskingInstruction] = []
        self.mask_prefix = "<"
        self.mask_suffix = ">"
        self.parameter_extraction_cache_capacity = 3000
        self.parametrize_numeric_tokens = True

    def load(self, config_filename: str | os.PathLike[str]) -> None:
        """Takes over what a ``drain3.ini`` says; what it does not say stays as it is."""
        parser = configparser.ConfigParser()
        if not parser.read(config_filename):
            logger.warning("no such settings: %s", os.fspath(config_filename))

        for section, key, name in (
            ("PROFILING", "enabled", "profiling_enabled"),
            ("SNAPSHOT", "compress_state", "snapshot_compress_state"),
            ("DRAIN", "parametrize_numeric_tokens", "parametrize_numeric_tokens"),
        ):
            setattr(self, name, parser.getboolean(section, key, fallback=getattr(self, name)))
        for section, key, name in (
            ("PROFILING", "report_sec", "profiling_report_sec"),
            ("SNAPSHOT", "snapshot_interval_minutes", "snapshot_interval_minutes"),
            ("DRAIN", "depth", "drain_depth"),
            ("DRAIN", "max_children", "drain_max_children"),
            ("DRAIN", "max_clusters", "drain_max_clusters"),
            ("MASKING", "parameter_extraction_cache_capacity", "parameter_extraction_cache_capacity"),
        ):
            setattr(self, name, parser.getint(section, key, fallback=getattr(self, name)))
        for section, key, name in (
            ("DRAIN", "engine", "engine"),
            ("MASKING", "mask_prefix", "mask_prefix"),
            ("MASKING", "mask_suffix", "mask_suffix"),
        ):
            setattr(self, name, parser.get(section, key, fallback=getattr(self, name)))
        self.drain_sim_th = parser.getfloat("DRAIN", "sim_th", fallback=self.drain_sim_th)

        delimiters = parser.get("DRAIN", "extra_delimiters", fallback=None)
        if delimiters is not None:
            self.drain_extra_delimiters = ast.literal_eval(delimiters)
        masking = parser.get("MASKING", "masking", fallback=None)
        if masking is not None:
            self.masking_instructions = [
                MaskingInstruction(mask["regex_pattern"], mask["mask_with"]) for mask in json.loads(masking)
            ]
