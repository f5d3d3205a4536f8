"""A system watched through a scenario: does it come back, when, and what is lost.

Each replication runs twice with the same random numbers, with the scenario and without: what differs is its doing. A
flow has come back when, from some time after the last event on, it ends as many runs well as the undisturbed one
(to `NEARLY` in every window). One that hasn't, though its load is back to what it was, is in a metastable failure
(Bronson et al., HotOS 2021; Huang et al., OSDI 2022).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from groma.analyses.simulation.compiled import Compiled, compiled
from groma.analyses.simulation.disturbed import window
from groma.model.elements import Model
from groma.model.scenario import Scenario
from groma.solvers.simulation import Outcome, Settings, run
from groma.solvers.simulation.replications import estimate

REPLICATIONS = 8
BUCKETS = 120
NEARLY = 0.95
ENOUGH = 60
"""Runs, over all replications, that a window holds at least."""
AFTER = 4.0
"""How many times as long as its events a scenario is watched after them, unless it says how long it lasts."""
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

    @property
    def comes_back(self) -> bool:
        """Whether every flow does."""
        return all(course.back_after is not None for course in self.courses)

    @property
    def metastable(self) -> bool:
        """Whether the load is back to normal and goodput isn't."""
        return math.isfinite(self.ends) and not self.comes_back


def horizon(scenario: Scenario) -> tuple[float, float]:
    """(how long it is watched, when its last event is over: infinite when one lasts to the end), in seconds."""
    windows = [window(event) for event in scenario.events]
    begin = min(start for start, _ in windows)
    ends = max(end for _, end in windows)
    last = ends if math.isfinite(ends) else max(start for start, _ in windows) + max(begin, 1.0)
    lasts = last + AFTER * (last - begin) if scenario.lasts is None else scenario.lasts.mean
    return lasts, ends if ends < lasts else math.inf


def watch(
    model: Model, scenario: Scenario, *, times: float = 1.0, replications: int = REPLICATIONS, seed: int = SEED
) -> Watched:
    """Simulate a scenario beside the undisturbed system, every flow starting `times` as often as stated."""
    lasts, ends = horizon(scenario)
    width = lasts / BUCKETS
    title = scenario.title or scenario.name
    calm, rough = compiled(model, None, times), compiled(model, scenario, times)
    if calm.missing or not calm.rates:
        missing = calm.missing or ("flows.*.starts.rate",)
        return Watched(scenario.name, title, lasts, width, ends, (), missing)
    pairs = [(_run(calm, lasts, width, seed, n), _run(rough, lasts, width, seed, n)) for n in range(replications)]
    courses = tuple(_course(flow, pairs, width, ends) for flow in calm.rates)
    return Watched(scenario.name, title, lasts, width, ends, courses)


def _run(made: Compiled, lasts: float, width: float, seed: int, replication: int) -> Outcome:
    settings = Settings(until=lasts, width=width, buckets=BUCKETS, most_tasks=MOST_TASKS)
    return run(made.program, settings, seed=seed, replication=replication)


def _course(flow: str, pairs: Sequence[tuple[Outcome, Outcome]], width: float, ends: float) -> Course:
    count = len(pairs)
    calm = [_padded(before.flow(flow).ok) for before, _ in pairs]
    good = [_padded(after.flow(flow).ok) for _, after in pairs]
    offered = [_padded(after.flow(flow).arrivals) for _, after in pairs]
    span = _span(_total(calm))
    losses = [float(sum(c) - sum(g)) for c, g in zip(calm, good, strict=True)]
    lost = estimate(losses, 0.95)
    first = 0 if math.isinf(ends) else min(math.ceil(ends / width), BUCKETS)
    back = _back(_total(good), _total(calm), first, span)
    each = [_back(g, c, first, max(span * count, 1)) is not None for g, c in zip(good, calm, strict=True)]
    low, high = lost.interval
    return Course(
        flow,
        tuple(n / count / width for n in _total(offered)),
        tuple(n / count / width for n in _total(good)),
        tuple(n / count / width for n in _total(calm)),
        None if back is None else max(back * width - (0.0 if math.isinf(ends) else ends), 0.0),
        sum(each) / count,
        lost.mean,
        low if math.isfinite(low) else lost.mean,
        high if math.isfinite(high) else lost.mean,
        min(_ratios(_total(good), _total(calm), span), default=1.0),
    )


def _padded(counts: Sequence[int]) -> list[int]:
    return [*counts, *([0] * (BUCKETS - len(counts)))]


def _total(series: Sequence[Sequence[int]]) -> list[int]:
    return [sum(column) for column in zip(*series, strict=True)]


def _span(calm: Sequence[int]) -> int:
    """Buckets that a window needs to hold enough runs of the undisturbed system."""
    mean = sum(calm) / len(calm)
    return min(max(math.ceil(ENOUGH / mean), 1), BUCKETS) if mean > 0 else BUCKETS


def _ratios(good: Sequence[int], calm: Sequence[int], span: int) -> list[float]:
    """Goodput as a share of the undisturbed one in each window of so many buckets."""
    found: list[float] = []
    for start in range(len(calm) - span + 1):
        whole = sum(calm[start : start + span])
        found.append(sum(good[start : start + span]) / whole if whole else 1.0)
    return found


def _back(good: Sequence[int], calm: Sequence[int], first: int, span: int) -> int | None:
    """The first bucket, not before `first`, from which on every window is nearly as good as undisturbed."""
    span = min(span, len(calm) - first)
    if span < 1:
        return None
    ratios = _ratios(good[first:], calm[first:], span)
    bad = [n for n, ratio in enumerate(ratios) if ratio < NEARLY]
    if bad and bad[-1] == len(ratios) - 1:
        return None
    return first + (bad[-1] + 1 if bad else 0)
