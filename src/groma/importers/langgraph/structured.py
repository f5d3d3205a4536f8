"""From a graph to a program: loops become `repeat`, forks `choose` or `parallel`, up to where their ways meet again.

A loop is a strongly connected part of the graph (Tarjan 1972) with one way in: its rounds begin there, and a way back
there, or out of it, ends a round. How often it goes round nobody knows. What has no such structure (a part with several
ways in, forks nested too deeply) is told, and its nodes are listed in the order in which they can be reached.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from groma.importers.langgraph.graph import END, START, Edge, Graph

Steps = list[dict[str, Any]]
MOST_STEPS = 2_000
DEEPEST = 40


class _Tangled(Exception):
    pass


def program(graph: Graph, of: Callable[[str], Steps]) -> Steps:
    """The steps of a run; `of` gives those of one node. Adds notes to the graph for what was read leniently."""
    walk = _Walk(graph, of)
    try:
        return walk.line(START, frozenset({END}), set(walk.out), 0)
    except _Tangled:
        graph.note(
            graph.line, "its edges have no structure of loops and forks: its nodes are listed as one sequence"
        )
        return [step for name in walk.reach(START, set(walk.out)) for step in walk.own(name)]


class _Walk:
    def __init__(self, graph: Graph, of: Callable[[str], Steps]) -> None:
        self.graph, self.of = graph, of
        self.out: dict[str, list[Edge]] = {name: [] for name in (START, *graph.nodes, END)}
        for edge in graph.edges:
            self.out[edge.source].append(edge)
        self.made = 0

    def own(self, name: str) -> Steps:
        return self.of(name) if name in self.graph.nodes else []

    def reach(self, start: str, part: set[str], ends: frozenset[str] = frozenset()) -> list[str]:
        """What can come from a node on within a part, itself first, nearest first; nothing is followed beyond `ends`."""
        seen = {start: None}
        todo = [start]
        for name in todo:
            if name in ends:
                continue
            for edge in self.out[name]:
                if edge.target in part and edge.target not in seen:
                    seen[edge.target] = None
                    todo.append(edge.target)
        return list(seen)

    def line(self, at: str | None, until: frozenset[str], part: set[str], depth: int) -> Steps:
        """Steps from a node on, up to one of `until`."""
        if depth > DEEPEST:
            raise _Tangled
        steps: Steps = []
        while at is not None and at not in until:
            self.made += 1
            if self.made > MOST_STEPS or at not in part:
                raise _Tangled
            loop = self.loop(at, part, until)
            if loop is not None:
                made, at = self.rounds(at, loop, until, part, depth)
            else:
                made, at = self.node(at, until, part, depth)
            steps += made
        return steps

    def loop(self, at: str, part: set[str], until: frozenset[str]) -> set[str] | None:
        """The nodes that lie on a way from a node back to itself, within a part; None where there is no way."""
        inside = part - until
        forward = set(self.reach(at, inside))
        on_it = {name for name in forward if at in set(self.reach(name, inside)[1:])}
        if on_it or any(edge.target == at for edge in self.out[at]):
            return on_it | {at}
        return None

    def rounds(
        self, head: str, loop: set[str], until: frozenset[str], part: set[str], depth: int
    ) -> tuple[Steps, str | None]:
        leaving = list(
            dict.fromkeys(
                e.target
                for name in self.graph.nodes
                if name in loop
                for e in self.out[name]
                if e.target not in loop
            )
        )
        ends = frozenset({head, *leaving})
        made, after = self.node(head, ends, loop | set(leaving), depth + 1)
        body = made + (self.line(after, ends, loop | set(leaving), depth + 1) if after is not None else [])
        repeat: dict[str, Any] = {"until": "unknown", "steps": body}
        if self.graph.recursion_limit is not None:
            repeat["at_most"] = max(1, self.graph.recursion_limit // self.shortest(head, loop))
        step: dict[str, Any] = {"repeat": repeat, "title": f"rounds of {head}"}
        if not body:
            return [], None
        onward = [name for name in leaving if name not in until]
        if len(leaving) > 1 and onward:
            meet = self.meeting(leaving, part, until)
            stop = until if meet is None else until | {meet}
            branches = [
                {
                    "share": "unknown",
                    "when": f"it leaves for {name}",
                    "steps": self.line(name, stop, part - loop, depth + 1),
                }
                for name in leaving
            ]
            return [step, {"choose": branches}], meet
        return [step], onward[0] if onward else (leaving[0] if leaving else None)

    def shortest(self, head: str, loop: set[str]) -> int:
        """Nodes of the shortest round."""
        far = {head: 0}
        todo = [head]
        for name in todo:
            for edge in self.out[name]:
                if edge.target == head:
                    return far[name] + 1
                if edge.target in loop and edge.target not in far:
                    far[edge.target] = far[name] + 1
                    todo.append(edge.target)
        return 1

    def node(self, at: str, until: frozenset[str], part: set[str], depth: int) -> tuple[Steps, str | None]:
        """A node's own steps and the fork after it; where it goes on."""
        steps = self.own(at)
        edges = self.out[at]
        targets = list(dict.fromkeys(edge.target for edge in edges))
        if not targets:
            return steps, None
        if len(targets) == 1:
            return steps, targets[0]
        meet = self.meeting(targets, part, until)
        stop = until if meet is None else until | {meet}
        ways = [
            (next(e.when for e in edges if e.target == target), self.line(target, stop, part, depth + 1))
            for target in targets
        ]
        sure = [edge for edge in edges if not edge.conditional]
        if len(sure) == len(edges):
            full = [made for _, made in ways if made]
            fork: Steps = [{"parallel": full}] if len(full) > 1 else [step for made in full for step in made]
        else:
            if sure:
                self.graph.note(
                    self.graph.line, f"`{at}` has edges with and without a condition: read as a choice"
                )
            fork = [
                {
                    "choose": [
                        {"share": "unknown", **({"when": when} if when else {}), "steps": made}
                        for when, made in ways
                    ]
                }
            ]
        return steps + fork, meet

    def meeting(self, targets: list[str], part: set[str], until: frozenset[str]) -> str | None:
        """The nearest node that is on every way from the targets on to an end; None where there is none."""
        ways = [self.reach(target, part, until) for target in targets]
        common = set(ways[0]).intersection(*map(set, ways[1:]))
        return next(
            (name for name in ways[0] if name in common and self.certain(name, targets, part, until)), None
        )

    def certain(self, name: str, targets: list[str], part: set[str], until: frozenset[str]) -> bool:
        ends = until | {name}
        for target in targets:
            for passed in self.reach(target, part, ends):
                if passed != name and (passed in until or not self.out[passed]):
                    return False
        return True
