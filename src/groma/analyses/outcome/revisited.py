"""The wait at a station to which one run comes more than once.

The calls of one run are no Poisson stream, and what they wait hangs together: those who queued up behind the first are
in front of the second. At the slow end all `n` calls of a run are taken to come together, as one that takes `n` times as
long and comes so much more seldom, which stretches the wait `n` times; and where another call may have come while an
earlier one of the same run was there, or where the run may be there twice at once, its other calls are worked on before
it, too. Nobody is taken to wait at the fast end. Means are exact where work is exponential and one call is over before
the next comes (Jackson 1957); percentiles aren't even there, since times at a station to which a run comes again are
not independent (Disney and Kiessler, Traffic Processes in Queueing Networks, 1987).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from groma.analyses.outcome.law import (
    FAST,
    INF,
    NAN,
    NEGLIGIBLE,
    SLACK,
    SLOW,
    Array,
    Defective,
    Grid,
    convolved,
    increments,
)
from groma.analyses.outcome.reading import Waiting

MOST_VISITS = 64
"""Visits of one run beyond which nothing is said of its waits."""


@dataclass(frozen=True, slots=True)
class Company:
    """What is known of the calls at such a station: the most `visits` of a run, whether some may be there `at_once`, how
    many come a second at the most (`rate`), how long they keep a server (`work`), the greatest share that find no server
    free beside the others of their run (`blocked`), and whether means are as if runs came once (`product`)."""

    visits: float
    at_once: bool
    rate: float
    work: Defective
    blocked: float
    product: bool


def revisited(grid: Grid, station: str, waiting: Waiting, own: Company) -> Waiting:
    """The wait there; `waiting` is that of as many calls which come as a Poisson stream."""
    law = waiting.law
    if law is None or waiting.saturated or waiting.missing:
        return waiting
    meets = own.blocked
    if not own.at_once:
        meets = min(
            meets, own.rate * (own.visits - 1.0) * (float(law.moment[SLOW]) + float(own.work.moment[SLOW]))
        )
    waits = 1.0 - float(law.cells[SLOW, 0])
    if max(waits, meets) <= NEGLIGIBLE and (waiting.full is None or waiting.full[FAST] <= NEGLIGIBLE):
        return waiting
    note = f"a run comes to {station} up to {own.visits:g} times: its calls are taken to come together at the most"
    notes = waiting.notes | {note}
    cells, moment = np.full((grid.rows, grid.cells), NAN), np.full(grid.rows, NAN)
    cells[FAST], cells[SLOW], moment[FAST], moment[SLOW] = 0.0, 0.0, 0.0, INF
    cells[FAST, 0] = 1.0
    if own.visits <= MOST_VISITS:
        visits = math.ceil(own.visits)
        longer = visits if own.at_once else 2
        cells[SLOW] = _after_own(grid, _stretched(law.cdf[SLOW], longer), own.work, visits - 1, meets)
        moment[SLOW] = longer * float(law.moment[SLOW]) + meets * (visits - 1) * float(own.work.moment[SLOW])
    if own.product:
        moment = law.moment
    full = waiting.full
    if full is not None and full[FAST] > 0.0:
        full = grid.triple(1.0, 0.0)
    made = Defective(cells, np.ones(grid.rows), moment)
    return replace(
        waiting, law=made, full=full, notes=notes, meets=max(waiting.meets, 1.0 - float(cells[SLOW, 0]))
    )


def _stretched(cdf: Array, visits: int) -> Array:
    """The distribution function of so many times as long."""
    return cdf[np.arange(len(cdf)) // visits]


def _after_own(grid: Grid, cdf: Array, work: Defective, others: int, meets: float) -> Array:
    """Increments of a wait after so many other calls of the same run, which are met in a share of cases."""
    wait = increments(cdf)
    if meets <= SLACK:
        return wait
    before = _sum_of(grid, work, others)
    return (1.0 - meets) * wait + meets * before.after(wait, SLOW)


def _sum_of(grid: Grid, work: Defective, count: int) -> Defective:
    """The sum of so many of them, by squares."""
    found: Defective | None = None
    power = work
    while count:
        if count % 2:
            found = power if found is None else convolved(grid, found, power)
        count //= 2
        if count:
            power = convolved(grid, power, power)
    assert found is not None, "there is another call"
    return found
