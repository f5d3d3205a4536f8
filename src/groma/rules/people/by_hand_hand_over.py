"""Data that a person carries from one tool to another by hand."""

from __future__ import annotations

from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """All connections between components; those by hand."""
    components = subject.model.components
    between = [c for c in subject.model.connections.values() if c.from_ in components and c.to in components]
    hits = (
        Hit(
            f"connections.{c.name}",
            f"Carried by hand: {components[c.from_].title or c.from_} to {components[c.to].title or c.to}",
            f"`by_hand`, carries {', '.join(c.carries) or 'data that are not named'}",
            c.at,
        )
        for c in between
        if c.by_hand
    )
    return Look(len(between), tuple(hits))


RULE = Rule(
    id="by-hand-hand-over",
    title="Hand-over by hand between tools",
    looks_for="Connections between two components that are `by_hand`.",
    why="What is typed again is typed wrongly in a few of a hundred cases, late, and not at all in holidays.",
    source="error of routine, rapid tasks: HEART, Williams 1986 (0.7 % to 4.5 % per action, recalled)",
    severity="warning",
    tags=("people", "data", "integration"),
    consequence="Two tools say different things until somebody notices.",
    remedy="Connect the tools (import, interface, a shared table), or keep these data in one of them only.",
    check=check,
    good="components: {mail: {kind: tool}, books: {kind: tool}}\nconnections: {m: {from: mail, to: books}}\n",
    bad="""\
components: {mail: {kind: tool}, books: {kind: tool}}
connections: {m: {from: mail, to: books, by_hand: true}}
""",
    expected=("by-hand-hand-over:connections.m",),
)
