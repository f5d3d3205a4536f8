"""The loads of the busiest hour, and the queues that they make, worked out together.

Loads follow from how often runs use a station, that follows from outcomes, those from waits, and waits from loads. The
circle is gone round from the outside: the first loads allow every wait (all retries happen) at the upper end and none
at the lower, so each round's bracket holds the truth and the next can only be narrower (Tarski). So a retry storm that
may happen stays inside the bracket. The nominal row starts without waits, which gives the least fixed point.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from groma.analyses.context import Context
from groma.analyses.interval import NOTHING_KNOWN, Interval
from groma.analyses.loads.arrivals import Arrivals, Loads, hurried, time_grid
from groma.analyses.loads.ends import rates
from groma.analyses.loads.queues import Queues
from groma.analyses.outcome.law import Grid
from groma.analyses.outcome.reading import Outcomes, Waiting
from groma.analyses.outcome.wait import Effort, anything
from groma.analyses.reach import decided, servers
from groma.analyses.visits.walk import uses_of
from groma.model.model_programs import programs
from groma.model.program import walk

ROUNDS = 60
CLOSE = 1e-4
"""Rounds whose loads differ by less than this share are the last: each round's bracket is valid."""
BETWEEN = 0.01
"""So are those after which an end would move by less than this share of what lies between both."""


def queues_on(context: Context, grid: Grid, effort: Effort = "proof") -> Queues:
    """The queues of the busiest hour on a grid; what is only bounded knows no loads but their ends."""
    return Queues(context, grid, None if effort == "bound" else loads_of(context), effort)


def counted(context: Context) -> Outcomes:
    """What runs are counted by in the busiest hour: without any queue where nothing hangs on how long it takes."""
    grid = time_grid(context)
    if hurried(context):
        return queues_on(context, grid).outcomes
    return Outcomes(context, grid, None, _Unhurried(context, grid).waiting)


def loads_of(context: Context) -> Loads | None:
    """The loads of the busiest hour; None while choices are open."""
    if not decided(context):
        return None
    key = ("loads", context.narrowed(context.left))
    known: Loads | None = context.memo.get(key)
    if known is None:
        known = context.memo[key] = _loads(context)
    return known


def _loads(context: Context) -> Loads:
    found, grid = most_loads(context), time_grid(context)
    assert found is not None, "choices are taken"
    often = rates(context)
    if not hurried(context):
        return found
    recent = context.recent

    def round_after(before: Loads) -> Loads:
        nonlocal recent
        recent = recent.following()  # each round's waits are others, and so is all that hangs on them
        here = context.with_recent(recent)
        rows = grid if before.named else replace(grid, rows=2)
        return _gathered(here, Queues(here, rows, before).outcomes, often, before.offered)

    before: Loads | None = None
    for _ in range(ROUNDS):
        next_ = round_after(found)
        if _same(found, next_) or (before is not None and _near(before, found, next_)):
            return _sure(next_)
        before, found = found, next_
    if _same(found, round_after(found), 1e-3):
        return _sure(found)
    ends = {station: tuple(a.bounds for a in arrivals) for station, arrivals in found.arrivals.items()}
    return replace(found, arrivals=ends, settled=False)


def _sure(found: Loads) -> Loads:
    """Loads with nominal values only where few calls come since something took too long: how many more do, hangs on how
    such attempts meet, and nobody knows that."""
    arrivals = {
        station: tuple(a if a.use.late.seldom else a.bounds for a in each)
        for station, each in found.arrivals.items()
    }
    return replace(found, arrivals=arrivals)


def most_loads(context: Context) -> Loads | None:
    """The loads if every wait were possible: all retries that a time limit can cause happen at the upper end."""
    if not decided(context):
        return None
    grid = time_grid(context)
    often = rates(context)
    offered = _offered(context, grid, often)
    return _gathered(
        context, Outcomes(context, grid, None, _Unhurried(context, grid).waiting, offered), often, offered
    )


def _same(one: Loads, other: Loads, share: float = CLOSE) -> bool:
    return all(
        _close(a.low, b.low, share) and _close(a.value, b.value, share) and _close(a.high, b.high, share)
        for station in one.arrivals
        for a, b in [(one.rate(station), other.rate(station))]
    )


def _close(a: float | None, b: float | None, share: float) -> bool:
    return a == b or (a is not None and b is not None and abs(a - b) <= share * max(abs(a), abs(b)))


def _near(first: Loads, second: Loads, third: Loads) -> bool:
    """Whether the value of each rate is the last, and its ends have little left to move: what is left if they go on as
    they did (Aitken's delta-squared), as a share of what lies between them."""
    for station in third.arrivals:
        a, b, c = (loads.rate(station) for loads in (first, second, third))
        little = BETWEEN * (c.high - c.low)
        settled = (
            _close(y, z, CLOSE) or (z - y) ** 2 <= little * (abs(y - x) - abs(z - y))
            for x, y, z in ((a.low, b.low, c.low), (a.high, b.high, c.high))
        )
        if not _close(b.value, c.value, CLOSE) or not all(settled):
            return False
    return True


def _gathered(
    context: Context, outcomes: Outcomes, often: Mapping[str, Interval], offered: Mapping[int, float]
) -> Loads:
    arrivals: dict[str, list[Arrivals]] = {}
    missing: dict[str, set[str]] = {}
    for name, rate in often.items():
        for use in uses_of(outcomes, name):
            if use.kind == "look up":
                continue
            first = None if use.first is None else use.first * rate
            arrivals.setdefault(use.station, []).append(
                Arrivals(use, name, use.offered * rate, use.weight * rate, first)
            )
            if rate == NOTHING_KNOWN:
                missing.setdefault(use.station, set()).add(f"flows.{name}.starts.rate")
    return Loads(
        {station: tuple(found) for station, found in arrivals.items()},
        offered,
        {station: frozenset(found) for station, found in missing.items()},
    )


def _offered(context: Context, grid: Grid, often: Mapping[str, Interval]) -> Mapping[int, float]:
    """The most calls per second that reach each rate limit of a step."""
    limited = [s for _, steps in programs(context.model) for s in walk(steps) if s.policies.limit is not None]
    if not limited:
        return {}
    offered: dict[int, float] = {}
    outcomes = Outcomes(context, grid, None, _Unhurried(context, grid).waiting, offered)
    reached: dict[int, float] = {}
    for name, rate in often.items():
        times: dict[int, float] = {}
        uses_of(outcomes, name, times)
        for step_id, most in times.items():
            reached[step_id] = reached.get(step_id, 0.0) + most * rate.high
    return reached


@dataclass(frozen=True, slots=True)
class _Unhurried:
    """Queues of which nothing is known: no wait at the fast end and nominally, any wait at the slow end."""

    context: Context
    grid: Grid

    def waiting(self, station: str) -> Waiting:
        kind, _, name = station.partition(".")
        if kind == "components" and all(servers(c) is None for c in self.context.candidates(name)):
            return Waiting(None)
        law = anything(self.grid)
        law.cells[2:, :], law.moment[2:] = 0.0, 0.0
        law.cells[2:, 0] = 1.0
        limited = kind == "components" and any(c.queue is not None for c in self.context.candidates(name))
        full = self.grid.triple(1.0, 0.0, 0.0) if limited else None
        return Waiting(law, ("unhurried", limited), full)
