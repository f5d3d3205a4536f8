"""Exponential service behind one queue: Erlang's formulas, M/M/c, and M/M/c with limited room.

Sources: Erlang (1917); Kleinrock, Queueing Systems I (1975), sections 3.5-3.8; the recursion for B is Jagerman's
(1984) and is stable for any number of servers. Rates are per second, times in seconds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import scipy.special  # pyright: ignore[reportMissingTypeStubs]

from groma.solvers.queueing.saturation import Saturated, utilisation

_special = cast(Any, scipy.special)


def erlang_b(servers: int, load: float) -> float:
    """P(blocked) in M/G/c/c, load = arrival rate * mean service time (erlangs); holds for any service law."""
    if servers < 0 or load < 0.0:
        raise ValueError(f"Erlang B needs servers >= 0 and load >= 0, got {servers} and {load}")
    blocked = 1.0
    for n in range(1, servers + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked


def erlang_c(servers: int, load: float) -> float:
    """P(wait) in M/M/c; one when the load is not below the number of servers."""
    if load >= servers:
        return 1.0
    blocked = erlang_b(servers, load)
    return blocked / (1.0 - (load / servers) * (1.0 - blocked))


@dataclass(frozen=True, slots=True)
class MMc:
    """M/M/c, FIFO, no limit of room: exact. Build it with `mmc`, which refuses saturation."""

    arrival_rate: float
    service_mean: float
    servers: int
    wait_probability: float

    @property
    def utilisation(self) -> float:
        return utilisation(self.arrival_rate, self.service_mean, self.servers)

    @property
    def clearing_rate(self) -> float:
        """c * mu - lambda: the rate of the exponential law of the wait, given that there is one."""
        return self.servers / self.service_mean - self.arrival_rate

    @property
    def mean_wait(self) -> float:
        return self.wait_probability / self.clearing_rate

    @property
    def mean_response(self) -> float:
        return self.mean_wait + self.service_mean

    @property
    def mean_queue(self) -> float:
        """Mean number waiting (Little's law)."""
        return self.arrival_rate * self.mean_wait

    def wait_sf(self, time: float) -> float:
        """P(wait > time)."""
        return self.wait_probability * math.exp(-self.clearing_rate * time) if time >= 0.0 else 1.0

    def wait_quantile(self, p: float) -> float:
        """The p-quantile of the wait, 0 <= p < 1."""
        return max(math.log(self.wait_probability / (1.0 - p)), 0.0) / self.clearing_rate

    def response_sf(self, time: float) -> float:
        """P(wait + service > time)."""
        if time < 0.0:
            return 1.0
        rate, clearing = 1.0 / self.service_mean, self.clearing_rate
        served = math.exp(-rate * time)
        # (exp(-a t) - exp(-b t)) / (b - a) for the two rates a < b, written so that a = b is no exception
        gap = abs(clearing - rate) * time
        both = (
            math.exp(-min(rate, clearing) * time) * time * (-math.expm1(-gap) / gap if gap > 1e-12 else 1.0)
        )
        return served + self.wait_probability * rate * both

    def response_quantile(self, p: float) -> float:
        """The p-quantile of the response time, 0 <= p < 1 (bisection to the last digits)."""
        low, high = 0.0, self.service_mean
        while self.response_sf(high) > 1.0 - p:
            low, high = high, 2.0 * high
        for _ in range(200):
            middle = 0.5 * (low + high)
            if middle in (low, high):
                break
            low, high = (middle, high) if self.response_sf(middle) > 1.0 - p else (low, middle)
        return high


def mmc(arrival_rate: float, service_mean: float, servers: int) -> MMc | Saturated:
    """M/M/c in its steady state, or the refusal when there is none."""
    used = utilisation(arrival_rate, service_mean, servers)
    if used >= 1.0:
        return Saturated(used)
    return MMc(arrival_rate, service_mean, servers, erlang_c(servers, arrival_rate * service_mean))


@dataclass(frozen=True, slots=True)
class MMcK:
    """M/M/c with room for `room` jobs in all, in service included: exact, and stable at any load."""

    arrival_rate: float
    service_mean: float
    servers: int
    room: int
    number: tuple[float, ...]
    """P(n jobs are in the system), n = 0 .. room, seen from outside and by arrivals alike."""

    @property
    def lost(self) -> float:
        """Share of arrivals that find the room full."""
        return self.number[-1]

    @property
    def throughput(self) -> float:
        return self.arrival_rate * (1.0 - self.lost)

    @property
    def utilisation(self) -> float:
        return self.throughput * self.service_mean / self.servers

    @property
    def mean_wait(self) -> float:
        """Of the jobs that are let in."""
        queue = math.fsum((n - self.servers) * p for n, p in enumerate(self.number) if n > self.servers)
        return queue / self.throughput if self.throughput > 0.0 else 0.0

    @property
    def mean_response(self) -> float:
        return self.mean_wait + self.service_mean

    def wait_sf(self, time: float) -> float:
        """P(wait > time) of the jobs that are let in: a mixture of Erlang laws."""
        if time < 0.0:
            return 1.0
        queued = np.array(self.number[self.servers : self.room])
        if self.lost >= 1.0:
            return 0.0
        turns = np.arange(1, queued.size + 1)
        tails = _special.gammaincc(turns, self.servers * time / self.service_mean)
        return float(queued @ tails) / (1.0 - self.lost)


def mmck(arrival_rate: float, service_mean: float, servers: int, room: int) -> MMcK:
    """M/M/c/K with K = `room` >= servers >= 1."""
    if not 1 <= servers <= room:
        raise ValueError(f"room ({room}) must hold at least the servers ({servers}), and there must be one")
    load = arrival_rate * service_mean
    if load <= 0.0:
        return MMcK(arrival_rate, service_mean, servers, room, (1.0, *([0.0] * room)))
    logs = [0.0]
    for n in range(1, room + 1):
        logs.append(logs[-1] + math.log(load / min(n, servers)))
    highest = max(logs)
    weights = [math.exp(value - highest) for value in logs]
    whole = math.fsum(weights)
    return MMcK(arrival_rate, service_mean, servers, room, tuple(weight / whole for weight in weights))


def processor_sharing_mean(arrival_rate: float, service_mean: float, servers: int = 1) -> float | Saturated:
    """Mean response when all jobs share the servers equally, each at most one server; Poisson arrivals.

    It depends on the service law only through its mean (a symmetric queue: Kelly, Reversibility and Stochastic
    Networks, 1979, section 3.3), so it equals that of M/M/c. For one server: mean / (1 - utilisation).
    """
    station = mmc(arrival_rate, service_mean, servers)
    return station if isinstance(station, Saturated) else station.mean_response
