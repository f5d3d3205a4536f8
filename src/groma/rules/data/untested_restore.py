"""Copies that nobody has brought back, ever or for more than a year."""

from __future__ import annotations

from groma.analyses.recovery.copies import Copy, copies_of, stale
from groma.model.elements import Data, Model
from groma.rules.places import title_of
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every copy of every datum; those whose restore was never tried, or too long before the model's date."""
    pairs = [(d, copy) for d in subject.model.data.values() for copy in copies_of(subject.context, d)]
    hits = (_hit(subject.model, d, copy, why) for d, copy in pairs if (why := _why(copy, subject.model.date)))
    return Look(len(pairs), tuple(hits))


def _why(copy: Copy, today: str | None) -> str:
    tested = copy.backup.tested
    if tested is None:
        return "no `tested`: nobody says that it was ever brought back"
    if stale(copy, today):
        lasts = copy.backup.test_every
        return f"last tried {tested}, more than {'a year' if lasts is None else lasts.text} ago"
    return ""


def _hit(model: Model, data: Data, copy: Copy, why: str) -> Hit:
    by = f" by {title_of(model, copy.by)}" if copy.by else ""
    title = f"The copy of {data.title or data.name}{by} is a hope: its restore isn't tested"
    return Hit(f"data.{data.name}", title, why, copy.backup.at, key=copy.by or "")


RULE = Rule(
    id="untested-restore",
    title="Restore that nobody has tried",
    looks_for="Copies without `tested`, or tested longer before the model's date than `test_every` (a year).",
    why="Copies fail silently: wrong paths, missing keys, too slow a line. Only a restore shows it.",
    source="NIST SP 800-53 CP-9(1) (testing for reliability and integrity), CP-4",
    severity="warning",
    tags=("data", "recovery"),
    consequence="The stated recovery time is a plan, not a fact.",
    remedy="Bring it back to another machine, measure the time, write down the date.",
    check=check,
    good="""\
date: 2026-11-21
components: {crm: {kind: tool}, nas: {kind: storage}}
data: {customers: {held_by: crm, backup: {every: 24 h, to: nas, tested: 2026-05}}}
""",
    bad="""\
date: 2026-11-21
components: {crm: {kind: tool}, nas: {kind: storage}}
data:
  customers: {held_by: crm, backup: {every: 24 h, to: nas}}
  orders: {held_by: crm, backup: {every: 24 h, to: nas, tested: 2024-01}}
""",
    expected=("untested-restore:data.customers", "untested-restore:data.orders"),
)
