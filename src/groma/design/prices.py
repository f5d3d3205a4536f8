"""What each need costs, and how near the answer is to another: solve again with the need a step looser and tighter.

`nearest looser` is exact: among all designs that are better in the first wish, the one that comes closest to keeping
the need (the elastic form of the same problem) tells the target at which the recommendation changes.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from groma.design.decisions import Decision
from groma.design.front import Point, Solver
from groma.design.problem import SHARES, Held, in_unit, loss, parsed, value_of
from groma.design.proposals import differing
from groma.model.figure import Ledger
from groma.model.quantity import Quantity
from groma.model.source import Mapping as MappingNode
from groma.patterns import Space

NATURAL_SHARES = (
    0.5,
    0.8,
    0.9,
    0.95,
    0.98,
    0.99,
    0.995,
    0.998,
    0.999,
    0.9995,
    0.9999,
    0.99995,
    0.99999,
    0.999999,
)
TIME_STEP = 0.2
MONEY_STEP = 0.1

CLEARLY = 0.01
"""A design must be better by this share of the first wish to make a client think again about a need."""

Side = Literal["looser", "tighter", "dropped"]


@dataclass(frozen=True, slots=True)
class Price:
    """The recommended design if a need were another: `target` (None: dropped), what the first wish loses more
    (negative: saves), None when no design keeps all needs then; and the choices that change."""

    need: str
    side: Side
    target: float | None
    extra: float | None
    changes: tuple[str, ...] = ()
    answers: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Flip:
    """The nearest target of a need at which another design is the best one; `extra` as in `Price`."""

    need: str
    side: Literal["looser", "tighter"]
    target: float
    now: float
    extra: float | None
    changes: tuple[str, ...]
    answers: dict[str, str] | None


@dataclass(frozen=True, slots=True)
class PriceFlip:
    """By which share what a choice costs may rise until the next-best alternative is the better one: at the latest
    then, because designs that use the choice less may be better before. `spent`: what its components cost a month."""

    role: str
    chosen: str
    next_best: str
    spent: float
    rise: float


def stepped(held: Held, step: Quantity | None, side: Side, currency: str) -> float | None:
    """The target one step looser or tighter, in the measure's unit; None when there is no such step."""
    now = value_of(held.measure, held.limit)
    if held.words or side == "dropped":
        return None
    kind = parsed(held.measure).kind
    better = -1.0 if held.at_most is not None else 1.0
    direction = better if side == "tighter" else -better
    if step is not None:
        target = now + direction * in_unit(step, held.measure, currency)
    elif kind in SHARES:
        place = (
            bisect_right(NATURAL_SHARES, now * (1 + 1e-12))
            if side == "tighter"
            else bisect_left(NATURAL_SHARES, now * (1 - 1e-12)) - 1
        )
        if not 0 <= place < len(NATURAL_SHARES):
            return None
        target = NATURAL_SHARES[place]
    else:
        target = now * (1 + direction * (MONEY_STEP if kind in ("cost", "people") else TIME_STEP))
    return target if target >= 0 else None


def prices(solver: Solver, best: Point) -> Iterator[Price]:
    """The prices of every need that the brief states, a step looser, a step tighter, and without it."""
    for held in solver.task.held:
        if held.accompanies:
            continue
        need = solver.space.given.needs.get(held.need)
        dropped = solver.least({held.name: math.inf}, near=best)  # first: it may answer the others
        sides: tuple[Side, ...] = ("looser", "tighter")
        for side in sides:
            target = stepped(held, need.step if need is not None else None, side, solver.task.currency)
            if target is not None:
                found = solver.least({held.name: loss(held.measure, target)}, near=best)
                yield Price(held.need, side, target, *_against(solver, best, found))
        yield Price(held.need, "dropped", None, *_against(solver, best, dropped))


def flips(solver: Solver, best: Point, prices: Sequence[Price]) -> Iterator[Flip]:
    """For each need, the nearest looser and tighter targets at which the recommendation changes. A need that is free
    (by its price when it is dropped) has no looser one. The tighter one is what the design reaches; what is best beyond
    is that for a step more."""
    first = solver.task.wishes[0]
    cost = best.lost(first)
    free = {price.need for price in prices if price.side == "dropped" and price.extra == 0.0}
    for held in solver.task.held:
        if held.words or held.accompanies or held.measure == first:
            continue
        now = value_of(held.measure, held.limit)
        clearly = cost - max(CLEARLY * abs(cost), 2 * solver.master.tolerance(first))
        if held.need not in free:
            nearest = solver.least(
                {held.name: math.inf, first: clearly}, objectives=(held.name, first), near=best
            )
            if nearest is not None and nearest.lost(held.name) < math.inf:
                target = value_of(held.measure, nearest.lost(held.name))
                yield Flip(held.need, "looser", target, now, *_against(solver, best, nearest))
        reached = best.lost(held.name)
        need = solver.space.given.needs.get(held.need)
        step = need.step if need is not None else None
        beyond = stepped(replace(held, limit=reached), step, "tighter", solver.task.currency)
        if reached > 0.0 and beyond is not None:
            found = solver.least({held.name: loss(held.measure, beyond)}, near=best)
            yield Flip(
                held.need, "tighter", value_of(held.measure, reached), now, *_against(solver, best, found)
            )


def _against(
    solver: Solver, best: Point, found: Point | None
) -> tuple[float | None, tuple[str, ...], dict[str, str] | None]:
    if found is None:
        return None, (), None
    return solver.extra(found, best), differing(best.answers, found.answers), dict(found.answers)


def price_flips(space: Space, decisions: Iterable[Decision], ledger: Ledger) -> Iterator[PriceFlip]:
    """For each choice of a design that brings priced components, the rise at which it is no longer the best."""
    for decision in decisions:
        if decision.next_best is None or decision.extra is None:
            continue
        adds = space.role(decision.role).variant(decision.chosen).adds
        brought = None if adds is None else adds.get("components")
        names = [key.value for key, _ in brought.entries] if isinstance(brought, MappingNode) else []
        found = [ledger[name] for name in (f"cost/component/{n}" for n in names) if name in ledger]
        spent = math.fsum(figure.value or 0.0 for figure in found)
        if spent > 0.0:
            yield PriceFlip(
                decision.role, decision.chosen, decision.next_best, spent, max(0.0, decision.extra) / spent
            )
