"""The approximate solution of a layered network: stations of thread pools, tied together by the flow of requests.

Each place where a request can wait is solved exactly for its pools (`source_pools`), with holding times that contain
the waits below it. How long a source of a pool is away is not guessed: it is what makes the station pass the flow that
the customers' cycle times ask for. The iteration ends when both agree at every station.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from groma.solvers.distributions.lattice import Floats
from groma.solvers.queueing.layered_stations import MOST_OPEN, Station, stations
from groma.solvers.queueing.layered_tree import Tree
from groma.solvers.queueing.source_pools import Pool, Present, solve_pools

MOST_ROUNDS = 600
SETTLED = 1e-7
PLAIN = 15
WINDOW = 8
DAMPING = 0.5
LONGEST = 1.5
HIGHEST = 1e5


class NotSettled(Exception):  # noqa: N818
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
    rounds: int


def solve_means(tree: Tree) -> Means:
    """`NotSettled` when no solution is found."""
    problem = _Problem.of(tree)
    point = problem.start()
    points: list[Floats] = []
    gaps: list[Floats] = []
    gap = np.ones_like(point)
    for rounds in range(MOST_ROUNDS):
        gap, means = problem.gap(point)
        if not np.all(np.isfinite(gap)):
            break
        if float(np.abs(gap).max(initial=0.0)) < SETTLED:
            return replace(means, rounds=rounds + 1)
        points.append(point)
        gaps.append(gap)
        point = problem.bounded(_next(points[-WINDOW:], gaps[-WINDOW:]) if rounds >= PLAIN else point + DAMPING * gap)
    raise NotSettled(f"flows and waits still differ by {float(np.abs(gap).max()):.2g} after {MOST_ROUNDS} rounds")


def _next(points: list[Floats], gaps: list[Floats]) -> Floats:
    """Anderson's mixing (1965): the step that would close the gap if it were linear in what was tried last."""
    point, gap = points[-1], gaps[-1]
    if len(points) < 2:
        return point + DAMPING * gap
    moved = np.array([b - a for a, b in zip(points, points[1:], strict=False)]).T
    changed = np.array([b - a for a, b in zip(gaps, gaps[1:], strict=False)]).T
    weights = np.linalg.lstsq(changed, gap, rcond=1e-10)[0]
    step = DAMPING * gap - (moved + DAMPING * changed) @ weights
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
        return _Problem(tree, places, first, population, think, alone)

    def start(self) -> Floats:
        """Half of the flow without waits; rates of sources are set when they are first met."""
        rates = np.full(self._unknown_rates, np.nan)
        return np.concatenate((np.log(0.5 * self.alone[: self.tree.closed]), rates))

    @property
    def _unknown_rates(self) -> int:
        return sum(group.sources is not None for place in self.places for group in place.groups)

    def bounded(self, point: Floats) -> Floats:
        return np.clip(point, -40.0, 40.0)

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
        for station in self.places:
            solved = _Load.of(tree, station, rate, hold, variance)
            size = sum(group.sources is not None for group in station.groups)
            waits = solved.waits(point[at : at + size], gap[at : at + size])
            at += size
            for group, wait in zip(station.groups, waits, strict=True):
                (for_thread if station.of_task else for_processor)[group.nodes] = wait
            hold, variance = holding_times(tree, for_thread, for_processor)
        response = hold[self.first]
        cycle = self.think + response[: tree.closed]
        gap[: tree.closed] = np.log(self.population / cycle) - point[: tree.closed]
        return gap, Means(throughput, response, rate, for_thread, for_processor, hold, 0)


@dataclass(frozen=True, eq=False)
class _Load:
    """What the groups of one station ask of it: flow (1/s), mean and squared variation of the service."""

    station: Station
    flow: tuple[float, ...]
    mean: tuple[float, ...]
    variation: tuple[float, ...]
    times: tuple[Floats, ...]

    @staticmethod
    def of(tree: Tree, station: Station, rate: Floats, hold: Floats, variance: Floats) -> _Load:
        flows: list[float] = []
        means: list[float] = []
        variations: list[float] = []
        times: list[Floats] = []
        for group in station.groups:
            n = group.nodes
            if station.of_task:
                per_visit, second, time = rate[n], variance[n] + hold[n] ** 2, hold[n]
            else:
                per_visit, time = rate[n] * tree.slices[n], tree.slice_mean[n]
                second = 2.0 * time**2
            flow = float(per_visit.sum())
            weights = per_visit / flow if flow > 0.0 else np.full(n.size, 1.0 / n.size)
            mean = max(float(weights @ time), 1e-12)
            flows.append(flow)
            means.append(mean)
            variations.append(max(float(weights @ second) / mean**2 - 1.0, 0.0))
            times.append(time)
        return _Load(station, tuple(flows), tuple(means), tuple(variations), tuple(times))

    def waits(self, rates: Floats, gap: Floats) -> list[Floats | float]:
        """Mean wait per visit of each group. Unset rates (nan) are set; `gap` is filled: by what factor (logarithm)
        the flow wanted is above the flow there is."""
        pools: list[Pool] = []
        place = 0
        for group, flow, mean, variation in zip(self.station.groups, self.flow, self.mean, self.variation, strict=True):
            if group.sources is None:
                pools.append(Pool(MOST_OPEN, flow, mean, variation, True))
                continue
            if np.isnan(rates[place]):
                rates[place] = np.log(max(flow, 1e-12) / max(group.sources - flow * mean, 0.05 * group.sources))
            highest = HIGHEST / mean
            pools.append(Pool(group.sources, min(float(np.exp(rates[place])), highest), mean, variation))
            place += 1
        present, mean_times = _solved(pools, self.station)
        result: list[Floats | float] = []
        place = 0
        for g, (group, pool) in enumerate(zip(self.station.groups, pools, strict=True)):
            through = float(present.throughput[g])
            quiet = self.flow[g] <= 0.0 or through <= 0.0
            wait = 0.0 if quiet else max(float(present.number[g]) / through - mean_times[g], 0.0)
            result.append(wait / pool.mean * self.times[g] if self.station.sharing else wait)
            if group.sources is not None:
                gap[place] = 0.0 if quiet else np.log(self.flow[g] / through)
                place += 1
        return result


def _solved(pools: list[Pool], station: Station) -> tuple[Present, list[float]]:
    """The chain, and the mean service time it used for each pool."""
    if station.servers == 1 or station.sharing:
        return solve_pools(pools, station.servers, station.sharing, station.limits), [pool.mean for pool in pools]
    whole = sum(pool.rate for pool in pools)
    mean = sum(pool.mean * pool.rate for pool in pools) / whole if whole > 0.0 else pools[0].mean
    alike = [Pool(p.sources, p.rate, mean, 1.0, p.open) for p in pools]
    return solve_pools(alike, station.servers, False, station.limits), [mean for _ in pools]


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
