"""Data that are kept nowhere that is described: nobody can say which copy is right."""

from __future__ import annotations

from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """All data; those that no component holds."""
    data = subject.model.data.values()
    hits = (
        Hit(f"data.{d.name}", f"No system of record for {d.title or d.name}", "no `held_by`", d.at)
        for d in data
        if not d.held_by
    )
    return Look(len(data), tuple(hits))


RULE = Rule(
    id="no-system-of-record",
    title="Data without a system of record",
    looks_for="Data without `held_by`.",
    why="Without one place that is right, every report is an opinion.",
    source="DAMA-DMBOK 2, chapter 10 (reference and master data)",
    severity="warning",
    tags=("data",),
    consequence="Two people who look it up get two answers.",
    remedy="Say which component is the one that is right (the first in `held_by`).",
    phases=("assess", "build"),
    check=check,
    good="components: {crm: {kind: tool}}\ndata: {customers: {held_by: crm}}\n",
    bad="components: {crm: {kind: tool}}\ndata: {customers: {class: personal}}\n",
    expected=("no-system-of-record:data.customers",),
)
