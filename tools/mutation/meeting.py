"""Mutants of checks and the tests that call these checks, all in one process: a plugin of pytest that collects once.

A mutant is caught when it isn't right on what was planted for its check, or when a test that calls the check fails.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from . import declared
from .checks import Mutant

Check = Callable[[Any], Any]
MOST_SECONDS = 10
"""A mutant that takes longer is caught: it doesn't end."""
MOST_TEST_SECONDS = 1.0
"""Of a test that mutants meet, run without one."""


@dataclass(frozen=True, slots=True)
class Table:
    """The checks by id, how another is put in the place of one, and whether one finds what it must and nothing else."""

    checks: Mapping[str, Check]
    put: Callable[[str, Check], None]
    right: Callable[[str, Check], bool]


@dataclass
class Meeting:
    """Mutants and tests."""

    table: Table
    tried: Sequence[Mutant]
    survived: list[Mutant] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def run(self, files: Sequence[Path]) -> None:
        """Lets the mutants meet the tests of files and folders."""
        options = ["-q", "-s", "-p", "no:cacheprovider", "-p", "no:xdist", "--no-header", "--no-summary"]
        pytest.main([*options, *map(str, files)], plugins=[self])

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Without tests of a browser, those that try many inputs, and cases of other checks."""
        names = {mutant.name for mutant in self.tried}
        items[:] = [
            item
            for item in items
            if not item.get_closest_marker("browser")
            and not hasattr(getattr(item, "obj", None), "hypothesis")
            and ((about := self._about(item)) is None or about in names)
        ]

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In place of running each test once."""
        for name in sorted({mutant.name for mutant in self.tried}):  # what is read once counts for no test
            if not self.table.right(name, self.table.checks[name]):
                raise pytest.UsageError(f"{name} isn't right without a mutant")
        calling = self._calling(session.items)
        signal.signal(signal.SIGALRM, _too_long)
        self.survived += [m for m in self.tried if not self._caught(m, calling.get(m.name, []))]
        return True

    def _calling(self, items: list[pytest.Item]) -> dict[str, list[pytest.Item]]:
        """The tests that call each check, the quickest first; those that fail without a mutant aren't among them."""
        called: set[str] = set()
        timed: list[tuple[float, int, pytest.Item, frozenset[str]]] = []
        for name, check in self.table.checks.items():
            self.table.put(name, _noting(name, check, called))
        try:
            for place, item in enumerate(items):
                called.clear()
                begun = time.process_time()
                if not _passes(item):
                    self.told.append(f"fails without a mutant, and is left out: {item.nodeid}")
                    continue
                timed.append((time.process_time() - begun, place, item, frozenset(called)))
        finally:
            for name, check in self.table.checks.items():
                self.table.put(name, check)
        found: dict[str, list[pytest.Item]] = {}
        for seconds, _, item, names in sorted(timed, key=lambda row: row[:2]):
            for name in names if seconds <= MOST_TEST_SECONDS else ():
                found.setdefault(name, []).append(item)
        return found

    def _caught(self, mutant: Mutant, items: list[pytest.Item]) -> bool:
        """Whether a mutant is told from its check; one that raises or doesn't end is."""
        original = self.table.checks[mutant.name]
        signal.alarm(MOST_SECONDS)
        try:
            check = getattr(mutant.executed(sys.modules[original.__module__]), original.__name__)
            if not self.table.right(mutant.name, check):
                return True
            self.table.put(mutant.name, check)
            return not all(map(_passes, items))
        except Exception:
            return True
        finally:
            signal.alarm(0)
            self.table.put(mutant.name, original)

    def _about(self, item: pytest.Item) -> str | None:
        """The check that a test is about, by its parameters; None where they don't say."""
        for value in getattr(getattr(item, "callspec", None), "params", {}).values():
            names = (value, *(getattr(value, a, None) for a in ("audit", "rule", "id")))
            for name in names:
                if isinstance(name, str) and name in self.table.checks:
                    return name
        return None

    def summary(self, every: int, of: str, entries: bool) -> int:
        """Says what survived, as entries of `equal.toml` too, and the counts of `every` mutant; the exit status."""
        for line in self.told:
            print(line)
        for mutant in self.survived:
            print(f"{mutant.name}: survived: line {mutant.change.line}: {mutant.change.what}")
            if entries:
                print(declared.entry(mutant.module, mutant.change, mutant.source))
        tried, survived = len(self.tried), len(self.survived)
        print(f"{every} mutants of {of}: {tried - survived} caught, {every - tried} change nothing, "
              f"{survived} survived")  # fmt: skip
        return int(bool(survived))


def _noting(name: str, check: Check, called: set[str]) -> Check:
    @wraps(check)
    def noting(seen: Any) -> Any:
        called.add(name)
        return check(seen)

    return noting


def _too_long(*_: object) -> None:
    raise TimeoutError


def _passes(item: pytest.Item) -> bool:
    reports = runtestprotocol(item, nextitem=None, log=False)
    return not any(report.failed for report in reports)
