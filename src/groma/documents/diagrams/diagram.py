"""What a diagram says, apart from how it looks: nodes, nested groups, edges, and messages in time.

Kinds follow C4 (Simon Brown, c4model.com) loosened to the things Groma models, so that the same component has the
same shape and colour in every picture. Labels are inlines: a number in a picture is a `Quote` like everywhere else.
A node, edge or group may carry `refs`: the ledger ids (choices, figures) its very presence depends on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from groma.documents.inlines import Inlines

Kind = Literal[
    "person", "service", "store", "model", "queue", "external", "host", "tool", "generic",
    "start", "state", "decision", "end",
]  # fmt: skip
Style = Literal["sync", "async", "data"]
Direction = Literal["down", "right"]


@dataclass(frozen=True, slots=True)
class Node:
    """One box. `label` is its name; `sublabels` are small lines under it (technology, figures)."""

    id: str
    kind: Kind
    label: Inlines
    sublabels: tuple[Inlines, ...] = ()
    group: str | None = None
    refs: tuple[str, ...] = ()
    link: str | None = None
    emphasis: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A boundary around nodes and other groups: a system, a place, a trust zone, a wave."""

    id: str
    label: Inlines
    parent: str | None = None
    refs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """From source to target; sync is a call, async a message nobody waits for, data what is carried or stored."""

    source: str
    target: str
    label: Inlines = ()
    style: Style = "sync"
    refs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagram:
    """A graph picture: a C4 view, a deployment view (groups are hosts and places), a state machine, a map.

    Sources and targets are ids of nodes or groups of this diagram; `diagrams.check` lists what isn't so.
    """

    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...] = ()
    groups: tuple[Group, ...] = ()
    direction: Direction = "down"


@dataclass(frozen=True, slots=True)
class Message:
    """One line of a sequence: a call, its return, a message nobody waits for, or a note over a participant."""

    source: str
    target: str
    label: Inlines
    style: Literal["call", "return", "send", "note"] = "call"
    budget: Inlines = ()
    refs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fragment:
    """Messages that run under a condition, several times, or at once; `parts` are its branches with their headings."""

    kind: Literal["alternative", "option", "loop", "parallel"]
    parts: tuple[tuple[Inlines, tuple[Message | Fragment, ...]], ...]
    refs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sequence:
    """Messages in time between participants (nodes; their groups are ignored), with the latency budget of each."""

    title: str
    participants: tuple[Node, ...]
    steps: tuple[Message | Fragment, ...]


def check(diagram: Diagram) -> tuple[str, ...]:
    """What makes the diagram undrawable, in words, sorted: double or unknown ids, groups that hold themselves."""
    problems: list[str] = []
    groups = {group.id: group for group in diagram.groups}
    named = [node.id for node in diagram.nodes] + [group.id for group in diagram.groups]
    counted = Counter(named)
    problems += [f"id {name!r} is used more than once" for name in sorted(counted) if counted[name] > 1]
    known = set(named)
    for node in diagram.nodes:
        if node.group is not None and node.group not in groups:
            problems.append(f"node {node.id!r} is in group {node.group!r}, which isn't there")
    for group in diagram.groups:
        if group.parent is not None and group.parent not in groups:
            problems.append(f"group {group.id!r} is in group {group.parent!r}, which isn't there")
        elif group.id in ancestors(group.parent, groups):
            problems.append(f"group {group.id!r} holds itself")
    for edge in diagram.edges:
        problems += [
            f"edge {edge.source!r} -> {edge.target!r} ends at {end!r}, which isn't there"
            for end in sorted({edge.source, edge.target} - known)
        ]
    return tuple(sorted(problems))


def ancestors(group: str | None, groups: dict[str, Group]) -> tuple[str, ...]:
    """The group and those around it, innermost first; stops where a chain closes on itself."""
    chain: list[str] = []
    while group is not None and group in groups and group not in chain:
        chain.append(group)
        group = groups[group].parent
    return tuple(chain)


def unique_refs(*sources: Iterable[str]) -> tuple[str, ...]:
    """Ledger ids in first-seen order, each once."""
    return tuple(dict.fromkeys(ref for source in sources for ref in source))
