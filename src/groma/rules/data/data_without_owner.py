"""Data that nobody answers for."""

from __future__ import annotations

from groma.rules.places import owned
from groma.rules.rule import Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """All data; those without `owner`."""
    data = subject.model.data.values()
    return owned("data", ((d, f"Nobody answers for {d.title or d.name}") for d in data))


RULE = Rule(
    id="data-without-owner",
    title="Data without an owner",
    looks_for="Data without `owner`.",
    why="Somebody has to say who may read them, how long they are kept and which copy is right.",
    source="DAMA-DMBOK 2, chapter 3 (data governance); ISO/IEC 27001:2022 A.5.9",
    severity="note",
    tags=("data", "people"),
    consequence="Nobody decides who may read them and when they are deleted.",
    remedy="Name the person whose work they are about.",
    phases=("assess", "build"),
    check=check,
    good="people: {ana: {}}\ncomponents: {crm: {kind: tool}}\ndata: {customers: {held_by: crm, owner: ana}}\n",
    bad="components: {crm: {kind: tool}}\ndata: {customers: {held_by: crm}}\n",
    expected=("data-without-owner:data.customers",),
)
