"""M/D/c, FIFO: Poisson arrivals, c servers, every service as long as any other. Exact.

Whoever is in service now is gone one service time D later, so the queue L obeys L' = (L + Poisson(rate * D) - c)^+
(Crommelin 1932): a walk on whole jobs, solved by `first_passage` without any rounding. The law of the wait follows
by Franx, A simple solution for the M/D/c waiting time distribution, Oper. Res. Letters 29 (2001): for
(k - 1) D <= x < k D, P(W <= x) = sum_{j < k c} P(L <= k c - 1 - j) * Poisson(j; rate * (k D - x)); all terms positive.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import scipy.special  # pyright: ignore[reportMissingTypeStubs]

from groma.solvers.distributions import Axis, Bracket, Lattice
from groma.solvers.distributions.lattice import Floats
from groma.solvers.queueing.random_walk import first_passage

_special = cast(Any, scipy.special)
_MOST_JOBS = 4096


@dataclass(frozen=True, slots=True)
class DeterministicWait:
    """Law and mean (seconds) of the wait, and P(wait), each as an interval that only holds rounding."""

    law: Bracket
    mean: tuple[float, float]
    wait_probability: tuple[float, float]


def deterministic_wait(arrival_rate: float, service: float, servers: int, axis: Axis) -> DeterministicWait:
    """M/D/c in its steady state: 0 < arrival_rate * service < servers."""
    load = arrival_rate * service
    decay = _queue_decay(load, servers)
    jobs = max(min(math.ceil(30.0 / decay), _MOST_JOBS), servers + 2)
    edge = math.exp(-decay * jobs)
    reached, error = _queue(load, servers, jobs, edge)
    least, _ = _queue(load, servers, jobs, 0.0)
    # P(L <= m), m = 0 .. jobs - 1, low and high; from `jobs` on between 1 - edge and 1
    low = np.append(np.maximum(1.0 - reached - error, 0.0), 1.0 - edge)
    high = np.append(np.minimum(1.0 - least + error, 1.0), 1.0)
    slow = _cumulative(low, arrival_rate, service, servers, axis)
    fast = _cumulative(high, arrival_rate, service, servers, axis)
    queue = (
        math.fsum(np.maximum(least - error, 0.0)),
        math.fsum(np.minimum(reached + error, 1.0)) + edge / -math.expm1(-decay),
    )
    mean = queue[0] / arrival_rate, queue[1] / arrival_rate
    later = Lattice.from_cumulative(axis.step, slow[:-1], 1.0)
    law = Bracket(
        Lattice.from_cumulative(axis.step, fast[1:], 1.0),
        replace(later, tail=mean[1] + axis.step - later.inside_moment),
    )
    return DeterministicWait(law, mean, (1.0 - float(fast[0]), 1.0 - float(slow[0])))


def _queue_decay(load: float, servers: int) -> float:
    """The rate d with E[exp(d (Poisson(load) - servers))] = 1, from below: P(L >= i) <= exp(-d i)."""
    low, high = 0.0, 1.0
    while load * math.expm1(high) < servers * high:
        low, high = high, 2.0 * high
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if load * math.expm1(middle) <= servers * middle else (low, middle)
    return low


def _queue(load: float, servers: int, jobs: int, edge: float) -> tuple[Floats, float]:
    """P(L >= i), i = 1 .. jobs - 1."""
    arrivals = np.arange(jobs + servers + 1)
    steps = np.zeros(2 * jobs + 1)
    steps[jobs - servers :] = _poisson(arrivals, np.array(load))
    return first_passage(steps, float(_special.gammainc(jobs + servers + 1, load)), edge)


def _cumulative(queue: Floats, rate: float, service: float, servers: int, axis: Axis) -> Floats:
    """P(W <= x) at x = 0, step, ..., cells * step; the Poisson terms left out sum to less than 1e-30 (Chernoff)."""
    places = np.arange(axis.cells + 1) * axis.step
    turn = np.floor(places / service).astype(np.int64) + 1
    ahead = rate * np.maximum(turn * service - places, 0.0)
    load = rate * service
    terms = math.ceil(load + 12.0 * math.sqrt(load) + 30.0)
    result = np.empty(places.size)
    for start in range(0, places.size, 512):
        part = slice(start, start + 512)
        index = turn[part, None] * servers - 1 - np.arange(terms)[None, :]
        known = np.where(index >= 0, queue[np.clip(index, 0, queue.size - 1)], 0.0)
        result[part] = (known * _poisson(np.arange(terms)[None, :], ahead[part, None])).sum(axis=1)
    return np.minimum(np.maximum.accumulate(result), 1.0)


def _poisson(counts: Any, mean: Any) -> Any:
    return np.exp(_special.xlogy(counts, mean) - mean - _special.gammaln(counts + 1.0))
