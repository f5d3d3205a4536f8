"""Loops whose number of rounds is only known as a range, against sums over every number of rounds."""

from __future__ import annotations

import math

import pytest

from analyses.brackets import GRID, assert_held, cdf_of
from analyses.given import context
from groma.analyses.interval import Interval
from groma.analyses.outcome.algebra import OK, Outcome
from groma.analyses.outcome.crowded import Demand
from groma.analyses.outcome.law import FAST, SLOW, fixed
from groma.analyses.outcome.reading import Outcomes
from groma.analyses.outcome.wait import slowest
from groma.model.law import Constant, Gamma

ROUND = 0.005
Ends = list[tuple[float, float]]


def looped(fails: str, loop: str) -> Outcome:
    text = f"""
components: {{a: {{kind: s, offers: {{f: {{work: 5 ms, fails: {fails}}}}}}}}}
flows: {{main: {{steps: [{{repeat: {{{loop}, steps: [{{call: a.f}}]}}}}]}}}}
"""
    return Outcomes(context(text), GRID).flow("main")


def counted(counts: dict[int, float], ok: float) -> tuple[Ends, Ends]:
    """(ok, failed) as (probability, time): every round of every number of rounds."""
    good: Ends = []
    bad: Ends = []
    for number, weight in counts.items():
        good.append((weight * ok**number, ROUND * number))
        bad += [(weight * ok**before * (1 - ok), ROUND * (before + 1)) for before in range(number)]
    return good, bad


def assert_holds(outcome: Outcome, good: Ends, bad: Ends) -> None:
    others = frozenset(outcome.ends) - {OK}
    assert_held(outcome, frozenset({OK}), cdf_of(good, GRID), sum(w for w, _ in good), 1e-9)
    if bad[0][0] > 0:
        assert_held(outcome, others, cdf_of(bad, GRID), sum(w for w, _ in bad), 1e-9)
    whole = cdf_of([*good, *bad], GRID)
    assert_held(outcome, frozenset({OK, *others}), whole, 1.0, 1e-9)
    if outcome.total is not None:
        assert (outcome.total.cdf[FAST] >= whole - 1e-9).all() and (
            outcome.total.cdf[SLOW] <= whole + 1e-9
        ).all()


@pytest.mark.parametrize("fails", [0, 10])
def test_a_known_number_of_rounds_holds_every_number_in_its_range(fails: int) -> None:
    outcome = looped(f"{fails} %", "times: {value: 3, known: 1 .. 6}")
    for number in range(1, 7):
        assert_holds(outcome, *counted({number: 1.0}, 1 - fails / 100))
    law = outcome.ends[OK]
    assert law.mass[SLOW] == pytest.approx((1 - fails / 100) ** 6)
    assert law.mass[FAST] == pytest.approx(1 - fails / 100)


@pytest.mark.parametrize("fails", [0, 10])
def test_an_exact_loop_ends_as_the_sum_says(fails: int) -> None:
    ok = 1 - fails / 100
    assert_holds(looped(f"{fails} %", "times: 4"), *counted({4: 1.0}, ok))
    assert_holds(looped(f"{fails} %", "until: 50 %"), *counted({n: 0.5**n for n in range(1, 101)}, ok))


@pytest.mark.parametrize("fails", [0, 10])
def test_a_loop_until_a_last_round_holds_every_chance_in_its_range(fails: int) -> None:
    outcome = looped(f"{fails} %", "until: {value: 50 %, known: 40 % .. 80 %}")
    for last in (0.4, 0.5, 0.8):
        counts = {n: last * (1 - last) ** (n - 1) for n in range(1, 101)}
        assert_holds(outcome, *counted(counts, 1 - fails / 100))
    ok = 1 - fails / 100
    ends = [ok * last / (1 - ok * (1 - last)) for last in (0.4, 0.8)]
    assert outcome.ends[OK].mass[:2] == pytest.approx(ends[::-1])
    if not fails:
        low, high = outcome.ends[OK].moment[:2]
        assert low <= ROUND / 0.8 + 1e-9 and high + 1e-9 >= ROUND / 0.4


def test_rounds_that_may_go_on_past_the_grid_have_a_mean_without_an_upper_end() -> None:
    """Where hardly ever a round is the last, a third of the runs goes on past 512 ms."""
    outcome = looped("0 %", "until: {value: 50 %, known: 1 % .. 80 %}")
    low, high = outcome.ends[OK].moment[:2]
    assert low <= ROUND / 0.8 + 1e-9 and high == math.inf


def test_one_that_stands_for_calls_of_several_kinds_is_as_slow_as_the_slowest() -> None:
    """One and three milliseconds: nothing is known but that it takes between both; of one kind its law is kept."""
    one, three = Constant(0.001), Constant(0.003)
    rate = Interval(1.0, 1.0, 1.0)
    first = Demand(fixed(GRID, 0.001), (one,) * 3, rate, "first")
    other = Demand(fixed(GRID, 0.003), (three,) * 3, rate, "other")
    for demands in ((first, other), (other, first)):
        (stands,) = slowest(GRID, demands, 7.0)
        assert stands.exact is None
        assert stands.law.cdf[SLOW, :3] == pytest.approx([0.0, 0.0, 0.0]) and stands.law.cdf[SLOW, 3] == 1.0
        assert stands.law.cdf[FAST, 1] == 1.0
        assert (stands.rate.low, stands.rate.value, stands.rate.high) == (0.0, None, 7.0)
    law = Gamma(0.001, 0.001)
    alike = [Demand(fixed(GRID, 0.001), (law,) * 3, rate, key) for key in "ab"]
    (stands,) = slowest(GRID, alike, 7.0)
    assert stands.exact == (law,) * 3
    assert slowest(GRID, (), 7.0) == ()
