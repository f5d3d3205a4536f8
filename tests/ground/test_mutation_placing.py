"""Mutants put in place of loaded functions: that everybody who holds one runs it, and that it ends as one imported."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest
from mutation import operators, placing, ready, trial

SOURCE = """
from dataclasses import dataclass
from functools import cache, wraps

def doubled(function):
    @wraps(function)
    def inner(value):
        return function(value) * 2
    return inner

def adding(more):
    def added(value):
        return value + more
    return added

LIMIT = 3
add_five = adding(5)

@cache
def kept(value: int) -> int:
    return value + 1

@doubled
def wrapped(value: int, step: int = 7) -> int:
    return value + 11

@dataclass(frozen=True, slots=True)
class Thing:
    size: int = 13

    @property
    def area(self) -> int:
        return self.size * 17

    @classmethod
    def made(cls) -> "Thing":
        return cls(19)

TABLE = {"thing": Thing.made, "each": lambda value: value + 23}

def outer(value: int) -> int:
    def within(more: int) -> int:
        return more + 29
    return within(value) + sum(n + 31 for n in range(2))

def count(most: int) -> int:
    total = 0
    while total < most:
        total += 1
    return total
"""

TESTS = """
from small import TABLE, Thing, add_five, count, kept, outer, wrapped

def test_area():
    assert Thing(2).area == 34 and TABLE["thing"]().size == 19

def test_numbers():
    assert (kept(1), wrapped(1), add_five(1), outer(1)) == (2, 24, 6, 93)

def test_count():
    assert count(4) == 4
"""


NAMED = {
    "total += 1 -> pass": "timed out",
    "17 -> 18": "test_small.py::test_area",
    "11 -> 0": "test_small.py::test_numbers",
    "total < most -> total >= most": "test_small.py::test_count",
    "13 -> 14": "imported",
    "3 -> 4": "imported",
}
"""Some mutants and their ends."""


@pytest.fixture
def small(tmp_path: Path) -> ModuleType:
    """The module, loaded as others are."""
    file = tmp_path / "src/small.py"
    file.parent.mkdir()
    file.write_text(SOURCE, "utf-8")
    spec = importlib.util.spec_from_file_location("small", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["small"] = module  # dataclasses look for their module
    spec.loader.exec_module(module)
    del sys.modules["small"]
    return module


def put(module: ModuleType, old: str, new: str) -> None:
    """Puts a changed source in place."""
    path, changed = str(module.__file__), SOURCE.replace(old, new)
    assert changed != SOURCE
    for function, code in placing.swaps(path, SOURCE.encode(), changed.encode(), placing.living(path)):
        function.__code__ = code


def test_whoever_holds_a_function_runs_the_mutant(small: ModuleType) -> None:
    kept, wrapped, table, thing = small.kept, small.wrapped, small.TABLE, small.Thing(2)
    for old, new in (
        ("value + 11", "value + 12"), ("value + 1\n", "value + 2\n"), ("self.size * 17", "self.size * 18"),
        ("cls(19)", "cls(20)"), ("value + 23", "value + 24"), ("value + more", "value - more"),
        ("more + 29", "more + 30"), ("function(value) * 2", "function(value) * 3"),
    ):  # fmt: skip
        put(small, old, new)
    assert (small.outer(0), wrapped(0)) == (30 + 63, 12 * 3)
    assert (kept(0), thing.area, table["thing"]().size, table["each"](0)) == (2, 36, 20, 24)
    assert small.add_five(9) == 4


@pytest.mark.parametrize(
    ("old", "new"),
    [("LIMIT = 3", "LIMIT = 4"), ("step: int = 7", "step: int = 8"), ("size: int = 13", "size: int = 14"),
     ("adding(5)", "adding(6)"), ("value + more", "value"), ('"each": lambda', '"more": lambda')],
)  # fmt: skip
def test_what_runs_on_import_or_sees_other_variables_is_not_placed(
    small: ModuleType, old: str, new: str
) -> None:
    with pytest.raises(placing.NotPlaced):
        put(small, old, new)


def test_a_function_that_nobody_holds_is_not_placed(small: ModuleType) -> None:
    del small.outer
    with pytest.raises(placing.NotPlaced):
        put(small, "more + 29", "more + 30")


def test_both_ways_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ready, "LONGEST", 0.5)
    source = tmp_path / "src/small.py"
    tests = [f"test_small.py::test_{name}" for name in ("area", "numbers", "count")]
    source.parent.mkdir()
    source.write_text(SOURCE, "utf-8")
    (tmp_path / "test_small.py").write_text(TESTS, "utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", "utf-8")
    standing = ready.Ready(tmp_path, ["test_small.py"])
    ends: dict[str, str] = {}
    for mutant in operators.mutants(SOURCE):
        if mutant.where in ("doubled", "adding"):
            continue  # run on import, as the map of tests to lines knows
        if mutant.line % 6 and mutant.what not in NAMED:
            continue
        mutated = mutant.applied(SOURCE.encode()).decode()
        answer = standing.meet(ready.Asked(str(source), SOURCE, mutated, dict.fromkeys(tests, 0.01), 9.0))
        if answer is None:
            ends[mutant.what] = "imported"
            continue
        source.write_text(mutated, "utf-8")
        again = trial.meet(tmp_path, tests, 4.0 if answer.timed_out else 60.0)
        ends[mutant.what] = "timed out" if answer.timed_out else answer.value["failed"]
        assert again.timed_out == answer.timed_out, mutant
        assert again.timed_out or again.value["failed"] == ends[mutant.what], mutant
    standing.close()
    assert NAMED.items() <= ends.items() and len(ends) >= len(NAMED) + 4
