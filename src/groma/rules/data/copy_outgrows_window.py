"""Copies that aren't done in the time they have."""

from __future__ import annotations

import math

from groma.analyses.evidence import Evidence
from groma.analyses.interval import Interval
from groma.analyses.recovery.copies import Copy, all_copies
from groma.analyses.recovery.lines import takes
from groma.model.printed import format_quantity
from groma.model.quantity import Quantity
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Copies of which it is known how long one takes; those for which that is longer than the time there is."""
    context = subject.context
    timed = [(copy, takes(context, copy, Evidence(context))) for copy in all_copies(context)]
    timed = [(copy, long) for copy, long in timed if long.low > 0.0 or math.isfinite(long.high)]
    hits = [hit for copy, long in timed if (hit := _hit(subject, copy, long))]
    return Look(len(timed), tuple(hits))


def _hit(subject: Subject, copy: Copy, long: Interval) -> Hit | None:
    backup = copy.backup
    given = backup.window if isinstance(backup.window, Quantity) else backup.every
    certain = long.low > given.low
    if not certain and not given.high < long.high < math.inf:
        return None
    lasts = (
        f"at least {format_quantity(long.low, 's')}"
        if certain
        else f"up to {format_quantity(long.high, 's')}"
    )
    data = subject.model.data[copy.data]
    words = "window" if given is backup.window else "time between two"
    return Hit(
        f"data.{data.name}",
        f"A copy of {data.title or data.name} takes longer than the time it has",
        f"{lasts}; the {words} is {given.text}",
        backup.at,
        figures=(subject.figure(f"recovery/{data.name}/window").name,),
        confidence="certain" if certain else "possible",
        key=copy.by or "",
    )


RULE = Rule(
    id="copy-outgrows-window",
    title="Copy that doesn't fit its window",
    looks_for="Copies that take longer to make than their `window`, or than the time between two.",
    why="Data grow and lines don't: a nightly copy that runs into the day slows work, and the next begins later.",
    source="NIST SP 800-34 rev. 1, section 5.1.2 (backup schedules); arithmetic of volume and free bandwidth",
    severity="warning",
    tags=("data", "recovery"),
    consequence="More is lost than the time between copies says: the interval and the duration together.",
    remedy="Copy only what changed, copy less often, or use a faster line.",
    check=check,
    good="""\
components: {db: {kind: database}, tape: {kind: backup}}
connections: {wire: {from: db, to: tape, bandwidth: 1 Gbit/s}}
data: {orders: {held_by: db, size: 1 TB, backup: {every: 24 h, window: 6 h, to: tape, over: wire, tested: 2026-05}}}
""",
    bad="""\
components: {db: {kind: database}, tape: {kind: backup}}
connections: {wire: {from: db, to: tape, bandwidth: 100 Mbit/s}}
data: {orders: {held_by: db, size: 1 TB, backup: {every: 24 h, window: 6 h, to: tape, over: wire, tested: 2026-05}}}
""",
    expected=("copy-outgrows-window:data.orders",),
)
