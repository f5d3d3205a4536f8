"""Bounds on a module that is too large for a diagram, from its likeliest cut sets.

Cut sets are multiplied out gate by gate (Fussell & Vesely 1972), keeping the likeliest at each gate. What is dropped is
not forgotten: its probabilities add up to a remainder, because the top event needs a kept set or a dropped one.
So P <= min-cut upper bound of the kept (Esary & Proschan 1963) + remainder, and P >= what the kept ones alone
give by Bonferroni's inequality. Sharp where events are rare; holds where no event occurs both plain and negated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import TypeAlias

from groma.solvers.faulttrees.modules import Module
from groma.solvers.faulttrees.net import ALL, ANY, Gate

Literals: TypeAlias = frozenset[int]
_WORK = 1_000_000  # products of cut sets in all
_WIDEST = 400
"""Cut sets kept where they are only put side by side; fewer where each is multiplied with each."""


@dataclass(frozen=True, slots=True)
class _Kept:
    sets: Mapping[Literals, float]
    remainder: float


def cut_set_bounds(module: Module, leaves: Mapping[int, tuple[float, float]]) -> tuple[float, float]:
    """Lower and upper bound of a module of a unate net, from the lowest and highest chance of its leaves by node."""
    steps = 1 + sum(len(gate.parts) * (1 if gate.kind in (ALL, ANY) else gate.k) for _, gate in module.inner)
    truncation = _Truncation(leaves, width=max(8, min(150, int((_WORK / steps) ** 0.5))))
    found = truncation.of(module)
    upper = found.remainder
    q = 1.0
    for chance in found.sets.values():
        upper += q * chance
        q *= 1.0 - chance
    return truncation.lower(found), min(1.0, upper)


class _Truncation:
    def __init__(self, leaves: Mapping[int, tuple[float, float]], width: int) -> None:
        self.leaves, self.width = leaves, width

    def chance(self, literals: Literals, end: int) -> float:
        """The probability that all literals hold, at the lowest (0) or highest (1) of each."""
        ends = (self.leaves[r >> 1] if not r & 1 else _negated(self.leaves[r >> 1]) for r in sorted(literals))
        return prod(pair[end] for pair in ends)

    def of(self, module: Module) -> _Kept:
        value: dict[int, _Kept] = {}
        for node, gate in module.inner:
            value[node] = self.gate(
                gate, [value[r >> 1] if r >> 1 in value else self.leaf(r) for r in gate.parts]
            )
        return value[module.node]

    def leaf(self, ref: int) -> _Kept:
        literals = frozenset((ref,))
        return _Kept({literals: self.chance(literals, 1)}, 0.0)

    def gate(self, gate: Gate, parts: list[_Kept]) -> _Kept:
        never, always = _Kept({}, 0.0), _Kept({frozenset[int](): 1.0}, 0.0)
        if gate.kind == ANY:
            result = never
            for part in parts:
                result = self.either(result, part)
            return result
        if gate.kind == ALL:
            result = always
            for part in parts:
                result = self.both(result, part)
            return result
        chosen = [always] + [never] * gate.k
        for part in parts:
            for j in range(gate.k, 0, -1):
                chosen[j] = self.either(chosen[j], self.both(chosen[j - 1], part))
        return chosen[gate.k]

    def either(self, a: _Kept, b: _Kept) -> _Kept:
        return self.pruned({**a.sets, **b.sets}, a.remainder + b.remainder)

    def both(self, a: _Kept, b: _Kept) -> _Kept:
        a, b = self.pruned(a.sets, a.remainder, self.width), self.pruned(b.sets, b.remainder, self.width)
        every: dict[Literals, float] = {}
        for x in a.sets:
            for y in b.sets:
                joined = x | y
                if joined not in every:
                    every[joined] = self.chance(joined, 1)
        return self.pruned(every, a.remainder + b.remainder)

    def pruned(self, sets: Mapping[Literals, float], remainder: float, width: int = _WIDEST) -> _Kept:
        """The likeliest minimal ones; the others' probabilities go to the remainder."""
        ranked = sorted(sets, key=lambda s: (-sets[s], len(s), sorted(s)))
        kept: list[Literals] = []
        for s in ranked:
            if any(t <= s for t in kept):
                continue
            if len(kept) < width:
                kept.append(s)
            else:
                remainder += sets[s]
        return _Kept({s: sets[s] for s in kept}, remainder)

    def lower(self, found: _Kept) -> float:
        """Bonferroni's lower bound over the likeliest sets, as many of them as raise it."""
        sets = list(found.sets)
        best = total = 0.0
        for i, s in enumerate(sets):
            total += self.chance(s, 0) - sum(self.chance(s | t, 0) for t in sets[:i])
            best = max(best, total)
        return best


def _negated(ends: tuple[float, float]) -> tuple[float, float]:
    return 1.0 - ends[1], 1.0 - ends[0]
