"""Families of sets as zero-suppressed diagrams, and the minimal solutions of a diagram.

Minato 1993 for the families; Rauzy 1993 ("New algorithms for fault trees analysis", section 4) for reading the
minimal solutions of a monotone function off its diagram: those without the top variable, and those with
it that aren't already implied without. Walks use an explicit stack.
"""

from __future__ import annotations

from groma.solvers.faulttrees.bdd import Diagram, OverBudget

NONE, UNIT = 0, 1  # the empty family, and the family of the empty set
_BELOW_ALL = 1 << 60


class Family:
    """Families of sets over the levels of a diagram. Nodes from 2 up: `level`, `with_` (sets holding the
    level's variable, without it) and `without` (the other sets); parts have smaller numbers than wholes."""

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self.level = [_BELOW_ALL, _BELOW_ALL]
        self.with_ = [NONE, NONE]
        self.without = [NONE, NONE]
        self._node: dict[tuple[int, int, int], int] = {}
        self._memo: dict[tuple[int, int], int] = {}

    def make(self, level: int, with_: int, without: int) -> int:
        """The family of the sets of `with_`, each with the level's variable added, and of `without`."""
        if with_ == NONE:
            return without
        key = (level, with_, without)
        node = self._node.get(key)
        if node is None:
            node = len(self.level)
            if node > self.budget:
                raise OverBudget
            self._node[key] = node
            self.level.append(level)
            self.with_.append(with_)
            self.without.append(without)
        return node

    def not_implied(self, f: int, g: int) -> int:
        """The sets of f that contain no set of g. Both are minimal: no set in one holds another of it."""
        memo = self._memo
        stack = [(f, g)]
        while stack:
            f, g = pair = stack[-1]
            if pair in memo or self._at_once(f, g) is not None:
                stack.pop()
                continue
            lf, lg = self.level[f], self.level[g]
            waiting: list[tuple[int, int]] = []
            if lf > lg:
                result = self._known(f, self.without[g], waiting)
            else:
                g1, g0 = (self.with_[g], self.without[g]) if lf == lg else (NONE, g)
                low = self._known(self.without[f], g0, waiting)
                high = self._known(self.with_[f], g1, waiting)
                if high is not None:
                    high = self._known(high, g0, waiting)
                result = self.make(lf, high, low) if high is not None and low is not None else None
            if result is None:
                stack.extend(waiting)
            else:
                if len(memo) > 8 * self.budget:
                    raise OverBudget
                memo[pair] = result
                stack.pop()
        known = self._known(f, g, [])
        assert known is not None
        return known

    def _known(self, f: int, g: int, waiting: list[tuple[int, int]]) -> int | None:
        result = self._at_once(f, g)
        if result is None:
            result = self._memo.get((f, g))
            if result is None:
                waiting.append((f, g))
        return result

    def _at_once(self, f: int, g: int) -> int | None:
        if g == UNIT or f in (NONE, g):
            return NONE
        if g == NONE:
            return f
        if f == UNIT:  # g is minimal: beside others it doesn't hold the empty set
            return UNIT
        return None

    def minimal_solutions(self, diagram: Diagram) -> int:
        """The minimal sets of levels that make a monotone increasing diagram true."""
        solutions = {0: UNIT, 1: NONE}
        stack = [diagram.root]
        while stack:
            ref = stack[-1]
            if ref in solutions:
                stack.pop()
                continue
            level, high, low = diagram.rows[(ref >> 1) - 1]
            high, low = high ^ (ref & 1), low ^ (ref & 1)
            waiting = [r for r in (high, low) if r not in solutions]
            if waiting:
                stack.extend(waiting)
                continue
            with_ = self.not_implied(solutions[high], solutions[low])
            solutions[ref] = self.make(level, with_, solutions[low])
            stack.pop()
        return solutions[diagram.root]
