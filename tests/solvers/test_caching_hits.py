"""Shares of hits against every state of small caches, a simulated cache, and exact formulas."""

from __future__ import annotations

import itertools
import math
import random
from collections import OrderedDict

import numpy as np
import pytest

from groma.solvers.caching import Asked, Hits, both, least_recently_used, time_to_live, zipf


def exact_lru(shares: list[float], holds: int) -> float:
    """King (1971): the keys of an LRU cache in order of use have the law of drawing without putting back."""
    total = 0.0
    for order in itertools.permutations(range(len(shares)), holds):
        chance, left = 1.0, 1.0
        for key in order:
            chance *= shares[key] / left
            left -= shares[key]
        total += chance * sum(shares[key] for key in order)
    return total


@pytest.mark.parametrize(
    ("keys", "exponent", "holds"), [(5, 1.0, 2), (7, 0.8, 3), (8, 1.2, 1), (7, 0.0, 4), (6, 2.0, 5)]
)
def test_bounds_hold_the_share_of_every_small_cache(keys: int, exponent: float, holds: int) -> None:
    shares = zipf(keys, exponent)
    found, true = least_recently_used(shares, holds), exact_lru(shares.tolist(), holds)
    assert found.low <= true <= found.high
    assert found.value == pytest.approx(true, abs=0.03)


def test_one_place_is_asked_for_twice_in_a_row_and_all_places_always_hit() -> None:
    shares = zipf(50, 0.9)
    assert exact_lru(shares.tolist(), 1) == pytest.approx(float((shares**2).sum()))
    assert least_recently_used(shares, 50) == Hits(1.0, 1.0, 1.0)
    assert least_recently_used(zipf(20, 0.0), 5).value == pytest.approx(
        0.25
    )  # alike keys: what is held of all


def _played(
    keys: int,
    exponent: float,
    holds: int,
    count: int,
    rate: float = 1.0,
    life: float = float("inf"),
    together: int = 1,
) -> float:
    """A cache as it is: ordered by use, entries with an age; asked `together` times at once."""
    draw = random.Random(3)
    asked = draw.choices(range(keys), zipf(keys, exponent).tolist(), k=count)
    cache: OrderedDict[int, float] = OrderedDict()
    now, hits = 0.0, 0
    for n, key in enumerate(asked):
        now += draw.expovariate(rate / together) if n % together == 0 else 0.0
        if key in cache and now - cache[key] < life:
            cache.move_to_end(key)
            hits += n >= count // 5
            continue
        cache.pop(key, None)
        if len(cache) >= holds:
            cache.popitem(last=False)
        cache[key] = now
    return hits / (count - count // 5)


@pytest.mark.parametrize(("keys", "exponent", "holds"), [(2000, 0.9, 200), (500, 0.7, 50), (300, 1.2, 20)])
def test_ches_approximation_is_within_half_a_percent_of_a_played_cache(
    keys: int, exponent: float, holds: int
) -> None:
    found, seen = least_recently_used(zipf(keys, exponent), holds), _played(keys, exponent, holds, 300_000)
    assert found.low <= seen <= found.high
    assert found.value == pytest.approx(seen, abs=0.005)


def test_bounds_are_close_for_large_caches_and_below_the_best_that_any_cache_can_do() -> None:
    shares = zipf(10_000, 0.9)
    for holds, width in ((100, 0.03), (1000, 0.015), (5000, 0.01)):
        found = least_recently_used(shares, holds)
        assert found.low < found.value < found.high < float(shares[:holds].sum())
        assert found.high - found.low < width


def test_bounds_of_few_places_are_integrals_of_chernoffs_bound() -> None:
    """With many keys alike, others asked for within t are t in the mean (and never less than t - 1). One place: min(1,
    exp(1 - t)) has the integral two, and 1 - t exp(1 - t) below one 3 - e. Two places: (t - 1) exp(2 - t) beyond two
    has the integral two, and one before it."""
    one, two = (least_recently_used(zipf(5000, 0.0), holds) for holds in (1, 2))
    assert one.high == pytest.approx(2.0 / 5000, rel=0.03) and two.high == pytest.approx(4.0 / 5000, rel=0.03)
    assert one.low == pytest.approx((3.0 - math.e) / 5000, rel=0.05)


def test_shares_rise_with_places() -> None:
    shares = zipf(500, 0.8)
    values = [least_recently_used(shares, holds) for holds in range(1, 500, 20)]
    for one, more in itertools.pairwise(values):
        assert one.value < more.value
        assert one.low <= more.low
        assert one.high <= more.high


@pytest.mark.parametrize("life", [5.0, 50.0, 500.0])
def test_what_grows_old_hits_as_the_exact_formula_says(life: float) -> None:
    assert time_to_live(zipf(200, 0.9), 2.0, life) == pytest.approx(
        _played(200, 0.9, 200, 200_000, 2.0, life), abs=0.006
    )


@pytest.mark.parametrize("life", [0.5, 5.0, 50.0])
def test_of_one_key_all_but_one_in_a_cycle_hit(life: float) -> None:
    """Jung, Berger and Balakrishnan 2003: of Poisson requests, rate * life hit after each miss."""
    assert time_to_live((1.0,), 2.0, life) == pytest.approx(2.0 * life / (1.0 + 2.0 * life), rel=1e-12)
    shares = (0.7, 0.2, 0.1)
    known = sum(p * (p * 2.0 * life) / (1.0 + p * 2.0 * life) for p in shares)
    assert time_to_live(shares, 2.0, life) == pytest.approx(known, rel=1e-12)


@pytest.mark.parametrize(("life", "off"), [(5.0, 0.01), (50.0, 0.02), (200.0, 0.002), (5000.0, 0.01)])
def test_both_together_are_close_to_a_played_cache(life: float, off: float) -> None:
    found = both(zipf(400, 0.9), 60, Asked(2.0, 2.0, 2.0, True), life)
    seen = _played(400, 0.9, 60, 200_000, 2.0, life)
    assert found.low <= seen <= found.high
    assert found.value == pytest.approx(seen, abs=off)


@pytest.mark.parametrize("together", [1, 20])
@pytest.mark.parametrize(
    ("holds", "life"), [(60, 20.0), (60, 200.0), (60, 5000.0), (200, 100.0), (400, 100.0)]
)
def test_ageing_is_bounded_whatever_the_stream(together: int, holds: int, life: float) -> None:
    """The general bounds hold for a stream in bunches too; those for Poisson streams are tighter."""
    seen = _played(400, 0.9, holds, 200_000, 2.0, life, together)
    any_stream = both(zipf(400, 0.9), holds, Asked(2.0, 2.0), life)
    assert any_stream.low <= seen <= any_stream.high
    poisson = both(zipf(400, 0.9), holds, Asked(2.0, 2.0, 2.0, True), life)
    assert any_stream.low <= poisson.low <= poisson.value <= poisson.high <= any_stream.high
    if together == 1:
        assert poisson.low <= seen + 0.005
        assert seen - 0.005 <= poisson.high


@pytest.mark.parametrize(("keys", "life"), [(200, 50.0), (4, 3.0), (2, 1.5)])
def test_with_room_for_all_and_a_poisson_stream_ageing_is_exact(keys: int, life: float) -> None:
    found = both(zipf(keys, 0.9), keys, Asked(2.0, 2.0, 2.0, True), life)
    assert found.low == pytest.approx(found.high)
    for poisson in (True, False):
        found = both(zipf(keys, 0.9), keys, Asked(2.0, 2.0, 2.0, poisson), life)
        assert found.value == pytest.approx(time_to_live(zipf(keys, 0.9), 2.0, life))


def test_bounds_of_ageing_hold_for_streams_that_are_not_poisson() -> None:
    """One key asked for every second, found twice of three times by a life of 2.5 seconds and never by one of just less
    than a second; or a hundred times at once every hundred seconds, when all but the first find it."""
    assert both((1.0,), 1, Asked(1.0, 1.0, 1.0), 2.5).low == pytest.approx(1 - 1 / 2.5)
    assert both((1.0,), 1, Asked(1.0, 1.0, 1.0), 0.999).low == 0.0
    assert both((1.0,), 1, Asked(1.0, 1.0, 1.0), 2.5).high == 1.0
    assert both((1.0,), 1, Asked(1.0, 1.0, poisson=True), 2.5).low == pytest.approx(1 - 1 / 3.5)
    with np.errstate(all="raise", under="ignore"):
        assert both((0.7, 0.3), 1, Asked(1.0, 1.0, poisson=True), 2.5).high < 1.0


@pytest.mark.parametrize("holds", [60, 400])
def test_only_requests_within_a_life_count_and_not_the_unit_of_time(holds: int) -> None:
    often = both(zipf(400, 0.9), holds, Asked(2.0, 2.0, 2.0, True), 50.0)
    for rate in (0.05, 2e4):
        other = both(zipf(400, 0.9), holds, Asked(rate, rate, rate, True), 100.0 / rate)
        assert (other.low, other.value, other.high) == pytest.approx(
            (often.low, often.value, often.high), rel=1e-6
        )
    assert often.value > often.low + 1e-6 or holds == 400


def test_the_lower_bound_of_ageing_is_near_that_of_places_where_life_is_long() -> None:
    places = least_recently_used(zipf(400, 0.9), 60)
    assert both(zipf(400, 0.9), 60, Asked(2.0, 2.0), 1e6).low == pytest.approx(places.low, abs=2e-3)
    assert both(zipf(400, 0.9), 60, Asked(0.0, 2.0), 50.0).low == 0.0


def test_who_is_never_asked_hits_nothing_nominally_and_a_key_that_is_never_asked_for_takes_no_place() -> None:
    shares = (0.5, 0.3, 0.2)
    assert both(shares, 2, Asked(0.0, 0.0, 1.0), 5.0).value == 0.0
    assert least_recently_used((*shares, 0.0), 3) == least_recently_used(shares, 3)
    assert least_recently_used((*shares, 0.0), 2) == least_recently_used(shares, 2)
    for holds in (2, 3):
        with np.errstate(all="raise", under="ignore"):
            more, same = (both(s, holds, Asked(1.0, 1.0), 5.0) for s in ((*shares, 0.0), shares))
        assert (more.low, more.high) == (same.low, same.high)
        assert holds == 3 or more.value == same.value


def test_keys_alike_share_the_places() -> None:
    """Five places of twenty keys: each is held a quarter of the time, and found as often where nothing grows old."""
    for rate, life in ((2.0, 1e6), (1e4, 1e6), (0.01, 1e7)):
        found = both(zipf(20, 0.0), 5, Asked(rate, rate, rate, True), life)
        assert found.value == pytest.approx(0.25, rel=1e-6)


def test_a_key_asked_for_all_the_time_is_found_until_it_grows_old() -> None:
    """One of three takes nearly all requests, of which one in ten thousand finds it too old; two have room."""
    found = both((0.998, 0.001, 0.001), 2, Asked(1e4, 1e4, 1e4, True), 1.0)
    assert found.value == pytest.approx(time_to_live((0.998, 0.001, 0.001), 1e4, 1.0), abs=1e-3)


def test_a_cache_of_nothing_is_refused() -> None:
    for nothing in ([], [1.2, -0.2]):
        with pytest.raises(ValueError, match="needs a place"):
            least_recently_used(nothing, 1)
    with pytest.raises(ValueError, match="needs a place"):
        least_recently_used(np.array([0.5, 0.5]), 0)
    with pytest.raises(ValueError, match="sum to one"):
        least_recently_used(np.array([0.5, 0.6]), 1)
    with pytest.raises(ValueError, match="sum to one"):
        least_recently_used(np.array([0.5, 0.4]), 1)
