"""The examples in docstrings: those of the Python modules, and those of the native classes, methods and functions."""

from __future__ import annotations

import doctest
import importlib
import io
import pkgutil
from collections.abc import Iterator
from types import ModuleType

import drainrs
import pytest
from drainrs import _native

# So many examples there were when this was written.
LEAST_IN_MODULES = 23
LEAST_IN_NATIVE = 189

# What draws has tests of its own, what stands in for Drain3 too, and the rest is native, or the program.
LEFT_OUT = ("plot", "drain3", "_native", "__main__")


def python_modules() -> list[ModuleType]:
    names = [found.name for found in pkgutil.iter_modules(drainrs.__path__) if found.name not in LEFT_OUT]
    return [drainrs, *(importlib.import_module(f"drainrs.{name}") for name in sorted(names))]


def in_modules() -> Iterator[doctest.DocTest]:
    for module in python_modules():
        if module is drainrs:  # the native classes call it their module, and have their turn below
            yield doctest.DocTestParser().get_doctest(drainrs.__doc__ or "", {}, "drainrs", drainrs.__file__, 0)
        else:
            yield from doctest.DocTestFinder().find(module)


def in_native() -> Iterator[doctest.DocTest]:
    for name, thing in sorted(vars(_native).items()):
        if name.startswith("__"):
            continue
        members = sorted(vars(thing).items()) if isinstance(thing, type) else []
        documented = [(name, thing), *((f"{name}.{member}", own) for member, own in members if member != "__doc__")]
        for path, own in documented:
            text = getattr(own, "__doc__", None)
            if isinstance(text, str) and ">>>" in text:
                yield doctest.DocTestParser().get_doctest(text, {}, path, None, 0)


@pytest.mark.parametrize(
    ("tests", "least"),
    [(in_modules, LEAST_IN_MODULES), (in_native, LEAST_IN_NATIVE)],
    ids=["modules", "native"],
)
def test_examples_run(tests: object, least: int) -> None:
    assert callable(tests)
    attempted, said = 0, io.StringIO()
    for test in tests():
        attempted += doctest.DocTestRunner(verbose=False).run(test, out=said.write).attempted
    assert not said.getvalue(), said.getvalue()
    assert attempted >= least, f"{attempted} examples ran"


def test_the_important_classes_have_examples() -> None:
    wanted = """
        Alerter Asker Baseline Centroid Correlator Counter Fit FrequencyModel Guard Hit IncidentLibrary Index Joiner KMeans
        KeyLines LineReader Miner Normalizer Parser Pipeline Redaction Redactor Scorer SequenceModel Sql Task ValueModel
        Vectoriser compare
    """.split()
    without = [name for name in wanted if ">>>" not in (getattr(_native, name).__doc__ or "")]
    assert not without, without
