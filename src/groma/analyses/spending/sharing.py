"""What is spent shared out over the ways to end, where only the chances of these are known.

Whether a step ends in time hangs on the same calls as what it costs, so the two are not independent. Of a law F of what
is spent and an end of chance m, P(spent <= x, this end) lies between F(x) - (1 - m) and min(F(x), m) (Fréchet); nominal
values are those of independence, and only kept where that changes little.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from groma.analyses.outcome.algebra import Outcome, any_end, mass_of
from groma.analyses.outcome.law import (
    FAST,
    NAN,
    NOMINAL,
    SLOW,
    Array,
    Defective,
    Grid,
    added,
    from_cdf,
    increments,
    instant,
)
from groma.analyses.outcome.read_off import tail_of

NEGLIGIBLE = 1e-3


def same_in_all_runs(grid: Grid, law: Defective) -> bool:
    """Whether it is one amount, as far as the lattice tells."""
    return (
        all(int((law.cells[row] > 1e-12).sum()) <= 1 for row in (FAST, SLOW))
        and float(law.mass[SLOW]) >= 1.0 - 1e-12
    )


def shared(
    grid: Grid, whole: Defective, chances: Mapping[str, Array], unfinished: float, *, sure: bool
) -> Outcome:
    """Ends of these chances (upper, lower, nominal) of a step that spends `whole`, of which a part may be left out with
    chance `unfinished`; `sure`: nominal values are those of independence."""
    whole = _perhaps_less(grid, whole, unfinished)
    ends = {
        kind: part(grid, whole, chance, sure=sure) for kind, chance in chances.items() if chance[FAST] > 0
    }
    return Outcome(ends, whole if len(ends) > 1 else None)


def part(grid: Grid, whole: Defective, chance: Array, *, sure: bool) -> Defective:
    """The runs of one end among all that spend `whole`."""
    cdf, mass = whole.cdf.copy(), chance.copy()
    cdf[SLOW] = np.maximum(np.cumsum(whole.late) - float(whole.mass[FAST] - mass[SLOW]), 0.0)
    if not sure:
        mass[NOMINAL:] = NAN
    cdf[NOMINAL:] *= mass[NOMINAL:, None]
    upper, nominal = tail_of(grid, whole)
    return from_cdf(grid, cdf, mass, upper, nominal * float(mass[-1]))


def _perhaps_less(grid: Grid, whole: Defective, unfinished: float) -> Defective:
    """The same where, with at most this chance, less is spent."""
    if unfinished <= 0:
        return whole
    cells = whole.cells.copy()
    cells[FAST] = increments(np.minimum(whole.cdf[FAST] + unfinished, whole.mass[FAST]))
    cells[NOMINAL:] = NAN
    moment = whole.moment.copy()
    moment[FAST] = 0.0
    moment[NOMINAL:] = NAN
    return Defective(cells, whole.mass, moment)


def kept(grid: Grid, inner: Outcome, chances: Mapping[str, Array], late: Array, unfinished: float) -> Outcome:
    """A step that is given up when it takes too long: its ends with the `chances` of coming in time, and timeouts of
    chance `late` in all, by which the work that was begun is spent as well."""
    whole = any_end(grid, inner)
    sure = unfinished <= 0 and (same_in_all_runs(grid, whole) or not late[-1] > NEGLIGIBLE)
    whole = _perhaps_less(grid, whole, min(unfinished, float(late[FAST])))
    ends: dict[str, Defective] = {}
    for kind, law in inner.ends.items():
        if kind not in chances or chances[kind][FAST] <= 0:
            continue
        ends[kind] = _less(grid, law, chances[kind], sure=sure)
    if late[FAST] > 0:
        ends["timeout"] = part(grid, whole, late, sure=sure)
    return Outcome(ends, whole, inner.missing, inner.notes)


def _less(grid: Grid, law: Defective, chance: Array, *, sure: bool) -> Defective:
    """An end of which only so much is left."""
    if bool((np.abs(chance - law.mass) <= 1e-12).all()):
        return law
    cdf, mass = law.cdf.copy(), np.minimum(chance, law.mass)
    cdf[SLOW] = np.maximum(cdf[SLOW] - float(law.mass[FAST] - mass[SLOW]), 0.0)
    if not sure:
        mass[NOMINAL:] = NAN
    cdf[NOMINAL:] *= (mass / np.where(law.mass > 0, law.mass, 1.0))[NOMINAL:, None]
    upper, nominal = tail_of(grid, law)
    return from_cdf(grid, cdf, mass, upper, nominal)


def one_more(grid: Grid, one: Defective, none: Defective, more: Defective, sure: bool) -> Defective:
    """What an attempt more spends: for sure where every attempt spends the same, else between nothing and all of it."""
    mixture = added([none, more])
    if sure:
        return mixture
    cells = mixture.cells.copy()
    cells[FAST], cells[SLOW], cells[NOMINAL:] = instant(grid).cells[FAST], one.cells[SLOW], NAN
    return Defective(cells, np.ones(grid.rows), grid.triple(0.0, float(one.moment[SLOW])))


def chances_of(times: Grid, outcome: Outcome, grid: Grid) -> dict[str, Array]:
    """Chances of the ways to end of a reading in time, for a lattice of as many rows."""
    found: dict[str, Array] = {}
    for kind in outcome.ends:
        mass = mass_of(times, outcome, {kind})
        most = min(float(mass[FAST]), 1.0)
        likely = float(mass[NOMINAL]) if times.rows > NOMINAL else NAN
        found[kind] = grid.triple(most, min(float(mass[SLOW]), most), likely)
    return found


def alike(times: Grid, before: Outcome, later: Outcome) -> bool:
    """Whether a limit turned nothing into a timeout."""
    a, b = (mass_of(times, each, {"timeout"}) for each in (before, later))
    return bool(b[FAST] <= a[FAST] + 1e-12)
