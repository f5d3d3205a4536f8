"""The nondominated points of an objective and one or more further wishes, each proven.

The epsilon-constraint method (Haimes, Lasdon & Wismer 1971): minimise the objective with the wishes bounded, then
tighten a bound to just below what was reached. With several wishes the last one is tightened around the
walk over the others (Ozlen & Azizoglu 2009), and a solution under looser bounds that keeps tighter ones is
taken over without solving (Ozlen, Burton & MacRae 2014). Complete: every nondominated point is found, unsupported
ones included; points closer than the tolerance in a wish count as one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

from groma.solvers.optimisation.master import Master, Oracle
from groma.solvers.optimisation.problem import Bound
from groma.solvers.optimisation.search import Found, Record, Stopped, best


@dataclass(frozen=True, slots=True)
class Front:
    """Nondominated points, best objective first. `complete`: none is missing. If the walk was stopped, `points` are
    those proven, `open` is the best known of the point that was being sought, if any, and `open_bounds` what that
    point can't beat."""

    points: tuple[Found, ...]
    complete: bool
    solves: int
    proofs: int
    cuts: int
    log: tuple[str, ...]
    open: Found | None = None
    open_bounds: Mapping[str, float] = field(default_factory=dict[str, float])


def walk_front(
    master: Master,
    objective: str,
    others: Sequence[str],
    oracle: Oracle,
    bounds: Sequence[Bound] = (),
    within: Mapping[str, frozenset[str]] | None = None,
    steps: Mapping[str, float] | None = None,
    stop: Callable[[], bool] | None = None,
    told: Callable[[Found], None] | None = None,
) -> Front:
    """All nondominated points of (objective, *others) by true values, with the bounds kept.

    `steps`: how much better a wish must get to make another point worth seeking; without it, any more than
    the tolerance. With a step, points less than a step apart in that wish may be left out, and the rest are
    still nondominated. `stop` is asked before each oracle call; `told` hears of each point once, as it is found, the
    one that is best in the objective first.
    """
    walk = _Walk(
        master,
        (objective, *others),
        oracle,
        tuple(bounds),
        dict(within or {}),
        dict(steps or {}),
        Record(stop),
        told,
    )
    before = master.solves
    stopped: Stopped | None = None
    try:
        walk.over(len(others), {})
    except Stopped as early:
        stopped = early
    points = sorted(walk.points.values(), key=lambda p: [p.values[m] for m in walk.measures])
    return Front(
        tuple(points),
        stopped is None,
        master.solves - before,
        walk.record.proofs,
        len(master.cuts),
        tuple(walk.record.log),
        stopped.found if stopped else None,
        stopped.bounds if stopped else {},
    )


class _Walk:
    def __init__(
        self,
        master: Master,
        measures: tuple[str, ...],
        oracle: Oracle,
        bounds: tuple[Bound, ...],
        within: dict[str, frozenset[str]],
        steps: dict[str, float],
        record: Record,
        told: Callable[[Found], None] | None,
    ) -> None:
        self.told = told
        self.master, self.measures, self.oracle = master, measures, oracle
        self.bounds, self.within, self.steps, self.record = bounds, within, steps, record
        self.points: dict[tuple[tuple[str, str], ...], Found] = {}
        self._solved: list[tuple[dict[str, float], Found | None]] = []

    def over(self, wishes: int, limits: dict[str, float]) -> list[Found]:
        """The nondominated points of the first `wishes` wishes under the limits on the rest."""
        if wishes == 0:
            found = self._point(limits)
            return [found] if found is not None else []
        wish = self.measures[wishes]
        every: list[Found] = []
        limit = inf
        while True:
            points = self.over(wishes - 1, {**limits, wish: limit})
            if not points:
                return every
            every.extend(points)
            limit = self._below(wish, max(p.values[wish] for p in points))

    def _below(self, wish: str, value: float) -> float:
        if value == inf:
            return sys.float_info.max
        return value - max(self.steps.get(wish, 0.0), 3 * self.master.tolerance(wish), 4e-16 * abs(value))

    def _point(self, limits: dict[str, float]) -> Found | None:
        """The best point under the limits; taken from an earlier answer where that settles it."""
        for earlier, answer in self._solved:
            if all(limits[m] <= earlier[m] for m in limits) and (
                answer is None or all(answer.values[m] <= limits[m] for m in limits)
            ):
                return answer
        bounds = [*self.bounds, *(Bound(m, v) for m, v in limits.items() if v < inf)]
        answer = best(self.master, self.measures, self.oracle, bounds, self.within, self.record)
        self._solved.append((dict(limits), answer))
        if answer is not None:
            point = tuple(answer.assignment.items())
            if self.told is not None and point not in self.points:
                self.told(answer)
            self.points[point] = answer
        return answer
