"""The economics of model calls against brute force, published figures and other implementations."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import linprog

from groma.solvers.inference import (
    Line,
    Stage,
    accounts_needed,
    crossings,
    frontier,
    kept_warm,
    monthly,
    net_of_false_hits,
    pays_from,
    policies,
    throttled,
)
from groma.solvers.inference.breakeven import SECONDS_A_MONTH
from groma.solvers.inference.cascades import cascade


@pytest.mark.parametrize("seed", range(40))
def test_crossings_are_those_of_a_fine_grid(seed: int) -> None:
    draw = random.Random(seed)
    line = Line(
        draw.uniform(500, 9000),
        draw.uniform(0.5, 6),
        draw.uniform(1, 5),
        draw.randint(0, 3),
        draw.choice([0, 3000]),
    )
    request = draw.uniform(1.02, 4) * line.instance * line.peak / line.capacity / SECONDS_A_MONTH
    first, always = crossings(line, request)
    rates = np.linspace(0.0, always * 1.5, 40_001)[1:]
    cheaper = np.array([monthly(line, r) <= request * r * SECONDS_A_MONTH * (1 + 1e-9) for r in rates])
    step = rates[1] - rates[0]
    assert rates[cheaper.argmax()] == pytest.approx(first, abs=1.5 * step)
    assert rates[len(cheaper) - cheaper[::-1].argmin() - 1] == pytest.approx(always, abs=1.5 * step)


def test_crossings_at_the_end_of_a_stair_are_there_though_numbers_are_rounded() -> None:
    """A request a second costs 1,839.60 a month, an instance 100. With 5,218.80 beside them three full ones cost just
    what their calls do; with 5,118.80 the fourth begins no dearer, and three are level before they are full."""
    price = 0.0007
    for n in (3, 19):  # nineteen gains over one gain are a little more than nineteen
        full, fewer = (Line(100.0, 1.0, fixed=n * 1739.6 - less) for less in (0.0, 100.0))
        after = (n * 1739.6 + (n + 1) * 100.0) / 1839.6
        assert crossings(full, price) == pytest.approx((float(n), after), rel=1e-12)
        first, always = crossings(fewer, price)
        assert first == always == pytest.approx((n * 1739.6 + (n - 1) * 100.0) / 1839.6, rel=1e-12)
    assert Line(1.0, 1.0, 100.0).instances(0.07) == 7  # 0.07 * 100 is a little more than seven


def test_what_is_as_good_but_for_rounding_is_not_worth_more_money() -> None:
    cheap, dear = (
        replace(cascade([Stage("m", cost, 1.0, 0.5)]), quality=q)
        for cost, q in ((1.0, 0.3), (2.0, 0.1 + 0.2))
    )
    assert frontier((dear, cheap)) == (cheap,)


def test_where_a_full_instance_is_dearer_there_is_no_crossing() -> None:
    line = Line(1000.0, 1.0)
    assert crossings(line, 999.0 / SECONDS_A_MONTH) == (math.inf, math.inf)
    assert crossings(line, 0.0) == (math.inf, math.inf)


def test_one_instance_crosses_where_its_month_is_the_price_of_its_calls() -> None:
    """One instance at 6.88 USD/h against 0.86 USD a thousand calls."""
    first, always = crossings(Line(6.88 * 730, 15.0), 0.00086)
    assert first == always == pytest.approx(6.88 / 0.00086 / 3600)


def bounds_by_programme(accuracies: list[float], unsure: list[float]) -> tuple[float, float]:
    """Least and most share right over every joint law of (who keeps it, who would be right), as a linear programme."""
    n = len(accuracies)
    states = list(itertools.product(range(n), *([(0, 1)] * n)))
    kept, reach = [], 1.0
    for i in range(n):
        share = reach * (1 - unsure[i]) if i < n - 1 else reach
        kept.append(share)
        reach -= share
    rows = [[float(s[0] == i) for s in states] for i in range(n)]
    rows += [[float(s[1 + i]) for s in states] for i in range(n)]
    goal = np.array([float(s[1 + s[0]]) for s in states])
    found = [
        linprog(sign * goal, A_eq=rows, b_eq=[*kept, *accuracies], bounds=(0, 1), method="highs").fun * sign
        for sign in (1, -1)
    ]
    return found[0], found[1]


@pytest.mark.parametrize("seed", range(15))
def test_the_quality_of_a_cascade_lies_in_the_bounds_of_every_joint_law(seed: int) -> None:
    draw = random.Random(seed)
    count = draw.choice([2, 3])
    stages = [Stage(str(i), 1.0, 1.0, draw.random(), draw.uniform(0.05, 0.95)) for i in range(count)]
    found = cascade(stages)
    low, high = bounds_by_programme([s.accuracy for s in stages], [s.unsure for s in stages])
    assert found.low == pytest.approx(low, abs=1e-9)
    assert found.high == pytest.approx(high, abs=1e-9)
    assert low - 1e-9 <= found.quality <= high + 1e-9


def test_costs_and_times_of_a_cascade_are_those_of_a_simulation() -> None:
    stages = [Stage("a", 1.0, 0.2, 0.7, 0.4), Stage("b", 5.0, 0.9, 0.8, 0.3), Stage("c", 20.0, 2.0, 0.95)]
    draw, cost, seconds, right, runs = random.Random(2), 0.0, 0.0, 0, 200_000
    for _ in range(runs):
        for stage in stages:
            cost, seconds = cost + stage.cost, seconds + stage.seconds
            if draw.random() >= stage.unsure:
                right += draw.random() < stage.accuracy
                break
    found = cascade(stages)
    assert found.cost == pytest.approx(cost / runs, rel=0.01)
    assert found.seconds == pytest.approx(seconds / runs, rel=0.01)
    assert found.quality == pytest.approx(right / runs, abs=0.005)
    assert sum(found.shares) == pytest.approx(1.0)


def test_nothing_beats_what_is_on_the_frontier_and_something_beats_the_rest() -> None:
    draw = random.Random(5)
    stages = [
        Stage(str(i), draw.uniform(1, 20), 1.0, draw.uniform(0.5, 0.95), draw.choice([0, 0.3]))
        for i in range(5)
    ]
    every = policies(stages)
    kept = frontier(every)
    assert len({p.names for p in every}) == len(every) and len(every) > 5
    for policy in every:
        beaten = any(
            o.cost <= policy.cost
            and o.quality >= policy.quality
            and (o.cost, o.quality) != (policy.cost, policy.quality)
            for o in every
        )
        assert (policy not in kept) == beaten


def test_a_start_is_kept_as_often_as_in_a_simulated_stream() -> None:
    draw, last, hits, at = random.Random(1), -math.inf, 0, 0.0
    for _ in range(100_000):
        at += draw.expovariate(0.004)
        hits += at - last <= 300.0
        last = at
    assert kept_warm(0.004, 300.0) == pytest.approx(hits / 100_000, abs=0.005)


def test_wrong_hits_can_cost_more_than_hits_save() -> None:
    assert net_of_false_hits(0.3, 0.05, 0.01, 0.1) == pytest.approx(0.3 * (0.01 - 0.005))
    assert net_of_false_hits(0.3, 0.2, 0.01, 0.1, 0.001) == pytest.approx(-0.3 * 0.01 - 0.001)


@pytest.mark.parametrize(
    ("rate", "limit"), [(4.0, 400_000.0), (4.0, 330_000.0), (6.0, 330_000.0), (0.5, 60_000.0)]
)
def test_what_is_turned_away_is_bracketed_and_near_a_simulation(rate: float, limit: float) -> None:
    draw = np.random.default_rng(7)
    sizes = draw.gamma(4.0, 350.0, 200_000)
    mean, square = float(sizes.mean()), float((sizes**2).mean())
    over = []
    for _ in range(8_000):
        over.append(max(0.0, draw.choice(sizes, draw.poisson(rate * 60)).sum() - limit))
    share = float(np.mean(over)) / (rate * 60 * mean)
    found = throttled(rate, mean, square, limit)
    assert found.low - 0.004 <= share <= found.high + 0.004
    assert found.value == pytest.approx(share, abs=0.006)


def test_many_accounts_are_the_fewest_that_do_as_well() -> None:
    """Demand of 24,000 a minute against 500 each: 48 by Jensen, and up to a hundred one by one."""
    found = accounts_needed(400.0, 1.0, 1.0, 500.0, 0.01)
    assert 48 <= found.low <= found.value <= found.high < 100
    for count, which in ((found.low, "low"), (found.value, "value"), (found.high, "high")):
        assert getattr(throttled(400.0 / count, 1.0, 1.0, 500.0), which) <= 0.01
        assert getattr(throttled(400.0 / (count - 1), 1.0, 1.0, 500.0), which) > 0.01


def test_accounts_are_the_fewest_that_do() -> None:
    found = accounts_needed(20.0, 1.0, 1.0, 500.0, 0.01)
    for count, which in ((found.low, "low"), (found.value, "value"), (found.high, "high")):
        assert getattr(throttled(20.0 / count, 1.0, 1.0, 500.0), which) <= 0.01
        assert count == 1 or getattr(throttled(20.0 / (count - 1), 1.0, 1.0, 500.0), which) > 0.01
    assert found.low <= found.value <= found.high and found.value == 3


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        *(
            (lambda given=given: Line(**{"instance": 1.0, "capacity": 1.0, **given}), "a peak of one or more")
            for given in ({"instance": -1.0}, {"fixed": -1.0}, {"capacity": 0.0}, {"peak": 0.9}, {"least": -1})
        ),
        (lambda: crossings(Line(1.0, 1.0), -0.1), "a price of a request"),
        (lambda: kept_warm(-1.0, 1.0), "a rate and a life"),
        (lambda: kept_warm(1.0, -1.0), "a rate and a life"),
        *(
            (lambda given=given: net_of_false_hits(*given), "shares between 0 and 1")
            for given in (
                (-0.1, 0.1, 1.0, 1.0), (1.1, 0.1, 1.0, 1.0), (0.1, -0.1, 1.0, 1.0), (0.1, 1.1, 1.0, 1.0),
                (0.1, 0.1, -1.0, 1.0), (0.1, 0.1, 1.0, -1.0), (0.1, 0.1, 1.0, 1.0, -1.0),
            )
        ),
        *(
            (lambda given=given: Stage("m", *given), "m: expected shares between 0 and 1")
            for given in (
                (-1.0, 1.0, 0.5), (1.0, -1.0, 0.5), (1.0, 1.0, -0.1), (1.0, 1.0, 1.1), (1.0, 1.0, 0.5, -0.1),
                (1.0, 1.0, 0.5, 1.1),
            )
        ),
        (lambda: policies(Stage(str(n), 1.0, 1.0, 0.5) for n in range(13)), "at most 12 models, found 13"),
        (lambda: pays_from(-1.0, 1.0), "money of zero or more"),
        (lambda: pays_from(1.0, -1.0), "money of zero or more"),
        *(
            (lambda given=given: throttled(*given), "a rate, sizes and a limit")
            for given in (
                (-1.0, 1.0, 1.0, 1.0), (1.0, -1.0, 1.0, 1.0), (1.0, 1.0, 0.9, 1.0), (1.0, 1.0, 1.0, -1.0),
                (1.0, 2.0, 3.0, 1.0),
                (1.0, 1.0, 1.0, 1.0, 0.0),
            )
        ),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(ask: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ask()


def test_ends_of_what_makes_sense() -> None:
    assert Line(0.0, 1.0, 1.0, 0).instances(0.0) == 0
    assert Line(1.0, 2.0, 3.0, 0).instances(2.0) == 3 == Line(1.0, 2.0, 3.0, 3).instances(0.1)
    assert monthly(Line(10.0, 2.0, 3.0, 0, 5.0), 2.1) == 5.0 + 4 * 10.0
    assert len(policies(Stage(str(n), 1.0, 1.0, 0.5) for n in range(12))) == 12
    # alone, in pairs and in threes, in every order: 5 + 20 + 60
    assert len(policies(Stage(str(n), 1.0, 1.0, 0.5, 0.1) for n in range(5))) == 85
    assert throttled(1.0, 0.5, 0.25, 1e6).low == throttled(1.0, 0.1, 0.01, 1e6).low == 0.0  # all alike
    assert (kept_warm(0.0, 5.0), kept_warm(5.0, 0.0)) == (0.0, 0.0)
    nothing = throttled(0.0, 1.0, 1.0, 5.0)
    assert (nothing.low, nothing.value, nothing.high) == (0.0, 0.0, 0.0)
    # of 60 calls in a minute none may pass: all are turned away, whatever the law
    assert throttled(1.0, 1.0, 1.0, 0.0).low == 1.0 == throttled(1.0, 1.0, 1.0, 0.0).high
    # half of the demand is surely too much; at the limit itself Scarf has sqrt(60) / 2 of 60, the normal law 0.3989
    assert throttled(1.0, 1.0, 1.0, 30.0).low == 0.5
    even = throttled(1.0, 1.0, 1.0, 60.0)
    assert (even.low, even.value, even.high) == pytest.approx(
        (0.0, math.sqrt(60 / (2 * math.pi)) / 60, math.sqrt(60) / 120)
    )
    for limit in (0.0, -1.0):
        assert accounts_needed(1.0, 1.0, 1.0, limit).low == math.inf
    assert accounts_needed(1e9, 1.0, 1.0, 1.0).low == math.inf
    assert accounts_needed(0.0, 1.0, 1.0, 1.0).high == 1
    assert pays_from(1000.0, 1000.0) == 1.0
    assert pays_from(1.0, 0.0) == math.inf


def test_where_a_full_instance_costs_what_its_calls_do_it_is_never_surely_cheaper() -> None:
    """Full instances at exactly the price of their calls: level at each end of a stair, dearer right after it."""
    line = Line(1000.0, 1.0)
    first, always = crossings(line, 1000.0 / SECONDS_A_MONTH)
    assert first == pytest.approx(1.0)
    assert always == math.inf
    assert crossings(Line(1000.0, 1.0, fixed=1.0), 1000.0 / SECONDS_A_MONTH) == (math.inf, math.inf)


def test_a_commitment_pays_from_the_share_of_hours_at_which_both_cost_the_same() -> None:
    assert pays_from(600.0, 1000.0) * 1000.0 == 600.0
    assert pays_from(1200.0, 1000.0) == math.inf and pays_from(0.0, 0.0) == 0.0
