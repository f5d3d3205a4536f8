"""Queues with a last place to which calls come again, on their own and by hand."""

from __future__ import annotations

import math

import pytest

from groma.analyses.interval import ONE, ZERO, Interval
from groma.analyses.outcome.crowded import Again, Demand, crowded_room, forgotten
from groma.analyses.outcome.law import FAST, SLOW, Grid, fixed
from groma.model.law import Constant, Gamma
from groma.solvers.queueing import forgets_within, mmck


@pytest.mark.parametrize("count", [1, 2])
def test_pauses_are_spread_far_enough_from_a_thousand_times_what_the_queue_forgets_in(count: int) -> None:
    """The slowest over the rates that may come, saturation among them, and one more for each that comes meanwhile."""
    grid, mean = Grid(0.01, 64), 0.2
    law = Gamma(mean, mean)
    demand = Demand(fixed(grid, mean), (law, law, law), ONE, "x")
    highest = 1.5 * count / mean
    slowest = max(forgets_within(rate, mean, count, count + 2) for rate in (count / mean, highest))
    least = 1000.0 * slowest * (1.0 + 1.5)
    for low in (0.0, count / mean):
        rate = Interval(low, None, highest)
        assert forgotten(count, 2, (demand,), rate, Again(least * 1.001, (0.0,), math.inf))
        assert not forgotten(count, 2, (demand,), rate, Again(least * 0.999, (0.0,), math.inf))
    steady = Demand(fixed(grid, mean), (Constant(mean),) * 3, ONE, "x")
    assert not forgotten(count, 2, (steady,), rate, Again(1e12, (0.0,), math.inf))
    assert not forgotten(count, 2, (demand,), Interval(0.0, None, math.inf), Again(1e12, (0.0,), math.inf))


@pytest.mark.parametrize(("count", "queue", "longest"), [(1, 3, 3.0), (2, 3, 2.0), (2, 4, 2.0), (3, 0, 0.0)])
def test_constant_work_waits_for_rounds_of_all_servers(count: int, queue: int, longest: float) -> None:
    """Whoever is let in waits at most for so many rounds as servers take through the places before: ceil(q / c)."""
    grid = Grid(0.5, 64)
    one = Demand(fixed(grid, 1.0), (Constant(1.0),) * 3, ONE, "x")
    wait = crowded_room(grid, count, queue, (one,), ONE, Again(0.0, (0.5,), math.inf), frozenset({"n"}))
    assert wait.law is not None and wait.full is not None and wait.crowded and wait.notes == {"n"}
    assert wait.law.moment[SLOW] == pytest.approx(longest)
    assert wait.law.cdf[SLOW, int(longest / 0.5)] == 1.0
    assert (wait.full[FAST], wait.full[SLOW], wait.lost) == (pytest.approx(0.5 / count), 0.0, 1.0)
    unlike = Demand(fixed(grid, 2.0), (Constant(2.0),) * 3, ONE, "y")
    both = crowded_room(grid, 1, 2, (one, unlike), ONE, Again(0.0, (0.25, 0.25), math.inf), frozenset())
    assert both.law is not None and both.law.moment[SLOW] == pytest.approx(4.0)
    assert both.full is not None and both.full[FAST] == pytest.approx(0.75)


def test_exponential_work_waits_for_as_many_departures_as_there_are_places() -> None:
    """Erlang's law of three turns of two servers: mean 3 / 2, P(T <= t) = 1 - e^-2t (1 + 2t + 2t^2)."""
    grid = Grid(0.01, 2048)
    law = Gamma(1.0, 1.0)
    one = Demand(fixed(grid, 1.0), (law, law, law), ONE, "x")
    wait = crowded_room(grid, 2, 3, (one,), ONE, Again(0.0, (0.9,), 1.0), frozenset())
    assert (
        wait.law is not None and wait.law.moment[SLOW] == pytest.approx(1.5) and wait.law.moment[FAST] == 0.0
    )
    assert wait.law.cdf[SLOW, 100] == pytest.approx(1 - math.exp(-2) * 5)
    assert wait.law.cdf[FAST, 0] == 1.0 and wait.lost == pytest.approx(mmck(1.0, 1.0, 2, 5).lost)
    none = crowded_room(grid, 2, 0, (one,), ONE, Again(0.0, (0.9,), 1.0), frozenset())
    assert none.law is not None and none.law.cdf[SLOW, 0] == 1.0 and none.law.moment[SLOW] == 0.0
    single = crowded_room(grid, 2, 1, (one,), ONE, Again(0.0, (0.9,), 1.0), frozenset())
    assert single.law is not None and single.law.moment[SLOW] == pytest.approx(0.5)
    assert wait.full is not None and 0.0 < wait.full[FAST] < 1.0 and math.isnan(wait.full[2])
    nobody = crowded_room(
        grid,
        2,
        1,
        (Demand(fixed(grid, 1.0), (law, law, law), ZERO, "x"),),
        ZERO,
        Again(0.0, (0.0,), 1.0),
        frozenset(),
    )
    assert nobody.full is not None and nobody.full.tolist() == [0.0, 0.0, 0.0]
