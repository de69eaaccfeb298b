"""Settings out of a drain3.ini."""

from __future__ import annotations

from pathlib import Path

import pytest

from drainrs.drain3 import TemplateMiner, TemplateMinerConfig
from drainrs.drain3.jaccard_drain import JaccardDrain

INI = r"""
[SNAPSHOT]
snapshot_interval_minutes = 10
compress_state = False

[MASKING]
masking = [
          {"regex_pattern":"((?<=[^A-Za-z0-9])|^)(([0-9a-f]{2,}:){3,}([0-9a-f]{2,}))((?=[^A-Za-z0-9])|$)", "mask_with": "ID"},
          {"regex_pattern":"(?<=executed cmd )(\".+?\")", "mask_with": "CMD"}
          ]
mask_prefix = <:
mask_suffix = :>
parameter_extraction_cache_capacity = 77

[DRAIN]
sim_th = 0.7
depth = 6
max_children = 512
max_clusters = 1024
extra_delimiters = ["_", ":"]
parametrize_numeric_tokens = False

[PROFILING]
enabled = True
report_sec = 30
"""


def test_defaults_are_those_of_drain3() -> None:
    from drain3.template_miner_config import TemplateMinerConfig as Theirs

    theirs, ours = vars(Theirs()), vars(TemplateMinerConfig())
    assert {name: ours[name] for name in theirs} == theirs


def test_a_file_is_read(tmp_path: Path) -> None:
    from drain3.template_miner_config import TemplateMinerConfig as Theirs

    path = tmp_path / "drain3.ini"
    path.write_text(INI)
    config, theirs = TemplateMinerConfig(), Theirs()
    config.load(str(path))
    theirs.load(str(path))
    for name, value in vars(theirs).items():
        own = getattr(config, name)
        if name == "masking_instructions":
            assert [(m.pattern, m.mask_with) for m in own] == [(m.pattern, m.mask_with) for m in value]
        elif name == "parameter_extraction_cache_capacity":
            assert own == int(value) == 77
        else:
            assert own == value, name


def test_what_a_file_leaves_out_stays(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "drain3.ini"
    path.write_text("[DRAIN]\ndepth = 5\n")
    config = TemplateMinerConfig()
    config.drain_sim_th = 0.9
    config.mask_prefix = "{"
    config.load(path)
    assert (config.drain_depth, config.drain_sim_th, config.mask_prefix) == (5, 0.9, "{")
    config.load(tmp_path / "missing.ini")
    assert "missing.ini" in caplog.text
    assert config.drain_depth == 5


def test_the_other_engine_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "drain3.ini"
    path.write_text("[DRAIN]\nengine = JaccardDrain\n")
    config = TemplateMinerConfig()
    config.load(path)
    with pytest.raises(NotImplementedError, match="JaccardDrain"):
        TemplateMiner(config=config)
    with pytest.raises(NotImplementedError, match="0.9.11"):
        JaccardDrain(depth=4)
    config.engine = "Else"
    with pytest.raises(NotImplementedError, match="Else"):
        TemplateMiner(config=config)
