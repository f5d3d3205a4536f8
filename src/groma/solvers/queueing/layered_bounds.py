"""What a layered network can't exceed and can't fall below, whatever its scheduling: guaranteed.

Denning & Buzen, The Operational Analysis of Queueing Network Models (1978), with threads as servers: a thread is held
at least for the work done under it, so the flow through a task is bounded like that through a processor. Below: while
any customer isn't thinking, some processor works (calls have no cycle, so threads never wait for each other in a
ring), and as all customers of a class share the time, the work done per second is at least the share of them that
isn't thinking. All of these are linear in the throughputs, so each bound is a linear programme. They need no law of
service; that of the lower bound is the usual N / (Z + N D) when there is one class.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import scipy.optimize  # pyright: ignore[reportMissingTypeStubs]
from numpy.typing import NDArray

from groma.solvers.distributions.lattice import Floats
from groma.solvers.queueing.layered_network import LayeredNetwork
from groma.solvers.queueing.layered_tree import Tree, unfold
from groma.solvers.queueing.saturation import Saturated

_optimize = cast(Any, scipy.optimize)
SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class LayeredBounds:
    """Per reference task: throughput (1/s) and mean response (seconds, thinking not counted), low and high."""

    throughput: dict[str, tuple[float, float]]
    response: dict[str, tuple[float, float]]


def layered_bounds(network: LayeredNetwork) -> LayeredBounds | Saturated:
    """`Saturated` where arrivals from outside alone ask for more than there is."""
    return bounds_of(unfold(network))


def start_matrix(tree: Tree) -> tuple[Floats, Floats]:
    """(starts[r, c], outside[r]): starts of root r per start of closed root c, and per second from outside."""
    roots, closed = len(tree.root_entries), tree.closed
    entries = tree.network.entry_of
    sends = np.zeros((roots, roots))
    for n, r, mean in tree.sends:
        sends[r, tree.root[n]] += mean * tree.visits[n]
    every = np.asarray(np.linalg.inv(np.eye(roots) - sends), dtype=np.float64)
    rates = np.array([entries[name].arrival_rate for name in tree.root_entries])  # none at customers
    return np.asarray(every[:, :closed]), np.asarray(every @ rates)


def bounds_of(tree: Tree) -> LayeredBounds | Saturated:
    """The same for an unfolded network."""
    network, closed = tree.network, tree.closed
    starts, outside = start_matrix(tree)
    work = tree.slices * tree.slice_mean
    hold = tree.summed @ work
    per_start = starts[tree.root] * tree.visits[:, None]
    from_outside = outside[tree.root] * tree.visits
    rows: list[Floats] = []
    most: list[float] = []

    def at_most(nodes: NDArray[np.bool_], time: Floats, servers: int) -> float:
        rows.append(per_start[nodes].T @ time[nodes])
        most.append(servers - float(from_outside[nodes] @ time[nodes]))
        return 1.0 - most[-1] / servers

    for p, processor in enumerate(network.processors):
        if processor.multiplicity is not None:
            used = at_most(tree.processor == p, work, processor.multiplicity)
            if used >= 1.0:
                return Saturated(used)
    for t, task in enumerate(network.tasks):
        if task.multiplicity is not None:
            used = at_most(tree.task == t, hold, task.multiplicity)
            if used >= 1.0:
                return Saturated(used)
    references = [task for task in network.tasks if task.reference]
    population = np.array([float(task.multiplicity or 0) for task in references])
    think = np.array([task.think_time for task in references])
    first = [int(np.flatnonzero(tree.root == r)[0]) for r in range(closed)]
    upper = np.eye(closed) * (think + hold[first])
    rows += list(upper)
    most += population.tolist()
    # work done per second >= share of a class that isn't thinking: sum_s x_s D_s + outside >= 1 - x_r Z_r / N_r
    every_work = per_start.T @ work
    outside_work = float(from_outside @ work)
    for r in range(closed):
        rows.append(-every_work - np.eye(closed)[r] * think[r] / population[r])
        most.append(outside_work - 1.0)
    throughput: dict[str, tuple[float, float]] = {}
    response: dict[str, tuple[float, float]] = {}
    for r, task in enumerate(references):
        low, high = (_extreme(np.array(rows), np.array(most), r, sign) for sign in (1.0, -1.0))
        throughput[task.name] = (low, high)
        shortest = max(float(hold[first[r]]), float(population[r]) / high - float(think[r]))
        response[task.name] = (
            shortest,
            float(population[r]) / low - float(think[r]) if low > 0.0 else np.inf,
        )
    return LayeredBounds(throughput, response)


def _extreme(rows: Floats, most: Floats, root: int, sign: float) -> float:
    """The least (sign 1) or greatest (-1) throughput of a root; rounded outwards."""
    aim = np.zeros(rows.shape[1])
    aim[root] = sign
    found = _optimize.linprog(aim, A_ub=rows, b_ub=most, bounds=(0.0, None), method="highs")
    if not found.success:
        return 0.0 if sign > 0.0 else float("inf")
    return max(float(sign * found.fun) * (1.0 - sign * SLACK), 0.0)
