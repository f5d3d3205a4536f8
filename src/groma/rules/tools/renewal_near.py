"""Contracts that are about to be renewed."""

from __future__ import annotations

from groma.analyses.renewal import Left, left
from groma.model.elements import Supplier
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject

NEAR_DAYS = 60
"""Days before the last day for notice from which on it is told: time to look at others, and to decide."""


def check(subject: Subject) -> Look:
    """Suppliers with a date of renewal that isn't past; those to whom notice has to be given within 60 days."""
    dated = [(s, found) for s in subject.model.suppliers.values() if (found := left(subject.model, s))]
    coming = [(supplier, found) for supplier, found in dated if found.renewed[1] >= 0]
    hits = (_hit(subject, supplier, found) for supplier, found in coming if found.notice[0] <= NEAR_DAYS)
    return Look(len(coming), tuple(hits))


def _hit(subject: Subject, supplier: Supplier, found: Left) -> Hit:
    bought = [c.name for c in subject.components() if c.supplier == supplier.name]
    late = found.notice[1] < 0
    return Hit(
        f"suppliers.{supplier.name}",
        f"The contract with {supplier.title or supplier.name} renews "
        + ("whatever is wanted: notice is too late" if late else "unless notice is given soon"),
        f"renewed on {supplier.renews}"
        + (f", notice {supplier.notice.text} before" if supplier.notice is not None else ""),
        supplier.at,
        figures=(
            subject.figure(f"renewal/{supplier.name}").name,
            *(subject.figure(f"cost/component/{name}").name for name in bought),
        ),
        confidence="certain" if found.notice[1] <= NEAR_DAYS else "possible",
    )


RULE = Rule(
    id="renewal-near",
    title="Contract about to be renewed",
    looks_for="Suppliers whose `renews` less `notice` lies within 60 days of the model's date, or is past.",
    why="The weeks before are the only time in which price and terms can be talked about.",
    source="ISO/IEC 19770-1 (contract management)",
    severity="warning",
    tags=("tools", "procurement"),
    consequence="It is bound and paid for another term.",
    remedy="Decide now: keep, talk about the price, or give notice in writing.",
    check=check,
    good="""\
date: "2026-11-21"
suppliers: {far: {renews: "2027-06-30", notice: 3 month}, past: {renews: "2026-01-31"}}
""",
    bad="""\
date: "2026-11-21"
suppliers: {near: {renews: "2027-03-31", notice: 3 month}, late: {renews: "2026-12-01", notice: 30 day}}
""",
    expected=("renewal-near:suppliers.late", "renewal-near:suppliers.near"),
)
