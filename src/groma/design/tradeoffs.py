"""What a client buys by taking another proposal: which figures move beyond what isn't known, and by which choices.

The effect of one choice is what the design gains or loses when that choice alone is changed, at nominal facts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from groma.design.front import Solver
from groma.design.proposals import Chosen, differing
from groma.design.prove import Ends


@dataclass(frozen=True, slots=True)
class Move:
    """A wish in two proposals, as losses; `beyond`: the intervals of its two figures don't touch."""

    measure: str
    before: float
    after: float
    beyond: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """A choice in which two proposals differ, and what changing it alone does to each wish's loss (None: can't be
    changed alone)."""

    role: str
    before: str
    after: str
    effect: Mapping[str, float] | None


@dataclass(frozen=True, slots=True)
class Tradeoff:
    """From one proposal to another."""

    before: str
    after: str
    moves: tuple[Move, ...]
    choices: tuple[Difference, ...]


def tradeoff(solver: Solver, before: Chosen, after: Chosen) -> Tradeoff:
    """What changes from one proposal to another; choices that matter most come first."""
    moves = tuple(_move(solver, wish, before, after) for wish in solver.task.wishes)
    old, new = before.point.answers, after.point.answers
    choices = [
        Difference(role, old[role], new[role], _effect(solver, old, role, new[role]))
        for role in differing(old, new)
    ]
    scale = {m.measure: abs(m.after - m.before) or 1.0 for m in moves}

    def weight(choice: Difference) -> float:
        return sum(abs(v) / scale[w] for w, v in (choice.effect or {}).items() if math.isfinite(v))

    choices.sort(key=lambda c: (-weight(c), c.role))
    return Tradeoff(before.name, after.name, moves, tuple(choices))


def _move(solver: Solver, wish: str, before: Chosen, after: Chosen) -> Move:
    a, b = before.point.proof.ends[wish], after.point.proof.ends[wish]
    return Move(wish, before.point.lost(wish), after.point.lost(wish), _below(a, b) or _below(b, a))


def _below(a: Ends, b: Ends) -> bool:
    """Whether the whole interval of one figure lies below that of another."""
    return a[2] is not None and b[0] is not None and a[2] < b[0]


def _effect(solver: Solver, answers: Mapping[str, str], role: str, to: str) -> dict[str, float] | None:
    changed = {**answers, role: to}
    if not solver.space.allowed(changed):
        return None
    return {
        wish: solver.at_best(wish, changed) - solver.at_best(wish, answers) for wish in solver.task.wishes
    }
