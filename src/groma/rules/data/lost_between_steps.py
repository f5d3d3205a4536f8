"""Data that don't get from one step to the next: taken in where they aren't kept, or dropped on the way."""

from __future__ import annotations

from collections.abc import Iterator

from groma.analyses.handed import called, carried, onward
from groma.model.elements import Data, Model
from groma.model.position import Position
from groma.model.program import Call, Do, Send, Step, walk
from groma.model.quantity import Quantity
from groma.rules.places import title_of
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every hand-over of data that are kept: those that end where they aren't, and hands that lose some."""
    model = subject.model
    looked_at = sum(len(c.carries) for c in model.connections.values())
    looked_at += sum(
        len(carried(model, path, s)) for path, s in subject.steps if isinstance(s.action, Call | Send)
    )
    hits: dict[str, Hit] = {}
    for hit in (*_dropped(subject), *_ended(subject)):
        hits.setdefault(f"{hit.element}/{hit.key}", hit)
    return Look(looked_at, tuple(hits.values()))


def _dropped(subject: Subject) -> Iterator[Hit]:
    """Hands that are known to lose some, and nobody says what is done about it."""
    for connection in subject.model.connections.values():
        loss = connection.loss
        unwatched = connection.by_hand and connection.carries and not connection.on_error
        if unwatched and isinstance(loss, Quantity) and loss.mean > 0.0:
            yield Hit(
                f"connections.{connection.name}",
                f"Lost on the way from {connection.from_} to {connection.to}: {', '.join(connection.carries)}",
                f"by hand, {loss.text} are lost, and no `on_error`",
                connection.at,
            )


def _ended(subject: Subject) -> Iterator[Hit]:
    """Data that come to a component from outside where they aren't kept, with no way on to where they are."""
    model = subject.model
    for data in model.data.values():
        kept = frozenset(data.held_by)
        if not kept:
            continue
        for connection in model.connections.values():
            if data.name not in connection.carries or connection.to not in model.components:
                continue
            if connection.from_ in model.people and _brought(subject, data, kept):
                continue
            if connection.from_ not in kept and not onward(model, connection.to, data.name) & kept:
                yield _ends(model, data, f"connections.{connection.name}", connection.to, connection.at)
        told: set[str] = set()
        for path, step in subject.steps:
            action = step.action
            flow = model.flows.get(path.removeprefix("flows."))
            if (
                flow is None
                or not isinstance(action, Call | Send)
                or data.name not in carried(model, path, step)
            ):
                continue
            if flow.name in told or flow.by in kept or _touched(subject, flow.name) & kept:
                continue
            if data.name not in step.carries and _brought(subject, data, kept):
                continue
            told.add(flow.name)
            yield _ends(model, data, step.path, action.component, step.at)


def _brought(subject: Subject, data: Data, kept: frozenset[str]) -> bool:
    """Whether some other flow or connection brings the datum to where it is kept: what a flow as a whole says that it
    carries is too coarse then to say that it is lost."""
    model = subject.model
    if any(data.name in c.carries and c.to in kept for c in model.connections.values()):
        return True
    carrying = (flow.name for flow in model.flows.values() if data.name in flow.carries)
    return any(_touched(subject, name) & kept for name in carrying)


def _touched(subject: Subject, flow: str) -> frozenset[str]:
    """What a flow, and the flows run in it, call; and all that these hand on to."""
    model, found, todo, seen = subject.model, set[str](), [flow], set[str]()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        steps = model.flows[name].steps
        found.update(called(steps))
        todo += [step.action.flow for step in walk(steps) if isinstance(step.action, Do)]
        todo += [other for other, each in model.flows.items() if _runs(each.steps, name)]
    return frozenset[str]().union(*(onward(model, name) for name in found))


def _runs(steps: tuple[Step, ...], flow: str) -> bool:
    return any(isinstance(step.action, Do) and step.action.flow == flow for step in walk(steps))


def _ends(model: Model, data: Data, element: str, component: str, at: Position) -> Hit:
    return Hit(
        element,
        f"{data.title or data.name} end in {title_of(model, component)} "
        f"and never reach {title_of(model, data.held_by[0])}",
        f"kept in {', '.join(data.held_by)}; nothing leads there from {component}",
        at,
        confidence="likely",
        key=data.name,
    )


RULE = Rule(
    id="lost-between-steps",
    title="Data lost between steps",
    looks_for="Data handed to a component with no way on to where they are kept; hands that lose some (no `on_error`).",
    why="What is taken down in one place and needed in another gets lost when nobody carries it on.",
    source="value stream mapping: Rother and Shook, Learning to See, 1999 (information flow); ISO 9001:2015, 8.2.1",
    severity="warning",
    tags=("data", "integration"),
    consequence="It is asked for again, or the work isn't done, and the customer is the first to notice.",
    remedy="Take it down where it is kept, or carry it on by an interface that says what it couldn't hand over.",
    check=check,
    good="""\
components: {mail: {kind: tool, offers: {receive: {}}}, crm: {kind: tool}, note: {kind: tool}}
data: {enquiries: {held_by: crm}}
connections: {c: {from: mail, to: crm, carries: [enquiries]}}
flows: {ask: {starts: {rate: 1/h}, steps: [{call: mail.receive, carries: [enquiries]}]}}
""",
    bad="""\
people: {ana: {}}
components: {phone: {kind: tool, offers: {take: {}}}, crm: {kind: tool}, pad: {kind: tool}}
data: {enquiries: {held_by: crm}, orders: {held_by: crm}}
connections:
  c: {from: ana, to: pad, carries: [orders]}
  d: {from: pad, to: ana, carries: [enquiries], by_hand: true, loss: 5 %}
flows: {call: {starts: {rate: 1/h}, steps: [{call: phone.take, carries: [enquiries]}]}}
""",
    expected=(
        "lost-between-steps:connections.c/orders",
        "lost-between-steps:connections.d",
        "lost-between-steps:flows.call.steps.1/enquiries",
    ),
)
