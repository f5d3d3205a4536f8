"""More of the simulator's rules in runs worked out by hand: forks, customers, sources, scaling, batches of values."""

from __future__ import annotations

import math

import pytest

from groma.model.law import Constant
from groma.solvers.simulation import Assembler, Outcome, Settings, batch_means, run
from groma.solvers.simulation.streams import seeded, split_mix
from solvers.simulation_programs import undone


def ends(outcome: Outcome) -> list[float]:
    """When runs ended, in order."""
    return [line.time for line in outcome.trace if line.what == "end"]


def test_branches_of_one_fork_after_another_are_each_their_own() -> None:
    a = Assembler()
    with a.flow("f"):
        for times in ((1.0, 2.0), (4.0, 3.0, 1.0)):
            with a.parallel(len(times)) as branch:
                for number, time in enumerate(times):
                    with branch(number):
                        a.delay(Constant(time))
    a.source("f", times=(0.0,))
    assert ends(run(a.program(), Settings(until=20.0, trace=20))) == [6.0]


def test_customers_come_again_when_they_have_thought() -> None:
    a = Assembler()
    s = a.station("s")
    with a.flow("f"), a.hold(s):
        a.work(s, Constant(1.0))
    a.source("f", customers=3, gaps=Constant(1.5))
    # All three come at 1.5 and are served by 2.5, 3.5 and 4.5; they come again at 4, 5 and 6.
    assert ends(run(a.program(), Settings(until=7.2, trace=50))) == [2.5, 3.5, 4.5, 5.5, 6.5]


def test_each_source_has_the_gaps_of_its_own_law() -> None:
    a = Assembler()
    s = a.station("s", threads=9)
    for name, gap, work in (("f", 1.0, 0.5), ("g", 3.0, 0.25), ("h", 2.0, 0.5)):
        with a.flow(name), a.hold(s):
            a.work(s, Constant(work))
        a.source(name, gaps=Constant(gap))
    outcome = run(a.program(), Settings(until=12.5))
    assert [outcome.flow(name).latency.count for name in "fgh"] == [12, 4, 6]
    assert outcome.station("s").busy * 12.5 == pytest.approx(12 * 0.5 + 4 * 0.25 + 6 * 0.5)


def test_a_station_that_scales_keeps_its_least_units() -> None:
    a = Assembler()
    s = a.station("s", threads=1, units=3)
    a.scaler(s, least=2, most=4, target=1.0, every=10.0, delay=5.0)
    with a.flow("f"), a.hold(s):
        a.work(s, Constant(20.0))
    a.source("f", times=(12.0,) * 6)
    outcome = run(a.program(), Settings(until=100.0, trace=50))
    # Two units are left at 10 s. At 20 s they were busy for 8 of 10 s (1.6 wanted), at 30 s fully: two are enough.
    assert ends(outcome) == [32.0, 32.0, 52.0, 52.0, 72.0, 72.0]


@pytest.mark.parametrize("otherwise", [True, False])
def test_steps_for_a_station_that_is_up_and_for_one_that_is_not(otherwise: bool) -> None:
    """It is down from 2 to 4 s: of runs at 1, 3 and 5 s the second takes the other way, or none."""
    a = Assembler()
    s = a.station("s")
    unit = a.unit(s)
    a.action(2.0, "down", unit)
    a.action(4.0, "up", unit)
    with a.flow("f"):
        with a.if_up(s) as down:
            a.delay(Constant(0.5))
            if otherwise:
                with down():
                    a.delay(Constant(0.25))
        a.delay(Constant(0.125))
    a.source("f", times=(1.0, 3.0, 5.0))
    outcome = run(a.program(), Settings(until=10.0, trace=20))
    assert ends(outcome) == [1.625, 3.375 if otherwise else 3.125, 5.625]
    assert outcome.flow("f").ended["ok"] == 3


def test_of_nothing_there_is_no_time() -> None:
    a = Assembler()
    with a.flow("f"):
        a.hang()
    a.source("f", times=(1.0,))
    flow = run(a.program(), Settings(until=10.0)).flow("f")
    assert (flow.arrived, flow.in_progress) == (1, 1)
    none = flow.latency
    assert all(
        math.isnan(x) for x in (none.mean, none.variance, none.quantile(0.5), none.above(1.0), flow.success)
    )
    with pytest.raises(KeyError):
        run(a.program(), Settings(until=10.0)).flow("g")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (Settings(until=math.inf), "a time or a number of runs"),
        (Settings(until=0.0), "positive and after its warm-up"),
        (Settings(until=math.nan), "positive and after its warm-up"),
        (Settings(until=1.0, warm_up=-0.1), "positive and after its warm-up"),
        (Settings(until=1.0, warm_up=1.0), "positive and after its warm-up"),
        (Settings(until=1.0, buckets=2), "a width"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: Settings, message: str) -> None:
    a = Assembler()
    with a.flow("f"):
        pass
    a.source("f", times=(0.5,))
    with pytest.raises(ValueError, match=message):
        run(a.program(), settings)
    assert run(a.program(), Settings(until=math.inf, runs=1)).flow("f").ended["ok"] == 1


def test_names_and_blocks_that_are_wrong_are_told() -> None:
    a = Assembler()
    with a.flow("f"):
        with pytest.raises(ValueError, match="stands inside `flow f`"), a.flow("g"):
            pass
        with pytest.raises(ValueError, match="at least one branch"), a.parallel(0):
            pass
        with pytest.raises(ValueError, match="`ok` is no kind of error"):
            a.fail("ok")
        for shares in ((), (1.5, -0.5), (0.5, 0.4)):
            with pytest.raises(ValueError, match="sum to one"), a.choose(shares):
                pass
    with pytest.raises(ValueError, match="a flow `f` already"), a.flow("f"):
        pass
    with a.routine("r") as r:
        pass
    with pytest.raises(ValueError, match="a routine `r` already"):
        a.declare("r")
    with pytest.raises(ValueError, match="`r` is defined already"), a.define(r):
        pass
    for wrong in ((), (0.0, 0.0), (2.0, -1.0)):
        with pytest.raises(ValueError, match="need a positive sum"):
            a.cache("c", 2, wrong)
    program = a.program()
    with pytest.raises(ValueError, match="no station `s`; there are: "):
        program.station("s")
    assert program.flow("f") == 0


def test_a_probe_that_is_given_up_leaves_its_place_to_the_next() -> None:
    """Two failures open the breaker at 0.5 s for 5 s. The probe of 6 s is given up at 7 s: who comes at 6.5 s is turned
    away, who comes at 7.5 s probes and closes it, and the next is let through."""
    a = Assembler()
    breaker = a.breaker(0.5, window=10.0, half_open_after=5.0, least=2)
    with a.flow("bad"), a.through(breaker):
        a.fail("failed")
    with a.flow("slow"), a.timeout(1.0), a.through(breaker):
        a.delay(Constant(3.0))
    with a.flow("good"), a.through(breaker):
        a.delay(Constant(0.5))
    a.source("bad", times=(0.0, 0.5))
    a.source("slow", times=(6.0,))
    a.source("good", times=(3.0, 6.5, 7.5, 7.75, 9.0))
    outcome = run(a.program(), Settings(until=20.0, trace=50))
    assert ends(outcome) == [0.0, 0.5, 3.0, 6.5, 7.0, 7.75, 8.0, 9.5]
    good = outcome.flow("good").ended
    assert (good["ok"], good["unavailable"], outcome.flow("slow").ended["timeout"]) == (2, 3, 1)


def test_a_gate_is_shut_while_too_few_units_are_up() -> None:
    """Of three units two are enough: shut from the second loss at 2 s to the first repair at 3 s."""
    a = Assembler()
    s = a.station("s", units=3, enough=2)
    units = [a.unit(s) for _ in range(3)]
    a.action(1.0, "down", units[0])
    a.action(2.0, "down", units[1])
    a.action(3.0, "up", units[0])
    with a.flow("f"):
        a.gate(s)
    a.source("f", times=(0.5, 1.5, 2.5, 3.5))
    outcome = run(a.program(), Settings(until=9.0, trace=30))
    assert [line.b == 0 for line in outcome.trace if line.what == "end"] == [True, True, False, True]
    assert outcome.flow("f").ended["unavailable"] == 1
    assert outcome.station("s").servers * 9.0 == pytest.approx(3.0 + 2.0 + 0.0 + 2.0 * 6.0)


def test_an_operation_that_stops_goes_back_to_its_caller_and_one_sent_off_is_gone() -> None:
    a = Assembler()
    with a.routine("op") as op:
        a.delay(Constant(1.0))
        with a.choose((1.0,)) as way, way(0):
            a.stop()
        a.delay(Constant(50.0))
    with a.flow("f"):
        a.call(op)
        a.send(op)
        a.delay(Constant(0.25))
    a.source("f", times=(0.0,))
    outcome = run(a.program(), Settings(until=20.0, trace=50))
    assert ends(outcome) == [1.25, 2.0]  # what was sent is a run of its own
    assert outcome.tasks == 0


def test_a_station_scales_to_its_target_after_its_delay() -> None:
    """Half of each unit is to be used, looked at every 10 s. Fully busy at 10 s: two are wanted, there at 15 s. 15 of
    10 s used at 20 s: three are there at 25 s. 25 of 10 s used at 30 s: five wanted, four allowed, there at 35 s."""
    a = Assembler()
    s = a.station("s", threads=1, units=1)
    a.scaler(s, least=1, most=4, target=0.5, every=10.0, delay=5.0)
    with a.flow("f"), a.hold(s):
        a.work(s, Constant(20.0))
    a.source("f", times=(0.0,) * 6)
    outcome = run(a.program(), Settings(until=60.0, trace=50))
    assert ends(outcome) == [20.0, 35.0, 40.0, 45.0, 55.0, 55.0]


def test_one_batch_has_no_interval() -> None:
    with pytest.raises(ValueError, match="too few"):
        batch_means([1.0, 2.0, 3.0, 4.0], batches=1)


def test_runs_that_overlap_undo_their_own_steps() -> None:
    """Each of three fails 2 s after it came; what undoes its second step takes 2 s, then its first 1 s."""
    flow = run(undone(0.0, 0.5, 1.5), Settings(until=20.0)).flow("f")
    assert flow.ended["rejected"] == 3
    for n, time in ((0, 5.0), (1, 4.0)):
        passed = flow.passed[f"undone {n}"]
        assert (passed.count, passed.total, passed.most) == (3, 3 * time, time)


def test_times_and_series_of_four_who_come_together() -> None:
    """Served one after the other they take 1, 2, 3 and 4 s; two more that come alone take 1 s each."""
    a = Assembler()
    s = a.station("s")
    for name in "fg":
        with a.flow(name), a.hold(s):
            a.work(s, Constant(1.0))
    a.source("f", times=(0.0,) * 4)
    a.source("g", times=(10.0, 20.0))
    program = a.program()
    outcome = run(program, Settings(until=30.0, width=2.0, buckets=15))
    four, two = (outcome.flow(name).latency for name in "fg")
    assert (four.count, four.total, four.squares, four.least, four.most) == (4, 10.0, 30.0, 1.0, 4.0)
    assert (four.mean, four.variance) == (2.5, pytest.approx(5 / 3))
    assert [four.quantile(share) for share in (0.25, 0.5, 0.75, 1.0)] == pytest.approx(
        [1, 2, 3, 4], rel=1 / 512
    )
    assert [four.above(time) for time in (0.9, 1.5, 2.5, 3.5, 4.1)] == [1.0, 0.75, 0.5, 0.25, 0.0]
    both = four + two
    assert (both.count, both.total, both.squares, both.least, both.most) == (6, 12.0, 32.0, 1.0, 4.0)
    assert (both + both).above(1.5) == both.above(1.5) == (two + four).above(1.5) == 0.5
    station = outcome.station("s")
    assert station.busy_series == (1.0, 1.0, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0, 0.0)
    assert station.waiting_series[:3] == (2.5, 0.5, 0.0)
    assert (station.busy, station.waiting, station.utilisation) == pytest.approx((0.2, 0.2, 0.2))
    late = run(program, Settings(until=30.0, warm_up=1.0, width=2.0, buckets=15)).station("s")
    assert (late.busy, late.waiting) == pytest.approx((5 / 29, 3 / 29))
    # half of the first bucket came after the warm-up
    assert (late.busy_series[:2], late.waiting_series[:2]) == ((0.5, 1.0), (1.0, 0.5))


def test_streams_are_those_of_the_published_generator() -> None:
    """The first numbers of SplitMix64 from 1234567 (Vigna's splitmix64.c, as Rosetta Code lists them)."""
    words = [0, 1, 5, 7, 1234567, 0x9E3779B97F4A7C15]
    drawn = split_mix(words, 2)
    assert drawn[::-1][:5] == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]
    assert words == [0, 1, 5, 7, (1234567 + len(drawn) * 0x9E3779B97F4A7C15) % 2**64, 0x9E3779B97F4A7C15]


def test_steps_of_streams_are_odd_and_irregular() -> None:
    """Steele, Lea and Flood 2014, 2.4: at least 24 of neighbouring bits differ."""
    names = [str(n) for n in range(1000)]
    words = seeded(names, 1, 0)
    gammas = words[1::2]
    assert all(gamma % 2 and (gamma ^ (gamma >> 1)).bit_count() >= 24 for gamma in gammas)
    assert len(set(gammas)) == 1000
    others = [seeded(names, 2, 0), seeded(names, 1, 1), seeded([f"a{n}" for n in names], 1, 0)]
    assert len({state for each in (words, *others) for state in each[::2]}) == 4000
    assert seeded(names[500:], 1, 0) == words[1000:]
