"""What the rules say about companies with planted problems, counted: precision and recall."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from companies.clean import Company, clean
from companies.plant import PLANTS, Plant, planted
from groma.catalog import Catalog, load_catalog
from groma.model.figure import Ledger
from groma.model.load import loads
from groma.rules import run

MAIN = "value-hangs-on-few"
"""Of its plants one at a time: of two sources of income neither is more than half."""


@dataclass(slots=True)
class Score:
    """Findings that were expected and found, found and not expected, expected and not found."""

    right: int = 0
    wrong: list[str] = field(default_factory=list[str])
    missed: list[str] = field(default_factory=list[str])
    companies: int = 0
    kinds: set[str] = field(default_factory=set[str])

    def add(self, what: str, expected: frozenset[str], found: frozenset[str]) -> None:
        self.companies += 1
        self.right += len(expected & found)
        self.kinds |= {name.partition(":")[0] for name in expected & found}
        self.wrong += [f"{what}: {name}" for name in sorted(found - expected)]
        self.missed += [f"{what}: {name}" for name in sorted(expected - found)]

    @property
    def precision(self) -> float:
        return self.right / (self.right + len(self.wrong)) if self.right or self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + len(self.missed)) if self.right or self.missed else 1.0


@cache
def _catalog() -> Catalog:
    return load_catalog()


def found_in(company: Company) -> frozenset[str]:
    """Ids of all findings of all rules."""
    model = loads(company.text)
    return frozenset(finding.id for finding in run(model, Ledger(model.digest), catalog=_catalog()))


def none_planted(seeds: range) -> Score:
    """Clean companies: whatever is found is wrong."""
    score = Score()
    for seed in seeds:
        score.add(f"clean {seed}", frozenset(), found_in(clean(seed)))
    return score


def one_planted(seeds: range) -> Score:
    """One problem in each company, each kind in turn."""
    score = Score()
    for number, seed in enumerate(seeds):
        each = PLANTS[number % len(PLANTS)]
        _count(score, seed, [each])
    return score


def several_planted(seeds: range) -> Score:
    """Two to six problems of different kinds in each company."""
    score = Score()
    for seed in seeds:
        _count(score, seed, next(_several(seed)))
    return score


def _several(seed: int) -> Iterator[list[Plant]]:
    rng = random.Random(f"several {seed}")
    while True:
        chosen = rng.sample(PLANTS, rng.randint(2, 6))
        if sum(each.rule == MAIN for each in chosen) <= 1:
            yield chosen


def _count(score: Score, seed: int, plants: list[Plant]) -> None:
    company, expected = planted(seed, plants)
    score.add(f"{seed} {'+'.join(each.name for each in plants)}", expected, found_in(company))
