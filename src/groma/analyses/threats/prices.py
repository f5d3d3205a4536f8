"""What checks cost: the same model with its guards and approvals taken out, figure by figure.

Where both figures have a value the difference is taken at the stated values of all facts, without an interval: the two
depend on the same facts, so that subtracting ends would claim too much or too little. Where only bounds are known, the
difference gets guaranteed bounds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from groma.analyses.context import Context
from groma.analyses.registry import figure
from groma.model.elements import Model
from groma.model.figure import Figure, Ledger, Line
from groma.model.program import (
    Ask,
    Choose,
    Group,
    Hold,
    Open,
    Parallel,
    Policies,
    Repeat,
    Step,
)

MEASURES = ("cost/month", "people/month", "people/hours")


def costs_of(context: Context, flow: str, mark: str = "") -> Iterator[Figure]:
    """Latency of a flow, bill and people's time, each as what the guards and approvals add to it."""
    bare = without_checks(context.model)
    if bare == context.model:
        return
    other = Context(bare, context.catalog, Ledger(bare.digest))
    subject = f"{flow}@{mark}" if mark else flow
    loads = [f"load/{name}" for name, person in context.model.people.items() if person.hours is not None]
    for measure in (f"latency/{subject}/p95", f"latency/{subject}/mean", *MEASURES, *loads):
        if measure.startswith("people") and not context.model.people:
            continue
        with_, without = figure(context, measure), figure(other, measure)
        yield _difference(measure, with_, without)


def _difference(measure: str, with_: Figure, without: Figure) -> Figure:
    def minus(a: float | None, b: float | None) -> float | None:
        return None if a is None or b is None else a - b

    value = minus(with_.value, without.value)
    low = None if value is not None else minus(with_.low, without.high)
    high = None if value is not None else minus(with_.high, without.low)
    return Figure(
        f"checks/{measure}",
        f"What guards and approvals add to {with_.title}",
        with_.unit,
        value, low, high,
        method="the same model without them",
        inputs=(measure,),
        derivation=(Line("with guards and approvals", "", (measure,)), Line("without", f"{without.value}")),
        valid=(*with_.valid, "at the stated values of the facts"),
        missing=with_.missing,
        reason=with_.reason,
    )  # fmt: skip


def without_checks(model: Model) -> Model:
    """The model in which nobody checks: no guards, no asks that approve."""
    flows = {name: replace(flow, steps=_steps(flow.steps)) for name, flow in model.flows.items()}
    parts = {
        name: replace(
            part,
            offers={o: replace(offered, steps=_steps(offered.steps)) for o, offered in part.offers.items()},
        )
        for name, part in model.components.items()
    }
    return replace(model, flows=flows, components=parts)


def _steps(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    return tuple(_step(step) for step in steps if not (isinstance(step.action, Ask) and step.action.approves))


def _step(step: Step) -> Step:
    match step.action:
        case Choose(branches):
            action = Choose(tuple(replace(branch, steps=_steps(branch.steps)) for branch in branches))
        case Parallel(branches=sequences):
            action = replace(step.action, branches=tuple(_steps(each) for each in sequences))
        case Repeat(steps=steps) | Hold(steps=steps) | Group(steps=steps):
            action = replace(step.action, steps=_steps(steps))
        case Open(role, alternatives):
            action = Open(role, tuple((name, _steps(each)) for name, each in alternatives))
        case _:
            action = step.action
    policies = step.policies
    bare: Policies = replace(
        policies,
        guards=(),
        fallback=None if policies.fallback is None else _steps(policies.fallback),
        compensate=None if policies.compensate is None else _steps(policies.compensate),
    )
    return replace(step, action=action, policies=bare)
