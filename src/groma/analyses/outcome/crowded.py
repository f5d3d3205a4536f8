"""A queue with a last place to which calls come again that it turned away, soon or in a crowd."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import scipy.special  # pyright: ignore[reportMissingTypeStubs]

from groma.analyses.interval import Interval
from groma.analyses.loads.again import MANY
from groma.analyses.outcome.late import NEVER, Late
from groma.analyses.outcome.law import FAST, NAN, SLOW, Array, Defective, Grid, fixed, increments, unbounded
from groma.analyses.outcome.reading import Waiting
from groma.model.law import Law
from groma.solvers.distributions.law_functions import is_exponential
from groma.solvers.queueing import forgets_within, full_at_most, mmck

special = cast(Any, scipy.special)


@dataclass(frozen=True, slots=True)
class Demand:
    """One kind of call at a station: how long it holds a server (`exact`: its laws, low, high and nominal)."""

    law: Defective
    exact: tuple[Law, ...] | None
    rate: Interval
    key: object
    missing: frozenset[str] = frozenset()
    late: Late = NEVER


@dataclass(frozen=True, slots=True)
class Again:
    """Calls that a full queue turned away come again, after pauses spread over `spread` seconds; at most so many calls
    a second of each kind of demand are let in.

    `first`: where the station is called in one place only, and calls come again for no other reason, the most calls a
    second there without those that come again. No more of them are never let in than if nobody came again, since calls
    that come beside them keep no server of exponential work idle. Infinite elsewhere.
    """

    spread: float
    let_in: tuple[float, ...]
    first: float


def exponential(demands: tuple[Demand, ...]) -> tuple[Law, ...] | None:
    """The laws of work (low, high, nominal) where all calls have one that is exponential."""
    laws = {d.exact for d in demands}
    only = next(iter(laws)) if len(laws) == 1 else None
    return only if only is not None and all(is_exponential(one) for one in only) else None


def forgotten(count: int, queue: int, demands: tuple[Demand, ...], rate: Interval, again: Again) -> bool:
    """Whether pauses are spread over so much time that calls come again as a Poisson stream: many times what the queue
    needs to forget, and those turned away beside one another are as many as come meanwhile."""
    only = exponential(demands)
    if only is None or not math.isfinite(rate.high) or not again.spread > 0.0:
        return False
    mean = only[SLOW].mean
    rates = {rate.low, rate.high, min(max(count / mean, rate.low), rate.high)}
    slowest_rate = max(forgets_within(r, mean, count, count + queue) for r in rates if r > 0.0)
    return again.spread >= MANY * slowest_rate * (1.0 + rate.high * mean / count)


def crowded_room(
    grid: Grid,
    count: int,
    queue: int,
    demands: tuple[Demand, ...],
    rate: Interval,
    again: Again,
    notes: frozenset[str],
) -> Waiting:
    """The wait there: by `_room`, and what is never let in."""
    law, full = _room(grid, count, queue, demands, rate, again)
    only, lost = exponential(demands), 1.0
    if only is not None and math.isfinite(again.first):
        lost = mmck(again.first, only[SLOW].mean, count, count + queue).lost
    return Waiting(law, None, full, notes=notes, crowded=True, lost=lost)


def _room(
    grid: Grid, count: int, queue: int, demands: tuple[Demand, ...], rate: Interval, again: Again
) -> tuple[Defective, Array]:
    """A queue with a last place where calls that it turned away come again soon: whatever the stream, servers are busy
    with what is let in (Little), and a call let in waits for as many departures of busy servers as there are places."""
    law, only = unbounded(grid), exponential(demands)
    busy = math.fsum(
        r * float(d.law.moment[SLOW]) if r else 0.0 for r, d in zip(again.let_in, demands, strict=True)
    )
    low, high = 0.0, min(busy / count, 1.0)
    if only is not None:
        quick, slow = only[FAST].mean, only[SLOW].mean
        room = count + queue
        low = mmck(rate.low, quick, count, room).lost
        high = min(high, full_at_most(rate.low, quick, count, room, busy))
        bound = _turns(grid, queue, slow / count)
    else:
        lengths = {one for d in demands for one in (d.exact or (None,))}
        constant = [one.mean for one in lengths if one is not None and one.sd == 0.0]
        bound = (
            fixed(grid, math.ceil(queue / count) * max(constant)) if len(constant) == len(lengths) else law
        )
    cells, moment = law.cells.copy(), law.moment.copy()
    cells[SLOW], moment[SLOW] = bound.cells[SLOW], bound.moment[SLOW]
    high = max(high, low)
    return Defective(cells, law.mass, moment), grid.triple(high, low, NAN if high > 0.0 else 0.0)


def room_beside_late(
    grid: Grid, law: Defective, full: Array, count: int, queue: int, demands: tuple[Demand, ...]
) -> tuple[Defective, Array]:
    """A queue with a last place to which some calls come that something took too long for (`late`): `law` is the wait
    as if nobody were turned away, and `full` the share of a Poisson stream."""
    first = Interval(math.fsum(d.rate.low * d.late.calm for d in demands), None, math.inf)
    again = Again(0.0, tuple(d.rate.high for d in demands), math.inf)
    room, found = _room(grid, count, queue, demands, first, again)
    cells, moment = law.cells.copy(), law.moment.copy()
    cells[SLOW] = increments(np.maximum(law.cdf[SLOW], room.cdf[SLOW]))
    moment[SLOW] = min(moment[SLOW], room.moment[SLOW])
    most = min(float(found[FAST]), max(1.0 - float(law.cells[SLOW, 0]), float(found[SLOW])))
    return Defective(cells, law.mass, moment), np.concatenate(([most, found[SLOW]], full[2:]))


def _turns(grid: Grid, turns: int, mean: float) -> Defective:
    """The sum of so many exponential times; only its slow row is right (rounded up)."""
    if turns == 0:
        return fixed(grid, 0.0)
    law = fixed(grid, 0.0)
    cells = law.cells.copy()
    points = np.arange(grid.cells) * grid.step / mean
    cdf = np.asarray(special.gammainc(turns, points))
    cells[SLOW] = np.diff(cdf, prepend=0.0)
    return Defective(cells, law.mass, grid.triple(0.0, turns * mean, NAN))
