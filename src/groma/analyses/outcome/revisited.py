"""The wait at a station to which one run comes more than once, or after other queues.

The calls of one run are no Poisson stream, and what they wait hangs together: those who queued up behind the first are
in front of the second. So there is no nominal value, nobody is taken to wait at the fast end, and at the slow end

- `k` calls that may be there at the same time are taken to come together, as one that takes `k` times as long and comes
  so much more seldom, which stretches the wait `k` times; and the others of them, of whatever kind takes longest, are
  worked on before it, unless there are servers enough for all, beside other runs that come as many at once (Erlang's
  C of such groups);
- where calls come one after the other, the wait is taken to be `IN_TURN` times as long;
- behind queues from which no Poisson stream comes, as many calls are taken to come together as `stirred` says.

The last two aren't proven: of thousands of random programs none waited longer (docs/validation.md).

Means are exact where work is exponential and one call is over before the next comes (Jackson 1957); percentiles aren't
even there, since a run's times at a station are not independent (Disney and Kiessler, Traffic Processes in Queueing
Networks, 1987).
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
from groma.analyses.outcome.reading import POISSON, Waiting
from groma.solvers.queueing import erlang_c

IN_TURN = 3
"""Times as long as in a Poisson stream that calls of one run are taken to wait that come one after the other."""
MOST_AT_ONCE = 64
"""Calls of one run at the same time beyond which nothing is said of its waits."""


@dataclass(frozen=True, slots=True)
class Company:
    """What a run's calls at a station meet of one another: the most `visits`, the most of them `at_once`, how long each
    keeps a server (`work`), the greatest share that finds no server free beside the others (`blocked`), and whether
    means are as if they were calls of different runs (`product`)."""

    visits: float
    at_once: float
    work: Defective
    blocked: float
    product: bool
    refused: float = 0.0
    """The greatest share that finds no place free beside the others, where there is a last one."""
    stirred: bool = False
    """Whether calls come out of other queues, and as no Poisson stream: `at_once` is then how many leave these together
    at the most, beside each of the run's own."""

    @property
    def longer(self) -> int:
        """Times as long as calls of a Poisson stream wait."""
        together = math.ceil(min(self.at_once, MOST_AT_ONCE))
        return together * (IN_TURN if self.visits > self.at_once else 1)


def none_free(places: int, at_once: float, busy: float) -> float:
    """How often one of so many calls that come together finds none of some places free beside the others, while other
    runs, which come with as many, keep so many `busy` (Erlang's C)."""
    together = math.ceil(min(at_once, places + 1.0))
    left = math.ceil((places + 1 - together) / together)
    return erlang_c(left, busy / together) if busy / together < left else 1.0


def revisited(grid: Grid, station: str, waiting: Waiting, law: Defective, own: Company) -> Waiting:
    """The wait there; `waiting`, by this `law`, is that of as many calls which come as a Poisson stream."""
    full = None if waiting.full is None else min(float(waiting.full[FAST]), 1.0)
    if full is not None and (own.at_once > 1.0 or not waiting.crowded):
        full = max(full ** (1.0 / own.longer), own.refused)  # a place for each of those that come as one
    if max(1.0 - float(law.cells[SLOW, 0]), own.blocked, full or 0.0) <= NEGLIGIBLE:
        return waiting
    cells, moment = np.full((grid.rows, grid.cells), NAN), np.full(grid.rows, NAN)
    cells[: SLOW + 1], moment[FAST], moment[SLOW] = 0.0, 0.0, INF
    cells[FAST, 0] = 1.0
    if own.at_once <= MOST_AT_ONCE:
        others = math.ceil(own.at_once) - 1
        cells[SLOW] = _after_own(grid, _stretched(law.cdf[SLOW], own.longer), own.work, others, own.blocked)
        moment[SLOW] = own.longer * float(law.moment[SLOW])
        if own.blocked > 0.0:
            moment[SLOW] += own.blocked * others * float(own.work.moment[SLOW])
    made = Defective(cells, np.ones(grid.rows), law.moment if own.product else moment)
    return replace(
        waiting,
        law=made,
        full=None if full is None else grid.triple(full, 0.0),
        notes=waiting.notes - {POISSON.format(station)} | {_told(station, own)},
        lost=1.0 if own.at_once > 1.0 else waiting.lost,
        meets=max(waiting.meets, 1.0 - float(cells[SLOW, 0])),
    )


def _told(station: str, own: Company) -> str:
    longer = f"up to {own.longer} times as long as" if own.longer > 1 else "no longer than"
    if own.visits <= own.at_once and own.stirred:
        return (
            f"calls reach {station} out of other queues: waits are taken to be {longer} in a Poisson stream"
        )
    visits = f"up to {own.visits:g} times" if own.visits <= MOST_AT_ONCE else "many times"
    at_once = f", {own.at_once:g} of them at once" if own.at_once > 1.0 else ""
    after = ", out of other queues" if own.stirred else ""
    return (
        f"a run comes to {station} {visits}{at_once}{after}: its waits hang together, and are taken to be {longer}"
        " those of a Poisson stream"
    )


def _stretched(cdf: Array, times: int) -> Array:
    """The distribution function of so many times as long."""
    return cdf[np.arange(len(cdf)) // times]


def _after_own(grid: Grid, cdf: Array, work: Defective, others: int, blocked: float) -> Array:
    """Increments of a wait after so many other calls of the same run, in so great a share of cases."""
    wait = increments(cdf)
    if blocked <= SLACK:
        return wait
    return (1.0 - blocked) * wait + blocked * _sum_of(grid, work, others).after(wait, SLOW)


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
