"""How long a run of a closed network of one class takes, as a law: exact.

A marked customer is followed to its return by a Markov chain. It meets the others in their steady state without it
(arrival theorem: Lavenberg & Reiser 1980; Sevcik & Mitrani 1981), and the chain is solved by uniformisation (Jensen
1953). Times in seconds.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import scipy.sparse  # pyright: ignore[reportMissingTypeStubs]
import scipy.sparse.linalg  # pyright: ignore[reportMissingTypeStubs]
import scipy.special  # pyright: ignore[reportMissingTypeStubs]

from groma.solvers.distributions import Axis, Bracket, Lattice
from groma.solvers.distributions.lattice import Floats
from groma.solvers.queueing.open_network import Station, traffic
from groma.solvers.queueing.passage import Passage
from groma.solvers.queueing.reachable import reachable

_sparse = cast(Any, scipy.sparse)
_linear = cast(Any, scipy.sparse.linalg)
_special = cast(Any, scipy.special)
MOST_STATES = 60_000
MOST_JUMPS = 100_000
LEFT_OVER = 1e-13


def closed_response(
    population: int,
    think_time: float,
    stations: Sequence[Station],
    first: Sequence[float],
    routing: Sequence[Sequence[float]],
    axis: Axis,
) -> Passage:
    """The response of a closed network of one class, from the end of thinking to its next begin: exact.

    A run starts at station k with chance `first[k]`, goes from i to j with chance `routing[i][j]` and else thinks.
    Stations are exponential FIFO or delays. ValueError when it has more than `MOST_STATES` states.
    """
    if population < 1 or think_time <= 0.0 or any(station.service_mean <= 0.0 for station in stations):
        raise ValueError(
            "a closed response needs a customer, a think time above zero and services above zero"
        )
    if abs(math.fsum(first) - 1.0) > 1e-9:
        raise ValueError("the chances of the first station must sum to one")
    visits = traffic([float(chance) for chance in first], routing)
    ways = np.asarray(routing, dtype=np.float64)
    chain = _Tagged(population - 1, think_time, tuple(stations), ways, np.asarray(first, dtype=np.float64))
    start = chain.start(visits)
    return chain.passage(start, axis)


@dataclass(frozen=True, eq=False)
class _Tagged:
    """States (station of the marked customer, how many wait before it and it (0: it is served), others per station);
    the others' last count is of those who think."""

    others: int
    think: float
    stations: tuple[Station, ...]
    routing: Floats
    first: Floats

    def start(self, visits: Floats) -> dict[tuple[int, int, tuple[int, ...]], float]:
        """The others in the steady state of a network without the marked customer."""
        count = len(self.stations)
        logs: dict[tuple[int, ...], float] = {}
        for where in _places(self.others, count + 1):
            value = where[-1] * math.log(self.think) - math.lgamma(where[-1] + 1)
            for k, station in enumerate(self.stations):
                n = where[k]
                if n and visits[k] <= 0.0:
                    value = -math.inf
                    break
                if n:
                    value += n * math.log(float(visits[k]) * station.service_mean)
                    value -= sum(math.log(_working(station, m)) for m in range(1, n + 1))
            logs[where] = value
        highest = max(logs.values())
        weights = {where: math.exp(value - highest) for where, value in logs.items() if value > -math.inf}
        whole = math.fsum(weights.values())
        found: dict[tuple[int, int, tuple[int, ...]], float] = {}
        for where, weight in weights.items():
            for k in range(count):
                if self.first[k] > 0.0:
                    found[self.arrived(k, where)] = weight / whole * float(self.first[k])
        return found

    def arrived(self, k: int, where: tuple[int, ...]) -> tuple[int, int, tuple[int, ...]]:
        servers = self.stations[k].servers
        ahead = 0 if servers is None or where[k] < servers else where[k] - servers + 1
        return k, ahead, where

    def moves(
        self, state: tuple[int, int, tuple[int, ...]]
    ) -> list[tuple[tuple[int, int, tuple[int, ...]] | None, float]]:
        """(next state, rate); None: the marked customer is back."""
        at, ahead, where = state
        count = len(self.stations)
        found: list[tuple[tuple[int, int, tuple[int, ...]] | None, float]] = []
        for k, station in enumerate(self.stations):
            rate = 1.0 / station.service_mean
            leaves = 1.0 - float(self.routing[k].sum())
            if k == at and ahead == 0:
                for j in range(count):
                    if self.routing[k, j] > 0.0:
                        found.append((self.arrived(j, where), rate * float(self.routing[k, j])))
                if leaves > 1e-15:
                    found.append((None, rate * leaves))
            free = station.servers if k != at or ahead > 0 or station.servers is None else station.servers - 1
            working = where[k] if free is None else min(where[k], free)
            if working == 0:
                continue
            closer = max(ahead - 1, 0) if k == at else ahead
            for j in range(count + 1):
                chance = leaves if j == count else float(self.routing[k, j])
                if chance > 1e-15:
                    after = tuple(n - (i == k) + (i == j) for i, n in enumerate(where))
                    found.append(((at, closer, after), rate * working * chance))
        for j in range(count):
            if where[-1] and self.first[j] > 0.0:
                after = tuple(n + (i == j) - (i == count) for i, n in enumerate(where))
                found.append(((at, ahead, after), where[-1] / self.think * float(self.first[j])))
        return found

    def passage(self, start: dict[tuple[int, int, tuple[int, ...]], float], axis: Axis) -> Passage:
        """Uniformisation (Jensen 1953): the chance to be back after so many jumps, and the law of their times."""
        chain = reachable(list(start), self.moves, MOST_STATES, "simulate this network")
        size = len(chain.states)
        out = np.bincount(chain.rows, weights=chain.rates, minlength=size) + chain.leaving
        matrix = _sparse.csr_matrix((chain.rates, (chain.columns, chain.rows)), shape=(size, size))
        chance = np.zeros(size)
        chance[: len(start)] = list(start.values())
        generator = (matrix - _sparse.diags(out)).tocsc()
        mean = float(-np.asarray(_linear.spsolve(generator, chance)).sum())
        speed = float(out.max()) * 1.0000001
        stay = 1.0 - out / speed
        edges = np.arange(axis.cells + 1) * axis.step
        below = np.zeros(axis.cells + 1)
        leaving = chain.leaving / speed
        for jump in range(1, MOST_JUMPS + 1):
            below += float(chance @ leaving) * _special.gammainc(jump, speed * edges)
            chance = matrix @ chance / speed + stay * chance
            if float(chance.sum()) < LEFT_OVER:
                break
        else:
            raise ValueError(f"the law needs more than {MOST_JUMPS} jumps: rates of services differ too much")
        return Passage(_bracket(below, axis, mean), mean, "closed network, marked customer followed", True)


def _working(station: Station, present: int) -> int:
    return present if station.servers is None else min(present, station.servers)


def _places(count: int, bins: int) -> list[tuple[int, ...]]:
    """All ways to put `count` alike customers into the bins."""
    if math.comb(count + bins - 1, bins - 1) > MOST_STATES:
        raise ValueError(f"more than {MOST_STATES} states: simulate this network")
    found: list[tuple[int, ...]] = []
    for bars in itertools.combinations(range(count + bins - 1), bins - 1):
        edges = (-1, *bars, count + bins - 1)
        found.append(tuple(b - a - 1 for a, b in itertools.pairwise(edges)))
    return found


def _bracket(below: Floats, axis: Axis, mean: float) -> Bracket:
    """A law by its distribution function at 0, step, ..., end of the axis."""
    between = np.maximum(np.diff(below), 0.0)
    beyond = max(1.0 - float(below[-1]), 0.0)
    late = max(1.0 - float(below[-2]), 0.0)
    points = np.arange(axis.cells) * axis.step
    up = np.concatenate(([0.0], between[:-1]))
    fast = Lattice(axis.step, between, beyond, max(mean - float(between @ points), beyond * axis.end))
    slow = Lattice(axis.step, up, late, max(mean + axis.step - float(up @ points), late * axis.end))
    return Bracket(fast, slow)
