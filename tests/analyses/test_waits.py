"""The wait at one station, end by end, against the closed forms of its queue."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.linalg import expm  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

from analyses.stations import (
    GRID,
    TIMES,
    at,
    calls,
    exponential,
    law_of,
    mmc_cdf,
    mmc_mean,
    room,
    unnamed,
)
from groma.analyses.interval import ONE, ZERO, Interval, point
from groma.analyses.outcome.crowded import Demand
from groma.analyses.outcome.law import FAST, NOMINAL, SLOW, Defective, added, scaled, unbounded
from groma.model.law import Constant, Gamma


def assert_row(law: Defective, row: int, truth: np.ndarray, near: float) -> None:
    """A row is on its side of the truth, and one lattice point from it."""
    cdf = law.cdf[row]
    if row != SLOW:
        assert (cdf >= truth - 1e-7).all() or row == NOMINAL
    if row == SLOW:
        assert (cdf <= truth + 1e-7).all()
    assert float(np.abs(cdf - truth).max()) < near


@pytest.mark.parametrize("count", [1, 3])
def test_each_end_of_what_is_known_is_a_queue_of_exponential_work(count: int) -> None:
    """M/M/c at a load of 24 %, 84 % and 50 %: the least rate with the quickest work, the most with the slowest, and
    both as they are stated."""
    rates, means = (0.3 * count, 0.7 * count, 0.5 * count), (0.8, 1.2, 1.0)
    found = at(count, calls(Interval(rates[0], rates[2], rates[1]), *map(exponential, means)))
    law = law_of(found)
    for row, rate, mean in zip((FAST, SLOW, NOMINAL), rates, means, strict=True):
        assert_row(law, row, mmc_cdf(rate, mean, count), 0.02)
        assert law.moment[row] == pytest.approx(mmc_mean(rate, mean, count), rel=1e-9)
    assert law.mass.tolist() == [1.0, 1.0, 1.0]
    assert found.notes == {"calls reach components.a as a Poisson stream"}
    assert (found.full, found.saturated, found.meets, found.missing, found.key) == (
        None,
        False,
        1.0,
        set(),
        None,
    )


def two_kinds(rates: tuple[float, float], means: tuple[float, float]) -> tuple[np.ndarray, float]:
    """P(W <= t) and E W of a server that both kinds come to: W is of phase type (Asmussen, Applied Probability and
    Queues, VIII.5), and its mean is that of Pollaczek and Khinchine."""
    whole, speeds = sum(rates), 1 / np.array(means)
    load = rates[0] * means[0] + rates[1] * means[1]
    left = (
        np.array([rates[0] * means[0], rates[1] * means[1]]) / load
    )  # what is being worked on, as long as it lasts
    moves = np.diag(-speeds) + load * np.outer(speeds, left)
    truth = np.array([1 - load * float((left @ expm(moves * t)).sum()) for t in TIMES[::64]])
    second = sum(2 * r / whole * m * m for r, m in zip(rates, means, strict=True))
    return truth, whole * second / 2 / (1 - load)


@pytest.mark.parametrize("named", [True, False])
def test_calls_of_several_kinds_wait_as_for_the_mix_of_their_work(named: bool) -> None:
    """Where laws are named the mean is exact at all ends, else the truth lies between; the nominal row is there since
    one server's wait is exact."""
    rates, means = (1.0, 0.7), (0.25, 0.5)
    kinds = [calls(point(r), exponential(m)) for r, m in zip(rates, means, strict=True)]
    law = law_of(at(1, *(kinds if named else map(unnamed, kinds))))
    truth, mean = two_kinds(rates, means)
    for row in (FAST, SLOW, NOMINAL):
        assert float(np.abs(law.cdf[row, ::64] - truth).max()) < (0.02 if row == NOMINAL else 0.04)
    assert (law.cdf[FAST, ::64] >= truth - 1e-6).all() and (law.cdf[SLOW, ::64] <= truth + 1e-6).all()
    if named:
        assert law.moment == pytest.approx([mean] * 3, rel=1e-9)
    else:
        assert law.moment[FAST] < mean < law.moment[SLOW]
        assert law.moment == pytest.approx([mean] * 3, rel=0.08)


def test_work_that_never_comes_is_not_mixed_in() -> None:
    """Beside calls that come there are some that don't: the wait is that without them, whatever their work is."""
    there = calls(point(0.5), exponential(1.0))
    alone = law_of(at(1, there))
    unlimited = replace(unnamed(calls(ZERO, Constant(9.0))), law=unbounded(GRID))
    for other in (calls(ZERO, Constant(9.0)), unnamed(calls(ZERO, Constant(9.0))), unlimited):
        both = law_of(at(1, there, other))
        assert both.moment == pytest.approx(alone.moment) and both.cells == pytest.approx(alone.cells)
    maybe = law_of(at(1, there, calls(Interval(0.0, 0.0, 0.1), Constant(2.0))))
    assert maybe.moment[[FAST, NOMINAL]] == pytest.approx([1.0, 1.0])
    # Pollaczek-Khinchine with 0.5 x 2 + 0.1 x 4 beside a load of 0.7
    assert maybe.moment[SLOW] == pytest.approx(1.4 / 2 / 0.3)


def test_constant_work_waits_as_erlang_says() -> None:
    """M/D/1 at half load: E W = D / 2, P(W = 0) = 1/2, P(W <= t) = (1 - rho) e^(rho t) at first (Erlang 1909)."""
    law = law_of(at(1, calls(point(0.5), Constant(1.0))))
    truth = 0.5 * np.exp(0.5 * TIMES[:50])
    assert (law.cdf[FAST, :50] >= truth - 1e-9).all() and (law.cdf[SLOW, :50] <= truth + 1e-9).all()
    assert law.cdf[NOMINAL, :50] == pytest.approx(truth, abs=0.01)
    assert law.moment == pytest.approx([0.5, 0.5, 0.5])


def test_several_servers_of_other_work_have_a_slow_end_alone() -> None:
    """No wait at the fast end and no nominal value; at the slow end the mean is no more than that of calls sent to the
    servers at random, each an M/G/1 (Wolff 1977), and no less than half of it here (a light-tailed gamma)."""
    work = Gamma(1.0, 0.5)
    found = at(2, calls(point(1.2), work))
    law = law_of(found)
    assert law.cdf[FAST, 0] == 1.0 and law.moment[FAST] == 0.0
    assert np.isnan(law.cells[NOMINAL]).all() and math.isnan(law.moment[NOMINAL])
    assert 0.0 < law.moment[SLOW] <= 0.6 * 1.25 / 2 / 0.4 + 1e-9
    assert law.cdf[SLOW, 0] < 1 - 0.6**2 / 2
    assert any("the wait is bounded" in note for note in found.notes)


def test_of_bounds_only_the_fast_end_is_looked_at_and_only_where_a_formula_gives_it() -> None:
    """At a rate of two digits, rounded down: 0.5678 a second are 0.56. The mean at one server is exact anyway."""
    for count in (1, 2):
        law = law_of(at(count, calls(point(0.5678 * count), exponential(1.0)), effort="bound"))
        low = 0.56 if count == 1 else 1.1
        assert_row(law, FAST, mmc_cdf(low, 1.0, count), 0.02)
        assert law.moment[FAST] == pytest.approx(
            mmc_mean(0.5678 if count == 1 else low, 1.0, count), rel=1e-6
        )
        assert np.isinf(law.moment[SLOW]) and law.cells[SLOW].sum() == 0.0
    other = law_of(at(1, calls(point(0.5678), Constant(1.0)), effort="bound"))
    assert other.cells[FAST].sum() == 1.0
    assert other.cdf[FAST, 0] == 1.0 and other.moment[FAST] == 0.0 and np.isinf(other.moment[SLOW])
    several = at(2, calls(Interval(0.0, None, 3.0), exponential(1.0)), effort="bound")
    assert "may saturate" not in str(several.notes)


def test_a_first_look_takes_other_work_for_twice_as_many_servers_of_exponential_work_twice_as_long() -> None:
    law = law_of(at(1, calls(point(0.5), Constant(1.0)), effort="rough"))
    assert law.cdf[FAST, 0] == 1.0
    assert law.cdf[SLOW] == pytest.approx(mmc_cdf(0.5, 2.0, 2), abs=0.02)
    assert law.moment[SLOW] == pytest.approx(mmc_mean(0.5, 2.0, 2))
    two = law_of(at(2, calls(point(1.0), Constant(1.0)), effort="rough"))
    assert two.moment[SLOW] == pytest.approx(mmc_mean(1.0, 2.0, 4))
    exact = law_of(at(1, calls(point(0.5), exponential(1.0)), effort="rough"))
    assert exact.moment == pytest.approx([1.0, 1.0, 1.0])


@pytest.mark.parametrize(
    ("rate", "saturated", "maybe"),
    [
        (point(2.0), True, False),
        (Interval(1.9, None, 2.0), False, True),
        (Interval(0.0, None, math.inf), False, True),
    ],
)
def test_a_queue_that_calls_outrun_has_no_steady_state(rate: Interval, saturated: bool, maybe: bool) -> None:
    """Two servers of one second stand two calls a second: at the least it's saturated, at the most it may be."""
    found = at(2, calls(rate, exponential(1.0)))
    law = law_of(found)
    assert found.saturated is saturated
    assert any("is saturated" in note for note in found.notes) is saturated
    assert any("may saturate" in note for note in found.notes) is maybe
    assert np.isinf(law.moment[SLOW]) and law.cells[SLOW].sum() == 0.0 and np.isnan(law.moment[NOMINAL])
    assert law.mass[:2].tolist() == [1.0, 1.0]
    fast = mmc_mean(1.9, 1.0, 2) if rate.low == 1.9 else 0.0
    assert law.moment[FAST] == pytest.approx(fast)


def test_where_the_stream_or_the_order_is_another_nothing_is_known_but_that_waits_end() -> None:
    one = calls(point(0.5), exponential(1.0))
    cases = (
        (at(1, one, stream="in bursts"), "in bursts: the wait at components.a isn't bounded", None),
        (
            at(1, one, room=room("discipline: lifo")),
            "components.a serves by `lifo`: its wait isn't bounded",
            None,
        ),
        (at(1, one, room=room("discipline: sharing")), "components.a serves by `sharing`", None),
        (at(1, one, room=room("queue: 3"), stream="in bursts"), "in bursts", [1.0, 0.0]),
        (at(1, calls(point(0.5), exponential(1.0), missing="m")), "", None),
    )
    for found, said, full in cases:
        law = law_of(found)
        assert law.cells[FAST].sum() == 1.0
        assert not said or any(note.startswith(said) for note in found.notes)
        assert law.cdf[FAST, 0] == 1.0 and np.isinf(law.moment[SLOW]) and not found.saturated
        assert (None if found.full is None else found.full[:2].tolist()) == full
    assert cases[-1][0].missing == {"m"} and len(cases[-1][0].notes) == 1
    assert "Poisson" not in str(cases[0][0].notes)


def test_nobody_comes_nobody_waits() -> None:
    found = at(1, calls(ZERO, exponential(1.0)))
    assert found.law is None and found.key == ("idle", "components.a")


def test_loads_that_sums_of_floats_put_below_one_and_products_above_have_no_steady_state() -> None:
    """Of two kinds, 0.166 and 0.7292551477170993 a second of 1.117 s: 0.9999999999999999 in one order, 1 in another."""
    rates = 0.166, 0.7292551477170993
    assert sum(r * 1.117 for r in rates) < 1.0 <= math.fsum(rates) * 1.117
    for effort in ("proof", "rough"):
        found = at(1, *(calls(Interval(0.0, None, r), exponential(1.117)) for r in rates), effort=effort)
        assert any("may saturate" in note for note in found.notes) and np.isinf(law_of(found).moment[SLOW])


def test_named_and_unnamed_kinds_are_mixed_alike() -> None:
    """One of the two kinds has a law of a name; with as many servers as kinds, too, the mean is no more than that of
    calls sent to them at random."""
    rates, means = (1.0, 0.7), (0.25, 0.5)
    one, other = (calls(point(r), exponential(m)) for r, m in zip(rates, means, strict=True))
    for kinds in (
        (one, unnamed(other)),
        (unnamed(one), other),
        (one, unnamed(replace(other, exact=one.exact))),
    ):
        law, (_, mean) = law_of(at(1, *kinds)), two_kinds(rates, means)
        assert law.moment[FAST] < mean < law.moment[SLOW]
        assert law.moment == pytest.approx([mean] * 3, rel=0.08)
    # past the lattice nothing is known of unnamed work; named work has its moments
    kinds = (calls(point(0.4), exponential(0.5)), calls(point(0.3), exponential(2.0)))
    whole, load, second = 0.7, 0.4 * 0.5 + 0.3 * 2.0, (0.4 * 0.5 + 0.3 * 8.0) / 0.7
    assert law_of(at(2, *kinds)).moment[SLOW] == pytest.approx(whole / 2 * second / 2 / (1 - load / 2))


def test_work_past_the_lattice_keeps_its_mean() -> None:
    """One call in two takes 40 s, past the 20.48 s that the lattice knows: P(W = 0) = 1 - rho at the slow end, and at
    the fast one no work takes longer than the lattice knows."""
    short, long = calls(ONE, Constant(1.0)).law, calls(ONE, Constant(40.0)).law
    half = GRID.triple(0.5, 0.5, 0.5)
    both = added([scaled(GRID, short, half), scaled(GRID, long, half)])
    law = law_of(at(1, Demand(both, None, point(0.02), "x")))
    assert law.cdf[SLOW, 0] == pytest.approx(1 - 0.02 * 20.5)
    assert law.cdf[FAST, 0] == pytest.approx(1 - 0.02 * (0.5 + 0.5 * 20.48), abs=0.01)
    rounded_up = Defective(both.cells, both.mass, np.full(3, 10.7))  # less than what lies past the lattice
    law = law_of(at(1, Demand(rounded_up, None, point(0.02), "x")))
    assert law.cdf[SLOW, 0] == pytest.approx(1 - 0.02 * (0.5 + 0.5 * 20.48))
    outrun = at(1, Demand(long, None, Interval(0.01, None, 0.025), "x"))
    assert any("may saturate" in note for note in outrun.notes)


def test_shares_that_floats_leave_out_are_not_past_the_lattice() -> None:
    """Fourteen times, each as likely: as floats they sum to less than one, and the mean wait is finite all the same."""
    cells = np.zeros((3, GRID.cells))
    cells[:, 8:120:8] = 1 / 14
    assert cells[0].sum() < 1.0
    times = np.arange(8, 120, 8) * GRID.step
    law = law_of(at(1, Demand(Defective(cells, np.ones(3), np.full(3, times.mean())), None, point(0.5), "x")))
    truth = 0.5 * (times**2).mean() / 2 / (1 - 0.5 * times.mean())
    assert law.moment == pytest.approx([truth] * 3, rel=0.05)


def test_of_work_that_may_not_end_or_is_counted_twice_there_is_no_wait_law() -> None:
    """Shares that end are only known to a range, as they are where a part may fail: no wait at the fast end, and
    nothing known at the others."""
    work = calls(ONE, exponential(0.5)).law
    for share in (GRID.triple(1.0, 0.8, math.nan), GRID.triple(1.2, 0.8, 1.1)):
        ranged = Defective(work.cells * share[:, None], work.mass * share, work.moment)
        law = law_of(at(1, Demand(ranged, None, point(0.5), "x")))
        assert np.isinf(law.moment[SLOW]) and law.cells[SLOW].sum() == 0.0 and math.isnan(law.moment[NOMINAL])
        assert law.cdf[FAST, 0] == (1.0 if share[FAST] > 1.0 else pytest.approx(0.75, abs=0.02))
    unstated = Defective(work.cells * np.array([[1.0], [1.0], [math.nan]]), work.mass, work.moment)
    assert math.isnan(law_of(at(1, Demand(unstated, None, point(0.5), "x"))).moment[NOMINAL])


def test_nearly_equal_loads_share_one_bound() -> None:
    """Rates are rounded up to three digits where there is but a bound."""
    one, other = (law_of(at(2, calls(point(r), Gamma(1.0, 0.5)))) for r in (1.2012, 1.2098))
    assert (one.cells[SLOW] == other.cells[SLOW]).all()
