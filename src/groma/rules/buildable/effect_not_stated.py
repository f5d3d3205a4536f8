"""Operations that are handed what their holder keeps, and are said to change nothing."""

from __future__ import annotations

from groma.model.elements import Operation
from groma.model.program import Call, Send
from groma.rules.places import named
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Calls that hand over several fields of data to a component that holds them; those that change nothing."""
    model = subject.model
    handed = [
        (step, component, step.action.operation, name)
        for _, step in subject.steps
        if isinstance(step.action, Call | Send)
        for component in model.candidates(step.action.component)
        for name in step.carries
        if component.name in model.data[name].held_by
        if _fields(component.offers[step.action.operation], name) > 1
    ]
    hits = {
        f"{component.name}.{operation}": Hit(
            f"components.{component.name}.offers.{operation}",
            f"{named(component, component.name)}: what repeating `{operation}` does isn't stated",
            f"`effect` is none, and {step.path} hands it {name}, which it holds",
            component.offers[operation].at,
            key="effect",
        )
        for step, component, operation, name in handed
        if component.offers[operation].effect == "none"
    }
    return Look(max(len(handed), len(hits)), tuple(hits.values()))


def _fields(operation: Operation, data: str) -> int:
    """How many fields of the data a request takes: one only says which record is meant, more are written down."""
    return sum(kind.partition(".")[0] == data for kind in (operation.request or {}).values())


RULE = Rule(
    id="effect-not-stated",
    title="Operation that keeps what it gets, and is said to change nothing",
    looks_for="Operations with `effect: none` that a step hands several fields of data which their component "
    "holds.",
    why="Whether a call may be repeated after a timeout is the first question of whoever builds the retry.",
    source="RFC 9110, 9.2.2 (idempotent methods)",
    severity="warning",
    tags=("ambiguity", "programs", "data"),
    consequence="After a timeout it is done twice, or not at all.",
    remedy="State `effect`: `idempotent`, `keyed` or `once`.",
    phases=("build",),
    check=check,
    good="""\
components: {crm: {kind: tool, offers: {add: {work: 1 s, effect: once, request: {name: customer.name,
    city: customer.city}}}}}
data: {customer: {held_by: crm, fields: {name: string, city: string}}}
flows: {a: {steps: [{call: crm.add, carries: [customer]}]}}
""",
    bad="""\
components: {crm: {kind: tool, offers: {add: {work: 1 s, request: {name: customer.name, city: customer.city}}}}}
data: {customer: {held_by: crm, fields: {name: string, city: string}}}
flows: {a: {steps: [{call: crm.add, carries: [customer]}]}}
""",
    expected=("effect-not-stated:components.crm.offers.add/effect",),
)
