"""Cells of laws are worked out when they are asked for: the same cells, and none that nobody needs."""

from __future__ import annotations

import numpy as np
import pytest

from groma.analyses.outcome.algebra import OK, after, done, mass_of, then
from groma.analyses.outcome.law import DEEPEST, Defective, Grid, added, convolved, enveloped, fixed, scaled

GRID = Grid(0.1, 64)


def test_masses_ask_for_no_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    half = GRID.triple(0.5, 0.4, 0.45)

    def never_asked(law: Defective) -> None:
        raise AssertionError("cells were worked out")

    one, other = scaled(GRID, fixed(GRID, 0.2), half), scaled(GRID, fixed(GRID, 0.3), half)
    monkeypatch.setattr(Defective, "cells", property(never_asked))
    both = then(GRID, then(GRID, done(GRID), frozenset({OK}), after(one)), frozenset({OK}), after(other))
    assert mass_of(GRID, both, {OK}) == pytest.approx(half * half)
    assert enveloped(GRID, [one, added([one, other])]).mass[0] == 1.0


def test_cells_come_out_as_sums_of_times() -> None:
    law = fixed(GRID, 0.2)
    for _ in range(9):
        law = convolved(GRID, law, fixed(GRID, 0.2))
    expected = np.zeros(64)
    expected[20] = 1.0
    assert law.cells[2] == pytest.approx(expected, abs=1e-12)
    assert law.cells is law.cells
    assert law.mass == pytest.approx(np.ones(3))


def test_long_programs_dont_reach_the_limit_of_recursion() -> None:
    law = tick = fixed(GRID, 0.0)
    for _ in range(100 * DEEPEST):
        law = convolved(GRID, law, tick)
    assert law.cells[:, 0] == pytest.approx(np.ones(3), abs=1e-9)


def test_shares_of_shares_dont_reach_the_limit_of_recursion() -> None:
    """What is left after two thousand chances of all but a thousandth."""
    law, kept = fixed(GRID, 0.2), np.full(3, 0.999)
    for _ in range(2000):
        law = scaled(GRID, law, kept)
    assert law.cells[:, 2] == pytest.approx([0.999**2000] * 3)
