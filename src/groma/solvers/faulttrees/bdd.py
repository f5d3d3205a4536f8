"""Binary decision diagrams with complement edges, small and with a node budget.

Bryant 1986; complement edges after Brace, Rudell & Bryant 1990: a reference is `2 * node + complement`,
node 0 is true, and the high edge of a node is never complemented, so equal functions have equal
references. One operation (conjunction) is memoised; disjunction and negation follow from it. All walks
use an explicit stack. A general engine (oxidd) is faster per node but starts in milliseconds and has
to be read out node by node; the diagrams of one module are small, so this one wins.
"""

from __future__ import annotations

from dataclasses import dataclass

from groma.solvers.faulttrees.net import ALL, FALSE, TRUE

_TERMINAL_LEVEL = 1 << 60


class OverBudget(Exception):
    """The diagram under construction needs more nodes than allowed."""


@dataclass(frozen=True, slots=True)
class Diagram:
    """One function: row `i` (level, high, low) is node `i + 1`; levels index the variables, parts come first.
    References are `2 * node + complement` with node 0 true."""

    rows: tuple[tuple[int, int, int], ...]
    root: int


class Forest:
    """Diagrams over one variable order, sharing their nodes; at most `budget` nodes."""

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self._level = [_TERMINAL_LEVEL]
        self._high = [TRUE]
        self._low = [TRUE]
        self._node: dict[tuple[int, int, int], int] = {}
        self._memo: dict[tuple[int, int], int] = {}

    def variable(self, level: int) -> int:
        """The reference of the function that is the variable at a level."""
        return self._make(level, TRUE, FALSE)

    def _make(self, level: int, high: int, low: int) -> int:
        if high == low:
            return high
        c = high & 1
        key = (level, high ^ c, low ^ c)
        node = self._node.get(key)
        if node is None:
            node = len(self._level)
            if node > self.budget:
                raise OverBudget
            self._node[key] = node
            self._level.append(level)
            self._high.append(high ^ c)
            self._low.append(low ^ c)
        return 2 * node + c

    def conjunction(self, f: int, g: int) -> int:
        """f and g."""
        memo = self._memo
        first = _at_once(f, g, memo)
        if first is not None:
            return first
        level, high, low = self._level, self._high, self._low
        top = (f, g) if f < g else (g, f)
        stack = [top]
        while stack:
            pair = stack[-1]
            if pair in memo:
                stack.pop()
                continue
            f, g = pair
            i, j = f >> 1, g >> 1
            at = level[i]
            if at <= level[j]:
                c = f & 1
                f1, f0 = high[i] ^ c, low[i] ^ c
            else:
                at = level[j]
                f1 = f0 = f
            if level[j] == at:
                c = g & 1
                g1, g0 = high[j] ^ c, low[j] ^ c
            else:
                g1 = g0 = g
            r1 = _at_once(f1, g1, memo)
            r0 = _at_once(f0, g0, memo)
            if r1 is None:
                stack.append((f1, g1) if f1 < g1 else (g1, f1))
            if r0 is None:
                stack.append((f0, g0) if f0 < g0 else (g0, f0))
            elif r1 is not None:
                if len(memo) > 8 * self.budget:
                    raise OverBudget
                memo[pair] = self._make(at, r1, r0)
        return memo[top]

    def disjunction(self, f: int, g: int) -> int:
        """f or g."""
        return self.conjunction(f ^ 1, g ^ 1) ^ 1

    def gate(self, kind: str, k: int, parts: list[int]) -> int:
        """The function of a gate over functions: all of them, or at least k (any: one)."""
        if kind == ALL:
            result = TRUE
            for f in parts:
                result = self.conjunction(result, f)
            return result
        needed = [TRUE] + [FALSE] * k  # needed[j]: at least j of the parts seen so far
        for f in parts:
            for j in range(k, 0, -1):
                with_f = self.conjunction(f, needed[j - 1])
                needed[j] = self.disjunction(with_f, needed[j])
        return needed[k]

    def diagram(self, root: int) -> Diagram:
        """The nodes under a reference, renumbered from 1, parts before wholes."""
        reached = {0}
        stack = [root >> 1]
        while stack:
            node = stack.pop()
            if node not in reached:
                reached.add(node)
                stack.append(self._high[node] >> 1)
                stack.append(self._low[node] >> 1)
        nodes = sorted(reached)
        place = {node: at for at, node in enumerate(nodes)}
        rows = tuple(
            (self._level[n], 2 * place[self._high[n] >> 1], 2 * place[self._low[n] >> 1] + (self._low[n] & 1))
            for n in nodes[1:]
        )
        return Diagram(rows, 2 * place[root >> 1] + (root & 1))


def _at_once(f: int, g: int, memo: dict[tuple[int, int], int]) -> int | None:
    if f == g or g == TRUE:
        return f
    if f == TRUE:
        return g
    if f == FALSE or g == FALSE or f ^ g == 1:
        return FALSE
    return memo.get((f, g) if f < g else (g, f))
