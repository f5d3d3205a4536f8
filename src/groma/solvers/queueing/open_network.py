"""Open networks of exponential FIFO stations with Poisson arrivals: exact means by Jackson's theorem.

Jackson, Networks of waiting lines (1957); several classes by their visit counts (Baskett, Chandy, Muntz & Palacios
1975: at a FIFO station all classes must have the same exponential service, so a station has one). Each station behaves
as an M/M/c of its own in the steady state; responses at successive visits are *not* independent in general, so only
means are given here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from groma.solvers.distributions.lattice import Floats
from groma.solvers.queueing.erlang import MMc, mmc
from groma.solvers.queueing.saturation import Saturated, utilisation


@dataclass(frozen=True, slots=True)
class Station:
    """Mean service time (seconds) and number of servers; None servers: a delay without queue."""

    service_mean: float
    servers: int | None = 1


@dataclass(frozen=True, slots=True)
class OpenClass:
    """Runs that start `rate` times a second and visit station k on average `visits[k]` times."""

    rate: float
    visits: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class OpenNetwork:
    """Steady state of the network; one entry per station, and one per class in `class_response`."""

    arrival_rates: tuple[float, ...]
    utilisation: tuple[float, ...]
    response: tuple[float, ...]
    """Mean response per visit (seconds)."""
    number: tuple[float, ...]
    """Mean number of jobs present."""
    class_response: tuple[float, ...]
    """Mean time from start to end of a run (seconds)."""


def traffic(external: Sequence[float], routing: Sequence[Sequence[float]]) -> Floats:
    """Arrival rates at all stations: the solution of rate = external + rate @ routing.

    `routing[i][j]` is the probability that a job goes to j after i; the rest leaves. ValueError if jobs can't leave.
    """
    matrix = np.asarray(routing, dtype=np.float64)
    start = np.asarray(external, dtype=np.float64)
    if (
        matrix.shape != (start.size, start.size)
        or (matrix < 0).any()
        or (matrix.sum(axis=1) > 1 + 1e-12).any()
    ):
        raise ValueError("routing must be a square matrix of probabilities whose rows sum to at most one")
    leaving = np.eye(start.size) - matrix
    if float(np.linalg.det(leaving)) < 1e-14:
        raise ValueError("some jobs never leave: a set of stations routes only to itself")
    return np.asarray(np.linalg.solve(leaving.T, start), dtype=np.float64)


def open_network(stations: Sequence[Station], classes: Sequence[OpenClass]) -> OpenNetwork | Saturated:
    """Exact means, or the first saturated station."""
    for run in classes:
        if len(run.visits) != len(stations):
            raise ValueError(f"{len(run.visits)} visit counts for {len(stations)} stations")
    rates = [math.fsum(run.rate * run.visits[k] for run in classes) for k in range(len(stations))]
    responses: list[float] = []
    for index, (station, rate) in enumerate(zip(stations, rates, strict=True)):
        solved = None if station.servers is None else mmc(rate, station.service_mean, station.servers)
        if isinstance(solved, Saturated):
            return Saturated(solved.utilisation, index)
        responses.append(solved.mean_response if isinstance(solved, MMc) else station.service_mean)
    return OpenNetwork(
        tuple(rates),
        tuple(utilisation(r, s.service_mean, s.servers) for r, s in zip(rates, stations, strict=True)),
        tuple(responses),
        tuple(r * t for r, t in zip(rates, responses, strict=True)),
        tuple(math.fsum(v * t for v, t in zip(run.visits, responses, strict=True)) for run in classes),
    )


def jackson(
    stations: Sequence[Station], external: Sequence[float], routing: Sequence[Sequence[float]]
) -> OpenNetwork | Saturated:
    """One class described by external arrivals and routing probabilities instead of visit counts."""
    rates = traffic(external, routing)
    started = math.fsum(external)
    if started <= 0.0:
        raise ValueError("no job arrives from outside")
    return open_network(stations, [OpenClass(started, tuple(float(rate) / started for rate in rates))])
