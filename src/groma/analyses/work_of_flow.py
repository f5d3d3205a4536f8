"""People's time that one flow takes in a month: `work/FLOW/hours`, and `work/FLOW/month` in money.

The part of `people/hours` and `people/month` that the flow's own questions make up; keeping components alive isn't in
it.
"""

from __future__ import annotations

import math

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.interval import Interval, total
from groma.analyses.people import rate_of, work
from groma.model.figure import Figure
from groma.model.quantity import Quantity


def figure(context: Context, measure: str) -> Figure:
    """Hours or money a month."""
    _, flow, of = measure.split("/")
    evidence = Evidence(context)
    parts: list[Interval] = []
    for each in work(context):
        if each.flow != flow:
            continue
        ref = evidence.note(each.path, each.each, "state how long it takes")
        shown = "not known" if each.hours.value is None else f"{each.hours.value:.4g} h/month"
        evidence.line(f"{each.person}: {each.what}", shown, ref)
        amount = each.hours
        if of == "month":
            lacking: list[str] = []
            amount = amount * rate_of(context, each.person, lacking)
            for path in lacking:
                evidence.miss(path)
        if isinstance(each.each, Quantity) and not math.isfinite(each.hours.high):
            evidence.miss(f"flows.{flow}.starts.rate", "state how often it starts")
        parts.append(amount if each.certain else Interval(0.0, None, amount.high))
    whole = total(parts)
    known = not evidence.missing
    return Figure(
        measure,
        f"People's time for {flow} in a month" + (", in money" if of == "month" else ""),
        f"{context.model.currency}/month" if of == "month" else "h/month",
        value=whole.value if known else None,
        low=whole.low,
        high=whole.high if known and math.isfinite(whole.high) else None,
        method="hours added up",
        inputs=evidence.inputs,
        derivation=tuple(evidence.lines),
        missing=evidence.missing,
        reason="" if known else "at least: some of this work isn't stated",
    )


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """Least and most."""
    return figure(context, measure).ends()
