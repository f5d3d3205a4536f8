"""Waits of stations that scale, that are only known from above, and of calls of unknown kinds."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from analyses.stations import GRID, calls, exponential, law_of, mmc_cdf, mmc_mean
from groma.analyses.interval import ONE, Interval
from groma.analyses.outcome.law import FAST, NOMINAL, SLOW, Defective
from groma.analyses.outcome.reading import Waiting
from groma.analyses.outcome.wait import anything, between, fast_end_of, slowest
from groma.model.law import Constant


def waits(*shares: float, **more: object) -> Waiting:
    """The (least, greatest, nominal) shares of calls wait ten seconds."""
    cells = np.zeros((3, GRID.cells))
    cells[:, 0], cells[:, 500] = 1 - np.array(shares), shares
    return Waiting(Defective(cells, np.ones(3), 10 * np.array(shares)), ("k",), **more)  # pyright: ignore


def test_while_it_scales_the_wait_lies_between_those_with_most_and_fewest_replicas() -> None:
    fewest, most = waits(0.3, 0.5, 0.4, lost=0.2, missing=frozenset({"a"})), waits(0.1, 0.2, 0.15, lost=0.1)
    found = between(GRID, fewest, most)
    law = law_of(found)
    assert law.cdf[FAST, 0] == pytest.approx(0.9) and law.cdf[SLOW, 0] == pytest.approx(0.5)
    assert law.moment[:2] == pytest.approx([1.0, 5.0]) and np.isnan(law.moment[NOMINAL])
    assert law.mass[:2].tolist() == [1.0, 1.0] and np.isnan(law.cells[NOMINAL]).all()
    assert found.lost == 0.2 and not found.crowded and found.full is None and found.key is None
    assert any(note.startswith("it scales") for note in found.notes)
    assert "n" in between(GRID, fewest, replace(most, notes=frozenset({"n"}))).notes
    assert between(GRID, fewest, replace(most, crowded=True)).crowded
    assert between(GRID, replace(fewest, crowded=True), most).crowded


def test_while_it_scales_a_full_queue_is_one_between_those_with_most_and_fewest_replicas() -> None:
    fewest = waits(0.3, 0.5, 0.4, full=GRID.triple(0.5, 0.3, 0.4))
    most = waits(0.1, 0.2, 0.15, full=GRID.triple(0.2, 0.1, 0.15))
    full = between(GRID, fewest, most).full
    assert full is not None and full[:2].tolist() == [0.5, 0.1] and math.isnan(full[NOMINAL])
    unknown = between(GRID, replace(fewest, full=None), most).full
    assert unknown is not None and unknown[:2].tolist() == [1.0, 0.1]


def test_saturated_with_the_fewest_replicas_nothing_bounds_the_longest_wait() -> None:
    most = waits(0.1, 0.2, 0.15)
    found = between(GRID, replace(waits(0.3, 0.5, 0.4), saturated=True), most)
    law = law_of(found)
    assert (
        law.cdf[FAST, 0] == pytest.approx(0.9) and law.cells[SLOW].sum() == 0.0 and np.isinf(law.moment[SLOW])
    )
    assert not found.saturated
    for more in (replace(most, saturated=True), replace(most, law=None)):
        assert between(GRID, waits(0.3, 0.5, 0.4), more) is more
    assert between(GRID, Waiting(None), most) is most


def test_the_fast_end_of_a_wait_is_that_of_its_least_load() -> None:
    """M/M/2 at half load; without any load, or where it can't keep up, the wait stays as it is."""
    law = law_of(waits(0.1, 0.2, 0.15))
    found = fast_end_of(law, GRID, 1.0, exponential(1.0), 2)
    assert found.cdf[FAST] == pytest.approx(mmc_cdf(1.0, 1.0, 2), abs=0.02)
    assert found.moment[FAST] == pytest.approx(mmc_mean(1.0, 1.0, 2))
    assert found.cells[SLOW:] == pytest.approx(law.cells[SLOW:])
    assert found.moment[SLOW:] == pytest.approx(law.moment[SLOW:]) and found.mass.tolist() == [1.0, 1.0, 1.0]
    assert law.moment[FAST] == pytest.approx(1.0)
    for rate in (0.0, 2.0):
        assert fast_end_of(law, GRID, rate, exponential(1.0), 2) is law


def test_calls_of_unknown_kinds_take_as_long_as_the_slowest_of_them() -> None:
    assert slowest(GRID, (), 3.0) == ()
    quick, slow = calls(ONE, Constant(1.0), missing="a"), calls(ONE, Constant(2.0), missing="b")
    (same,) = slowest(GRID, (quick, quick), 3.0)
    assert same.exact == quick.exact and same.law is quick.law and same.missing == {"a"}
    assert same.rate == Interval(0.0, None, 3.0)
    (mixed,) = slowest(GRID, (quick, slow), 3.0)
    assert mixed.exact is None and mixed.missing == {"a", "b"}
    assert mixed.law.moment[:2] == pytest.approx([1.0, 2.0])
    assert (
        mixed.law.cdf[FAST, 50] == 1.0 and mixed.law.cdf[SLOW, 99] == 0.0 and mixed.law.cdf[SLOW, 100] == 1.0
    )
    loose = replace(quick, exact=None), replace(slow, exact=None)
    assert slowest(GRID, loose, 3.0)[0].law.moment[SLOW] == pytest.approx(2.0)


def test_a_wait_of_which_nothing_is_known_may_be_none_and_have_no_end() -> None:
    law = anything(GRID)
    assert law.cdf[FAST, 0] == 1.0 and law.cells[SLOW].sum() == 0.0 and law.mass.tolist() == [1.0, 1.0, 1.0]
    assert law.moment[FAST] == 0.0 and np.isinf(law.moment[SLOW])
