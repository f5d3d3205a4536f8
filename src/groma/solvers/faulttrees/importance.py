"""How much each event matters to the top event.

Birnbaum 1969: the derivative of P(top) by the event's probability, here by one backward pass over the
diagrams (reverse-mode differentiation of Shannon's expansion), for all events at once. The others follow from
P(top) with the event made certain or impossible, as PSA practice defines them (NUREG/CR-3385, Vesely
et al. 1983): Fussell-Vesely = 1 - P0/P, risk achievement worth = P1/P, risk reduction worth = P/P0. Read exactly,
Fussell-Vesely is also the criticality importance, p B / P. The differential importance (Borgonovo & Apostolakis 2001,
changes in proportion) is p B over its sum; the diagnostic importance is the chance of the event given the top event.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum, inf

from groma.solvers.faulttrees.compiled import NODE_BUDGET, Block, Compiled, compile_formula
from groma.solvers.faulttrees.evaluation import Pair, diagram_values, event_chances, point_values, signed
from groma.solvers.faulttrees.formula import Formula
from groma.solvers.faulttrees.net import ATLEAST, Gate
from groma.solvers.faulttrees.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Importance:
    """Of one event. For an event that helps by occurring (non-coherent formulas) Birnbaum and Fussell-Vesely
    are negative. With P(top) = 0 the ratios are undefined and None."""

    birnbaum: float
    fussell_vesely: float | None
    risk_achievement: float | None
    risk_reduction: float | None
    diagnostic: float | None = None
    differential: float | None = None


def importances(
    formula: Formula | Compiled, probabilities: Mapping[str, float], node_budget: int = NODE_BUDGET
) -> dict[str, Importance] | Refusal:
    """Importance of every event, by name, sorted. A Refusal when the formula exceeds the budget."""
    compiled = formula if isinstance(formula, Compiled) else compile_formula(formula, node_budget)
    if not compiled.exact:
        return Refusal(
            reason=f"a diagram of this formula needs more than {node_budget} nodes",
            remedy="raise the node budget, or split the formula",
        )
    p = [low for low, _ in event_chances(compiled, probabilities)]
    root = compiled.net.root
    top, slope = slopes(compiled, p)
    whole = fsum(x * birnbaum for x, birnbaum in zip(p, slope, strict=True))
    found: dict[str, Importance] = {}
    for at, name in enumerate(compiled.net.events):
        birnbaum = slope[at]
        certain = top + (1.0 - p[at]) * birnbaum
        impossible = top - p[at] * birnbaum
        if (
            abs(impossible) < 1e-6 * top
        ):  # nearly all of P(top) needs the event: subtraction has lost the digits
            without = point_values(compiled, [*p[:at], 0.0, *p[at + 1 :]])
            impossible = without[root >> 1][root & 1]
        share = p[at] * birnbaum / whole if whole else None
        found[name] = _importance(birnbaum, top, certain, impossible, p[at], share)
    return dict(sorted(found.items()))


def slopes(compiled: Compiled, p: Sequence[float]) -> tuple[float, list[float]]:
    """P(top) and its derivative by each event, in the order of the net's events; `compiled` must be exact."""
    value = point_values(compiled, p)
    root = compiled.net.root
    sign = -1.0 if root & 1 else 1.0
    slope = _slopes(compiled, value)
    return value[root >> 1][root & 1], [sign * slope[at + 1] for at in range(len(p))]


def _importance(
    birnbaum: float, top: float, certain: float, impossible: float, p: float, differential: float | None
) -> Importance:
    if top == 0.0:
        return Importance(birnbaum, None, None, None, None, differential)
    reduction = top / impossible if impossible > 0.0 else inf
    return Importance(
        birnbaum, 1.0 - impossible / top, certain / top, reduction, p * certain / top, differential
    )


def _slopes(compiled: Compiled, value: list[Pair]) -> list[float]:
    """Derivative of the root node's P by every event and module, by node."""
    slope = [0.0] * compiled.size
    slope[compiled.net.root >> 1] = 1.0
    for block in reversed(compiled.blocks):
        here = slope[block.module.node]
        if here == 0.0:
            continue
        if block.diagram is None:
            parts = block.module.gate.parts
            pairs = [signed(value, r) for r in parts]
            for r, d in zip(parts, _gate_slopes(block.module.gate, pairs), strict=True):
                slope[r >> 1] += here * (-d if r & 1 else d)
        else:
            of_variables = _diagram_slopes(block, [value[v] for v in block.variables])
            for node, d in zip(block.variables, of_variables, strict=True):
                slope[node] += here * d
    return slope


def _gate_slopes(gate: Gate, parts: list[Pair]) -> list[float]:
    """Derivative by part i = P(gate | i) - P(gate | not i)."""
    if gate.kind == ATLEAST:
        return [_pivotal(gate.k, parts[:i] + parts[i + 1 :]) for i in range(len(parts))]
    side = 0 if gate.kind == "all" else 1  # a part decides when the others are all true, or all false
    before = [1.0]
    for pair in parts[:-1]:
        before.append(before[-1] * pair[side])
    after = 1.0
    slopes = [0.0] * len(parts)
    for i in range(len(parts) - 1, -1, -1):
        slopes[i] = before[i] * after
        after *= parts[i][side]
    return slopes


def _pivotal(k: int, others: list[Pair]) -> float:
    """P(exactly k - 1 of the others)."""
    exactly = [1.0] + [0.0] * (k - 1)
    for p, q in others:
        for j in range(k - 1, 0, -1):
            exactly[j] = exactly[j] * q + exactly[j - 1] * p
        exactly[0] *= q
    return exactly[-1]


def _diagram_slopes(block: Block, variables: list[Pair]) -> list[float]:
    assert block.diagram is not None
    rows = diagram_values(block, variables)
    weight = [0.0] * len(rows)  # derivative of the root by the node's own P
    root = block.diagram.root
    weight[root >> 1] = -1.0 if root & 1 else 1.0
    slopes = [0.0] * len(variables)
    for node in range(len(rows) - 1, 0, -1):
        w = weight[node]
        level, high, low = block.diagram.rows[node - 1]
        p, q = variables[level]
        (high_p, high_q), (low_p, low_q) = rows[high >> 1], signed(rows, low)
        slopes[level] += w * (
            high_p - low_p if high_p < 0.5 else low_q - high_q
        )  # of small numbers, not of near ones
        weight[high >> 1] += w * p
        weight[low >> 1] += -w * q if low & 1 else w * q
    return slopes
