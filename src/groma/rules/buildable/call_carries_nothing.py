"""Calls that take data which nothing hands over."""

from __future__ import annotations

from collections.abc import Iterator

from groma.model.elements import Model
from groma.model.program import Call, Send, Step
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Data that the request of a called operation takes; those that neither the step nor its flow carries."""
    model = subject.model
    wanted = [(path, step, name) for path, step in subject.steps for name in _taken(model, step)]
    hits: list[Hit] = []
    for path, step, name in wanted:
        flow = model.flows.get(path.removeprefix("flows."))
        if name not in (*step.carries, *(flow.carries if flow is not None else ())):
            hits.append(
                Hit(
                    step.path,
                    f"Where the {name.replace('_', ' ')} of this call comes from isn't stated",
                    f"the request takes `{name}`, and `carries` doesn't hold it",
                    step.at,
                    key=name,
                )
            )
    return Look(len(wanted), tuple(hits))


def _taken(model: Model, step: Step) -> Iterator[str]:
    """Data of which a called operation takes a field, each once."""
    if not isinstance(step.action, Call | Send):
        return
    kinds = (
        kind
        for component in model.candidates(step.action.component)
        for kind in (component.offers[step.action.operation].request or {}).values()
    )
    yield from dict.fromkeys(kind.partition(".")[0] for kind in kinds if kind.partition(".")[0] in model.data)


RULE = Rule(
    id="call-carries-nothing",
    title="Call that takes data which nothing hands over",
    looks_for="Calls of operations whose `request` takes fields of data that neither the step nor its flow "
    "`carries`.",
    why="What a step needs has to be there when it runs; where it comes from decides about data "
    "protection as well.",
    source="data flow diagrams: DeMarco, Structured Analysis and System Specification, 1979 (conservation "
    "of data)",
    severity="warning",
    tags=("ambiguity", "data", "programs"),
    consequence="The builder takes it from wherever it can be had.",
    remedy="Name the data in `carries` of the step or the flow.",
    phases=("build",),
    check=check,
    good="""\
components: {crm: {kind: tool, offers: {add: {work: 1 s, request: {name: customer.name}}}}}
data: {customer: {held_by: crm, fields: {name: string}}}
flows: {a: {steps: [{call: crm.add, carries: [customer]}]}}
""",
    bad="""\
components: {crm: {kind: tool, offers: {add: {work: 1 s, request: {name: customer.name}}}}}
data: {customer: {held_by: crm, fields: {name: string}}}
flows: {a: {steps: [{call: crm.add}]}}
""",
    expected=("call-carries-nothing:flows.a.steps.1/customer",),
)
