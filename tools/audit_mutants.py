"""Mutants of the audits' checks: one operator, condition or number changed, and examples and planted sites run on it.

    .venv/bin/python tools/audit_mutants.py [AUDIT ...] [--sample N]

A mutant of an audit of pages is caught when its good or bad example, a case of `tests/site_cases.py` or a page of the
planted site or of its clean twin gives other hits; one of an audit of whole sites when the planted site, its clean
twin, a site with a defect of its own, or a site that a test of `TESTS` makes does (these tests are run once, and the
sites that they audit are kept). What a mutant is held to is what the audit says without it; that this is right is
what the tests themselves show (`tests/site/test_planted.py`: all that was planted, and nothing else).
"""

from __future__ import annotations

import argparse
import asyncio
import inspect
import random
import signal
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import rule_mutants

from groma.site import Audit, Site, all_audits, audit_site
from groma.site.reading import read_page
from groma.site.sight import Sight
from site_cases import CASES
from site_examples import response_of
from site_maker import Made, Served, made
from site_plants import ALONE, plant_all

PAGES = 300
rule_mutants.WORDING.update({"AUDIT", "Patch"})
Said = frozenset[tuple[str, str]]


TESTS = ("test_small_sites.py", "test_measured.py", "test_beyond.py", "test_audits.py")


def tested() -> list[Site]:
    """The sites that tests audit."""
    import pytest

    from groma.site import run

    kept: list[Site] = []
    judged = run.judged

    def keeping(*given: Any, **more: Any) -> Any:
        found = judged(*given, **more)
        kept.append(found.site)
        return found

    run.judged = keeping
    try:
        folder = Path(__file__).parents[1] / "tests" / "site"
        pytest.main(["-q", "-p", "no:cacheprovider", "--no-header", *(str(folder / name) for name in TESTS)])
    finally:
        run.judged = judged
    return kept


def sites() -> list[Made]:
    """The planted site, its clean twin, and sites with a defect of the whole."""
    planted = made(PAGES)
    plant_all(planted)
    found = [planted, made(PAGES)]
    for plant in ALONE.values():
        alone = made(80)
        plant(alone)
        found.append(alone)
    return found


@cache
def gathered() -> tuple[list[Site], list[Sight]]:
    """What audits of whole sites see, and the pages that audits of pages see."""
    whole: list[Site] = []
    pages: list[Sight] = []
    for number, site in enumerate(sites()):
        whole.append(asyncio.run(audit_site(Served(site))).site)
        if number < 2:
            pages += [Sight(read_page(site.answer(leaf.url))) for leaf in site.leaves.values()]
    return [*whole, *tested()], pages


@cache
def trials(name: str) -> list[Sight | Site]:
    """Everything that an audit is held against."""
    audit = all_audits()[name]
    whole, pages = gathered()
    if audit.page is None:
        return list(whole)
    examples = [audit.bad, audit.good, *(example for of, example, _ in CASES if of == name)]
    return [*(Sight(read_page(response_of(example))) for example in examples if example), *pages]


def said(check: Callable[[Any], Any], trial: Sight | Site, whole: bool) -> tuple[int, Said]:
    """How many places were looked at, and the hits: where, and of which cause."""
    found = check(trial)
    if whole:
        return found.looked_at, frozenset((hit.url, hit.cause) for hit in found.hits)
    return (
        (-1, frozenset())
        if found is None
        else (len(hits := list(found)), frozenset((h.url, h.cause) for h in hits))
    )


def caught(audit: Audit, tree: Any, original: ModuleType) -> bool:
    """Whether a trial tells the mutant from the audit; one that raises or doesn't end is told."""
    whole = audit.page is None
    known = audit.site if audit.page is None else audit.page
    assert known is not None
    module = ModuleType(original.__name__)
    module.__file__ = original.__file__
    signal.alarm(rule_mutants.MOST_SECONDS)
    try:
        exec(compile(tree, str(original.__file__), "exec"), module.__dict__)
        mutant = getattr(module, known.__name__)
        for trial, expected in zip(trials(audit.id), answers(audit.id), strict=True):
            if said(mutant, trial, whole) != expected:
                return True
    except Exception:
        return True
    finally:
        signal.alarm(0)
    return False


@cache
def answers(name: str) -> list[tuple[int, Said]]:
    """What an audit says of its trials."""
    audit = all_audits()[name]
    check = audit.site if audit.page is None else audit.page
    assert check is not None
    return [said(check, trial, audit.page is None) for trial in trials(name)]


def main() -> int:
    """Tells what survived and the share that was caught."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("audits", nargs="*", help="ids of audits (all of them)")
    options.add_argument("--sample", type=int, default=0, help="mutants of each audit (0: all)")
    asked = options.parse_args()
    signal.signal(signal.SIGALRM, rule_mutants._too_long)
    count = survivors = 0
    for name in asked.audits or all_audits():
        audit = all_audits()[name]
        check = audit.site if audit.page is None else audit.page
        module = sys.modules[check.__module__]  # type: ignore[union-attr]
        every = list(rule_mutants.mutants(_without_audit(inspect.getsource(module))))
        if asked.sample:
            every = random.Random(name).sample(every, min(asked.sample, len(every)))
        answers(name)
        for what, tree in every:
            count += 1
            if not caught(audit, tree, module):
                survivors += 1
                print(f"{name}: survived, {what}", flush=True)
    print(f"caught {count - survivors} of {count} mutants of {len(asked.audits or all_audits())} audits")
    return 1 if survivors else 0


def _without_audit(source: str) -> str:
    """The module without its description, which only says."""
    return source.partition("\nAUDIT = ")[0] + "\n"


if __name__ == "__main__":
    sys.exit(main())
