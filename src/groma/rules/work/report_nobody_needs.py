"""Recurring work whose result nobody is said to need."""

from __future__ import annotations

from groma.model.elements import Flow
from groma.model.program import Ask, Call, Do, Send, walk
from groma.model.quantity import Quantity
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Flows of people, once some flow says who needs what it makes; those that name nobody and change nothing."""
    if not any(flow.for_ for flow in subject.model.flows.values()):
        return Look(0)
    flows = [subject.model.flows[name] for name in subject.started if _by_people(subject.model.flows[name])]
    hits = (_hit(subject, flow) for flow in flows if not flow.for_ and _idle(subject, flow))
    return Look(len(flows), tuple(hits))


def _by_people(flow: Flow) -> bool:
    return any(isinstance(step.action, Ask) for step in walk(flow.steps))


def _idle(subject: Subject, flow: Flow) -> bool:
    """Whether it brings nothing, changes nothing and hands nothing on."""
    if isinstance(flow.worth, Quantity) and flow.worth.high > 0.0:
        return False
    for step in walk(flow.steps):
        action = step.action
        if isinstance(action, Send | Do) or (isinstance(action, Ask) and action.approves):
            return False
        if isinstance(action, Call):
            for component in subject.model.candidates(action.component):
                operation = component.offers[action.operation]
                if operation.effect != "none" or operation.impact:
                    return False
    return True


def _hit(subject: Subject, flow: Flow) -> Hit:
    return Hit(
        f"flows.{flow.name}",
        f"Nobody is said to need {flow.title or flow.name}",
        "no `for`, no `worth`, and it changes nothing, while other flows say who needs them",
        flow.at,
        figures=tuple(subject.figure(f"work/{flow.name}/{of}").name for of in ("hours", "month")),
        confidence="likely",
    )


RULE = Rule(
    id="report-nobody-needs",
    title="Report that nobody needs",
    looks_for="Flows of people without `for` and `worth` that change nothing, where other flows say who needs them.",
    why="Reports outlive the question they answered; whoever makes them doesn't ask, whoever gets them doesn't say.",
    source="muda (overproduction): Ohno, Toyota Production System, 1988",
    severity="note",
    tags=("work", "cost"),
    consequence="Its hours are paid every month for nothing.",
    remedy="Leave it out once and see who asks; end it, or write down for whom it is and what they decide by it.",
    check=check,
    good="""\
people: {ana: {}, ben: {}}
flows:
  month: {for: ben, starts: {rate: 1/month}, steps: [{ask: ana, takes: 3 h}]}
  quote: {worth: 300 EUR, starts: {rate: 9/month}, steps: [{ask: ana, takes: 1 h}]}
""",
    bad="""\
people: {ana: {}, ben: {}}
flows:
  month: {for: ben, starts: {rate: 1/month}, steps: [{ask: ana, takes: 3 h}]}
  list: {starts: {rate: 4/month}, steps: [{ask: ana, takes: 1 h}]}
""",
    expected=("report-nobody-needs:flows.list",),
)
