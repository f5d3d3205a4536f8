"""More small scenes of a minute, each worked out by hand: sizes, customers, what scales, and many at once."""

from __future__ import annotations

from groma.model.law import Constant
from groma.solvers.simulation import Assembler
from solvers.simulation_scenes import Scene, Seen, held, ok


def sized(a: Assembler, p: str) -> Seen:
    """Each run keeps sizes of its own while others draw theirs, and hands them on to branches and who is severed."""
    first = a.register(3)
    for rows in (2, 3):
        a.table([(7.0,)] * rows)
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
                    a.mark(f"{p}branch")
                    a.tally(f"{p}sizes", per=[(first + 1, 1.0), (first + 2, 1.0 + n)])
        a.delay(Constant(0.0), per=[(first, 1.0)])
    a.source(f"{p}f", times=(0.0, 0.125, 0.25, 0.375))
    return Seen(
        {f"{p}f": ok(3.0, 4.125, 5.25, 6.375)},
        tallies={f"{p}sizes": 8.0 + 10.0 * (2 * 10.0 + 3 * 100.0)},
        marks={(f"{p}f", f"{p}branch"): [2.0] * 4},
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
    s, size = a.station(f"{p}s"), a.register()
    with a.flow(f"{p}few"), a.parallel(40):
        pass
    with a.flow(f"{p}f"):
        a.draw(size, Constant(0.0625))
        with a.parallel(300) as branch:
            for n in range(300):
                with branch(n):
                    with a.hold(s):
                        a.work(s, Constant(0.0), per=[(size, 1.0)])
                    if n == 299:
                        a.fail("failed")
    a.source(f"{p}few", times=(0.0,))
    a.source(f"{p}f", times=(1.0, 25.0))
    return Seen({f"{p}few": ok(0.0), f"{p}f": [(t + 18.75, "failed") for t in (1.0, 25.0)]})


def closed(a: Assembler, p: str) -> Seen:
    """Customers who think for 3 s, two at one server for a second each, and one who thinks for 2 s before a half;
    others come every 7 s."""
    s = a.station(f"{p}s")
    with a.flow(f"{p}two"):
        held(a, s, 1.0)
    with a.flow(f"{p}one"):
        a.delay(Constant(0.5))
    a.source(f"{p}two", gaps=Constant(3.0), customers=2)
    a.source(f"{p}one", gaps=Constant(2.0), customers=1)
    a.source(f"{p}one", gaps=Constant(7.0))
    # Both of the two come at 3 s; the second one waits once, and from then on they come one after the other.
    return Seen(
        {
            f"{p}two": ok(*(4.0 * n + k for n in range(1, 15) for k in (0.0, 1.0)), 60.0),
            f"{p}one": ok(*(2.5 * n for n in range(1, 25)), *(7.0 * n + 0.5 for n in range(1, 9))),
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


def scaled(a: Assembler, p: str) -> Seen:
    """Three quarters of two servers a unit: 2 busy ones ask for 1.33 units at 8 s, which are two at 12 s; 1 busy one in
    the mean asks for one at 32 s. The other: half of each unit, three at most, two at least, asked for at 4 s only."""
    a.station(f"{p}idle")
    two, one = a.station(f"{p}two", threads=2), a.station(f"{p}one", units=2)
    a.scaler(two, least=1, most=5, target=0.75, every=8.0, delay=4.0)
    a.scaler(one, least=2, most=3, target=0.5, every=4.0, delay=6.0)
    for name, station, runs in (("f", two, 4), ("g", one, 5)):
        with a.flow(f"{p}{name}"):
            held(a, station, 16.0)
        a.source(f"{p}{name}", times=(0.0,) * runs)
    # Two of three units are down from 1 to 22 s: a second one is asked for at 20 s, but at 26 s there are three again.
    three = a.station(f"{p}three", units=3)
    a.scaler(three, least=1, most=5, target=0.5, every=20.0, delay=6.0)
    for unit in (a.unit(three), a.unit(three)):
        a.action(1.0, "down", unit)
        a.action(22.0, "up", unit)
    with a.flow(f"{p}h"):
        held(a, three, 90.0)
    a.source(f"{p}h", times=(1.5,))
    # A quarter of four servers a unit: two busy ones ask for two at 4 s, which come at 10 s; only then is there, at
    # 12 s, asked for the third, for the third busy one.
    four = a.station(f"{p}four", threads=4)
    a.scaler(four, least=1, most=9, target=0.25, every=4.0, delay=6.0)
    with a.flow(f"{p}i"):
        held(a, four, 90.0)
    a.source(f"{p}i", times=(0.0, 0.0, 4.0))
    return Seen(
        {f"{p}f": ok(16.0, 16.0, 28.0, 28.0), f"{p}g": ok(16.0, 16.0, 26.0, 32.0, 32.0)},
        {
            f"{p}four": {"servers": 10 * 4.0 + 8 * 8.0 + 42 * 12.0},
            f"{p}three": {"servers": 3.0 + 21.0 + 18 * 3.0 + 20 * 2.0},
            f"{p}two": {"busy": 64.0, "waiting": 24.0, "servers": 12 * 2.0 + 20 * 4.0 + 28 * 2.0},
            f"{p}one": {"busy": 80.0, "waiting": 10.0 + 2 * 16.0, "servers": 10 * 2.0 + 26 * 3.0 + 24 * 2.0},
        },
    )


def stalled(a: Assembler, p: str) -> Seen:
    """Of one shared station the servers are away from 0.25 to 10 s; at another two are done at once meanwhile."""
    one, two = (a.station(f"{p}{name}", discipline="sharing") for name in ("one", "two"))
    for name, station, work in (("f", one, 0.5), ("g", two, 1.0)):
        with a.flow(f"{p}{name}"), a.hold(station):
            a.work(station, Constant(work))
    a.source(f"{p}f", times=(0.0,))
    a.source(f"{p}g", times=(1.0, 1.0))
    a.action(0.25, "servers", one, 0.0)
    a.action(10.0, "servers", one, float("inf"))
    return Seen(
        {f"{p}f": ok(10.25), f"{p}g": ok(3.0, 3.0)},
        {
            f"{p}one": {"busy": 0.5, "waiting": 9.75, "done": 1},
            f"{p}two": {"busy": 2.0, "waiting": 2.0, "done": 2},
        },
    )


SCENES: tuple[Scene, ...] = (sized, twice, many, closed, formed, scaled, stalled)
