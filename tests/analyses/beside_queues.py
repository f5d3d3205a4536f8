"""Uses of a run beside queues whose waits are given, for tests that count tries by hand."""

from __future__ import annotations

import math

import numpy as np

from analyses.given import context
from groma.analyses.interval import Interval
from groma.analyses.outcome.law import Defective, Grid
from groma.analyses.outcome.reading import Outcomes, Waiting
from groma.analyses.visits.use import Use
from groma.analyses.visits.walk import uses_of

TEXT = """
components:
  desk: {kind: s, threads: 1, queue: 1, offers: {f: {work: 0 s, fails: FAILS}, g: {work: 1 s ± 1 s, fails: FAILS},
    h: {work: 0 s, throttled: 10 %}, k: {work: 1 s ± 1 s, throttled: 10 %}}}
  pool: {kind: pool}
  other: {kind: s, threads: 1, offers: {g: {work: 1 s ± 1 s}}}
  front: {kind: s, offers: {f: {work: 0 s, steps: [{call: desk.f}]}}}
  spare: {kind: s, offers: {f: {work: 0 s}}}
flows: {main: {starts: {rate: 1/s}, steps: [STEP]}}
"""
GRID = Grid(0.0025, 4096)
E = math.exp(-1)
Ends = tuple[float, float | None, float]


def wait(*shares: float, time: float = 20.0) -> Defective:
    """The (least, greatest, nominal) shares of calls wait so long; all others don't."""
    cells = np.zeros((3, GRID.cells))
    for row, share in enumerate(shares):
        cells[row, 0] = 1 - share
        if time < GRID.cells * GRID.step:
            cells[row, GRID.index(time)] = share
    return Defective(cells, np.ones(3), np.array([share * time for share in shares]))


def found(step: str, fails: str = "0 %", /, **waiting: Waiting) -> dict[str, Use]:
    """The uses of one run where components let wait so, and all others don't."""
    c = context(TEXT.replace("STEP", step).replace("FAILS", fails))
    there = {f"components.{name}": here for name, here in waiting.items()}
    outcomes = Outcomes(c, GRID, None, lambda station: there.get(station, Waiting(None)))
    return {use.name: use for use in uses_of(outcomes, "main")}


def ends(interval: Interval | None) -> Ends:
    assert interval is not None
    return interval.low, interval.value, interval.high


def full(least: float, nominal: float, most: float, lost: float = 1.0) -> Waiting:
    return Waiting(
        wait(0, 0, 0),
        ("full", least, nominal, most, lost),
        GRID.triple(most, least, nominal),
        crowded=True,
        lost=lost,
    )


def late(waits: float) -> float:
    """The chance that a call waits for 20 s or is worked on for longer than 1 s."""
    return 1 - (1 - waits) * (1 - E)


SELDOM = Waiting(wait(0.01, 0.01, 0.01), ("seldom",), meets=0.01)
"""One in a hundred waits."""
