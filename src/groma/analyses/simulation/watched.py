"""A system watched through a scenario: does it come back, when, and what is lost.

Each replication runs twice with the same random numbers, with the scenario and without: what differs is its doing. A
flow has come back when, from some time after the last event on, it ends nearly as many runs well as the undisturbed
one in every window (`NEARLY`, and what is surely more than chance). One that hasn't, though its load is back to what
it was, is in a metastable failure (Bronson et al., HotOS 2021; Huang et al., OSDI 2022). Under more load than usual the
undisturbed one is counted as if it ended the same share of it well.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from groma.analyses.simulation.compiled import Compiled, compiled
from groma.analyses.simulation.disturbed import horizon
from groma.analyses.simulation.stuck import LAST, Circles, stuck
from groma.model.elements import Model
from groma.model.scenario import Scenario
from groma.solvers.simulation import Outcome, Settings, run
from groma.solvers.simulation.replications import estimate

REPLICATIONS = 8
BUCKETS = 120
NEARLY = 0.95
ENOUGH = 400
"""Runs, over all replications, that a window holds at least."""
HOLDS = 0.7
"""Share of its best quarter that the undisturbed system still ends well in the last."""
CHANCE = 3.0
"""Standard deviations (of counts that are Poisson at the most) within which a difference is put down to chance."""
MOST_TASKS = 200_000
"""Tasks at once beyond which a replication is stopped: it has collapsed."""
SEED = 1


@dataclass(frozen=True, slots=True)
class Course:
    """A flow in the course of a scenario: runs a second in each bucket of time, means over replications."""

    flow: str
    offered: tuple[float, ...]
    good: tuple[float, ...]
    undisturbed: tuple[float, ...]
    back_after: float | None
    """Seconds after the last event until it has come back; None when it hasn't."""
    came_back: float
    """Share of replications that came back."""
    lost: float
    lost_low: float
    lost_high: float
    """Runs that would have ended well without the scenario, in one replication, with their 95 % interval."""
    worst: float
    """The least goodput of a window, as a share of the undisturbed one."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A scenario's outcome. `ends`: when its last event is over (infinite: it lasts)."""

    name: str
    title: str
    lasts: float
    width: float
    ends: float
    courses: tuple[Course, ...]
    missing: tuple[str, ...] = ()
    holds: bool = True
    """Whether the system stands its load when nothing happens; else there is nothing to come back to."""
    still: tuple[str, ...] = ()
    """How runs came to wait for each other for ever, in sentences."""
    still_undisturbed: bool = False
    """Whether they did without the scenario, too."""

    @property
    def comes_back(self) -> bool:
        """Whether every flow does (of those with runs enough to tell)."""
        return self.holds and not self.still and all(course.back_after is not None for course in self.courses)

    @property
    def back_after(self) -> float | None:
        """Seconds until the last flow has come back; None when one doesn't."""
        if not self.comes_back:
            return None
        return max((course.back_after or 0.0 for course in self.courses), default=0.0)

    @property
    def lost(self) -> float:
        """Runs lost of all flows, in one replication."""
        return math.fsum(course.lost for course in self.courses)

    @property
    def worst(self) -> float:
        """The least goodput of any flow in any window, as a share of the undisturbed one."""
        return min((course.worst for course in self.courses), default=1.0)

    @property
    def metastable(self) -> bool:
        """Whether the load is back to normal and goodput isn't, though runs end: it doesn't stand still."""
        return math.isfinite(self.ends) and not self.comes_back and not self.still


def watch(
    model: Model,
    scenario: Scenario,
    *,
    times: float = 1.0,
    replications: int = REPLICATIONS,
    seed: int = SEED,
    undisturbed: dict[object, Outcome] | None = None,
    circles: Circles | None = None,
) -> Watched:
    """Simulate a scenario beside the undisturbed system, every flow starting `times` as often as stated.

    `undisturbed` keeps runs without a scenario, for other scenarios of the same model that last as long; `circles` are
    what may come to stand still (`held_within.may_stand_still`): it is told where it does.
    """
    lasts, ends = horizon(scenario)
    width = lasts / BUCKETS
    title = scenario.title or scenario.name
    calm, rough = compiled(model, None, times, begins=scenario.begins), compiled(model, scenario, times)
    if calm.missing or not calm.rates:
        missing = calm.missing or ("flows.*.starts.rate",)
        return Watched(scenario.name, title, lasts, width, ends, (), missing)
    kept = {} if undisturbed is None else undisturbed
    pairs: list[tuple[Outcome, Outcome]] = []
    for n in range(replications):
        key = (model.digest, times, lasts, scenario.begins, seed, n)
        if key not in kept:
            kept[key] = _run(calm, lasts, width, seed, n)
        pairs.append((kept[key], _run(rough, lasts, width, seed, n)))
    seen = [f for f in calm.rates if sum(sum(before.flow(f).ok) for before, _ in pairs) >= ENOUGH]
    courses = tuple(_course(flow, pairs, width, ends) for flow in seen)
    holds = all(_holds(flow, [before for before, _ in pairs]) for flow in calm.rates)
    over = ends <= (1.0 - LAST) * lasts
    still = dict[str, bool]()
    for n, (before, after) in enumerate(pairs if circles else ()):
        for made, shown in ((calm, before), *(((rough, after),) if over else ())):
            until = partial(_run, made, width=width, seed=seed, replication=n)
            for told in stuck(circles or {}, shown, until):
                still[told] = still.get(told, False) or made is calm
    return Watched(
        scenario.name, title, lasts, width, ends, courses, (), holds, tuple(still), any(still.values())
    )


def _run(made: Compiled, lasts: float, width: float, seed: int, replication: int) -> Outcome:
    settings = Settings(until=lasts, width=width, buckets=BUCKETS, most_tasks=MOST_TASKS)
    return run(made.program, settings, seed=seed, replication=replication)


def _course(flow: str, pairs: Sequence[tuple[Outcome, Outcome]], width: float, ends: float) -> Course:
    count = len(pairs)
    seen = [_Seen.of(flow, before, after) for before, after in pairs]
    whole = _Seen.together(seen)
    span = _span(whole.calm)
    lost = estimate([one.lost for one in seen], 0.95)
    first = 0 if math.isinf(ends) else min(math.ceil(ends / width), BUCKETS)
    back = whole.back(first, span)
    low, high = lost.interval if count > 1 else (lost.mean, lost.mean)
    return Course(
        flow,
        tuple(n / count / width for n in whole.offered),
        tuple(n / count / width for n in whole.good),
        tuple(n / count / width for n in whole.calm),
        None if back is None else max(back * width - (0.0 if math.isinf(ends) else ends), 0.0),
        sum(one.back(first, span * count) is not None for one in seen) / count,
        lost.mean,
        low,
        high,
        min((good / calm for good, calm in whole.windows(0, span)), default=1.0),
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """Counts of runs by bucket: offered and ended well in the scenario; ended well undisturbed (at that load)."""

    offered: tuple[float, ...]
    good: tuple[float, ...]
    calm: tuple[float, ...]

    @staticmethod
    def of(flow: str, before: Outcome, after: Outcome) -> _Seen:
        calm, rough = before.flow(flow), after.flow(flow)
        at_load = [
            c * o / u if u else c for c, o, u in zip(calm.ok, rough.arrivals, calm.arrivals, strict=True)
        ]
        return _Seen(rough.arrivals, rough.ok, tuple(at_load))

    @staticmethod
    def together(many: Sequence[_Seen]) -> _Seen:
        def total(series: Sequence[Sequence[float]]) -> tuple[float, ...]:
            return tuple(math.fsum(column) for column in zip(*series, strict=True))

        return _Seen(
            total([one.offered for one in many]),
            total([one.good for one in many]),
            total([one.calm for one in many]),
        )

    @property
    def lost(self) -> float:
        """Runs that would have ended well."""
        return math.fsum(self.calm) - math.fsum(self.good)

    def windows(self, first: int, span: int) -> list[tuple[float, float]]:
        """(ended well, undisturbed) in each window of so many buckets from `first` on that holds any."""
        starts = range(first, len(self.calm) - span + 1)
        sums = [(math.fsum(self.good[n : n + span]), math.fsum(self.calm[n : n + span])) for n in starts]
        return [(good, calm) for good, calm in sums if calm > 0]

    def back(self, first: int, span: int) -> int | None:
        """The first bucket, not before `first`, from which on every window is nearly as good as undisturbed."""
        span = min(span, len(self.calm) - first)
        if span < 1:
            return None
        pairs = self.windows(first, span)
        bad = [n for n, (g, c) in enumerate(pairs) if g < NEARLY * c - CHANCE * math.sqrt(g + c)]
        if bad and bad[-1] == len(pairs) - 1:
            return None
        return first + (bad[-1] + 1 if bad else 0)


def _holds(flow: str, outcomes: Sequence[Outcome]) -> bool:
    """Whether a flow undisturbed ends nearly as large a share of its runs well in the last quarter as in its best."""
    ended = [sum(column) for column in zip(*(o.flow(flow).ok for o in outcomes), strict=True)]
    offered = [sum(column) for column in zip(*(o.flow(flow).arrivals for o in outcomes), strict=True)]
    size = BUCKETS // 4
    starts = range(0, BUCKETS, size)
    pairs = [(sum(ended[n : n + size]), sum(offered[n : n + size])) for n in starts]
    shares = [ok / started for ok, started in pairs if started >= ENOUGH / 4]
    if not shares:
        return True
    return shares[-1] >= HOLDS * max(shares) and not any(o.too_many for o in outcomes)


def _span(calm: Sequence[float]) -> int:
    """Buckets that a window needs to hold enough runs of the undisturbed system."""
    mean = math.fsum(calm) / len(calm)
    return min(max(math.ceil(ENOUGH / mean), 1), BUCKETS // 4) if mean > 0 else BUCKETS // 4
