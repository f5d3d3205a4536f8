"""The wait at one station, whatever its servers, service law and arrivals: exact where it can be, else bounded.

One station is c servers behind one FIFO queue without limit, or a delay (no limit of servers). The answer says by
which method it was found, and is an interval wherever no exact law is known; a station that can't keep up is
answered by `Saturated`, never by a number.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, cast

import scipy.special  # pyright: ignore[reportMissingTypeStubs]

from groma.model.law import Gamma, Law
from groma.solvers.distributions import Axis, Bracket, Lattice, raw_moments
from groma.solvers.distributions.law_functions import atoms, is_exponential
from groma.solvers.queueing.deterministic import deterministic_wait
from groma.solvers.queueing.erlang import MMc, mmc
from groma.solvers.queueing.many_servers import (
    crowding,
    cyclic_mean_bound,
    random_mean_bound,
    random_split,
    upper_tail_means,
    work_mean_bound,
)
from groma.solvers.queueing.random_walk import single_server
from groma.solvers.queueing.saturation import Saturated, utilisation
from groma.solvers.queueing.single_server import poisson_single_server, pollaczek_khinchine_mean
from groma.solvers.queueing.wait_bounds import Service, moments_of, wait_bounds

_special = cast(Any, scipy.special)
Interval = tuple[float, float]
MOST_REMEMBERED = 512
"""Stations remembered for as long as the process lives, the longest unused forgotten first."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The time between arrival and begin of service (seconds), in the steady state."""

    law: Bracket
    mean: Interval
    wait_probability: Interval
    utilisation: float
    method: str
    exact: bool
    """Whether the interval is only rounding; else it is a proven bound and may be wide."""
    notes: tuple[str, ...] = ()


_known: dict[tuple[object, ...], Waiting] = {}


def waiting(
    arrival_rate: float,
    service: Service,
    servers: int | None,
    axis: Axis,
    arrivals: Law | Literal["poisson"] = "poisson",
) -> Waiting | Saturated:
    """The wait at a station of `servers` (None: no limit) that is reached `arrival_rate` times a second.

    `service` is a law (seconds) or a bracket of one that always ends; `arrivals` is Poisson, or the law of the
    times between arrivals, independent of each other, with mean 1 / arrival_rate.
    """
    if isinstance(service, Bracket) and abs(service.slow.total - 1.0) > 1e-9:
        raise ValueError(
            "a service time must end: the bracket's mass is " + f"{service.slow.total:.12g}, not 1"
        )
    shortest, longest = _service_means(service)
    used = utilisation(arrival_rate, shortest, servers)
    if servers is None or arrival_rate == 0.0 or longest == 0.0:
        return Waiting(Bracket.at(axis, 0.0), (0.0, 0.0), (0.0, 0.0), used, "no wait", True)
    if used >= 1.0:
        return Saturated(used)
    _require_rate(arrival_rate, arrivals)
    poisson = arrivals == "poisson" or is_exponential(arrivals)
    key = (arrival_rate, _told(service), servers, axis, None if poisson else arrivals)
    known = _known.pop(key, None)
    if known is None:
        if isinstance(arrivals, str) or poisson:
            known = _poisson(arrival_rate, service, servers, axis, used)
        else:
            known = _renewal(arrivals, service, servers, axis, used)
        while len(_known) >= MOST_REMEMBERED:
            _known.pop(next(iter(_known)), None)
    _known[key] = known
    return known


def _told(service: Service) -> object:
    """What a service is, by content: equal brackets of different models are the same station."""
    if not isinstance(service, Bracket):
        return service
    ends = (service.fast,) if service.fast is service.slow else (service.fast, service.slow)
    return tuple((end.step, end.mass.tobytes(), end.beyond, end.tail) for end in ends)


def response(wait: Waiting, service: Service) -> Bracket:
    """Wait and service together; under FIFO a job's own service is independent of its wait."""
    own = service if isinstance(service, Bracket) else Bracket.of(service, wait.law.axis)
    return wait.law.convolve(own)


def _poisson(rate: float, service: Service, servers: int, axis: Axis, used: float) -> Waiting:
    if not isinstance(service, Bracket):
        points = atoms(service)
        if is_exponential(service):
            station = mmc(rate, service.mean, servers)
            assert isinstance(station, MMc), "saturation was refused above"
            return _exponential(station, axis)
        if points is not None and points[0].size == 1 and servers > 1:
            fixed = deterministic_wait(rate, float(points[0][0]), servers, axis)
            return Waiting(
                fixed.law, fixed.mean, fixed.wait_probability, used, "M/D/c (Crommelin, Franx)", True
            )
    if servers == 1:
        return _poisson_single(rate, service, axis, used)
    return _poisson_many(rate, service, servers, axis, used)


def _exponential(station: MMc, axis: Axis) -> Waiting:
    some = 1.0 / station.clearing_rate
    late = Bracket.of(Gamma(some, some), axis)
    share = station.wait_probability
    law = Bracket.mixture((1.0 - share, share), (Bracket.at(axis, 0.0), late))
    mean = station.mean_wait
    return Waiting(law, (mean, mean), (share, share), station.utilisation, "M/M/c (Erlang C)", True)


def _poisson_single(rate: float, service: Service, axis: Axis, used: float) -> Waiting:
    law = poisson_single_server(rate, service, axis)
    if not isinstance(service, Bracket):
        mean = pollaczek_khinchine_mean(rate, *raw_moments(service, 2))
        return Waiting(law, (mean, mean), (used, used), used, "M/G/1 (Pollaczek-Khinchine)", True)
    shortest, longest = _service_means(service)
    notes = () if rate * longest < 1.0 else ("the slow end of the service saturates the server",)
    busy = (rate * shortest, min(rate * longest, 1.0))
    low, high = law.mean()
    low = max(low, _mean_wait(rate, service.fast) or 0.0)
    high = min(high, _mean_wait(rate, service.slow) or high)
    return Waiting(law, (low, high), busy, used, "M/G/1 (Pollaczek-Khinchine)", not notes, notes)


def _mean_wait(rate: float, service: Lattice) -> float | None:
    """E[W] in M/G/1 of one end of a bracket; None where it saturates or may last for ever."""
    moments = moments_of(Bracket(service, service))
    found = None if moments is None else pollaczek_khinchine_mean(rate, moments[0], moments[1])
    return found if isinstance(found, float) else None


def _poisson_many(rate: float, service: Service, servers: int, axis: Axis, used: float) -> Waiting:
    """Bounds of `many_servers`."""
    shortest, longest = _service_means(service)
    if rate * longest >= servers:
        note = ("the slow end of the service saturates the servers",)
        return Waiting(_unknown(axis), (0.0, math.inf), (0.0, 1.0), used, "M/G/c bounds", False, note)
    moments = moments_of(service)
    least, most = 0.0, math.inf
    if moments is not None:
        variance = max(moments[1] - moments[0] ** 2, 0.0)
        cyclic = cyclic_mean_bound((1.0 / rate, 1.0 / rate**2), (moments[0], variance), servers)
        most = min(random_mean_bound(rate, service, servers), cyclic)
        if not isinstance(service, Bracket):
            least = work_mean_bound(moments[0], moments[1], servers, used)
    scale = random_mean_bound(rate, service, servers)
    slow = random_split(rate, service, servers, axis, scale)
    most = min(most, max(slow.partial_mean, least))
    found = float(_special.gammainc(servers, rate * shortest)), crowding(rate, service, servers)
    return Waiting(
        Bracket(Lattice.at(axis, 0.0, "down"), slow),
        (least, most),
        found,
        used,
        "M/G/c bounds (Wolff 1987; Brumelle 1971)",
        False,
        ("no exact law is known for this service law and several servers",),
    )


def _renewal(arrivals: Law, service: Service, servers: int, axis: Axis, used: float) -> Waiting:
    """Interarrivals of any law: the cyclic system, which is the station itself for one server or fixed services."""
    bounds = wait_bounds(service, arrivals, servers)
    law = single_server(service, arrivals, axis, bounds, servers)
    low, high = law.mean()
    high = min(high, bounds.mean)
    fixed = not isinstance(service, Bracket) and _is_fixed(service)
    busy = 1.0 - law.fast.cdf(0.0), 1.0
    if servers == 1 or fixed:
        method = "GI/G/1 (Lindley)" if servers == 1 else "GI/D/c (cyclic, Lindley)"
        return Waiting(law, (min(low, high), high), busy, used, method, True)
    slow = upper_tail_means(law.slow)
    return Waiting(
        Bracket(Lattice.at(axis, 0.0, "down"), slow),
        (0.0, high),
        (0.0, 1.0),
        used,
        "GI/G/c bounds (Wolff 1977; Hardy-Littlewood)",
        False,
        ("no exact law is known for this service law, these arrivals and several servers",),
    )


def _service_means(service: Service) -> Interval:
    if not isinstance(service, Bracket):
        return service.mean, service.mean
    return service.fast.inside_moment + service.fast.beyond * service.axis.end, service.slow.partial_mean


def _is_fixed(law: Law) -> bool:
    points = atoms(law)
    return points is not None and points[0].size == 1


def _require_rate(rate: float, arrivals: Law | str) -> None:
    if not isinstance(arrivals, str) and not math.isclose(arrivals.mean * rate, 1.0, rel_tol=1e-9):
        raise ValueError(
            f"the times between arrivals have mean {arrivals.mean:.6g}, which isn't 1 / rate = {1 / rate:.6g}"
        )


def _unknown(axis: Axis) -> Bracket:
    return Bracket(Lattice.at(axis, 0.0, "down"), Lattice.at(axis, axis.end, "up"))
