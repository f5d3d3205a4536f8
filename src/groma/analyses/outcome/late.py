"""Calls that come since something took too long: attempts more, hedges and fallbacks after a time limit.

They come when queues are long, and together, so that a station that they reach sees no Poisson stream. Of their times
nothing is taken for granted but how many they are. With `a` servers that all other calls keep busy (a Poisson stream),
`x` that those keep busy, and `c` servers,

    P(wait <= t) >= (1 - x / (c - a)) P(wait <= t without them).

For one server this is the balance of crossings of each level of work: each is crossed upwards at least as often as
first calls alone do it, so that the density of work is at least that without the others, made to start from as much
idle time; and 1 - a - x of the time the server is idle (Brill, Level Crossing Methods, 2008). For exponential work the
same holds of the number of calls there, whose law below any number is the least favourable where it has as many free
servers as without them. For several servers of other work it is taken to hold alike, and said so. Whatever the stream,
a call finds all servers busy at most with (a + x) / c (Little).

Attempts hang on one another through the queue alone: where no attempt waits, they are independent draws of the work. An
attempt waits at most as often as at a station that is smaller by those servers which attempts before it may still keep.

The least wait is that of first calls alone: whoever comes beside them never makes it shorter (Kiefer and Wolfowitz
1955).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from groma.analyses.outcome.law import (
    FAST,
    INF,
    NEGLIGIBLE,
    SLACK,
    SLOW,
    Defective,
    Grid,
    increments,
)
from groma.analyses.reach import tried_again
from groma.model.program import Step

if TYPE_CHECKING:
    from groma.analyses.outcome.reading import Outcomes, Waiting

TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True)
class Late:
    """How many of some calls come since something took too long.

    `share`: of their upper end, at most; `calm`: of their lower end, those that surely come anyway; `tries`: the most
    calls for one that comes anyway.
    """

    share: float = 0.0
    calm: float = 1.0
    tries: float = 1.0
    alone: bool = True
    """Whether next to none of those that are tried again had to wait: what made them late is their work."""

    def among(self, all_: float, anyway: float, surely: float, tries: float, waiting: float = 1.0) -> Late:
        """Of `all_` calls made for one of these (at most) only so many come `anyway`; `surely`: of the least calls,
        the share of those that do; `waiting`: the most of them that wait."""
        share = 1.0 - min(anyway / all_, 1.0) if all_ > 0.0 else 0.0
        alone = self.alone and waiting <= NEGLIGIBLE
        return Late(
            self.share + (1.0 - self.share) * share, self.calm * min(surely, 1.0), self.tries * tries, alone
        )

    @property
    def matters(self) -> bool:
        """Whether there are any, but for what brackets allow for anyway."""
        return self.share > SLACK

    @property
    def seldom(self) -> bool:
        """Whether they are so few that what is nominally expected is as if they came independently."""
        return self.alone or self.share <= NEGLIGIBLE


NEVER = Late()


def waits_inside(outcomes: Outcomes, step: Step, there: frozenset[str] | None = None) -> bool:
    """Whether attempts at a step may wait in one and the same queue, so that they hang on one another; `there`: the
    stations of what follows them, where it isn't one more attempt."""
    again = tried_again(outcomes.context, step)
    return any(waits(outcomes.waiting(s)) for s in sorted(again if there is None else again & there))


def waits(waiting: Waiting) -> bool:
    """Whether somebody waits there at all."""
    return waiting.law is not None and 1.0 - float(waiting.law.cells[SLOW, 0]) > SLACK


def meeting(outcomes: Outcomes, step: Step, caller: str | None) -> float:
    """The most of runs through a step in which any attempt waits, all attempts and what they call inside counted."""
    from groma.analyses.visits.most import MostVisits

    often = MostVisits(outcomes.context).step(step, caller)
    found = 0.0
    for station in sorted(tried_again(outcomes.context, step)):
        waiting = outcomes.waiting(station)
        if waiting.full is not None and waiting.full[FAST] > 0.0:
            return 1.0
        if waits(waiting):
            found += waiting.meets * often.get(station, 0.0)
    return min(found, 1.0)


def blocked(count: int, first: float, more: float) -> float:
    """The most of the time in which calls that come late make others wait who wouldn't without them; `first` servers
    are kept busy by others, `more` by them."""
    return min(more / (count - first), 1.0) if first < count else 1.0


def behind(grid: Grid, law: Defective, count: int, first: float, more: float, mean: float) -> Defective:
    """The wait beside calls that come late: `law` is that without them; `mean` bounds the mean wait."""
    cells, moment = law.cells.copy(), law.moment.copy()
    free = max(1.0 - (first + more) / count, 0.0)
    cells[SLOW] = increments(np.maximum((1.0 - blocked(count, first, more)) * law.cdf[SLOW], free))
    moment[SLOW] = max(moment[SLOW], mean) if math.isfinite(mean) else INF
    return Defective(cells, law.mass, moment)


def described(station: str, alike: bool) -> str:
    """What a derivation says of it; `alike`: for several servers of work that isn't exponential."""
    known = "calls after a time limit may reach {} at any time, also all at once"
    more = "; several servers are taken to stand them as with exponential work" if alike else ""
    return known.format(station) + more
