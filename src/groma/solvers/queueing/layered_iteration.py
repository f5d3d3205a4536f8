"""The approximate solution of a layered network: stations of thread pools, tied together by the flow of requests.

Each place where a request can wait is solved exactly for its pools (`source_pools`), with holding times that contain
the waits below it. How long a source of a pool is away is not guessed: it is what makes the station pass the flow that
the customers' cycle times ask for. The iteration ends when both agree at every station.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, cast

import numpy as np
import scipy.optimize  # pyright: ignore[reportMissingTypeStubs]
from numpy.typing import NDArray

from groma.solvers.distributions.lattice import Floats
from groma.solvers.queueing.layered_load import Load, Upper
from groma.solvers.queueing.layered_stations import Station, most_present, stations
from groma.solvers.queueing.layered_tree import Tree
from groma.solvers.queueing.source_pools import MOST_STATES, states_of

_optimize = cast(Any, scipy.optimize)
MOST_ROUNDS = 150
MOST_TRIES = 300
SETTLED = 1e-6
NEAR_ENOUGH = 2e-3
"""A gap below this at the end is an answer: it is far below what the method itself is off."""
PLAIN = 15
WINDOW = 8
DAMPINGS = (0.5, 0.15)
LONGEST = 1.5


class NotSettled(Exception):
    """The iteration didn't converge, so there is no answer."""


@dataclass(frozen=True, eq=False)
class Means:
    """Per node: rate (1/s), mean wait for a thread and per slice for the processor, mean time a thread is held
    (seconds); per root: throughput (1/s) and mean response (seconds)."""

    throughput: Floats
    response: Floats
    rate: Floats
    thread_wait: Floats
    processor_wait: Floats
    hold: Floats
    busy: Floats
    """Per task: mean number of threads held where its flow-equivalent chain tells (it knows how the waits of a request
    are shared between its thread and what is below), else zero."""
    rounds: int
    gap: float
    """The widest relative difference left between a flow and what the waits give."""


def solve_means(tree: Tree) -> Means:
    """`NotSettled` when no solution is found.

    Anderson's iteration, with shorter steps where it doesn't get there, and Powell's method (MINPACK's hybrd) last.
    """
    search = _Search(_Problem.of(tree))
    for damping in DAMPINGS:
        if search.settle(damping):
            break
    else:
        _optimize.root(
            search.tried, search.point, method="hybr", options={"maxfev": MOST_TRIES, "xtol": SETTLED}
        )
    if search.means is None or search.gap > NEAR_ENOUGH:
        raise NotSettled(
            f"flows and waits still differ by {search.gap:.2g} of themselves after {search.tries} tries"
        )
    return search.means


class _Search:
    """The best point so far, and how many were tried."""

    def __init__(self, problem: _Problem) -> None:
        self.problem, self.point = problem, problem.start()
        self.gap, self.means, self.tries = math.inf, cast(Means | None, None), 0

    def tried(self, point: Floats) -> Floats:
        """The gap there. The point is cut, in place, to where numbers stay finite, and rates not set are set."""
        np.clip(point, -40.0, 40.0, out=point)
        gap, means = self.problem.gap(point)
        widest = float(np.abs(gap).max(initial=0.0))
        self.tries += 1
        if np.all(np.isfinite(gap)) and widest < self.gap:
            self.gap, self.point = widest, point.copy()
            self.means = replace(means, rounds=self.tries, gap=widest)
        return gap

    def settle(self, damping: float) -> bool:
        """Iterate from the start; whether that got there."""
        point = self.problem.start()
        points: list[Floats] = []
        gaps: list[Floats] = []
        for rounds in range(MOST_ROUNDS):
            gap = self.tried(point)
            if self.gap < SETTLED or not np.all(np.isfinite(gap)):
                break
            points.append(point.copy())
            gaps.append(gap)
            point = (
                _next(points[-WINDOW:], gaps[-WINDOW:], damping) if rounds >= PLAIN else point + damping * gap
            )
        return self.gap < SETTLED


def _next(points: list[Floats], gaps: list[Floats], damping: float) -> Floats:
    """Anderson's mixing (1965): the step that would close the gap if it were linear in what was tried last.

    Two points are needed at least.
    """
    point, gap = points[-1], gaps[-1]
    moved = np.array([b - a for a, b in pairwise(points)]).T
    changed = np.array([b - a for a, b in pairwise(gaps)]).T
    weights = np.linalg.lstsq(changed, gap, rcond=1e-10)[0]
    step = damping * gap - (moved + damping * changed) @ weights
    return point + np.clip(step, -LONGEST, LONGEST)


@dataclass(frozen=True, eq=False)
class _Problem:
    """Unknowns, as logarithms: throughput of each closed root, and the rate per absent source of each limited group."""

    tree: Tree
    places: tuple[Station, ...]
    first: NDArray[np.intp]
    population: Floats
    think: Floats
    alone: Floats
    """Throughput of every root if nobody waited."""
    queued_for: NDArray[np.bool_]
    """Whether a node's processor is one of the places."""
    wider: tuple[dict[int, int], ...]
    """Per place, the groups that are also looked at as if their task had threads for all of its callers."""

    @staticmethod
    def of(tree: Tree) -> _Problem:
        references = [task for task in tree.network.tasks if task.reference]
        first = np.array([int(np.flatnonzero(tree.root == r)[0]) for r in range(len(tree.root_entries))])
        population = np.array([float(task.multiplicity or 0) for task in references])
        think = np.array([task.think_time for task in references])
        nothing = np.zeros(len(tree.nodes))
        hold, _ = holding_times(tree, nothing, nothing)
        alone = np.zeros(len(tree.root_entries))
        alone[: tree.closed] = population / (think + hold[first[: tree.closed]])
        start_the_rest(tree, alone)
        places = stations(tree, alone[tree.root] * tree.visits)
        queued_for = np.zeros(len(tree.nodes), dtype=np.bool_)
        for station in places:
            if station.task is None:
                queued_for[np.concatenate([group.nodes for group in station.groups])] = True
        return _Problem(tree, places, first, population, think, alone, queued_for, _wider(tree, places))

    def start(self) -> Floats:
        """Half of the flow without waits; rates of sources are set when they are first met."""
        rates = np.full(self._unknown_rates, np.nan)
        return np.concatenate((np.log(0.5 * self.alone[: self.tree.closed]), rates))

    @property
    def _unknown_rates(self) -> int:
        return sum(group.sources is not None for place in self.places for group in place.groups)

    def gap(self, point: Floats) -> tuple[Floats, Means]:
        """What the unknowns lack (zero at the solution), and the means they give; unset rates are set in place."""
        tree = self.tree
        throughput = np.zeros(len(tree.root_entries))
        throughput[: tree.closed] = np.exp(point[: tree.closed])
        start_the_rest(tree, throughput)
        rate = throughput[tree.root] * tree.visits
        for_thread, for_processor = np.zeros(len(tree.nodes)), np.zeros(len(tree.nodes))
        hold, variance = holding_times(tree, for_thread, for_processor)
        gap = np.zeros_like(point)
        at = tree.closed
        upper = [Upper() for _ in tree.network.tasks]
        busy = np.zeros(len(upper))
        for p, station in enumerate(self.places):
            told = tree.summed @ (self.queued_for * (tree.slice_mean + for_processor) * tree.slices)
            load = Load.of(tree, station, rate, hold, variance, told)
            size = load.limited
            rates, gaps = point[at : at + size], gap[at : at + size]
            at += size
            waits = load.waits(rates, gaps, upper, self.wider[p])
            if station.task is not None:
                busy[station.task] = load.busy
            for group, wait in zip(station.groups, waits, strict=True):
                (for_thread if station.task is not None else for_processor)[group.nodes] = wait
            hold, variance = holding_times(tree, for_thread, for_processor)
        response = hold[self.first]
        cycle = self.think + response[: tree.closed]
        gap[: tree.closed] = np.log(self.population / cycle) - point[: tree.closed]
        return gap, Means(throughput, response, rate, for_thread, for_processor, hold, busy, 0, 0.0)


def _wider(tree: Tree, places: tuple[Station, ...]) -> tuple[dict[int, int], ...]:
    callers: dict[int | None, float] = {
        s.task: most_present(s.groups, s.limits) for s in places if s.task is not None and s.servers > 1
    }
    result: list[dict[int, int]] = []
    for station in places:
        found: dict[int, int] = {}
        for g, group in enumerate(station.groups):
            sources = callers.get(group.pool, math.inf)
            if math.isfinite(sources):
                counts = [int(sources) if i == g else x.sources or 0 for i, x in enumerate(station.groups)]
                if all(x.sources is not None for x in station.groups) and (
                    states_of(counts, (), station.servers == 1 and not station.sharing) <= MOST_STATES
                ):
                    found[g] = int(sources)
        result.append(found)
    return tuple(result)


def start_the_rest(tree: Tree, throughput: Floats) -> None:
    """Rates of what is sent and of what arrives from outside, in place; sends never come back to their sender."""
    entries = tree.network.entry_of
    outside = [entries[name].arrival_rate for name in tree.root_entries[tree.closed :]]
    throughput[tree.closed :] = outside
    for _ in outside:
        before = throughput.copy()
        throughput[tree.closed :] = outside
        for n, r, mean in tree.sends:
            throughput[r] += before[tree.root[n]] * tree.visits[n] * mean


def holding_times(tree: Tree, for_thread: Floats, for_processor: Floats) -> tuple[Floats, Floats]:
    """Mean and variance of the time from getting a thread to giving it back."""
    visit = tree.slice_mean + for_processor
    hold = tree.summed @ (tree.slices * visit + tree.calls @ for_thread)
    slice_variance = tree.slice_mean**2 + for_processor**2
    variance = slice_variance.copy()
    chosen = np.zeros(len(tree.nodes))
    for c in range(len(tree.nodes) - 1, -1, -1):
        node = tree.nodes[c]
        variance[c] = max(float(variance[c] - chosen[c] ** 2), 0.0)
        p = node.parent
        if p < 0:
            continue
        each = hold[c] + for_thread[c] + visit[p]
        spread = variance[c] + for_thread[c] ** 2 + slice_variance[p]
        if node.chosen:
            variance[p] += node.mean * (spread + each**2)
            chosen[p] += node.mean * each
        else:
            variance[p] += node.mean * spread + node.count_variance * each**2
    return hold, variance
