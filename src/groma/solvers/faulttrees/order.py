"""Variable orders for the diagram of a module.

The size of a diagram hangs on the order of its variables. Depth-first orders keep together what a gate
keeps together (Fujita, Fujisawa & Kawato 1988); which part of a gate to visit first is decided by its fan-in
(how many leaves stand below it, repeats counted). No rule is best for all trees, so a few are tried in turn.
"""

from __future__ import annotations

from collections.abc import Iterator

from groma.solvers.faulttrees.modules import Module
from groma.solvers.faulttrees.net import Gate


def orders(module: Module) -> Iterator[tuple[int, ...]]:
    """Different orders of the module's leaves: as written, heavy parts first, light parts first."""
    weight: dict[int, float] = dict.fromkeys(module.leaves, 1.0)
    for node, gate in module.inner:
        weight[node] = sum(weight[r >> 1] for r in gate.parts)
    yield module.leaves
    given = {module.leaves}
    for sign in (-1.0, 1.0):
        order = _depth_first(module, {node: sign * w for node, w in weight.items()})
        if order not in given:
            given.add(order)
            yield order


def _depth_first(module: Module, rank: dict[int, float]) -> tuple[int, ...]:
    gates: dict[int, Gate] = dict(module.inner)
    order: list[int] = []
    seen: set[int] = set()
    stack = [module.inner[-1][0]]
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        gate = gates.get(node)
        if gate is None:
            order.append(node)
        else:
            stack.extend(sorted((r >> 1 for r in gate.parts), key=rank.__getitem__, reverse=True))
    return tuple(order)
