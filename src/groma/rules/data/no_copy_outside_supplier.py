"""Data whose holder and copies are all in one supplier's hands."""

from __future__ import annotations

from groma.analyses.recovery.copies import copies_of, survives
from groma.analyses.recovery.events import Event, holder_of, lost
from groma.model.elements import Data
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Data with copies that a supplier's part holds; those of which that supplier has every copy too."""
    found: list[tuple[Data, str]] = []
    for data in subject.model.data.values():
        holder = holder_of(data)
        if holder is not None and copies_of(subject.context, data):
            for supplier in subject.model.suppliers:
                if lost(subject.context, holder, Event("supplier", supplier)):
                    found.append((data, supplier))
    hits = [_hit(subject, data, supplier) for data, supplier in found if _all_there(subject, data, supplier)]
    return Look(len(found), tuple(hits))


def _all_there(subject: Subject, data: Data, supplier: str) -> bool:
    event = Event("supplier", supplier)
    return all(survives(subject.context, c, event) is False for c in copies_of(subject.context, data))


def _hit(subject: Subject, data: Data, supplier: str) -> Hit:
    title = subject.model.suppliers[supplier].title or supplier
    return Hit(
        f"data.{data.name}",
        f"No copy of {data.title or data.name} is outside {title}",
        f"what holds them and every copy is {title}'s",
        data.at,
        key=supplier,
    )


RULE = Rule(
    id="no-copy-outside-supplier",
    title="No copy outside the supplier",
    looks_for="Data that a supplier's part holds, with every copy in parts of the same supplier.",
    why="A closed account, a bankruptcy or one stolen password of the supplier's console takes all of them.",
    source="Regulation (EU) 2022/2554 (DORA), Articles 12 and 28; Code Spaces, 2014 (all deleted from one account)",
    severity="note",
    tags=("data", "recovery", "suppliers"),
    consequence="When the account is gone, so are the data.",
    remedy="Keep one copy with somebody else, under other passwords.",
    check=check,
    good="""\
suppliers: {cloud: {}, other: {}}
components: {db: {kind: database, supplier: cloud}, vault: {kind: backup, supplier: other}}
data: {orders: {held_by: db, backup: {every: 24 h, to: vault, tested: 2026-05}}}
""",
    bad="""\
suppliers: {cloud: {}}
components: {db: {kind: database, supplier: cloud}, vault: {kind: backup, supplier: cloud}}
data: {orders: {held_by: db, backup: {every: 24 h, to: vault, tested: 2026-05}}}
""",
    expected=("no-copy-outside-supplier:data.orders/cloud",),
)
