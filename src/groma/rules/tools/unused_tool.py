"""Tools that are there and that nobody works with."""

from __future__ import annotations

from collections.abc import Iterator

from groma.analyses.handed import tools
from groma.model.elements import Model
from groma.model.program import Call, Hold, Send
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """All tools; those that no person, flow, connection or other part uses."""
    model = subject.model
    every = tools(model)
    asked = any(tool.used_by for tool in every)
    used = frozenset(_used(subject, asked))
    hits = (
        Hit(
            f"components.{tool.name}",
            f"Nobody uses {tool.title or tool.name}",
            "no `used_by`, no step, connection or other part refers to it"
            + (", while other tools say who uses them" if asked else ""),
            tool.at,
            figures=(subject.figure(f"cost/component/{tool.name}").name,),
            confidence="certain" if asked else "likely",
        )
        for tool in every
        if not tool.used_by and tool.name not in used
    )
    return Look(len(every), tuple(hits))


def _used(subject: Subject, asked: bool) -> Iterator[str | None]:
    """Everything that something refers to (None: nothing); keeping data is no use where tools say who uses them."""
    model = subject.model
    for _, step in subject.steps:
        if isinstance(step.action, Call | Send | Hold):
            yield step.action.component
        cache = step.policies.cache
        if cache is not None:
            yield cache.component
    for connection in model.connections.values():
        yield from (connection.from_, connection.to)
    for component in model.components.values():
        yield from component.depends_on
        yield from component.stands_in_for
        if component.stands_in_for or component.copies:
            yield component.name
        yield component.runs_on
    for place in model.places.values():
        yield from place.depends_on
    for flow in model.flows.values():
        yield flow.by
        yield from flow.for_
    yield from _by_data(model, asked)


def _by_data(model: Model, asked: bool) -> Iterator[str | None]:
    backups = [data.backup for data in model.data.values()]
    backups += [backup for component in model.components.values() for backup in component.copies.values()]
    for backup in backups:
        if backup is not None:
            yield backup.to
            yield from backup.over
    if not asked:
        for data in model.data.values():
            yield from data.held_by


RULE = Rule(
    id="unused-tool",
    title="Tool that nobody uses",
    looks_for="Tools that no person (`used_by`), step, connection or other part uses.",
    why="Subscriptions renew by themselves; what nobody opens is paid, and still holds data and accounts.",
    source="ISO/IEC 19770-1 (IT asset management); application portfolio analysis: TOGAF Standard 10, Phase C",
    severity="warning",
    tags=("tools", "cost"),
    consequence="It is paid every month for nothing, and is one more door to the data in it.",
    remedy="Ask once more who needs it, take out its data, end its contract.",
    check=check,
    good="""\
people: {ana: {}}
components: {crm: {kind: tool, used_by: ana}, nas: {kind: tool}, form: {kind: tool}}
connections: {c: {from: form, to: crm}}
data: {customers: {held_by: crm, backup: {every: 24 h, to: nas}}}
""",
    bad="""\
people: {ana: {}}
components: {crm: {kind: tool, used_by: ana}, old_crm: {kind: tool, price: 30 EUR/month}}
data: {customers: {held_by: [crm, old_crm]}}
""",
    expected=("unused-tool:components.old_crm",),
)
