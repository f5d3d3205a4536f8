"""Whose fault a probability is: what each event adds on the way from one state of knowledge to another.

Aumann & Shapley 1974 ("Values of non-atomic games"): each event gets the integral of its derivative along the straight
way from the `start` to the `end` probabilities. What is given out adds up to the difference exactly, and two events
that only count together (a pair of replicas) get half each, where Fussell-Vesely gives the whole to both. P is a
polynomial along the way, of at most the number of events that move as its degree, so that Gauss-Legendre quadrature is
exact with half as many nodes. Where more than 128 move it is all but exact: of 300 that all have to occur, 1e-13 of the
difference is missing, of a thousand 1e-6.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from groma.solvers.faulttrees.compiled import NODE_BUDGET, Compiled, compile_formula
from groma.solvers.faulttrees.evaluation import event_chances
from groma.solvers.faulttrees.formula import Formula
from groma.solvers.faulttrees.importance import slopes
from groma.solvers.faulttrees.refusal import Refusal

MOST_NODES = 64


def apportioned(
    formula: Formula | Compiled,
    start: Mapping[str, float],
    end: Mapping[str, float],
    node_budget: int = NODE_BUDGET,
) -> dict[str, float] | Refusal:
    """What each event adds to P(formula) from `start` to `end`, by name, sorted; sums to the difference.

    A Refusal when the formula exceeds the budget. ValueError for a missing event or a chance outside 0..1.
    """
    compiled = formula if isinstance(formula, Compiled) else compile_formula(formula, node_budget)
    if not compiled.exact:
        return Refusal(
            reason=f"a diagram of this formula needs more than {node_budget} nodes",
            remedy="raise the node budget, or split the formula",
        )
    a, b = ([low for low, _ in event_chances(compiled, given)] for given in (start, end))
    moved = sum(x != y for x, y in zip(a, b, strict=True))
    given = _integral(compiled, a, b, min(MOST_NODES, moved // 2 + 1))
    return dict(sorted(zip(compiled.net.events, given, strict=True)))


def _integral(compiled: Compiled, a: list[float], b: list[float], nodes: int) -> list[float]:
    points, weights = np.polynomial.legendre.leggauss(nodes)
    total = [0.0] * len(a)
    for point, weight in zip(points, weights, strict=True):
        t = (float(point) + 1.0) / 2.0
        _, slope = slopes(compiled, [x + t * (y - x) for x, y in zip(a, b, strict=True)])
        for i, (x, y) in enumerate(zip(a, b, strict=True)):
            total[i] += float(weight) / 2.0 * slope[i] * (y - x)
    return total
