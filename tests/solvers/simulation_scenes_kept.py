"""More small scenes of a minute, each worked out by hand: what is left, lost, kept or forgotten stays apart from what
goes on beside it."""

from __future__ import annotations

from groma.model.law import Constant
from groma.solvers.simulation import Assembler
from solvers.simulation_scenes import Scene, Seen, held, ok


def families(a: Assembler, p: str) -> Seen:
    """Branches that leave an operation behind keep their place among the others: the first, one in the middle and the
    last of them, whether they end first, in between or are given up; and so do attempts of a hedge."""
    s, t, u = a.station(f"{p}s", threads=20), a.station(f"{p}t", threads=20), a.station(f"{p}u")
    with a.flow(f"{p}limited"), a.timeout(30.0):
        held(a, u, 20.0)
        a.delay(Constant(5.0))
    a.source(f"{p}limited", times=(0.0, 5.0))
    with a.routine(f"{p}op") as op:
        held(a, s, 4.0)
    with a.flow(f"{p}two"), a.parallel(5, join=2) as branch:
        for n, limit in enumerate((1.0, 1.25, 1.5)):
            with branch(n):
                with a.catching(), a.timeout(limit):
                    a.call(op)
                held(a, t, 0.5 if n == 1 else 9.0)
                a.tally(f"{p}behind")
        with branch(3):
            a.delay(Constant(3.0))
        with branch(4):
            held(a, t, 9.0)
            a.tally(f"{p}behind")
    for name, ways in (
        ("up", ((0.5, 0.5), (0.25, 2.0), (0.75, 1.0))),
        ("down", ((0.5, 2.0), (0.25, 0.5), (0.75, 1.0))),
    ):
        with a.flow(f"{p}{name}"), a.parallel(3) as branch:
            for n, (limit, then) in enumerate(ways):
                with branch(n):
                    with a.catching(), a.timeout(limit):
                        a.call(op)
                    a.delay(Constant(then))
                    a.tally(f"{p}{name}")
        a.source(f"{p}{name}", times=(10.0,))
    with a.flow(f"{p}hedged"), a.hold(u), a.hedge(0.5, more=2):
        with a.catching(), a.timeout(1.0):
            a.call(op)
        held(a, t, 3.0)
    a.source(f"{p}two", times=(0.0,))
    a.source(f"{p}hedged", times=(40.0, 41.0))
    # The branches of `two`: at t from 1, from 1.25 to 1.75, and from 1.5; a second one is done at 3. Attempts at 40,
    # 40.5 and 41 s: the first is done at 44, as is the whole, and the next can begin.
    return Seen(
        {
            f"{p}two": ok(3.0),
            f"{p}up": ok(12.25),
            f"{p}down": ok(12.5),
            f"{p}hedged": ok(44.0, 48.0),
            f"{p}limited": [(25.0, "ok"), (35.0, "timeout")],
        },
        {
            f"{p}s": {"busy": (3 + 6 + 6) * 4.0, "arrived": 15, "done": 15},
            f"{p}t": {"busy": 2.0 + 0.5 + 1.5 + 3.0 + 2 * (3.0 + 2.5 + 2.0), "arrived": 10, "done": 10},
            f"{p}u": {"busy": 20.0 + 15.0 + 8.0, "waiting": 15.0 + 3.0, "arrived": 4, "done": 4},
        },
        tallies={f"{p}behind": 1.0, f"{p}up": 3.0, f"{p}down": 3.0},
    )


def forgotten(a: Assembler, p: str) -> Seen:
    """What a run did that ended ok, be it counted or not, is not undone by one that comes later and fails, nor what
    another undid."""
    with a.routine(f"{p}undo") as undo:
        a.tally(f"{p}undone")
        a.delay(Constant(2.0))
    for name in ("good", "bad"):
        with a.flow(f"{p}{name}"):
            a.compensate(undo)
            a.compensate(undo)
            if name == "bad":
                a.fail("failed")
    with a.routine(f"{p}sent") as sent:
        a.compensate(undo)
    with a.flow(f"{p}sends"):
        a.send(sent)
    a.source(f"{p}sends", times=(20.0,))
    with a.flow(f"{p}nothing"):
        a.fail("rejected")
    nothing = (1.0, 1.0, 1.0, 8.0, 11.0, 21.0, 21.0, 21.0)
    a.source(f"{p}good", times=(0.0, 0.0, 10.0))
    a.source(f"{p}nothing", times=nothing)
    a.source(f"{p}bad", times=(2.0, 12.0))
    return Seen(
        {
            f"{p}good": ok(0.0, 0.0, 10.0),
            f"{p}nothing": [(t, "rejected") for t in nothing],
            f"{p}sends": ok(20.0),
            f"{p}bad": [(6.0, "failed"), (16.0, "failed")],
        },
        tallies={f"{p}undone": 4.0},
    )


def granted(a: Assembler, p: str) -> Seen:
    """Who gets a server does next what is written, be it no work, or work elsewhere; who got it is before who gave it
    in what both begin then."""
    s, q = a.station(f"{p}s"), a.station(f"{p}q", discipline="sharing")
    one, last = a.station(f"{p}one"), a.station(f"{p}last", places=0)
    with a.flow(f"{p}waits"), a.hold(s):
        a.delay(Constant(2.0))
    with a.flow(f"{p}shares"), a.hold(q), a.hold(s):
        a.work(q, Constant(1.0))
    with a.flow(f"{p}gives"):
        held(a, s, 1.0)
        held(a, one, 1.0)
        held(a, last, 1.0)
    with a.flow(f"{p}gets"):
        held(a, s, 1.0)
        held(a, last, 1.0)
    a.source(f"{p}waits", times=(0.0, 0.5))
    a.source(f"{p}shares", times=(10.0, 10.5))
    a.source(f"{p}gives", times=(20.0,))
    a.source(f"{p}gets", times=(20.0,))
    r = a.station(f"{p}r")
    with a.flow(f"{p}stays"):
        held(a, r, 2.0)
    with a.flow(f"{p}leaves"), a.timeout(2.5):
        held(a, r, 2.0)
    a.source(f"{p}stays", times=(30.0, 30.25, 30.75))
    a.source(f"{p}leaves", times=(30.5,))
    return Seen(
        {
            f"{p}waits": ok(2.0, 4.0),
            f"{p}shares": ok(11.0, 12.0),
            f"{p}gives": [(22.0, "throttled")],
            f"{p}gets": ok(23.0),
            f"{p}stays": ok(32.0, 34.0, 36.0),
            f"{p}leaves": [(33.0, "timeout")],
        },
        {
            f"{p}s": {"busy": 4.0 + 2.0 + 2.0, "waiting": 1.5 + 0.5 + 1.0, "arrived": 6, "done": 6},
            f"{p}q": {"busy": 2.0, "waiting": 0.5},
            f"{p}r": {"busy": 6.0, "waiting": 1.75 + 3.25 + 2.5, "arrived": 4, "done": 3},
        },
    )


def spared(a: Assembler, p: str) -> Seen:
    """A unit of a million takes nobody with it: what was worked before it went down, and what is waited for since, is
    as if it had stayed; and so it is with who shares another station meanwhile."""
    shared = a.station(f"{p}shared", units=1000000, threads=1, discipline="sharing")
    queue = a.station(f"{p}queue", units=1000000)
    batch = a.station(
        f"{p}batch",
        units=1000000,
        discipline="batch",
        batch=2,
        most_wait=4.0,
        batch_laws=(Constant(3.0),) * 2,
    )
    units = [a.unit(station) for station in (shared, queue, batch)]
    for station in (shared, queue, batch):
        a.action(0.0, "servers", station, 1.0)
    with a.flow(f"{p}f"), a.hold(shared):
        a.work(shared, Constant(4.0))
    with a.flow(f"{p}g"):
        held(a, queue, 4.0)
    with a.flow(f"{p}h"):
        a.batch(batch)
    for flow in "fgh":
        a.source(f"{p}{flow}", times=(0.0, 1.0))
    a.source(f"{p}h", times=(1.5,))
    other = a.station(f"{p}other", discipline="sharing")
    with a.flow(f"{p}i"), a.hold(other):
        a.work(other, Constant(1.0))
    a.source(f"{p}i", times=(1.5, 4.0, 4.5))
    for unit in units:
        a.action(2.0, "down", unit)
        a.action(3.0, "up", unit)
    # Of the sharing one: 1 s alone, then half the server each: 3 of the first's 4 s are left at 1 s, 7 s of both.
    return Seen(
        {
            f"{p}f": ok(7.0, 8.0),
            f"{p}g": ok(4.0, 8.0),
            f"{p}h": ok(4.0, 4.0, 8.5),
            f"{p}i": ok(2.5, 5.5, 6.0),
        },
        {
            f"{p}shared": {"busy": 8.0, "waiting": 6.0, "lost": 0, "done": 2},
            f"{p}queue": {"busy": 8.0, "waiting": 3.0, "lost": 0, "done": 2},
            f"{p}batch": {"busy": 6.0, "waiting": 1.0 + 4.0, "lost": 0, "done": 3},
        },
    )


SCENES: tuple[Scene, ...] = (families, forgotten, granted, spared)
