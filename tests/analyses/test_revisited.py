"""The wait of calls of one run that meet each other, counted by hand from that of a Poisson stream."""

from __future__ import annotations

import math

import numpy as np
import pytest

from groma.analyses.outcome.law import FAST, NOMINAL, SLOW, Defective, Grid, added, fixed, scaled
from groma.analyses.outcome.reading import Waiting
from groma.analyses.outcome.revisited import Company, none_free, revisited

GRID = Grid(0.5, 32)
WORK = fixed(GRID, 1.0)


def waits(none: float, time: float = 1.0, grid: Grid = GRID) -> Defective:
    """Nobody in front in so many cases, else so long."""
    parts = [scaled(grid, fixed(grid, t), np.full(grid.rows, p)) for t, p in ((0.0, none), (time, 1 - none))]
    return added(parts)


def found(
    own: Company, law: Defective, full: float | None = None, *, crowded: bool = False, meets: float = 0.0
) -> Waiting:
    share = None if full is None else GRID.triple(full, 0.0, full)
    there = Waiting(law, ("key",), share, notes=frozenset({"before"}), crowded=crowded, lost=0.3, meets=meets)
    return revisited(GRID, "components.a", there, law, own)


@pytest.mark.parametrize(
    ("visits", "at_once", "longer"), [(2, 1, 3), (2, 2, 2), (3, 2, 6), (3, 3, 3), (3, 2.5, 9), (500, 80, 192)]
)
def test_how_many_times_as_long_calls_of_one_run_wait(visits: float, at_once: float, longer: int) -> None:
    """Those there at once as one, and three times as long where others come before or after."""
    assert Company(visits, at_once, WORK, 0.0, False).longer == longer


def test_calls_in_turn_wait_three_times_as_long() -> None:
    """A fifth wait, for a second: now up to three. Nobody is taken to wait at the fast end, and there is no nominal
    value but where it is Jackson's."""
    waiting = found(Company(2, 1, WORK, 0.0, False), waits(0.8))
    assert waiting.law is not None
    assert waiting.law.cdf[SLOW, [0, 5, 6]] == pytest.approx([0.8, 0.8, 1.0])
    assert waiting.law.cdf[FAST, 0] == 1.0 and np.isnan(waiting.law.cells[NOMINAL]).all()
    assert waiting.law.moment[[FAST, SLOW]] == pytest.approx([0.0, 0.6]) and math.isnan(waiting.law.moment[2])
    assert waiting.meets == pytest.approx(0.2) and waiting.lost == 0.3
    told = "a run comes to components.a up to 2 times: its waits hang together, and are taken to be up to 3 times"
    assert waiting.notes == {"before", f"{told} as long as those of a Poisson stream"}
    assert found(Company(2, 1, WORK, 0.0, False), waits(0.8), meets=0.5).meets == 0.5
    jackson = found(Company(2, 1, WORK, 0.0, True), waits(0.8)).law
    assert jackson is not None and jackson.moment == pytest.approx([0.2] * 3)


def test_calls_at_once_wait_for_the_others_where_servers_are_too_few() -> None:
    """Three at once, in a quarter of cases without servers enough: two others, of two seconds each, are before it."""
    waiting = found(Company(3, 3, fixed(GRID, 2.0), 0.25, False), waits(0.8))
    law = waiting.law
    assert law is not None and waiting.lost == 1.0  # one of them may be turned away as often as it comes
    assert law.cdf[SLOW, [0, 5, 6, 7, 8, 13, 14]] == pytest.approx([0.6, 0.6, 0.75, 0.75, 0.95, 0.95, 1.0])
    assert law.moment[SLOW] == pytest.approx(3 * 0.2 + 0.25 * 2 * 2.0)
    assert waiting.meets == pytest.approx(0.4)
    assert any("up to 3 times, 3 of them at once" in note for note in waiting.notes)


def test_of_very_many_at_once_nothing_is_said() -> None:
    law = found(Company(500, 80, WORK, 0.0, False), waits(0.8)).law
    assert law is not None and law.cells[SLOW].tolist() == [0.0] * GRID.cells
    assert law.moment[SLOW] == math.inf and law.mass.tolist() == [1, 1, 1]


def test_a_last_place_is_one_for_each_of_those_that_come_as_one() -> None:
    """A hundredth of single calls is turned away; two as one, up to a tenth. What holds where those turned away come
    again stays, unless calls come together."""
    for at_once, crowded, full in ((2, False, 0.1), (2, True, 0.1), (1, True, 0.01)):
        waiting = found(Company(2, at_once, WORK, 0.0, False), waits(1.0), 0.01, crowded=crowded)
        assert waiting.full is not None and waiting.full[[FAST, SLOW]] == pytest.approx([full, 0.0])
        assert math.isnan(waiting.full[NOMINAL])


def test_where_next_to_nobody_waits_all_is_as_it_was() -> None:
    law = waits(0.9995)
    assert found(Company(2, 1, WORK, 0.0, False), law).law is law
    assert found(Company(2, 2, WORK, 0.5, False), law).law is not law
    assert found(Company(2, 1, WORK, 0.0, False), law, 0.5).law is not law


def test_how_often_none_is_free_for_two_that_come_together() -> None:
    """One pair more has a place of three, and three quarters of a pair are there: Erlang's C of one is its load."""
    assert none_free(3, 2.0, 1.5) == pytest.approx(0.75)
    assert none_free(3, 2.0, 2.0) == 1.0
