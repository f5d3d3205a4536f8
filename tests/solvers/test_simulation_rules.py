"""Rules of the simulator that figures hardly show, each in a run worked out by hand."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest
from scipy import stats

from groma.model.law import Constant, Empirical, Gamma, Law, LogNormal, Triangular, Uniform
from groma.solvers.simulation import Assembler, Outcome, Settings, run
from groma.solvers.simulation.program import AnyLaw, Capped, Shifted


def ends(outcome: Outcome) -> list[float]:
    """When runs ended, in order."""
    return [line.time for line in outcome.trace if line.what == "end"]


def test_those_who_wait_are_served_by_level_and_within_a_level_in_turn() -> None:
    a = Assembler()
    s = a.station("s", discipline="priority", levels=3)
    for name in ("low", "high"):
        with a.flow(name), a.hold(s):
            a.work(s, Constant(1.0))
    a.source("low", times=(0.0, 0.1, 0.2), level=2)
    a.source("high", times=(0.3, 0.4), level=0)
    outcome = run(a.program(), Settings(until=9.0, trace=50))
    assert [line.c for line in outcome.trace if line.what == "end"] == [0, 1, 1, 0, 0]
    assert ends(outcome) == pytest.approx([1.0, 2.0, 3.0, 4.0, 5.0])
    assert outcome.flow("low").latency.total == pytest.approx(1.0 + 3.9 + 4.8)


SKEW = LogNormal(2.0, 1.5)


@pytest.mark.parametrize(
    ("law", "peer"),
    [
        (Gamma(2.0, 2.0), stats.expon(scale=2.0)),
        (Gamma(2.0, 3.0), stats.gamma(4 / 9, scale=4.5)),
        (Gamma(2.0, 0.5), stats.gamma(16.0, scale=0.125)),
        (SKEW, stats.lognorm(SKEW.sigma, scale=math.exp(SKEW.mu))),
        (Uniform(1.0, 3.0), stats.uniform(1.0, 2.0)),
        (Triangular(1.0, 1.5, 3.0), stats.triang(0.25, 1.0, 2.0)),
        (Triangular(1.0, 3.0, 3.0), stats.triang(1.0, 1.0, 2.0)),
        (Shifted(Uniform(0.0, 2.0), 0.5), stats.uniform(0.5, 2.0)),
        (Shifted(Gamma(2.0, 2.0), 0.5), stats.expon(0.5, 2.0)),
        (Shifted(SKEW, 0.5), stats.lognorm(SKEW.sigma, 0.5, math.exp(SKEW.mu))),
        (Shifted(Gamma(2.0, 0.5), 1.0), stats.gamma(16.0, 1.0, 0.125)),
        (Shifted(Triangular(0.0, 0.5, 2.0), 1.0), stats.triang(0.25, 1.0, 2.0)),
    ],
)
def test_draws_of_a_law_follow_it(law: Law | Shifted, peer: Any) -> None:
    """Shares beyond seven of scipy's quantiles; 2000 draws, four standard deviations. A cap changes nothing below."""
    cap = float(peer.ppf(0.8))
    a = Assembler()
    for name, drawn in ("plain", law), ("capped", Capped(law, cap)):
        with a.flow(name):
            a.delay(drawn)
        a.source(name, times=(0.0,) * 2000)
    outcome = run(a.program(), Settings(until=1e9))
    plain, capped = (outcome.flow(name).latency for name in ("plain", "capped"))
    for share in (0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98):
        off = 4 * math.sqrt(share * (1 - share) / 2000) + 0.002
        assert abs(plain.above(peer.ppf(share)) - (1 - share)) < off
        assert share > 0.79 or abs(capped.above(peer.ppf(share)) - (1 - share)) < off
    assert plain.mean == pytest.approx(peer.mean(), abs=4 * peer.std() / math.sqrt(2000))
    assert capped.most == cap


@pytest.mark.parametrize(
    ("law", "time"),
    [
        (Gamma(2.0, 0.0), 2.0),
        (LogNormal(2.0, 0.0), 2.0),
        (Shifted(Gamma(2.0, 0.0), 0.5), 2.5),
        (Shifted(LogNormal(2.0, 0.0), 0.5), 2.5),
        (Capped(Shifted(Constant(2.0), 0.5), 2.25), 2.25),
        (Capped(Shifted(Constant(2.0), 0.5), 3.0), 2.5),
    ],
)
def test_a_law_without_spread_is_its_mean(law: AnyLaw, time: float) -> None:
    a = Assembler()
    with a.flow("f"):
        a.delay(law)
    a.source("f", times=(0.0, 1.0))
    assert ends(run(a.program(), Settings(until=10.0, trace=9))) == [time, 1.0 + time]


def test_draws_of_a_table_follow_its_weights() -> None:
    a = Assembler()
    for name, shift in ("f", 0.0), ("g", 0.5):
        with a.flow(name):
            a.delay(Shifted(Empirical((1.0, 2.0, 4.0), (0.5, 0.2, 0.3)), shift))
        a.source(name, times=(0.0,) * 4000)
    outcome = run(a.program(), Settings(until=1e9))
    for name, shift in ("f", 0.0), ("g", 0.5):
        found = outcome.flow(name).latency
        assert (found.least, found.most) == (1.0 + shift, 4.0 + shift)
        assert found.above(1.5 + shift) == pytest.approx(0.5, abs=0.032)
        assert found.above(3.0 + shift) == pytest.approx(0.3, abs=0.03)


def test_a_timeout_leaves_the_queue_wherever_it_stands() -> None:
    # Three wait behind work of 10 s; the first, middle or last of them gives up; the others keep their order.
    for which, served in ((1, [2, 3]), (2, [1, 3]), (3, [1, 2])):
        a = Assembler()
        s = a.station("s")
        for n in range(4):
            with a.flow(f"f{n}"), a.timeout(2.0 if n == which else 99.0), a.hold(s):
                a.work(s, Constant(10.0 if n == 0 else 1.0))
            a.source(f"f{n}", times=(0.1 * n,))
        outcome = run(a.program(), Settings(until=50.0, trace=50))
        ok = [line.c for line in outcome.trace if line.what == "end" and line.b == 0]
        assert ok == [0, *served]
        assert ends(outcome) == pytest.approx([2.0 + 0.1 * which, 10.0, 11.0, 12.0])
        waited = 2.0 + sum(9.9 - 0.1 * (n - 1) + k for k, n in enumerate(served))
        assert outcome.station("s").waiting * 50.0 == pytest.approx(waited)


def test_a_sharing_station_divides_itself_among_those_present() -> None:
    a = Assembler()
    s = a.station("s", threads=1, discipline="sharing", places=1)
    with a.flow("f"), a.hold(s):
        a.work(s, Constant(2.0))
    a.source("f", times=(0.0, 1.0, 1.5))
    outcome = run(a.program(), Settings(until=10.0, trace=20))
    # One alone for 1 s, then two at half speed: 1 + 2 = 3; the second has 1 left then: 4. The third finds no place.
    assert ends(outcome) == pytest.approx([1.5, 3.0, 4.0])
    assert outcome.station("s").shed == 1
    assert outcome.station("s").busy * 10.0 == pytest.approx(4.0)
    assert outcome.station("s").waiting * 10.0 == pytest.approx(2.0)


def test_a_sharing_station_gives_back_the_share_of_one_who_gave_up() -> None:
    a = Assembler()
    s = a.station("s", threads=1, discipline="sharing")
    for n, limit in enumerate((99.0, 2.0, 99.0)):
        with a.flow(f"f{n}"), a.timeout(limit), a.hold(s):
            a.work(s, Constant(3.0))
        a.source(f"f{n}", times=(0.0,))
    outcome = run(a.program(), Settings(until=20.0, trace=20))
    # A third each for 2 s; then two share what is left of 2 x 7/3: both end after 2 + 14/3.
    assert ends(outcome) == pytest.approx([2.0, 2 + 14 / 3, 2 + 14 / 3])


def test_slowness_and_slope_make_work_longer() -> None:
    a = Assembler()
    s = a.station("s", threads=2, slope=0.5)
    with a.flow("f"), a.hold(s):
        a.work(s, Constant(1.0))
    a.source("f", times=(0.0, 0.2, 10.0))
    a.action(5.0, "slow", s, 3.0)
    outcome = run(a.program(), Settings(until=20.0, trace=20))
    assert ends(outcome) == pytest.approx([1.5, 2.2, 13.5])


def test_a_pause_grows_by_its_factor_up_to_its_longest() -> None:
    a = Assembler()
    with a.flow("f"), a.retry(times=4, backoff=1.0, factor=2.0, longest=3.0):
        a.mark("tried")
        a.fail("failed")
    a.source("f", times=(0.0,))
    assert ends(run(a.program(), Settings(until=50.0, trace=20))) == pytest.approx([1.0 + 2.0 + 3.0 + 3.0])


def test_a_retry_or_handler_lets_pass_what_it_is_not_for() -> None:
    a = Assembler()
    with a.flow("f"), a.catching(("rejected",)) as caught:
        with a.retry(times=3, on=("timeout",)):
            a.tally("attempts")
            a.fail("failed")
        with caught():
            a.tally("caught")
    a.source("f", times=(0.0,))
    outcome = run(a.program(), Settings(until=1.0))
    assert outcome.flow("f").ended["failed"] == 1
    assert (outcome.tallies["attempts"], outcome.tallies["caught"]) == (1, 0)


def test_a_budget_starts_with_its_reserve_and_earns_its_share() -> None:
    a = Assembler()
    with a.flow("f"), a.retry(times=1, budget=0.5, reserve=2.0):
        a.tally("attempts")
        a.fail("failed")
    a.source("f", times=tuple(float(n) for n in range(8)))
    # Tokens before each retry: 2, 1.5, 1, 0.5 (none), 1, 0.5 (none), 1, 0.5 (none).
    assert run(a.program(), Settings(until=20.0)).tallies["attempts"] == 8 + 5


def test_a_breaker_counts_only_the_ends_it_is_for_and_only_its_window() -> None:
    def opened(on: tuple[str, ...], gap: float) -> bool:
        a = Assembler()
        breaker = a.breaker(0.5, window=10.0, half_open_after=1000.0, on=on, least=4)  # type: ignore[arg-type]
        with a.flow("f"), a.through(breaker):
            a.tally("tried")
            a.fail("rejected")
        a.source("f", times=tuple(gap * n for n in range(12)))
        return run(a.program(), Settings(until=999.0)).tallies["tried"] == 4

    assert opened(("rejected",), 1.0)
    assert not opened(("failed",), 1.0)
    assert not opened(("rejected",), 5.0)


def test_half_open_there_is_one_probe_at_a_time_and_one_given_up_frees_its_place() -> None:
    a = Assembler()
    breaker = a.breaker(0.5, window=10.0, half_open_after=5.0, least=2)
    with a.flow("f"), a.timeout(2.0), a.through(breaker):
        a.tally("tried")
        a.delay(Constant(3.0))
    a.source("f", times=(0.0, 0.5, 3.0, 7.0, 7.5, 8.9, 9.5))
    outcome = run(a.program(), Settings(until=50.0))
    # A limit around the breaker drops it: no end is counted, it stays closed, and all are tried.
    assert outcome.tallies["tried"] == 7
    b = Assembler()
    breaker = b.breaker(0.5, window=10.0, half_open_after=5.0, least=2)
    with b.flow("f"), b.through(breaker), b.timeout(2.0):
        b.tally("tried")
        b.delay(Constant(3.0))
    b.source("f", times=(0.0, 0.5, 3.0, 7.0, 7.6, 8.0, 9.7, 14.8))
    outcome = run(b.program(), Settings(until=50.0, trace=50))
    # Bad at 2 and 2.5: open until 7.5. The probe of 7.6 fails at 9.6: open until 14.6; then 14.8 probes.
    assert outcome.tallies["tried"] == 4
    assert outcome.flow("f").ended["unavailable"] == 4


def test_tokens_are_saved_up_to_the_burst_only() -> None:
    a = Assembler()
    limit = a.limit(rate=1.0, burst=2.0)
    with a.flow("f"):
        a.admit(limit)
    a.source("f", times=(0.0, 0.0, 0.0, 1.5, 1.5, 9.0, 9.0, 9.0))
    flow = run(a.program(), Settings(until=20.0, width=1.0, buckets=10)).flow("f")
    assert (flow.ok[0], flow.ok[1], flow.ok[9]) == (2, 1, 2)


def test_of_two_failed_units_one_keeps_the_station_up_and_its_servers() -> None:
    a = Assembler()
    s = a.station("s", units=2, threads=1, enough=1)
    first, second = a.unit(s), a.unit(s)
    with a.flow("f"), a.hold(s):
        a.work(s, Constant(1.0))
    a.source("f", times=(3.0, 3.0, 7.0, 11.0))
    a.action(1.0, "down", first)
    a.action(6.0, "down", second)
    a.action(8.0, "up", first)
    outcome = run(a.program(), Settings(until=20.0, trace=20))
    assert ends(outcome) == pytest.approx([4.0, 5.0, 7.0, 12.0])
    assert outcome.flow("f").ended["unavailable"] == 1
    assert outcome.station("s").servers * 20.0 == pytest.approx(2 + 5 + 0 + 12)


def test_a_batch_is_lost_with_its_station_and_so_is_who_waits_for_the_next() -> None:
    """Down from 2 to 4 s: two are served and one waits then, one comes meanwhile; the last waits 0.5 s in vain."""
    a = Assembler()
    s = a.station("s", discipline="batch", batch=2, most_wait=0.5, batch_laws=(Constant(4.0), Constant(5.0)))
    unit = a.unit(s)
    with a.flow("f"):
        a.batch(s)
    a.source("f", times=(0.0, 0.0, 1.0, 3.0, 6.0))
    a.action(2.0, "down", unit)
    a.action(4.0, "up", unit)
    outcome = run(a.program(), Settings(until=20.0, trace=30))
    assert ends(outcome) == [2.0, 2.0, 2.0, 3.0, 10.5]
    station = outcome.station("s")
    assert (station.arrived, station.lost, station.refused, station.done) == (5, 3, 1, 1)
    assert outcome.flow("f").ended["unavailable"] == 4
    assert station.busy * 20.0 == pytest.approx(2.0 + 4.0)


def test_a_batch_that_was_lost_keeps_no_server_from_the_next() -> None:
    """Up again at 4 s: who comes at 4.1 s waits 0.5 s, not for the end that the lost batch would have had at 5 s."""
    a = Assembler()
    s = a.station("s", discipline="batch", batch=2, most_wait=0.5, batch_laws=(Constant(4.0), Constant(5.0)))
    unit = a.unit(s)
    with a.flow("f"):
        a.batch(s)
    a.source("f", times=(0.0, 0.0, 4.1))
    a.action(2.0, "down", unit)
    a.action(4.0, "up", unit)
    assert ends(run(a.program(), Settings(until=20.0, trace=30))) == pytest.approx([2.0, 2.0, 8.6])


def test_a_delay_is_down_with_its_unit_and_has_room_for_all_again() -> None:
    a = Assembler()
    s = a.station("s", threads=None)
    unit = a.unit(s)
    with a.flow("f"), a.hold(s):
        a.work(s, Constant(5.0))
    a.source("f", times=(1.0, 3.0, 5.0, 5.0, 5.0))
    a.action(2.0, "down", unit)
    a.action(4.0, "up", unit)
    outcome = run(a.program(), Settings(until=20.0, trace=30))
    assert ends(outcome) == [2.0, 3.0, 10.0, 10.0, 10.0]
    assert outcome.flow("f").ended["unavailable"] == 2
    assert outcome.station("s").busy * 20.0 == pytest.approx(1.0 + 15.0)


def test_what_starts_before_the_warm_up_is_not_counted() -> None:
    a = Assembler()
    s = a.station("s", threads=None)
    with a.flow("f"), a.hold(s):
        a.tally("started")
        a.work(s, Constant(2.0))
        a.mark("done")
    a.source("f", times=(0.0, 4.0, 5.0, 6.0))
    outcome = run(a.program(), Settings(until=20.0, warm_up=5.0))
    flow = outcome.flow("f")
    assert (flow.latency.count, flow.passed["done"].count, flow.arrived) == (2, 2, 2)
    assert outcome.tallies["started"] == 2
    assert outcome.station("s").busy * outcome.observed == pytest.approx(1.0 + 2.0 + 2.0)


def test_a_hedge_won_gives_up_the_others_and_frees_what_they_hold() -> None:
    a = Assembler()
    s = a.station("s", threads=9)
    with a.flow("f"), a.hedge(1.0, more=2), a.hold(s):
        a.work(s, Constant(2.5))
    a.source("f", times=(0.0,))
    outcome = run(a.program(), Settings(until=20.0, trace=20))
    assert ends(outcome) == [2.5]
    assert outcome.station("s").busy * 20.0 == pytest.approx(2.5 + 1.5 + 0.5)
    assert outcome.tasks == 0


def test_too_many_tasks_stop_a_run() -> None:
    a = Assembler()
    with a.flow("f"):
        a.delay(Constant(100.0))
    a.source("f", gaps=Constant(1.0))
    for most, stopped in ((10, True), (99, True), (100, False)):
        outcome = run(a.program(), Settings(until=99.5 if not stopped else 300.0, most_tasks=most))
        assert outcome.too_many is stopped
        assert outcome.tasks == (most + 1 if stopped else 99)


def test_loops_end_by_count_by_most_and_by_chance() -> None:
    def rounds(**how: object) -> float:
        a = Assembler()
        with a.flow("f"), a.loop(**how):  # type: ignore[arg-type]
            a.tally("rounds")
        a.source("f", times=(0.0,))
        return run(a.program(), Settings(until=1.0)).tallies["rounds"]

    assert [rounds(times=t) for t in (0.0, 0.4, 0.5, 1.0, 2.6)] == [0, 0, 1, 1, 3]
    assert rounds(times=9.0, at_most=4) == 4
    assert rounds(until=1.0) == 1
    assert rounds(until=0.0, at_most=7) == 7


def test_times_beyond_the_histogram_are_in_its_outermost_bins() -> None:
    a = Assembler()
    for name, time in (("short", 2.0**-40), ("long", 2.0**33), ("none", 0.0)):
        with a.flow(name):
            a.delay(Constant(time))
        a.source(name, times=(0.0,))
    outcome = run(a.program(), Settings(until=2.0**40))
    assert [flow.latency.bins for flow in outcome.flows] == [((0, 1),), ((16383, 1),), ((0, 1),)]
    assert outcome.flow("long").latency.quantile(0.5) == 2.0**33


def test_a_branch_that_stops_waiting_for_work_that_goes_on_is_still_joined() -> None:
    a = Assembler()
    s = a.station("s")
    with a.routine("op") as op, a.hold(s):
        a.work(s, Constant(5.0))
    with a.flow("f"), a.parallel(3) as branch:
        for n in (0, 2):
            with branch(n):
                a.delay(Constant(0.1))
        with branch(1):
            with a.catching(("timeout",)), a.timeout(1.0):
                a.call(op)
            a.delay(Constant(2.0))
    a.source("f", times=(0.0,))
    outcome = run(a.program(), Settings(until=20.0, trace=50))
    assert ends(outcome) == pytest.approx([3.0])
    assert outcome.station("s").busy * 20.0 == pytest.approx(5.0)
    assert outcome.tasks == 0


def test_who_finds_no_place_to_wait_for_a_batch_is_turned_away() -> None:
    """The first two go together at 0.5 for 4 s; two places are left to wait, so two of four who come then are shed."""
    a = Assembler()
    s = a.station("s", discipline="batch", batch=2, places=2, most_wait=1.0, batch_laws=(Constant(4.0),) * 2)
    with a.flow("f"):
        a.batch(s)
    a.source("f", times=(0.0, 0.5, 1.0, 2.0, 3.0, 3.5))
    outcome = run(a.program(), Settings(until=20.0, trace=30))
    assert ends(outcome) == [3.0, 3.5, 4.5, 4.5, 8.5, 8.5]
    station = outcome.station("s")
    assert (station.arrived, station.shed, station.done) == (6, 2, 4)
    assert outcome.flow("f").ended["throttled"] == 2


def shared(jobs: list[tuple[float, float, float]], servers: int) -> list[tuple[float, bool]]:
    """When jobs (arrival, work, patience) end, and whether they were done: sharing as it is defined, step by step."""
    left = {n: work for n, (_, work, _) in enumerate(jobs)}
    ended: dict[int, tuple[float, bool]] = {}
    now = 0.0
    while len(ended) < len(jobs):
        there = [n for n, (arrival, _, _) in enumerate(jobs) if arrival <= now and n not in ended]
        rate = min(1.0, servers / len(there)) if there else 0.0
        ahead = [arrival for arrival, _, _ in jobs if arrival > now]
        ahead += [jobs[n][0] + jobs[n][2] for n in there] + [now + left[n] / rate for n in there]
        step = min(ahead) - now
        now = min(ahead)
        for n in there:
            left[n] -= rate * step
            if left[n] <= 1e-9 or jobs[n][0] + jobs[n][2] <= now:
                ended[n] = now, left[n] <= 1e-9
    return sorted(ended.values())


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("servers", [1, 3])
def test_who_gives_up_at_a_sharing_station_leaves_more_to_the_others(seed: int, servers: int) -> None:
    draw = random.Random(seed)
    jobs = [
        (draw.uniform(0.0, 10.0), draw.uniform(0.1, 4.0), draw.choice([draw.uniform(0.5, 9.0), 999.0]))
        for _ in range(25)
    ]
    a = Assembler()
    s = a.station("s", threads=servers, discipline="sharing")
    for n, (arrival, work, patience) in enumerate(jobs):
        with a.flow(f"f{n}"), a.timeout(patience), a.hold(s):
            a.work(s, Constant(work))
        a.source(f"f{n}", times=(arrival,))
    outcome = run(a.program(), Settings(until=500.0, trace=200))
    found = [(line.time, line.b == 0) for line in outcome.trace if line.what == "end"]
    expected = shared(jobs, servers)
    assert [done for _, done in found] == [done for _, done in expected]
    assert [time for time, _ in found] == pytest.approx([time for time, _ in expected])
    assert any(done for _, done in found) and not all(done for _, done in found)


@pytest.mark.parametrize("which", [0, 1, 2])
def test_who_gives_up_in_a_batch_leaves_the_others_in_it(which: int) -> None:
    """Three go together at 0 for 4 s; one of them gives up at 2 s, wherever it stands in the batch."""
    a = Assembler()
    s = a.station("s", discipline="batch", batch=3, most_wait=9.0, batch_laws=(Constant(4.0),) * 3)
    for n in range(3):
        with a.flow(f"f{n}"), a.timeout(2.0 if n == which else 99.0):
            a.batch(s)
        a.source(f"f{n}", times=(0.0,))
    outcome = run(a.program(), Settings(until=20.0, trace=30))
    assert ends(outcome) == pytest.approx([2.0, 4.0, 4.0])
    for n in range(3):
        flow = outcome.flow(f"f{n}")
        assert flow.success == (0.0 if n == which else 1.0)


@pytest.mark.parametrize(("enough", "fewest", "most"), [(2, 4, 4), (1, 0, 2)])
def test_too_few_units_end_all_who_are_there_and_enough_leave_those_who_wait(
    enough: int, fewest: int, most: int
) -> None:
    """Two are served and two wait when one of two units goes: who waits is lost only where two are needed."""
    a = Assembler()
    s = a.station("s", threads=1, units=2, enough=enough)
    unit = a.unit(s)
    with a.flow("f"), a.hold(s):
        a.work(s, Constant(10.0))
    a.source("f", times=(0.0,) * 4)
    a.action(1.0, "down", unit)
    losses: list[int] = []
    for n in range(40):  # which of the two are lost is drawn: four could be only where who waits moved up
        flow = run(a.program(), Settings(until=90.0), replication=n).flow("f")
        losses.append(flow.ended.get("unavailable", 0))
        assert flow.ended.get("ok", 0) == 4 - losses[-1]
    assert (min(losses), max(losses)) == (fewest, most)


@pytest.mark.parametrize("interpreted", [False, True])
@pytest.mark.parametrize("waits", [False, True])
def test_a_job_that_holds_and_calls_back_its_station_is_lost_with_it(waits: bool, interpreted: bool) -> None:
    """It calls an operation that goes on by itself, which is served by the station, or waits there, when that fails."""
    a = Assembler()
    s = a.station("s", threads=1 if waits else 2)
    unit = a.unit(s)
    with a.routine("again") as again, a.hold(s):
        a.work(s, Constant(5.0))
    with a.flow("f"), a.catching() as caught:
        with a.hold(s), a.catching() as inner:
            a.call(again, cancels=False)
            with inner():
                a.delay(Constant(9.0))
        with caught():
            a.mark("lost")
    a.source("f", times=(0.0,))
    a.action(1.0, "down", unit)
    seen = run(a.program(), Settings(until=90.0), interpreted=interpreted)
    assert seen.flow("f").passed["lost"].mean == 1.0
    station = seen.station("s")
    assert (station.arrived, station.lost, station.done) == (2, 2, 0)
    assert station.busy == pytest.approx((1.0 if waits else 2.0) / 90.0)
