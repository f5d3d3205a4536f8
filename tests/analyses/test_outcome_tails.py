"""Means and percentiles of what ends late or past the lattice, against closed forms and counts by hand."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy.special import lambertw  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

from analyses.given import context, loop
from groma.analyses.outcome.algebra import OK, Outcome, after, any_end, split
from groma.analyses.outcome.call import overflow
from groma.analyses.outcome.hedge import hedged
from groma.analyses.outcome.join import joined
from groma.analyses.outcome.law import (
    FAST,
    NOMINAL,
    SLOW,
    Array,
    Defective,
    Grid,
    added,
    enveloped,
    fixed,
    from_cdf,
    scaled,
    unbounded,
    until,
)
from groma.analyses.outcome.read_off import quantile, tail_of
from groma.analyses.outcome.reading import Outcomes
from groma.analyses.outcome.repeat import repeated

GRID = Grid(1.0, 8)
ENDS = [FAST, SLOW]


def at(time: float, high: float = 1.0, low: float | None = None, grid: Grid = GRID) -> Defective:
    low = high if low is None else low
    return scaled(grid, fixed(grid, time), grid.triple(high, low, (high + low) / 2))


def exponential(grid: Grid, mean: float, share: float = 1.0) -> Defective:
    """Rounded down, up, and to the middle; in a share of runs."""
    points = grid.step * np.arange(grid.cells)
    up = np.diff(1 - np.exp(-points / mean), prepend=0.0)
    down = np.diff(1 - np.exp(-(points + grid.step) / mean), prepend=0.0)
    cells = np.array([down, up, (down + up) / 2])[: grid.rows]
    return scaled(
        grid, Defective(cells, np.ones(grid.rows), np.full(grid.rows, mean)), np.full(grid.rows, share)
    )


def exponential_until(mean: float, limit: float) -> float:
    """E[T; T <= limit]."""
    return mean * (1 - math.exp(-limit / mean)) - limit * math.exp(-limit / mean)


@pytest.mark.parametrize("mean", [0.3, 2.0, 100.0])
@pytest.mark.parametrize("limit", [0.55, 1.0, 1.7, 8.0, 9.5])
def test_the_mean_of_what_comes_in_time_is_bracketed(mean: float, limit: float) -> None:
    grid = Grid(0.125, 64)
    found, truth = until(grid, exponential(grid, mean), limit), exponential_until(mean, limit)
    assert found.moment[FAST] <= truth + 1e-12 <= found.moment[SLOW] + 2e-12
    known = limit < 8.0 or mean < 1
    assert math.isnan(found.moment[NOMINAL]) is math.isnan(found.mass[NOMINAL]) is not known
    if known:
        assert found.moment[NOMINAL] == pytest.approx(truth, rel=0.12, abs=0.02)
        assert truth - 0.126 <= found.moment[FAST] and found.moment[SLOW] <= truth + 0.3


def test_what_comes_in_time_counts_no_longer_than_the_limit() -> None:
    """By hand: half at once and half whenever, by 2.5 s at most; one at two seconds; half of all in up to nine."""
    either = added([at(0.0, 0.5), scaled(GRID, unbounded(GRID), np.full(3, 0.5))])
    assert until(GRID, either, 2.5).moment[ENDS] == pytest.approx([0.0, 1.25])
    assert until(GRID, either, 0.5).moment[ENDS] == pytest.approx([0.0, 0.25])
    surely = until(GRID, at(2.0), 4.5)
    assert surely.moment == pytest.approx([2, 2, 2]) and surely.mass == pytest.approx([1, 1, 1])
    assert until(GRID, added([at(2.0, 0.5), at(6.0, 0.5)]), 4.5).moment == pytest.approx([1, 1, 1])
    late = Defective(np.zeros((3, 8)), np.full(3, 0.5), np.full(3, 50.0))
    assert until(GRID, late, 9.0).moment[SLOW] == pytest.approx(4.5)


def test_an_envelope_ends_no_later_than_the_last_of_its_parts() -> None:
    """3 to 5 in ten by one second or 2 to 9 in ten by two: nothing comes later, whichever it is."""
    law = enveloped(GRID, [at(1.0, 0.5, 0.3), at(2.0, 0.9, 0.2)])
    assert quantile(GRID, law, 0.99)[:2] == (1.0, 2.0)
    assert float(law.mass[FAST]) - np.cumsum(law.late)[[0, 1, 2]] == pytest.approx([0.9, 0.9, 0.0])
    assert quantile(GRID, enveloped(GRID, [at(0.0, 0.5, 0.3), at(0.0, 0.9, 0.2)]), 0.99)[:2] == (0.0, 0.0)


def test_percentiles_are_those_of_the_runs_that_end_so() -> None:
    """Half of all runs end after a second: all that do. Eight tenths, summed up one by one, are eight tenths."""
    assert quantile(GRID, at(1.0, 0.5), 0.99) == (1.0, 1.0, 1.0)
    tenths = added([at(1.0, 0.1)] * 8 + [at(2.0, 0.1)] * 2)
    whole = Defective(tenths.cells, np.ones(3), tenths.moment)
    assert float(tenths.cdf[NOMINAL, 1]) < 0.8 and quantile(GRID, whole, 0.8)[::2] == (1.0, 1.0)
    assert quantile(GRID, tenths, 0.81) == (2.0, 2.0, 2.0)


def test_the_mean_past_the_lattice_of_an_exponential_time() -> None:
    """It forgets: m exp(-h / m) is left at h. And a law from its distribution function has its own mean."""
    grid = Grid(0.01, 200)
    upper, nominal = tail_of(grid, exponential(grid, 3.0))
    truth = 3 * math.exp(-2 / 3)
    assert truth <= upper <= truth + 0.01 and nominal == pytest.approx(truth, rel=1e-3)
    small = Grid(0.5, 8)
    assert from_cdf(small, fixed(small, 2.0).cdf, np.ones(3), 0.0, 0.0).moment == pytest.approx([2, 2, 2])
    assert from_cdf(small, fixed(small, 2.0).cdf, np.ones(3), 3.0, 1.0).moment == pytest.approx([2, 5, 3])


def lost(time: float, start: float, more: int, share: float) -> tuple[float, float]:
    """How surely an attempt comes back, and its mean: each is lost by itself; the first that isn't, counts."""
    mass = mean = 0.0
    for gone in itertools.product((True, False), repeat=more + 1):
        weight = math.prod(1 - share if lost_ else share for lost_ in gone)
        if not all(gone):
            mass, mean = mass + weight, mean + weight * (time + gone.index(False) * start)
    return mass, mean


@pytest.mark.parametrize("time", [1.0, 2.0, 2.5, 4.0, 4.5, 5.0, 5.5, 6.0, 7.0])
@pytest.mark.parametrize(("start", "more"), [(3.0, 1), (3.0, 2), (2.5, 1), (0.5, 1)])
@pytest.mark.parametrize("share", [1.0, 0.5, 0.05])
def test_what_a_hedge_brings_past_the_lattice_is_in_its_mean(
    time: float, start: float, more: int, share: float
) -> None:
    """Half or nearly all attempts are lost: which come back is tried one by one; exact where all is on the lattice."""
    law = hedged(GRID, Outcome({OK: at(time, share)}), start, more).ends[OK]
    mass, mean = lost(time, start, more, share)
    assert law.mass == pytest.approx([mass] * 3)
    assert law.moment[FAST] <= mean + 1e-9 and mean <= law.moment[SLOW] + 1e-9
    if time % 1 == start % 1 == 0 and (share == 1 or time + more * start < 8):
        assert law.moment[ENDS] == pytest.approx([mean] * 2)


def test_the_mean_of_a_hedge_that_outlives_the_lattice_by_far() -> None:
    """Nine in ten attempts are lost, others take an exponential time m: E[T; ok] is the integral of P(T > t, ok), in
    closed form, and no attempt more comes for times that surely end."""
    grid, mean, start, p = Grid(0.005, 200), 1.0, 0.3, 0.1
    law = hedged(grid, Outcome({OK: exponential(grid, mean, p)}), start, 1).ends[OK]
    whole = p + p * (1 - p)
    # After the start: P(T > t, ok) = whole - F(t) - (1 - F(t)) F(t - s), F = p (1 - exp(-t)).
    times = start + (np.arange(400_000) + 0.5) * 1e-4
    first, second = p * (1 - np.exp(-times)), p * (1 - np.exp(-(times - start)))
    truth = float((whole - first - (1 - first) * second).sum() * 1e-4)
    early = (np.arange(3000) + 0.5) * 1e-4
    truth += float((whole - p * (1 - np.exp(-early))).sum() * 1e-4)
    assert law.moment[FAST] <= truth <= law.moment[SLOW]
    surely = hedged(grid, Outcome({OK: exponential(grid, mean)}), start, 1).ends[OK]
    exact = 1 - math.exp(-start) + math.exp(-start) / 2
    assert surely.moment[FAST] <= exact <= surely.moment[SLOW] < exact + math.exp(-1.0)


@pytest.mark.parametrize("more", [1, 2])
def test_an_attempt_that_failed_before_the_next_would_start_is_the_last(more: int) -> None:
    """Four in ten fail after 1.5 s, and two seconds are waited for."""
    found = hedged(GRID, Outcome({OK: at(5.0, 0.6), "failed": at(1.5, 0.4)}), 2.0, more)
    assert found.ends["failed"].mass[ENDS] == pytest.approx([0.4, 0.4])


def test_the_kind_of_error_of_a_hedge_is_that_of_the_attempt_that_failed_last() -> None:
    """Half fail after a mean of 1, half are throttled after a mean of 1/3, exponentially; the second starts at 0.5.
    After it times begin anew, and of two different ones the slower is the last in three of four cases."""
    grid, start = Grid(0.01, 1024), 0.5
    one = Outcome({"failed": exponential(grid, 1.0, 0.5), "throttled": exponential(grid, 1 / 3, 0.5)})
    found = hedged(grid, one, start, 1).ends
    slow, quick = 0.5 * math.exp(-start), 0.5 * math.exp(-3 * start)
    truth = 0.5 - slow + slow * (0.5 + 0.5 * 0.75) + quick * 0.5 * 0.75
    assert found["failed"].mass[NOMINAL] == pytest.approx(truth, abs=2e-3)
    assert found["throttled"].mass[NOMINAL] == pytest.approx(1 - truth, abs=2e-3)


def test_an_error_that_comes_late_is_the_last_more_often_than_an_attempt_ends_in_it() -> None:
    """Half fail after three seconds, half are throttled after one; two attempts, the second at once but for half a
    second: unless both are throttled, the failed one is the last."""
    small = Grid(0.5, 16)
    found = hedged(
        small, Outcome({"failed": at(3.0, 0.5, grid=small), "throttled": at(1.0, 0.5, grid=small)}), 0.5, 1
    )
    for kind, truth in (("failed", 0.75), ("throttled", 0.25)):
        mass = found.ends[kind].mass
        assert (
            mass[SLOW] <= truth + 1e-9
            and mass[NOMINAL] == pytest.approx(truth)
            and truth - 1e-9 <= mass[FAST]
        )


def test_of_two_alike_errors_each_is_nominally_the_first_as_often_and_as_soon() -> None:
    """Two exponential times, most of both past the lattice: each kind has half of what both have as one."""
    grid = Grid(0.005, 100)
    one = joined(grid, 2, [Outcome({"failed": exponential(grid, 1.0)})] * 2).ends["failed"]
    found = joined(grid, 2, [Outcome({kind: exponential(grid, 1.0)}) for kind in ("failed", "timeout")]).ends
    for kind in ("failed", "timeout"):
        assert found[kind].mass[NOMINAL] == pytest.approx(0.5)
        assert found[kind].moment[NOMINAL] == pytest.approx(one.moment[NOMINAL] / 2, rel=1e-3)


@pytest.mark.parametrize(
    ("offered", "rate", "burst"), [(0.4, 4.0, 1), (0.01, 4.0, 3), (3.0, 4.0, 6), (0.9, 1.0, 2)]
)
def test_a_bucket_turns_away_no_more_than_lundberg_allows(offered: float, rate: float, burst: int) -> None:
    """The root in closed form: u = -r - W(-r exp(-r)) on the lower branch, u = theta / rate. A bucket of one is a
    server without a queue, which Erlang's formula turns r / (1 + r) away from."""
    load = offered / rate
    root = -load - float(lambertw(-load * math.exp(-load), -1).real)  # pyright: ignore
    share, _ = overflow(offered, rate, burst)
    assert share == pytest.approx(math.exp(-root * (burst - 1)), rel=1e-9)
    assert burst > 1 or share >= load / (1 + load)


def ends_of(loss: Array | None, until_: str, fails: float) -> Outcome:
    round_ = split(GRID, after(fixed(GRID, 1.0)), OK, np.full(3, fails), "failed")
    if loss is not None:
        round_ = Outcome({kind: scaled(GRID, law, 1 - loss) for kind, law in round_.ends.items()})
    return repeated(GRID, "p", loop(until_), round_)


def test_rounds_of_which_it_is_not_known_how_many_come_to_an_end_where_one_is_surely_the_last() -> None:
    """Until a chance of 20 to 50 %, or 0 to 50 %: then it may go on for ever. Rounds that are lost never end."""
    assert any_end(GRID, ends_of(None, "until: 20 % .. 50 %", 0.1)).mass[ENDS] == pytest.approx([1, 1])
    assert any_end(GRID, ends_of(None, "until: 0 % .. 50 %", 0.0)).mass[ENDS] == pytest.approx([1, 0])
    assert any_end(GRID, ends_of(np.full(3, 0.1), "times: 1 .. 2", 0.0)).mass[ENDS] == pytest.approx(
        [0.9, 0.81]
    )


def test_a_lost_message_is_noticed_between_the_ends_of_the_limit() -> None:
    """Three in ten are lost and noticed after two to four seconds; of what comes, two in ten are throttled."""
    text = """
components:
  a: {kind: s, offers: {f: {work: 1 s, throttled: 20 %}}}
  b: {kind: s, offers: {g: {work: 0 s, steps: [{call: a.f}]}}}
connections: {ba: {from: b, to: a, loss: 30 %, gives_up_after: 2 s .. 4 s}}
flows: {main: {starts: {rate: 1/h}, steps: [{call: b.g}]}}
"""
    found = Outcomes(context(text), GRID).flow("main").ends
    assert {kind: law.mass.tolist() for kind, law in found.items()} == {
        OK: pytest.approx([0.56] * 3),
        "throttled": pytest.approx([0.14] * 3),
        "unavailable": pytest.approx([0.3] * 3),
    }
    assert found["unavailable"].cdf[ENDS][:, [1, 2, 3, 4]] == pytest.approx(
        np.array([[0, 0.3, 0.3, 0.3], [0, 0, 0, 0.3]])
    )
