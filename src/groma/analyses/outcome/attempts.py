"""Attempts at a step, as outcomes: independent ones, and those that hang on one another through a queue.

Of an attempt after one that was turned away, or came too late, it is only known that it lies between ending so each
time and what one meets that comes for the first time (see `loads.again` and `outcome.late` for when that is so).
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from groma.analyses.loads import again
from groma.analyses.loads.again import THROTTLED
from groma.analyses.outcome.algebra import JUST_OK, Outcome, any_end, mass_of, mixed, one_of, then
from groma.analyses.outcome.late import TIMEOUT, meeting, waits_inside
from groma.analyses.outcome.law import (
    FAST,
    INF,
    NAN,
    NOMINAL,
    SLACK,
    SLOW,
    Array,
    Defective,
    Grid,
    increments,
    instant,
    never,
)
from groma.model.program import Retry, Step

if TYPE_CHECKING:
    from groma.analyses.outcome.reading import Outcomes

AWAY = "turned away"
"""What a first attempt that is turned away ends in, while it isn't said what follows."""


def retried(outcomes: Outcomes, step: Step, one: Outcome, retry: Retry) -> Outcome:
    """Up to n attempts more, from the last one backwards."""
    grid, kinds = outcomes.grid, frozenset(retry.on)
    crowd = THROTTLED in one.ends and again.crowded(outcomes, step)
    slow = TIMEOUT in one.ends and TIMEOUT in kinds and waits_inside(outcomes, step)
    hanging = frozenset({THROTTLED} if crowd else ()) | frozenset({TIMEOUT} if slow else ())
    sure = crowd and not slow and again.at_once(outcomes.context, step)
    limit = INF if step.policies.timeout is None or step.policies.hedge else step.policies.timeout.high
    alike = one_of(grid, [refused(grid, one, kind, limit) for kind in sorted(hanging)] or [one])
    result, still = one, alike
    for attempt in range(retry.times, 0, -1):
        pause = outcomes.pause(retry, attempt)
        later = then(grid, pause, JUST_OK, result)
        if hanging:
            still = then(grid, pause, JUST_OK, still)
            away = still if sure else one_of(grid, [later, still])
            away = at_any_time(grid, away) if slow else away
            away = named_by(grid, away, later) if slow and not crowd else away
            result = following(grid, one, kinds, later, away, hanging)
            still = then(grid, alike, kinds, still)
        else:
            result = then(grid, one, kinds, later)
    if crowd:
        result = capped(grid, result, again.lost(outcomes, step))
    if hanging:
        result = result.noting(notes=frozenset({described(step, sure, slow)}))
    if retry.budget is not None and retry.times:
        most = mass_of(grid, one, kinds)[FAST]
        more = retry.times * most if hanging else sum(most**n for n in range(1, retry.times + 1))
        if more > retry.budget.low:
            note = f"{step.path}: the retry budget may bite, so that retries are bounded"
            result = one_of(grid, [one, result]).noting(notes=frozenset({note}))
    return result


def beside_a_queue(outcomes: Outcomes, step: Step, one: Outcome, both: Outcome) -> Outcome:
    """`one` attempt with a hedge, which are `both` where attempts are independent."""
    if not waits_inside(outcomes, step):
        return both
    note = f"{step.path}: an attempt more may meet the same queue: between one and independent attempts"
    ends = at_any_time(outcomes.grid, one_of(outcomes.grid, [one, both]))
    return named_by(outcomes.grid, ends, both).noting(notes=frozenset({note}))


def narrowed(
    outcomes: Outcomes, step: Step, caller: str | None, marks: bool, policy: str, whole: Outcome
) -> Outcome:
    """The outcome of a policy that makes attempts more, held against what it is where no attempt waits: they are
    independent then, and all but a small share of runs may be so."""
    if outcomes.unhindered:
        return whole
    share = meeting(outcomes, step, caller)
    ok = mass_of(outcomes.grid, whole, JUST_OK)
    if not share < ok[FAST] - ok[SLOW]:
        return whole
    free = next(found for name, found in outcomes.calm().layers_of(step, caller, marks) if name == policy)
    shares = [outcomes.grid.triple(share, 0.0, 0.0), outcomes.grid.triple(1.0, 1.0 - share, 1.0)]
    narrow = at_any_time(outcomes.grid, mixed(outcomes.grid, shares, [whole, free]))
    sharper = mass_of(outcomes.grid, narrow, JUST_OK)
    if not sharper[FAST] - sharper[SLOW] < ok[FAST] - ok[SLOW]:
        return whole
    return named_by(outcomes.grid, narrow, whole).noting(notes=whole.notes)


def described(step: Step, sure: bool, late: bool = False) -> str:
    """What a derivation says of it."""
    if late:
        return (
            f"{step.path}: an attempt after one that came too late may meet the same queue, so that attempts aren't"
            " independent: between all later ones too late and all independent"
        )
    if sure:
        return f"{step.path}: a call that comes again at the moment at which it was turned away finds the queue as full"
    return (
        f"{step.path}: a queue that turned a call away may still be full when it comes again, so that attempts aren't"
        " independent: between all later ones turned away and all independent"
    )


def refused(grid: Grid, one: Outcome, kind: str = THROTTLED, within: float = INF) -> Outcome:
    """An attempt that surely ends so (is turned away): after the time that those take which do, and no later than
    any does; `within` bounds what an attempt takes."""
    law = one.ends[kind]
    most, least = float(law.mass[FAST]), float(law.mass[SLOW])
    if law.moment[SLOW] == 0.0:
        return Outcome({kind: instant(grid)})
    ended = None if one.total is None else np.flatnonzero(one.total.cdf[SLOW] >= 1.0 - SLACK)
    last = None if ended is None or not len(ended) else int(ended[0])

    def cells() -> Array:
        ends = np.full_like(law.cells, NAN)
        sure = np.minimum(law.cdf[FAST] / least, 1.0) if least > 0.0 else np.ones(grid.cells)
        ends[FAST] = np.diff(np.where(law.cdf[FAST] > 0.0, sure, 0.0), prepend=0.0)
        slow = law.cdf[SLOW] / most
        if last is not None:
            slow[last:] = 1.0
        ends[SLOW] = increments(slow)
        return ends

    slow = float(law.moment[SLOW]) / least if least > 0.0 else math.inf
    slow = min(slow, within if last is None else last * grid.step)
    moment = grid.triple(float(law.moment[FAST]) / most, slow)
    return Outcome({kind: Defective.later(cells, grid.triple(1.0, 1.0), moment, law)})


def following(
    grid: Grid,
    one: Outcome,
    kinds: frozenset[str],
    again: Outcome,
    away: Outcome,
    hanging: frozenset[str] = frozenset({THROTTLED}),
) -> Outcome:
    """After an attempt: `again` after errors of these kinds, but `away` after those that hang on one another (being
    turned away)."""
    names = {kind: f"{AWAY} ({kind})" for kind in sorted(hanging)}
    ends = {names.get(kind, kind): law for kind, law in one.ends.items()}
    first = then(grid, replace(one, ends=ends), kinds - hanging, again)
    return then(grid, first, frozenset(names.values()), away)


def at_any_time(grid: Grid, ends: Outcome) -> Outcome:
    """A bracket of which it isn't known how times and ends hang together: each end may come as late as any."""
    whole = any_end(grid, ends)
    ended = np.flatnonzero(whole.cdf[SLOW] >= 1.0 - SLACK)
    last = int(ended[0]) if len(ended) else grid.cells

    def loose(law: Defective) -> Defective:
        def late() -> Array:
            by_then = law.cdf[SLOW].copy()
            by_then[last:] = law.mass[FAST]
            return increments(by_then)

        moment = law.moment.copy()
        moment[SLOW] = whole.moment[SLOW]
        if last < grid.cells:
            moment[SLOW] = min(moment[SLOW], law.mass[FAST] * last * grid.step)
        return Defective.later(lambda: law.cells, law.mass, moment, law).ending(late)

    return replace(ends, ends={kind: loose(law) if law.possible else law for kind, law in ends.ends.items()})


def named_by(grid: Grid, ends: Outcome, nominal: Outcome) -> Outcome:
    """A bracket with the nominal values of another outcome that lies within it."""
    if grid.rows <= NOMINAL:
        return ends

    def named(law: Defective, by: Defective) -> Defective:
        def cells() -> Array:
            return np.concatenate((law.cells[:NOMINAL], by.cells[NOMINAL:]))

        mass = np.concatenate((law.mass[:NOMINAL], by.mass[NOMINAL:]))
        moment = np.concatenate((law.moment[:NOMINAL], by.moment[NOMINAL:]))
        return Defective.later(cells, mass, moment, law, by).ending(lambda: law.late)

    known = {kind: named(law, nominal.ends.get(kind, never(grid))) for kind, law in ends.ends.items()}
    total = None if ends.total is None else named(ends.total, any_end(grid, nominal))
    return replace(ends, ends=known, total=total)


def capped(grid: Grid, whole: Outcome, most: float) -> Outcome:
    """The same, turned away in the end no more often than that."""
    law = whole.ends.get(THROTTLED)
    if law is None or law.mass[FAST] <= most:
        return whole

    def cells() -> Array:
        kept = law.cells.copy()
        kept[FAST] = np.diff(np.minimum(law.cdf[FAST], most), prepend=0.0)
        return kept

    mass = law.mass.copy()
    mass[FAST] = most
    mass[SLOW] = min(mass[SLOW], most)
    less = Defective.later(cells, mass, law.moment, law)
    return replace(whole, ends={**whole.ends, THROTTLED: less}, total=any_end(grid, whole))
