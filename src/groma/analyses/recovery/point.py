"""How old the newest copy is at the worst instant: what is lost.

A copy is of the state at its start, so just before one is done the newest whole one is older by the time between
two starts and the duration. A replica is as old as it says that it lags, as long as its lines keep up.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.interval import Interval, mean_of
from groma.analyses.recovery.copies import Copy, stale
from groma.analyses.recovery.lines import falls_behind, takes
from groma.model.printed import format_quantity
from groma.model.quantity import Quantity
from groma.solvers.transfers import recovery_point


def point_of(context: Context, copy: Copy, evidence: Evidence) -> Interval:
    """Seconds that are lost at most when this copy is brought back."""
    backup = copy.backup
    every = evidence.mean(f"{copy.path}.every", backup.every)
    if backup.replica:
        evidence.line("the replica lags by", backup.every.text, *evidence.inputs)
        found = _lag(context, copy, every, evidence)
    else:
        evidence.line("copies are begun every", backup.every.text, *evidence.inputs)
        found = _age(context, copy, every, evidence)
    _grown(context, copy, found, evidence)
    evidence.assume("the newest whole copy can be read, and is of the state at which it was begun")
    tried(context, copy, evidence)
    return found


def newest(context: Context, copies: Iterable[Copy]) -> Copy | None:
    """The copy that loses least at the nominal values (at the least, where those aren't known); of equals the first."""

    def age(copy: Copy) -> float:
        found = point_of(context, copy, Evidence(context))
        return found.low if found.value is None else found.value

    given = list(copies)
    if len(given) <= 1:
        return given[0] if given else None
    if not context.closed:
        return min(given, key=age)
    key = ("newest copy", *(copy.path for copy in given))
    path: str | None = context.memo.get(key)
    if path is None:
        path = context.memo[key] = min(given, key=age).path
    return next(copy for copy in given if copy.path == path)


def _age(context: Context, copy: Copy, every: Interval, evidence: Evidence) -> Interval:
    lasts = takes(context, copy, evidence)
    if lasts.value is None and lasts.low == 0.0 and math.isinf(lasts.high):
        evidence.assume("a copy takes no longer than the time between two")
        return Interval(every.low, None, 2.0 * every.high)
    if falls_behind(context, copy):
        evidence.line("changes are made faster than they are copied: copies fall behind for ever")
        return Interval(math.inf, None, math.inf)
    shown = format_quantity(lasts.low if lasts.value is None else lasts.value, "s")
    evidence.line("and one takes", shown if lasts.value is not None else f"at least {shown}")
    value = None if every.value is None or lasts.value is None else recovery_point(every.value, lasts.value)
    high = math.inf if math.isinf(lasts.high) else recovery_point(every.high, lasts.high)
    return Interval(recovery_point(every.low, lasts.low), value, high)


def _lag(context: Context, copy: Copy, every: Interval, evidence: Evidence) -> Interval:
    if not copy.backup.over:
        evidence.assume("what changes gets through as fast as it is made")
        return every
    lasts = takes(context, copy, evidence)
    if falls_behind(context, copy):
        evidence.line("but changes are made faster than its lines take them: it falls behind for ever")
        return Interval(math.inf, None, math.inf)
    keeps_up = math.isfinite(lasts.high)
    return Interval(every.low, every.value if keeps_up else None, every.high if keeps_up else math.inf)


def _grown(context: Context, copy: Copy, found: Interval, evidence: Evidence) -> None:
    data = context.model.data[copy.data]
    for rate, words in ((data.changes, "changes"), (data.grows, "grows")):
        if isinstance(rate, Quantity) and math.isfinite(found.high):
            lost = found * mean_of(rate)
            shown = format_quantity(lost.high if lost.value is None else lost.value, "B")
            evidence.line(f"that is, at the rate at which it {words}", shown)
            return


def tried(context: Context, copy: Copy, evidence: Evidence) -> None:
    """Say whether a restore of the copy was ever tried."""
    tested = copy.backup.tested
    if tested is None:
        evidence.assume("nobody says that a restore was ever tried: until one is, this is a plan")
    elif stale(copy, context.model.date):
        evidence.assume(f"a restore was last tried {tested}: too long ago to count as recent")
    else:
        evidence.assume(f"a restore was last tried {tested}")
