"""What reaches each station in the busiest hour, and whether that hangs on how long anything takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from groma.analyses.context import Context
from groma.analyses.held_within import standing_still
from groma.analyses.interval import Interval, total
from groma.analyses.outcome.law import Grid
from groma.analyses.visits.use import Use
from groma.model.model_programs import programs
from groma.model.program import Step, walk

CELLS, FEW_CELLS = 1024, 256
"""Lattice points for shares: of what is shown, and of bounds on many designs (two rows)."""


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Calls that reach a station from one place of one program: calls per second in the busiest hour."""

    use: Use
    flow: str
    rate: Interval
    served: Interval
    """Those that didn't find the queue full."""
    first: Interval | None = None
    """Without those that come again after being turned away, where attempts hang together."""

    @property
    def noticed(self) -> Interval:
        """Calls that a queue notices: not those that come again at the moment at which they were turned away."""
        return self.first if self.use.sure and self.first is not None else self.rate

    @property
    def bounds(self) -> Arrivals:
        """The same with no more than their ends."""
        first = None if self.first is None else self.first.bounds
        return replace(self, rate=self.rate.bounds, served=self.served.bounds, first=first)


@dataclass(frozen=True, slots=True)
class Loads:
    """What reaches each station and rate limit, and what is not known; `settled`: there is a nominal fixed point."""

    arrivals: Mapping[str, tuple[Arrivals, ...]]
    offered: Mapping[int, float] = field(default_factory=dict[int, float])
    missing: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    settled: bool = True

    @property
    def named(self) -> bool:
        """Whether there is a nominal value of anything: where none is left, none comes back."""
        return any(a.rate.value is not None for each in self.arrivals.values() for a in each)

    def rate(self, station: str) -> Interval:
        """Calls per second at a station."""
        return total(a.rate for a in self.arrivals.get(station, ()))


def hurried(context: Context) -> bool:
    """Whether how often anything is used may hang on how long something takes: after a time it is given up, or a full
    queue or a limit turns it away, or everything comes to stand still."""
    known: bool | None = context.memo.get("hurried")
    if known is None:
        parts = [
            c
            for name in (*context.model.components, *context.model.alternatives)
            for c in context.candidates(name)
        ]
        limits = (s.policies.limit for _, steps in programs(context.model) for s in walk(steps))
        known = context.memo["hurried"] = (
            bool(_limits(context))
            or any(p.queue is not None for p in parts)
            or any(x is not None for x in limits)
            or bool(standing_still(context))
        )
    return known


def time_grid(context: Context, rows: int = 3) -> Grid:
    """A grid on which every timeout, deadline and delay of the model lies: for shares, not for percentiles."""
    known: float | None = context.memo.get("longest")
    if known is None:
        known = context.memo["longest"] = max(_limits(context), default=0.0)
    cells = CELLS if rows > 2 else FEW_CELLS
    return Grid(1.25 * known / cells, cells, rows) if known else Grid(1.0, 32, rows)


def _limits(context: Context) -> list[float]:
    def of(step: Step) -> list[float]:
        p = step.policies
        found = [q.high for q in (p.timeout, p.deadline) if q is not None]
        return found + ([] if p.hedge is None else [p.hedge.after.high * p.hedge.at_most])

    return [time for _, steps in programs(context.model) for step in walk(steps) for time in of(step)]
