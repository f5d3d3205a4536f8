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
from groma.solvers.queueing.source_pools import MOST_STATES, Limits, states_of

MOST_OPEN = 200
"""Requests without a limit that may be present at a time, if the chain has room for them."""


MOST_SOURCES = 10_000
"""Of one pool."""


@dataclass(frozen=True, eq=False)
class Group:
    """Nodes whose requests come from one pool of `sources` threads (None: there is no limit) of task `pool`."""

    sources: int | None
    pool: int | None
    nodes: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Station:
    """Threads of a task or servers of a processor; the sources of all groups together are more than the servers."""

    name: str
    task: int | None
    """None: a processor."""
    servers: int
    sharing: bool
    groups: tuple[Group, ...]
    limits: Limits
    under: tuple[tuple[int, NDArray[np.intp], int], ...]
    """(task of several threads, which requests here are made below it and not below a single thread in between, how
    many threads); positions count through the groups."""


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
        if processor.multiplicity is not None:
            groups, limits = _groups(tree, nodes, held, work, processor.multiplicity, sharing)
            if most_present(groups, limits) > processor.multiplicity:
                found.append(
                    Station(
                        processor.name,
                        None,
                        processor.multiplicity,
                        sharing,
                        groups,
                        limits,
                        _under(tree, groups, held),
                    )
                )
    work = rate * (tree.summed @ (tree.slices * tree.slice_mean))
    for t in _lowest_first(tree):
        task = network.tasks[t]
        nodes = np.flatnonzero(tree.task == t)
        if not task.reference and task.multiplicity is not None:
            groups, limits = _groups(tree, nodes, tree.held, work, task.multiplicity, False)
            if most_present(groups, limits) > task.multiplicity:
                found.append(
                    Station(
                        task.name,
                        t,
                        task.multiplicity,
                        False,
                        groups,
                        limits,
                        _under(tree, groups, tree.held),
                    )
                )
    return tuple(found)


def most_present(groups: tuple[Group, ...], limits: Limits) -> float:
    """How many requests can be present; infinite without a limit."""
    every = set(range(len(groups)))
    most = math.fsum(math.inf if g.sources is None else g.sources for g in groups)
    return min([most, *(limit for members, limit in limits if set(members) == every)])


def _under(
    tree: Tree, groups: tuple[Group, ...], held: NDArray[np.bool_]
) -> tuple[tuple[int, NDArray[np.intp], int], ...]:
    nodes = np.concatenate([group.nodes for group in groups])
    result: list[tuple[int, NDArray[np.intp], int]] = []
    for t, task in enumerate(tree.network.tasks):
        if task.reference or task.multiplicity is None or task.multiplicity < 2:
            continue
        mine = [i for i, n in enumerate(nodes) if held[n, t] and not _single_between(tree, int(n), t, held)]
        if mine:
            result.append((t, np.array(mine), task.multiplicity))
    return tuple(result)


def _single_between(tree: Tree, node: int, task: int, held: NDArray[np.bool_]) -> bool:
    """Whether a thread of a single-threaded task, called from below `task`, is held while node is here."""
    at = node
    if not held[node, tree.task[node]]:
        at = tree.nodes[node].parent
    while tree.task[at] != task:
        if tree.network.tasks[int(tree.task[at])].multiplicity == 1:
            return True
        at = tree.nodes[at].parent
    return False


def _lowest_first(tree: Tree) -> list[int]:
    """Tasks by the height of what is below them."""
    height = [0] * len(tree.network.tasks)
    task: list[int] = tree.task.tolist()
    over = [(task[node.parent], task[n]) for n, node in enumerate(tree.nodes) if node.parent >= 0]
    for _ in height:
        for upper, lower in over:
            height[upper] = max(height[upper], height[lower] + 1)
    return sorted(range(len(height)), key=lambda t: (height[t], t))


def _groups(
    tree: Tree, nodes: NDArray[np.intp], held: NDArray[np.bool_], work: Floats, servers: int, sharing: bool
) -> tuple[tuple[Group, ...], Limits]:
    tasks = tree.network.tasks
    left = set(nodes.tolist())
    groups: list[Group] = []
    while left:
        candidates = [
            (task.multiplicity, -math.fsum(work[n] for n in under), t, under)
            for t, task in enumerate(tasks)
            if task.multiplicity is not None and (under := [n for n in sorted(left) if held[n, t]])
        ]
        if not candidates:
            groups.append(Group(None, None, np.array(sorted(left))))
            break
        sources, _, pool, under = min(candidates)
        groups.append(Group(sources, pool, np.array(under)))
        left -= set(under)
    return _few_states(tree, _split(tree, groups, held), held, servers == 1 and not sharing)


def _split(tree: Tree, groups: list[Group], held: NDArray[np.bool_]) -> list[Group]:
    """Groups cut in two where a single thread is needed by a part of them and by others too."""
    for t, task in enumerate(tree.network.tasks):
        if task.multiplicity != 1 or sum(bool(held[g.nodes, t].any()) for g in groups) < 2:
            continue
        parts: list[Group] = []
        for group in groups:
            inside = held[group.nodes, t]
            if inside.all() or not inside.any():
                parts.append(group)
            else:
                parts.append(Group(1, t, group.nodes[inside]))
                parts.append(Group(group.sources, group.pool, group.nodes[~inside]))
        groups = parts
    return groups


def _few_states(
    tree: Tree, groups: list[Group], held: NDArray[np.bool_], single: bool
) -> tuple[tuple[Group, ...], Limits]:
    """The two largest pools are taken together until the chain of the station is small enough.

    They are the last: groups come smallest first, and those taken together are no smaller than either.
    """
    while True:
        limits = _limits(tree, groups, held)
        counts = [MOST_OPEN if g.sources is None else g.sources for g in groups]
        if states_of(counts, limits, single) <= MOST_STATES:
            return tuple(groups), limits
        if len(groups) == 1:
            if counts[0] > MOST_SOURCES:
                raise ValueError(f"more than {MOST_SOURCES} requests at a time: simulate this network")
            return tuple(groups), limits
        last, other = groups.pop(), groups.pop()
        nodes = np.sort(np.concatenate((last.nodes, other.nodes)))
        both = None
        if last.sources is not None and other.sources is not None:
            both = _at_most(tree, nodes, held, last.sources + other.sources)
        groups.append(Group(both, None, nodes))


def _at_most(tree: Tree, nodes: NDArray[np.intp], held: NDArray[np.bool_], sources: int) -> int:
    """A pool is no larger than any task above all of its nodes."""
    above = [
        task.multiplicity
        for t, task in enumerate(tree.network.tasks)
        if task.multiplicity is not None and held[nodes, t].all()
    ]
    return min([*above, sources])


def _limits(tree: Tree, groups: list[Group], held: NDArray[np.bool_]) -> Limits:
    """Tasks (customers too) that are above all nodes of several groups and have fewer threads than those groups."""
    found: dict[tuple[int, ...], int] = {}
    for t, task in enumerate(tree.network.tasks):
        if task.multiplicity is None:
            continue
        members = tuple(g for g, group in enumerate(groups) if held[group.nodes, t].all())
        whole = sum(groups[g].sources or 0 for g in members)  # nobody is above those without a limit
        if whole > task.multiplicity:  # of one group never: it is the smallest pool above its nodes
            found[members] = min(found.get(members, task.multiplicity), task.multiplicity)
    return tuple(found.items())
