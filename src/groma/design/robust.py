"""How long the answer stays right: under other demand, and with facts at the ends of what is known of them.

The same choices are judged at each demand, and against the other proposals there. Facts are tried over the designs of
the front only (a design that is beaten at the nominal facts may become best at others, so "no change" holds for the
front, and the text that quotes it says so).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from groma.analyses.context import Context
from groma.analyses.reads import Reads
from groma.analyses.registry import numbers
from groma.catalog import Catalog
from groma.design.corner import nominal, with_fact, with_rates
from groma.design.front import Point
from groma.design.problem import Task
from groma.design.proposals import Chosen
from groma.design.prove import Proof, proven, traded
from groma.model.elements import Model
from groma.model.figure import Ledger
from groma.patterns import Space, close
from groma.workers import Crew

FACTORS = (0.5, 1.0, 2.0, 10.0)
SEARCHED = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0)
CLOSE = 0.02
"""A load at which something changes is told to this share."""


@dataclass(frozen=True, slots=True)
class UnderDemand:
    """A proposal's unchanged choices at so many times the demand: its wishes (losses) and the needs it misses."""

    proposal: str
    factor: float
    losses: dict[str, float]
    missed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """The demand from which the recommended choices miss a need, or another proposal is better in the first wish."""

    factor: float
    what: str
    proposal: str = ""


@dataclass(frozen=True, slots=True)
class FactFlip:
    """A fact at one end of its range with which another design of the front is the better one."""

    fact: str
    at: float
    better: dict[str, str]
    saves: float


@dataclass(frozen=True, slots=True)
class Robustness:
    """What was tried and what changed."""

    demand: tuple[UnderDemand, ...]
    turns: tuple[Turn, ...]
    facts: tuple[FactFlip, ...]
    facts_tried: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """What designs are judged on. It can be sent to another process: nothing of the search is in it."""

    space: Space
    catalog: Catalog
    task: Task

    def model(self, answers: Mapping[str, str]) -> Model:
        """The finished model of a design."""
        return close(self.space, answers).model


class Judge:
    """Judges proposals as they are at so many times the demand, each once at a factor."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self._models: dict[str, Model] = {}
        self._proofs: dict[tuple[str, float], Proof] = {}

    def at(self, proposal: Chosen, factor: float) -> Proof:
        """What is known of it at this demand."""
        key = (proposal.name, factor)
        if key not in self._proofs:
            ground, answers = self.ground, proposal.point.answers
            if proposal.name not in self._models:
                self._models[proposal.name] = ground.model(answers)
            model = self._models[proposal.name]
            self._proofs[key] = proven(answers, with_rates(model, factor), ground.catalog, ground.task)
        return self._proofs[key]

    def missed(self, proposal: Chosen, factor: float) -> tuple[str, ...]:
        """The needs that it misses at this demand."""
        proof = self.at(proposal, factor)
        return tuple(h.need for h in self.ground.task.held if not proof.meets(h))


def under_demand(
    judge: Judge, chosen: Sequence[Chosen], factors: Sequence[float] = FACTORS
) -> Iterator[UnderDemand]:
    """The proposals as they are, at other demand."""
    for proposal in chosen:
        for factor in factors:
            lost = judge.at(proposal, factor).losses
            wishes = {w: lost[w] for w in judge.ground.task.wishes}
            yield UnderDemand(proposal.name, factor, wishes, judge.missed(proposal, factor))


def turns(judge: Judge, chosen: Sequence[Chosen]) -> Iterator[Turn]:
    """The least growth at which a need is missed, and at which another proposal is better than the first."""
    if not chosen:
        return
    first = chosen[0]
    missed = _least_growth(lambda factor: bool(judge.missed(first, factor)))
    if missed is not None:
        yield Turn(missed, ", ".join(judge.missed(first, missed)))
    wish = judge.ground.task.wishes[0]
    for other in chosen[1:]:

        def better(factor: float, other: Chosen = other) -> bool:
            if judge.missed(other, factor):
                return False
            theirs, ours = judge.at(other, factor), judge.at(first, factor)
            return bool(judge.missed(first, factor)) or theirs.losses[wish] < ours.losses[wish]

        turn = _least_growth(better)
        if turn is not None:
            yield Turn(turn, "another proposal is the better one", other.name)


def fact_flips(
    ground: Ground, points: Sequence[Point], best: Point, ranges: dict[str, tuple[float, float]]
) -> Iterator[FactFlip]:
    """Facts (name -> range) that make another point of the front better in the first wish at one of their ends."""
    wish = ground.task.wishes[0]
    models = [(p, ground.model(p.answers)) for p in points]

    def cost(model: Model) -> float:
        with Context(model, ground.catalog, Ledger("")) as here:
            return traded(
                wish, numbers(here, wish), lambda: Context(nominal(model), ground.catalog, Ledger(""))
            )

    stated = [(cost(model), _facts_read(model, ground.catalog, wish)) for _, model in models]
    for name, ends in sorted(ranges.items()):
        if not any(name in read for _, read in stated):
            continue
        for end in ends:
            costs = [
                (cost(with_fact(model, name, end)) if name in read else known, p)
                for (p, model), (known, read) in zip(models, stated, strict=True)
            ]
            ours = next(c for c, p in costs if p is best)
            least, cheapest = min(costs, key=lambda item: item[0])
            if cheapest is not best and least < ours * (1 - 1e-9) and math.isfinite(ours):
                yield FactFlip(name, end, dict(cheapest.answers), ours - least)


def _facts_read(model: Model, catalog: Catalog, measure: str) -> frozenset[str]:
    """The facts that a loss reads (see `traded`): no other can change it."""
    keys = {key for ranges in (True, False) for key in Reads(model, catalog, ranges)(measure)}
    return frozenset(key.removeprefix("fact/") for key in keys if key.startswith("fact/"))


class Robust:
    """The questions of this page asked of a crew, and what they came to as far as they were waited for. The facts of
    `ranges` (name -> ends) are tried on the designs of the front."""

    def __init__(
        self,
        ground: Ground,
        crew: Crew,
        chosen: Sequence[Chosen],
        points: Sequence[Point],
        ranges: dict[str, tuple[float, float]],
    ) -> None:
        best = chosen[0].point
        self.tried = tuple(sorted(ranges))
        self._facts = crew.ask(_all_fact_flips, ground, tuple(points), best, ranges)
        self._demand = crew.ask(_at_other_demand, ground, tuple(chosen))

    @cached_property
    def _at_other_demand(self) -> tuple[list[UnderDemand], list[Turn]]:
        return self._demand.result()

    def demand(self) -> Iterator[UnderDemand]:
        yield from self._at_other_demand[0]

    def turns(self) -> Iterator[Turn]:
        yield from self._at_other_demand[1]

    def facts(self) -> Iterator[FactFlip]:
        yield from self._facts.result()


def _at_other_demand(ground: Ground, chosen: Sequence[Chosen]) -> tuple[list[UnderDemand], list[Turn]]:
    judge = Judge(ground)
    return list(under_demand(judge, chosen)), list(turns(judge, chosen))


def _all_fact_flips(
    ground: Ground, points: Sequence[Point], best: Point, ranges: dict[str, tuple[float, float]]
) -> list[FactFlip]:
    return list(fact_flips(ground, points, best, ranges))


def _least_growth(happens: Callable[[float], bool]) -> float | None:
    """The least growth factor at which something happens, to `CLOSE`, among those searched; it is looked for from one
    factor to the next, so what comes and goes between two of them is not seen."""
    before = SEARCHED[0]
    if happens(before):
        return before
    for factor in SEARCHED[1:]:
        if happens(factor):
            low, high = before, factor
            while high / low > 1 + CLOSE:
                middle = math.sqrt(low * high)
                low, high = (low, middle) if happens(middle) else (middle, high)
            return high
        before = factor
    return None
