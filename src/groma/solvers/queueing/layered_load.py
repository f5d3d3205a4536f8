"""What one station of a layered network is asked for, and the waits that follow.

A task with several threads needs more than its own station: its threads wait for each other below, so its hold times
are not independent. Two views are taken and the longer wait kept, since each leaves out what the other sees.

- Flow equivalence (Chandy, Herzog & Woo 1975): with n threads busy the task works at the rate of the closed network
  of what is below it with n customers. Exact for product form; it takes services as exponential.
- Transparent threads: the station below is solved as if every caller had a thread; those beyond the threads there
  are wait above. Exact when all time is spent at that station, whatever its service and whoever else uses it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from groma.solvers.distributions.lattice import Floats
from groma.solvers.queueing.layered_stations import MOST_OPEN, Station
from groma.solvers.queueing.layered_tree import Tree
from groma.solvers.queueing.source_pools import Pool, Present, solve_pools

HIGHEST = 1e5
"""Of rates of sources, in services per mean service."""


@dataclass(eq=False)
class Upper:
    """What the stations below a task with several threads tell it: (visits per second, visits ended per second
    with n present, mean number present), and how many requests more there would be with a thread for every caller."""

    below: list[tuple[float, Floats, float]] = field(default_factory=list[tuple[float, Floats, float]])
    more: float = 0.0


@dataclass(frozen=True, eq=False)
class Load:
    """Per group of the station: flow (1/s), mean and squared variation of the service, service time per node."""

    station: Station
    flow: tuple[float, ...]
    mean: tuple[float, ...]
    variation: tuple[float, ...]
    times: tuple[Floats, ...]
    rates: tuple[Floats, ...]
    """Visits per second, per node."""
    own: tuple[Floats, ...]
    """Service per node without what is queued for below and is told from there."""
    found: list[Pool] = field(default_factory=list[Pool])
    """Pools as they were solved; as the next two, empty before `waits` was asked for, once."""
    present: list[Present] = field(default_factory=list[Present])
    equivalent: list[bool] = field(default_factory=list[bool])
    """Whether it was solved with the speeds of what is below."""

    @property
    def busy(self) -> float:
        """Mean number of servers held, as the chain tells it; zero where it took services as they are."""
        if not any(self.equivalent):
            return 0.0
        found = self.present[0]
        return float(found.chance @ np.minimum(found.counts.sum(axis=1), self.station.servers))

    @staticmethod
    def of(tree: Tree, station: Station, rate: Floats, hold: Floats, variance: Floats, told: Floats) -> Load:
        flows: list[float] = []
        means: list[float] = []
        variations: list[float] = []
        times: list[Floats] = []
        rates: list[Floats] = []
        own: list[Floats] = []
        for group in station.groups:
            n = group.nodes
            if station.task is not None:
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
            rates.append(per_visit)
            several = station.task is not None and station.servers > 1
            own.append(np.maximum(time - told[n], 0.0) if several else time)
        return Load(
            station, tuple(flows), tuple(means), tuple(variations), tuple(times), tuple(rates), tuple(own)
        )

    @property
    def limited(self) -> int:
        return sum(group.sources is not None for group in self.station.groups)

    def waits(
        self, rates: Floats, gap: Floats, upper: list[Upper], wider: Mapping[int, int]
    ) -> list[Floats | float]:
        """Mean wait per visit of each group.

        `rates` are logarithms, one per limited group; unset ones (nan) are set. `gap` is filled: by what factor
        (logarithm) the flow wanted is above the flow there is. `upper` is told what it needs.
        """
        pools = self._pools(rates, wider)
        present, mean_times, factor = self._solved(pools, upper)
        result: list[Floats | float] = []
        place = 0
        for g, (group, pool) in enumerate(zip(self.station.groups, pools, strict=True)):
            through = float(present.throughput[g])
            quiet = self.flow[g] <= 0.0
            wait = (
                0.0
                if quiet
                else factor * max(float(present.number[g] - present.beyond[g]) / through - mean_times[g], 0.0)
            )
            if group.pool is not None:
                upper[group.pool].more += factor * float(present.beyond[g])
            if self.station.task is not None and sum(self.flow) > 0.0:
                wait = max(wait, upper[self.station.task].more / sum(self.flow))
            result.append(wait / pool.mean * self.times[g] if self.station.sharing else wait)
            if group.sources is not None:
                gap[place] = 0.0 if quiet else np.log(self.flow[g] / through)
                place += 1
        self.found.extend(pools)
        self.present.append(present)
        self._tell(result, upper)
        return result

    def _tell(self, waits: list[Floats | float], upper: list[Upper]) -> None:
        """Tell the tasks above what their threads do here."""
        served = np.concatenate([rate * time for rate, time in zip(self.rates, self.own, strict=True)])
        whole = np.concatenate([rate * time for rate, time in zip(self.rates, self.times, strict=True)])
        queued = np.concatenate([rate * wait for rate, wait in zip(self.rates, waits, strict=True)])
        group_of = np.repeat(np.arange(len(self.rates)), [rate.size for rate in self.rates])
        for t, mine, threads in self.station.under:
            own, all_work = float(served[mine].sum()), float(whole[mine].sum())
            if own <= 0.0:
                continue
            share = own / all_work
            flow = float(np.concatenate(self.rates)[mine].sum()) * share
            pace = self.present[0].pace(np.unique(group_of[mine]).tolist(), self.station.servers, threads)
            upper[t].below.append((flow, pace, own + float(queued[mine].sum())))

    def _pools(self, rates: Floats, wider: Mapping[int, int]) -> list[Pool]:
        pools: list[Pool] = []
        place = 0
        for g, group in enumerate(self.station.groups):
            flow, mean, variation = self.flow[g], self.mean[g], self.variation[g]
            if group.sources is None:
                pools.append(Pool(MOST_OPEN, flow, mean, variation, True))
                continue
            sources = wider.get(g, group.sources)
            rate = _rate(rates, place, sources, flow, mean)
            pools.append(Pool(sources, rate, mean, variation, seats=group.sources))
            place += 1
        return pools

    def _solved(self, pools: list[Pool], upper: list[Upper]) -> tuple[Present, list[float], float]:
        """The chain, the mean service time it used for each pool, and a factor for waits."""
        station = self.station
        if station.servers == 1 or station.sharing:
            solved = solve_pools(pools, station.servers, station.sharing, station.limits)
            return solved, [pool.mean for pool in pools], 1.0
        whole = sum(self.flow)
        shares = self.flow if whole > 0.0 else None
        means, variations = np.array(self.mean), np.array(self.variation)
        mean = float(np.average(means, weights=shares))
        second = float(np.average(means**2 * (1.0 + variations), weights=shares))
        alike = [replace(pool, mean=mean) for pool in pools]
        below = upper[station.task].below if station.task is not None else []
        speeds = _speeds(below, whole, mean, station.servers) if below else None
        self.equivalent.append(speeds is not None)
        factor = 1.0 if speeds is not None else 0.5 * second / mean**2
        solved = solve_pools(alike, station.servers, limits=station.limits, speeds=speeds)
        return solved, [mean] * len(pools), factor


def _rate(rates: Floats, place: int, sources: int, flow: float, mean: float) -> float:
    if np.isnan(rates[place]):
        rates[place] = np.log(max(flow, 1e-12) / max(sources - flow * mean, 0.05 * sources))
    return min(float(np.exp(rates[place])), HIGHEST / mean)


def _speeds(below: list[tuple[float, Floats, float]], flow: float, hold: float, threads: int) -> Floats:
    """speeds[n]: throughput with n threads busy, times the mean hold, by convolution (Buzen 1973) of what is below.

    What of the hold isn't spent at these stations is a delay.
    """
    delay = max(hold - sum(present for _, _, present in below) / flow, 0.0)
    count = np.arange(threads) + 1.0
    with np.errstate(divide="ignore"):
        whole = np.concatenate(([0.0], np.cumsum(np.log(delay / count))))
        for visits, pace, _ in below:
            station = np.concatenate(([0.0], np.cumsum(np.log(visits / flow / pace[1:]))))
            whole = np.array(
                [np.logaddexp.reduce(whole[: n + 1] + station[n::-1]) for n in range(threads + 1)]
            )
    return np.concatenate(([0.0], np.exp(whole[:-1] - whole[1:]) * hold))
