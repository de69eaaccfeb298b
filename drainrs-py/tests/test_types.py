"""The types of the package: mypy over all of it, over what users write, and the stubs beside what is there."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import drainrs
import pytest
from drainrs import _native

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent

# Settings that may be given under names of Drain3's, too, and the ones that the library never gives back.
ALIASES = {"Mask": {"mask_with", "regex_pattern"}}
SECRETS = {"RedactConfig": {"pseudonym_key"}}

GOOD = '''
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import drainrs
import numpy
import polars
from drainrs import shapes
from typing_extensions import assert_type


def lines() -> Iterator[str]:
    yield "disk sda is full"


miner = drainrs.Miner(drainrs.MinerConfig(mine={"depth": 5}), max_templates=100)
hit = miner.insert("user 17 logged in", at=datetime.now(), level="warn")
assert_type(hit.values, tuple[str, ...])
assert_type(hit.parameters[0].class_, str)
assert_type(miner.find(b"user 9 logged in"), drainrs.Hit | None)
assert_type(miner.templates()[0], shapes.Template)
assert_type(miner[1].text, str)
assert_type(miner.config, drainrs.MinerConfig)
assert_type(drainrs.Miner.restore(miner.snapshot()), drainrs.Miner)

words: list[str | None] = ["disk sda is full", None]
parts: list[bytes] = [b"disk sda is full"]
for many in (lines(), parts, words, b"a\\nb", polars.Series(words), numpy.array(parts), drainrs.LineReader("app.log")):
    assert_type(miner.insert_batch(many, parameters=True, progress=lambda rows: print(rows)), drainrs.Columns)

with drainrs.LineReader("app.log.gz") as reader:
    for line in reader:
        assert_type(line, bytes)

pipeline = drainrs.Pipeline(detect=True)
event = pipeline.push("2031-02-03 04:05:07 INFO next", "2031-02-03T04:05:07Z")
if event is not None:
    assert_type(event.at, drainrs.Timestamp | None)
    assert_type(event.level, shapes.Level)
events = pipeline.push_batch(lines(), 1.5, finish=True)
assert_type(events, drainrs.EventColumns)
assert_type(pipeline.alerts()[0].score.reason, str)


class Heartbeat:
    name = "heartbeat"

    def close(self, window: drainrs.Window, counts: dict[tuple[int, int], int]) -> list[dict[str, Any]]:
        return []


pipeline.add_scorer(Heartbeat())

redaction = drainrs.Redaction()
assert_type(redaction.redact(drainrs.Redactor(), "ann@shop.test"), str)
model = drainrs.FrequencyModel(method="mad")
assert_type(model.learn((0, 60_000_000_000), 7).expected, float)
assert_type(drainrs.Scorer("novelty").observe(0, 1, values=[("NUM", "17")]), list[shapes.Score])
drainrs.KMeans.fit(numpy.zeros((4, 2)), clusters=2)
drainrs.Index().nearest([1.0, 0.0])
assert_type(drainrs.compare(drainrs.Baseline(), drainrs.learn("good.log")).new[0].template, str)

asker = drainrs.Asker()
for task in asker.plan(pipeline, count=len).tasks:
    answered = asker.answer(task.id, "{}", pipeline)
    if answered is not None and answered.verdict is not None:
        assert_type(answered.verdict, shapes.Verdict)
decision = drainrs.Guard().decide({"action": "restart", "target": "web-1", "confidence": 0.9})
assert_type(decision.run, int | None)
assert_type(drainrs.report().templates, list[dict[str, Any]])
assert_type(drainrs.detect("app.log").alerts, drainrs.Alerts)
assert_type(drainrs.Vectoriser().fit(["a"]), drainrs.Vectoriser)
'''

# What each line is refused for.
BAD = {
    "drainrs.Miner().insert(7)": "arg-type",
    'drainrs.Miner().insert("a", level="loud")': "arg-type",
    'drainrs.Miner().insert("a", "b")': "misc|call-arg",
    "drainrs.Miner().insert_batch(7)": "arg-type",
    "drainrs.Miner(drainrs.PipelineConfig())": "arg-type",
    'drainrs.Scorer("loudness")': "call-overload",
    'drainrs.Redaction().redact("a", "b")': "arg-type",
    'drainrs.Miner().insert("a").size = 3': "misc",
    "class Own(drainrs.Miner): ...": "misc",
}


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("mypy")
    return tmp_path_factory.mktemp("mypy")


def ran(cache: Path, module: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", module, *map(str, arguments)]
    env = {**os.environ, "MYPY_CACHE_DIR": str(cache)}
    return subprocess.run(command, cwd=cache, env=env, capture_output=True, text=True, timeout=600)


def checked(cache: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return ran(cache, "mypy", "--strict", "--config-file", PROJECT / "pyproject.toml", *arguments)


def test_the_package_is_typed(cache: Path) -> None:
    done = checked(cache, "-p", "drainrs")
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_users_write_is_typed(cache: Path) -> None:
    (cache / "good.py").write_text(GOOD)
    done = checked(cache, "good.py")
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_wrong_is_refused(cache: Path) -> None:
    (cache / "bad.py").write_text("\n".join(["import drainrs", *BAD]))
    told = checked(cache, "bad.py").stdout.splitlines()
    for number, (line, codes) in enumerate(BAD.items(), start=2):
        own = [one for one in told if one.startswith(f"bad.py:{number}: error:")]
        assert any(one.endswith(f"[{code}]") for one in own for code in codes.split("|")), (line, own)


def test_the_examples_are_typed(cache: Path) -> None:
    examples = sorted((PROJECT / "examples").glob("*.py"))
    if not examples:
        pytest.skip("the examples are not beside the tests")
    done = checked(cache, *examples)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_stubs_say_what_is_there(cache: Path) -> None:
    config = PROJECT / "pyproject.toml"
    done = ran(
        cache, "mypy.stubtest", "drainrs._native", "drainrs.config", "--mypy-config-file", config
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_everything_public_is_described() -> None:
    bare = []
    for name in _native.__all__:
        thing = getattr(_native, name)
        members = {f"{name}.{member}": own for member, own in vars(thing).items()} if isinstance(thing, type) else {}
        for path, own in {name: thing, **members}.items():
            if not path.rpartition(".")[2].startswith("_") and not getattr(own, "__doc__", None):
                bare.append(path)
    assert not bare, bare


def stub_classes() -> dict[str, ast.ClassDef]:
    stub = Path(drainrs.__file__).with_name("config.pyi")
    return {node.name: node for node in ast.parse(stub.read_text()).body if isinstance(node, ast.ClassDef)}


@pytest.mark.parametrize("name", _native.config_names())
def test_the_stub_of_settings_has_all_fields(name: str) -> None:
    node = stub_classes()[name]
    functions = [part for part in node.body if isinstance(part, ast.FunctionDef)]
    constructor = next(part for part in functions if part.name == "__init__")
    is_property = {part.name: [ast.unparse(one) for one in part.decorator_list] == ["property"] for part in functions}
    fields = [field for field in _native.config_fields(name) if field not in ALIASES.get(name, set())]
    wanted = sorted({*fields, *SECRETS.get(name, set())})
    assert sorted(argument.arg for argument in constructor.args.kwonlyargs) == wanted
    assert sorted(part for part, decorated in is_property.items() if decorated) == wanted


def test_the_stub_of_settings_has_all_classes() -> None:
    assert sorted(stub_classes()) == sorted(["Config", *_native.config_names()])
