"""Formulas with their truth tables beside them: small ones, for all that can be counted state by state.

A table is a whole number whose bit `s` says whether the formula is true in state `s`; bit `i` of a state says whether
event `i` of `NAMES` occurs. Gates are the operators of whole numbers, so that nothing of the solver takes part.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum, prod
from random import Random

from groma.solvers.faulttrees import ALWAYS, NEVER, And, AtLeast, Event, Formula, Not, Or

NAMES = ("e", "b", "d", "a", "c")
STATES = range(1 << len(NAMES))
EVERY = (1 << len(STATES)) - 1


@dataclass(frozen=True)
class Known:
    """A formula, and in which states it is true."""

    formula: Formula
    table: int

    def chance(self, p: dict[str, float]) -> float:
        """The sum over the states in which it is true."""
        return fsum(
            prod(p[name] if s >> i & 1 else 1.0 - p[name] for i, name in enumerate(NAMES))
            for s in STATES
            if self.table >> s & 1
        )

    def cut_sets(self) -> set[tuple[str, ...]]:
        """The smallest states in which it is true, each as the sorted names of its events."""
        true = [s for s in STATES if self.table >> s & 1]
        least = [s for s in true if not any(t != s and t & s == t for t in true)]
        return {tuple(sorted(name for i, name in enumerate(NAMES) if s >> i & 1)) for s in least}


def event(name: str) -> Known:
    """One event."""
    i = NAMES.index(name)
    return Known(Event(name), sum(1 << s for s in STATES if s >> i & 1))


def negated(part: Known) -> Known:
    """Not the part."""
    return Known(Not(part.formula), EVERY & ~part.table)


def gate(kind: str, k: int, parts: list[Known]) -> Known:
    """All, any, or at least k of the parts."""
    formulas = tuple(part.formula for part in parts)
    needed = {"all": len(parts), "any": 1}.get(kind, k)
    table = sum(1 << s for s in STATES if sum(part.table >> s & 1 for part in parts) >= needed)
    return Known({"all": And(formulas), "any": Or(formulas)}.get(kind, AtLeast(k, formulas)), table)


def drawn(seed: int, *, negations: bool, gates: int = 7) -> Known:
    """A random graph of gates that share events and one another; its top holds all gates that nothing else uses."""
    draw = Random(seed)
    pool = [event(name) for name in NAMES]
    if seed % 4 == 0:
        pool += [Known(ALWAYS, EVERY), Known(NEVER, 0)]
    unused: list[Known] = []
    for _ in range(draw.randint(1, gates)):
        parts = [draw.choice(pool[-8:]) for _ in range(draw.randint(1, 4))]
        if negations and draw.random() < 0.3:
            made = negated(parts[0])
        else:
            made = gate(draw.choice(["all", "any", "at least"]), draw.randint(0, len(parts) + 1), parts)
        unused = [one for one in unused if one not in parts] + [made]
        pool.append(made)
    return gate(draw.choice(["all", "any"]), 0, unused)


def chances(seed: int) -> dict[str, float]:
    """Of each event: sure, impossible, rare or anything."""
    draw = Random(seed)
    return {name: draw.choice([0.0, 1e-9, 0.01, 0.3, 0.5, 0.9, 1.0]) for name in NAMES}
