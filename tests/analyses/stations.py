"""Calls at one station, given one by one, and what Erlang says of them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from analyses.given import context
from groma.analyses.interval import Interval
from groma.analyses.outcome.crowded import Demand
from groma.analyses.outcome.late import NEVER, Late
from groma.analyses.outcome.law import Defective, Grid, from_rows
from groma.analyses.outcome.quantity import rounded
from groma.analyses.outcome.reading import Waiting
from groma.analyses.outcome.wait import waits_at
from groma.model.elements import Component
from groma.model.law import Gamma, Law

GRID = Grid(0.02, 1024)
TIMES = np.arange(GRID.cells) * GRID.step


def calls(rate: Interval, *laws: Law, missing: str = "", late: Late = NEVER, grid: Grid = GRID) -> Demand:
    """Calls whose work has the law at its low, high and nominal end; one law for all of them."""
    low, high, nominal = laws if len(laws) == 3 else laws * 3
    down, up, (a, b) = rounded(grid, low, None)[0], rounded(grid, high, None)[1], rounded(grid, nominal, None)
    work = from_rows(grid, down, up, (a + b) / 2, (low.mean, high.mean, nominal.mean))
    return Demand(work, (low, high, nominal), rate, "x", frozenset({missing} if missing else ()), late)


def unnamed(demand: Demand) -> Demand:
    """The same, its law known on the lattice alone."""
    return replace(demand, exact=None)


def exponential(mean: float) -> Gamma:
    return Gamma(mean, mean)


def room(written: str) -> Component:
    text = f"components: {{a: {{kind: s, threads: 1, {written}, offers: {{f: {{work: 1 s}}}}}}}}\n"
    return context(text).model.components["a"]


def at(count: int, *demands: Demand, **more: object) -> Waiting:
    stream, there = str(more.pop("stream", "poisson")), more.pop("room", None)
    assert there is None or isinstance(there, Component)
    return waits_at(GRID, "components.a", count, demands, stream, there, **more)  # pyright: ignore[reportArgumentType]


def law_of(waiting: Waiting) -> Defective:
    assert waiting.law is not None
    return waiting.law


def erlang_c(load: float, count: int) -> float:
    last = load**count / math.factorial(count) / (1 - load / count)
    return last / (sum(load**n / math.factorial(n) for n in range(count)) + last)


def mmc_cdf(rate: float, mean: float, count: int) -> np.ndarray:
    return 1 - erlang_c(rate * mean, count) * np.exp(-(count / mean - rate) * TIMES)


def mmc_mean(rate: float, mean: float, count: int) -> float:
    return erlang_c(rate * mean, count) / (count / mean - rate)
