"""How far the calls that come to a station are from a Poisson stream, since other queues are before it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from groma.analyses.context import Context
from groma.analyses.loads.arrivals import Loads
from groma.analyses.loads.passed import passed_before
from groma.analyses.outcome.call import service
from groma.analyses.outcome.crowded import Demand, exponential
from groma.analyses.outcome.law import Defective, Grid
from groma.analyses.outcome.reading import Outcomes
from groma.analyses.outcome.stirred import departing, kind_of, together
from groma.analyses.reach import heads, servers
from groma.analyses.visits.use import Use

Leaving: TypeAlias = dict[str, tuple[float, float]]
"""By station: by how much more and by how much less variable than a Poisson stream what leaves it is."""


def stirred(context: Context, grid: Grid, loads: Loads, station: str, known: Leaving) -> int | None:
    """How many calls may come together out of other queues; None where these change little of a stream. What is worked
    out of these goes into `known`."""
    more = less = 0.0
    for other in sorted(passed_before(context).get(station, ())):
        if other not in known:
            known[other] = _leaving(context, grid, loads, other)
        more, less = more + known[other][0], less + known[other][1]
    return together(more, less)


def _leaving(context: Context, grid: Grid, loads: Loads, station: str) -> tuple[float, float]:
    """Of its loads alone: of servers that are held while others are waited for, without these waits."""
    kind, _, name = station.partition(".")
    candidates = context.candidates(name) if kind == "components" else ()
    count = servers(candidates[0]) if candidates else heads(context.model.people[name])
    if count is None or (candidates and candidates[0].discipline == "sharing"):
        return 0.0, 0.0  # Poisson again, whatever the work (Baskett, Chandy, Muntz and Palacios 1975)
    free = Outcomes(context, grid, None)
    made = [(a, service(free, a.use)) for a in loads.arrivals.get(station, ())]
    kinds = [kind_of(a.noticed.high, one, _held(context, a.use)) for a, one in made]
    alike = exponential(tuple(Demand(one.law, one.exact, a.noticed, one.key) for a, one in made))
    return departing(count, candidates[0].queue if candidates else None, kinds, alike is not None)


def _held(context: Context, use: Use) -> Callable[[Grid], Defective]:
    """How long a use keeps a server where nobody waits further in, on any grid."""
    return lambda grid: service(Outcomes(context, grid, None), use).law
