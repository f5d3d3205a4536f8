"""The tables that exponential times are drawn with, against what defines them (Marsaglia and Tsang 2000, section 3)."""

from __future__ import annotations

import math

import pytest

from groma.solvers.simulation.ziggurat import tables


def test_all_layers_have_the_area_of_the_lowest_with_its_tail() -> None:
    """Published: 256 layers from r = 7.69711747013104972 on, each of area 0.0039496598225815571993."""
    width, begin, density = tables()
    assert (len(width), len(begin), len(density)) == (257, 257, 257)
    x = [value * 2.0**53 for value in width]
    assert (x[1], x[-1]) == (7.69711747013104972, 0.0)
    area = x[1] * math.exp(-x[1]) + math.exp(-x[1])
    assert area == pytest.approx(0.0039496598225815571993, rel=1e-12)
    assert x[0] * math.exp(-x[1]) == pytest.approx(area, rel=1e-12)
    for n in range(1, 256):
        assert x[n] * (math.exp(-x[n + 1]) - math.exp(-x[n])) == pytest.approx(area, rel=1e-6)
        assert begin[n] == x[n + 1]
        assert density[n] == math.exp(-x[n])
    assert (begin[0], begin[256], density[0], density[256]) == (x[1], x[1], 0.0, 1.0)
