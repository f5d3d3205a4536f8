"""A formula compiled for evaluation: its modules, each with a diagram where its events are entangled.

Compile once, evaluate often: the probability, its derivatives and the cut sets are all read off this form.
A module whose diagram would exceed the node budget is kept as a net; then there are bounds only.
"""

from __future__ import annotations

from dataclasses import dataclass

from groma.solvers.faulttrees.bdd import Diagram, Forest, OverBudget
from groma.solvers.faulttrees.formula import Formula
from groma.solvers.faulttrees.modules import Module, find_modules
from groma.solvers.faulttrees.net import TRUE, Net, compile_net
from groma.solvers.faulttrees.order import orders

NODE_BUDGET = 300_000


@dataclass(frozen=True, slots=True)
class Block:
    """A module as it is solved. `diagram` is None for independent parts, and for a module over the budget
    (`too_large`). `variables` are the nodes that the diagram's levels stand for."""

    module: Module
    variables: tuple[int, ...] = ()
    diagram: Diagram | None = None
    too_large: bool = False


@dataclass(frozen=True, slots=True)
class Compiled:
    """Blocks in the order of evaluation, over the nodes of `net`; all they name are below `size`."""

    net: Net
    blocks: tuple[Block, ...]
    size: int

    @property
    def exact(self) -> bool:
        """Whether every module has its diagram."""
        return not any(block.too_large for block in self.blocks)


def compile_formula(formula: Formula, node_budget: int = NODE_BUDGET) -> Compiled:
    """Compile a formula; at most `node_budget` diagram nodes in all, some 5 microseconds each."""
    net = compile_net(formula)
    left = node_budget
    blocks: list[Block] = []
    size = len(net.events) + 1
    for module in find_modules(net):
        size = max(size, module.node + 1)
        if not module.leaves:
            blocks.append(Block(module))
            continue
        solved = _solved(module, left)
        if solved is None:
            blocks.append(Block(module, too_large=True))
        else:
            blocks.append(solved)
            left -= len(solved.diagram.rows) if solved.diagram else 0
    return Compiled(net, tuple(blocks), size)


def _solved(module: Module, budget: int) -> Block | None:
    """Every order gets a small budget first, then a larger one, so that a bad order costs little."""
    for share in (64, 8, 1):
        for order in orders(module):
            forest = Forest(budget // share)
            try:
                root = _build(forest, module, order)
            except OverBudget:
                continue
            return Block(module, order, forest.diagram(root))
    return None


def _build(forest: Forest, module: Module, order: tuple[int, ...]) -> int:
    ref: dict[int, int] = {0: TRUE}
    deepest: dict[int, int] = {}
    for level, node in enumerate(order):
        ref[node] = forest.variable(level)
        deepest[node] = level
    for node, gate in module.inner:
        # what reaches deepest comes first: the diagram then grows upwards and each step walks only the new part
        parts = sorted(gate.parts, key=lambda r: -deepest[r >> 1])
        ref[node] = forest.gate(gate.kind, gate.k, [ref[r >> 1] ^ (r & 1) for r in parts])
        deepest[node] = deepest[parts[0] >> 1]
    return ref[module.node]
