"""Values of all nodes of a compiled formula, from the chances of its events.

The kernel under `probability` and `importance`. A value is the pair (P, 1 - P), each a sum of positive
terms. Enclosures are two such pairs: where P is lowest and where it is highest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from groma.solvers.faulttrees.bounds import entangled_bounds
from groma.solvers.faulttrees.compiled import Block, Compiled
from groma.solvers.faulttrees.net import ALL, ANY, Gate

Chance: TypeAlias = float | tuple[float, float]
"""A probability, or the two values it is known to lie between."""

Pair: TypeAlias = tuple[float, float]
"""P and 1 - P."""

_TRUE: Pair = (1.0, 0.0)


def event_chances(compiled: Compiled, chances: Mapping[str, Chance]) -> list[tuple[float, float]]:
    """Lowest and highest probability of each event of the net, in its order. ValueError names all that is wrong."""
    ends: list[tuple[float, float]] = []
    wrong: list[str] = []
    for name in compiled.net.events:
        given = chances.get(name)
        if given is None:
            wrong.append(f"{name}: no probability given")
            continue
        low, high = given if isinstance(given, tuple) else (given, given)
        if not 0.0 <= low <= high <= 1.0:
            wrong.append(f"{name}: expected 0 <= low <= high <= 1, found {given!r}")
        ends.append((low, high))
    if wrong:
        raise ValueError("probabilities of events: " + "; ".join(wrong))
    return ends


def signed(values: Sequence[Pair], ref: int) -> Pair:
    """The pair of a reference, from the pairs of nodes."""
    p, q = values[ref >> 1]
    return (q, p) if ref & 1 else (p, q)


def gate_value(gate: Gate, values: Sequence[Pair]) -> Pair:
    """The pair of a gate over independent parts, given their pairs in the order of the gate's parts."""
    if gate.kind == ALL:
        p, q = 1.0, 0.0
        for part_p, part_q in values:
            q += p * part_q
            p *= part_p
        return p, q
    if gate.kind == ANY:
        p, q = 0.0, 1.0
        for part_p, part_q in values:
            p += q * part_p
            q *= part_q
        return p, q
    k = gate.k
    exactly = [1.0] + [0.0] * k  # exactly[j]: j parts true so far; the last: k or more
    for part_p, part_q in values:
        exactly[k] += exactly[k - 1] * part_p
        for j in range(k - 1, 0, -1):
            exactly[j] = exactly[j] * part_q + exactly[j - 1] * part_p
        exactly[0] *= part_q
    return exactly[k], sum(exactly[:k])


def point_values(compiled: Compiled, p: Sequence[float]) -> list[Pair]:
    """(P, 1 - P) of every event and module by node, for an exact compiled formula; p by event."""
    value = [_TRUE] * compiled.size
    for at, x in enumerate(p):
        value[at + 1] = (x, 1.0 - x)
    for block in compiled.blocks:
        if block.diagram is None:
            parts = [signed(value, r) for r in block.module.gate.parts]
            value[block.module.node] = gate_value(block.module.gate, parts)
        else:
            rows = diagram_values(block, [value[v] for v in block.variables])
            root = block.diagram.root
            value[block.module.node] = signed(rows, root)
    return value


def diagram_values(block: Block, variables: Sequence[Pair]) -> list[Pair]:
    """(P, 1 - P) of every node of a block's diagram, node 0 (true) first."""
    assert block.diagram is not None
    ps, qs = [1.0], [0.0]
    for level, high, low in block.diagram.rows:
        p, q = variables[level]
        h, n = high >> 1, low >> 1
        if low & 1:
            ps.append(p * ps[h] + q * qs[n])
            qs.append(p * qs[h] + q * ps[n])
        else:
            ps.append(p * ps[h] + q * ps[n])
            qs.append(p * qs[h] + q * qs[n])
    return list(zip(ps, qs, strict=True))


def enclosures(compiled: Compiled, ends: Sequence[tuple[float, float]]) -> list[tuple[Pair, Pair]]:
    """The pairs at the lowest and at the highest P of every event and module by node; modules over the budget
    contribute their bounds."""
    value: list[tuple[Pair, Pair]] = [(_TRUE, _TRUE)] * compiled.size
    for at, (low, high) in enumerate(ends):
        value[at + 1] = ((low, 1.0 - low), (high, 1.0 - high))
    for block in compiled.blocks:
        module = block.module
        if block.too_large:
            leaves = {node: (value[node][0][0], value[node][1][0]) for node in module.leaves}
            low, high = entangled_bounds(module, leaves, associated=compiled.net.unate)
            value[module.node] = ((low, 1.0 - low), (high, 1.0 - high))
        elif block.diagram is None:
            parts = [value[r >> 1] if not r & 1 else _negated(value[r >> 1]) for r in module.gate.parts]
            value[module.node] = (
                gate_value(module.gate, [low for low, _ in parts]),
                gate_value(module.gate, [high for _, high in parts]),
            )
        else:
            value[module.node] = _diagram_enclosure(block, [value[v] for v in block.variables])
    return value


def _negated(ends: tuple[Pair, Pair]) -> tuple[Pair, Pair]:
    (pl, qu), (pu, ql) = ends
    return (ql, pu), (qu, pl)


def _diagram_enclosure(block: Block, variables: Sequence[tuple[Pair, Pair]]) -> tuple[Pair, Pair]:
    """Each node is linear in its variable, so its ends lie at an end of the variable (interval Shannon
    expansion); exact where every variable pulls the same way wherever it occurs."""
    assert block.diagram is not None
    rows: list[tuple[Pair, Pair]] = [(_TRUE, _TRUE)]
    for level, high, low in block.diagram.rows:
        (hl, hqu), (hu, hql) = rows[high >> 1]
        (ll, lqu), (lu, lql) = rows[low >> 1] if not low & 1 else _negated(rows[low >> 1])
        (p0, q0), (p1, q1) = variables[level]
        rows.append(
            (
                (min(p0 * hl + q0 * ll, p1 * hl + q1 * ll), max(p0 * hqu + q0 * lqu, p1 * hqu + q1 * lqu)),
                (max(p0 * hu + q0 * lu, p1 * hu + q1 * lu), min(p0 * hql + q0 * lql, p1 * hql + q1 * lql)),
            )
        )
    root = block.diagram.root
    return rows[root >> 1] if not root & 1 else _negated(rows[root >> 1])
