"""What the simulator draws by chance, against closed forms."""

from __future__ import annotations

import math
from itertools import permutations

import pytest

from groma.model.law import Constant, Gamma, Uniform
from groma.solvers.simulation import Assembler, Settings, run, zipf

NORMAL = 4.0
"""Standard deviations that a figure may be off."""


def near(found: float, share: float, count: float) -> bool:
    """Whether a share of independent tries may be this one."""
    return abs(found - share) < NORMAL * math.sqrt(share * (1.0 - share) / count)


def least_used(shares: tuple[float, ...], size: int) -> float:
    """Hits of a cache that keeps the keys used last, with independent keys (King 1971): the sum over what it holds."""
    hits = 0.0
    for held in permutations(range(len(shares)), size):
        there, chance = 0.0, 1.0
        for key in held:
            chance *= shares[key] / (1.0 - there)
            there += shares[key]
        hits += chance * there
    return hits


def test_shares_of_keys_fall_with_their_rank() -> None:
    """One over the rank: 1, 1/2, 1/3 are six, three and two elevenths; over its square 36, 9 and 4 of 49."""
    assert zipf(3, 1.0) == pytest.approx((6 / 11, 3 / 11, 2 / 11))
    assert zipf(3, 2.0) == pytest.approx((36 / 49, 9 / 49, 4 / 49))


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_a_cache_keeps_the_keys_that_were_used_last(size: int) -> None:
    shares = (0.1, 0.5, 0.05, 0.2, 0.15)
    a = Assembler()
    a.cache("other", 1, shares)
    cache = a.cache("c", size, shares)
    with a.flow("f"), a.cached(cache):
        pass
    a.source("f", times=tuple(float(n) for n in range(1500)))
    hits, misses = run(a.program(), Settings(until=1e4), interpreted=True).caches[1]
    assert hits + misses == 1500
    assert near(hits / 1500, least_used(shares, size), 1500)


def test_an_emptied_cache_gets_each_key_once_more() -> None:
    a = Assembler()
    caches = [a.cache(name, 9, (1.0,) * 6) for name in ("untouched", "emptied", "small")]
    small = a.cache("less", 2, (1.0,) * 6)
    with a.flow("f"):
        for cache in (*caches, small):
            with a.cached(cache):
                pass
    a.source("f", times=tuple(float(n) for n in range(400)))
    for at_time in (100.5, 200.5):
        a.action(at_time, "flush", caches[1])
    found = run(a.program(), Settings(until=1e3), interpreted=True).caches
    assert found[:3] == ((394, 6), (400 - 18, 18), (394, 6))
    assert near(found[3][0] / 400, 1 / 3, 400)


@pytest.mark.parametrize("discipline", ["fifo", "sharing", "batch"])
def test_of_four_units_one_takes_a_quarter_of_the_jobs_with_it(discipline: str) -> None:
    a = Assembler()
    a.station("other")
    s = a.station(
        "s", threads=100, units=4, discipline=discipline, batch_laws=(Constant(9.0),) if discipline == "batch" else ()
    )  # fmt: skip
    unit = a.unit(s)
    with a.flow("f"), a.timeout(8.0, "failed"):
        if discipline == "batch":
            a.batch(s)
        else:
            with a.hold(s):
                a.work(s, Constant(9.0))
    a.source("f", times=(0.0,) * 400)
    a.action(1.0, "down", unit)
    ended = run(a.program(), Settings(until=20.0), interpreted=True).flow("f").ended
    assert ended["unavailable"] + ended["failed"] == 400
    assert near(ended["unavailable"] / 400, 0.25, 400)


def test_arrivals_follow_hidden_states_wherever_they_lead() -> None:
    """From none to the third state at once, from there to the second, which is never left: before it is reached there
    are as many arrivals as the third state has before it is left (geometric: 3 of 4), then two a second."""
    early: list[int] = []
    late: list[int] = []
    for n in range(300):
        a = Assembler()
        for name in ("other", "f"):
            with a.flow(name):
                pass
        a.source("other", states=((1.0, (0.0,)),))
        a.source("f", states=((0.0, (0.0, 0.0, 9e6)), (2.0, (0.0, 0.0, 0.0)), (3e6, (0.0, 1e6, 0.0))))
        outcome = run(a.program(), Settings(until=10.0, trace=400), replication=n, interpreted=True)
        at = [t.time for t in outcome.trace if (t.what, t.b) == ("run", 1)]
        early.append(sum(time < 1e-4 for time in at))
        late.append(sum(time >= 1e-4 for time in at))
    # Mean 3 and variance 12; Poisson of mean 20.
    assert sum(early) / 300 == pytest.approx(3.0, abs=NORMAL * math.sqrt(12 / 300))
    assert sum(k == 0 for k in early) / 300 == pytest.approx(0.25, abs=NORMAL * 0.025)
    assert sum(late) / 300 == pytest.approx(20.0, abs=NORMAL * math.sqrt(20 / 300))


def test_states_without_a_way_out_or_an_arrival_start_nothing_more() -> None:
    a = Assembler()
    with a.flow("f"):
        pass
    a.source("f", states=((9e6, (0.0, 1e6)), (0.0, (0.0, 0.0))))
    counts = [
        run(a.program(), Settings(until=1.0), replication=n, interpreted=True).flow("f").arrived
        for n in range(300)
    ]
    assert sum(counts) / 300 == pytest.approx(9.0, abs=NORMAL * math.sqrt(90 / 300))
    assert max(counts) > 20


def test_pauses_are_as_long_as_said_give_or_take_their_jitter() -> None:
    """Uniform between 3 and 5 s, then between 6 and 10 s; the other policy has none, or another one."""
    a = Assembler()
    for name, jitter in (("none", 0.0), ("f", 0.25), ("more", 0.5)):
        with a.flow(name), a.retry(2, backoff=4.0, jitter=jitter):
            a.mark(f"{name} tried")
            a.fail("failed")
        a.source(name, times=(0.0,) * 200)
    outcome = run(a.program(), Settings(until=99.0, trace=2000), interpreted=True)
    found = {n: [t.time for t in outcome.trace if (t.what, t.c) == ("end", n)] for n in range(3)}
    assert set(found[0]) == {12.0}
    for n, low, jitter in ((1, 9.0, 1.0), (2, 6.0, 2.0)):
        assert low < min(found[n]) < low + jitter
        assert 24.0 - low - jitter < max(found[n]) < 24.0 - low
        off = NORMAL * math.sqrt(5.0 / 3.0) * jitter / math.sqrt(200)
        assert sum(found[n]) / 200 == pytest.approx(12.0, abs=off)


def test_loops_and_choices_follow_their_shares() -> None:
    """A round is the last with chance 1/4 (4 in the mean, variance 12); a law of rounds gives 0, 1 or 2, all alike."""
    a = Assembler()
    with a.flow("f"):
        with a.loop(until=0.25):
            a.tally("rounds")
        with a.loop(times=Uniform(-0.5, 2.5)):
            a.tally("times")
        with a.loop(times=2, until=0.5):
            a.tally("both")
        with a.choose((0.2, 0.5, 0.3)) as way:
            for n in range(3):
                with way(n):
                    a.tally(f"way {n}")
        a.fails(0.1, "rejected")
    a.source("f", times=tuple(float(n) for n in range(1500)))
    outcome = run(a.program(), Settings(until=1e4), interpreted=True)
    tallies = outcome.tallies
    assert tallies["rounds"] / 1500 == pytest.approx(4.0, abs=NORMAL * math.sqrt(12 / 1500))
    assert tallies["times"] / 1500 == pytest.approx(1.0, abs=NORMAL * math.sqrt(2 / 3 / 1500))
    assert near(tallies["both"] / 1500 - 1.0, 0.5, 1500)
    assert all(near(tallies[f"way {n}"] / 1500, share, 1500) for n, share in enumerate((0.2, 0.5, 0.3)))
    assert near(outcome.flow("f").ended["rejected"] / 1500, 0.1, 1500)


@pytest.mark.parametrize("runs", [70, 200])
def test_exponential_and_gamma_draws_add_up(runs: int) -> None:
    """Sums of independent draws have the sums of means and variances."""
    a = Assembler()
    with a.flow("f"):
        for n in range(20):
            a.delay(Gamma(1.0, (1.0, 0.5, 2.0)[n % 3]))
    a.source("f", times=(0.0,) * runs)
    found = run(a.program(), Settings(until=1e4), interpreted=True, seed=runs).flow("f").latency
    variance = 7 * 1.0 + 7 * 0.25 + 6 * 4.0
    assert found.mean == pytest.approx(20.0, abs=NORMAL * math.sqrt(variance / runs))
