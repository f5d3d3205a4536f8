"""What the simulator notes: lines of a trace, single times, bins, numbers of runs, the order of what happens."""

from __future__ import annotations

import pytest

from groma.model.law import Constant, Gamma
from groma.solvers.simulation import Assembler, Outcome, Routine, Settings, Shifted, run


def lines(outcome: Outcome) -> list[tuple[float, str, int, int, int]]:
    return [(t.time, t.what, t.a, t.b, t.c) for t in outcome.trace]


def test_a_trace_tells_who_calls_whom() -> None:
    """By hand: run 0 calls `b`, which calls `a`; `a` fails at 1 s and so does `b`; then `stops` ends its routine ok,
    and `undo` is none of those who are called. Run 1 takes the number of run 0, which has ended."""
    a = Assembler()
    with a.routine("a") as first:
        a.delay(Constant(1.0))
        a.fail("failed")
    with a.routine("b") as second:
        a.call(first)
    with a.routine("stops") as stops:
        a.delay(Constant(0.5))
        a.stop()
    with a.routine("undo") as undo:
        a.delay(Constant(0.25))
    with a.flow("other"):
        pass
    with a.flow("f"):
        with a.catching():
            a.call(second)
        a.call(stops)
        a.compensate(undo)
        a.fail("rejected")
    a.source("f", times=(0.0, 3.0))
    one = [
        (0.0, "run", 0, 1, 0), (0.0, "open", 1, 0, 1), (0.0, "of", 1, 0, 0), (0.0, "open", 2, 1, 0),
        (0.0, "of", 2, 0, 0), (1.0, "close", 2, 5, 0), (1.0, "close", 1, 5, 0), (1.0, "open", 3, 0, 2),
        (1.0, "of", 3, 0, 0), (1.5, "close", 3, 0, 0), (1.75, "end", 0, 4, 1),
    ]  # fmt: skip
    program = a.program()
    assert lines(run(program, Settings(until=2.0, trace=99), interpreted=True)) == one
    both = lines(run(program, Settings(until=9.0, trace=99), interpreted=True))
    assert both[:11] == one
    assert [line[1:3] for line in both[11:] if line[1] in ("run", "end")] == [("run", 0), ("end", 0)]
    assert lines(run(program, Settings(until=9.0, trace=7), interpreted=True)) == one[:7]


def test_what_is_sent_runs_inside_the_span_of_who_sent_it_and_what_is_left_keeps_its_own() -> None:
    """`sends` opens span 1 and sends `op`: run 1, span 2 within 1. `leaves` gives up waiting for span 4 in span 3."""
    a = Assembler()
    with a.routine("op") as op:
        a.delay(Constant(2.0))
    with a.routine("sends") as sends:
        a.send(op)
        a.delay(Constant(0.5))
    with a.routine("leaves") as leaves:
        with a.catching(), a.timeout(1.0):
            a.call(op)
        with a.parallel(1) as branch, branch(0):
            a.call(op)
    with a.flow("f"):
        a.call(sends)
        a.call(leaves)
    a.source("f", times=(0.0,))
    found = lines(run(a.program(), Settings(until=9.0, trace=99), interpreted=True))
    assert found == [
        (0.0, "run", 0, 0, 0), (0.0, "open", 1, 0, 1), (0.0, "of", 1, 0, 0), (0.0, "run", 1, -1, 0),
        (0.0, "open", 2, 1, 0), (0.0, "of", 2, 1, 0), (0.5, "close", 1, 0, 0), (0.5, "open", 3, 0, 2),
        (0.5, "of", 3, 0, 0), (0.5, "open", 4, 3, 0), (0.5, "of", 4, 0, 0), (1.5, "open", 5, 3, 0),
        (1.5, "of", 5, 0, 0), (2.0, "close", 2, 0, 0), (2.0, "end", 1, 0, -1), (2.5, "close", 4, 0, 0),
        (3.5, "close", 5, 0, 0), (3.5, "close", 3, 0, 0), (3.5, "end", 0, 0, 0),
    ]  # fmt: skip


def test_spans_of_runs_that_overlap_lie_in_those_of_their_own_run() -> None:
    """Three runs, a quarter of a second apart: all that `outer` of each calls lies in its span, be it left, called by
    who was severed, by a task of its own, a branch, or an attempt; what it sends is in another run, and in it, too."""
    a = Assembler()
    inner: list[Routine] = []
    for name in ("left", "after", "own", "branch", "tried", "sent"):
        with a.routine(name) as routine:
            a.delay(Constant(2.0))
        inner.append(routine)
    left, after, own, branch, tried, sent = inner
    with a.routine("outer") as outer:
        with a.catching(), a.timeout(1.0):
            a.call(left)
        a.call(after)
        with a.by_itself():
            a.call(own)
        a.send(sent)
        with a.parallel(1) as way, way(0):
            a.call(branch)
        with a.hedge(9.0):
            a.call(tried)
    with a.flow("f"):
        a.call(outer)
    a.source("f", times=(0.0, 0.25, 0.5))
    program = a.program()
    found = lines(run(program, Settings(until=30.0, trace=999), interpreted=True))
    label = {line[2]: program.labels[line[4]] for line in found if line[1] == "open"}
    within = {line[2]: line[3] for line in found if line[1] == "open"}
    of = {line[2]: line[3] for line in found if line[1] == "of"}
    outers = [span for span, name in label.items() if name == "outer"]
    assert (len(outers), len({of[span] for span in outers})) == (3, 3)
    for span in outers:
        called = {label[n]: n for n, around in within.items() if around == span}
        assert set(called) == {"left", "after", "own", "branch", "tried", "sent"}
        assert {name for name, n in called.items() if of[n] != of[span]} == {"sent"}
        ended = {line[2]: line[0] for line in found if line[1] == "close"}
        began = next(line[0] for line in found if line[1:3] == ("open", span))
        times = {name: ended[n] - began for name, n in called.items()}
        assert times == {"left": 2.0, "after": 3.0, "own": 5.0, "branch": 5.0, "tried": 7.0, "sent": 5.0}
        assert (within[span], ended[span] - began) == (0, 7.0)


def test_a_run_keeps_its_number_until_all_that_it_started_has_ended() -> None:
    """A branch of the first runs on until 5 s: who comes at 2 and 3 s (when the second has ended) is run 1 each."""
    a = Assembler()
    with a.flow("f"), a.parallel(2, join=1, run_on=True) as branch:
        with branch(0):
            a.delay(Constant(0.5))
        with branch(1):
            a.fails(1.0, "failed")
    with a.flow("g"), a.parallel(2, join=1, run_on=True) as branch:
        with branch(0):
            a.delay(Constant(0.5))
        with branch(1):
            a.delay(Constant(5.0))
    a.source("g", times=(0.0,))
    a.source("f", times=(2.0, 3.0, 6.0, 6.0))
    outcome = run(a.program(), Settings(until=9.0, trace=99), interpreted=True)
    started = [(t.time, t.a) for t in outcome.trace if t.what == "run"]
    assert started[:3] == [(0.0, 0), (2.0, 1), (3.0, 1)]
    assert sorted(started[3:]) == [(6.0, 0), (6.0, 1)]
    assert outcome.tasks == 0


def test_single_times_are_kept_as_long_as_there_is_room() -> None:
    """Measures: of `f` its runs, then marks of runs that were ok, then all that passed; of `g` the same behind them."""
    a = Assembler()
    for name, time in (("f", 1.0), ("g", 4.0)):
        with a.flow(name):
            a.delay(Constant(time))
            a.mark(f"{name} half")
            a.delay(Constant(2.0 * time))
            a.mark(f"{name} end")
    a.source("f", times=(0.0, 10.0))
    a.source("g", times=(0.5,))
    program = a.program()
    all_of_f = [(1.0, 2, 1.0), (3.0, 4, 3.0), (3.0, 0, 3.0), (3.0, 1, 1.0), (3.0, 3, 3.0)]
    found = run(program, Settings(until=50.0, samples=99), interpreted=True).samples
    assert found[:5] == tuple(all_of_f)
    assert found[5:10] == ((4.5, 7, 4.0), (11.0, 2, 1.0), (12.5, 9, 12.0), (12.5, 5, 12.0), (12.5, 6, 4.0))
    assert len(found) == 15
    assert run(program, Settings(until=50.0, samples=3), interpreted=True).samples == tuple(all_of_f[:3])


@pytest.mark.parametrize("middle", [1e-6, 0.007, 0.99, 1.0, 1.01, 1.999, 60.0, 86400.0, 1e9])
def test_bins_are_narrow_wherever_a_time_lies(middle: float) -> None:
    """256 to an octave: the median of three is right to 1/512, and nothing lies above the next bin."""
    a = Assembler()
    with a.flow("f"):
        a.draw_row(a.register(), a.table([(middle / 3,), (middle,), (middle * 3,)]), by_run=True)
        a.delay(Constant(0.0), per=[(0, 1.0)])
    a.source("f", times=(0.0,) * 3)
    found = run(a.program(), Settings(until=1e11), interpreted=True).flow("f").latency
    assert found.quantile(0.5) == pytest.approx(middle, rel=1 / 500)
    assert [round(3 * found.above(middle * x)) for x in (0.99, 1.01)] == [2, 1]


def test_those_woken_together_go_on_in_the_order_they_were_woken() -> None:
    """Three hundred leave a batch at the same moment and are served one after the other; before, others took turns."""
    a = Assembler()
    b = a.station("b", discipline="batch", batch=300, most_wait=99.0, batch_laws=(Constant(1.0),) * 300)
    s = a.station("s")
    with a.flow("before"):
        for _ in range(5):
            with a.parallel(40) as branch, branch(0):
                pass
    with a.flow("f"):
        a.batch(b)
        with a.hold(s):
            a.work(s, Constant(1.0))
    a.source("before", times=(0.0,))
    a.source("f", times=(1.0,) * 300)
    outcome = run(a.program(), Settings(until=999.0, trace=2000), interpreted=True)
    started = [t.a for t in outcome.trace if (t.what, t.b) == ("run", 1)]
    ended = [(t.time, t.a) for t in outcome.trace if (t.what, t.c) == ("end", 1)]
    assert ended == [(n + 3.0, number) for n, number in enumerate(started)]
    assert len(started) == 300


def test_a_number_of_runs_ends_it() -> None:
    """Of two classes; a run that isn't counted doesn't count: at 4 s three have ended, and the next is under way."""
    a = Assembler()
    s = a.station("s")
    with a.routine("op") as op:
        a.delay(Constant(0.25))
    for name in "fg":
        with a.flow(name):
            a.send(op)
            with a.hold(s):
                a.work(s, Constant(1.0))
    a.source("f", times=(0.0, 2.0, 4.0))
    a.source("g", times=(3.0, 3.5))
    program = a.program()
    outcome = run(program, Settings(runs=3), interpreted=True)
    assert (outcome.now, outcome.observed, outcome.flow("g").ended["ok"], outcome.flow("f").arrived) == (
        4.0,
        4.0,
        1,
        3,
    )
    station = outcome.station("s")
    assert (station.busy * 4.0, station.waiting * 4.0, station.servers) == (3.0, 0.5, 1.0)
    assert run(program, Settings(runs=0), interpreted=True).now == 0.0
    assert run(program, Settings(runs=9, until=50.0), interpreted=True).now == 50.0


def test_what_undoes_a_step_calls_from_the_span_of_the_run_itself() -> None:
    """By hand: the one that is always there is in span 1 of its own; the other undoes two steps, each by
    a call; and what is sent from span 4,
    in span 5, undoes them inside of 4."""
    a = Assembler()
    with a.routine("long") as long:
        a.delay(Constant(9.0))
    with a.routine("op") as op:
        a.delay(Constant(0.25))
    with a.routine("undo") as undo:
        a.call(op)
    with a.flow("other"):
        a.call(long)
    with a.routine("sent") as sent:
        a.compensate(undo)
        a.compensate(undo)
        a.fail("rejected")
    with a.routine("sends") as sends:
        a.send(sent)
    with a.flow("f"):
        a.delay(Constant(1.0))
        a.compensate(undo)
        a.compensate(undo)
        a.fail("rejected")
    with a.flow("g"):
        a.call(sends)
    a.source("other", times=(0.0,))
    a.source("f", times=(1.0,))
    a.source("g", times=(4.0,))
    found = lines(run(a.program(), Settings(until=5.0, trace=99), interpreted=True))
    assert [line[:4] for line in found if line[1] == "open"] == [
        (0.0, "open", 1, 0), (2.0, "open", 2, 0), (2.25, "open", 3, 0),
        (4.0, "open", 4, 0), (4.0, "open", 5, 4), (4.0, "open", 6, 4), (4.25, "open", 7, 4),
    ]  # fmt: skip


def test_series_count_in_buckets_of_their_width_and_a_shift_is_of_its_own_law() -> None:
    """Three come in the first four seconds, one in the last; who comes takes 5 s more than a law, and never less.
    Of one that comes at random, nine times a second, 144 come, give or take five times the root of that."""
    a = Assembler()
    with a.flow("quick"):
        a.delay(Constant(0.25))
    with a.flow("late"):
        a.delay(Shifted(Gamma(1.0, 0.5), 5.0))
        a.mark("shifted")
    a.source("quick", times=(0.5, 1.5, 3.5, 15.0))
    a.source("late", times=(0.0,) * 20)
    with a.flow("often"):
        pass
    a.source("often", states=((9.0, (0.0,)),))
    outcome = run(a.program(), Settings(until=16.0, width=4.0, buckets=4), interpreted=True)
    assert list(outcome.flow("quick").arrivals) == list(outcome.flow("quick").ok) == [3, 0, 0, 1]
    assert outcome.flow("late").passed["shifted"].least >= 5.0
    assert abs(outcome.flow("often").arrived - 9 * 16) < 5 * 12
