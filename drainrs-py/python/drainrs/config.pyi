from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NoReturn, TypeAlias

from typing_extensions import Self

from .shapes import Autonomy, Level, Priority, Risk, TaskKind, Timestamp

# Lengths of time: nanoseconds, or what says them.
_Nanos: TypeAlias = int | timedelta
# Points in time: what ``Timestamp.of`` reads.
_Time: TypeAlias = int | float | str | datetime
_Scorer: TypeAlias = Literal["frequency", "novelty", "silence", "drift", "sequence", "content", "centroid"]
# What makes events a session; ``{"parameter": "ID"}`` is the first parameter with that placeholder.
_Session: TypeAlias = Literal["none", "trace", "thread", "process"] | dict[Literal["parameter"], str]

class Config:
    """What all settings have in common. They never change; ``replace`` makes others of them."""

    def __init__(self, **options: Any) -> None: ...
    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """From a document: what it does not say keeps its default."""

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """From a JSON object."""

    @classmethod
    def from_toml(cls, text: str) -> Self:
        """From a TOML document. Needs Python 3.11, or the package ``tomli`` before it."""

    def to_dict(self) -> dict[str, Any]:
        """All settings as a document, without keys that are secret."""

    def to_json(self, *, indent: int | None = None) -> str:
        """All settings as JSON, without keys that are secret."""

    def replace(self, **changes: Any) -> Self:
        """The same settings but for some; of a setting with parts a dict changes those that it names."""

    # All settings, secrets included: for the library alone.
    def _full(self) -> dict[str, Any]: ...
    def __setattr__(self, name: str, value: object) -> NoReturn: ...
    def __delattr__(self, name: str) -> NoReturn: ...
    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, memo: object) -> Self: ...

# What the native module asks for.
def known(name: str, data: dict[str, Any]) -> Config: ...
def plain(value: Any) -> Any: ...
def merged(name: str, config: Config | Mapping[str, Any] | None, options: Mapping[str, Any]) -> dict[str, Any]: ...

class MinerConfig(Config):
    """Settings of a miner: how lines become tokens, and tokens templates."""

    def __init__(
        self,
        *,
        normalize: NormalizeConfig | Mapping[str, Any] = ...,
        mine: DrainConfig | Mapping[str, Any] = ...,
        **options: Any,
    ) -> None: ...
    @classmethod
    def drain3(cls) -> Self:
        """As Drain3 has it."""

    @property
    def normalize(self) -> NormalizeConfig: ...
    @property
    def mine(self) -> DrainConfig: ...

class NormalizeConfig(Config):
    """How lines become tokens: tokenizer, masks of the user, placeholders, and limits of a line."""

    def __init__(
        self,
        *,
        tokenizer: Literal["lexer", "drain3"] = ...,
        masks: Sequence[Mask | Mapping[str, Any]] = ...,
        mask_prefix: str = ...,
        mask_suffix: str = ...,
        extra_delimiters: Sequence[str] = ...,
        max_line_bytes: int = ...,
        max_tokens: int = ...,
        fold_lists: bool = ...,
        keep: Sequence[str] = ...,
    ) -> None: ...
    @classmethod
    def drain3(cls) -> Self:
        """As Drain3 has it."""

    @property
    def tokenizer(self) -> Literal["lexer", "drain3"]: ...
    @property
    def masks(self) -> tuple[Mask, ...]: ...
    @property
    def mask_prefix(self) -> str: ...
    @property
    def mask_suffix(self) -> str: ...
    @property
    def extra_delimiters(self) -> tuple[str, ...]: ...
    @property
    def max_line_bytes(self) -> int: ...
    @property
    def max_tokens(self) -> int: ...
    @property
    def fold_lists(self) -> bool: ...
    @property
    def keep(self) -> tuple[str, ...]: ...

class Mask(Config):
    """A mask of the user: what the pattern (in the syntax of ``re``) matches is a value with this name."""

    def __init__(
        self,
        *,
        name: str,
        pattern: str,
    ) -> None: ...
    @property
    def name(self) -> str: ...
    @property
    def pattern(self) -> str: ...

class DrainConfig(Config):
    """How tokens become templates: the tree, the similarity, and how much is kept."""

    def __init__(
        self,
        *,
        rule: Literal["default", "drain3"] = ...,
        depth: int = ...,
        similarity_threshold: float = ...,
        distinct_values: int = ...,
        max_children: int = ...,
        max_templates: int | None = ...,
        max_memory: int | None = ...,
        parametrize_numeric_tokens: bool = ...,
        max_examples: int = ...,
        max_example_bytes: int = ...,
        max_lineage: int = ...,
    ) -> None: ...
    @classmethod
    def drain3(cls) -> Self:
        """As Drain3 has it."""

    @property
    def rule(self) -> Literal["default", "drain3"]: ...
    @property
    def depth(self) -> int: ...
    @property
    def similarity_threshold(self) -> float: ...
    @property
    def distinct_values(self) -> int: ...
    @property
    def max_children(self) -> int: ...
    @property
    def max_templates(self) -> int | None: ...
    @property
    def max_memory(self) -> int | None: ...
    @property
    def parametrize_numeric_tokens(self) -> bool: ...
    @property
    def max_examples(self) -> int: ...
    @property
    def max_example_bytes(self) -> int: ...
    @property
    def max_lineage(self) -> int: ...

class PipelineConfig(Config):
    """Settings of a pipeline, one part for each stage; without ``detect`` nothing is judged."""

    def __init__(
        self,
        *,
        join: JoinConfig | Mapping[str, Any] = ...,
        parse: ParseConfig | Mapping[str, Any] = ...,
        filter: FilterConfig | Mapping[str, Any] = ...,
        normalize: NormalizeConfig | Mapping[str, Any] = ...,
        mine: DrainConfig | Mapping[str, Any] = ...,
        detect: DetectConfig | Mapping[str, Any] | bool | None = ...,
        **options: Any,
    ) -> None: ...
    def miner(self) -> MinerConfig:
        """The settings of the pipeline's miner."""

    @property
    def join(self) -> JoinConfig: ...
    @property
    def parse(self) -> ParseConfig: ...
    @property
    def filter(self) -> FilterConfig: ...
    @property
    def normalize(self) -> NormalizeConfig: ...
    @property
    def mine(self) -> DrainConfig: ...
    @property
    def detect(self) -> DetectConfig | None: ...

class JoinConfig(Config):
    """How lines become events."""

    def __init__(
        self,
        *,
        mode: Literal["auto", "headered", "headerless", "off"] = ...,
        max_lines: int = ...,
        max_bytes: int = ...,
        flush_after_ns: _Nanos = ...,
    ) -> None: ...
    @property
    def mode(self) -> Literal["auto", "headered", "headerless", "off"]: ...
    @property
    def max_lines(self) -> int: ...
    @property
    def max_bytes(self) -> int: ...
    @property
    def flush_after_ns(self) -> int: ...

class ParseConfig(Config):
    """How headers are read: formats, keys of structured lines, time zone, levels."""

    def __init__(
        self,
        *,
        format: str | None = ...,
        formats: Sequence[CustomFormat | Mapping[str, Any]] = ...,
        json_keys: KeyNames | Mapping[str, Any] = ...,
        logfmt_keys: KeyNames | Mapping[str, Any] = ...,
        default_utc_offset: int = ...,
        reference_time: _Time | None = ...,
        infer_level: bool = ...,
        max_sample_lines: int = ...,
        max_formats: int = ...,
    ) -> None: ...
    @property
    def format(self) -> str | None: ...
    @property
    def formats(self) -> tuple[CustomFormat, ...]: ...
    @property
    def json_keys(self) -> KeyNames: ...
    @property
    def logfmt_keys(self) -> KeyNames: ...
    @property
    def default_utc_offset(self) -> int: ...
    @property
    def reference_time(self) -> Timestamp | None: ...
    @property
    def infer_level(self) -> bool: ...
    @property
    def max_sample_lines(self) -> int: ...
    @property
    def max_formats(self) -> int: ...

class KeyNames(Config):
    """The keys of structured lines that carry time, level, message and service, the preferred ones first."""

    def __init__(
        self,
        *,
        time: Sequence[str] = ...,
        level: Sequence[str] = ...,
        message: Sequence[str] = ...,
        service: Sequence[str] = ...,
    ) -> None: ...
    @property
    def time(self) -> tuple[str, ...]: ...
    @property
    def level(self) -> tuple[str, ...]: ...
    @property
    def message(self) -> tuple[str, ...]: ...
    @property
    def service(self) -> tuple[str, ...]: ...

class CustomFormat(Config):
    """A header format of the user: a pattern with named groups, matched from the beginning of the line."""

    def __init__(
        self,
        *,
        name: str,
        pattern: str,
        needs_time: bool = ...,
    ) -> None: ...
    @property
    def name(self) -> str: ...
    @property
    def pattern(self) -> str: ...
    @property
    def needs_time(self) -> bool: ...

class FilterConfig(Config):
    """Which events are mined."""

    def __init__(
        self,
        *,
        min_level: Level = ...,
        surge: SurgeConfig | Mapping[str, Any] | None = ...,
    ) -> None: ...
    @property
    def min_level(self) -> Level: ...
    @property
    def surge(self) -> SurgeConfig | None: ...

class SurgeConfig(Config):
    """How events are thinned out when they come faster than they can be mined."""

    def __init__(
        self,
        *,
        events_per_second: int,
        keep_every: int,
    ) -> None: ...
    @property
    def events_per_second(self) -> int: ...
    @property
    def keep_every(self) -> int: ...

class CountConfig(Config):
    """How events are counted in windows of time."""

    def __init__(
        self,
        *,
        window_ns: _Nanos = ...,
        lateness_ns: _Nanos | None = ...,
        max_gap_windows: int = ...,
        max_jump_ns: _Nanos = ...,
        confirm_events: int = ...,
        max_series: int = ...,
        max_open: int = ...,
        max_slots: int = ...,
    ) -> None: ...
    @property
    def window_ns(self) -> int: ...
    @property
    def lateness_ns(self) -> int | None: ...
    @property
    def max_gap_windows(self) -> int: ...
    @property
    def max_jump_ns(self) -> int: ...
    @property
    def confirm_events(self) -> int: ...
    @property
    def max_series(self) -> int: ...
    @property
    def max_open(self) -> int: ...
    @property
    def max_slots(self) -> int: ...

class DetectConfig(Config):
    """Settings of a detector: sessions, counting, scorers and alerts."""

    def __init__(
        self,
        *,
        session: _Session = ...,
        max_services: int = ...,
        max_scores: int = ...,
        max_metrics: int = ...,
        count: CountConfig | Mapping[str, Any] = ...,
        score: ScoreConfig | Mapping[str, Any] = ...,
        alert: AlertConfig | Mapping[str, Any] = ...,
    ) -> None: ...
    @property
    def session(self) -> _Session: ...
    @property
    def max_services(self) -> int: ...
    @property
    def max_scores(self) -> int: ...
    @property
    def max_metrics(self) -> int: ...
    @property
    def count(self) -> CountConfig: ...
    @property
    def score(self) -> ScoreConfig: ...
    @property
    def alert(self) -> AlertConfig: ...

class ScoreConfig(Config):
    """Which scorers run, whether they learn and speak, and the settings of each."""

    def __init__(
        self,
        *,
        mode: Literal["learn", "detect", "adaptive"] = ...,
        scorers: Sequence[_Scorer] = ...,
        frequency: FrequencyConfig | Mapping[str, Any] = ...,
        novelty: NoveltyConfig | Mapping[str, Any] = ...,
        silence: SilenceConfig | Mapping[str, Any] = ...,
        drift: DriftConfig | Mapping[str, Any] = ...,
        sequence: SequenceConfig | Mapping[str, Any] = ...,
        content: ContentConfig | Mapping[str, Any] = ...,
        centroid: CentroidConfig | Mapping[str, Any] = ...,
    ) -> None: ...
    @property
    def mode(self) -> Literal["learn", "detect", "adaptive"]: ...
    @property
    def scorers(self) -> tuple[_Scorer, ...]: ...
    @property
    def frequency(self) -> FrequencyConfig: ...
    @property
    def novelty(self) -> NoveltyConfig: ...
    @property
    def silence(self) -> SilenceConfig: ...
    @property
    def drift(self) -> DriftConfig: ...
    @property
    def sequence(self) -> SequenceConfig: ...
    @property
    def content(self) -> ContentConfig: ...
    @property
    def centroid(self) -> CentroidConfig: ...

class FrequencyConfig(Config):
    """The scorer of counts: templates that come more or less often than usual."""

    def __init__(
        self,
        *,
        method: Literal["seasonal", "zscore", "mad", "ewma", "poisson"] = ...,
        false_alarms_per_day: float = ...,
        threshold: float | None = ...,
        deviations: float = ...,
        history: int = ...,
        half_life_ns: _Nanos = ...,
        season: bool = ...,
        season_half_life_days: float = ...,
        temper: bool = ...,
        min_windows: int = ...,
        min_spike: int = ...,
        min_drop_mean: float = ...,
        max_series: int = ...,
    ) -> None: ...
    @property
    def method(self) -> Literal["seasonal", "zscore", "mad", "ewma", "poisson"]: ...
    @property
    def false_alarms_per_day(self) -> float: ...
    @property
    def threshold(self) -> float | None: ...
    @property
    def deviations(self) -> float: ...
    @property
    def history(self) -> int: ...
    @property
    def half_life_ns(self) -> int: ...
    @property
    def season(self) -> bool: ...
    @property
    def season_half_life_days(self) -> float: ...
    @property
    def temper(self) -> bool: ...
    @property
    def min_windows(self) -> int: ...
    @property
    def min_spike(self) -> int: ...
    @property
    def min_drop_mean(self) -> float: ...
    @property
    def max_series(self) -> int: ...

class NoveltyConfig(Config):
    """The scorer of novelty: templates that were never seen, or not for long."""

    def __init__(
        self,
        *,
        learn_ns: _Nanos = ...,
        quiet_ns: _Nanos = ...,
        max_novelty_rate: float = ...,
        flood_templates: int = ...,
        flood_ns: _Nanos = ...,
        burst_ns: _Nanos = ...,
        adopt_hours: int = ...,
        max_known: int = ...,
        max_young: int = ...,
        max_services: int = ...,
    ) -> None: ...
    @property
    def learn_ns(self) -> int: ...
    @property
    def quiet_ns(self) -> int: ...
    @property
    def max_novelty_rate(self) -> float: ...
    @property
    def flood_templates(self) -> int: ...
    @property
    def flood_ns(self) -> int: ...
    @property
    def burst_ns(self) -> int: ...
    @property
    def adopt_hours(self) -> int: ...
    @property
    def max_known(self) -> int: ...
    @property
    def max_young(self) -> int: ...
    @property
    def max_services(self) -> int: ...

class SilenceConfig(Config):
    """The scorer of silence: templates and services that stopped."""

    def __init__(
        self,
        *,
        threshold: float = ...,
        min_events: int = ...,
        min_silence_ns: _Nanos = ...,
        max_series: int = ...,
        max_services: int = ...,
    ) -> None: ...
    @property
    def threshold(self) -> float: ...
    @property
    def min_events(self) -> int: ...
    @property
    def min_silence_ns(self) -> int: ...
    @property
    def max_series(self) -> int: ...
    @property
    def max_services(self) -> int: ...

class DriftConfig(Config):
    """The scorer of drift: rates that slowly move away."""

    def __init__(
        self,
        *,
        allowance: float = ...,
        limit: float = ...,
        max_series: int = ...,
    ) -> None: ...
    @property
    def allowance(self) -> float: ...
    @property
    def limit(self) -> float: ...
    @property
    def max_series(self) -> int: ...

class SequenceConfig(Config):
    """The scorer of sessions: ones that go another way than sessions do."""

    def __init__(
        self,
        *,
        baseline: Literal["clean", "unlabelled"] = ...,
        idle_timeout_ns: _Nanos = ...,
        max_events_per_session: int = ...,
        max_types_per_session: int = ...,
        max_steps_per_session: int = ...,
        max_sessions: int = ...,
        max_types: int = ...,
        max_vectors: int = ...,
        max_explicit_vectors: int = ...,
        max_pairs: int = ...,
        max_invariants: int = ...,
        max_steps: int = ...,
        min_clean_sessions: int = ...,
        min_sessions: int = ...,
        min_support: float = ...,
        min_presence: float = ...,
        rare_below: float = ...,
        half_life_sessions: int = ...,
        violation_half_life_sessions: int = ...,
        retire_above: float = ...,
        restore_below: float = ...,
        alpha: float | None = ...,
        steps: bool = ...,
        markov: bool = ...,
        markov_alpha: float = ...,
        max_markov_events: int = ...,
        max_contexts: int = ...,
        windows: bool = ...,
        window_events: int = ...,
        max_windows: int = ...,
    ) -> None: ...
    @property
    def baseline(self) -> Literal["clean", "unlabelled"]: ...
    @property
    def idle_timeout_ns(self) -> int: ...
    @property
    def max_events_per_session(self) -> int: ...
    @property
    def max_types_per_session(self) -> int: ...
    @property
    def max_steps_per_session(self) -> int: ...
    @property
    def max_sessions(self) -> int: ...
    @property
    def max_types(self) -> int: ...
    @property
    def max_vectors(self) -> int: ...
    @property
    def max_explicit_vectors(self) -> int: ...
    @property
    def max_pairs(self) -> int: ...
    @property
    def max_invariants(self) -> int: ...
    @property
    def max_steps(self) -> int: ...
    @property
    def min_clean_sessions(self) -> int: ...
    @property
    def min_sessions(self) -> int: ...
    @property
    def min_support(self) -> float: ...
    @property
    def min_presence(self) -> float: ...
    @property
    def rare_below(self) -> float: ...
    @property
    def half_life_sessions(self) -> int: ...
    @property
    def violation_half_life_sessions(self) -> int: ...
    @property
    def retire_above(self) -> float: ...
    @property
    def restore_below(self) -> float: ...
    @property
    def alpha(self) -> float | None: ...
    @property
    def steps(self) -> bool: ...
    @property
    def markov(self) -> bool: ...
    @property
    def markov_alpha(self) -> float: ...
    @property
    def max_markov_events(self) -> int: ...
    @property
    def max_contexts(self) -> int: ...
    @property
    def windows(self) -> bool: ...
    @property
    def window_events(self) -> int: ...
    @property
    def max_windows(self) -> int: ...

class ContentConfig(Config):
    """The scorer of values: ones that their place does not usually have."""

    def __init__(
        self,
        *,
        threshold: float = ...,
        min_values: int = ...,
        min_values_rare: int = ...,
        rare_share: float = ...,
        veto_share: float = ...,
        max_categories: int = ...,
        max_texts: int = ...,
        max_history: int = ...,
        max_slots: int = ...,
        max_quarantined: int = ...,
        adopt_windows: int = ...,
        adopt_window_ns: _Nanos = ...,
    ) -> None: ...
    @property
    def threshold(self) -> float: ...
    @property
    def min_values(self) -> int: ...
    @property
    def min_values_rare(self) -> int: ...
    @property
    def rare_share(self) -> float: ...
    @property
    def veto_share(self) -> float: ...
    @property
    def max_categories(self) -> int: ...
    @property
    def max_texts(self) -> int: ...
    @property
    def max_history(self) -> int: ...
    @property
    def max_slots(self) -> int: ...
    @property
    def max_quarantined(self) -> int: ...
    @property
    def adopt_windows(self) -> int: ...
    @property
    def adopt_window_ns(self) -> int: ...

class CentroidConfig(Config):
    """The scorer of distances: texts that are unlike all that is known."""

    def __init__(
        self,
        *,
        threshold: float = ...,
        false_alarm_rate: float = ...,
        learn_ns: _Nanos = ...,
        adopt_hours: int = ...,
        max_known: int = ...,
        max_unusual: int = ...,
        max_text_bytes: int = ...,
        vectoriser: VectoriserConfig | Mapping[str, Any] = ...,
    ) -> None: ...
    @property
    def threshold(self) -> float: ...
    @property
    def false_alarm_rate(self) -> float: ...
    @property
    def learn_ns(self) -> int: ...
    @property
    def adopt_hours(self) -> int: ...
    @property
    def max_known(self) -> int: ...
    @property
    def max_unusual(self) -> int: ...
    @property
    def max_text_bytes(self) -> int: ...
    @property
    def vectoriser(self) -> VectoriserConfig: ...

class VectoriserConfig(Config):
    """How texts become vectors."""

    def __init__(
        self,
        *,
        dimensions: int = ...,
        max_words: int = ...,
        max_features: int = ...,
    ) -> None: ...
    @property
    def dimensions(self) -> int: ...
    @property
    def max_words(self) -> int: ...
    @property
    def max_features(self) -> int: ...

class KMeansConfig(Config):
    """How vectors are put into clusters."""

    def __init__(
        self,
        *,
        clusters: int = ...,
        max_iterations: int = ...,
        seed: int = ...,
        max_representatives: int = ...,
    ) -> None: ...
    @property
    def clusters(self) -> int: ...
    @property
    def max_iterations(self) -> int: ...
    @property
    def seed(self) -> int: ...
    @property
    def max_representatives(self) -> int: ...

class CalibrateConfig(Config):
    """How a threshold is chosen by labelled scores."""

    def __init__(
        self,
        *,
        min_precision: float | None = ...,
        min_positives: int = ...,
        min_negatives: int = ...,
    ) -> None: ...
    @property
    def min_precision(self) -> float | None: ...
    @property
    def min_positives(self) -> int: ...
    @property
    def min_negatives(self) -> int: ...

class AlertConfig(Config):
    """What a person is told of the scores, how often, and where it goes."""

    def __init__(
        self,
        *,
        suppress_ns: _Nanos = ...,
        group_ns: _Nanos = ...,
        max_group: int = ...,
        max_per_hour: int = ...,
        min_priority: Priority = ...,
        tell_resolved: bool = ...,
        routes: Mapping[Priority, str] = ...,
        rules: Sequence[AlertRule | Mapping[str, Any]] = ...,
        max_open: int = ...,
        max_waiting: int = ...,
    ) -> None: ...
    @property
    def suppress_ns(self) -> int: ...
    @property
    def group_ns(self) -> int: ...
    @property
    def max_group(self) -> int: ...
    @property
    def max_per_hour(self) -> int: ...
    @property
    def min_priority(self) -> Priority: ...
    @property
    def tell_resolved(self) -> bool: ...
    @property
    def routes(self) -> dict[Priority, str]: ...
    @property
    def rules(self) -> tuple[AlertRule, ...]: ...
    @property
    def max_open(self) -> int: ...
    @property
    def max_waiting(self) -> int: ...

class AlertRule(Config):
    """A fixed rule: what the pattern (of the crate ``regex``) matches is an alert of this priority."""

    def __init__(
        self,
        *,
        name: str,
        pattern: str,
        priority: Priority = ...,
    ) -> None: ...
    @property
    def name(self) -> str: ...
    @property
    def pattern(self) -> str: ...
    @property
    def priority(self) -> Priority: ...

class CorrelateConfig(Config):
    """What counts as moving together across services, and who depends on whom."""

    def __init__(
        self,
        *,
        window_ns: _Nanos = ...,
        min_services: int = ...,
        min_templates: int = ...,
        max_movements: int = ...,
        max_candidates: int = ...,
        max_waiting: int = ...,
        topology: Mapping[str, Sequence[str]] = ...,
    ) -> None: ...
    @property
    def window_ns(self) -> int: ...
    @property
    def min_services(self) -> int: ...
    @property
    def min_templates(self) -> int: ...
    @property
    def max_movements(self) -> int: ...
    @property
    def max_candidates(self) -> int: ...
    @property
    def max_waiting(self) -> int: ...
    @property
    def topology(self) -> dict[str, list[str]]: ...

class CompareConfig(Config):
    """How much must differ between two runs to be told."""

    def __init__(
        self,
        *,
        min_ratio: float = ...,
        min_deviance: float = ...,
        min_events: int = ...,
        min_value_ratio: float = ...,
        min_values: int = ...,
    ) -> None: ...
    @property
    def min_ratio(self) -> float: ...
    @property
    def min_deviance(self) -> float: ...
    @property
    def min_events(self) -> int: ...
    @property
    def min_value_ratio(self) -> float: ...
    @property
    def min_values(self) -> int: ...

class RedactConfig(Config):
    """What is hidden before text leaves the host, and by what it is replaced."""

    def __init__(
        self,
        *,
        mode: Literal["placeholder", "remove", "pseudonym"] = ...,
        enable: Sequence[str] = ...,
        disable: Sequence[str] = ...,
        custom: Sequence[RedactRule | Mapping[str, Any]] = ...,
        allow: AllowList | Mapping[str, Any] = ...,
        keep_private_ips: bool = ...,
        keep_examples: bool = ...,
        pseudonym_key: str | None = ...,
        pseudonym_bits: int = ...,
        max_values: int = ...,
        max_value_bytes: int = ...,
    ) -> None: ...
    @property
    def mode(self) -> Literal["placeholder", "remove", "pseudonym"]: ...
    @property
    def enable(self) -> tuple[str, ...]: ...
    @property
    def disable(self) -> tuple[str, ...]: ...
    @property
    def custom(self) -> tuple[RedactRule, ...]: ...
    @property
    def allow(self) -> AllowList: ...
    @property
    def keep_private_ips(self) -> bool: ...
    @property
    def keep_examples(self) -> bool: ...
    @property
    def pseudonym_key(self) -> str | None: ...
    @property
    def pseudonym_bits(self) -> int: ...
    @property
    def max_values(self) -> int: ...
    @property
    def max_value_bytes(self) -> int: ...

class RedactRule(Config):
    """A rule of the user: what the pattern, or a group of it, matches is hidden under this name."""

    def __init__(
        self,
        *,
        name: str,
        pattern: str,
        group: str | None = ...,
    ) -> None: ...
    @property
    def name(self) -> str: ...
    @property
    def pattern(self) -> str: ...
    @property
    def group(self) -> str | None: ...

class AllowList(Config):
    """Values that are never hidden."""

    def __init__(
        self,
        *,
        exact: Sequence[str] = ...,
        prefixes: Sequence[str] = ...,
        suffixes: Sequence[str] = ...,
    ) -> None: ...
    @property
    def exact(self) -> tuple[str, ...]: ...
    @property
    def prefixes(self) -> tuple[str, ...]: ...
    @property
    def suffixes(self) -> tuple[str, ...]: ...

class PromptConfig(Config):
    """What a model is told of the host's services, and how much is shown to it."""

    def __init__(
        self,
        *,
        notes: Sequence[str] = ...,
        services: Mapping[str, Sequence[str]] = ...,
        anchors: Mapping[str, str] = ...,
        language: str = ...,
        min_level: Level = ...,
        max_templates: int = ...,
        max_examples: int = ...,
        max_context: int = ...,
        max_normal: int = ...,
        batch_lines: tuple[int, int] = ...,
        max_classified: int = ...,
        max_header_lines: int = ...,
        schema_in_prompt: bool = ...,
        expires_after_ns: _Nanos = ...,
        schemas: Mapping[TaskKind, Any] = ...,
        answers: JudgeLimits | Mapping[str, Any] = ...,
    ) -> None: ...
    @property
    def notes(self) -> tuple[str, ...]: ...
    @property
    def services(self) -> dict[str, list[str]]: ...
    @property
    def anchors(self) -> dict[str, str]: ...
    @property
    def language(self) -> str: ...
    @property
    def min_level(self) -> Level: ...
    @property
    def max_templates(self) -> int: ...
    @property
    def max_examples(self) -> int: ...
    @property
    def max_context(self) -> int: ...
    @property
    def max_normal(self) -> int: ...
    @property
    def batch_lines(self) -> tuple[int, int]: ...
    @property
    def max_classified(self) -> int: ...
    @property
    def max_header_lines(self) -> int: ...
    @property
    def schema_in_prompt(self) -> bool: ...
    @property
    def expires_after_ns(self) -> int: ...
    @property
    def schemas(self) -> dict[TaskKind, Any]: ...
    @property
    def answers(self) -> JudgeLimits: ...

class JudgeLimits(Config):
    """What answers of a model must keep to."""

    def __init__(
        self,
        *,
        max_answer_bytes: int = ...,
        min_parse_share: float = ...,
        min_confidence: float = ...,
    ) -> None: ...
    @property
    def max_answer_bytes(self) -> int: ...
    @property
    def min_parse_share(self) -> float: ...
    @property
    def min_confidence(self) -> float: ...

class DeskConfig(Config):
    """How often a model is asked, what is remembered, and the budget of a day."""

    def __init__(
        self,
        *,
        summary_ttl_ns: _Nanos = ...,
        ttl_ns: _Nanos = ...,
        repeat_ns: _Nanos = ...,
        retry_ns: _Nanos = ...,
        max_repairs: int = ...,
        tasks_per_day: int = ...,
        tokens_per_day: int = ...,
        max_waiting: int = ...,
        max_open: int = ...,
        max_cached: int = ...,
        max_answered: int = ...,
        max_feedback: int = ...,
    ) -> None: ...
    @property
    def summary_ttl_ns(self) -> int: ...
    @property
    def ttl_ns(self) -> int: ...
    @property
    def repeat_ns(self) -> int: ...
    @property
    def retry_ns(self) -> int: ...
    @property
    def max_repairs(self) -> int: ...
    @property
    def tasks_per_day(self) -> int: ...
    @property
    def tokens_per_day(self) -> int: ...
    @property
    def max_waiting(self) -> int: ...
    @property
    def max_open(self) -> int: ...
    @property
    def max_cached(self) -> int: ...
    @property
    def max_answered(self) -> int: ...
    @property
    def max_feedback(self) -> int: ...

class AskConfig(Config):
    """Settings of an asker: what is kept, hidden, shown and asked."""

    def __init__(
        self,
        *,
        journal: JournalConfig | Mapping[str, Any] = ...,
        redact: RedactConfig | Mapping[str, Any] = ...,
        prompt: PromptConfig | Mapping[str, Any] = ...,
        desk: DeskConfig | Mapping[str, Any] = ...,
        correlate: CorrelateConfig | Mapping[str, Any] = ...,
    ) -> None: ...
    @property
    def journal(self) -> JournalConfig: ...
    @property
    def redact(self) -> RedactConfig: ...
    @property
    def prompt(self) -> PromptConfig: ...
    @property
    def desk(self) -> DeskConfig: ...
    @property
    def correlate(self) -> CorrelateConfig: ...

class JournalConfig(Config):
    """What is kept of the stream for questions."""

    def __init__(
        self,
        *,
        window_ns: _Nanos = ...,
        max_templates: int = ...,
        max_line_bytes: int = ...,
        ring_lines: int = ...,
        max_services: int = ...,
        max_notices: int = ...,
        keep_ns: _Nanos = ...,
        batch_ns: _Nanos = ...,
        max_batches: int = ...,
        batch_level: Level = ...,
        max_header_samples: int = ...,
    ) -> None: ...
    @property
    def window_ns(self) -> int: ...
    @property
    def max_templates(self) -> int: ...
    @property
    def max_line_bytes(self) -> int: ...
    @property
    def ring_lines(self) -> int: ...
    @property
    def max_services(self) -> int: ...
    @property
    def max_notices(self) -> int: ...
    @property
    def keep_ns(self) -> int: ...
    @property
    def batch_ns(self) -> int: ...
    @property
    def max_batches(self) -> int: ...
    @property
    def batch_level(self) -> Level: ...
    @property
    def max_header_samples(self) -> int: ...

class Prices(Config):
    """What a million tokens cost."""

    def __init__(
        self,
        *,
        input_per_million: float,
        output_per_million: float,
    ) -> None: ...
    @property
    def input_per_million(self) -> float: ...
    @property
    def output_per_million(self) -> float: ...

class GuardConfig(Config):
    """What may be done without a person, how sure one must be, and how often."""

    def __init__(
        self,
        *,
        autonomy: Autonomy = ...,
        min_confidence: float = ...,
        min_confidence_high_risk: float = ...,
        max_per_hour: int = ...,
        cooldown_ns: _Nanos = ...,
        max_failures: int = ...,
        actions: Sequence[ActionRule | Mapping[str, Any]] = ...,
        max_name_bytes: int = ...,
        max_evidence: int = ...,
        max_cooldowns: int = ...,
        max_open: int = ...,
        max_audit: int = ...,
    ) -> None: ...
    @property
    def autonomy(self) -> Autonomy: ...
    @property
    def min_confidence(self) -> float: ...
    @property
    def min_confidence_high_risk(self) -> float: ...
    @property
    def max_per_hour(self) -> int: ...
    @property
    def cooldown_ns(self) -> int: ...
    @property
    def max_failures(self) -> int: ...
    @property
    def actions(self) -> tuple[ActionRule, ...]: ...
    @property
    def max_name_bytes(self) -> int: ...
    @property
    def max_evidence(self) -> int: ...
    @property
    def max_cooldowns(self) -> int: ...
    @property
    def max_open(self) -> int: ...
    @property
    def max_audit(self) -> int: ...

class ActionRule(Config):
    """An action that may be proposed: its risk, its targets, and what verifies and undoes it."""

    def __init__(
        self,
        *,
        name: str,
        risk: Risk = ...,
        needs_approval: bool = ...,
        verify: str | None = ...,
        roll_back: str | None = ...,
        targets: Sequence[str],
        max_per_hour: int | None = ...,
        min_confidence: float | None = ...,
        cooldown_ns: _Nanos | None = ...,
    ) -> None: ...
    @property
    def name(self) -> str: ...
    @property
    def risk(self) -> Risk: ...
    @property
    def needs_approval(self) -> bool: ...
    @property
    def verify(self) -> str | None: ...
    @property
    def roll_back(self) -> str | None: ...
    @property
    def targets(self) -> tuple[str, ...]: ...
    @property
    def max_per_hour(self) -> int | None: ...
    @property
    def min_confidence(self) -> float | None: ...
    @property
    def cooldown_ns(self) -> int | None: ...

class IndexConfig(Config):
    """Limits of a template index."""

    def __init__(
        self,
        *,
        max_rows: int = ...,
        max_row_bytes: int = ...,
        dimensions: int | None = ...,
    ) -> None: ...
    @property
    def max_rows(self) -> int: ...
    @property
    def max_row_bytes(self) -> int: ...
    @property
    def dimensions(self) -> int | None: ...

class SqlConfig(Config):
    """How a template index becomes SQL."""

    def __init__(
        self,
        *,
        dialect: Literal["postgresql", "sqlite"],
        table: str = ...,
        dimensions: int | None = ...,
        hits: Literal["replace", "add"] = ...,
    ) -> None: ...
    @property
    def dialect(self) -> Literal["postgresql", "sqlite"]: ...
    @property
    def table(self) -> str: ...
    @property
    def dimensions(self) -> int | None: ...
    @property
    def hits(self) -> Literal["replace", "add"]: ...

class CsvConfig(Config):
    """How a template index becomes CSV."""

    def __init__(
        self,
        *,
        defuse: bool = ...,
    ) -> None: ...
    @property
    def defuse(self) -> bool: ...

class IncidentConfig(Config):
    """When a window looks like a past incident, and how many are kept."""

    def __init__(
        self,
        *,
        threshold: float = ...,
        text_similarity: float = ...,
        extra_weight: float = ...,
        max_incidents: int = ...,
        max_templates: int = ...,
        max_text_bytes: int = ...,
        max_window: int = ...,
        max_usual: int = ...,
    ) -> None: ...
    @property
    def threshold(self) -> float: ...
    @property
    def text_similarity(self) -> float: ...
    @property
    def extra_weight(self) -> float: ...
    @property
    def max_incidents(self) -> int: ...
    @property
    def max_templates(self) -> int: ...
    @property
    def max_text_bytes(self) -> int: ...
    @property
    def max_window(self) -> int: ...
    @property
    def max_usual(self) -> int: ...

class FitConfig(Config):
    """Settings of a fit: the miner that is tried, limits, and thresholds."""

    def __init__(
        self,
        *,
        miner: MinerConfig | Mapping[str, Any] = ...,
        limits: FitLimits | Mapping[str, Any] = ...,
        thresholds: FitThresholds | Mapping[str, Any] = ...,
    ) -> None: ...
    @property
    def miner(self) -> MinerConfig: ...
    @property
    def limits(self) -> FitLimits: ...
    @property
    def thresholds(self) -> FitThresholds: ...

class FitLimits(Config):
    """How much of a sample is kept, tried and shown."""

    def __init__(
        self,
        *,
        max_sample_lines: int = ...,
        max_sample_bytes: int = ...,
        max_trials: int = ...,
        max_findings: int = ...,
        max_evidence: int = ...,
        max_examples: int = ...,
        max_example_bytes: int = ...,
    ) -> None: ...
    @property
    def max_sample_lines(self) -> int: ...
    @property
    def max_sample_bytes(self) -> int: ...
    @property
    def max_trials(self) -> int: ...
    @property
    def max_findings(self) -> int: ...
    @property
    def max_evidence(self) -> int: ...
    @property
    def max_examples(self) -> int: ...
    @property
    def max_example_bytes(self) -> int: ...

class FitThresholds(Config):
    """What counts as too much: a number beyond its threshold is a finding."""

    def __init__(
        self,
        *,
        min_lines: int = ...,
        max_growth: float = ...,
        max_template_share: float = ...,
        min_family_templates: int = ...,
        max_family_growth: float = ...,
        min_black_hole_lines: int = ...,
        min_literal_share: float = ...,
        min_swallowed_words: int = ...,
        max_state_values: int = ...,
        min_state_share: float = ...,
        max_cut_share: float = ...,
        max_elsewhere: float = ...,
        min_gain: float = ...,
    ) -> None: ...
    @property
    def min_lines(self) -> int: ...
    @property
    def max_growth(self) -> float: ...
    @property
    def max_template_share(self) -> float: ...
    @property
    def min_family_templates(self) -> int: ...
    @property
    def max_family_growth(self) -> float: ...
    @property
    def min_black_hole_lines(self) -> int: ...
    @property
    def min_literal_share(self) -> float: ...
    @property
    def min_swallowed_words(self) -> int: ...
    @property
    def max_state_values(self) -> int: ...
    @property
    def min_state_share(self) -> float: ...
    @property
    def max_cut_share(self) -> float: ...
    @property
    def max_elsewhere(self) -> float: ...
    @property
    def min_gain(self) -> float: ...

__all__ = [
    "Config",
    "MinerConfig",
    "NormalizeConfig",
    "Mask",
    "DrainConfig",
    "PipelineConfig",
    "JoinConfig",
    "ParseConfig",
    "KeyNames",
    "CustomFormat",
    "FilterConfig",
    "SurgeConfig",
    "CountConfig",
    "DetectConfig",
    "ScoreConfig",
    "FrequencyConfig",
    "NoveltyConfig",
    "SilenceConfig",
    "DriftConfig",
    "SequenceConfig",
    "ContentConfig",
    "CentroidConfig",
    "VectoriserConfig",
    "KMeansConfig",
    "CalibrateConfig",
    "AlertConfig",
    "AlertRule",
    "CorrelateConfig",
    "CompareConfig",
    "RedactConfig",
    "RedactRule",
    "AllowList",
    "PromptConfig",
    "JudgeLimits",
    "DeskConfig",
    "AskConfig",
    "JournalConfig",
    "Prices",
    "GuardConfig",
    "ActionRule",
    "IndexConfig",
    "SqlConfig",
    "CsvConfig",
    "IncidentConfig",
    "FitConfig",
    "FitLimits",
    "FitThresholds",
]
