"""What is read of a replication, by hand: of each flow its own marks, ends and buckets of time."""

from __future__ import annotations

from groma.model.law import Constant
from groma.solvers.simulation import Assembler, FlowOutcome, Settings, run


def marks(flow: FlowOutcome, passed: bool) -> dict[str, tuple[int, float]]:
    """Mark -> how many, and their times together: of all that passed it, or of those that ended ok."""
    return {
        mark: (times.count, times.total)
        for mark, times in (flow.passed if passed else flow.marks).items()
        if times.count
    }


def test_marks_ends_and_runs_in_progress_are_those_of_their_flow() -> None:
    """`f` passes `a` after 1 s and `b` after 3 s, and ends at 4 s; of `g` the same after 2, 5 and 6 s. A run of each
    fails when it has passed `a`; one of `g`, at 25 s, has come no farther at the end."""
    a = Assembler()
    with a.flow("none"):
        a.delay(Constant(100.0))
    for name, first, second in (("f", 1.0, 2.0), ("g", 2.0, 3.0)):
        for fails in (False, True):
            with a.flow(f"{name}{' fails' * fails}"):
                a.delay(Constant(first))
                a.mark("a")
                if fails:
                    a.fail("failed")
                a.delay(Constant(second))
                a.mark("b")
                a.delay(Constant(1.0))
    a.source("f", times=(0.0, 10.5))
    a.source("g", times=(0.0, 12.5, 25.0))
    a.source("f fails", times=(3.0,))
    a.source("g fails", times=(3.0, 4.0))
    for interpreted in (False, True):
        outcome = run(
            a.program(), Settings(until=28.0, width=4.0, buckets=7, samples=20), interpreted=interpreted
        )
        f, g, f_fails, g_fails = (outcome.flow(name) for name in ("f", "g", "f fails", "g fails"))
        assert marks(f, False) == marks(f, True) == {"a": (2, 2.0), "b": (2, 6.0)}
        assert (marks(g, False), marks(g, True)) == (
            {"a": (2, 4.0), "b": (2, 10.0)},
            {"a": (3, 6.0), "b": (2, 10.0)},
        )
        assert (marks(f_fails, False), marks(f_fails, True)) == ({}, {"a": (1, 1.0)})
        assert (marks(g_fails, False), marks(g_fails, True)) == ({}, {"a": (2, 4.0)})
        assert [flow.in_progress for flow in (f, g, f_fails, g_fails)] == [0, 1, 0, 0]
        assert [flow.success for flow in (f, g, f_fails)] == [1.0, 1.0, 0.0]
        assert (f.arrivals, f.ok) == ((1, 0, 1, 0, 0, 0, 0), (0, 1, 0, 1, 0, 0, 0))
        assert (g.arrivals, g.ok) == ((1, 0, 0, 1, 0, 0, 1), (0, 1, 0, 0, 1, 0, 0))
        assert (g_fails.arrivals, g_fails.failed) == ((1, 1, 0, 0, 0, 0, 0), (0, 2, 0, 0, 0, 0, 0))
        assert f.latency.total + g.latency.total == 2 * 4.0 + 2 * 6.0
        assert [(when, time) for when, _, time in outcome.samples][:4] == [
            (1.0, 1.0),
            (2.0, 2.0),
            (3.0, 3.0),
            (4.0, 1.0),
        ]
