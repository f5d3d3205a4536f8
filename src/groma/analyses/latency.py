"""Latency of a flow, from arrival to its end or to a mark: mean and percentiles of the runs that end well.

The percentile is that of the conditional law, P(T <= t | well): it lies between the first t at which the upper
distribution function reaches p times the lower success and the first t at which the lower one reaches p times the
upper success. Numeric convolution on a lattice with both roundings (see `outcome.law`); queues as in `queues`.
"""

from __future__ import annotations

import math

from groma.analyses import budget
from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.layered import estimate as layered
from groma.analyses.loads.queues import component_at
from groma.analyses.outcome.read_off import quantile
from groma.analyses.program_inputs import enter_inputs
from groma.analyses.reach import reach_of, servers
from groma.analyses.runs import (
    NEARLY_ALL,
    Runs,
    fitted,
    parsed,
    read_runs,
    saturated,
    searching_grid,
    statistic,
    success_asked,
    target_of,
)
from groma.model.figure import Figure
from groma.model.measure import ParsedMeasure
from groma.model.printed import format_quantity

METHOD = "bracketed convolution on a lattice"
INDEPENDENT = "times of different steps are independent of one another, but for branches that wait together"
UP = "all parts are up (outages count in availability)"
Numbers = tuple[float | None, float | None, float | None]


def figure(context: Context, measure: str) -> Figure:
    """`latency/FLOW[@MARK]/mean|pNN` in seconds."""
    asked = parsed(measure)
    share = asked.percentile
    runs = fitted(context, asked.subject, asked.mark, _reaching(share))
    title = _title(asked.subject, asked.mark, share)
    full = saturated(context, runs)
    if full:
        notes = tuple(
            sorted(
                note
                for s in full
                for note in runs.queues.waiting(s).notes
                if "saturated" in note or note.endswith("for ever")
            )
        )
        reason = f"no steady state in the busiest hour: {'; '.join(notes) or ', '.join(full)}"
        return Figure(measure, title, "s", method=METHOD, reason=reason)
    low, value, high = _numbers(runs, share)
    missing = tuple(sorted(runs.outcome.missing))
    found = _layered(context, asked, value)
    guess = None if found is None or missing else found
    if guess is not None:
        low, value, high = _narrowed(guess, (low, value, high))
    evidence = Evidence(context)
    enter_inputs(evidence, asked.subject)
    _explain(evidence, runs, asked.subject)
    reason = ""
    if missing:
        reason = "facts that its time depends on are not stated"
    elif high is None:
        reason = _why_unbounded(runs)
    valid = (INDEPENDENT, UP, *sorted(runs.outcome.notes)) if guess is None else (UP, *guess.valid)
    return Figure(
        measure, title, "s", value=value, low=low, high=high,
        method=METHOD if guess is None else layered.METHOD, error=None if guess is None else guess.error,
        inputs=evidence.inputs, derivation=tuple(evidence.lines), valid=valid, missing=missing, reason=reason,
    )  # fmt: skip


def numbers(context: Context, measure: str) -> Numbers:
    """Low end, value and high end of `figure` alone, without what it is derived from."""
    asked = parsed(measure)
    runs = fitted(context, asked.subject, asked.mark, _reaching(asked.percentile))
    if saturated(context, runs):
        return None, None, None
    ends = _numbers(runs, asked.percentile)
    guess = _layered(context, asked, ends[1])
    return ends if guess is None or runs.outcome.missing else _narrowed(guess, ends)


def _layered(context: Context, asked: ParsedMeasure, value: float | None) -> layered.Estimate | None:
    """The mean from the layered network, where this file knows only bounds."""
    if asked.percentile is not None or value is not None:
        return None
    return layered.response(context, asked.subject, asked.mark)


def _narrowed(guess: layered.Estimate, ends: Numbers) -> Numbers:
    low, _, high = ends
    made = guess.within(low or 0.0, math.inf if high is None else high)
    return made.low, made.value, made.high if math.isfinite(made.high) else None


def _numbers(runs: Runs, share: float | None) -> Numbers:
    low, high, nominal = statistic(runs, share)
    value = None if runs.outcome.missing or not math.isfinite(nominal) else min(max(nominal, low), high)
    known = low > 0 or not runs.outcome.missing
    return low if known else None, value, high if math.isfinite(high) else None


def bounds(
    context: Context, measure: str, *, success: float | None = None, cells: int = 400
) -> tuple[float, float]:
    """(optimistic, pessimistic) seconds, for whatever is still open.

    Optimistic: no completion of the choices that meets the success need (99 % unless stated) is faster. Infinite on
    both sides where no completion has a steady state. The pessimistic end leaves waits open: proofs are `figure`'s.
    """
    asked = parsed(measure)
    grid = searching_grid(context, asked.subject, asked.mark, target_of(context, measure), cells)
    runs = read_runs(context, asked.subject, asked.mark, grid, "bound")
    if saturated(context, runs):
        return math.inf, math.inf
    needed = success_asked(context, asked.subject, asked.mark) if success is None else success
    low, high, _ = statistic(runs, asked.percentile, needed)
    return low, high


def curve(
    context: Context, flow: str, mark: str | None = None, points: int = 200
) -> list[tuple[float, float, float]]:
    """(share, low, high) of the percentile curve in seconds, for the chart; infinite where not bounded."""
    runs = fitted(context, flow, mark)
    found: list[tuple[float, float, float]] = []
    for n in range(points):
        share = min(n / (points - 1), NEARLY_ALL) if points > 1 else 0.5
        low, high, _ = quantile(runs.grid, runs.well, share)
        found.append((share, low, high))
    return found


def _reaching(share: float | None) -> float:
    return NEARLY_ALL if share is None or share < 0.999 else 1 - (1 - share) / 4


def _title(flow: str, mark: str | None, share: float | None) -> str:
    what = "Mean latency" if share is None else f"Latency, {share * 100:g}th percentile,"
    return f"{what} of {flow}" + (f" up to {mark}" if mark else "")


def _why_unbounded(runs: Runs) -> str:
    least, most, _ = runs.success
    if least < most and least <= 0:
        return "how many runs end well isn't known"
    notes = [n for n in sorted(runs.outcome.notes) if "isn't bounded" in n or "may saturate" in n]
    return "; ".join(notes) or "no upper bound is proven"


def _explain(evidence: Evidence, runs: Runs, flow: str) -> None:
    from groma.analyses.registry import figure as entered

    context = evidence.context
    for step, ends in budget.parts(context, flow, None):
        text = f"step {step.path.rpartition('.')[2]}: {budget.described(step)}, mean"
        name = entered(context, f"budget/{flow}/{step.path}/mean").name
        evidence.use(name)
        evidence.line(text, format_quantity(ends[2], "s") if math.isfinite(ends[2]) else "bounded", name)
    if runs.queues.loads is None:
        return
    for station in sorted(reach_of(context, context.model.flows[flow].steps).stations):
        component = component_at(context, station)
        if component is not None and servers(component) is not None:
            found = entered(context, f"utilisation/{component.name}")
            shown = "not shown" if found.value is None else f"{found.value * 100:.3g} %"
            evidence.use(found.name)
            evidence.line(f"utilisation of {component.name} in the busiest hour", shown, found.name)
