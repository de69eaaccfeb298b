"""Drain3's Python interface on the miner of drainrs.

``from drainrs.drain3 import TemplateMiner`` takes the place of ``from drain3 import TemplateMiner``; the modules below have
the names of Drain3's, so that ``drain3.`` becomes ``drainrs.drain3.`` everywhere else. Cluster ids, change types, sizes and
templates are those of Drain3 0.9.11, line by line. States that Drain3 saved are read, without jsonpickle.
"""

from .drain import Drain, LogCluster
from .masking import LogMasker, MaskingInstruction
from .template_miner import ExtractedParameter, TemplateMiner
from .template_miner_config import TemplateMinerConfig

__all__ = [
    "Drain",
    "ExtractedParameter",
    "LogCluster",
    "LogMasker",
    "MaskingInstruction",
    "TemplateMiner",
    "TemplateMinerConfig",
]
