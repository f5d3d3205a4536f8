"""What one run of a flow brings beyond what it costs: `brings/FLOW`, worth less people's time less the bill of a run.

Negative where it costs more. Costs that stand whatever runs (a tool's price of a month) aren't in it: it is what
one run more brings. A cost that nobody states leaves only the most that it can bring.
"""

from __future__ import annotations

import math

from groma.analyses.context import Context
from groma.analyses.cost.prices import exchange
from groma.analyses.evidence import Evidence
from groma.analyses.interval import Interval, mean_of, total
from groma.analyses.people import rate_of
from groma.analyses.registry import figure as figure_of
from groma.analyses.visits.counts import sure, uses
from groma.model.figure import Figure
from groma.model.month import SECONDS_PER_HOUR
from groma.model.printed import format_quantity
from groma.model.program import Ask
from groma.model.quantity import Quantity


def figure(context: Context, measure: str) -> Figure:
    """`brings/FLOW`, in money a run."""
    name = measure.partition("/")[2]
    currency, flow = context.model.currency, context.model.flows[name]
    title = f"What one run of {name} brings beyond what it costs"
    evidence = Evidence(context)
    evidence.note(f"flows.{name}.worth", flow.worth, "state what one run is worth")
    if not isinstance(flow.worth, Quantity):
        return Figure(
            measure, title, currency, missing=evidence.missing, reason="nobody says what a run is worth"
        )
    lacking: list[str] = []
    change, _ = exchange(context, flow.worth.unit.currency, lacking)
    worth = mean_of(flow.worth) * change
    time = _time(context, name, evidence)
    bill = figure_of(context, f"cost/{name}/run")
    evidence.line("bill of one run", "", bill.name)
    for path in (*lacking, *bill.missing):
        evidence.miss(path)
    spent = time + Interval(bill.low or 0.0, bill.value, math.inf if bill.high is None else bill.high)
    known = not evidence.missing and worth.value is not None and spent.value is not None
    return Figure(
        measure,
        title,
        currency,
        value=worth.value - spent.value
        if known and worth.value is not None and spent.value is not None
        else None,
        low=worth.low - spent.high if known and math.isfinite(spent.high) else None,
        high=worth.high - spent.low if math.isfinite(worth.high) else None,
        method="worth less cost",
        inputs=evidence.inputs,
        derivation=tuple(evidence.lines),
        missing=evidence.missing,
        valid=("costs that stand whatever runs aren't in it",),
        reason="" if known else "at most: some of what it costs isn't stated",
    )


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """Least and most."""
    return figure(context, measure).ends(-math.inf)


def _time(context: Context, flow: str, evidence: Evidence) -> Interval:
    """People's time for one run, in money."""
    parts: list[Interval] = []
    for use in uses(context, flow):
        if use.kind != "ask" or not isinstance(use.step.action, Ask):
            continue
        takes = use.step.action.takes
        ref = evidence.note(f"{use.step.path}.takes", takes, "state how long it takes")
        lacking: list[str] = []
        rate = rate_of(context, use.name, lacking)
        for path in lacking:
            evidence.miss(path)
        if not lacking:
            evidence.note(f"people.{use.name}.rate", context.model.people[use.name].rate)
        cost = sure(use, use.weight) * mean_of(takes).scaled(1.0 / SECONDS_PER_HOUR) * rate
        told = "not known" if cost.value is None else format_quantity(cost.value, context.model.currency)
        evidence.line(f"{use.name}: {use.step.title or f'asked in {use.step.path}'}", told, ref)
        parts.append(cost)
    return total(parts)
