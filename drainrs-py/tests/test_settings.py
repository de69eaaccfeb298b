"""Settings are checked where they are made."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import drainrs
import pytest
from drainrs import _native, config

# A value that no machine takes, and where it is.
WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("ActionRule", {"name": "", "targets": ["web-*"]}, "name"),
    ("AlertConfig", {"max_per_hour": 0}, "max_per_hour"),
    ("AlertRule", {"name": "a", "pattern": "("}, "pattern"),
    ("AskConfig", {"desk": {"max_waiting": 0}}, "desk.max_waiting"),
    ("CentroidConfig", {"false_alarm_rate": 7.0}, "false_alarm_rate"),
    ("ContentConfig", {"max_slots": 0}, "max_slots"),
    ("CorrelateConfig", {"max_movements": 0}, "max_movements"),
    ("CountConfig", {"window_ns": 0}, "window_ns"),
    ("CustomFormat", {"name": "a", "pattern": "("}, "pattern"),
    ("DeskConfig", {"max_waiting": 0}, "max_waiting"),
    ("DetectConfig", {"count": {"window_ns": 0}}, "count.window_ns"),
    ("DrainConfig", {"depth": 1}, "depth"),
    ("DriftConfig", {"limit": -1.0}, "limit"),
    ("FitConfig", {"limits": {"max_lines": 0}}, "limits.max_lines"),
    ("FitLimits", {"max_lines": 0}, "max_lines"),
    ("FrequencyConfig", {"max_series": 0}, "max_series"),
    ("GuardConfig", {"actions": [{"name": "", "targets": ["a"]}]}, "actions[0].name"),
    ("IncidentConfig", {"max_incidents": 0}, "max_incidents"),
    ("IndexConfig", {"max_rows": 0}, "max_rows"),
    ("JoinConfig", {"max_lines": 0}, "max_lines"),
    ("JournalConfig", {"batch_ns": 0}, "batch_ns"),
    ("KMeansConfig", {"clusters": 0}, "clusters"),
    ("Mask", {"name": "A", "pattern": "("}, "pattern"),
    ("MinerConfig", {"mine": {"depth": 1}}, "mine.depth"),
    ("NormalizeConfig", {"masks": [{"name": "A", "pattern": "("}]}, "masks[0].pattern"),
    ("NoveltyConfig", {"max_templates": 0}, "max_templates"),
    ("ParseConfig", {"format": "none such"}, "format"),
    ("PipelineConfig", {"mine": {"depth": 1}}, "mine.depth"),
    ("PromptConfig", {"expires_after_ns": 0}, "expires_after_ns"),
    ("RedactConfig", {"max_values": 0}, "max_values"),
    ("RedactRule", {"name": "a", "pattern": "a"}, "name"),
    ("ScoreConfig", {"frequency": {"max_series": 0}}, "frequency.max_series"),
    ("SequenceConfig", {"max_types": 0}, "max_types"),
    ("SilenceConfig", {"max_series": 0}, "max_series"),
    ("SqlConfig", {"dialect": "sqlite", "table": ""}, "table"),
    ("SurgeConfig", {"events_per_second": 0.0, "keep_every": 1}, "events_per_second"),
    ("VectoriserConfig", {"dimensions": 0}, "dimensions"),
]


@pytest.mark.parametrize(("name", "options", "path"), WRONG, ids=lambda one: one if isinstance(one, str) else "")
def test_a_wrong_value_is_told_at_once(name: str, options: dict[str, Any], path: str) -> None:
    with pytest.raises(drainrs.Error) as wrong:
        getattr(config, name)(**options)
    assert wrong.value.path == path and wrong.value.problems[0].message


def test_all_wrong_values_are_told_together() -> None:
    with pytest.raises(drainrs.ConfigError) as wrong:
        drainrs.MinerConfig(depth=1, similarity_threshold=7.0)
    assert [problem.path for problem in wrong.value.problems] == ["mine.depth", "mine.similarity_threshold"]
    assert "3" in wrong.value.problems[0].message
    with pytest.raises(drainrs.ConfigError):
        drainrs.DrainConfig().replace(depth=1)
    with pytest.raises(drainrs.ConfigError):
        drainrs.MinerConfig.from_json('{"mine": {"depth": 1}}')


def test_stages_may_be_left_out() -> None:
    named = drainrs.MinerConfig(depth=6, max_tokens=50)
    assert named == drainrs.MinerConfig(mine={"depth": 6}, normalize={"max_tokens": 50})
    assert named.replace(depth=7).mine.depth == 7 and named.replace(depth=7).normalize.max_tokens == 50
    both = drainrs.PipelineConfig(min_level="warn", detect=True, depth=6)
    assert (both.filter.min_level, both.mine.depth, both.detect) == ("warn", 6, drainrs.DetectConfig())
    for options in ({"depth": 6, "mine": {"max_children": 50}}, {"mine": {"max_children": 50}, "depth": 6}):
        made = drainrs.MinerConfig(**options)  # whichever comes first
        assert (made.mine.depth, made.mine.max_children) == (6, 50)
        assert drainrs.Miner(**options).config == made
    with pytest.raises(drainrs.ConfigError):
        drainrs.MinerConfig(dept=6)


@pytest.mark.parametrize("name", sorted(set(_native.config_names()) - set(config._REQUIRED)))
def test_settings_are_values(name: str) -> None:
    made = getattr(config, name)()
    for again in (pickle.loads(pickle.dumps(made)), copy.copy(made), copy.deepcopy(made), made.from_dict(made.to_dict())):
        assert again == made and hash(again) == hash(made)


def test_settings_of_a_machine_are_shown_without_its_secrets() -> None:
    secret = {"mode": "pseudonym", "pseudonym_key": "00112233445566778899aabbccddeeff"}
    for shown in (drainrs.Redactor(**secret).config, drainrs.Asker(redact=secret).config.redact):
        assert shown.mode == "pseudonym" and shown.pseudonym_key is None
        assert pickle.loads(pickle.dumps(shown)) == shown
    with pytest.raises(drainrs.ConfigError, match="pseudonym_key"):
        drainrs.RedactConfig(mode="pseudonym")
