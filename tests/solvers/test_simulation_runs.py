"""More of the simulator's rules in runs worked out by hand: forks, customers, sources, scaling, batches of values."""

from __future__ import annotations

import pytest

from groma.model.law import Constant
from groma.solvers.simulation import Assembler, Outcome, Settings, batch_means, run
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
