"""How long a run takes, as a law: one station with limited room, stations in series, closed networks of one class.

- M/M/c/K: a run that is let in waits for as many departures as it finds ahead; a mixture of Erlang laws (Kleinrock,
  Queueing Systems I (1975), section 3.6).
- Open stations in series: the responses of a run at successive stations are independent where no run can overtake
  another on the way, so that single servers may stand anywhere and several ones first and last (Burke 1969; Walrand &
  Varaiya, Sojourn times and the overtaking condition in Jacksonian networks, 1980). Elsewhere (feedback, overtaking)
  means are exact and the law is an approximation, and says so.
- Closed, one class: a marked customer is followed to its return by a Markov chain. It meets the others in their steady
  state without it (arrival theorem: Lavenberg & Reiser 1980; Sevcik & Mitrani 1981), so the law is exact.

Laws are brackets on the axis asked for; times in seconds.
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

from groma.model.law import Gamma
from groma.solvers.distributions import Axis, Bracket, Lattice
from groma.solvers.distributions.lattice import Floats
from groma.solvers.queueing.erlang import MMcK, mmc
from groma.solvers.queueing.open_network import Station, traffic
from groma.solvers.queueing.saturation import Saturated

_sparse = cast(Any, scipy.sparse)
_linear = cast(Any, scipy.sparse.linalg)
_special = cast(Any, scipy.special)
MOST_STATES = 60_000
MOST_JUMPS = 100_000
LEFT_OVER = 1e-13
INDEPENDENT = "responses taken as independent: an approximation, exact in its mean"


@dataclass(frozen=True, slots=True)
class Passage:
    """The time from start to end of a run (seconds)."""

    law: Bracket
    mean: float
    method: str
    exact: bool
    """Whether the bracket holds the truth; else it holds the approximation."""
    notes: tuple[str, ...] = ()

    def quantile(self, p: float) -> tuple[float, float]:
        """Where the p-quantile lies."""
        return self.law.quantile(p)


def _exponential(mean: float, axis: Axis) -> Bracket:
    return Bracket.of(Gamma(mean, mean), axis) if mean > 0.0 else Bracket.at(axis, 0.0)


def limited_response(station: MMcK, axis: Axis) -> Passage:
    """Of the jobs that M/M/c/K lets in."""
    taken = np.array(station.number[: station.room])
    taken = taken / taken.sum()
    clearing = station.service_mean / station.servers
    parts = [Bracket.at(axis, 0.0)]
    weights = [float(taken[: station.servers].sum())]
    for ahead, chance in enumerate(taken[station.servers :].tolist(), start=1):
        parts.append(Bracket.of(Gamma(ahead * clearing, math.sqrt(ahead) * clearing), axis))
        weights.append(chance)
    law = Bracket.mixture(weights, parts).convolve(_exponential(station.service_mean, axis))
    return Passage(law, station.mean_response, "M/M/c/K (mixture of Erlang laws)", True)


def station_response(rate: float, station: Station, axis: Axis) -> Bracket | Saturated:
    """The response law of M/M/c or of a delay."""
    service = _exponential(station.service_mean, axis)
    if station.servers is None or station.service_mean <= 0.0:
        return service
    solved = mmc(rate, station.service_mean, station.servers)
    if isinstance(solved, Saturated):
        return solved
    if station.servers == 1:
        return _exponential(solved.mean_response, axis)
    late = _exponential(1.0 / solved.clearing_rate, axis)
    share = solved.wait_probability
    return Bracket.mixture((1.0 - share, share), (Bracket.at(axis, 0.0), late)).convolve(service)


def series_response(
    stations: Sequence[Station], rate: float, axis: Axis, others: Sequence[float] | None = None
) -> Passage | Saturated:
    """Runs that visit the stations once each, in this order, `rate` of them a second.

    `others[k]`: what else reaches station k per second (feedback, other routes): with any of it the law is an
    approximation.
    """
    more = [0.0] * len(stations) if others is None else list(others)
    if len(more) != len(stations) or not stations:
        raise ValueError(f"{len(more)} other rates for {len(stations)} stations")
    law = Bracket.at(axis, 0.0)
    mean = 0.0
    for k, (station, extra) in enumerate(zip(stations, more, strict=True)):
        part = station_response(rate + extra, station, axis)
        if isinstance(part, Saturated):
            return Saturated(part.utilisation, k)
        law = law.convolve(part)
        solved = None if station.servers is None else mmc(rate + extra, station.service_mean, station.servers)
        mean += (
            station.service_mean if solved is None or isinstance(solved, Saturated) else solved.mean_response
        )
    overtaking = any(station.servers != 1 for station in stations[1:-1])
    if not overtaking and not any(more):
        return Passage(law, mean, "independent responses, no overtaking (Burke; Walrand & Varaiya)", True)
    notes = (["runs can overtake each other between stations"] if overtaking else []) + (
        ["stations are reached on other ways too"] if any(more) else []
    )
    return Passage(
        law, mean, "responses taken as independent: an approximation, exact in its mean", False, tuple(notes)
    )


def jackson_response(
    stations: Sequence[Station],
    external: Sequence[float],
    routing: Sequence[Sequence[float]],
    axis: Axis,
    rounds: int = 400,
) -> Passage | Saturated:
    """Runs through a Jackson network with any routing: responses at successive visits taken as independent.

    The mean is exact; the law is an approximation wherever a run can come back or be overtaken. ValueError when more
    than one in 1e9 runs makes more than `rounds` visits.
    """
    rates = traffic(external, routing)
    whole = math.fsum(external)
    laws: list[Bracket] = []
    mean = 0.0
    for k, station in enumerate(stations):
        part = station_response(float(rates[k]), station, axis)
        if isinstance(part, Saturated):
            return Saturated(part.utilisation, k)
        laws.append(part)
        solved = (
            None if station.servers is None else mmc(float(rates[k]), station.service_mean, station.servers)
        )
        once = (
            station.service_mean if solved is None or isinstance(solved, Saturated) else solved.mean_response
        )
        mean += float(rates[k]) * once / whole
    leaves = 1.0 - np.asarray(routing, dtype=np.float64).sum(axis=1)
    at = {k: Bracket.at(axis, 0.0, external[k] / whole) for k in range(len(stations)) if external[k] > 0.0}
    done: list[Bracket] = []
    for _ in range(rounds):
        served = {k: spent.convolve(laws[k]) for k, spent in at.items()}
        done += [law.scale_mass(float(leaves[k])) for k, law in served.items() if leaves[k] > 1e-15]
        onward: dict[int, Bracket] = {}
        for k, law in served.items():
            for j, chance in enumerate(routing[k]):
                if chance > 0.0:
                    part = law.scale_mass(chance)
                    onward[j] = part if j not in onward else _together([onward[j], part])
        at = onward
        if sum(law.total[1] for law in at.values()) < 1e-9:
            break
    else:
        raise ValueError(f"runs make more than {rounds} visits")
    whole_law = _together([*done, *(Bracket.at(axis, axis.top, law.total[1]) for law in at.values())])
    return Passage(
        whole_law,
        mean,
        INDEPENDENT,
        False,
        ("runs come back to stations or can be overtaken",),
    )


def _together(parts: Sequence[Bracket]) -> Bracket:
    return Bracket.mixture([1.0] * len(parts), parts)


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
                    state = self.arrived(k, where)
                    found[state] = found.get(state, 0.0) + weight / whole * float(self.first[k])
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
        index = {state: i for i, state in enumerate(start)}
        states = list(start)
        rows: list[int] = []
        columns: list[int] = []
        rates: list[float] = []
        back: list[float] = []
        at = 0
        while at < len(states):
            moves = self.moves(states[at])
            back.append(math.fsum(rate for after, rate in moves if after is None))
            for after, rate in moves:
                if after is None:
                    continue
                if after not in index:
                    if len(states) >= MOST_STATES:
                        raise ValueError(f"more than {MOST_STATES} states: simulate this network")
                    index[after] = len(states)
                    states.append(after)
                rows.append(at)
                columns.append(index[after])
                rates.append(rate)
            at += 1
        size = len(states)
        out = np.bincount(rows, weights=rates, minlength=size) + np.array(back)
        matrix = _sparse.csr_matrix((rates, (columns, rows)), shape=(size, size))
        chance = np.zeros(size)
        chance[: len(start)] = list(start.values())
        generator = (matrix - _sparse.diags(out)).tocsc()
        mean = (
            float(-np.asarray(_linear.spsolve(generator, chance)).sum()) if size > 1 else 1.0 / float(out[0])
        )
        speed = float(out.max()) * 1.0000001
        stay = 1.0 - out / speed
        edges = np.arange(axis.cells + 1) * axis.step
        below = np.zeros(axis.cells + 1)
        leaving = np.array(back) / speed
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
