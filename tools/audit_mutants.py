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
import random
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from mutation import checks
from mutation.meeting import Check, Meeting, Table

from groma.site import Audit, Site, all_audits
from groma.site.reading import read_page
from groma.site.sight import Sight
from site_audited import gathered
from site_maker import made
from site_plants import ALONE, Expected, plant_all

ROOT = Path(__file__).parents[1]
PAGES = 300
TESTS = ("audits", "whole_sites", "small_sites", "measured", "beyond", "outside")


def check_of(audit: Audit) -> Check:
    """Of a page, or of the site."""
    check = audit.page or audit.site
    assert check is not None
    return check


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


def right_on_planted(name: str, check: Check) -> bool:
    """Whether an audit's check finds what was planted, and nothing else."""
    audit = all_audits()[name]
    for site, pages, expected in planted():
        if audit.page is None:
            found = {hit.url for hit in check(site).hits}
        elif pages:
            found = {hit.url for page in pages for hit in check(page) or ()}
        else:
            continue
        if found != {url for planted_for, url in expected if planted_for == name}:
            return False
    return True


def put(name: str, check: Check) -> None:
    """Puts a check in the place of an audit's."""
    audit = all_audits()[name]
    all_audits()[name] = replace(audit, page=check) if audit.page else replace(audit, site=check)


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
    table = Table({n: check_of(audit) for n, audit in all_audits().items()}, put, right_on_planted)
    every: list[checks.Mutant] = []
    for name in names:
        found = list(checks.mutants(name, table.checks[name]))
        every += [dice.choice(found)] if asked.sample else found
    meeting = Meeting(table, checks.undeclared(every))
    meeting.run([path for name in TESTS if (path := ROOT / f"tests/site/test_{name}.py").exists()])
    return meeting.summary(len(every), f"{len(names)} audits", asked.entries)


if __name__ == "__main__":
    sys.exit(main())
