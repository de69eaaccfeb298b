"""Log lines in, templates and alerts out.

>>> import drainrs
>>> miner = drainrs.Miner()
>>> for line in ["user 17 logged in from 10.0.0.7", "user 23 logged in from 10.0.0.9", "disk sda is full"]:
...     hit = miner.insert(line)
>>> [template.text for template in miner.templates()]
['user <NUM> logged in from <IP>', 'disk sda is full']

The calls of the common day: `mine`, `report`, `detect`, `learn`, `fit`. The machines behind them: `Miner` takes messages,
`Pipeline` raw lines; `Joiner`, `Parser`, `Normalizer`, the scorers, `Redactor`, `Asker` and `Guard` are its parts, alone.
`drainrs.drain3` stands in for Drain3, `drainrs.plot` draws.

Every object may be used from many threads; batches release the interpreter. Lines never cause errors; building does, see
`drainrs.errors`. Times are nanoseconds (`int`), seconds (`float`), a ``datetime``, or text; see `Timestamp`.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError as _NotFound
from importlib.metadata import version as _version

from . import config, errors, frames, html, scorers, shapes
from ._native import (
    Alerter,
    Answered,
    Asker,
    Baseline,
    Correlator,
    Counter,
    Event,
    Finding,
    Fit,
    FrequencyModel,
    Guard,
    Hit,
    IncidentLibrary,
    Index,
    Joiner,
    KeyLines,
    KMeans,
    LineReader,
    Miner,
    Normalizer,
    Parameter,
    Parser,
    Pipeline,
    Plan,
    Redaction,
    Redactor,
    Scorer,
    SequenceModel,
    Sql,
    Task,
    ValueModel,
    calibrate,
    compare,
    false_alarm_threshold,
    level_in_text,
    level_of_word,
    mad_score,
    naive_z,
    rank,
    read_drain3_ini,
    read_rows,
    summarise,
    tokens_about,
    write_rows,
    z_score,
)
from .config import *  # noqa: F403
from .errors import *  # noqa: F403
from .frames import Alerts, Columns, EventColumns, Frame, Templates
from .reading import Detection, Mined, Report, detect, fit, learn, mine, report, sample_log
from .scorers import Centroid, Vectoriser
from .shapes import (
    Alert,
    Incident,
    IncidentTemplate,
    IndexRow,
    Proposal,
    Score,
    Template,
    Timestamp,
    Window,
)

try:
    __version__ = _version("drainrs")
except _NotFound:  # run from a folder that was not installed
    __version__ = "0"

__all__ = [
    "Alert", "Alerter", "Alerts", "Answered", "Asker", "Baseline", "Centroid", "Columns", "Correlator", "Counter",
    "Detection", "Event", "EventColumns", "Finding", "Fit", "Frame", "FrequencyModel", "Guard", "Hit", "IncidentLibrary",
    "Incident", "IncidentTemplate", "Index", "IndexRow", "Joiner", "KMeans", "KeyLines", "LineReader", "Mined", "Miner", "Normalizer", "Parameter", "Parser", "Pipeline",
    "Plan", "Proposal", "Redaction", "Redactor", "Report", "Score", "Scorer", "SequenceModel", "Sql", "Task", "Template", "Templates",
    "Timestamp", "ValueModel", "Vectoriser", "Window", "__version__", "calibrate", "compare", "config", "detect", "errors",
    "false_alarm_threshold", "fit", "frames", "html", "learn", "level_in_text", "level_of_word", "mad_score", "mine", "naive_z", "rank",
    "read_drain3_ini", "read_rows", "report", "sample_log", "scorers", "shapes", "summarise", "tokens_about", "write_rows", "z_score",
    *config.__all__, *errors.__all__,
]  # fmt: skip
