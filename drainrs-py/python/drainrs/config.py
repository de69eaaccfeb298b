"""Settings, one frozen class for each part of the library.

``DrainConfig(depth=6)`` fills in what is not said and checks it at once: an unknown or impossible setting is a
``ConfigError`` that names its path. Parts of a setting may be written as dicts: ``MinerConfig(mine={"depth": 6})``; a setting
of a stage may leave the stage out, ``MinerConfig(depth=6)``, as where machines are built.
Lengths of time, in nanoseconds, may be given as ``timedelta``.
"""

from __future__ import annotations

import copy
import inspect
import json
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from . import _native
from .shapes import Shape, Timestamp

if TYPE_CHECKING:
    from collections.abc import Callable

_C = TypeVar("_C", bound="Config")

# What every class is, for ``help``.
_DOCS: dict[str, str] = {
    "MinerConfig": "Settings of a miner: how lines become tokens, and tokens templates.",
    "NormalizeConfig": "How lines become tokens: tokenizer, masks of the user, placeholders, and limits of a line.",
    "Mask": "A mask of the user: what the pattern (in the syntax of ``re``) matches is a value with this name.",
    "DrainConfig": "How tokens become templates: the tree, the similarity, and how much is kept.",
    "PipelineConfig": "Settings of a pipeline, one part for each stage; without ``detect`` nothing is judged.",
    "JoinConfig": "How lines become events.",
    "ParseConfig": "How headers are read: formats, keys of structured lines, time zone, levels.",
    "KeyNames": "The keys of structured lines that carry time, level, message and service, the preferred ones first.",
    "CustomFormat": "A header format of the user: a pattern with named groups, matched from the beginning of the line.",
    "FilterConfig": "Which events are mined.",
    "SurgeConfig": "How events are thinned out when they come faster than they can be mined.",
    "CountConfig": "How events are counted in windows of time.",
    "DetectConfig": "Settings of a detector: sessions, counting, scorers and alerts.",
    "ScoreConfig": "Which scorers run, whether they learn and speak, and the settings of each.",
    "FrequencyConfig": "The scorer of counts: templates that come more or less often than usual.",
    "NoveltyConfig": "The scorer of novelty: templates that were never seen, or not for long.",
    "SilenceConfig": "The scorer of silence: templates and services that stopped.",
    "DriftConfig": "The scorer of drift: rates that slowly move away.",
    "SequenceConfig": "The scorer of sessions: ones that go another way than sessions do.",
    "ContentConfig": "The scorer of values: ones that their place does not usually have.",
    "CentroidConfig": "The scorer of distances: texts that are unlike all that is known.",
    "VectoriserConfig": "How texts become vectors.",
    "KMeansConfig": "How vectors are put into clusters.",
    "CalibrateConfig": "How a threshold is chosen by labelled scores.",
    "AlertConfig": "What a person is told of the scores, how often, and where it goes.",
    "AlertRule": "A fixed rule: what the pattern (of the crate ``regex``) matches is an alert of this priority.",
    "CorrelateConfig": "What counts as moving together across services, and who depends on whom.",
    "CompareConfig": "How much must differ between two runs to be told.",
    "RedactConfig": "What is hidden before text leaves the host, and by what it is replaced.",
    "RedactRule": "A rule of the user: what the pattern, or a group of it, matches is hidden under this name.",
    "AllowList": "Values that are never hidden.",
    "PromptConfig": "What a model is told of the host's services, and how much is shown to it.",
    "JudgeLimits": "What answers of a model must keep to.",
    "DeskConfig": "How often a model is asked, what is remembered, and the budget of a day.",
    "AskConfig": "Settings of an asker: what is kept, hidden, shown and asked.",
    "JournalConfig": "What is kept of the stream for questions.",
    "Prices": "What a million tokens cost.",
    "GuardConfig": "What may be done without a person, how sure one must be, and how often.",
    "ActionRule": "An action that may be proposed: its risk, its targets, and what verifies and undoes it.",
    "IndexConfig": "Limits of a template index.",
    "SqlConfig": "How a template index becomes SQL.",
    "CsvConfig": "How a template index becomes CSV.",
    "IncidentConfig": "When a window looks like a past incident, and how many are kept.",
    "FitConfig": "Settings of a fit: the miner that is tried, limits, and thresholds.",
    "FitLimits": "How much of a sample is kept, tried and shown.",
    "FitThresholds": "What counts as too much: a number beyond its threshold is a finding.",
}

# Settings that are settings themselves; in brackets where there are several.
_NESTED: dict[str, dict[str, str]] = {
    "AlertConfig": {"rules": "[AlertRule]"},
    "AskConfig": {
        "journal": "JournalConfig",
        "redact": "RedactConfig",
        "prompt": "PromptConfig",
        "desk": "DeskConfig",
        "correlate": "CorrelateConfig",
    },
    "CentroidConfig": {"vectoriser": "VectoriserConfig"},
    "DetectConfig": {"count": "CountConfig", "score": "ScoreConfig", "alert": "AlertConfig"},
    "FilterConfig": {"surge": "SurgeConfig"},
    "FitConfig": {"miner": "MinerConfig", "limits": "FitLimits", "thresholds": "FitThresholds"},
    "GuardConfig": {"actions": "[ActionRule]"},
    "MinerConfig": {"normalize": "NormalizeConfig", "mine": "DrainConfig"},
    "NormalizeConfig": {"masks": "[Mask]"},
    "ParseConfig": {"formats": "[CustomFormat]", "json_keys": "KeyNames", "logfmt_keys": "KeyNames"},
    "PipelineConfig": {
        "join": "JoinConfig",
        "parse": "ParseConfig",
        "filter": "FilterConfig",
        "normalize": "NormalizeConfig",
        "mine": "DrainConfig",
        "detect": "DetectConfig",
    },
    "PromptConfig": {"answers": "JudgeLimits"},
    "RedactConfig": {"custom": "[RedactRule]", "allow": "AllowList"},
    "ScoreConfig": {
        "frequency": "FrequencyConfig",
        "novelty": "NoveltyConfig",
        "silence": "SilenceConfig",
        "drift": "DriftConfig",
        "sequence": "SequenceConfig",
        "content": "ContentConfig",
        "centroid": "CentroidConfig",
    },
}

# Settings without a default.
_REQUIRED: dict[str, tuple[str, ...]] = {
    "ActionRule": ("name", "targets"),
    "AlertRule": ("name", "pattern"),
    "CustomFormat": ("name", "pattern"),
    "Mask": ("name", "pattern"),
    "Prices": ("input_per_million", "output_per_million"),
    "RedactRule": ("name", "pattern"),
    "SqlConfig": ("dialect",),
    "SurgeConfig": ("events_per_second", "keep_every"),
}

# Settings that no document and no log may show; they are kept beside what the library gives back.
_SECRET: dict[str, tuple[str, ...]] = {"RedactConfig": ("pseudonym_key",)}

# Settings whose parts are stages: what one stage alone has may be named without it.
_STAGED = ("MinerConfig", "PipelineConfig")

# Settings that are points in time.
_TIMES: dict[str, tuple[str, ...]] = {"ParseConfig": ("reference_time",)}

_CLASSES: dict[str, type[Config]] = {}


class Config:
    """What all settings have in common. They never change; ``replace`` makes others of them."""

    __slots__ = ("_data",)

    _data: dict[str, Any]

    def __init__(self, **options: Any) -> None:
        name = type(self).__name__
        if name not in _CLASSES:
            raise TypeError("Config is what settings have in common; build one of them, such as MinerConfig")
        object.__setattr__(self, "_data", _whole(name, _plain_options(name, _staged(name, options))))

    @classmethod
    def from_dict(cls: type[_C], data: Mapping[str, Any]) -> _C:
        """From a document: what it does not say keeps its default."""
        return cls(**data)

    @classmethod
    def from_json(cls: type[_C], text: str | bytes) -> _C:
        """From a JSON object."""
        return cls.from_dict(_object(json.loads(text), "JSON"))

    @classmethod
    def from_toml(cls: type[_C], text: str) -> _C:
        """From a TOML document. Needs Python 3.11, or the package ``tomli`` before it."""
        return cls.from_dict(_toml_loads(text))

    def to_dict(self) -> dict[str, Any]:
        """All settings as a document, without keys that are secret."""
        return _without_secrets(type(self).__name__, copy.deepcopy(self._data))

    def to_json(self, *, indent: int | None = None) -> str:
        """All settings as JSON, without keys that are secret."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=indent)

    def replace(self: _C, **changes: Any) -> _C:
        """The same settings but for some. Of a setting with parts a dict changes those that it names:
        ``config.replace(mine={"depth": 6})``."""
        name = type(self).__name__
        return type(self)(**_merged(name, self._data, _staged(name, changes)))

    def _full(self) -> dict[str, Any]:
        """All settings, secrets included: for the library alone."""
        return copy.deepcopy(self._data)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"settings never change; write replace({name}=...) for others")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("settings never change; write replace(...) for others")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._data == other._data

    def __hash__(self) -> int:
        # By the numbers, not by the text of the numbers: 1 and 1.0 are equal.
        return hash((type(self).__name__, _frozen(self._data, hashable=True)))

    def __repr__(self) -> str:
        name = type(self).__name__
        defaults = _defaults(name, self._data)
        shown = []
        for field in _fields(name):
            if field in defaults and defaults[field] == self._data.get(field):
                continue
            secret = field in _SECRET.get(name, ())
            shown.append(f"{field}={'...' if secret else repr(getattr(self, field))}")
        return f"{name}({', '.join(shown)})"

    def __reduce__(self) -> tuple[Callable[[str, dict[str, Any]], Config], tuple[str, dict[str, Any]]]:
        return known, (type(self).__name__, self._full())

    def __copy__(self: _C) -> _C:
        return self

    def __deepcopy__(self: _C, memo: object) -> _C:
        return self


def known(name: str, data: dict[str, Any]) -> Config:
    """Settings whose values were checked before: those of a machine, which keeps its secrets to itself, and of a pickle."""
    return _wrapped(name, _whole(name, data, known=True))


def _whole(name: str, given: dict[str, Any], *, known: bool = False) -> dict[str, Any]:
    """All settings of a class from the ones that are given."""
    full: dict[str, Any] = plain(_native.config(name, given, known=known))
    _carry_secrets(name, given, full)
    return full


def _object(document: object, kind: str) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise TypeError(f"settings in {kind} are an object, not {type(document).__name__}")
    return document


def _toml_loads(text: str) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        try:
            import tomli as tomllib
        except ImportError:
            raise ImportError("reading TOML needs Python 3.11 or the package tomli; from_json needs neither") from None
    return tomllib.loads(text)


def _fields(name: str) -> list[str]:
    listed = list(_native.config_fields(name))
    return listed + [secret for secret in _SECRET.get(name, ()) if secret not in listed]


def _parts(name: str, field: str) -> tuple[str, bool] | None:
    """The class of a setting that is settings itself, and whether there are several."""
    nested = _NESTED.get(name, {}).get(field)
    if nested is None:
        return None
    return nested.strip("[]"), nested.startswith("[")


def plain(value: Any) -> Any:
    """A value as documents have it: settings as dicts, sequences as lists, times and lengths of time as nanoseconds."""
    if isinstance(value, Config):
        return value._full()
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        ordered = sorted(value) if isinstance(value, (set, frozenset)) else value
        return [plain(one) for one in ordered]
    if isinstance(value, timedelta):
        return ((value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds) * 1_000
    if isinstance(value, (Timestamp, datetime)):
        return int(Timestamp.of(value))
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, Shape):
        return value.to_dict()
    tolist = getattr(value, "tolist", None)  # NumPy's numbers and arrays
    return plain(tolist()) if callable(tolist) else value


def _plain_options(name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    document = {}
    for key, value in options.items():
        if value is not None and key in _TIMES.get(name, ()):
            value = int(Timestamp.of(value))
        parts = _parts(name, key)
        if parts is not None and isinstance(value, Mapping):
            document[key] = _plain_options(parts[0], value)
        else:
            document[key] = plain(value)
    return document


def _carry_secrets(name: str, given: Mapping[str, Any], full: dict[str, Any]) -> None:
    for secret in _SECRET.get(name, ()):
        full[secret] = given.get(secret)
    for field in _NESTED.get(name, {}):
        if isinstance(full.get(field), dict):
            part = given.get(field)
            inner = _parts(name, field)
            if inner is not None:
                _carry_secrets(inner[0], part if isinstance(part, Mapping) else {}, full[field])


def _without_secrets(name: str, data: dict[str, Any]) -> dict[str, Any]:
    for secret in _SECRET.get(name, ()):
        data.pop(secret, None)
    for field in _NESTED.get(name, {}):
        inner = _parts(name, field)
        if inner is not None and isinstance(data.get(field), dict):
            _without_secrets(inner[0], data[field])
    return data


def _merged(name: str, old: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    both = dict(old)
    for key, value in changes.items():
        parts = _parts(name, key)
        if parts is not None and isinstance(value, Mapping) and isinstance(old.get(key), Mapping):
            both[key] = _merged(parts[0], old[key], value)
        else:
            both[key] = value
    return both


def merged(name: str, config: Config | Mapping[str, Any] | None, options: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a class as plain data: those that are given, and options that go before them. Parts may be dicts,
    and change what they name."""
    if isinstance(config, Config) and type(config).__name__ != name:
        raise TypeError(f"{name} is needed, not {type(config).__name__}")
    if config is None:
        given: dict[str, Any] = {}
    elif isinstance(config, Config):
        given = config._full()
    else:
        given = _plain_options(name, _staged(name, config))
    return _plain_options(name, _merged(name, given, _staged(name, options)))


def _staged(name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Options of a class of stages, where a setting may be named without its stage (``depth`` for ``mine={"depth": ...}``)
    if only one stage has it, and ``detect`` may be True or False."""
    if name not in _STAGED:
        return dict(options)
    fields = _native.config_fields(name)
    staged = {option: value for option, value in options.items() if option in fields}
    if isinstance(staged.get("detect"), bool):
        staged["detect"] = {} if staged["detect"] else None
    for option, value in options.items():
        if option in fields:
            continue
        stages = [stage for stage in fields if option in _stage_fields(name, stage)]
        if len(stages) != 1:
            staged[option] = value
            continue
        part = staged.get(stages[0])
        part = part._full() if isinstance(part, Config) else dict(part or {})
        staged[stages[0]] = {**part, option: value}
    return staged


def _stage_fields(name: str, stage: str) -> list[str]:
    """The settings of a stage. Those of detection are stages of their own, so they are named whole."""
    parts = _parts(name, stage)
    return _native.config_fields(parts[0]) if parts is not None and stage != "detect" else []


def _defaults(name: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The settings with nothing said but what has no default, which is left out."""
    required = _REQUIRED.get(name, ())
    defaults = _whole(name, {field: data[field] for field in required}, known=True)
    return {field: value for field, value in defaults.items() if field not in required}


def _frozen(value: Any, *, hashable: bool = False) -> Any:
    """A value that nobody can change from outside."""
    if isinstance(value, (list, tuple)):
        return tuple(_frozen(one, hashable=hashable) for one in value)
    if isinstance(value, dict):
        if hashable:
            return frozenset((key, _frozen(one, hashable=True)) for key, one in value.items())
        return copy.deepcopy(value)
    return value


def _read(config: Config, name: str, field: str) -> Any:
    """What the attribute of a setting gives."""
    value = config._data.get(field)
    if value is None:
        return None
    if field in _TIMES.get(name, ()):
        return Timestamp(value)
    parts = _parts(name, field)
    if parts is None:
        return _frozen(value)
    inner, several = parts
    return tuple(_wrapped(inner, one) for one in value) if several else _wrapped(inner, value)


def _wrapped(name: str, data: dict[str, Any]) -> Config:
    """Settings that were checked already."""
    config = object.__new__(_CLASSES[name])
    object.__setattr__(config, "_data", data)
    return config


def _drain3(cls: type[_C]) -> _C:
    """As Drain3 has it."""
    return cls(**_native.config_drain3(cls.__name__))


def _miner(self: Config) -> Config:
    """The settings of the pipeline's miner."""
    return _CLASSES["MinerConfig"](normalize=self._data["normalize"], mine=self._data["mine"])


def _property(name: str, field: str) -> property:
    def read(self: Config) -> Any:
        return _read(self, name, field)

    read.__name__ = field
    read.__qualname__ = f"{name}.{field}"
    return property(read)


def _constructor(name: str, fields: list[str]) -> Callable[..., None]:
    """The constructor of a class, which tells ``help`` of its settings."""

    def __init__(self: Config, **options: Any) -> None:
        Config.__init__(self, **options)

    required = _REQUIRED.get(name, ())
    kind = inspect.Parameter.KEYWORD_ONLY
    parameters = [inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)]
    parameters += [
        inspect.Parameter(field, kind, default=inspect.Parameter.empty if field in required else ...)
        for field in fields
    ]
    if name in _STAGED:
        parameters.append(inspect.Parameter("options", inspect.Parameter.VAR_KEYWORD))
    __init__.__dict__["__signature__"] = inspect.Signature(parameters)
    __init__.__qualname__ = f"{name}.__init__"
    return __init__


def _made(name: str) -> type[Config]:
    listed = _fields(name)
    namespace: dict[str, Any] = {"__slots__": (), "__module__": __name__, "__doc__": _DOCS[name]}
    namespace.update({field: _property(name, field) for field in listed})
    namespace["__init__"] = _constructor(name, listed)
    if name in ("DrainConfig", "MinerConfig", "NormalizeConfig"):
        namespace["drain3"] = classmethod(_drain3)
    if name == "PipelineConfig":
        namespace["miner"] = _miner
    return type(name, (Config,), namespace)


_NAMES = [name for name in _DOCS if name in _native.config_names()]

for _name in _NAMES:
    _CLASSES[_name] = globals()[_name] = _made(_name)
del _name

__all__ = ["Config", *_NAMES]
