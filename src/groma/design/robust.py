"""How long the answer stays right: under other demand, and with facts at the ends of what is known of them.

The same choices are judged at each demand, and against the other proposals there. Facts are tried over the designs of
the front only (a design that is beaten at the nominal facts may become best at others, so "no change" holds for the
front, and the text that quotes it says so).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from groma.analyses.context import Context
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


def under_demand(
    ground: Ground, chosen: Sequence[Chosen], factors: Sequence[float] = FACTORS
) -> Iterator[UnderDemand]:
    """The proposals as they are, at other demand."""
    for proposal in chosen:
        for factor in factors:
            proof = _judged(ground, proposal.point, lambda model, by=factor: with_rates(model, by))
            yield UnderDemand(
                proposal.name,
                factor,
                {w: proof.losses[w] for w in ground.task.wishes},
                _missed(ground, proof),
            )


def turns(ground: Ground, chosen: Sequence[Chosen]) -> Iterator[Turn]:
    """The least growth at which a need is missed, and at which another proposal is better than the first."""
    if not chosen:
        return

    def at(point: Point, factor: float) -> Proof:
        return _judged(ground, point, lambda model: with_rates(model, factor))

    first = chosen[0]
    missed = _least_growth(lambda factor: bool(_missed(ground, at(first.point, factor))))
    if missed is not None:
        yield Turn(missed, ", ".join(_missed(ground, at(first.point, missed))))
    wish = ground.task.wishes[0]
    for other in chosen[1:]:

        def better(factor: float, other: Chosen = other) -> bool:
            theirs, ours = at(other.point, factor), at(first.point, factor)
            fits = not _missed(ground, theirs)
            return fits and (bool(_missed(ground, ours)) or theirs.losses[wish] < ours.losses[wish])

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
        here = Context(model, ground.catalog, Ledger(""))
        return traded(wish, numbers(here, wish), Context(nominal(model), ground.catalog, Ledger("")))

    for name, ends in sorted(ranges.items()):
        for end in ends:
            costs = [(cost(with_fact(model, name, end)), p) for p, model in models]
            ours = next(c for c, p in costs if p is best)
            least, cheapest = min(costs, key=lambda item: item[0])
            if cheapest is not best and least < ours * (1 - 1e-9) and math.isfinite(ours):
                yield FactFlip(name, end, dict(cheapest.answers), ours - least)


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
        self._turns = crew.ask(_all_turns, ground, tuple(chosen))
        self._demand = crew.ask(_all_under_demand, ground, tuple(chosen))

    def demand(self) -> Iterator[UnderDemand]:
        yield from self._demand.result()

    def turns(self) -> Iterator[Turn]:
        yield from self._turns.result()

    def facts(self) -> Iterator[FactFlip]:
        yield from self._facts.result()


def _all_under_demand(ground: Ground, chosen: Sequence[Chosen]) -> list[UnderDemand]:
    return list(under_demand(ground, chosen))


def _all_turns(ground: Ground, chosen: Sequence[Chosen]) -> list[Turn]:
    return list(turns(ground, chosen))


def _all_fact_flips(
    ground: Ground, points: Sequence[Point], best: Point, ranges: dict[str, tuple[float, float]]
) -> list[FactFlip]:
    return list(fact_flips(ground, points, best, ranges))


def _judged(ground: Ground, point: Point, change: Callable[[Model], Model]) -> Proof:
    model = change(ground.model(point.answers))
    return proven(point.answers, model, ground.catalog, ground.task)


def _missed(ground: Ground, proof: Proof) -> tuple[str, ...]:
    return tuple(h.need for h in ground.task.held if not proof.meets(h))


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
