"""What each step of a flow takes of its time: the latency budget, step by step.

A step's figure is that of runs in which it ends ok, queues and retries included; means of steps that are always taken
add up to the flow's mean, percentiles don't.
"""

from __future__ import annotations

import math

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.outcome.algebra import OK, together
from groma.analyses.runs import NEARLY_ALL, Ends, Runs, fitted, statistic
from groma.model.figure import Figure
from groma.model.measure import ParsedMeasure
from groma.model.program import Ask, Call, Do, Hold, Open, Send, Step


def figure(context: Context, measure: str) -> Figure:
    """`budget/FLOW/STEP PATH/mean|pNN` in seconds."""
    _, flow, path, statistic_name = measure.split("/")
    share = ParsedMeasure(measure, "latency", flow, None, statistic_name).percentile
    for step, (low, high, nominal) in parts(context, flow, share):
        if step.path == path:
            missing = tuple(sorted(_runs(context, flow, step).outcome.missing))
            value = nominal if math.isfinite(nominal) and not missing else None
            evidence = Evidence(context)
            return Figure(
                measure, f"{described(step)} in {flow}, {'mean' if share is None else statistic_name}", "s",
                value=value, low=low if low > 0 or not missing else None, high=high if math.isfinite(high) else None,
                method="bracketed convolution on a lattice", missing=missing, inputs=evidence.inputs,
            )  # fmt: skip
    raise ValueError(f"`{measure}`: flow `{flow}` has no step `{path}`")


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """(low, high) seconds."""
    return figure(context, measure).ends()


def parts(context: Context, flow: str, share: float | None) -> list[tuple[Step, Ends]]:
    """Each top-level step with (low, high, nominal) seconds of its mean (share None) or percentile."""
    return [(step, statistic(_runs(context, flow, step), share)) for step in context.model.flows[flow].steps]


def _runs(context: Context, flow: str, step: Step) -> Runs:
    whole = fitted(context, flow, None, NEARLY_ALL)
    outcome = whole.queues.outcomes.step(step, context.model.flows[flow].by)
    return Runs(flow, None, whole.queues, outcome, together(whole.grid, outcome, frozenset({OK})))


def described(step: Step) -> str:
    """A step in a few words."""
    if step.title:
        return step.title
    match step.action:
        case Call(component, operation) | Send(component, operation):
            return f"{component}.{operation}"
        case Ask(person=person):
            return f"ask {person}"
        case Hold(component=component):
            return f"hold {component}"
        case Do(flow):
            return flow
        case Open(role):
            return role
        case other:
            return type(other).__name__.lower()
