"""Success of a flow: the share of runs that end ok, or that pass a mark.

The total of the bracket of runs that end well (see `outcome.algebra`). Exact where no time limit bites (products and
sums of the stated shares); with timeouts and deadlines as sharp as the lattice.
"""

from __future__ import annotations

import math

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.held_within import standing_still
from groma.analyses.loads.arrivals import time_grid
from groma.analyses.loads.rounds import queues_on
from groma.analyses.outcome.algebra import ERRORS, OK, mass_of
from groma.analyses.program_inputs import enter_inputs
from groma.analyses.runs import Runs, fitted, parsed, read_runs, saturated
from groma.model.figure import Figure, Line

UP = "all parts are up (outages count in availability)"
METHOD = "shares of outcomes, by numeric convolution where time limits bite"


def figure(context: Context, measure: str) -> Figure:
    """`success/FLOW[@MARK]` as a share."""
    asked = parsed(measure)
    runs = fitted(context, asked.subject, asked.mark)
    title = f"Success of {asked.subject}" + (f" up to {asked.mark}" if asked.mark else "")
    low, value, high = _numbers(runs)
    full, missing = saturated(context, runs), _missing(runs)
    evidence = Evidence(context)
    enter_inputs(evidence, asked.subject)
    _explain(evidence, context, asked.subject)
    still = [told.told for station in full if (told := standing_still(context).get(station))]
    reason = f"no steady state in the busiest hour at {', '.join(full)}" if full else ""
    reason = "; ".join([reason, *still]) if still else reason
    if low <= 0 and high >= 1 and (missing or full):
        return Figure(
            measure, title, "1", method=METHOD, missing=missing, reason=reason or "facts are not stated"
        )
    return Figure(
        measure, title, "1", value=value, low=low, high=high, method=METHOD, inputs=evidence.inputs,
        derivation=tuple(evidence.lines), valid=(UP, *sorted(runs.outcome.notes)),
        missing=missing, reason=reason,
    )  # fmt: skip


def numbers(context: Context, measure: str) -> tuple[float | None, float | None, float | None]:
    """Low end, value and high end of `figure` alone, without what it is derived from."""
    asked = parsed(measure)
    runs = fitted(context, asked.subject, asked.mark)
    low, value, high = _numbers(runs)
    if low <= 0 and high >= 1 and (_missing(runs) or saturated(context, runs)):
        return None, None, None
    return low, value, high


def _numbers(runs: Runs) -> tuple[float, float | None, float]:
    low, high, nominal = runs.success
    value = None if not math.isfinite(nominal) or _missing(runs) else min(max(nominal, low), high)
    return low, value, high


def _missing(runs: Runs) -> tuple[str, ...]:
    low, high, _ = runs.success
    return tuple(sorted(m for m in runs.outcome.missing if not _only_time(m) or low < high))


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """(optimistic, pessimistic) share: the most and the least that any completion of the open choices can have. Shares
    depend on time through time limits alone, so the grid is the one that all of these lie on."""
    asked = parsed(measure)
    low, high, _ = read_runs(context, asked.subject, asked.mark, time_grid(context, rows=2), "bound").success
    return high, low


def _only_time(path: str) -> bool:
    """Whether a missing fact moves only times; a share that ends sharp doesn't depend on it then."""
    return not path.endswith((".fails", ".throttled", ".rejects", ".loss", ".share", ".hits"))


def _explain(evidence: Evidence, context: Context, flow: str) -> None:
    """The share of each top-level step that ends ok, of runs that get to it."""
    there = context.model.flows[flow]
    outcomes = queues_on(context, time_grid(context)).outcomes
    for step in there.steps:
        outcome = outcomes.step(step, there.by)
        ok = mass_of(outcomes.grid, outcome, {OK})
        lost = [kind for kind in sorted(outcome.ends) if kind in ERRORS]
        if lost:
            value = (
                f"{ok[2] * 100:.6g} %"
                if math.isfinite(ok[2])
                else f"{ok[1] * 100:.6g} .. {ok[0] * 100:.6g} %"
            )
            evidence.lines.append(
                Line(f"step {step.path.rpartition('.')[2]} ends ok (else {', '.join(lost)})", value)
            )
