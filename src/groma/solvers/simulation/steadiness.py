"""Whether a system settles, and when: warm-up by MSER-5, and growth where there is no steady state.

MSER-5 (White 1997; Spratt 1998) leaves out as many first batches of five as make the rest's standard error least.
A system without a steady state has a number of jobs that grows: then there is no figure, only how fast it grows.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from groma.solvers.simulation.outcome import Outcome
from groma.solvers.simulation.program import Program
from groma.solvers.simulation.replications import (
    Measure,
    Replicated,
    batch,
    estimate,
    replicate,
)
from groma.solvers.simulation.settings import Settings

PILOTS = 5
BUCKETS = 400
GROWTH = 0.2
"""Growth over half of the time by less than this share of the level isn't told from chance."""
CERTAINTY = 0.999
LAST = 5
"""Batches at the end that are too few to have a variance worth its name."""


@dataclass(frozen=True, slots=True)
class NotSteady:
    """There is no steady state to be seen: jobs in the system grow by so many a second, or didn't settle in time."""

    reason: str
    growth: float
    grows: bool = True
    """Whether jobs grow for certain; else more time might show that they settle."""


@dataclass(frozen=True, slots=True)
class Steady:
    """A steady state, measured after the warm-up (seconds)."""

    warm_up: float
    replicated: Replicated


def mser5(values: Sequence[float]) -> int | None:
    """How many first values to leave out; None where the best place lies in the second half (not settled).

    Batches are summed: that they are five times their means changes no place.
    """
    batches = [math.fsum(values[n : n + 5]) for n in range(0, len(values) - len(values) % 5, 5)]
    n = len(batches)
    if n < LAST:
        return None
    best, place = math.inf, n
    total = squares = 0.0
    for d in range(n - 1, -1, -1):
        total += batches[d]
        squares += batches[d] ** 2
        rest = n - d
        if rest < LAST:
            continue
        score = max(squares - total * total / rest, 0.0) / (rest * rest)
        if score <= best:
            best, place = score, d
    return 5 * place if place <= n // 2 else None


def jobs(outcome: Outcome) -> list[float]:
    """The mean number of jobs at all stations in each bucket of time."""
    series = [[b + w for b, w in zip(s.busy_series, s.waiting_series, strict=True)] for s in outcome.stations]
    return [math.fsum(column) for column in zip(*series, strict=True)]


def growth(outcomes: Sequence[Outcome], width: float) -> tuple[float, bool]:
    """(jobs a second, whether it is surely growth): the last quarter of time against the second, by replication."""
    if any(outcome.too_many for outcome in outcomes):
        return max(outcome.tasks / outcome.now for outcome in outcomes if outcome.too_many), True
    rises: list[float] = []
    levels: list[float] = []
    for outcome in outcomes:
        series = jobs(outcome)
        quarter = len(series) // 4
        if quarter == 0:
            return 0.0, False
        early = math.fsum(series[quarter : 2 * quarter]) / quarter
        late = math.fsum(series[-quarter:]) / quarter
        rises.append(late - early)
        levels.append(late + early)
    rise = estimate(rises, CERTAINTY)
    level = math.fsum(levels) / (2 * len(levels))
    sure = rise.mean - rise.half_width > 0.0 and rise.mean > GROWTH * level
    return rise.mean / (len(jobs(outcomes[0])) * width / 2), sure


def steady_state(
    program: Program,
    until: float,
    measures: Mapping[str, Measure],
    *,
    seed: int = 1,
    relative: float = 0.05,
    confidence: float = 0.95,
    least: int = 10,
    most: int = 1000,
    most_tasks: int = 1_000_000,
) -> Steady | NotSteady:
    """Finds the warm-up from pilot replications of `until` seconds, then measures what comes after it.

    The pilots' number of jobs in each bucket goes to MSER-5, summed (Welch's mean over replications but for a factor,
    which changes nothing there).
    """
    width = until / BUCKETS
    settings = Settings(until=until, width=width, buckets=BUCKETS, most_tasks=most_tasks)
    pilots = batch(program, settings, seed, [-1 - n for n in range(PILOTS)])
    rate, surely = growth(pilots, width)
    if surely:
        return NotSteady(f"jobs in the system grow by {rate:.3g} a second", rate)
    columns = list(zip(*(jobs(pilot) for pilot in pilots), strict=True))
    skipped = mser5([math.fsum(column) for column in columns])
    if skipped is None:
        return NotSteady("it does not settle within the time simulated", rate, False)
    warm = replace(settings, warm_up=skipped * width, width=0.0, buckets=0)
    return Steady(
        skipped * width,
        replicate(
            program,
            warm,
            measures,
            seed=seed,
            relative=relative,
            confidence=confidence,
            least=least,
            most=most,
        ),
    )
