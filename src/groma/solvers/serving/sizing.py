"""How much one instance serves within its targets, and how many accelerators a demand needs.

The largest rate is searched for by simulation: the same requests, arriving at random (Poisson) or as in a trace whose
clock is stretched, at one rate after another. The interval of the answer is that of two further searches with every
iteration slower and faster by what left-out groups of measurements were off.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from groma.solvers.serving.iteration import Costs
from groma.solvers.serving.policy import Policy
from groma.solvers.serving.requests import Requests
from groma.solvers.serving.scheduler import simulate
from groma.solvers.serving.shape import ServingError
from groma.solvers.serving.timeline import Timeline, percentile

STEPS = 12
"""Halvings of the range of rates: the answer is good to about a part in a thousand of the range's logarithm."""


@dataclass(frozen=True, slots=True)
class Targets:
    """Most seconds to the first token and between tokens, kept by `share` of the requests; None: doesn't matter."""

    ttft: float | None = None
    tpot: float | None = None
    share: float = 0.95

    def __post_init__(self) -> None:
        if not 0.0 < self.share < 1.0 or any(
            v is not None and not 0 < v < math.inf for v in (self.ttft, self.tpot)
        ):
            raise ServingError("expected a share between 0 and 1 and targets above zero")
        if self.ttft is None and self.tpot is None:
            raise ServingError("expected a target on the time to the first token or between tokens")

    def kept(self, run: Timeline) -> bool:
        late = self.ttft is not None and percentile(run.ttft, self.share) > self.ttft
        slow = self.tpot is not None and bool(run.tpot) and percentile(run.tpot, self.share) > self.tpot
        return not late and not slow


@dataclass(frozen=True, slots=True)
class Range:
    """An estimate and what it lies between; None where nobody knows that."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Sized:
    """`rate` requests a second that one instance serves within the targets, `instances` and `accelerators` for the
    demand (infinite at the end at which no rate keeps the targets), `in_flight` requests on each accelerator."""

    rate: Range
    instances: Range
    accelerators: Range
    in_flight: Range


def scaled(costs: Costs, factor: float) -> Costs:
    """Every iteration, and what a request spends outside, by a factor."""
    return replace(
        costs,
        tokens=tuple(v * factor for v in costs.tokens),
        cached=costs.cached * factor,
        pair=costs.pair * factor,
        sequence=costs.sequence * factor,
        start=costs.start * factor,
        start_token=costs.start_token * factor,
    )


def poisson(inputs: tuple[int, ...], outputs: tuple[int, ...], rate: float, seed: int = 1) -> Requests:
    """The requests in their order, arriving at random at a rate."""
    if not 0.0 < rate < math.inf:
        raise ServingError(f"expected a rate above zero, found {rate}")
    gaps = np.random.default_rng(seed).exponential(1.0, len(inputs)) / rate
    return Requests(tuple(np.cumsum(gaps).tolist()), inputs, outputs)


def at_rate(requests: Requests, rate: float) -> Requests:
    """The same arrivals on a clock that runs so that they come at `rate` on average."""
    first, last = requests.arrivals[0], requests.arrivals[-1]
    if last <= first:
        raise ServingError("expected arrivals over some time")
    stretch = (len(requests.arrivals) - 1) / rate / (last - first)
    return replace(requests, arrivals=tuple((t - first) * stretch for t in requests.arrivals))


def largest_rate(requests: Requests, costs: Costs, policy: Policy, capacity: int, targets: Targets) -> float:
    """The largest rate of arrival at which one instance keeps the targets; 0 if it never does."""
    alone = simulate(replace(requests, arrivals=()), costs, policy, capacity, 1)
    slowest = 1.0 / max(1e-9, sum(alone.latency) / len(alone.latency))
    low, high = slowest / 100.0, slowest * 4.0 * policy.sequences
    if not targets.kept(simulate(at_rate(requests, low), costs, policy, capacity)):
        return 0.0
    for _ in range(STEPS):
        middle = math.sqrt(low * high)
        if targets.kept(simulate(at_rate(requests, middle), costs, policy, capacity)):
            low = middle
        else:
            high = middle
    return low


def sizing(
    requests: Requests,
    costs: Costs,
    policy: Policy,
    capacity: int,
    targets: Targets,
    demand: float,
    parts: int = 1,
    off: tuple[float, float] | None = None,
) -> Sized:
    """Instances of `parts` accelerators for `demand` requests a second; `off` is what measured over predicted lies
    between (None: nobody knows, and no interval is given). Raises ServingError for a demand that isn't above zero
    or where no rate keeps the targets even at the estimate, with the best that is possible."""
    if not 0.0 < demand < math.inf:
        raise ServingError(f"expected a demand above zero requests a second, found {demand}")
    rates: list[float] = []
    flights: list[float] = []
    for factor in (1.0,) if off is None else (1.0, off[1], off[0]):
        slower = scaled(costs, factor)
        rate = largest_rate(requests, slower, policy, capacity, targets)
        rates.append(rate)
        if rate:
            run = simulate(at_rate(requests, rate), slower, policy, capacity)
            flights.append(rate * sum(run.latency) / len(run.latency) / parts)
        else:
            flights.append(0.0)
    if not rates[0]:
        one = simulate(replace(requests, arrivals=()), costs, policy, capacity, 1)
        best = f"{percentile(one.ttft, targets.share):.3g} s to the first token"
        if one.tpot:
            best += f" and {percentile(one.tpot, targets.share) * 1000:.3g} ms between tokens"
        raise ServingError(f"no rate keeps the targets: a request alone takes {best}")
    needed = [math.ceil(demand / rate - 1e-9) if rate else math.inf for rate in rates]
    if off is None:
        return Sized(*(Range(v, None, None) for v in (rates[0], needed[0], needed[0] * parts, flights[0])))
    return Sized(
        Range(rates[0], rates[1], rates[2]),
        Range(needed[0], needed[2], needed[1]),
        Range(needed[0] * parts, needed[2] * parts, needed[1] * parts),
        Range(flights[0], min(flights), max(flights)),
    )
