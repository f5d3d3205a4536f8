"""Connections between components that nobody answers for."""

from __future__ import annotations

from groma.analyses.handed import hand_overs
from groma.rules.places import owned
from groma.rules.rule import Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Connections that hand data over without a hand; those without `owner`."""
    every = hand_overs(subject.model)
    return owned(
        "connections", ((c, f"Nobody answers for the connection from {c.from_} to {c.to}") for c in every)
    )


RULE = Rule(
    id="connection-without-owner",
    title="Connection without an owner",
    looks_for="Connections between components that carry data (not by hand) and have no `owner`.",
    why="Between two tools lies nobody's land: each supplier says that it is the other's fault.",
    source="ITIL 4, service configuration management; ISO/IEC 27001:2022, A.5.9",
    severity="note",
    tags=("tools", "people", "integration"),
    consequence="When it breaks, it is found out late and mended by whoever has time.",
    remedy="Name one person who is told when it fails and who may change it.",
    check=check,
    good="""\
people: {ana: {}}
components: {crm: {kind: tool}, books: {kind: tool}}
data: {customers: {held_by: crm}}
connections: {c: {from: crm, to: books, carries: [customers], owner: ana}}
""",
    bad="""\
people: {ana: {}}
components: {crm: {kind: tool}, books: {kind: tool}}
data: {customers: {held_by: crm}}
connections: {c: {from: crm, to: books, carries: [customers]}}
""",
    expected=("connection-without-owner:connections.c",),
)
