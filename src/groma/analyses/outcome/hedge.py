"""Hedging: a second attempt when nothing has come after a while; the first answer wins (Dean and Barroso 2013).

An error is no answer: it ends the step once every attempt that was started has ended in error, and no attempt is
started after all before it have. With O and E for P(ok by t) and P(error by t) of one attempt and s for the delay,

    ok by t    = O(t) + (1 - E(s) - O(t)) O(t - s)          error by t = E(s) + (E(t) - E(s)) E(t - s)   for t >= s,

exact for one attempt more and independent attempts, and monotone in O and -E(s) (or in E). The kind of the error is
that of the attempt that failed last: nominally exact for one attempt more, bounded else. More attempts are bounded:
at least as good as with one more, at most as if no error ever kept one from starting; exact without errors.
"""

from __future__ import annotations

import numpy as np

from groma.analyses.outcome.algebra import ERRORS, Outcome, together
from groma.analyses.outcome.join import Deciding, between_points, kinds_of_error
from groma.analyses.outcome.law import (
    FAST,
    NAN,
    NOMINAL,
    SLOW,
    Array,
    Defective,
    Grid,
    convolved,
    fixed,
    from_cdf,
)
from groma.analyses.outcome.read_off import tail_of


def hedged(grid: Grid, one: Outcome, start: float, more: int) -> Outcome:
    """`one` with up to `more` attempts more, each `start` seconds after the one before."""
    if more < 1:
        return one
    answers = sorted(kind for kind in one.ends if kind not in ERRORS)
    error = together(grid, one, ERRORS)
    early = _before(grid, error, start)
    ends: dict[str, Defective] = {}
    for kind in answers:
        ends[kind] = _answered(grid, one.ends[kind], early, start, more, len(answers) == 1)
    if error.possible:
        law = _all_failed(grid, error, start, more)
        if law.possible:
            ends |= kinds_of_error(grid, law, [one] * (more + 1), _last_of_two(grid, one, error, start))
    return Outcome(ends, None, one.missing, one.notes)


def started(grid: Grid, one: Outcome, ended: Defective, start: float, more: int) -> list[Array]:
    """(upper, lower, nominal) probability that each attempt more is started: that it hasn't `ended` by then."""
    waiting = 1 - grid.other(np.minimum(_before(grid, ended, start), 1.0))
    further = grid.triple(float(waiting[FAST]), 0.0, NAN)
    return [waiting] + [further] * (more - 1)


def _before(grid: Grid, law: Defective, time: float) -> Array:
    """How surely it happens by then; of what happens past the grid it isn't known when."""
    place = grid.index(time)
    by_then = law.cells[:, : place + 1].sum(axis=1)
    if place >= grid.cells:
        by_then[FAST] = law.mass[FAST]
    return by_then


def _late(grid: Grid, law: Defective, time: float) -> Array:
    return np.minimum(convolved(grid, law, fixed(grid, time)).cdf, 1.0)


def _answered(
    grid: Grid, law: Defective, early_errors: Array, start: float, more: int, alone: bool
) -> Defective:
    """One kind of answer; `alone` when it is the only one."""
    cdf = np.minimum(law.cdf, 1.0)
    calm = (1 - grid.other(np.minimum(early_errors, 1.0)))[:, None]
    both = cdf + np.maximum(calm - cdf, 0.0) * _late(grid, law, start)
    mass = law.mass + np.maximum(calm[:, 0] - law.mass, 0.0) * law.mass
    if more > 1 or not alone:
        missed = np.prod([1 - cdf] + [1 - _late(grid, law, n * start) for n in range(1, more + 1)], axis=0)
        missed_at_all = (1 - law.mass) ** (more + 1)
        both[FAST], mass[FAST] = 1 - missed[FAST], 1 - missed_at_all[FAST]
        if not alone:
            both[SLOW], mass[SLOW] = cdf[SLOW], law.mass[SLOW]
        if alone and not early_errors[FAST]:
            both[SLOW:], mass[SLOW:] = 1 - missed[SLOW:], 1 - missed_at_all[SLOW:]
        else:
            both[NOMINAL:], mass[NOMINAL:] = NAN, NAN
    tail = _past(grid, law, start, more, 1.0 - float(law.mass[SLOW]))
    return from_cdf(grid, np.maximum.accumulate(both, axis=1), np.minimum(mass, 1.0), *tail)


def _last_of_two(grid: Grid, one: Outcome, error: Defective, start: float) -> Deciding:
    """The first attempt, with how surely an error of it is the last (at once before a second is started), and the
    second, with how surely the first has failed before it and not before it was started."""
    if grid.rows <= NOMINAL:
        return ()
    place = grid.index(start)
    early = np.arange(grid.cells) <= place
    first, second = np.minimum(error.cdf[NOMINAL], 1.0), _late(grid, error, start)[NOMINAL]
    sure = float(_before(grid, error, start)[NOMINAL])
    later = {
        kind: convolved(grid, law, fixed(grid, start)) for kind, law in one.ends.items() if kind in ERRORS
    }
    return (
        (one.ends, np.where(early, 1.0, between_points(second))),
        (later, np.where(early, 0.0, np.maximum(between_points(first) - sure, 0.0))),
    )


def _past(grid: Grid, law: Defective, start: float, more: int, later: float) -> tuple[float, float]:
    """(upper bound, nominal) of the mean past the horizon; an attempt more ends there in a share `later` at most."""
    upper, nominal = tail_of(grid, law)
    last = max(grid.cells - max(grid.after(more * start), 1), 0)
    late = float(max(law.mass[FAST] - law.cdf[SLOW, last], 0.0))
    return upper + max(later, 0.0) * more * (upper + late * more * start), nominal


def _all_failed(grid: Grid, error: Defective, start: float, more: int) -> Defective:
    """Every attempt that was started ended in error."""
    cdf, sure = np.minimum(error.cdf, 1.0), _before(grid, error, start)[:, None]
    later = sure + np.maximum(cdf - sure, 0.0) * _late(grid, error, start)
    both = np.asarray(np.where(np.arange(grid.cells)[None, :] < grid.index(start), cdf, later))
    mass = sure[:, 0] + np.maximum(error.mass - sure[:, 0], 0.0) * error.mass
    if more > 1:
        both[SLOW], mass[SLOW] = np.minimum(both[SLOW], sure[SLOW]), sure[SLOW, 0]
        both[NOMINAL:], mass[NOMINAL:] = NAN, NAN
    return from_cdf(
        grid,
        np.maximum.accumulate(both, axis=1),
        mass,
        *_past(grid, error, start, more, float(error.mass[FAST])),
    )
