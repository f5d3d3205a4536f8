"""More small scenes of a minute, each worked out by hand: sizes, customers, and many at once."""

from __future__ import annotations

from groma.model.law import Constant
from groma.solvers.simulation import Assembler
from solvers.simulation_scenes import Scene, Seen, held, ok


def sized(a: Assembler, p: str) -> Seen:
    """Each run keeps sizes of its own while others draw theirs, and hands them on to branches and who is severed."""
    first = a.register(3)
    table = a.table([(n + 1.0, 10.0 * (n + 1.0), 100.0 * (n + 1.0)) for n in range(4)])
    with a.routine(f"{p}op") as op:
        a.delay(Constant(3.0))
    with a.flow(f"{p}f"):
        a.draw_row(first, table, by_run=True)
        a.delay(Constant(1.0))
        with a.catching(), a.timeout(0.5):
            a.call(op)
        with a.parallel(2) as branch:
            for n in range(2):
                with branch(n):
                    a.delay(Constant(0.5))
                    a.tally(f"{p}sizes", per=[(first + 1, 1.0), (first + 2, 1.0 + n)])
        a.delay(Constant(0.0), per=[(first, 1.0)])
    a.source(f"{p}f", times=(0.0, 0.125, 0.25, 0.375))
    return Seen(
        {f"{p}f": ok(3.0, 4.125, 5.25, 6.375)}, tallies={f"{p}sizes": 8.0 + 10.0 * (2 * 10.0 + 3 * 100.0)}
    )


def twice(a: Assembler, p: str) -> Seen:
    """Who loses two servers at once, the inner one first, goes on where the outer one's loss is handled, and once."""
    inner, outer = a.station(f"{p}inner"), a.station(f"{p}outer")
    a.part(f"{p}part", Constant(3.0), Constant(90.0), [a.unit(inner), a.unit(outer)])
    with a.flow(f"{p}f"), a.catching() as lost:
        with a.hold(outer), a.catching() as lost_inner:
            held(a, inner, 9.0)
            with lost_inner():
                a.tally(f"{p}inner")
                a.delay(Constant(1.0))
        with lost():
            a.tally(f"{p}outer")
            with a.parallel(2) as branch, branch(0):
                a.delay(Constant(2.0))
    a.source(f"{p}f", times=(1.0,))
    return Seen(
        {f"{p}f": ok(5.0)},
        {f"{p}{name}": {"busy": 2.0, "lost": 1, "done": 0} for name in ("inner", "outer")},
        tallies={f"{p}inner": 0.0, f"{p}outer": 1.0},
    )


def many(a: Assembler, p: str) -> Seen:
    """Three hundred branches begin together, in their order, after forty others and again: the last of them is served
    last, for a sixteenth of a second each, and then ends the whole."""
    s = a.station(f"{p}s")
    with a.flow(f"{p}few"), a.parallel(40):
        pass
    with a.flow(f"{p}f"), a.parallel(300) as branch:
        for n in range(300):
            with branch(n):
                held(a, s, 0.0625)
                if n == 299:
                    a.fail("failed")
    a.source(f"{p}few", times=(0.0,))
    a.source(f"{p}f", times=(1.0, 25.0))
    return Seen({f"{p}few": ok(0.0), f"{p}f": [(t + 18.75, "failed") for t in (1.0, 25.0)]})


def closed(a: Assembler, p: str) -> Seen:
    """Customers who think for 3 s, two at one server for a second each, and one who thinks for 2 s before a half."""
    s = a.station(f"{p}s")
    with a.flow(f"{p}two"):
        held(a, s, 1.0)
    with a.flow(f"{p}one"):
        a.delay(Constant(0.5))
    a.source(f"{p}two", gaps=Constant(3.0), customers=2)
    a.source(f"{p}one", gaps=Constant(2.0), customers=1)
    # Both of the two come at 3 s; the second one waits once, and from then on they come one after the other.
    return Seen(
        {
            f"{p}two": ok(*(4.0 * n + k for n in range(1, 15) for k in (0.0, 1.0)), 60.0),
            f"{p}one": ok(*(2.5 * n for n in range(1, 25))),
        },
        {f"{p}s": {"busy": 29.0, "waiting": 1.0, "arrived": 30, "done": 29}},
    )


def formed(a: Assembler, p: str) -> Seen:
    """Sizes of 2 and 3 in sums of each their own: of counts, delays, and work at a station with a queue or a shared
    one, of which nothing else goes on there."""
    s, q = a.station(f"{p}s"), a.station(f"{p}q", discipline="sharing")
    first = a.register(2)
    with a.flow(f"{p}f"):
        a.draw(first, Constant(2.0))
        a.draw(first + 1, Constant(3.0))
        for n in range(1, 6):
            a.tally(f"{p}{n}", 0.5 * n, per=[(first, 1.0 * n), (first + 1, 10.0 * n)])
        a.delay(Constant(0.25), per=[(first, 0.5)])
        with a.hold(s):
            a.work(s, Constant(0.5), per=[(first, 0.25), (first + 1, 1.0)])
        with a.hold(q):
            a.work(q, Constant(1.0), per=[(first + 1, 2.0)])
    a.source(f"{p}f", times=(0.0, 20.0))
    return Seen(
        {f"{p}f": ok(12.25, 32.25)},
        {f"{p}s": {"busy": 2 * 4.0}, f"{p}q": {"busy": 2 * 7.0}},
        tallies={f"{p}{n}": 2 * 32.5 * n for n in range(1, 6)},
    )


SCENES: tuple[Scene, ...] = (sized, twice, many, closed, formed)
