"""Transfers over shared lines and copies made again and again: against a stepped simulation and closed forms."""

from __future__ import annotations

import math
import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groma.solvers.transfers import Copying, Transfer, duration, ends, recovery_point
from groma.solvers.transfers.copies import alone
from groma.solvers.transfers.fluid import fair_rates


def test_processor_sharing_of_two_by_hand() -> None:
    """10 and 20 units on a line of 1: both at 1/2 until 20, then the second alone until 30."""
    found = ends([Transfer(0.0, 10.0, ("a",)), Transfer(0.0, 20.0, ("a",))], {"a": 1.0})
    assert [e.usable for e in found] == [20.0, 30.0]


def test_simultaneous_transfers_end_as_the_closed_form_of_processor_sharing_says() -> None:
    """Sorted volumes v1 <= v2 <= ...: the k-th ends at (v1 + ... + vk + (n - k) vk) / C."""
    volumes = [3.0, 5.0, 5.0, 11.0, 40.0]
    found = ends([Transfer(0.0, v, ("a",)) for v in volumes], {"a": 2.0})
    n = len(volumes)
    for k, each in enumerate(found, 1):
        expected = (sum(volumes[:k]) + (n - k) * volumes[k - 1]) / 2.0
        assert each.usable == pytest.approx(expected)


def test_max_min_rates_of_the_textbook_chain() -> None:
    """The usual example of fair shares: one long session over three lines, short ones beside it; by hand."""
    transfers = {
        0: Transfer(0, 1, ("a", "b", "c")), 1: Transfer(0, 1, ("a",)), 2: Transfer(0, 1, ("b",)),
        3: Transfer(0, 1, ("b",)), 4: Transfer(0, 1, ("c",), cap=0.1),
    }  # fmt: skip
    rates = fair_rates(transfers, {"a": 1.0, "b": 1.0, "c": 1.0})
    assert rates == pytest.approx({0: 1 / 3, 1: 2 / 3, 2: 1 / 3, 3: 1 / 3, 4: 0.1})


def test_a_transfer_waits_for_what_comes_first_and_for_its_check() -> None:
    found = ends(
        [Transfer(5.0, 10.0, ("a",), tail=3.0), Transfer(0.0, 4.0, ("a",), after=(0,), tail=1.0)], {"a": 2.0}
    )
    assert [(e.started, e.moved, e.usable) for e in found] == [(5.0, 10.0, 13.0), (13.0, 15.0, 16.0)]


def test_what_has_no_line_no_cap_or_no_end() -> None:
    at_once, never, circle, other = ends(
        [
            Transfer(2.0, 10.0), Transfer(0.0, 1.0, ("dead",)),
            Transfer(0.0, 1.0, after=(3,)), Transfer(0.0, 1.0, after=(2,)),
        ],
        {"dead": 0.0},
    )  # fmt: skip
    assert (at_once.usable, never.usable, circle.started, other.usable) == (2.0, math.inf, math.inf, math.inf)


def stepped(transfers: list[Transfer], capacity: dict[str, float], step: float) -> list[float]:
    """The same in small steps of time, rates by water-filling in small steps of rate: nothing shared with the code."""
    left = [t.volume for t in transfers]
    done = [math.inf] * len(transfers)
    for tick in range(1_000_000):
        now = tick * step
        live = [
            n for n, t in enumerate(transfers)
            if math.isinf(done[n]) and t.ready <= now and all(done[o] + transfers[o].tail <= now for o in t.after)
        ]  # fmt: skip
        rate = dict.fromkeys(live, 0.0)
        spare = dict(capacity)
        rising, quantum = set(live), max(capacity.values()) / 200
        while rising:
            for n in sorted(rising):
                room = all(spare[line] >= quantum - 1e-12 for line in transfers[n].lines)
                if not room or rate[n] + quantum > transfers[n].cap + 1e-12:
                    rising.discard(n)
                    continue
                rate[n] += quantum
                for line in transfers[n].lines:
                    spare[line] -= quantum
        for n in live:
            left[n] -= rate[n] * step
            if left[n] <= 1e-9:
                done[n] = now + step
        if all(math.isfinite(d) for d in done):
            return [d + t.tail for d, t in zip(done, transfers, strict=True)]
    raise AssertionError("the simulation did not end")


@pytest.mark.parametrize("seed", range(12))
def test_ends_are_those_of_a_stepped_simulation(seed: int) -> None:
    draw = random.Random(seed)
    lines = {"a": 2.0, "b": 1.0}
    transfers = [
        Transfer(
            draw.uniform(0, 3),
            draw.uniform(1, 6),
            draw.choice([("a",), ("b",), ("a", "b")]),
            draw.choice([math.inf, 0.5]),
            (0,) if n == 3 and seed % 2 else (),
            draw.choice([0.0, 1.0]),
        )
        for n in range(4)
    ]
    found = [e.usable for e in ends(transfers, lines)]
    for exact, near in zip(found, stepped(transfers, lines, 0.01), strict=True):
        assert near == pytest.approx(exact, rel=0.03, abs=0.05)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_byte_is_lost_and_no_line_overfull(data: st.DataObject) -> None:
    number = data.draw(st.integers(1, 6))
    size = st.floats(0.1, 50.0)
    transfers = [
        Transfer(
            data.draw(st.floats(0, 20)), data.draw(size), ("a",), data.draw(st.sampled_from([math.inf, 1.0]))
        )
        for _ in range(number)
    ]
    found = ends(transfers, {"a": 3.0})
    assert all(
        e.moved - e.started >= t.volume / min(3.0, t.cap) - 1e-9
        for e, t in zip(found, transfers, strict=True)
    )
    busy = max(e.moved for e in found) - min(t.ready for t in transfers)
    assert sum(t.volume for t in transfers) <= 3.0 * busy * (1 + 1e-9)


def simulated(
    copies: list[Copying], offsets: list[float], capacity: float, until: float
) -> list[tuple[float, float]]:
    """(start, end) of each copy of the first data set: periodic, one under way at most, a line shared equally."""
    due = list(offsets)
    begun: list[float | None] = [None] * len(copies)
    left = [0.0] * len(copies)
    made: list[tuple[float, float]] = []
    now = 0.0
    while now < until:
        for n, copy in enumerate(copies):
            if begun[n] is None and due[n] <= now + 1e-12:
                begun[n], left[n] = now, copy.volume
                due[n] += copy.period
        live = [n for n in range(len(copies)) if begun[n] is not None]
        rate = capacity / len(live) if live else 0.0
        next_due = [due[n] for n in range(len(copies)) if begun[n] is None]
        step = min([left[n] / rate for n in live] + [d - now for d in next_due])
        now += step
        for n in live:
            left[n] -= rate * step
            if left[n] <= 1e-9:
                start = begun[n]
                assert start is not None
                if n == 0:
                    made.append((start, now))
                begun[n] = None
                due[n] = max(due[n], now) if due[n] < now else due[n]
    return made


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_copy_of_a_simulated_night_takes_longer_than_the_bound_or_is_older(data: st.DataObject) -> None:
    """Loss at the worst instant of a simulated timeline, copies of others beginning whenever they like."""
    number = data.draw(st.integers(1, 3))
    copies = [
        Copying(data.draw(st.floats(0.5, 6.0)), data.draw(st.floats(8.0, 40.0)), ("a",))
        for _ in range(number)
    ]
    offsets = [data.draw(st.floats(0.0, 30.0)) for _ in copies]
    least, most = duration(copies, 0, {"a": 1.0})
    assert least <= most
    made = simulated(copies, offsets, 1.0, 400.0)
    assert len(made) > 3
    assert max(end - start for start, end in made) <= most * (1 + 1e-9)
    oldest = max(end - start for (start, _), (_, end) in pairwise(made))
    assert oldest <= recovery_point(copies[0].period, most) * (1 + 1e-9)


def test_the_bound_is_reached_when_all_begin_together_and_the_others_are_larger() -> None:
    copies = [Copying(2.0, 20.0, ("a",)), Copying(5.0, 40.0, ("a",)), Copying(7.0, 60.0, ("a",))]
    assert duration(copies, 0, {"a": 1.0}) == (6.0, 6.0)
    assert duration(copies, 0, {"a": 4.0}) == (1.5, 1.5)
    made = simulated(copies, [0.0, 0.0, 0.0], 1.0, 10.0)
    assert made[0] == pytest.approx((0.0, 6.0))


def test_the_bound_counts_no_more_of_another_than_it_can_have_under_way() -> None:
    """A copy of 100 beside one of 3 every 50: at most 4 of those in its time (102 and 3 x 4 units of work)."""
    least, most = duration([Copying(100.0, 1000.0, ("a",)), Copying(3.0, 50.0, ("a",))], 0, {"a": 1.0})
    assert least == pytest.approx(103.0)
    assert most == pytest.approx(112.0)
    faster = duration([Copying(100.0, 500.0, ("a",)), Copying(3.0, 25.0, ("a",))], 0, {"a": 2.0})
    assert faster == (pytest.approx(51.5), pytest.approx(56.0))


def test_a_random_instant_loses_no_more_than_the_recovery_point_and_half_of_the_period_on_the_mean() -> None:
    """Copies every 4 taking 1: ages at a loss are uniform between 1 and 5, so 3 on the mean."""
    draw = random.Random(7)
    ages = []
    for _ in range(20_000):
        instant = draw.uniform(100, 10_000)
        newest = math.floor((instant - 1.0) / 4.0) * 4.0
        ages.append(instant - newest)
    assert recovery_point(4.0, 1.0) == 5.0
    assert 4.99 < max(ages) <= 5.0
    assert sum(ages) / len(ages) == pytest.approx(3.0, abs=0.03)


def test_copies_that_take_longer_than_the_time_between_two() -> None:
    """Every 4, taking 6: begun one after the other, so twelve are lost just before one is done."""
    assert recovery_point(4.0, 6.0) == 12.0
    made = simulated([Copying(6.0, 4.0, ("a",))], [0.0], 1.0, 100.0)
    assert max(end - start for (start, _), (_, end) in pairwise(made)) == pytest.approx(12.0)


def test_a_line_that_carries_nothing_never_ends_a_copy() -> None:
    assert duration([Copying(1.0, 5.0, ("a",)), Copying(1.0, 5.0, ("a",))], 0, {"a": 0.0}) == (
        math.inf,
        math.inf,
    )
    for lines in (("a",), ("a", "b")):
        assert duration([Copying(0.0, 5.0, lines)], 0, {"a": 0.0, "b": 0.0}) == (0.0, 0.0)


def test_over_several_lines_a_copy_gets_its_share_of_the_narrowest_and_no_more_is_promised() -> None:
    """10 bytes at 1 a second; another byte comes by every 3 s, which makes 15 s of it: more than when both begin."""
    copies = [Copying(10.0, 100.0, ("a", "b")), Copying(1.0, 3.0, ("b",))]
    least, most = duration(copies, 0, {"a": 10.0, "b": 1.0})
    assert (least, most) == (pytest.approx(11.0), pytest.approx(20.0))
    assert least < 15.0 < most


def test_a_copy_with_a_cap_of_its_own_is_slowed_by_others_again_and_again() -> None:
    """Two others come every 10 s, each of 1 on a line of 1: for 3 s of 10 it has a third, not its half."""
    copies = [Copying(100.0, 1000.0, ("a",), 0.5), Copying(1.0, 10.0, ("a",)), Copying(1.0, 10.0, ("a",))]
    night = [Transfer(0.0, 100.0, ("a",), 0.5)]
    night += [Transfer(10.0 * n, 1.0, ("a",)) for n in range(40) for _ in range(2)]
    seen = ends(night, {"a": 1.0})[0].moved
    assert seen == pytest.approx(100 / 0.45, rel=0.01)
    least, most = duration(copies, 0, {"a": 1.0})
    assert least < seen <= most == pytest.approx(300.0)


@pytest.mark.parametrize("volume", [0.5, 1.0, 100.0])
def test_a_copy_that_meets_no_other_takes_its_volume_over_its_narrowest_rate(volume: float) -> None:
    lines = {"a": 4.0, "b": 2.0}
    for copy, rate in (
        (Copying(volume, 5.0, ("a", "b")), 2.0),
        (Copying(volume, 5.0, ("a",), 0.5), 0.5),
        (Copying(volume, 5.0), math.inf),
    ):
        assert alone(copy, lines) == volume / rate
        assert duration([copy], 0, lines) == (volume / rate, volume / rate)


@pytest.mark.parametrize("cap", [math.inf, 1.0])
def test_the_bound_counts_only_who_shares_the_line(cap: float) -> None:
    """Ten units beside one every hundred seconds on the same line: two of these may come between, and no more, as long
    as 12 are served; what goes over another line takes nothing of it. Both at once: two shared, then the other nine."""
    copies = [Copying(10.0, 100.0, ("a",), cap), Copying(1.0, 100.0, ("a",)), Copying(50.0, 100.0, ("b",))]
    assert duration(copies, 0, {"a": 1.0, "b": 1.0}) == pytest.approx((11.0, 12.0))
