"""Layered queueing networks: the answer, with its method, where it holds, and how far off it was found.

`solve_layered` gives the approximation of `layered_iteration`, or on demand the exact solution of a network that is
small enough (`layered_chain`); guaranteed bounds come along always.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from groma.solvers.distributions.lattice import Floats
from groma.solvers.queueing.layered_bounds import bounds_of
from groma.solvers.queueing.layered_chain import solve_chain
from groma.solvers.queueing.layered_iteration import NotSettled, solve_means
from groma.solvers.queueing.layered_network import LayeredNetwork, Task
from groma.solvers.queueing.layered_tree import Tree, unfold
from groma.solvers.queueing.saturation import Saturated

Interval = tuple[float, float]

SEEN_ERROR = (0.01, 0.05, 0.21)
"""Of throughputs, relative, over 130 random models of two and three layers: median, nine tenths, most
(docs/validation.md)."""


@dataclass(frozen=True, slots=True)
class LayeredResult:
    """Steady state; names are those of tasks, entries and processors, rates per second, times in seconds.

    What nothing reaches is missing: its time isn't known. `response` of a reference task is the mean time from the
    end of thinking to the end of the run; of an entry, from the request to the reply (what is forwarded not counted).
    """

    throughput: dict[str, float]
    """Of tasks: invocations of all entries; of a reference task: runs."""
    response: dict[str, float]
    entry_response: dict[str, float]
    thread_wait: dict[str, float]
    """Mean wait for a thread, per request to the entry."""
    holding: dict[str, float]
    """Mean time a thread is held, per request to the entry."""
    busy_threads: dict[str, float]
    """Mean number of threads that are held, per task."""
    utilisation: dict[str, float]
    """Of processors: mean number of servers that work."""
    throughput_bounds: dict[str, Interval]
    """Of reference tasks: guaranteed."""
    response_bounds: dict[str, Interval]
    method: str
    exact: bool
    validity: str
    """Where the numbers hold and what is assumed."""
    seen_error: tuple[float, float, float]
    """Relative error of throughputs found in validation: median, nine tenths, most; zeros where exact."""
    gap: float
    """What is left of the iteration, relative."""


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The method gave no number: why, and what holds all the same."""

    reason: str
    throughput_bounds: dict[str, Interval]
    response_bounds: dict[str, Interval]


def solve_layered(
    network: LayeredNetwork, method: Literal["approximate", "exact"] = "approximate"
) -> LayeredResult | NoAnswer | Saturated:
    """The steady state of the network; `Saturated` where arrivals from outside are more than can be done.

    ValueError when the network can be reached in too many ways, or has too many states to be solved exactly.
    """
    tree = unfold(network)
    bounds = bounds_of(tree)
    if isinstance(bounds, Saturated):
        return bounds
    if method == "exact":
        chain = solve_chain(tree)
        rate = chain.rate
        return LayeredResult(
            *_named(tree, chain.throughput, rate, chain.waiting / rate, chain.holding / rate),
            bounds.throughput,
            bounds.response,
            f"Markov chain of {chain.states} states",
            True,
            "slices and thinking exponential, queues FIFO in their order or processor sharing",
            (0.0, 0.0, 0.0),
            0.0,
        )
    try:
        means = solve_means(tree)
    except NotSettled as left:
        return NoAnswer(str(left), bounds.throughput, bounds.response)
    return LayeredResult(
        *_named(tree, means.throughput, means.rate, means.thread_wait, means.hold, means.busy),
        bounds.throughput,
        bounds.response,
        "stations of thread pools, solved as Markov chains and tied together by flows",
        False,
        "threads held across calls: approximated; slices and thinking exponential, queues FIFO or processor sharing",
        SEEN_ERROR,
        means.gap,
    )


def _named(
    tree: Tree,
    throughput: Floats,
    rate: Floats,
    thread_wait: Floats,
    hold: Floats,
    told: Floats | None = None,
) -> tuple[
    dict[str, float],
    dict[str, float],
    dict[str, float],
    dict[str, float],
    dict[str, float],
    dict[str, float],
    dict[str, float],
]:
    """The first seven fields of the result."""
    network = tree.network
    work = rate * tree.slices * tree.slice_mean
    of_task, of_processor = tree.task, tree.processor
    rates = {
        t.name: float(rate[of_task == i].sum()) for i, t in enumerate(network.tasks) if (of_task == i).any()
    }
    names = np.array([node.entry for node in tree.nodes])
    waits: dict[str, float] = {}
    holds: dict[str, float] = {}
    for entry in sorted(set(names.tolist())):
        mine = names == entry
        whole = float(rate[mine].sum())
        waits[entry] = float(rate[mine] @ thread_wait[mine]) / whole
        holds[entry] = float(rate[mine] @ hold[mine]) / whole
    references = [task for task in network.tasks if task.reference]
    response = {
        task.name: (task.multiplicity or 0) / float(throughput[r]) - task.think_time
        for r, task in enumerate(references)
    }
    return (
        rates,
        response,
        {entry: waits[entry] + holds[entry] for entry in waits},
        waits,
        holds,
        {
            t.name: _held(
                t, float((rate * hold)[of_task == i].sum()), 0.0 if told is None else float(told[i])
            )
            for i, t in enumerate(network.tasks)
            if (of_task == i).any() and not t.reference
        },
        {
            p.name: float(work[of_processor == i].sum())
            for i, p in enumerate(network.processors)
            if (of_processor == i).any()
        },
    )


def _held(task: Task, by_times: float, by_chain: float) -> float:
    """Mean number of threads held: by rates and times, more where the chain of the task tells so, never more than
    there are (times are approximate)."""
    return min(max(by_times, by_chain), math.inf if task.multiplicity is None else task.multiplicity)
