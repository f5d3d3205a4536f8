"""Bounds on the probability of a module that is too large for a diagram.

In a coherent formula the gates are increasing functions of independent events, hence associated (Esary,
Proschan & Walkup 1967): all of them hold with at least the product of their probabilities, any of them
fails with at least the product of theirs. Elsewhere only the Frechet inequalities hold. Both are
sharpened by conditioning on the events that occur most often, which are what makes gates dependent,
and in a coherent formula by the likeliest cut sets (`truncation`): the better of the two bounds counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

from groma.solvers.faulttrees.modules import Module
from groma.solvers.faulttrees.net import ALL, ANY, Gate
from groma.solvers.faulttrees.truncation import cut_set_bounds

Ends = tuple[float, float]
_WORK = 2_000_000  # gate parts visited in all


def entangled_bounds(module: Module, leaves: Mapping[int, Ends], associated: bool) -> Ends:
    """Lower and upper bound of the module's probability, from those of its leaves by node.

    `associated` says that no event of the formula occurs both plain and negated.
    """
    size = 1 + sum(len(gate.parts) for _, gate in module.inner)
    depth = min(8, max(0, (_WORK // size).bit_length() - 1), len(module.leaves))
    uses = dict.fromkeys(module.leaves, 0)
    for _, gate in module.inner:
        for r in gate.parts:
            if r >> 1 in uses:
                uses[r >> 1] += 1
    pivots = sorted(module.leaves, key=lambda node: (-uses[node], node))[:depth]
    low, high = _conditioned(module, dict(leaves), tuple(pivots), associated)
    if associated:
        cut_low, cut_high = cut_set_bounds(module, leaves)
        low, high = max(low, cut_low), min(high, cut_high)
    return low, high


def _conditioned(module: Module, leaves: dict[int, Ends], pivots: tuple[int, ...], associated: bool) -> Ends:
    if not pivots:
        return _one_pass(module, leaves, associated)
    pivot, rest = pivots[0], pivots[1:]
    up = _conditioned(module, {**leaves, pivot: (1.0, 1.0)}, rest, associated)
    down = _conditioned(module, {**leaves, pivot: (0.0, 0.0)}, rest, associated)
    ends = leaves[pivot]
    return (
        min(p * up[0] + (1.0 - p) * down[0] for p in ends),
        max(p * up[1] + (1.0 - p) * down[1] for p in ends),
    )


def _one_pass(module: Module, leaves: Mapping[int, Ends], associated: bool) -> Ends:
    value = dict(leaves)
    for node, gate in module.inner:
        parts = [
            value[r >> 1] if not r & 1 else (1.0 - value[r >> 1][1], 1.0 - value[r >> 1][0])
            for r in gate.parts
        ]
        value[node] = _gate_bounds(gate, [p[0] for p in parts], [p[1] for p in parts], associated)
    return value[module.node]


def _gate_bounds(gate: Gate, lows: list[float], highs: list[float], associated: bool) -> Ends:
    if gate.kind == ALL:
        return (prod(lows) if associated else max(0.0, sum(lows) - (len(lows) - 1)), min(highs))
    if gate.kind == ANY:
        if not associated:
            return max(lows), min(1.0, sum(highs))
        p, q = 0.0, 1.0
        for high in highs:
            p, q = p + q * high, q * (1.0 - high)
        return max(lows), p
    likeliest = sorted(lows, reverse=True)[: gate.k]
    low = prod(likeliest) if associated else max(0.0, sum(likeliest) - (gate.k - 1))
    return low, min(1.0, sum(highs) / gate.k)
