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
from groma.analyses.outcome.algebra import ERRORS, JUST_OK, Outcome, any_end, mass_of, mixed, one_of, then
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
from groma.analyses.reach import reach_of
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


def fallen_back(
    outcomes: Outcomes, step: Step, caller: str | None, marks: bool, one: Outcome, back: Outcome
) -> Outcome:
    """A step with its fallback, which is independent of it unless both may wait in one and the same queue. Of a
    fallback after errors that are at least so likely it is then only known that what goes wrong with it may all go
    wrong after them, and that it ends well no more often for them."""
    grid = outcomes.grid
    free = then(grid, one, ERRORS, back)
    assert step.policies.fallback is not None
    there = reach_of(outcomes.context, step.policies.fallback).stations
    if not (one.ends.keys() & {TIMEOUT, THROTTLED}) or not waits_inside(outcomes, step, there):
        return free
    hard = going_along(grid, back, float(mass_of(grid, one, ERRORS)[SLOW]))
    ends = at_any_time(grid, then(grid, one, ERRORS, hard))
    for kind in sorted(ends.ends.keys() & ERRORS):
        ends = capped(grid, ends, float(back.ends[kind].mass[FAST]), kind)
    note = f"{step.path}: its fallback may meet the queue that made it fail, so that they aren't independent"
    whole = named_by(grid, ends, free).noting(notes=frozenset({note}))
    return narrowed(outcomes, step, caller, marks, "fallback", whole)


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
    first = then(grid, replace(one, ends=ends), kinds, again)
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


def going_along(grid: Grid, back: Outcome, share: float) -> Outcome:
    """What follows an event of at least this probability, of which nothing more is known than what it is over all
    (Frechet: P(A | E) is between 1 - P(not A) / P(E) and P(A) / P(E)) and that it ends well no more often for it."""
    share = max(share, SLACK)

    def of(law: Defective, most: float) -> Defective:
        def cells() -> Array:
            cdf = law.cdf.copy()
            cdf[FAST] = np.minimum(cdf[FAST] / share, most)
            cdf[SLOW] = np.maximum(1.0 - (1.0 - cdf[SLOW]) / share, 0.0)
            return increments(cdf)

        mass, moment = law.mass.copy(), law.moment.copy()
        mass[FAST], mass[SLOW] = most, max(1.0 - (1.0 - mass[SLOW]) / share, 0.0)
        moment[FAST], moment[SLOW] = 0.0, moment[SLOW] / share
        return Defective.later(cells, mass, moment, law)

    ends = {
        kind: of(
            law, float(law.mass[FAST]) if kind not in ERRORS else min(float(law.mass[FAST]) / share, 1.0)
        )
        for kind, law in back.ends.items()
    }
    total = any_end(grid, back)
    return replace(back, ends=ends, total=of(total, float(total.mass[FAST])), at_once=False)


def capped(grid: Grid, whole: Outcome, most: float, kind: str = THROTTLED) -> Outcome:
    """The same, ending so (turned away) no more often than that."""
    law = whole.ends.get(kind)
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
    return replace(whole, ends={**whole.ends, kind: less}, total=any_end(grid, whole))
