"""From a drawn graph to a program: choices and parallel ways with what is inside them, up to where they meet again.

A way ends where all ways of its fork come together (the nearest node that each of them reaches), as structured
programs do (Böhm and Jacopini, 1966). A loop back to what was done on the same way is cut there and told of.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from groma.importers.workflow import Link, Node, Workflow

Steps = list[dict[str, Any]]
MOST_STEPS = 300
DEEPEST = 25


class Tangled(Exception):
    """The graph has no structure of bounded size."""


def starts(workflow: Workflow) -> tuple[Node, ...]:
    """Where runs begin: nodes that say so, else those that nothing leads to; each with something after it first."""
    leading = {link.source for link in workflow.links if link.port >= 0}
    said = [node for node in workflow.nodes if node.kind == "start"]
    if not said:
        led_to = {link.target for link in workflow.links if link.port >= 0}
        said = [node for node in workflow.nodes if node.id not in led_to and node.id in leading]
    going_on = [node for node in said if node.id in leading]
    return tuple(going_on or said)


def program(workflow: Workflow, start: Node, of: Callable[[Node], Steps]) -> tuple[Steps, bool]:
    """The steps of runs that begin at a node, and whether a loop was cut; `of` gives the steps of one node.

    A graph that is too tangled becomes the list of the steps that can be reached, in the order of distance.
    """
    walk = _Walk(workflow, of)
    try:
        return walk.run([start.id], frozenset(), frozenset(), 0), walk.cut
    except Tangled:
        flat = [step for id_ in walk.reach(start.id) if (node := walk.nodes.get(id_)) for step in of(node)]
        return flat[:MOST_STEPS], True


class _Walk:
    def __init__(self, workflow: Workflow, of: Callable[[Node], Steps]) -> None:
        self.nodes = {node.id: node for node in workflow.nodes}
        self.of = of
        self.cut = False
        self.made = 0
        self.out: dict[str, list[Link]] = {}
        for link in workflow.links:
            if link.port >= 0 and link.source in self.nodes and link.target in self.nodes:
                self.out.setdefault(link.source, []).append(link)

    def reach(self, id_: str) -> list[str]:
        """What can come from a node on, itself first, nearest first."""
        seen, todo = [id_], deque([id_])
        known = {id_}
        while todo:
            for link in self.out.get(todo.popleft(), ()):
                if link.target not in known:
                    known.add(link.target)
                    seen.append(link.target)
                    todo.append(link.target)
        return seen

    def run(self, begin: list[str], until: frozenset[str], done: frozenset[str], depth: int) -> Steps:
        """The steps from nodes that are run one after the other, up to those at which somebody else goes on."""
        if depth > DEEPEST:
            raise Tangled
        steps: Steps = []
        for first in begin:
            steps += self._line(first, until, done, depth)
        return steps

    def _line(self, first: str, until: frozenset[str], done: frozenset[str], depth: int) -> Steps:
        steps: Steps = []
        at: str | None = first
        while at is not None and at not in until:
            if at in done:
                self.cut = True
                break
            done |= {at}
            made = self.of(self.nodes[at])
            self.made += 1
            if self.made > MOST_STEPS * 4:
                raise Tangled
            steps += made
            at, forked = self._onwards(self.nodes[at], until, done, depth)
            steps += forked
        return steps

    def _onwards(
        self, node: Node, until: frozenset[str], done: frozenset[str], depth: int
    ) -> tuple[str | None, Steps]:
        """Where a line goes on, and the steps of the fork before that."""
        ways: dict[int, list[Link]] = {}
        for link in self.out.get(node.id, ()):
            ways.setdefault(link.port, []).append(link)
        if not ways:
            return None, []
        targets = [link.target for links in ways.values() for link in links]
        if len(targets) == 1 and not (node.kind == "choose" and node.type in ("if", "switch")):
            return targets[0], []
        meet = self._meeting(targets)
        stop = until if meet is None else until | {meet}
        made = [
            (links[0].when, self.run([link.target for link in links], stop, done, depth + 1))
            for _, links in sorted(ways.items())
        ]
        return meet, _fork(node, made)

    def _meeting(self, targets: list[str]) -> str | None:
        """The nearest node that every way reaches; none where only one way leads on."""
        if len(set(targets)) < 2:
            return None
        reached = [self.reach(target) for target in targets]
        common = set(reached[0]).intersection(*map(set, reached[1:]))
        return next((id_ for id_ in reached[0] if id_ in common), None)


def _fork(node: Node, ways: list[tuple[str, Steps]]) -> Steps:
    """A choice with shares that nobody knows, ways side by side, or ways one after the other."""
    if not any(steps for _, steps in ways):
        return []
    if node.kind == "choose":
        if len(ways) == 1:
            ways = [*ways, ("otherwise", [])]
        branches = [
            {"share": "unknown", **({"when": when} if when else {}), "steps": steps} for when, steps in ways
        ]
        return [{"choose": branches, "title": node.title}]
    if node.kind == "parallel" or len(ways) > 1:
        full = [steps for _, steps in ways if steps]
        return [{"parallel": full}] if len(full) > 1 else full[0]
    return ways[0][1]
