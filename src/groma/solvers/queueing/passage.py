"""How long a run takes, as a law: one station with limited room, open stations in series and in networks.

- M/M/c/K: a run that is let in waits for as many departures as it finds ahead; a mixture of Erlang laws (Kleinrock,
  Queueing Systems I (1975), section 3.6).
- Open stations in series: the responses of a run at successive stations are independent where no run can overtake
  another on the way, so that single servers may stand anywhere and several ones first and last (Burke 1969; Walrand &
  Varaiya, Sojourn times and the overtaking condition in Jacksonian networks, 1980). Elsewhere (feedback, overtaking)
  means are exact and the law is an approximation, and says so.

Closed networks: see `closed_passage`.

Laws are brackets on the axis asked for; times in seconds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from groma.model.law import Gamma
from groma.solvers.distributions import Axis, Bracket
from groma.solvers.queueing.erlang import MMcK, mmc
from groma.solvers.queueing.open_network import Station, traffic
from groma.solvers.queueing.saturation import Saturated

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
    return Bracket.of(Gamma(mean, mean), axis)


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
        mean += _mean_response(rate + extra, station)
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
        mean += float(rates[k]) * _mean_response(float(rates[k]), station) / whole
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


def _mean_response(rate: float, station: Station) -> float:
    """Of a station that isn't saturated."""
    if station.servers is None:
        return station.service_mean
    solved = mmc(rate, station.service_mean, station.servers)
    assert not isinstance(solved, Saturated)
    return solved.mean_response


def _together(parts: Sequence[Bracket]) -> Bracket:
    return Bracket.mixture([1.0] * len(parts), parts)
