"""Data kept in several places which nothing keeps equal."""

from __future__ import annotations

from groma.model.elements import Data, Model
from groma.model.program import Call, Send
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Data held more than once, and whether something other than a hand brings them to each further holder."""
    several = [data for data in subject.model.data.values() if len(data.held_by) > 1]
    hits: list[Hit] = []
    for data in several:
        fed = _fed(subject, data)
        adrift = [name for name in data.held_by[1:] if name not in fed]
        if adrift:
            names = ", ".join(_title(subject.model, name) for name in (data.held_by[0], *adrift))
            hits.append(
                Hit(
                    f"data.{data.name}",
                    f"{data.title or data.name} are kept apart in {names}",
                    f"nothing but hands brings them from {data.held_by[0]} to {', '.join(adrift)}",
                    data.at,
                )
            )
    return Look(len(several), tuple(hits))


def _fed(subject: Subject, data: Data) -> set[str]:
    """Components to which the datum comes by a connection that isn't by hand, or by a call of a step."""
    fed = {
        connection.to
        for connection in subject.model.connections.values()
        if data.name in connection.carries and not connection.by_hand
    }
    for path, step in subject.steps:
        flow = subject.model.flows.get(path.removeprefix("flows."))
        carried = {*step.carries, *(flow.carries if flow is not None else ())}
        if data.name in carried and isinstance(step.action, Call | Send):
            fed.add(step.action.component)
    return fed


def _title(model: Model, name: str) -> str:
    return model.components[name].title or name


RULE = Rule(
    id="held-twice",
    title="Data held twice and kept equal by nobody",
    looks_for="Data held by several components where only hands, or nothing, carry them to the further ones.",
    why="Copies that nothing keeps equal drift apart; the wrong one is used sooner or later.",
    source="DAMA-DMBOK 2, chapter 8 (data integration); Kleppmann, Designing Data-Intensive Applications, chapter 11",
    severity="warning",
    tags=("data", "integration"),
    consequence="The copies drift apart, and it isn't known which one is right.",
    remedy="Keep them in one place and look them up there, or carry changes over by an interface.",
    check=check,
    good="""\
components: {crm: {kind: tool}, books: {kind: tool}}
connections: {sync: {from: crm, to: books, carries: [customers]}}
data: {customers: {held_by: [crm, books]}}
""",
    bad="""\
components: {crm: {kind: tool}, books: {kind: tool}}
connections: {typed: {from: crm, to: books, carries: [customers], by_hand: true}}
data: {customers: {held_by: [crm, books]}}
""",
    expected=("held-twice:data.customers",),
)
