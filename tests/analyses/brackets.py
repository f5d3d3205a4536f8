"""What the tests of outcomes share: a true distribution function held against a bracket."""

from __future__ import annotations

import math

import numpy as np

from groma.analyses.outcome.algebra import Outcome, together
from groma.analyses.outcome.law import FAST, SLOW, Grid

GRID = Grid(0.001, 512)


def cdf_of(ends: list[tuple[float, float]], grid: Grid) -> np.ndarray:
    """P(T <= i step) from (probability, time) pairs."""
    cells = np.zeros(grid.cells)
    for weight, time in ends:
        place = math.ceil(time / grid.step - 1e-6)
        if place < grid.cells:
            cells[place] += weight
    return np.cumsum(cells)


def assert_held(
    outcome: Outcome, kinds: frozenset[str], true: np.ndarray, mass: float, slack: float, grid: Grid = GRID
) -> None:
    law = together(grid, outcome, kinds)
    cdf = law.cdf
    assert (true <= cdf[FAST] + slack).all(), (kinds, float((true - cdf[FAST]).max()))
    later = np.concatenate((true[1:], true[-1:])) if slack > 1e-6 else true
    assert (later >= cdf[SLOW] - slack).all(), (kinds, float((cdf[SLOW] - later).max()))
    assert law.mass[SLOW] - slack <= mass <= law.mass[FAST] + slack
