"""Connections between components that don't say what becomes of what they can't hand over."""

from __future__ import annotations

from groma.analyses.handed import hand_overs
from groma.rules.places import title_of
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Connections that hand data over without a hand; those without `on_error`."""
    model = subject.model
    every = hand_overs(model)
    hits = (
        Hit(
            f"connections.{c.name}",
            f"Nobody says what happens when {title_of(model, c.from_)} can't hand "
            f"{', '.join(title_of(model, data) for data in c.carries)} to {title_of(model, c.to)}",
            "no `on_error`",
            c.at,
        )
        for c in every
        if not c.on_error
    )
    return Look(len(every), tuple(hits))


RULE = Rule(
    id="hand-over-without-error-path",
    title="Hand-over without an error path",
    looks_for="Connections between components that carry data (not by hand) and have no `on_error`.",
    why="Interfaces fail in silence: an expired password, a changed field, and orders are missing for weeks.",
    source="Hohpe and Woolf, Enterprise Integration Patterns, 2003 (Invalid Message and Dead Letter Channel)",
    severity="warning",
    tags=("tools", "integration"),
    consequence="What isn't handed over is missing, and nobody is told.",
    remedy="Say where it goes, who is told, and how it is handed over again.",
    check=check,
    good="""\
components: {crm: {kind: tool}, books: {kind: tool}, a: {kind: host}, b: {kind: host}}
data: {customers: {held_by: crm}}
connections:
  c: {from: crm, to: books, carries: [customers], on_error: kept and tried again; ana is told after an hour}
  d: {from: crm, to: books, carries: [customers], by_hand: true}
  e: {from: a, to: b, carries: [customers], bandwidth: 1 Gbit/s}
""",
    bad="""\
components: {crm: {kind: tool}, books: {kind: tool}}
data: {customers: {held_by: crm}}
connections: {c: {from: crm, to: books, carries: [customers]}}
""",
    expected=("hand-over-without-error-path:connections.c",),
)
