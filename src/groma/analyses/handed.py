"""How data get from hand to hand in a model: what is a tool, what a hand-over, what is typed, and what reaches what.

No figures; readings that several rules share.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from groma.model.elements import Component, Connection, Model
from groma.model.program import Call, Send, Step, walk

TOOLS = frozenset({"tool", "app", "application", "saas", "spreadsheet", "sheet", "workbook"})
"""Kinds of component that people work with."""
SHEETS = frozenset({"spreadsheet", "sheet", "workbook"})
_SHEET = re.compile(r"\b(spread ?sheets?|excel|google sheets?|workbooks?)\b", re.IGNORECASE)


def tools(model: Model) -> tuple[Component, ...]:
    """What people work with, in the order of the model."""
    return tuple(c for c in model.components.values() if c.kind.lower() in TOOLS)


def is_sheet(component: Component) -> bool:
    """Whether it is a spreadsheet, by its kind or by what it is called."""
    named = f"{component.title} {component.does} {component.product or ''}"
    return component.kind.lower() in SHEETS or _SHEET.search(named) is not None


def hand_overs(model: Model) -> tuple[Connection, ...]:
    """Connections by which components hand data over without a hand; lines of a network (`bandwidth`) aren't any."""
    return tuple(
        c
        for c in model.connections.values()
        if c.carries
        and not c.by_hand
        and c.bandwidth is None
        and c.from_ in model.components
        and c.to in model.components
    )


@dataclass(frozen=True, slots=True)
class Typed:
    """Something that people type into a component: a datum, or one field of it, by a connection."""

    data: str
    field: str | None
    into: str
    by: Connection

    def meets(self, other: Typed) -> bool:
        """Whether both hold something that is the same."""
        return self.data == other.data and (
            self.field == other.field or self.field is None or other.field is None
        )


def typed(model: Model) -> tuple[Typed, ...]:
    """What people type: by connections that start at a person, or by hand; `maps` says which fields."""
    found: list[Typed] = []
    for connection in model.connections.values():
        if connection.to not in model.components:
            continue
        if not connection.by_hand and connection.from_ not in model.people:
            continue
        fields = [value.partition(".") for value in connection.maps.values()]
        named = [(data, field) for data, dot, field in fields if dot and data in model.data]
        mapped = {data for data, _ in named}
        whole = [(data, None) for data in connection.carries if data not in mapped]
        found += (Typed(data, field, connection.to, connection) for data, field in (*whole, *named))
    return tuple(found)


def carried(model: Model, path: str, step: Step) -> frozenset[str]:
    """Data that a step of the program at `path` hands over."""
    flow = model.flows.get(path.removeprefix("flows.")) if path.startswith("flows.") else None
    return frozenset((*step.carries, *(flow.carries if flow is not None else ())))


def onward(model: Model, start: str, data: str | None = None) -> frozenset[str]:
    """Everything that a component or person hands on to, in one step or several: itself, what it stands on, what its
    operations call, and where connections lead (those that carry `data`, or don't say what they carry)."""
    leads = _leads(model, data)
    seen = {start}
    todo = [start]
    while todo:
        for name in leads.get(todo.pop(), ()):
            if name not in seen:
                seen.add(name)
                todo.append(name)
    return frozenset(seen)


def _leads(model: Model, data: str | None) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for connection in model.connections.values():
        if data is None or not connection.carries or data in connection.carries:
            found.setdefault(connection.from_, []).append(connection.to)
    for component in model.components.values():
        beneath = found.setdefault(component.name, [])
        beneath += component.depends_on
        beneath += () if component.runs_on is None else (component.runs_on,)
        for operation in component.offers.values():
            beneath += called(operation.steps)
    return found


def called(steps: tuple[Step, ...]) -> Iterator[str]:
    """Names of the components that steps call or send to."""
    for step in walk(steps):
        if isinstance(step.action, Call | Send):
            yield step.action.component
