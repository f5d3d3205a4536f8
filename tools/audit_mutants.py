"""Mutants of the audits' checks: one operator, condition or number changed, and the tests of the audits run on it.

    .venv/bin/python tools/audit_mutants.py [AUDIT ...] [--sample N] [--seed S]

A mutant takes its audit's place in the registry. It is caught when a test of `TESTS` that calls the audit fails, or
when it doesn't find on the planted site, on its clean twin or on a site with a defect of its own exactly what was
planted there (what `tests/site/test_planted.py` asks of larger ones). What the audit itself says is never the
measure. A mutant that changes nothing anybody could see is declared in `tools/mutation/equal_audits.toml`, with the
reason; an entry that fits no mutant any more is stale. The exit status is 1 if a mutant survived that isn't declared.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import random
import signal
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import pytest
import rule_mutants
from _pytest.runner import runtestprotocol

from groma.site import Audit, Site, all_audits
from groma.site.reading import read_page
from groma.site.sight import Sight
from site_audited import gathered
from site_maker import made
from site_plants import ALONE, Expected, plant_all

ROOT = Path(__file__).parents[1]
PAGES = 300
MOST_TEST_SECONDS = 1.0
"""Of a test that mutants meet, run without one."""
TESTS = ("audits", "whole_sites", "small_sites", "measured", "beyond", "outside")
DECLARED = Path(__file__).parent / "mutation/equal_audits.toml"
rule_mutants.WORDING |= {"AUDIT", "Patch"}
rule_mutants.KEPT = (*rule_mutants.KEPT, "cause", "severity")


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed audit: its name, the line as it stands, what was changed, and the audit with the change."""

    audit: str
    line: str
    what: str
    tree: ast.Module

    @property
    def key(self) -> tuple[str, str, str]:
        return self.audit, self.line, self.what


def mutants(name: str) -> Iterator[Mutant]:
    """All of an audit, in the order of its source."""
    source = inspect.getsource(_module(all_audits()[name])).partition("\nAUDIT = ")[0] + "\n"
    lines = source.splitlines()
    seen: Counter[tuple[str, str]] = Counter()
    for told, tree in rule_mutants.mutants(source):
        place, _, what = told.partition(": ")
        line = lines[int(place.removeprefix("line ")) - 1].strip()
        seen[line, what] += 1
        again = seen[line, what]
        yield Mutant(name, line, f"{what} #{again}" if again > 1 else what, tree)


def _check(audit: Audit) -> Callable[[Any], Any]:
    check = audit.page or audit.site
    assert check is not None
    return check


def _module(audit: Audit) -> ModuleType:
    return sys.modules[_check(audit).__module__]


def _with(audit: Audit, check: Callable[[Any], Any]) -> Audit:
    return replace(audit, page=check) if audit.page else replace(audit, site=check)


def changed(mutant: Mutant) -> Callable[[Any], Any]:
    """The check of a mutant; raises what executing its module raises."""
    original = all_audits()[mutant.audit]
    module = ModuleType(_module(original).__name__)
    module.__file__ = _module(original).__file__
    exec(compile(mutant.tree, str(module.__file__), "exec"), module.__dict__)
    return getattr(module, _check(original).__name__)


@cache
def declared() -> dict[tuple[str, str, str], str]:
    """Reasons of mutants that change nothing, by audit, line and mutation."""
    entries = tomllib.loads(DECLARED.read_text("utf-8")).get("equal", [])
    found = {(e["audit"], e["line"], e["mutation"]): e["reason"] for e in entries}
    if len(found) < len(entries) or not all(reason.strip() for reason in found.values()):
        raise ValueError(f"{DECLARED.name}: an entry without a reason, or told twice")
    return found


@cache
def planted() -> list[tuple[Site, list[Sight], Expected]]:
    """Made sites as gathered, the pages of the larger ones, and all (audit, page) that were planted."""
    whole = made(PAGES)
    sites = [(whole, plant_all(whole)), (made(PAGES), set[tuple[str, str]]())]
    for plant in ALONE.values():
        alone = made(80)
        sites.append((alone, plant(alone)))
    found: list[tuple[Site, list[Sight], Expected]] = []
    for number, (site, expected) in enumerate(sites):
        leaves = site.leaves.values() if number < 2 else ()
        pages = [Sight(read_page(site.answer(leaf.url))) for leaf in leaves]
        pages += [Sight(read_page(file)) for file in site.files.values()] if number < 2 else []
        found.append((gathered(site), pages, expected))
    return found


def right_on_planted(audit: Audit, check: Callable[[Any], Any]) -> bool:
    """Whether a check finds what was planted, and nothing else."""
    for site, pages, expected in planted():
        if audit.page is None:
            found = {hit.url for hit in check(site).hits}
        elif pages:
            found = {hit.url for page in pages for hit in check(page) or ()}
        else:
            continue
        if found != {url for name, url in expected if name == audit.id}:
            return False
    return True


@dataclass
class Trying:
    """A plugin of pytest: collects the tests once and runs those of an audit on each of its mutants."""

    tried: list[Mutant]
    survived: list[Mutant] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Without tests of a browser, those that try many inputs, and cases of other audits."""
        names = {mutant.audit for mutant in self.tried}
        items[:] = [
            item
            for item in items
            if not item.get_closest_marker("browser")
            and not hasattr(getattr(item, "obj", None), "hypothesis")
            and ((about := _about(item)) is None or about in names)
        ]

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In place of running each test once."""
        planted()  # what is read once counts for no test
        calling = self._calling(session.items)
        signal.signal(signal.SIGALRM, rule_mutants._too_long)
        for mutant in self.tried:
            signal.alarm(rule_mutants.MOST_SECONDS)
            try:
                caught = self._caught(mutant, calling.get(mutant.audit, []))
            except Exception:
                caught = True
            finally:
                signal.alarm(0)
            if not caught:
                self.survived.append(mutant)
        return True

    def _calling(self, items: list[pytest.Item]) -> dict[str, list[pytest.Item]]:
        """The tests that call each audit, the quickest first; those that fail without a mutant aren't among them."""
        known = all_audits()
        called: set[str] = set()
        for name, audit in list(known.items()):
            known[name] = _with(audit, _noting(name, _check(audit), called))
        timed: list[tuple[float, int, pytest.Item, frozenset[str]]] = []
        try:
            for place, item in enumerate(items):
                called.clear()
                begun = time.process_time()
                if not _passes(item):
                    self.told.append(f"fails without a mutant, and is left out: {item.nodeid}")
                    continue
                timed.append((time.process_time() - begun, place, item, frozenset(called)))
        finally:
            for name, audit in list(known.items()):
                known[name] = _with(audit, inspect.unwrap(_check(audit)))
        found: dict[str, list[pytest.Item]] = {}
        for seconds, _, item, names in sorted(timed, key=lambda row: row[:2]):
            for name in names if seconds <= MOST_TEST_SECONDS else ():
                found.setdefault(name, []).append(item)
        return found

    def _caught(self, mutant: Mutant, items: list[pytest.Item]) -> bool:
        known = all_audits()
        audit = known[mutant.audit]
        check = changed(mutant)
        if not right_on_planted(audit, check):
            return True
        known[mutant.audit] = _with(audit, check)
        try:
            return not all(_passes(item) for item in items)
        finally:
            known[mutant.audit] = audit


def _about(item: pytest.Item) -> str | None:
    """The audit that a test is about, by its parameters; None where they don't say."""
    for value in getattr(getattr(item, "callspec", None), "params", {}).values():
        name = value if isinstance(value, str) else getattr(value, "audit", getattr(value, "id", None))
        if name in all_audits():
            return name
    return None


def _noting(name: str, check: Callable[[Any], Any], called: set[str]) -> Callable[[Any], Any]:
    def noting(seen: Any) -> Any:
        called.add(name)
        return check(seen)

    noting.__wrapped__ = check  # type: ignore[attr-defined]
    return noting


def _passes(item: pytest.Item) -> bool:
    reports = runtestprotocol(item, nextitem=None, log=False)
    return not any(report.failed for report in reports)


def main(arguments: list[str] | None = None) -> int:
    """Tells what survived and the share that was caught; 1 if something did, or an entry is stale."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("audits", nargs="*", help="ids of audits (all of them)")
    options.add_argument("--sample", type=int, default=0, help="audits, one mutant of each (0: all of all)")
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args(arguments)
    names = asked.audits or list(all_audits())
    dice = random.Random(asked.seed)
    if asked.sample:
        names = dice.sample(names, min(asked.sample, len(names)))
    of = {name: list(mutants(name)) for name in names}
    keys = {mutant.key for found in of.values() for mutant in found}
    stale = [key for key in declared() if key[0] in names and key not in keys]
    every = [mutant for found in of.values() for mutant in ([dice.choice(found)] if asked.sample else found)]
    trying = Trying([mutant for mutant in every if mutant.key not in declared()])
    folder = ROOT / "tests/site"
    files = [str(path) for name in TESTS if (path := folder / f"test_{name}.py").exists()]
    options_of_pytest = [
        "-q",
        "-s",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "--no-header",
        "--no-summary",
    ]
    pytest.main([*options_of_pytest, *files], plugins=[trying])
    for line in trying.told:
        print(line)
    for mutant in trying.survived:
        print(f"{mutant.audit}: survived: `{mutant.line}`: {mutant.what}")
    for name, line, what in stale:
        print(f"{DECLARED.name}: stale: {name}: `{line}`: {what}")
    caught = len(trying.tried) - len(trying.survived)
    equal = len(every) - len(trying.tried)
    print(f"{len(every)} mutants of {len(names)} audits: {caught} caught, {equal} change nothing, "
          f"{len(trying.survived)} survived")  # fmt: skip
    return 1 if trying.survived or stale else 0


if __name__ == "__main__":
    sys.exit(main())
