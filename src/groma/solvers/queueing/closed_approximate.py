"""Closed networks of several classes that are too large for the exact solution, bounds for any, and mixed ones.

Approximate mean value analysis: the fixed point of Bard (1979) and Schweitzer (1979), and Linearizer (Chandy & Neuse,
Linearizer: a heuristic algorithm for queueing network models of computing systems, CACM 25(2), 1982), which also
estimates how the shares of a class at the stations change when one customer is taken away. At several servers an
arrival waits for those who queue and, with the chance that all servers are busy (`finite_source`), one service more.

Bounds of one class: asymptotic (Denning & Buzen 1978) and balanced job bounds (Zahorjan, Sevcik, Eager & Galler 1982;
Lazowska et al., Quantitative System Performance (1984), table 5.2). Mixed: Lazowska et al., section 7.4.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from groma.solvers.distributions.lattice import Floats
from groma.solvers.queueing.closed_network import ClosedNetwork, closed_network
from groma.solvers.queueing.finite_source import all_busy
from groma.solvers.queueing.saturation import Saturated

MOST_ROUNDS = 20_000
SETTLED = 1e-8
SEEN_ERROR = {
    ("linearizer", True): 0.02,
    ("linearizer", False): 0.08,
    ("schweitzer", True): 0.16,
    ("schweitzer", False): 0.19,
}
"""The most that throughputs were off in validation (docs/validation.md), relative; with single servers only, or not."""


@dataclass(frozen=True, slots=True)
class ApproximateNetwork:
    """Means by approximate mean value analysis, and how far off their throughputs were found."""

    means: ClosedNetwork
    method: Literal["linearizer", "schweitzer"]
    seen_error: float


@dataclass(frozen=True, slots=True)
class NotSettled:
    """The iteration didn't converge: no number."""

    reason: str


def approximate_network(
    populations: Sequence[int],
    think_times: Sequence[float],
    demands: Sequence[Sequence[float]],
    servers: Sequence[int | None],
    method: Literal["linearizer", "schweitzer"] = "linearizer",
) -> ApproximateNetwork | NotSettled:
    """Arguments as those of `closed_network`; no limit of populations."""
    count = np.array(populations, dtype=np.float64)
    think = np.array(think_times, dtype=np.float64)
    demand = np.array(demands, dtype=np.float64).reshape(len(count), len(servers))
    if think.shape != count.shape or (demand < 0.0).any() or (count < 0.0).any():
        raise ValueError("every class needs a population, a think time and a demand >= 0 per station")
    if ((think + demand.sum(axis=1)) <= 0.0).any():
        raise ValueError("every class needs a think time or a demand above zero")
    many = np.array([math.inf if c is None else c for c in servers], dtype=np.float64)
    start = np.where(demand > 0.0, 1.0, 0.0)
    share = start / np.maximum(start.sum(axis=1, keepdims=True), 1.0)
    solve = _core if method == "schweitzer" else _linearizer
    try:
        found = solve(count, think, demand, many, share, np.zeros((count.size, count.size, many.size)))
    except _Wandering as unsettled:
        return NotSettled(str(unsettled))
    return _result(count, demand, servers, found, method)


def _linearizer(
    count: Floats, think: Floats, demand: Floats, servers: Floats, share: Floats, shift: Floats
) -> _Found:
    """Arguments as those of `_core`; the changes of shares are worked out three times."""
    for _ in range(3):
        found = _core(count, think, demand, servers, share, shift)
        share = found.number / np.maximum(count, 1.0)[:, None]
        moved = np.zeros_like(shift)
        for s in np.flatnonzero(count):
            fewer = count - np.eye(count.size)[s]
            less = _core(fewer, think, demand, servers, share, shift)
            moved[s] = less.number / np.maximum(fewer, 1.0)[:, None] - share
        shift = moved
    return _core(count, think, demand, servers, share, shift)


@dataclass(frozen=True, eq=False)
class _Found:
    throughput: Floats
    residence: Floats
    number: Floats


class _Wandering(Exception):
    """The fixed point wasn't reached."""


def _core(
    count: Floats, think: Floats, demand: Floats, servers: Floats, share: Floats, shift: Floats
) -> _Found:
    """Fixed point for given changes of shares: `shift[s, r, k]` of class r at k when one of class s is missing."""
    number = count[:, None] * share
    missing = np.maximum(count[None, :] - np.eye(count.size), 0.0)
    others = float(count.sum()) - 1.0
    single = servers == 1.0
    throughput = count / (think + demand.sum(axis=1))
    for _ in range(MOST_ROUNDS):
        now = number / np.maximum(count, 1.0)[:, None]
        seen = np.maximum(np.einsum("sr,srk->sk", missing, now[None, :, :] + shift), 0.0)
        whole = np.maximum(number.sum(axis=0), 1e-300)
        busy = np.minimum((throughput[:, None] * demand).sum(axis=0), servers)
        before = np.where(single, seen, 0.0)
        for k in np.flatnonzero(~single & np.isfinite(servers)):
            before[:, k] = _before(seen[:, k], float(busy[k] / whole[k]), int(servers[k]), others)
        residence = demand * (1.0 + before)
        throughput = count / (think + residence.sum(axis=1))
        new = throughput[:, None] * residence
        if float(np.abs(new - number).max(initial=0.0)) < SETTLED * max(1.0, float(count.max(initial=1.0))):
            return _Found(throughput, residence, new)
        number = 0.5 * (new + number) if not single.all() else new
    raise _Wandering(f"approximate mean value analysis didn't settle in {MOST_ROUNDS} rounds")


def _before(seen: Floats, served: float, servers: int, others: float) -> Floats:
    """Services that lie before an arrival at a station of several servers, over the servers.

    `served`: share of those present who are served. All servers are busy as often as in a station of as many sources
    as there are other customers, each present with the same chance (binomial), or as in M/M/c if that is more.
    """
    if others < servers:
        return np.zeros_like(seen)
    at_work = np.minimum(seen * served, servers)
    full = np.array([all_busy(float(a), servers, others) for a in at_work])
    return (np.maximum(seen - at_work, 0.0) + full) / servers


def _result(
    count: Floats,
    demand: Floats,
    servers: Sequence[int | None],
    found: _Found,
    method: Literal["linearizer", "schweitzer"],
) -> ApproximateNetwork:
    many = np.array([1 if c is None else c for c in servers], dtype=np.float64)
    busy = found.throughput[:, None] * demand / many

    def rows(table: Floats) -> tuple[tuple[float, ...], ...]:
        return tuple(tuple(row) for row in table.tolist())

    means = ClosedNetwork(
        tuple(found.throughput.tolist()),
        tuple(found.residence.sum(axis=1).tolist()),
        rows(found.residence),
        rows(found.number),
        rows(busy),
    )
    plain = all(c is None or c == 1 for c in servers)
    return ApproximateNetwork(means, method, SEEN_ERROR[method, plain])


@dataclass(frozen=True, slots=True)
class ClosedBounds:
    """Throughput and response of one class, low and high: guaranteed."""

    asymptotic: tuple[float, float]
    balanced: tuple[float, float] | None
    """Tighter, for product form with single servers and delays; None for several servers."""
    throughput: tuple[float, float]
    response: tuple[float, float]


def closed_bounds(
    population: int, think_time: float, demands: Sequence[float], servers: Sequence[int | None]
) -> ClosedBounds:
    """Bounds of `closed_network` with one class; the asymptotic ones hold for any scheduling and law that never
    leaves work waiting at a free server."""
    delay = think_time + math.fsum(d for d, c in zip(demands, servers, strict=True) if c is None)
    queued = [(d, c) for d, c in zip(demands, servers, strict=True) if c is not None and d > 0.0]
    whole = math.fsum(d for d, _ in queued)
    if population < 1 or delay + whole <= 0.0:
        raise ValueError("bounds need at least one customer, and a think time or a demand above zero")
    fastest = min([population / (delay + whole), *(c / d for d, c in queued)])
    slowest = population / (delay + population * whole)
    balanced = None
    if queued and all(c == 1 for _, c in queued):
        most, mean = max(d for d, _ in queued), whole / len(queued)
        high = population / (delay + whole + (population - 1) * mean / (1.0 + delay / whole))
        low = population / (delay + whole + (population - 1) * most / (1.0 + delay / (population * whole)))
        balanced = low, min(high, 1.0 / most)
    low, high = (
        (slowest, fastest) if balanced is None else (max(slowest, balanced[0]), min(fastest, balanced[1]))
    )
    return ClosedBounds(
        (slowest, fastest),
        balanced,
        (low, high),
        (population / high - think_time, population / low - think_time),
    )


@dataclass(frozen=True, slots=True)
class MixedNetwork:
    """Closed classes as in `closed_network`, and per open class the mean response (seconds) of a run."""

    closed: ClosedNetwork
    open_response: tuple[float, ...]
    open_utilisation: tuple[float, ...]
    """Per station, by the open classes."""


def mixed_network(
    populations: Sequence[int],
    think_times: Sequence[float],
    demands: Sequence[Sequence[float]],
    servers: Sequence[int | None],
    open_rates: Sequence[float],
    open_demands: Sequence[Sequence[float]],
) -> MixedNetwork | Saturated:
    """Exact means. `open_demands[q][k]`: seconds of station k per run of open class q (Poisson, `open_rates` a second).

    Stations that open classes visit must be delays or have one server: ValueError otherwise.
    """
    used = [
        math.fsum(rate * row[k] for rate, row in zip(open_rates, open_demands, strict=True))
        for k in range(len(servers))
    ]
    for k, (share, count) in enumerate(zip(used, servers, strict=True)):
        if count is not None and count > 1 and share > 0.0:
            raise ValueError(f"station {k} has several servers and open classes: simulate this network")
        if count is not None and share >= 1.0:
            return Saturated(share, k)
    left = [1.0 if count is None else 1.0 - share for share, count in zip(used, servers, strict=True)]
    slowed = [[d / free for d, free in zip(row, left, strict=True)] for row in demands]
    closed = closed_network(populations, think_times, slowed, servers)
    there = [math.fsum(row[k] for row in closed.number) for k in range(len(servers))]
    response = tuple(
        math.fsum(
            d if count is None else d * (1.0 + n) / free
            for d, count, n, free in zip(row, servers, there, left, strict=True)
        )
        for row in open_demands
    )
    busy = tuple(tuple(u * free for u, free in zip(row, left, strict=True)) for row in closed.utilisation)
    own = ClosedNetwork(closed.throughput, closed.response, closed.residence, closed.number, busy)
    return MixedNetwork(own, response, tuple(used))
