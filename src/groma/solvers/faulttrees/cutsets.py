"""Minimal cut sets: how many, of which order, and the first of them, without listing the rest.

Each module has the family of its own minimal cut sets (`zbdd`), over events and smaller modules; a cut set
of the whole puts a cut set of the module in a module's place. Counts are products and sums of
polynomials in whole numbers, exact at any size (8.2e10 sets take milliseconds). The first n by probability
or by order are collected from the bottom up, keeping n at each node: the product of two sorted lists
has its first n among the pairs (i, j) with (i + 1)(j + 1) <= n.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from heapq import nsmallest
from typing import Generic, Literal, TypeAlias, TypeVar

from groma.solvers.faulttrees.bdd import OverBudget
from groma.solvers.faulttrees.compiled import NODE_BUDGET, Block, Compiled, compile_formula
from groma.solvers.faulttrees.formula import Formula
from groma.solvers.faulttrees.net import ALL, FALSE, TRUE, Gate
from groma.solvers.faulttrees.refusal import Refusal
from groma.solvers.faulttrees.zbdd import NONE, UNIT, Family

V = TypeVar("V")
_Ranked: TypeAlias = tuple[float, tuple[str, ...], float]  # rank, events, probability


@dataclass(frozen=True, slots=True)
class _Algebra(Generic[V]):
    """What a family of sets is evaluated in: counts by order, or lists of the first few sets."""

    unit: V
    none: V
    event: Callable[[int], V]
    either: Callable[[V, V], V]
    both: Callable[[V, V], V]


@dataclass(frozen=True, slots=True)
class CutSet:
    """Events (sorted) whose joint occurrence is enough, none to spare; probability if it was asked for."""

    events: tuple[str, ...]
    probability: float | None = None


@dataclass(frozen=True, slots=True)
class CutSets:
    """All minimal cut sets of a coherent formula, in compact form."""

    compiled: Compiled
    families: tuple[tuple[Family, int] | None, ...]  # by block; None where the parts are independent

    def by_order(self) -> dict[int, int]:
        """How many minimal cut sets have each order (number of events), ascending; exact."""
        x: dict[int, int] = {1: 1}
        counts = self._fold(_Algebra({0: 1}, {}, lambda _: x, _sum, _product))
        return dict(sorted(counts.items()))

    def count(self) -> int:
        """How many minimal cut sets there are; exact."""
        return sum(self.by_order().values())

    def first(
        self,
        n: int,
        by: Literal["order", "probability"] = "order",
        probabilities: Mapping[str, float] | None = None,
    ) -> tuple[CutSet, ...]:
        """The first n minimal cut sets: of lowest order, or of highest probability (which needs `probabilities`).
        Listed by rank, then by name; which of many equal ones make the list is deterministic but not by name.
        ValueError for n < 1 or a missing probability."""
        if n < 1:
            raise ValueError(f"expected at least one cut set to be asked for, found {n}")
        given = probabilities or {}
        names = self.compiled.net.events
        missing = sorted(set(names) - set(given)) if probabilities is not None or by == "probability" else []
        if missing:
            raise ValueError(f"probabilities of events: none given for {', '.join(missing)}")

        def event(node: int) -> list[_Ranked]:
            name = names[node - 1]
            return [(0.0, (name,), given.get(name, 1.0))]  # ranked when it is put with others

        def both(a: list[_Ranked], b: list[_Ranked]) -> list[_Ranked]:
            pairs: list[_Ranked] = []
            for i, (_, events_a, pa) in enumerate(a):
                for _, events_b, pb in b[: n // (i + 1)]:
                    events = tuple(sorted(events_a + events_b))
                    pairs.append((-pa * pb if by == "probability" else float(len(events)), events, pa * pb))
            return nsmallest(n, pairs)

        def either(a: list[_Ranked], b: list[_Ranked]) -> list[_Ranked]:
            return nsmallest(n, a + b)

        found = self._fold(_Algebra([(0.0, (), 1.0)], [], event, either, both))
        return tuple(CutSet(events, p if probabilities is not None else None) for _, events, p in found)

    def _fold(self, algebra: _Algebra[V]) -> V:
        """Evaluate the families from the bottom up, a module's value in the place of its variable."""
        net = self.compiled.net
        if net.root in (TRUE, FALSE):
            return algebra.unit if net.root == TRUE else algebra.none
        value = {node: algebra.event(node) for node in range(1, len(net.events) + 1)}
        for block, family in zip(self.compiled.blocks, self.families, strict=True):
            if family is None:
                parts = [value[r >> 1] for r in block.module.gate.parts]
                value[block.module.node] = _gate(algebra, block.module.gate, parts)
            else:
                value[block.module.node] = _family(algebra, *family, [value[v] for v in block.variables])
        return value[net.root >> 1]


def minimal_cut_sets(formula: Formula | Compiled, node_budget: int = NODE_BUDGET) -> CutSets | Refusal:
    """The minimal cut sets of a coherent formula; a Refusal if it isn't coherent or exceeds the budget."""
    compiled = formula if isinstance(formula, Compiled) else compile_formula(formula, node_budget)
    if not compiled.net.coherent:
        return Refusal(
            reason="the formula isn't coherent: some event helps by not occurring, so cut sets don't describe it",
            remedy="ask for the probability, or write the formula without negated events",
        )
    families: list[tuple[Family, int] | None] = []
    try:
        for block in compiled.blocks:
            families.append(_solutions(block, node_budget))
    except OverBudget:
        return Refusal(
            reason=f"the cut sets of this formula need a diagram of more than {node_budget} nodes",
            remedy="raise the node budget, or split the formula",
        )
    return CutSets(compiled, tuple(families))


def _solutions(block: Block, budget: int) -> tuple[Family, int] | None:
    if block.too_large:
        raise OverBudget
    if block.diagram is None:
        return None
    family = Family(budget)
    return family, family.minimal_solutions(block.diagram)


def _gate(algebra: _Algebra[V], gate: Gate, parts: list[V]) -> V:
    """The cut sets of a gate over independent parts."""
    if gate.kind == ALL:
        result = algebra.unit
        for part in parts:
            result = algebra.both(result, part)
        return result
    chosen = [algebra.unit] + [algebra.none] * gate.k  # chosen[j]: j of the parts seen so far fail
    for part in parts:
        for j in range(gate.k, 0, -1):
            chosen[j] = algebra.either(chosen[j], algebra.both(chosen[j - 1], part))
    return chosen[gate.k]


def _family(algebra: _Algebra[V], family: Family, root: int, variables: list[V]) -> V:
    value = {NONE: algebra.none, UNIT: algebra.unit}
    wanted = {root}
    for node in range(root, UNIT, -1):
        if node in wanted:
            wanted.update((family.with_[node], family.without[node]))
    for node in sorted(wanted - {NONE, UNIT}):
        with_ = algebra.both(value[family.with_[node]], variables[family.level[node]])
        value[node] = algebra.either(value[family.without[node]], with_)
    return value[root]


def _sum(a: dict[int, int], b: dict[int, int]) -> dict[int, int]:
    result = dict(a)
    for order, count in b.items():
        result[order] = result.get(order, 0) + count
    return result


def _product(a: dict[int, int], b: dict[int, int]) -> dict[int, int]:
    result: dict[int, int] = {}
    for i, m in a.items():
        for j, n in b.items():
            result[i + j] = result.get(i + j, 0) + m * n
    return result
