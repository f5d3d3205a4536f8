"""What documents tell of a model that no need asks for: names of its parts, who calls whom, what stands alone.

Names and calls are read off the model; what availability hangs on comes from the analyses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groma.catalog import Catalog
from groma.documents.diagrams.diagram import Kind
from groma.model.elements import Component, Flow, Model, Operation
from groma.model.figure import Ledger
from groma.model.program import Ask, Call, Do, Hold, Send, Step, inner_steps

if TYPE_CHECKING:
    from groma.analyses.single_points import SinglePoint

STORES = frozenset(
    {
        "database",
        "store",
        "bucket",
        "storage",
        "file",
        "files",
        "spreadsheet",
        "san",
        "backup",
        "disk",
        "cache",
    }
)
HOSTS = frozenset({"host", "server", "machine", "vm", "cluster", "node", "hypervisor", "rack", "computer"})
TOOLS = frozenset({"tool", "saas", "app", "application", "product", "office"})


@dataclass(frozen=True, slots=True)
class Reach:
    """One part uses another in a flow: `caller` is a component, a person, or the flow itself (`flow:answer`)."""

    caller: str
    called: str
    what: str
    waits: bool
    carries: tuple[str, ...]
    flow: str


def kind_of(component: Component) -> Kind:
    """The kind of box that stands for a component in every picture."""
    kind = component.kind.lower()
    if kind in ("llm", "model", "embedder", "classifier"):
        return "model"
    if kind in STORES:
        return "store"
    if kind in ("queue", "stream", "topic", "broker"):
        return "queue"
    if kind in HOSTS:
        return "host"
    if kind in TOOLS:
        return "tool"
    return "service" if kind in ("service", "gateway", "worker", "function", "api", "workflow") else "generic"


def name_of(model: Model, name: str) -> str:
    """How people call an element; a flow is `flow:NAME`."""
    if name.startswith("flow:"):
        flow = model.flows.get(name.removeprefix("flow:"))
        return flow.title or flow.name if flow else name.removeprefix("flow:")
    for table in (model.components, model.people, model.places, model.suppliers, model.data, model.flows):
        if name in table:
            return table[name].title or name.replace("_", " ")
    return name.replace("_", " ")


def operation_of(model: Model, component: str, operation: str) -> Operation | None:
    """The operation a step calls, where the component states it."""
    found = model.components.get(component)
    return None if found is None else found.offers.get(operation)


def where_words(model: Model, component: Component) -> str:
    """Where a component stands: its places, else what it runs on; empty where neither is said."""
    places = ", ".join(name_of(model, place) for place in component.place)
    return places or (f"on {name_of(model, component.runs_on)}" if component.runs_on else "")


def call_words(model: Model, component: str, operation: str, title: str = "") -> str:
    """What is done by a call: the step's `title`, else the operation's, else the operation's name in words."""
    known = operation_of(model, component, operation)
    return title or (known.title if known else "") or operation.replace("_", " ")


def starter(flow: Flow) -> str:
    """Who runs a flow's steps: who starts it, where that is said, else the flow as a participant of its own."""
    return flow.by or f"flow:{flow.name}"


def reaches(model: Model) -> tuple[Reach, ...]:
    """Every use of a part by another, in the order of the flows; a nested call has its component as caller."""
    found: dict[Reach, None] = {}
    for flow in model.flows.values():
        for reach in _reaches(model, flow, flow.steps, starter(flow), frozenset()):
            found[reach] = None
    return tuple(found)


def _reaches(
    model: Model, flow: Flow, steps: tuple[Step, ...], caller: str, inside: frozenset[str]
) -> Iterator[Reach]:
    for step in steps:
        action = step.action
        carries = tuple(dict.fromkeys((*flow.carries, *step.carries)))
        if isinstance(action, Call | Send):
            operation = operation_of(model, action.component, action.operation)
            what = call_words(model, action.component, action.operation, step.title)
            yield Reach(caller, action.component, what, isinstance(action, Call), carries, flow.name)
            key = f"{action.component}.{action.operation}"
            if operation is not None and key not in inside:
                yield from _reaches(model, flow, operation.steps, action.component, inside | {key})
        elif isinstance(action, Ask):
            yield Reach(caller, action.person, step.title or "asks", True, carries, flow.name)
        elif isinstance(action, Hold):
            yield Reach(caller, action.component, step.title or "holds", True, (), flow.name)
        elif isinstance(action, Do) and action.flow in model.flows and f"flow:{action.flow}" not in inside:
            yield from _reaches(
                model, flow, model.flows[action.flow].steps, caller, inside | {f"flow:{action.flow}"}
            )
        cache = step.policies.cache
        if cache is not None and cache.component:
            yield Reach(caller, cache.component, "looks up", True, carries, flow.name)
        for _, inner in inner_steps(step):
            yield from _reaches(model, flow, inner, caller, inside)


def roots(flow: Flow, model: Model) -> bool:
    """Whether a flow starts by itself; others are run in place by flows that name them."""
    return flow.starts is not None or len(model.flows) == 1


def with_weaknesses(
    model: Model, ledger: Ledger, catalog: Catalog | None
) -> tuple[Ledger, tuple[SinglePoint, ...]]:
    """The ledger with what availability hangs on, and the single points of failure; without a catalog as it is."""
    copy = ledger.extended(())
    if catalog is None or model.alternatives or model.wants:
        return copy, ()
    from groma.analyses import Context, alone, reliability
    from groma.analyses.single_points import single_points

    context = Context(model, catalog, copy)
    for subject in reliability.subjects(context):
        if f"availability/{subject}" in copy:
            for figure in reliability.standard(context, subject):
                copy.write(figure)
    for figure in alone.figures(context):
        copy.write(figure)
    return copy, single_points(context)
