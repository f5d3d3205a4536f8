"""A LangGraph application as either of its forms tells it."""

from __future__ import annotations

from dataclasses import dataclass, field

START, END = "__start__", "__end__"
MOST_NODES = 500
MOST_BYTES = 4_000_000


class GraphError(Exception):
    """A file that can't be read: `file:line:column: what was expected, what was found`."""


@dataclass
class Retried:
    """A RetryPolicy: attempts in all, seconds."""

    attempts: int = 3
    interval: float = 0.5
    factor: float = 2.0
    jitter: bool = True


@dataclass
class Node:
    """A node; `asks` where its function interrupts, `model` the chat model it invokes."""

    name: str
    line: int = 0
    retry: Retried | None = None
    timeout: float | None = None
    asks: bool = False
    model: str = ""
    tools: tuple[str, ...] = ()


@dataclass
class Edge:
    """What follows what; `when` names the way of a conditional edge."""

    source: str
    target: str
    conditional: bool = False
    when: str = ""


@dataclass
class Graph:
    """Nodes by name in the order in which they were added, edges, and what runs are limited by."""

    file: str
    name: str
    line: int = 0
    nodes: dict[str, Node] = field(default_factory=dict[str, Node])
    edges: list[Edge] = field(default_factory=list[Edge])
    before: tuple[str, ...] = ()
    """Nodes before which a person is asked (`interrupt_before`)."""
    after: tuple[str, ...] = ()
    recursion_limit: int | None = None
    checkpointed: bool = False
    notes: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    """What was read leniently, by line."""

    def note(self, line: int, what: str) -> None:
        self.notes.append((line, what))
