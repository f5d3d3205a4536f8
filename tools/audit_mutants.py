"""Mutants of the audits' checks, each a slip of the hand (see `mutation.operators`), and the tests of the audits.

    .venv/bin/python tools/audit_mutants.py [AUDIT ...] [--sample N] [--seed S]

A mutant takes its audit's place in the registry. It is caught when a test of `TESTS` that calls the audit fails, or
when it doesn't find on the planted site, on its clean twin or on a site with a defect of its own exactly what was
planted there (what `tests/site/test_planted.py` asks of larger ones). What the audit itself says is never the
measure. A mutant that changes nothing anybody could see is declared in `tools/mutation/equal.toml`, with the reason
(`--entries` prints survivors in that form). The exit status is 1 if a mutant survived that isn't declared.
"""

from __future__ import annotations

import argparse
import inspect
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import pytest
from _pytest.runner import runtestprotocol
from mutation import checks

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


def _check(audit: Audit) -> Callable[[Any], Any]:
    check = audit.page or audit.site
    assert check is not None
    return check


def _module(audit: Audit) -> ModuleType:
    return sys.modules[_check(audit).__module__]


def _with(audit: Audit, check: Callable[[Any], Any]) -> Audit:
    return replace(audit, page=check) if audit.page else replace(audit, site=check)


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

    tried: list[checks.Mutant]
    survived: list[checks.Mutant] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Without tests of a browser, those that try many inputs, and cases of other audits."""
        names = {mutant.name for mutant in self.tried}
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
        self.survived += [
            m for m in self.tried if not checks.caught(lambda m=m: self._caught(m, calling.get(m.name, [])))
        ]
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

    def _caught(self, mutant: checks.Mutant, items: list[pytest.Item]) -> bool:
        known = all_audits()
        audit = known[mutant.name]
        check = getattr(mutant.executed(_module(audit)), _check(audit).__name__)
        if not right_on_planted(audit, check):
            return True
        known[mutant.name] = _with(audit, check)
        try:
            return not all(_passes(item) for item in items)
        finally:
            known[mutant.name] = audit


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
    options.add_argument("--entries", action="store_true", help="survivors as entries of equal.toml, too")
    asked = options.parse_args(arguments)
    names = asked.audits or list(all_audits())
    dice = random.Random(asked.seed)
    if asked.sample:
        names = dice.sample(names, min(asked.sample, len(names)))
    every: list[checks.Mutant] = []
    for name in names:
        found = list(checks.mutants(name, _module(all_audits()[name])))
        every += [dice.choice(found)] if asked.sample else found
    trying = Trying(checks.undeclared(every))
    files = [str(path) for name in TESTS if (path := ROOT / f"tests/site/test_{name}.py").exists()]
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
    return checks.told(len(every), len(trying.tried), trying.survived, f"{len(names)} audits", asked.entries)


if __name__ == "__main__":
    sys.exit(main())
