"""Data of which no copy is described."""

from __future__ import annotations

from groma.analyses.recovery.copies import copies_of
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Data that are held somewhere and aren't public; those without a copy."""
    kept = [d for d in subject.model.data.values() if d.held_by and d.class_ != "public"]
    hits = (
        Hit(
            f"data.{d.name}",
            f"No copy of {d.title or d.name} is described",
            "no `backup`, and nothing copies it",
            d.at,
        )
        for d in kept
        if not copies_of(subject.context, d)
    )
    return Look(len(kept), tuple(hits))


RULE = Rule(
    id="no-backup",
    title="Data without a copy",
    looks_for="Data that are held somewhere, without `backup` and without a component that `copies` them.",
    why="Machines fail, people delete, attackers encrypt. A second copy in the same place isn't one.",
    source="NIST SP 800-53 CP-9; CISA, Data Backup Options (3-2-1), 2012",
    severity="warning",
    tags=("data", "recovery"),
    consequence="What is lost is lost.",
    remedy="Copy them to another place, say how often, and try to bring them back.",
    phases=("assess", "build"),
    check=check,
    good="""\
components: {crm: {kind: tool}, nas: {kind: storage}}
data: {customers: {held_by: crm, backup: {every: 24 h, to: nas, tested: 2026-05}}}
""",
    bad="components: {crm: {kind: tool}}\ndata: {customers: {held_by: crm}, prices: {class: public, held_by: crm}}\n",
    expected=("no-backup:data.customers",),
)
