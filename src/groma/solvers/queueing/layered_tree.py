"""A layered network unfolded into requests: one node for every way by which an entry can be reached.

A node knows what its request holds: the threads of all the callers above it. Two requests that need the same
single thread above them can never meet, which is what the usual layer-by-layer solution forgets. Requests that are
sent or arrive from outside are roots of trees of their own; a forwarded request hangs below the caller who waits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from groma.solvers.distributions.lattice import Floats
from groma.solvers.queueing.layered_network import Call, Entry, LayeredNetwork

MOST_NODES = 1500


@dataclass(frozen=True, slots=True)
class Node:
    """A request to `entry` below node `parent` (-1: it starts here), made `mean` times per invocation of the parent."""

    entry: str
    root: int
    parent: int
    mean: float
    count_variance: float
    chosen: bool
    visits: float
    """Invocations per start of the root."""


@dataclass(frozen=True, eq=False)
class Tree:
    """All nodes, parents before children. Roots of reference tasks come first, then one per entry that is sent to
    or reached from outside (`root_entries`)."""

    network: LayeredNetwork
    nodes: tuple[Node, ...]
    root_entries: tuple[str, ...]
    closed: int
    """How many of the roots are closed (reference tasks)."""

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        known = self.network.entry_of
        return tuple(known[node.entry] for node in self.nodes)

    @cached_property
    def task(self) -> NDArray[np.intp]:
        """Index of each node's task."""
        index = {task.name: i for i, task in enumerate(self.network.tasks)}
        owner = self.network.task_of
        return np.array([index[owner[node.entry].name] for node in self.nodes])

    @cached_property
    def processor(self) -> NDArray[np.intp]:
        """Index of each node's processor."""
        index = {processor.name: i for i, processor in enumerate(self.network.processors)}
        return np.array([index[self.network.tasks[int(t)].processor] for t in self.task])

    @cached_property
    def root(self) -> NDArray[np.intp]:
        return np.array([node.root for node in self.nodes])

    @cached_property
    def visits(self) -> Floats:
        return np.array([node.visits for node in self.nodes])

    @cached_property
    def slices(self) -> Floats:
        return np.array([entry.slices for entry in self.entries])

    @cached_property
    def slice_mean(self) -> Floats:
        """Seconds of the processor per slice."""
        rates = [self.network.processors[int(p)].rate for p in self.processor]
        return np.array([e.slice_mean / rate for e, rate in zip(self.entries, rates, strict=True)])

    @cached_property
    def calls(self) -> Floats:
        """calls[n, c]: mean number of requests c made (or waited for) by one invocation of n."""
        result = np.zeros((len(self.nodes), len(self.nodes)))
        for c, node in enumerate(self.nodes):
            if node.parent >= 0:
                result[node.parent, c] = node.mean
        return result

    @cached_property
    def summed(self) -> Floats:
        """(I - calls)^-1: turns what nodes add themselves into what their subtrees add."""
        return np.asarray(np.linalg.inv(np.eye(len(self.nodes)) - self.calls), dtype=np.float64)

    @cached_property
    def held(self) -> NDArray[np.bool_]:
        """held[n, t]: the request of n waits while a thread of t is held above it (its own task not counted)."""
        result = np.zeros((len(self.nodes), len(self.network.tasks)), dtype=np.bool_)
        for n, node in enumerate(self.nodes):
            if node.parent >= 0:
                result[n] = result[node.parent]
                result[n, self.task[node.parent]] = True
        return result

    @cached_property
    def sends(self) -> tuple[tuple[int, int, float], ...]:
        """(node, root, mean): each invocation of the node starts `mean` requests at the root."""
        root_of = {name: i for i, name in enumerate(self.root_entries) if i >= self.closed}
        return tuple(
            (n, root_of[call.entry], call.mean)
            for n, entry in enumerate(self.entries)
            for call in entry.sends
            if call.mean > 0.0
        )


def count_variance(call: Call) -> float:
    """Of the number of requests of one call."""
    if call.law == "geometric":
        return call.mean * (1.0 + call.mean)
    part = call.mean - math.floor(call.mean)
    return part * (1.0 - part)


def unfold(network: LayeredNetwork) -> Tree:
    """ValueError when there are more than `MOST_NODES` ways."""
    references = [task.entries[0].name for task in network.tasks if task.reference]
    outside = {e.name for t in network.tasks for e in t.entries if e.arrival_rate > 0.0}
    sent = {c.entry for t in network.tasks for e in t.entries for c in e.sends if c.mean > 0.0}
    roots = (*references, *sorted(outside | sent))
    known = network.entry_of
    nodes: list[Node] = []
    for index, name in enumerate(roots):
        waiting: list[tuple[str, int, float, float, bool]] = [(name, -1, 1.0, 0.0, False)]
        while waiting:
            entry_name, parent, mean, variance, chosen = waiting.pop()
            if len(nodes) >= MOST_NODES:
                raise ValueError(f"more than {MOST_NODES} ways to reach the entries: simulate this network")
            visits = mean * (nodes[parent].visits if parent >= 0 else 1.0)
            here = len(nodes)
            nodes.append(Node(entry_name, index, parent, mean, variance, chosen, visits))
            entry = known[entry_name]
            waiting += [
                (c.entry, here, c.mean, count_variance(c), entry.choice) for c in entry.calls if c.mean > 0.0
            ]
            for forward in entry.forwards:
                if forward.mean > 0.0:
                    # each of so many goes on with that chance; without a parent nobody waits: a start of its own
                    chance = forward.mean
                    spread = chance**2 * variance + chance * (1.0 - chance) * mean
                    waiting.append((forward.entry, parent, chance * mean, spread, False))
    return Tree(network, tuple(nodes), roots, len(references))
