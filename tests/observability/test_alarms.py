"""Alarms on shares: the workbook's own numbers, and a stream of events played one by one."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from groma.solvers.monitoring import (
    Pair,
    budget_spent,
    burn_rate,
    count_alarms,
    count_limit,
    ratio_alarms,
    ratio_detection,
    reset_time,
    time_to_detect,
)

HOUR, DAY = 3600.0, 86400.0


def test_burn_rates_are_those_of_the_workbook() -> None:
    """The Site Reliability Workbook, chapter 5, table 5-8 (30 days): page at 14.4 over 1 h and 5 min (2 % of the
    budget) and at 6 over 6 h and 30 min (5 %), ticket at 1 over 3 days and 6 h (10 %); the short one is a twelfth."""
    assert burn_rate(0.02, HOUR, 30 * DAY) == pytest.approx(14.4)
    assert burn_rate(0.05, 6 * HOUR, 30 * DAY) == pytest.approx(6.0)
    assert burn_rate(0.10, 3 * DAY, 30 * DAY) == pytest.approx(1.0)
    assert budget_spent(36.0, HOUR, 30 * DAY) == pytest.approx(
        0.05
    )  # its method 4: 5 % of the budget in an hour


def test_detection_times_are_those_of_the_workbook() -> None:
    """Same chapter: a total outage of a 99.9 % service is seen after 0.6 s in a 10 min window at the target itself, and
    at a burn rate of 36 over an hour after 2.16 min."""
    assert time_to_detect(1.0, 0.001, 600.0) == pytest.approx(0.6)
    assert time_to_detect(1.0, 0.036, HOUR) == pytest.approx(2.16 * 60)
    assert time_to_detect(0.01, 0.036, HOUR) == math.inf
    assert reset_time(1.0, 0.0144, 300.0) == pytest.approx(295.68)
    assert reset_time(0.5, 0.0144, 300.0) == pytest.approx(300.0 - 0.0144 / 0.5 * 300.0)
    # "reset time: 58 minutes" of an alert at a burn rate of 36 over one hour, after a total outage
    assert round(reset_time(1.0, 0.036, HOUR) / 60) == 58


def played(rate: float, bad: float, ratio: float, windows: Pair, seconds: float, seed: int) -> int:
    """How often the alarm begins in a stream of events that is looked at whenever something enters or leaves."""
    draw = np.random.default_rng(seed)
    times = np.sort(draw.uniform(0.0, seconds, draw.poisson(rate * seconds)))
    is_bad = draw.uniform(size=times.size) < bad
    changes = sorted(
        [(t, 0, int(b)) for t, b in zip(times, is_bad, strict=True)]
        + [(t + windows.short, 1, int(b)) for t, b in zip(times, is_bad, strict=True)]
        + [(t + windows.long, 2, int(b)) for t, b in zip(times, is_bad, strict=True)]
    )
    short, long = [0, 0], [0, 0]
    begun, on = 0, False
    for when, kind, b in changes:
        if kind == 0:
            short[b] += 1
            long[b] += 1
        elif kind == 1:
            short[b] -= 1
        else:
            long[b] -= 1
        holds = all(w[1] > 0 and w[1] >= ratio * sum(w) - 1e-12 for w in (short, long))
        if holds and not on and windows.long <= when <= seconds:
            begun += 1
        on = holds
    return begun


@pytest.mark.parametrize(
    ("rate", "bad", "ratio", "windows"),
    [
        (0.5, 0.05, 0.1, Pair(120.0, 20.0)),
        (0.05, 0.1, 0.3, Pair(300.0, 60.0)),
        (1.0, 0.3, 0.42, Pair(60.0, 10.0)),
    ],
)
def test_alarms_by_chance_are_those_of_a_played_stream(
    rate: float, bad: float, ratio: float, windows: Pair
) -> None:
    seconds = 100_000.0 / rate
    expected, exact = ratio_alarms(rate, bad, ratio, windows)
    seen = sum(played(rate, bad, ratio, windows, seconds, seed) for seed in range(3)) / (
        3 * (seconds - windows.long)
    )
    assert exact
    assert seen == pytest.approx(expected, rel=0.1)


def test_many_events_are_taken_at_their_mean_and_nearly_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    from groma.solvers.monitoring import alarms

    windows = Pair(3600.0, 300.0)
    monkeypatch.setattr(alarms, "MOST_TERMS", 100_000_000)
    exact, sure = ratio_alarms(1.0, 0.01, 0.03, windows)
    monkeypatch.setattr(alarms, "MOST_TERMS", 0)
    near, unsure = ratio_alarms(1.0, 0.01, 0.03, windows)
    assert sure and not unsure
    assert near == pytest.approx(exact, rel=0.5)


@pytest.mark.parametrize(
    ("bad", "short", "rest", "exact"),
    [
        (1e-8, 800.0, 100.0, True),  # 42 counts of bad ones, 563 of good ones, 42 of bad ones before: 993,132
        (1e-8, 821.0, 100.0, False),  # 42 * 569 * 42 = 1,003,716
        (1e-8, 400.0, 1e6, True),
        (1 - 1e-6, 900.0, 0.01, False),  # 591 * 42 * 42
        (0.5, 2.0, 4000.0, False),  # about 54 * 54 * 841
        (1e-4, 4000.0, 100.0, False),
    ],
)
def test_up_to_a_million_of_counts_are_summed(bad: float, short: float, rest: float, exact: bool) -> None:
    """Of a Poisson law of mean m those within 8.5 sqrt(m) + 40 of it."""
    assert ratio_alarms(1.0, bad, 0.9, Pair(short + rest, short))[1] is exact


@pytest.mark.parametrize(
    ("rate", "bad", "ratio", "windows"),
    [
        (4.0, 0.02, 0.021, Pair(3600.0, 300.0)),
        (300.0, 0.1, 0.1003, Pair(3600.0, 300.0)),
        (90.0, 1e-4, 1.1e-4, Pair(3600.0, 300.0)),
    ],
)
def test_with_good_events_at_their_mean_it_begins_when_the_last_bad_one_comes(
    rate: float, bad: float, ratio: float, windows: Pair
) -> None:
    """Limits of both counts at the mean of all events; the chance that just one is missing, summed over the short
    window's count."""
    short, long = (math.ceil(ratio * span * rate) for span in (windows.short, windows.long))
    mean, rest = (rate * bad * span for span in (windows.short, windows.long - windows.short))
    counts = np.arange(int(mean + 40 + 12 * math.sqrt(mean)))

    def reached(extra: int) -> float:
        kept = counts[counts + extra >= short]
        return float(stats.poisson.pmf(kept, mean) @ stats.poisson.sf(long - extra - 1 - kept, rest))

    found, exact = ratio_alarms(rate, bad, ratio, windows)
    assert not exact
    assert found == pytest.approx(rate * bad * (reached(1) - reached(0)), rel=1e-6, abs=0)


def test_count_alarms_are_those_of_a_played_stream() -> None:
    draw = np.random.default_rng(7)
    rate, window, limit, seconds = 0.2, 60.0, 20, 2_000_000.0
    times = np.sort(draw.uniform(0.0, seconds, draw.poisson(rate * seconds)))
    before = np.arange(times.size) - np.searchsorted(times, times - window, side="right")
    assert np.sum(before == limit - 1) / seconds == pytest.approx(count_alarms(rate, window, limit), rel=0.1)


def test_a_limit_is_the_least_that_is_rare_enough() -> None:
    month = 30 * DAY
    for rate in (1e-5, 0.01, 3.0):
        above = math.ceil(rate * HOUR) + 1
        least = next(
            n for n in range(above, above + 900) if rate * stats.poisson.pmf(n - 1, rate * HOUR) <= 1 / month
        )
        assert count_limit(rate, HOUR, 1 / month) == least


def test_detection_with_few_events_waits_for_enough_of_them() -> None:
    windows = Pair(HOUR, 300.0)
    assert ratio_detection(0.01, 1.0, 0.0144, windows) == pytest.approx(
        math.log(2) / 0.01
    )  # one error is enough
    many = ratio_detection(1000.0, 1.0, 0.0144, windows)
    assert many == pytest.approx(time_to_detect(1.0, 0.0144, HOUR), rel=0.01)
    assert ratio_detection(0.01, 0.001, 0.5, windows) == math.inf
    # one is enough and comes within the hundred seconds in 55 % of all cases, a second one in 19 %
    assert ratio_detection(0.01, 0.8, 0.5, Pair(100.0, 10.0)) == pytest.approx(math.log(2) / 0.008)
    # seven of a hundred, though 0.07 * 100 is a little more than seven; every second event is bad
    seven = stats.gamma.ppf(0.3, 7) / 0.5
    assert ratio_detection(1.0, 0.5, 0.07, Pair(100.0, 10.0), 0.3) == pytest.approx(seven, rel=1e-9)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="short < long"):
        Pair(10.0, 20.0)
    assert ratio_alarms(1.0, 0.1, 1.2, Pair(60.0, 5.0)) == (0.0, True)
    with pytest.raises(ValueError, match="window"):
        burn_rate(0.1, 0.0, 1.0)
    assert ratio_alarms(1.0, 0.0, 0.5, Pair(60.0, 5.0)) == (0.0, True)
    assert count_alarms(0.0, 60.0, 1) == 0.0
    assert count_alarms(0.5, 60.0, 1) == pytest.approx(0.5 * math.exp(-30.0))
    assert reset_time(0.001, 0.01, 300.0) == 0.0
    assert time_to_detect(0.01, 0.01, 300.0) == 300.0
    for pair in ((0.0, 10.0), (10.0, 10.0), (math.inf, 10.0)):
        with pytest.raises(ValueError, match="short < long"):
            Pair(*pair)
    for rate, bad, ratio in (
        (0.0, 0.1, 0.1),
        (math.inf, 0.1, 0.1),
        (1.0, -0.1, 0.1),
        (1.0, 1.1, 0.1),
        (1.0, 0.1, 0.0),
    ):
        with pytest.raises(ValueError, match="rate > 0, 0 <= bad <= 1 and ratio > 0"):
            ratio_alarms(rate, bad, ratio, Pair(60.0, 5.0))
    for sure in (0.0, 1.0):
        with pytest.raises(ValueError, match="sure: expected a chance"):
            ratio_detection(1.0, 0.1, 0.1, Pair(60.0, 5.0), sure)
    for rate, window, limit in ((-1.0, 60.0, 1), (1.0, 0.0, 1), (1.0, 60.0, 0)):
        with pytest.raises(ValueError, match="rate >= 0, window > 0 and limit >= 1"):
            count_alarms(rate, window, limit)
    with pytest.raises(ValueError, match="alarms: expected a rate above zero"):
        count_limit(1.0, 60.0, 0.0)


def test_where_all_are_bad_an_alarm_begins_with_each_that_comes_after_a_pause() -> None:
    """One event in the short window is enough: it begins at those before which nothing came for so long."""
    expected, exact = ratio_alarms(0.1, 1.0, 0.5, Pair(60.0, 20.0))
    assert exact
    assert expected == pytest.approx(0.1 * math.exp(-0.1 * 20.0), rel=1e-9)
    assert ratio_detection(0.1, 1.0, 1.1, Pair(60.0, 20.0)) == math.inf
    assert ratio_detection(0.1, 0.0, 0.5, Pair(60.0, 20.0)) == math.inf


FEW = [(0, 40)] * 4
MANY = [(0, 10), (240, 560), (0, 10), (80, 320)]
MOSTLY = [(60, 240), (0, 45), (0, 8), (0, 8)]
BEFORE = [(0, 40), (0, 16), (10, 190), (0, 50)]


@pytest.mark.parametrize(
    ("rate", "bad", "ratio", "windows", "counts"),
    [
        (0.05, 0.3, 0.42, Pair(60.0, 25.0), FEW),
        (0.05, 0.1, 0.25, Pair(60.0, 25.0), FEW),
        (0.3, 0.05, 0.05, Pair(60.0, 25.0), FEW),  # one of twenty: 0.95 / 0.05 is a little less than 19
        (0.1, 0.6, 0.55, Pair(60.0, 25.0), FEW),
        (10.0, 5e-4, 0.0035, Pair(60.0, 40.0), MANY),
        (4.0, 0.95, 0.96, Pair(40.01, 40.0), MOSTLY),
        (1.0, 0.9, 0.93, Pair(105.0, 5.0), BEFORE),
    ],
)
def test_alarms_by_chance_are_those_of_a_sum_over_all_counts(
    rate: float, bad: float, ratio: float, windows: Pair, counts: list[tuple[int, int]]
) -> None:
    """The formula at the head of the module, F summed over all counts of bad and good events in both windows."""
    grid = np.meshgrid(*(np.arange(*ends) for ends in counts), indexing="ij", sparse=True)
    spans = (windows.short, windows.long - windows.short)
    means = [share * rate * span for span in spans for share in (bad, 1.0 - bad)]
    chance = 1.0
    for number, mean in zip(grid, means, strict=True):
        chance = chance * stats.poisson.pmf(number, mean)

    def holds(more_bad: int, more_good: int) -> float:
        near, good_near = grid[0] + more_bad, grid[1] + more_good
        far, good_far = near + grid[2], good_near + grid[3]
        held = (near > 0) & (near >= ratio * (near + good_near)) & (far >= ratio * (far + good_far))
        return float((chance * held).sum())

    now = holds(0, 0)
    expected = rate * (bad * (holds(1, 0) - now) + (1.0 - bad) * (now - holds(0, 1)))
    assert ratio_alarms(rate, bad, ratio, windows) == (pytest.approx(expected, rel=1e-9), True)
