"""The outcome of a step, and how outcomes are put together.

An outcome holds one bracket per way to end: `ok`; the error kinds; `stopped` (the run ended here, ok) and `reached`
(the mark that is asked for was passed: what happens later doesn't matter to the measure). What is missing to one never
ends (a lost message nobody waits for). `total` brackets the time of whatever end, where that is known better than
the sum of the parts: a share known as 1 % .. 5 % moves probability between ends, it doesn't create any. `then` uses
it: with U for upper and L for lower functions, S for the end that stays, M for the ends that go on and Y for what
follows them, S + M * Y is at most U_S + min(U_M * U_Y, (U_total - U_S) U_Y), since what is taken for M by the
time t is at most what the total leaves; and likewise from below with max and L.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from groma.analyses.outcome.law import (
    FAST,
    NOMINAL,
    SLOW,
    Array,
    Defective,
    Grid,
    added,
    convolved,
    enveloped,
    fixed,
    from_cdf,
    increments,
    instant,
    lowered,
    never,
    scaled,
    until,
)

OK, STOPPED, REACHED = "ok", "stopped", "reached"
ERRORS = frozenset({"timeout", "unavailable", "throttled", "rejected", "failed"})
JUST_OK = frozenset({OK})
NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """How a step ends, when, and how surely; `missing` names facts it lacks, `notes` what it assumes."""

    ends: Mapping[str, Defective]
    total: Defective | None = None
    missing: frozenset[str] = NOTHING
    notes: frozenset[str] = NOTHING
    at_once: bool = False
    """Whether it is nothing but ok at time zero."""

    def noting(self, missing: frozenset[str] = NOTHING, notes: frozenset[str] = NOTHING) -> Outcome:
        if missing <= self.missing and notes <= self.notes:
            return self
        return replace(self, missing=self.missing | missing, notes=self.notes | notes)


def done(grid: Grid, kind: str = OK) -> Outcome:
    """Ends at once in one way."""
    return Outcome({kind: instant(grid)}, at_once=kind == OK)


def after(law: Defective, kind: str = OK) -> Outcome:
    """Ends in one way after a time."""
    return Outcome({kind: law})


def any_end(grid: Grid, outcome: Outcome) -> Defective:
    """The time of whatever end."""
    if outcome.total is not None:
        return outcome.total
    if not outcome.ends:
        return never(grid)
    return added(list(outcome.ends.values()))


def mass_of(grid: Grid, outcome: Outcome, kinds: frozenset[str] | set[str]) -> Array:
    """(upper, lower, nominal) probability that it ends in one of these ways."""
    zero = np.zeros(grid.rows)
    mass = sum((law.mass for kind, law in outcome.ends.items() if kind in kinds), zero)
    if outcome.total is None or not mass[FAST]:
        return mass
    rest = sum((law.mass for kind, law in outcome.ends.items() if kind not in kinds), zero)
    room = np.maximum(outcome.total.mass - grid.other(rest), 0.0)
    mass[FAST], mass[SLOW] = min(mass[FAST], room[FAST]), max(mass[SLOW], room[SLOW])
    return mass


def together(grid: Grid, outcome: Outcome, kinds: frozenset[str]) -> Defective:
    """Ends of several kinds as one, no more than the total leaves beside the others."""
    inside = [law for kind, law in outcome.ends.items() if kind in kinds]
    if not inside:
        return never(grid)
    law = added(inside)
    if outcome.total is None:
        return law
    total = outcome.total
    outside = [other for kind, other in outcome.ends.items() if kind not in kinds]

    def cells() -> Array:
        cdf, room = law.cdf.copy(), _room(grid, total, outside)
        cdf[FAST] = np.minimum(cdf[FAST], room[FAST])
        cdf[SLOW] = np.maximum(cdf[SLOW], room[SLOW])
        return increments(cdf)

    mass, room_mass = law.mass.copy(), _room_mass(grid, total, outside)
    mass[FAST] = min(mass[FAST], room_mass[FAST])
    mass[SLOW] = max(mass[SLOW], room_mass[SLOW])
    made = Defective.later(cells, mass, law.moment, law, total, *outside)
    return made.ending(lambda: lowered(law.late, float(law.mass[FAST]), float(mass[FAST])))


def _room(grid: Grid, total: Defective, others: list[Defective]) -> Array:
    """What a total leaves beside other ends, at least and at most, as distribution functions."""
    if not others:
        return total.cdf
    room = total.cdf - grid.other(added(others).cdf)
    room[FAST] = np.minimum.accumulate(room[FAST][::-1])[::-1]
    room[SLOW] = np.maximum.accumulate(np.maximum(room[SLOW], 0.0))
    return room


def _room_mass(grid: Grid, total: Defective, others: list[Defective]) -> Array:
    """The same of the masses."""
    if not others:
        return total.mass
    return np.maximum(total.mass - grid.other(added(others).mass), 0.0)


def then(grid: Grid, first: Outcome, kinds: frozenset[str], following: Outcome) -> Outcome:
    """After ends of these kinds `following` happens in their place; other ends stay."""
    going = {kind for kind in first.ends if kind in kinds}
    missing, notes = first.missing | following.missing, first.notes | following.notes
    if not going:
        return first
    if first.at_once:
        return following.noting(first.missing, first.notes)
    if following.at_once and going == {OK}:
        return first.noting(following.missing, following.notes)
    moving = together(grid, first, frozenset(going)) if len(going) > 1 else first.ends[next(iter(going))]
    staying = {kind: law for kind, law in first.ends.items() if kind not in going}
    moved = {kind: convolved(grid, moving, law) for kind, law in following.ends.items()}
    ends = staying | moved
    for kind in staying.keys() & moved.keys():
        others = [law for name, law in staying.items() if name != kind]
        ends[kind] = _joined(
            grid, staying[kind], moving, following.ends[kind], moved[kind], first.total, others
        )
    total: Defective | None = None
    if first.total is not None or following.total is not None:
        last = any_end(grid, following)
        onward = convolved(grid, moving, last)
        total = (
            _joined(grid, together(grid, first, frozenset(staying)), moving, last, onward, first.total, [])
            if staying
            else onward
        )
    return Outcome(ends, total, missing, notes)


def _joined(
    grid: Grid, stays: Defective, moving: Defective, following: Defective, moved: Defective,
    total: Defective | None, others: list[Defective],
) -> Defective:  # fmt: skip
    """stays + moving * following, tightened by the total (see the module)."""
    plain = added([stays, moved])
    if total is None:
        return plain

    def cells() -> Array:
        room, cdf, stay, next_ = _room(grid, total, others), plain.cdf.copy(), stays.cdf, following.cdf
        left = np.maximum(np.minimum(room[FAST], stay[FAST] + moving.cdf[FAST]) - stay[FAST], 0.0)
        cdf[FAST] = np.minimum(cdf[FAST], stay[FAST] + left * next_[FAST])
        least = np.maximum(room[SLOW], stay[SLOW] + moving.cdf[SLOW])
        onward = np.cumsum(following.after(increments(least), SLOW))
        cdf[SLOW] = np.maximum(cdf[SLOW], stay[SLOW] + np.maximum(onward - stay[SLOW] * next_[SLOW], 0.0))
        cdf[SLOW] = np.maximum.accumulate(cdf[SLOW])
        cdf[FAST] = np.minimum.accumulate(cdf[FAST][::-1])[::-1]
        return increments(cdf)

    mass, room = plain.mass.copy(), _room_mass(grid, total, others)
    left = max(min(room[FAST], stays.mass[FAST] + moving.mass[FAST]) - stays.mass[FAST], 0.0)
    mass[FAST] = min(mass[FAST], stays.mass[FAST] + left * following.mass[FAST])
    mass[SLOW] = max(mass[SLOW], stays.mass[SLOW] + (room[SLOW] - stays.mass[SLOW]) * following.mass[SLOW])
    made = Defective.later(cells, mass, plain.moment, plain, stays, moving, following, total, *others)
    return made.ending(lambda: lowered(plain.late, float(plain.mass[FAST]), float(mass[FAST])))


def split(grid: Grid, outcome: Outcome, kind: str, share: Array, into: str) -> Outcome:
    """A share (upper, lower, nominal) of the ends of one kind becomes another kind, at the same time."""
    law = outcome.ends.get(kind)
    if law is None or share[FAST] == 0:
        return outcome
    sure = share[FAST] == share[SLOW]
    total = outcome.total if sure else any_end(grid, outcome)
    ends = dict(outcome.ends)
    ends[kind] = scaled(grid, law, 1 - grid.other(share))
    part = scaled(grid, law, share)
    ends[into] = added([ends[into], part]) if into in ends else part
    return replace(outcome, ends={k: v for k, v in ends.items() if v.possible}, total=total, at_once=False)


def mixed(grid: Grid, shares: Sequence[Array], parts: Sequence[Outcome]) -> Outcome:
    """One part in each run, by share (upper, lower, nominal); true shares lie in their ranges and sum to one."""
    free = max(1 - sum(float(share[SLOW]) for share in shares), 0.0)
    sure = [share[[SLOW, SLOW, NOMINAL][: grid.rows]] for share in shares]
    kinds = sorted({kind for part in parts for kind in part.ends})
    ends = {
        kind: _mixed(grid, sure, free, [part.ends.get(kind) or never(grid) for part in parts])
        for kind in kinds
    }
    total = None
    if free > 1e-12 or any(part.total is not None for part in parts):
        total = _mixed(grid, sure, free, [any_end(grid, part) for part in parts])
    return Outcome(ends, total, *remarks(parts))


def _mixed(grid: Grid, sure: Sequence[Array], free: float, laws: Sequence[Defective]) -> Defective:
    known = added([scaled(grid, law, share) for law, share in zip(laws, sure, strict=True)])
    if free <= 1e-12:
        return known
    loose = scaled(grid, enveloped(grid, laws), grid.triple(free, free, 0.0))
    if grid.rows > NOMINAL:  # nominal shares are all in `sure`
        loose = _unnamed(loose)
    return added([known, loose])


def _unnamed(law: Defective) -> Defective:
    """The bounds of a law without its nominal row."""

    def cells() -> Array:
        kept = law.cells.copy()
        kept[NOMINAL] = 0.0
        return kept

    mass, moment = law.mass.copy(), law.moment.copy()
    mass[NOMINAL], moment[NOMINAL] = 0.0, 0.0
    return Defective.later(cells, mass, moment, law).ending(lambda: law.late)


def one_of(grid: Grid, parts: Sequence[Outcome]) -> Outcome:
    """One part in all runs, not known which: the envelope."""
    if len(parts) == 1:
        return parts[0]
    kinds = sorted({kind for part in parts for kind in part.ends})
    ends = {kind: enveloped(grid, [part.ends.get(kind) or never(grid) for part in parts]) for kind in kinds}
    return Outcome(ends, enveloped(grid, [any_end(grid, part) for part in parts]), *remarks(parts))


def remarks(parts: Sequence[Outcome]) -> tuple[frozenset[str], frozenset[str]]:
    return (
        NOTHING.union(*(part.missing for part in parts)),
        NOTHING.union(*(part.notes for part in parts)),
    )


def limited(grid: Grid, outcome: Outcome, limit: float) -> Outcome:
    """Given up after `limit`: whatever hasn't ended by then is a `timeout`."""
    whole = any_end(grid, outcome)
    kept = until(grid, whole, limit)
    late = scaled(grid, fixed(grid, limit), 1 - grid.other(np.minimum(kept.mass, 1.0)))
    ends = {kind: cut for kind, law in outcome.ends.items() if (cut := until(grid, law, limit)).possible}
    if late.mass[FAST] <= 0:
        return replace(outcome, ends=ends, total=None if outcome.total is None else kept)
    ends["timeout"] = added([ends["timeout"], late]) if "timeout" in ends else late
    cdf = np.minimum(kept.cdf, 1.0)
    place = grid.index(limit)
    cdf[FAST, place:] = 1.0
    cdf[SLOW, place if fixed(grid, limit).cells[SLOW, place : place + 1].any() else place + 1 :] = 1.0
    if grid.rows > NOMINAL:
        cdf[NOMINAL] = np.cumsum(kept.cells[NOMINAL] + late.cells[NOMINAL])
    total = from_cdf(grid, cdf, np.ones(grid.rows), 0.0, 0.0)
    total.moment[SLOW] = min(float(total.moment[SLOW]), limit)
    return replace(outcome, ends=ends, total=total, at_once=False)
