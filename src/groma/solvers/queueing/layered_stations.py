"""The stations of a call tree, and which pool of threads each request comes from.

Requests below the same thread can't meet, so what competes at a station are threads and not entries. Each node is
put into the pool that limits it most: the tasks that it holds a thread of (at a processor its own task too) and the
customers of its root are its candidates; the smallest pool wins, and among equals the one with most work here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groma.solvers.distributions.lattice import Floats
from groma.solvers.queueing.layered_tree import Tree
from groma.solvers.queueing.source_pools import MOST_STATES, states_of

MOST_OPEN = 200
"""Requests without a limit that may be present at a time, if the chain has room for them."""


@dataclass(frozen=True, eq=False)
class Group:
    """Nodes whose requests come from one pool of `sources` threads; None: there is no limit."""

    sources: int | None
    nodes: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Station:
    """Threads of a task or servers of a processor; the sources of all groups together are more than the servers."""

    name: str
    of_task: bool
    servers: int
    sharing: bool
    groups: tuple[Group, ...]


def stations(tree: Tree, rate: Floats) -> tuple[Station, ...]:
    """All places where a request can wait, processors first, then tasks from the lowest up.

    `rate`: about how often a second each node is invoked, to weigh one pool against another.
    """
    network = tree.network
    held = tree.held.copy()
    held[np.arange(len(tree.nodes)), tree.task] = True
    found: list[Station] = []
    for p, processor in enumerate(network.processors):
        nodes = np.flatnonzero((tree.processor == p) & (tree.slice_mean > 0.0))
        work = rate * tree.slices * tree.slice_mean
        sharing = processor.scheduling == "ps"
        if processor.multiplicity is not None and nodes.size:
            groups = _groups(tree, nodes, held, work, processor.multiplicity, sharing)
            if _can_wait(groups, processor.multiplicity):
                found.append(Station(processor.name, False, processor.multiplicity, sharing, groups))
    work = rate * (tree.summed @ (tree.slices * tree.slice_mean))
    for t in _lowest_first(tree):
        task = network.tasks[t]
        nodes = np.flatnonzero(tree.task == t)
        if not task.reference and task.multiplicity is not None and nodes.size:
            groups = _groups(tree, nodes, tree.held, work, task.multiplicity, False)
            if _can_wait(groups, task.multiplicity):
                found.append(Station(task.name, True, task.multiplicity, False, groups))
    return tuple(found)


def _can_wait(groups: tuple[Group, ...], servers: int) -> bool:
    return math.fsum(math.inf if g.sources is None else g.sources for g in groups) > servers


def _lowest_first(tree: Tree) -> list[int]:
    """Tasks by the height of what is below them."""
    height = np.zeros(len(tree.network.tasks), dtype=np.int64)
    for n in range(len(tree.nodes) - 1, -1, -1):
        parent = tree.nodes[n].parent
        if parent >= 0:
            height[tree.task[parent]] = max(height[tree.task[parent]], height[tree.task[n]] + 1)
    for _ in range(len(tree.network.tasks)):
        for n, node in enumerate(tree.nodes):
            if node.parent >= 0:
                upper, lower = tree.task[node.parent], tree.task[n]
                height[upper] = max(height[upper], height[lower] + 1)
    return sorted(range(len(tree.network.tasks)), key=lambda t: (int(height[t]), t))


def _groups(
    tree: Tree, nodes: NDArray[np.intp], held: NDArray[np.bool_], work: Floats, servers: int, sharing: bool
) -> tuple[Group, ...]:
    tasks = tree.network.tasks
    left = set(nodes.tolist())
    groups: list[Group] = []
    while left:
        best: tuple[float, float, int, list[int]] | None = None
        for t, task in enumerate(tasks):
            under = [n for n in sorted(left) if held[n, t]]
            if task.multiplicity is not None and under:
                candidate = (float(task.multiplicity), -math.fsum(work[n] for n in under), t, under)
                if best is None or candidate[:3] < best[:3]:
                    best = candidate
        if best is None:
            groups.append(Group(None, np.array(sorted(left))))
            break
        groups.append(Group(int(best[0]), np.array(best[3])))
        left -= set(best[3])
    return _few_states(groups, servers, sharing)


def _few_states(groups: list[Group], servers: int, sharing: bool) -> tuple[Group, ...]:
    """The two largest pools are taken together until the chain of the station is small enough."""
    def size(parts: list[Group]) -> int:
        counts = [MOST_OPEN if g.sources is None else g.sources for g in parts]
        return states_of(counts, servers == 1 and not sharing)

    while len(groups) > 1 and size(groups) > MOST_STATES:
        groups.sort(key=lambda g: (g.sources is None, g.sources or 0))
        last, other = groups.pop(), groups.pop()
        both = None if last.sources is None or other.sources is None else last.sources + other.sources
        groups.append(Group(both, np.sort(np.concatenate((last.nodes, other.nodes)))))
    return tuple(groups)
