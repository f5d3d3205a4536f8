"""What checks cost: the same model with its guards and approvals taken out, figure by figure; and with those guards
alone taken out that keep the content policy.

Where both figures have a value the difference is taken at the stated values of all facts, without an interval: the two
depend on the same facts, so that subtracting ends would claim too much or too little. Where only bounds are known, the
difference gets guaranteed bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from groma.analyses.context import Context
from groma.analyses.registry import figure
from groma.model.elements import Model
from groma.model.figure import Figure, Ledger, Line
from groma.model.program import (
    Ask,
    Choose,
    Group,
    Guard,
    Hold,
    Open,
    Parallel,
    Policies,
    Repeat,
    Step,
)

MEASURES = ("cost/month", "people/month", "people/hours")
ALL, CONTENT = "What guards and approvals add to", "What the content policy adds to"


def costs_of(context: Context, flow: str, mark: str = "") -> Iterator[Figure]:
    """Latency of a flow, bill and people's time, each as what the guards and approvals add to it."""
    bare = without_checks(context.model)
    if bare == context.model:
        return
    loads = [f"load/{name}" for name, person in context.model.people.items() if person.hours is not None]
    yield from _without(context, bare, flow, mark, (*MEASURES, *loads), "checks", ALL)
    content = without_content_policy(context.model)
    if content not in (context.model, bare):
        yield from _without(context, content, flow, mark, MEASURES, "policy", CONTENT)


def _without(
    context: Context, bare: Model, flow: str, mark: str, measures: Iterable[str], kind: str, words: str
) -> Iterator[Figure]:
    """Each figure with what is lost when the model is the bare one, as `kind/MEASURE`."""
    other = Context(bare, context.catalog, Ledger(bare.digest))
    subject = f"{flow}@{mark}" if mark else flow
    for measure in (f"latency/{subject}/p95", f"latency/{subject}/mean", *measures):
        if measure.startswith("people") and not context.model.people:
            continue
        with_, without = figure(context, measure), figure(other, measure)
        yield _difference(measure, with_, without, kind, words)


def _difference(measure: str, with_: Figure, without: Figure, kind: str, words: str) -> Figure:
    def minus(a: float | None, b: float | None) -> float | None:
        return None if a is None or b is None else a - b

    value = minus(with_.value, without.value)
    low = None if value is not None else minus(with_.low, without.high)
    high = None if value is not None else minus(with_.high, without.low)
    return Figure(
        f"{kind}/{measure}",
        f"{words} {with_.title}",
        with_.unit,
        value, low, high,
        method="the same model without them",
        inputs=(measure,),
        derivation=(Line("as designed", "", (measure,)), Line("without", f"{without.value}")),
        valid=(*with_.valid, "at the stated values of the facts"),
        missing=with_.missing,
        reason=with_.reason,
    )  # fmt: skip


def without_checks(model: Model) -> Model:
    """The model in which nobody checks: no guards, no asks that approve."""
    return _taken_out(model, lambda guard: False, approvals=False)


def without_content_policy(model: Model) -> Model:
    """The model without the guards that say which kinds of content they block."""
    return _taken_out(model, lambda guard: not guard.blocks, approvals=True)


Kept = Callable[[Guard], bool]


def _taken_out(model: Model, kept: Kept, *, approvals: bool) -> Model:
    def steps(those: tuple[Step, ...]) -> tuple[Step, ...]:
        return tuple(
            step(each)
            for each in those
            if approvals or not (isinstance(each.action, Ask) and each.action.approves)
        )

    def step(each: Step) -> Step:
        match each.action:
            case Choose(branches):
                action = Choose(tuple(replace(branch, steps=steps(branch.steps)) for branch in branches))
            case Parallel(branches=sequences):
                action = replace(each.action, branches=tuple(steps(those) for those in sequences))
            case Repeat(steps=inner) | Hold(steps=inner) | Group(steps=inner):
                action = replace(each.action, steps=steps(inner))
            case Open(role, alternatives):
                action = Open(role, tuple((name, steps(those)) for name, those in alternatives))
            case _:
                action = each.action
        policies = each.policies
        bare: Policies = replace(
            policies,
            guards=tuple(
                replace(guard, steps=steps(guard.steps)) for guard in policies.guards if kept(guard)
            ),
            fallback=None if policies.fallback is None else steps(policies.fallback),
            compensate=None if policies.compensate is None else steps(policies.compensate),
        )
        return replace(each, action=action, policies=bare)

    flows = {name: replace(flow, steps=steps(flow.steps)) for name, flow in model.flows.items()}
    parts = {
        name: replace(
            part,
            offers={o: replace(offered, steps=steps(offered.steps)) for o, offered in part.offers.items()},
        )
        for name, part in model.components.items()
    }
    return replace(model, flows=flows, components=parts)
