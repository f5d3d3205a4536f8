"""How busy servers are, where that ends, and the answer when there is no steady state.

Utilisation law and asymptotic bounds: Denning & Buzen, The Operational Analysis of Queueing Network Models (1978).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Saturated:
    """No steady state: work arrives at least as fast as it can be done (utilisation >= 1)."""

    utilisation: float
    station: int | None = None

    @property
    def reason(self) -> str:
        where = "" if self.station is None else f" at station {self.station}"
        return f"saturated{where}: no steady state at a utilisation of {self.utilisation:.4g}"


def utilisation(arrival_rate: float, service_mean: float, servers: int | None) -> float:
    """Share of the servers' time that is asked for; zero where there is no limit of servers (None)."""
    if not (arrival_rate >= 0.0 and service_mean >= 0.0) or (servers is not None and servers < 1):
        raise ValueError(
            "utilisation needs a rate >= 0, a mean >= 0 and at least one server, "
            f"got {arrival_rate}, {service_mean}, {servers}"
        )
    return 0.0 if servers is None else arrival_rate * service_mean / servers


def saturation_rate(demands: Sequence[float], servers: Sequence[int | None]) -> tuple[float, int | None]:
    """The rate of runs at which the first station saturates, and which one that is.

    `demands` are seconds of one server's time per run at each station (visits * service time). Infinite and None
    when nothing limits the rate.
    """
    rate, station = math.inf, None
    for index, (demand, count) in enumerate(zip(demands, servers, strict=True)):
        if count is not None and demand > 0.0 and count / demand < rate:
            rate, station = count / demand, index
    return rate, station
