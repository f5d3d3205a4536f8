"""The probability of a formula over independent events, exactly or between proven bounds.

Shannon's expansion read off the diagram of each module (Rauzy 1993, "New algorithms for fault trees
analysis"). P and 1 - P are both carried as sums of positive terms, so that neither an unavailability of 1e-13
nor its complement loses digits. Probabilities that are only known between two values go through the same
recursion with both ends: the result always encloses the truth, and its ends are attained when no event
occurs both plain and negated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from groma.solvers.faulttrees.compiled import NODE_BUDGET, Compiled, compile_formula
from groma.solvers.faulttrees.evaluation import Chance, enclosures, event_chances, point_values
from groma.solvers.faulttrees.formula import Formula
from groma.solvers.faulttrees.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Probability:
    """`lower <= P <= upper`, and the same for 1 - P to its own full precision. Equal ends mean a value."""

    lower: float
    upper: float
    complement_lower: float
    complement_upper: float

    @property
    def value(self) -> float:
        """P, when the events' probabilities were values."""
        if self.lower != self.upper:
            raise ValueError(
                f"the probability is an interval, {self.lower:g} .. {self.upper:g}; read its ends"
            )
        return self.lower

    @property
    def complement(self) -> float:
        """1 - P, when the events' probabilities were values."""
        if self.complement_lower != self.complement_upper:
            raise ValueError(
                f"1 - P is an interval, {self.complement_lower:g} .. {self.complement_upper:g}; read its ends"
            )
        return self.complement_lower


def probability(
    formula: Formula | Compiled, chances: Mapping[str, Chance], node_budget: int = NODE_BUDGET
) -> Probability | Refusal:
    """P(formula) for independent events with the given chances.

    Exact to rounding. If a module's diagram would exceed the budget, a Refusal with proven bounds.
    ValueError for a missing event or a chance outside 0..1.
    """
    compiled = formula if isinstance(formula, Compiled) else compile_formula(formula, node_budget)
    ends = event_chances(compiled, chances)
    root = compiled.net.root
    if compiled.exact and all(low == high for low, high in ends):
        p, q = point_values(compiled, [low for low, _ in ends])[root >> 1]
        if root & 1:
            p, q = q, p
        return Probability(p, p, q, q)
    (pl, qu), (pu, ql) = enclosures(compiled, ends)[root >> 1]
    if root & 1:
        pl, pu, ql, qu = ql, qu, pl, pu
    if compiled.exact:
        return Probability(pl, pu, ql, qu)
    return Refusal(
        reason=f"a diagram of this formula needs more than {node_budget} nodes",
        remedy="raise the node budget, or split the formula",
        lower=pl,
        upper=pu,
    )
