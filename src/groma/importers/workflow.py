"""A workflow as every format of it can be told: steps, what follows what, what sets it off, what happens to errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["start", "call", "person", "choose", "parallel", "join", "wait", "end", "other"]


@dataclass(frozen=True, slots=True)
class Node:
    """A step. `service` is the outside product it talks to (empty for none), `who` the person or role that does it."""

    id: str
    title: str
    kind: Kind
    type: str = ""
    service: str = ""
    who: str = ""
    often: str = ""
    """For a start by the clock: how often, in words (`every 2 hours`)."""
    caught: bool = False
    """Whether what goes wrong here is dealt with here."""
    mails: bool = False
    fields: Mapping[str, str] = field(default_factory=dict[str, str])
    """Fields it writes: name there -> where it comes from."""
    inner: tuple[Workflow, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """What follows what; `port` numbers the ways out of a choice, `when` says in words when it is taken."""

    source: str
    target: str
    port: int = 0
    when: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """Something handed over between two parties that aren't the same workflow."""

    source: str
    target: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Workflow:
    """One workflow (or process) of a file."""

    file: str
    format: str
    name: str
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    on_error: str = ""
    """What happens to a run that fails; empty where nothing does."""
    active: bool = True
    messages: tuple[Message, ...] = ()
    who: str = ""
    """Who the process belongs to, where the format says."""
    counts: Mapping[str, int] = field(default_factory=dict[str, int])
    """How many there are of each kind of thing that the format knows, the file as a whole."""

    def node(self, id_: str) -> Node | None:
        return next((node for node in self.nodes if node.id == id_), None)
