"""The calls of the common day: a log in, templates, a report or alerts out.

A source is a path (plain, ``.gz`` or ``.zst``, told by its first bytes), a list of ``pathlib.Path`` (files that are read one after
the other, as one log), an open file, an iterable of lines, ``bytes``, a pandas or polars Series, an Arrow or NumPy array. A ``str``
alone is always a path, a ``str`` in a list always a line.
"""

from __future__ import annotations

import os
import stat
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Union

from . import _native, html
from .config import FitConfig, PipelineConfig, merged
from .frames import Alerts, EventColumns, Templates
from .shapes import FitReport, Level, Metrics, Timestamp

__all__ = ["Detection", "Mined", "Report", "detect", "fit", "learn", "mine", "report", "sample_log"]

# Windows whose numbers a detection keeps.
_MAX_METRICS = 100_000

# A list of so many lines at most is looked at for being names of files.
_MAX_NAMES = 64

Progress = Union[bool, Callable[[int], object], None]


def sample_log() -> list[str]:
    """The log that comes with the package: a web shop on the evening of a deploy, 2,200 lines.

    >>> import drainrs
    >>> len(drainrs.sample_log())
    2200
    """
    return _native.sample().decode().splitlines()


def _paths(source: Any) -> list[Any]:
    """The files that a source names; none if it is something else."""
    if isinstance(source, (str, os.PathLike)):
        return [source]
    begins_with_path = isinstance(source, (list, tuple)) and bool(source) and isinstance(source[0], os.PathLike)
    if not begins_with_path:
        return []
    for at, path in enumerate(source):
        if not isinstance(path, os.PathLike):
            kind = type(path).__name__
            raise TypeError(f"a list is of files (pathlib.Path) or of lines (str, bytes): this one begins with a path, and has {kind} at {at}")
    return list(source)


def _warn_of_names(source: Any) -> None:
    """Tells whoever passes names of files as a list of text that they are lines."""
    if not isinstance(source, (list, tuple)) or not 0 < len(source) <= _MAX_NAMES:
        return
    if all(isinstance(one, str) and os.path.isfile(one) for one in source):
        told = "every line of this list is the name of a file, and is read as a line; for the files pass pathlib.Path objects"
        warnings.warn(told, stacklevel=_outside())


def _outside() -> int:
    """How many calls up from whoever warns the caller of this package is."""
    depth, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] in ("drainrs", "contextlib"):
        depth, frame = depth + 1, frame.f_back
    return depth


@contextmanager
def _opened(source: Any) -> Iterator[Any]:
    """What the native module reads lines from; a file that is opened here is closed here."""
    _warn_of_names(source)
    if _paths(source):
        with _native.LineReader(source) as reader:
            yield reader
    elif hasattr(source, "read") and not isinstance(source, _native.LineReader):
        yield _native.LineReader(source)
    else:
        yield source


@contextmanager
def _bar(lines: Any, progress: Progress) -> Iterator[Callable[[int], object] | None]:
    """What is told of progress: the caller's function, or tqdm's bar where tqdm is installed and somebody looks."""
    if callable(progress):
        yield progress
        return
    if progress is False or (progress is None and not _somebody_looks()):
        yield None
        return
    try:
        from tqdm import tqdm  # not its widget, which needs another package and says so in the notebook
    except ImportError:
        if progress:
            raise
        yield None
        return
    size = lines.size if isinstance(lines, _native.LineReader) else None
    if size is not None:
        with tqdm(total=size, unit="B", unit_scale=True, leave=False, delay=0.5) as bar:
            yield lambda _: bar.update(min(lines.bytes_read, size) - bar.n)
    else:
        total = len(lines) if hasattr(lines, "__len__") and not isinstance(lines, (bytes, bytearray)) else None
        with tqdm(total=total, unit=" lines", unit_scale=True, leave=False, delay=0.5) as bar:
            yield bar.update


def _somebody_looks() -> bool:
    """A terminal, or a notebook."""
    if sys.stderr is not None and sys.stderr.isatty():
        return True
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and hasattr(shell, "kernel")


def _present(source: Any) -> Timestamp:
    """The present of the last line, by which missing years are filled in: when a file was last written, of several the last."""
    try:
        if paths := _paths(source):
            return Timestamp(max(os.stat(path).st_mtime_ns for path in paths))
        if isinstance(source, _native.LineReader):
            return source.written or Timestamp.now()
        if hasattr(source, "fileno"):
            about = os.fstat(source.fileno())
            if stat.S_ISREG(about.st_mode):
                return Timestamp(about.st_mtime_ns)
    except (OSError, ValueError):  # it is said where the file is read
        pass
    return Timestamp.now()


class Mined:
    """What a log consists of."""

    __slots__ = ("events", "pipeline", "templates")

    def __init__(self, pipeline: _native.Pipeline, events: EventColumns) -> None:
        self.pipeline = pipeline
        """The pipeline that mined it, to go on with."""
        self.events: EventColumns = events
        """A row per event."""
        self.templates: Templates = pipeline.templates()
        """The templates, by id."""

    def __len__(self) -> int:
        return len(self.events)

    def __repr__(self) -> str:
        return f"<drainrs.Mined: {len(self.templates)} templates of {len(self.events)} events>"

    def __str__(self) -> str:
        return str(self.templates)

    def _repr_html_(self) -> str:
        return self.templates._repr_html_()


def mine(
    source: Any,
    config: PipelineConfig | Mapping[str, Any] | None = None,
    *,
    now: Any = None,
    messages: bool = False,
    parameters: bool = False,
    progress: Progress = None,
    **options: Any,
) -> Mined:
    """The templates of a log of raw lines: joins stack traces, reads headers, mines messages.

    ``options`` are settings of the pipeline by stage (``mine={"depth": 5}``, ``filter={"min_level": "warn"}``). With ``messages``
    the events have their texts, with ``parameters`` their values. ``now`` fills in years that lines do not name; that of a file is
    when it was last written. ``progress`` is a function that is told of lines, True or False for a bar of tqdm; by default there
    is one if somebody looks.

    >>> import drainrs
    >>> mined = drainrs.mine(drainrs.sample_log())
    >>> (len(mined.templates), len(mined.events), mined.templates.by_count()[0].text)
    (27, 2120, '"GET <PATH> HTTP/2.0" <NUM> <NUM> "-" "Mozilla/5.0 (<*>)" <NUM>')
    """
    pipeline = _native.Pipeline(config, **options)
    return Mined(pipeline, _pushed(pipeline, source, now, messages, parameters, progress))


def _pushed(
    pipeline: _native.Pipeline, source: Any, now: Any, messages: bool, parameters: bool, progress: Progress
) -> EventColumns:
    at = Timestamp.of(now) if now is not None else _present(source)
    with _opened(source) as lines, _bar(lines, progress) as told:
        return pipeline.push_batch(
            lines, at, finish=True, messages=messages, parameters=parameters, progress=told
        )


class Detection:
    """What was unusual in a log. By a baseline the pipeline goes on from it, so its templates and counters hold the baseline's
    lines as well; ``events`` are those of this log."""

    __slots__ = ("alerts", "events", "metrics", "pipeline", "templates")

    def __init__(self, pipeline: _native.Pipeline, events: EventColumns) -> None:
        self.pipeline = pipeline
        """The pipeline that judged it, to go on with."""
        self.events: EventColumns = events
        """A row per event."""
        self.alerts: Alerts = pipeline.alerts()
        """What was told, in order."""
        self.metrics: list[Metrics] = list(iter(pipeline.poll_metrics, None))
        """The numbers of each window that closed, in order; events that came later than windows wait are in none of them, see
        ``pipeline.detect_counters()``."""
        self.templates: Templates = pipeline.templates()
        """The templates, by id."""

    def __repr__(self) -> str:
        return f"<drainrs.Detection: {len(self.alerts)} alerts, {len(self.events)} events>"

    def _repr_html_(self) -> str:
        return self.alerts._repr_html_()


def detect(
    source: Any,
    config: PipelineConfig | Mapping[str, Any] | None = None,
    *,
    baseline: _native.Baseline | None = None,
    now: Any = None,
    messages: bool = False,
    parameters: bool = False,
    progress: Progress = None,
    **options: Any,
) -> Detection:
    """What is unusual in a log: by a baseline if there is one, else by the log's own past.

    >>> import drainrs
    >>> found = drainrs.detect(drainrs.sample_log())
    >>> sorted({alert.score.kind for alert in found.alerts})[:2]
    ['new_template', 'value']
    """
    if baseline is not None:
        if config is not None or options:
            raise TypeError("a baseline brings its settings: give a baseline or settings, not both")
        pipeline = baseline.into_judge(max_metrics=_MAX_METRICS)
    else:
        if isinstance(config, _native.Baseline):
            raise TypeError("a baseline is given by name: detect(source, baseline=...)")
        whole = PipelineConfig(**merged("PipelineConfig", config, options))
        if whole.detect is None or whole.detect.max_metrics == 0:
            whole = whole.replace(detect={"max_metrics": _MAX_METRICS})
        pipeline = _native.Pipeline(whole)
    return Detection(pipeline, _pushed(pipeline, source, now, messages, parameters, progress))


def learn(
    *sources: Any,
    config: PipelineConfig | Mapping[str, Any] | None = None,
    now: Any = None,
    progress: Progress = None,
    **options: Any,
) -> _native.Baseline:
    """A baseline of logs that are known to be good, to judge others by: ``detect(source, baseline=learn("good.log"))``."""
    baseline = _native.Baseline(config, **options)
    for source in sources:
        at = Timestamp.of(now) if now is not None else _present(source)
        with _opened(source) as lines, _bar(lines, progress) as told:
            baseline.push_batch(lines, at, progress=told)
        baseline.finish(at)
    return baseline


class Report:
    """The report of a log: ``print`` shows it as the program does, a notebook as tables; ``data`` is the document."""

    __slots__ = ("_text", "data")

    def __init__(self, data: dict[str, Any], text: str) -> None:
        self.data = data
        """The document of ``drainrs report --json``."""
        self._text = text

    @property
    def templates(self) -> list[dict[str, Any]]:
        """The templates, ranked by count."""
        return list(self.data["templates"])

    @property
    def new_errors(self) -> list[dict[str, Any]]:
        """The error templates that were not there at the beginning, by their first event."""
        by_id = {template["id"]: template for template in self.data["templates"]}
        return [by_id[number] for number in self.data["new_errors"] if number in by_id]

    @property
    def anomalies(self) -> list[dict[str, Any]]:
        """What was unusual, in the order of time."""
        return list(self.data["anomalies"])

    def to_pandas(self) -> Any:
        """The templates as a pandas DataFrame."""
        import pandas

        return pandas.DataFrame(self.data["templates"])

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        about = self.data["input"]
        return f"<drainrs.Report: {self.data['compression']['templates']} templates of {about['events']} events, {len(self.anomalies)} anomalies>"

    def _repr_html_(self) -> str:
        return html.report(self.data)


def report(
    *sources: Any,
    config: PipelineConfig | Mapping[str, Any] | None = None,
    level: Level = "unknown",
    top: int | None = None,
    cells: int = 60,
    service: str | None = None,
    detect: bool = True,
    topology: Mapping[str, Iterable[str]] | None = None,
    width: int | None = 120,
) -> Report:
    """A report on logs: templates ranked by count, each with its level, service, times and a curve; new errors and anomalies first.

    The same as ``drainrs report``, whose options these are; without a source it is about the sample. ``width`` is that of the
    text, in columns. Ctrl-C ends it.

    >>> import drainrs
    >>> drainrs.report().data["input"]["lines"]
    2200
    """
    named: list[tuple[str, Any]] = []
    for source in sources:
        _warn_of_names(source)
        paths = [os.fspath(path) for path in _paths(source)]
        named += [(os.fsencode(path).decode("utf-8", "replace"), path) for path in paths]
        if not paths:
            items = [source] if isinstance(source, (bytes, bytearray)) else source
            named.append((str(getattr(source, "name", None) or "input"), items))
    wants = None if topology is None else {name: list(others) for name, others in topology.items()}
    data, text = _native.report(
        named or [("sample.log", None)], config, level=level, top=top, cells=cells, service=service, detect=detect,
        topology=wants, width=width,
    )  # fmt: skip
    return Report(data, text)


def fit(
    source: Any, config: FitConfig | Mapping[str, Any] | None = None, *, progress: Progress = None, **options: Any
) -> FitReport:
    """Whether the miner fits a log of messages, and what to change: masks and settings, tried on its lines. Messages have no headers:
    ``drainrs.mine(path, messages=True).events.message`` has those of raw lines."""
    machine = _native.Fit(config, **options)
    with _opened(source) as lines, _bar(lines, progress) as told:
        machine.push_batch(lines, progress=told)
    return machine.finish()
