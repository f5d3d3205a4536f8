"""More small scenes of a minute, each worked out by hand: branches, calls, sources and what tasks hand on."""

from __future__ import annotations

from groma.model.law import Constant, Empirical
from groma.solvers.simulation import Assembler
from groma.solvers.simulation.program import Ending
from solvers.simulation_scenes import UNTIL, End, Scene, Seen, held, ok


def branched(a: Assembler, p: str) -> Seen:
    """Two of three branches; the rest is given up, or runs on; a branch that raises again, stops, or is empty."""
    s, t = a.station(f"{p}s", threads=9), a.station(f"{p}t", threads=9)
    flows: tuple[tuple[str, int, bool, tuple[tuple[float, Ending | None], ...]], ...] = (
        ("two", 2, False, ((1.0, None), (2.0, "failed"), (3.0, None), (9.0, None))),
        ("lost", 3, False, ((3.0, None), (1.0, "rejected"), (2.0, "failed"), (9.0, None))),
        ("first", 1, True, ((2.0, None), (1.0, None), (3.0, "failed"), (4.0, None))),
    )
    for name, join, run_on, ways in flows:
        with a.flow(f"{p}{name}"), a.parallel(4, join, run_on) as branch:
            for n, (time, kind) in enumerate(ways):
                with branch(n), a.hold(t if run_on else s):
                    a.work(t if run_on else s, Constant(time))
                    if kind is not None:
                        a.fail(kind)
    with a.flow(f"{p}again"), a.catching() as caught:
        a.fail("throttled")
        with caught(), a.parallel(2) as branch:
            with branch(0):
                a.delay(Constant(1.5))
                a.fail_again()
            with branch(1):
                a.delay(Constant(9.0))
    with a.flow(f"{p}stops"), a.parallel(2) as branch:
        with branch(0), a.timeout(5.0):
            a.delay(Constant(1.25))
            a.stop()
        with branch(1):
            held(a, s, 8.0)
    with a.flow(f"{p}empty"), a.parallel(2) as branch, branch(1):
        a.delay(Constant(1.75))
    a.source(f"{p}two", times=(0.0, 0.5))
    a.source(f"{p}lost", times=(10.0,))
    a.source(f"{p}first", times=(20.0,))
    a.source(f"{p}again", times=(30.0,))
    a.source(f"{p}stops", times=(40.0,))
    a.source(f"{p}empty", times=(50.0,))
    return Seen(
        {
            f"{p}two": ok(3.0, 3.5),
            f"{p}lost": [(12.0, "failed")],
            f"{p}first": ok(21.0),
            f"{p}again": [(31.5, "throttled")],
            f"{p}stops": ok(41.25),
            f"{p}empty": ok(51.75),
        },
        {
            f"{p}s": {"busy": 2 * (1.0 + 2.0 + 3.0 + 3.0) + (2.0 + 1.0 + 2.0 + 2.0) + 1.25, "arrived": 13},
            f"{p}t": {"busy": 2.0 + 1.0 + 3.0 + 4.0, "arrived": 4, "done": 4},
        },
    )


def hedged(a: Assembler, p: str) -> Seen:
    """Up to two more attempts, a second apart, at one server: the first wins. An attempt that fails alone ends it."""
    s = a.station(f"{p}s")
    with a.flow(f"{p}f"), a.hedge(1.0, more=2):
        a.tally(f"{p}tries")
        held(a, s, 4.5)
    with a.flow(f"{p}bad"), a.hedge(1.0, more=2):
        a.tally(f"{p}bad")
        a.delay(Constant(1.5))
        a.fail("rejected")
    with a.flow(f"{p}none"), a.hedge(1.0, more=0):
        a.tally(f"{p}none")
        a.delay(Constant(2.0))
    a.source(f"{p}f", times=(0.0,))
    a.source(f"{p}bad", times=(10.0,))
    a.source(f"{p}none", times=(20.0,))
    # Attempts at 10, 11 and 12 s fail at 11.5, 12.5 and 13.5: at each moment before one is alive.
    return Seen(
        {f"{p}f": ok(4.5), f"{p}bad": [(13.5, "rejected")], f"{p}none": ok(22.0)},
        {f"{p}s": {"busy": 4.5, "waiting": 3.5 + 2.5, "arrived": 3}},
        tallies={f"{p}tries": 3.0, f"{p}bad": 3.0, f"{p}none": 1.0},
    )


def sent(a: Assembler, p: str) -> Seen:
    """Who answers at once keeps its server for 2 s more; what is sent is a run of its own, counted where it is said."""
    s = a.station(f"{p}s")
    with a.routine(f"{p}op") as op:
        a.delay(Constant(2.5))
        a.mark(f"{p}half")
        a.delay(Constant(0.5))
    with a.flow(f"{p}counted"):
        a.mark(f"{p}none")
        a.call(op)
    with a.flow(f"{p}f") as number:
        with a.seized(s):
            a.work(s, Constant(1.0))
            with a.by_itself(takes_hold=True):
                a.delay(Constant(2.0))
        a.send(op, number - 1)
        a.send(op)
    a.source(f"{p}counted", times=(50.0,))
    a.source(f"{p}f", times=(0.0, 0.5))
    return Seen(
        {f"{p}f": ok(1.0, 4.0), f"{p}counted": ok(4.0, 7.0, 53.0)},
        {f"{p}s": {"busy": 6.0, "waiting": 2.5, "arrived": 2, "done": 2}},
        marks={(f"{p}counted", f"{p}half"): [2.5, 2.5, 2.5], (f"{p}counted", f"{p}none"): [0.0]},
    )


def undone(a: Assembler, p: str) -> Seen:
    """Steps of a second each are undone when a run fails, the last first, in 1, 2 and 4 s; not where it stops."""
    undo = []
    for n in range(3):
        with a.routine(f"{p}undo {n}") as routine:
            a.delay(Constant(2.0**n))
            a.mark(f"{p}undone {n}")
        undo.append(routine)
    for name, fails in (("bad", True), ("stops", False)):
        with a.flow(f"{p}{name}"):
            for routine in undo:
                a.delay(Constant(1.0))
                a.compensate(routine)
            a.fail("rejected") if fails else a.stop()
        a.source(f"{p}{name}", times=(0.0, 0.5, 20.0))
    return Seen(
        {f"{p}bad": [(t, "rejected") for t in (10.0, 10.5, 30.0)], f"{p}stops": ok(3.0, 3.5, 23.0)},
        marks={(f"{p}bad", f"{p}undone {n}"): [time] * 3 for n, time in ((0, 10.0), (1, 9.0), (2, 7.0))},
    )


def paced(a: Assembler, p: str) -> Seen:
    """Gaps on a clock of their own: cumulated over a period of 12 s it moves on by 12, none of it from 4 to 8 s. One
    that ends after 5 units; two customers who think for 3 units each, at half speed from 6 s on; and a period of 5 s of
    which the first half counts."""
    for name in ("cycle", "ends", "think", "half"):
        with a.flow(f"{p}{name}"):
            a.delay(Constant(1.0))
    a.source(f"{p}cycle", gaps=Constant(0.75), rates=((0.0, 1.0), (4.0, 0.0), (8.0, 2.0)), period=12.0)
    a.source(f"{p}ends", gaps=Constant(0.75), rates=((0.0, 1.0), (2.0, 3.0), (3.0, 0.0)))
    a.source(f"{p}think", gaps=Constant(3.0), customers=2, rates=((0.0, 1.0), (6.0, 0.5)))
    a.source(f"{p}half", gaps=Constant(0.75), rates=((0.0, 1.0), (2.5, 0.0)), period=5.0)
    half = [5.0 * (0.75 * k // 2.5) + 0.75 * k % 2.5 for k in range(1, 41)]
    starts = [divmod(0.75 * k, 12.0) for k in range(1, 80)]
    cycle = [12.0 * cycles + (own if own < 4.0 else 8.0 + (own - 4.0) / 2) for cycles, own in starts]
    think = [4.0, *(float(t) for t in range(9, 60, 7))]
    return Seen(
        {
            f"{p}cycle": ok(*(t + 1.0 for t in cycle if t + 1.0 <= UNTIL)),
            f"{p}ends": ok(
                *(1.0 + t for t in (0.75, 1.5, 2 + 0.25 / 3, 2 + 1 / 3, 2 + 1.75 / 3, 2 + 2.5 / 3))
            ),
            f"{p}half": ok(*(t + 1.0 for t in half if t + 1.0 <= UNTIL)),
            f"{p}think": [end for end in ok(*think) for _ in range(2)],
        }
    )


def drawn(a: Assembler, p: str) -> Seen:
    """Rows of one weight, rounds of a law, the third of three ways, and a size that is the sum of two."""
    a.table([(7.0,), (8.0,)])
    first = a.register(3)
    table = a.table([(9.0, 9.0), (9.0, 9.0), (1.5, 0.5), (9.0, 9.0)], (0.0, 0.0, 1.0, 0.0))
    with a.flow(f"{p}f"):
        a.draw_row(first, table)
        a.draw(first + 2, Empirical((1.0, 0.25, 3.0), (0.0, 1.0, 0.0)))
        with a.loop(times=2.6, at_most=9):
            a.tally(f"{p}rounds")
        with a.loop(until=1.0):
            a.tally(f"{p}rounds", 10.0)
        with a.choose((0.0, 0.0, 1.0, 0.0)) as way:
            for n in range(4):
                with way(n):
                    a.tally(f"{p}way", float(n))
        a.delay(Constant(0.125), per=[(first, 1.0), (first + 1, 2.0), (first + 2, 4.0)])
    a.source(f"{p}f", times=(0.0, 1.0, 1.0))
    ends: list[End] = ok(3.625, 4.625, 4.625)
    return Seen({f"{p}f": ends}, tallies={f"{p}rounds": 3 * 13.0, f"{p}way": 3 * 2.0})


def crowded(a: Assembler, p: str) -> Seen:
    """Seventy come at once and wait, work, hedge, are limited and note what undoes: all pools grow; then again."""
    s, b = a.station(f"{p}s", threads=35), a.station(
        f"{p}b", threads=70, discipline="batch", batch=2, most_wait=9.0, batch_laws=(Constant(1.0),) * 2
    )  # fmt: skip
    with a.routine(f"{p}undo") as undo:
        a.tally(f"{p}undone")
    with a.flow(f"{p}f"), a.timeout(6.0), a.hedge(1.5, more=1):
        a.compensate(undo)
        held(a, s, 1.0)
        a.batch(b)
        a.delay(Constant(0.0))
        a.delay(Constant(9.0))
    a.source(f"{p}f", times=(0.0,) * 70 + (30.0,) * 90)
    # Work ends at 1 and 2 s; attempts of 1.5 s wait for those; all go in pairs, and none is done after 6 s.
    return Seen(
        {f"{p}f": [(6.0, "timeout")] * 70 + [(36.0, "timeout")] * 90},
        {f"{p}s": {"arrived": 320, "done": 320}},
        tallies={f"{p}undone": 320.0},
    )


def calling(a: Assembler, p: str) -> Seen:
    """Calls in calls, each with an error of its own; a task that hangs; a routine with a row of the first number."""
    s = a.station(f"{p}s", threads=2)
    first = a.register()
    table = a.table([(1.0,), (2.0,)])
    with a.routine(f"{p}deep") as deep:
        held(a, s, 0.5)
        a.fails(1.0, "throttled")
    with a.routine(f"{p}middle") as middle:
        with a.catching(("throttled",)) as caught:
            a.call(deep)
            with caught():
                a.delay(Constant(0.25))
                a.fail("rejected")
        a.delay(Constant(50.0))
    with a.routine(f"{p}row") as row:
        a.draw_row(first, table, by_run=True)
        a.delay(Constant(0.0), per=[(first, 1.0)])
        a.mark(f"{p}row")
    with a.flow(f"{p}f") as number:
        a.draw_row(first, table, by_run=True)
        a.delay(Constant(0.0), per=[(first, 1.0)])
        a.send(row, number)
        with a.catching(("rejected",)) as caught:
            a.call(middle)
            with caught():
                a.mark(f"{p}caught")
        a.mark(f"{p}caught")
    with a.flow(f"{p}hangs"), a.timeout(7.0, "unavailable"), a.hold(s):
        a.hang()
    a.source(f"{p}f", times=(0.0, 1.0, 2.0))
    a.source(f"{p}hangs", times=(20.0, 21.0))
    # Rows of 1, 2 and 1 s, then 0.75 s; each also sends one whose own row is the first.
    return Seen(
        {
            f"{p}f": ok(1.75, 2.0, 3.75, 3.75, 4.0, 4.0),
            f"{p}hangs": [(27.0, "unavailable"), (28.0, "unavailable")],
        },
        {f"{p}s": {"busy": 1.5 + 14.0, "waiting": 0.0, "arrived": 5, "done": 5}},
        marks={(f"{p}f", f"{p}caught"): [1.75, 2.75, 1.75], (f"{p}f", f"{p}row"): [1.0, 1.0, 1.0]},
    )


def left(a: Assembler, p: str) -> Seen:
    """A branch that is left while an operation of its own goes on: the operation is served to its end, the rest of
    the branch isn't. The first to be left waits, the second is served, the third has one that cancels."""
    s, t = a.station(f"{p}s"), a.station(f"{p}t", threads=9)
    with a.routine(f"{p}op") as op:
        held(a, s, 4.0)
        a.tally(f"{p}op")
    with a.flow(f"{p}f"), a.parallel(4, join=1) as branch:
        for n in range(3):
            with branch(n), a.hold(t):
                a.delay(Constant(0.25 * n))
                a.call(op, cancels=n == 2)
                a.tally(f"{p}behind")
        with branch(3):
            a.delay(Constant(2.0))
    a.source(f"{p}f", times=(0.0,))
    return Seen(
        {f"{p}f": ok(2.0)},
        {
            f"{p}s": {"busy": 8.0, "waiting": 3.75 + 1.5, "arrived": 3, "done": 2},
            f"{p}t": {"busy": 6.0, "arrived": 3, "done": 3},
        },
        tallies={f"{p}op": 2.0, f"{p}behind": 0.0},
    )


SCENES: tuple[Scene, ...] = (
    branched, hedged, sent, undone, paced, drawn, crowded, calling, left,
)  # fmt: skip
