"""The words of closed sets, as documents have them."""

from __future__ import annotations

from typing import Literal, TypeAlias, Union

Level: TypeAlias = Literal["unknown", "trace", "debug", "info", "notice", "warn", "error", "critical", "fatal"]
"""How severe an event says it is, from the least to the greatest."""

ClassName: TypeAlias = Literal[
    "*", "NUM", "IP", "MAC", "UUID", "URL", "EMAIL", "TIMESTAMP", "DATE", "TIME", "SIZE", "DURATION", "PCT", "HEX",
    "PATH", "ID", "POD", "TRACE", "B64", "STR", "VERSION", "BOOL", "NULL", "HOST",
]  # fmt: skip
"""The built-in classes of values, by the names of their placeholders; ``*`` is text that no rule claims."""

Change: TypeAlias = Literal["unchanged", "created", "widened"]
"""What a line did to its template."""

Parsed: TypeAlias = Literal["raw", "generic", "exact"]
"""How well the header of a line was understood."""

SkipReason: TypeAlias = Literal["below_level", "surge"]
"""Why an event was not mined."""

Branch: TypeAlias = Literal["exact", "wildcard", "both", "none"]
"""Which way a step of the search went."""

Runtime: TypeAlias = Literal["jvm", "dotnet", "node", "python", "go", "rust", "php", "ruby"]
"""Whose stack trace it is."""

ScoreKindName: TypeAlias = Literal[
    "spike", "drop", "drift", "new_template", "reappeared", "template_flood", "adopted", "silence", "service_silence",
    "recovered", "sequence", "incomplete", "invariant_drift", "value", "new_value", "distance", "rule", "input_gap",
]  # fmt: skip
"""What the scorers of the library notice."""

ScoreKind: TypeAlias = Union[ScoreKindName, str]
"""What was noticed; a host's own scorers bring further names."""

Direction: TypeAlias = Literal["up", "down"]
"""Whether more or less was seen than usual."""

Priority: TypeAlias = Literal["low", "medium", "high", "critical"]
"""How urgent an alert is."""

AlertStatus: TypeAlias = Literal["opened", "escalated", "ongoing", "resolved"]
"""Where an alert stands."""

Placed: TypeAlias = Literal["counted", "skewed", "out_of_range", "late", "over_limit"]
"""What became of an event that was to be counted."""

Unit: TypeAlias = Literal["plain", "seconds", "bytes", "percent"]
"""The base unit of the numbers at a place."""

FitStatus: TypeAlias = Literal["ok", "warn"]
"""Whether a fit has findings."""

FindingKind: TypeAlias = Literal["explosion", "family", "black_hole", "opposites", "eviction", "cut"]
"""What kind of thing is wrong with the templates of a sample."""

TaskKind: TypeAlias = Literal[
    "summarise_window", "classify_templates", "explain_anomaly", "root_cause", "judge_batch", "write_header_pattern",
    "name_parameters",
]  # fmt: skip
"""What a model is asked for."""

AnswerReasonCode: TypeAlias = Literal[
    "incomplete_task", "too_large", "not_utf8", "no_json", "several_json", "syntax", "too_deep", "duplicate_key",
    "wrong_type", "missing_field", "unknown_field", "not_in_enum", "out_of_range", "too_long", "too_short",
    "evidence_not_found", "evidence_too_short", "unknown_id", "repeated", "bad_name", "unknown_placeholder",
    "line_count", "pattern_syntax", "pattern_too_general", "pattern_reads_too_few", "pattern_reads_others",
    "pattern_times",
]  # fmt: skip
"""What can be wrong with an answer."""

Refusal: TypeAlias = Literal["full", "expired", "too_dear", "resting", "incomplete"]
"""Why a desk does not take a task."""

Thumb: TypeAlias = Literal["up", "down"]
"""What somebody thinks of an answer."""

Autonomy: TypeAlias = Literal["alert", "suggest", "approve", "auto_low_risk", "auto_high_risk"]
"""How much a guard lets happen without a person."""

Risk: TypeAlias = Literal["low", "high"]
"""What an action may break."""

GuardVerdict: TypeAlias = Literal["run", "ask_approval", "suggest", "alert_only", "refuse"]
"""What is to be done with a proposed action."""

GuardReasonCode: TypeAlias = Literal[
    "bad_confidence", "bad_name", "target_not_allowed", "suspended", "cooldown", "rate_limit", "no_room",
    "clock_set_back", "autonomy", "unknown_action", "rule_needs_approval", "high_risk", "missing_hook",
    "low_confidence", "risk_raised", "approved", "allowed",
]  # fmt: skip
"""What decided about an action."""

GuardOutcome: TypeAlias = Literal["succeeded", "failed", "rolled_back", "roll_back_failed"]
"""How an action ended."""

Reported: TypeAlias = Literal["noted", "suspended", "unknown"]
"""What a guard made of the report of an outcome."""

FoundBy: TypeAlias = Literal["id", "text"]
"""By what a template of an incident was found in a window."""

SecretKind: TypeAlias = Literal[
    "private_key", "token", "secret", "cookie", "card", "iban", "ssn", "phone", "email", "ip", "mac", "host", "user",
    "custom",
]  # fmt: skip
"""What kind of thing was hidden."""

ErrorKind: TypeAlias = Literal[
    "config", "pattern", "limit", "snapshot", "snapshot_version", "snapshot_config", "task", "feature"
]
"""What kind of error it is."""
