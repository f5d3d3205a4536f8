"""People's time to keep the system alive: the stated effort of its components, in hours a month.

A sum over components; those that don't say make it a lower bound, with its coverage.
"""

from __future__ import annotations

import math

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.interval import NOTHING_KNOWN, Interval, mean_of, total
from groma.analyses.standing import Line, standing
from groma.model.elements import Component
from groma.model.figure import Figure
from groma.model.month import HOURS_PER_MONTH
from groma.model.quantity import Quantity


def figure(context: Context, measure: str) -> Figure:
    """`effort/month`, in hours a month."""
    evidence = Evidence(context)
    stated = asked = 0
    for name in [*context.model.components, *context.model.alternatives]:
        for component in context.candidates(name):
            asked += 1
            stated += isinstance(component.effort, Quantity)
            ref = evidence.note(
                f"components.{name}.effort", component.effort, "state the hours a month it takes"
            )
            if isinstance(component.effort, Quantity):
                hours = component.effort.mean * HOURS_PER_MONTH
                evidence.line(f"to keep {name} alive", f"{hours:.4g} h/month", ref)
    whole = total(Interval(line.low, line.value, line.high) for line in lines(context))
    known = not evidence.missing
    return Figure(
        measure,
        "Effort to keep the system alive",
        "h/month",
        value=whole.value if known else None,
        low=whole.low if stated or known else None,
        high=whole.high if known and math.isfinite(whole.high) else None,
        method="sum over components",
        inputs=evidence.inputs,
        derivation=tuple(evidence.lines),
        missing=evidence.missing,
        reason="" if known else f"at least: {stated} of {asked} components state their effort",
    )


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """Least and most, in hours a month."""
    del measure
    whole = total(Interval(line.low, line.value, line.high) for line in lines(context))
    return whole.low, whole.high


def lines(context: Context) -> tuple[Line, ...]:
    """One line for each component, with the open choices that it depends on."""
    return tuple(standing(context, _effort))


def _effort(component: Component) -> Interval:
    return (
        mean_of(component.effort).scaled(HOURS_PER_MONTH)
        if isinstance(component.effort, Quantity)
        else NOTHING_KNOWN
    )
