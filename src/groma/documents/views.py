"""The views of a system: context, containers, deployment, data. The same part has the same box in each of them.

Levels after C4 (c4model.com); deployment nests places, what carries, and what is carried. Everything in a view stands
there because of the design and is marked so.
"""

from __future__ import annotations

from collections.abc import Iterable

from groma.documents.diagrams.diagram import Diagram, Edge, Group, Node
from groma.documents.facts_of_model import Reach, kind_of, name_of, reaches
from groma.documents.inlines import Inlines, line
from groma.documents.quote import DESIGN, Quoter
from groma.model.elements import Component, Model

REFS = (DESIGN,)
SYSTEM = "system:"


def part_node(model: Model, name: str, quoter: Quoter, group: str | None = None, ident: str = "") -> Node:
    """The box of a component, person or flow, as it looks in every view."""
    quoter.say(DESIGN, "the design")
    label = line(name_of(model, name))
    if name in model.people:
        role = model.people[name].role
        return Node(ident or name, "person", label, (line(role),) if role else (), group, REFS)
    component = model.components.get(name)
    if component is None:
        return Node(ident or name, "start", label, (), group, REFS)
    below = component.kind + (f", {component.replicas} of it" if component.replicas > 1 else "")
    return Node(ident or name, kind_of(component), label, (line(below),), group, REFS)


def outside(component: Component) -> bool:
    """Whether a part is there already or bought as a service, so that the system only uses it."""
    return component.existing


def context_view(model: Model, quoter: Quoter) -> Diagram | None:
    """The system as one box among people and what it uses; None where nothing is around it. What a brief only names,
    because a choice will bring it, is within the system."""
    around = {name for name, part in model.components.items() if outside(part)} | set(model.people)
    edges: dict[tuple[str, str], list[Reach]] = {}
    for reach in reaches(model):
        caller, called = (end if end in around else SYSTEM for end in (reach.caller, reach.called))
        if caller != called:
            edges.setdefault((caller, called), []).append(reach)
    for link in model.connections.values():
        pair = tuple(end if end in around else SYSTEM for end in (link.from_, link.to))
        if pair[0] != pair[1]:
            edges.setdefault((pair[0], pair[1]), [])
    joined = {end for pair in edges for end in pair} - {SYSTEM}
    if not joined:
        return None
    system = Node(SYSTEM, "service", line(model.system), (line("the system"),), None, REFS, emphasis=True)
    nodes = (
        system,
        *(part_node(model, name, quoter) for name in (*model.people, *model.components) if name in joined),
    )
    return Diagram(
        f"{model.system} and what is around it", nodes, tuple(_edge(a, b, r) for (a, b), r in edges.items())
    )


def container_view(model: Model, quoter: Quoter) -> Diagram:
    """Every part that a flow uses or a connection joins, within the system's boundary or outside it."""
    edges: dict[tuple[str, str], list[Reach]] = {}
    for reach in reaches(model):
        edges.setdefault((reach.caller, reach.called), []).append(reach)
    for link in model.connections.values():
        edges.setdefault((link.from_, link.to), [])
    used = dict.fromkeys(end for pair in edges for end in pair)
    carriers = {part.runs_on for part in model.components.values() if part.runs_on}
    for name in model.components:
        if name not in carriers:
            used.setdefault(name)
    nodes = tuple(
        part_node(model, name, quoter, None if name in model.people or _outside(model, name) else SYSTEM)
        for name in used
    )
    groups = (Group(SYSTEM, line(model.system), None, REFS),) if any(node.group for node in nodes) else ()
    drawn = tuple(_edge(a, b, r) for (a, b), r in edges.items())
    return Diagram(f"Parts of {model.system}", nodes, drawn, groups)


def _outside(model: Model, name: str) -> bool:
    part = model.components.get(name)
    return part is not None and outside(part)


def _edge(source: str, target: str, found: list[Reach]) -> Edge:
    words = list(dict.fromkeys(reach.what for reach in found))
    text = ", ".join(words[:2]) + (f" and {len(words) - 2} more" if len(words) > 2 else "")
    waits = not found or any(reach.waits for reach in found)
    return Edge(source, target, line(text) if text else (), "sync" if waits else "async", REFS)


def deployment_view(model: Model, quoter: Quoter) -> Diagram | None:
    """Places around what carries around what is carried; None where no part has a place."""
    if not any(part.place for part in model.components.values()):
        return None
    carriers = {part.runs_on for part in model.components.values() if part.runs_on}
    groups: dict[str, Group] = {}
    nodes: list[Node] = []

    def place(name: str) -> str:
        ident = f"place:{name}"
        if ident not in groups:
            known = model.places.get(name)
            parent = place(known.in_) if known and known.in_ and known.in_ != name else None
            kind = f" ({known.kind})" if known and known.kind not in ("site", "") else ""
            groups[ident] = Group(ident, line(name_of(model, name) + kind), parent, REFS)
        return ident

    def spots(name: str, seen: frozenset[str] = frozenset()) -> tuple[str | None, ...]:
        """The groups in which a part stands."""
        part = model.components[name]
        if part.runs_on in model.components and part.runs_on not in seen:
            return tuple(
                carrier(str(part.runs_on), where) for where in spots(str(part.runs_on), seen | {name})
            )
        return tuple(place(where) for where in part.place) or (None,)

    def carrier(name: str, where: str | None) -> str:
        ident = f"host:{name}@{where or ''}"
        if ident not in groups:
            part = model.components[name]
            many = f", {part.replicas} of it" if part.replicas > 1 else ""
            groups[ident] = Group(ident, line(name_of(model, name) + many), where, REFS)
        return ident

    for name in model.components:
        if name in carriers:
            for where in spots(name):
                carrier(name, where)
            continue
        for where in spots(name):
            nodes.append(part_node(model, name, quoter, where, f"{name}@{where or ''}"))
    quoter.say(DESIGN, "the design")
    return Diagram(f"Where {model.system} runs", tuple(nodes), (), tuple(_parents_first(groups)))


def _parents_first(groups: dict[str, Group]) -> Iterable[Group]:
    done: set[str | None] = {None}
    waiting = list(groups.values())
    while waiting:
        ready = [group for group in waiting if group.parent in done] or waiting
        for group in ready:
            done.add(group.id)
            yield group
        waiting = [group for group in waiting if group.id not in done]


def data_view(model: Model, quoter: Quoter, most: int = 40) -> Diagram | None:
    """Which data go from where to where, with their class; None where no flow says what it carries."""
    edges: dict[tuple[str, str], dict[str, None]] = {}
    for reach in reaches(model):
        for data in reach.carries:
            edges.setdefault((reach.caller, reach.called), {})[data] = None
    for link in model.connections.values():
        for data in link.carries:
            edges.setdefault((link.from_, link.to), {})[data] = None
    if not edges:
        return None
    ends = dict.fromkeys(end for pair in edges for end in pair)
    nodes = tuple(part_node(model, name, quoter, _home(model, name)) for name in ends)
    used = dict.fromkeys(node.group for node in nodes if node.group)
    groups = tuple(Group(g, line(name_of(model, g.removeprefix("in:"))), None, REFS) for g in used)
    drawn = tuple(Edge(a, b, _data_words(model, tuple(data)), "data", REFS) for (a, b), data in edges.items())
    return Diagram(f"Data of {model.system}", nodes, drawn, groups)


def _home(model: Model, name: str) -> str | None:
    """The outermost place of a part, which is what matters for residency."""
    part = model.components.get(name)
    where: str | None = part.place[0] if part and part.place else None
    if part and not where and part.runs_on in model.components and part.runs_on != name:
        carrier = model.components[str(part.runs_on)]
        where = carrier.place[0] if carrier.place else None
    seen: set[str] = set()
    while where is not None and where not in seen and where in model.places and model.places[where].in_:
        seen.add(where)
        where = model.places[where].in_
    return None if where is None else f"in:{where}"


def _data_words(model: Model, names: tuple[str, ...]) -> Inlines:
    shown = [f"{name_of(model, name)} ({model.data[name].class_})" for name in names if name in model.data]
    return line("; ".join(shown[:2]) + (f" and {len(shown) - 2} more" if len(shown) > 2 else ""))
