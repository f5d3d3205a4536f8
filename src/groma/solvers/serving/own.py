"""Calibrating on a user's own measurement: the timeline of requests that one instance really served.

The costs that a data sheet and the shared calibration give are scaled in five places (what depends on the tokens of a
batch, cache read, sequences, prompts, what passes outside of the engine), so that the simulated times of the requests
given for fitting come close to the measured ones. The others are simulated beside them, since they were there, but
their times are never looked at.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from groma.solvers.serving.intervals import grouped_reach
from groma.solvers.serving.iteration import Costs
from groma.solvers.serving.least_squares import Array, least_squares
from groma.solvers.serving.policy import Policy
from groma.solvers.serving.requests import Requests
from groma.solvers.serving.scheduler import simulate
from groma.solvers.serving.shape import ServingError
from groma.solvers.serving.timeline import Timeline

SHRINK = 0.7
"""Standard deviation of a scale's logarithm before the timeline is looked at."""


@dataclass(frozen=True, slots=True)
class Observed:
    """When the first and the last token of each request came, in seconds on the clock of the arrivals."""

    first: tuple[float, ...]
    last: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.first) != len(self.last) or any(
            b < a for a, b in zip(self.first, self.last, strict=True)
        ):
            raise ServingError("expected a first and a last token of every request, in this order")


@dataclass(frozen=True, slots=True)
class Scales:
    """Factors on the costs: `tokens` of a batch, `cached` tokens read, `sequence`, `prompt`, and what passes `outside`
    of the engine's steps."""

    tokens: float = 1.0
    cached: float = 1.0
    sequence: float = 1.0
    prompt: float = 1.0
    outside: float = 1.0

    def on(self, costs: Costs) -> Costs:
        return replace(
            costs,
            tokens=tuple(v * self.tokens for v in costs.tokens),
            cached=costs.cached * self.cached,
            sequence=costs.sequence * self.sequence,
            prompt=costs.prompt * self.prompt,
            start=costs.start * self.outside,
            start_token=costs.start_token * self.outside,
            lag=costs.lag * self.outside,
        )


def calibrate_on(
    requests: Requests,
    observed: Observed,
    costs: Costs,
    policy: Policy,
    capacity: int,
    fitted: int | None = None,
) -> Scales:
    """Scales that bring the simulated times of the first `fitted` requests (all, if not said) to the measured ones.

    Each time is held as a logarithm: 30 % off in one to the first token weighs as 10 % between tokens. Raises
    ServingError with fewer than 10 requests to fit.
    """
    count = len(requests.inputs) if fitted is None else min(fitted, len(requests.inputs))
    if count < 10 or len(observed.first) != len(requests.inputs) or not requests.arrivals:
        raise ServingError(
            "expected times of arrival, and at least 10 requests with both times to calibrate on"
        )
    ttft, tpot = _times(requests, observed.first, observed.last, count)

    def residuals(x: Array) -> Array:
        run = simulate(requests, Scales(*np.exp(x).tolist()).on(costs), policy, capacity)
        a, t = _times(requests, run.first, run.last, count)
        return np.concatenate([(a - ttft) / 0.3, (t - tpot) / 0.1, x / SHRINK])

    found = least_squares(residuals, np.zeros(5), -3.0, 3.0, loss="soft_l1", diff_step=0.02, max_nfev=15)
    return Scales(*(math.exp(v) for v in found.tolist()))


@dataclass(frozen=True, slots=True)
class Closeness:
    """How far a simulation is from what was measured, on requests from one place on: mean absolute error of the time
    between tokens (relative, by request), relative error of the mean time to first token, of it by request against the
    mean, and of the mean latency."""

    requests: int
    tpot: float
    tpot_of_mean: float
    ttft_of_mean: float
    ttft: float
    latency_of_mean: float


def closeness(requests: Requests, observed: Observed, run: Timeline, since: int = 0) -> Closeness:
    """Hold a simulated timeline against the measured one from request `since` on."""
    arrived = np.array(requests.arrivals[since:])
    first, last = np.array(observed.first[since:]), np.array(observed.last[since:])
    simulated_first, simulated_last = np.array(run.first[since:]), np.array(run.last[since:])
    steps = np.array(requests.outputs[since:]) - 1
    several = steps > 0
    measured = (last - first)[several] / steps[several]
    simulated = (simulated_last - simulated_first)[several] / steps[several]
    ttft, shown = first - arrived, simulated_first - arrived
    return Closeness(
        len(arrived),
        float(np.mean(np.abs(simulated / measured - 1))),
        float(simulated.mean() / measured.mean() - 1),
        float(shown.mean() / ttft.mean() - 1),
        float(np.mean(np.abs(shown - ttft)) / ttft.mean()),
        float((simulated_last - arrived).mean() / (last - arrived).mean() - 1),
    )


BLOCKS, LEAST = 20, 10
"""Most blocks of held-out requests, and fewest requests in a block (and fewest blocks: nine say nothing of 90 %)."""


def held_out_reach(
    requests: Requests, observed: Observed, run: Timeline, since: int, share: float = 0.9
) -> dict[str, tuple[float, float]] | None:
    """For `ttft` and `tpot` what measured over simulated means lay between on stretches of the requests from
    `since` on, which the calibration never saw; each stretch is one group (`grouped_reach`). None with fewer than
    100 of them: too few to say."""
    left = len(requests.inputs) - since
    blocks = min(BLOCKS, left // LEAST)
    if blocks < LEAST:
        return None
    arrived, steps = np.array(requests.arrivals), np.array(requests.outputs) - 1
    found: dict[str, tuple[float, float]] = {}
    for name in ("ttft", "tpot"):
        misses: list[list[float]] = []
        for block in np.array_split(np.arange(since, len(requests.inputs)), blocks):
            means = [
                _mean(name, arrived[block], np.array(t.first)[block], np.array(t.last)[block], steps[block])
                for t in (observed, run)
            ]
            if min(means) > 0.0:
                misses.append([math.log(means[0] / means[1])])
        reach = grouped_reach(misses, share)
        if not math.isfinite(reach):
            return None
        found[name] = (math.exp(-reach), math.exp(reach))
    return found


def _mean(name: str, arrived: Array, first: Array, last: Array, steps: Array) -> float:
    if name == "ttft":
        return float((first - arrived).mean())
    several = steps > 0
    return float(((last - first)[several] / steps[several]).mean()) if several.any() else 0.0


def _times(
    requests: Requests, first: tuple[float, ...], last: tuple[float, ...], count: int
) -> tuple[Array, Array]:
    """Logarithms of times to the first token and from there to the last."""
    rows = zip(requests.arrivals[:count], first, last, requests.outputs, strict=False)
    kept = [(max(f - a, 1e-4), max(b - f, 1e-6) if n > 1 else 1.0) for a, f, b, n in rows]
    return np.log([k[0] for k in kept]), np.log([k[1] for k in kept])
