"""What a simulation of the busiest hour gives for latency, success, utilisation and throughput.

All measures of a model come from the same replications: so many of equal length, after a warm-up that is found first.
The interval of each is Student's t over replications. A system without a steady state gives no number.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from groma.analyses.context import Context
from groma.analyses.simulation.compiled import compiled
from groma.model.elements import Model
from groma.model.figure import Result
from groma.model.model_programs import marks_of
from groma.solvers.simulation import (
    Latencies,
    NotSteady,
    Outcome,
    Replicated,
    Settings,
    Steady,
    run,
    steady_state,
)

METHOD = "simulation"
CONFIDENCE = 0.9999
REPLICATIONS = 16
RUNS, EVENTS = 160_000, 2_400_000
"""Expected runs of all flows in all replications together: the first, or fewer where they take more events."""
LONGER = 4.0
"""Times as long as that, once more, where it neither settles nor grows."""
PILOT = 500
SEED = 1
FEWEST = 400
"""Runs of a flow in a replication, below which its percentiles aren't read."""
SHARES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p999": 0.999}


@dataclass(frozen=True, slots=True)
class Simulated:
    """Replications of a model, or why there are none."""

    found: Replicated | None
    warm_up: float = 0.0
    lasted: float = 0.0
    reason: str = ""


def simulated(context: Context) -> Simulated:
    """The simulation of a closed model, worked out once for a context."""
    known: Simulated | None = context.memo.get("simulated")
    if known is None:
        known = context.memo["simulated"] = _simulated(context.model)
    return known


def second(context: Context, measure: str) -> Result | None:
    """What the simulation gives for a measure; None where it can't tell (not simulated, or too few runs)."""
    found = simulated(context).found
    estimate = None if found is None else found.estimates.get(measure)
    if estimate is None or estimate.missing or len(estimate.values) < 2:
        return None
    low, high = estimate.interval
    return Result(
        METHOD, max(low, 0.0), high, estimate.mean, CONFIDENCE, f"{SEED}, {REPLICATIONS} replications"
    )


def _simulated(model: Model) -> Simulated:
    if model.alternatives:
        return Simulated(None, reason="choices of the design are open")
    replayed = sorted(
        n for n, f in model.flows.items() if f.starts is not None and f.starts.replays is not None
    )
    if replayed:
        return Simulated(None, reason=f"no steady state: arrivals of {', '.join(replayed)} are replayed")
    if not model.flows:
        return Simulated(None, reason="no flow is described")
    made = compiled(model)
    if made.missing:
        return Simulated(None, reason="facts are missing: " + ", ".join(made.missing))
    if not made.rates:
        return Simulated(None, reason="nothing says how often a flow starts")
    pilot = run(made.program, Settings(runs=PILOT), seed=SEED, replication=-1)
    runs = min(RUNS, EVENTS * PILOT / max(pilot.events, 1))
    comes_again = any(flow.starts is not None and flow.starts.closed for flow in model.flows.values())
    often = PILOT / max(pilot.now, 1e-300) if comes_again else sum(made.rates.values())
    until = runs / REPLICATIONS / often

    def steadily(lasts: float) -> Steady | NotSteady:
        return steady_state(
            made.program, lasts, measures(model), seed=SEED, relative=math.inf, confidence=CONFIDENCE,
            least=REPLICATIONS, most=REPLICATIONS,
        )  # fmt: skip

    steady = steadily(until)
    if isinstance(steady, NotSteady) and not steady.grows:
        until *= LONGER
        steady = steadily(until)
    if isinstance(steady, NotSteady):
        return Simulated(None, lasted=until, reason=f"no steady state: {steady.reason}")
    return Simulated(steady.replicated, steady.warm_up, until)


def measures(model: Model) -> dict[str, Callable[[Outcome], float]]:
    """Every measure that a simulation gives, by name."""
    found: dict[str, Callable[[Outcome], float]] = {}
    for flow in (name for name, flow in model.flows.items() if flow.starts is not None):
        for mark in (None, *dict.fromkeys(marks_of(model, flow))):
            subject = flow if mark is None else f"{flow}@{mark}"
            found[f"latency/{subject}/mean"] = _read(flow, mark, lambda times: times.mean)
            for statistic, share in SHARES.items():
                found[f"latency/{subject}/{statistic}"] = _read(flow, mark, _quantile(share))
            found[f"success/{subject}"] = _success(flow, mark)
    for name, component in model.components.items():
        if component.threads is not None:
            found[f"utilisation/{name}"] = _utilisation(f"components.{name}")
        if component.offers:
            found[f"throughput/{name}"] = _arrivals(f"components.{name}")
    return found


def _read(flow: str, mark: str | None, statistic: Callable[[Latencies], float]) -> Callable[[Outcome], float]:
    def read(outcome: Outcome) -> float:
        runs = outcome.flow(flow)
        times = runs.latency if mark is None else runs.passed[mark]
        return statistic(times) if times.count >= FEWEST else math.nan

    return read


def _quantile(share: float) -> Callable[[Latencies], float]:
    return lambda times: times.quantile(share) if times.count * (1 - share) >= 20 else math.nan


def _success(flow: str, mark: str | None) -> Callable[[Outcome], float]:
    def read(outcome: Outcome) -> float:
        runs = outcome.flow(flow)
        ended = sum(runs.ended.values())
        if ended < FEWEST:
            return math.nan
        return runs.success if mark is None else min(runs.passed[mark].count / ended, 1.0)

    return read


def _utilisation(station: str) -> Callable[[Outcome], float]:
    def read(outcome: Outcome) -> float:
        return next((s.utilisation for s in outcome.stations if s.name == station), 0.0)

    return read


def _arrivals(station: str) -> Callable[[Outcome], float]:
    def read(outcome: Outcome) -> float:
        return next((s.arrived / outcome.observed for s in outcome.stations if s.name == station), 0.0)

    return read
