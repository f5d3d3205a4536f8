"""Tools between which people carry data in the course of a flow, where no connection is described."""

from __future__ import annotations

from collections.abc import Iterator

from groma.analyses.asked_of import approval
from groma.analyses.handed import TOOLS, carried, onward
from groma.model.elements import Model
from groma.model.program import Ask, Call, Send, Step, inner_steps
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every time a flow goes from one tool to another over a person with the same data; those without a connection."""
    passed: dict[tuple[str, str], tuple[Step, frozenset[str]]] = {}
    for name, flow in subject.model.flows.items():
        for one, step, other, data in _passages(subject.model, f"flows.{name}", flow.steps):
            passed.setdefault((one, other), (step, data))
    hits = (
        _hit(subject.model, one, other, step, data)
        for (one, other), (step, data) in passed.items()
        if other not in onward(subject.model, one) and one not in onward(subject.model, other)
    )
    return Look(len(passed), tuple(hits))


def _passages(
    model: Model, path: str, steps: tuple[Step, ...]
) -> Iterator[tuple[str, Step, str, frozenset[str]]]:
    """(tool, step, next tool, data that both are handed) with a question that is no approval between the two."""
    last: tuple[str, frozenset[str]] | None = None
    asked = False
    for step in steps:
        action = step.action
        if isinstance(action, Ask):
            asked = asked or not approval(action)
        elif isinstance(action, Call | Send) and _is_tool(model, action.component):
            data = carried(model, path, step)
            if last is not None and asked and last[0] != action.component and last[1] & data:
                yield last[0], step, action.component, last[1] & data
            last, asked = (action.component, data), False
        for _, inner in inner_steps(step):
            yield from _passages(model, path, inner)


def _is_tool(model: Model, name: str) -> bool:
    component = model.components.get(name)
    return component is not None and component.kind.lower() in TOOLS


def _hit(model: Model, one: str, other: str, step: Step, data: frozenset[str]) -> Hit:
    titles = [model.components[name].title or name for name in (one, other)]
    return Hit(
        step.path,
        f"{titles[0]} and {titles[1]} don't connect: a person carries {', '.join(sorted(data))} over",
        f"called after {one} and a question to a person; no connection between the two",
        step.at,
        confidence="likely",
        key=one,
    )


RULE = Rule(
    id="tools-not-connected",
    title="Tools that don't connect",
    looks_for="Flows that go from tool to tool over a person, with the same data and no connection between them.",
    why="The person is the interface: slow, away on holidays, and wrong in a few of a hundred cases.",
    source="Hohpe and Woolf, Enterprise Integration Patterns, 2003, chapter 1",
    severity="note",
    tags=("tools", "integration"),
    consequence="Each run takes a person's minutes to move what a machine could.",
    remedy="Connect the two (an interface, an import, a common tool), or describe the connection that there is.",
    check=check,
    good="""\
people: {ana: {}}
components: {mail: {kind: tool, offers: {receive: {}}}, crm: {kind: tool, offers: {write: {}}}}
connections: {c: {from: mail, to: crm, carries: [leads]}}
data: {leads: {held_by: crm}}
flows:
  lead: {carries: leads, steps: [{call: mail.receive}, {ask: ana}, {call: crm.write}, {ask: ana}, {call: crm.write}]}
""",
    bad="""\
people: {ana: {}}
components: {mail: {kind: tool, offers: {receive: {}}}, crm: {kind: tool, offers: {write: {}}}}
data: {leads: {held_by: crm}}
flows:
  lead: {carries: leads, steps: [{call: mail.receive}, {ask: ana}, {call: crm.write}]}
""",
    expected=("tools-not-connected:flows.lead.steps.3/mail",),
)
