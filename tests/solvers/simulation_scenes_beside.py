"""More small scenes of a minute, each worked out by hand: what stands beside something of another kind keeps to its
own law, discipline, branch, limit and customs."""

from __future__ import annotations

from groma.model.law import Constant, Gamma
from groma.solvers.simulation import Assembler, Shifted
from solvers.simulation_scenes import Scene, Seen, held, ok


def fractions(a: Assembler, p: str) -> Seen:
    """Jobs alone at a shared server are done after their work, though no binary number is their time; two that came
    at another one before, at 0 and at 5 s, have a server each for 50 s."""
    far = a.station(f"{p}far", threads=2, discipline="sharing")
    near = a.station(f"{p}near", discipline="sharing")
    for name, station, work in (("f", far, 50.0), ("g", near, 0.3)):
        with a.flow(f"{p}{name}"), a.hold(station):
            a.work(station, Constant(work))
    a.source(f"{p}f", times=(0.0, 5.0))
    times = tuple(6.1 + 0.7 * n for n in range(70))
    a.source(f"{p}g", times=times)
    return Seen(
        {f"{p}f": ok(50.0, 55.0), f"{p}g": ok(*(t + 0.3 for t in times))},
        {f"{p}near": {"busy": 70 * 0.3, "waiting": 0.0, "done": 70}},
    )


def branches(a: Assembler, p: str) -> Seen:
    """Branches that run on leave those of others where they are, also of one that stands where the first task of all
    stood; hedges of whom all attempts have begun leave limits of time as they are, and rounds what is held."""
    s = a.station(f"{p}s", threads=9)
    with a.flow(f"{p}first"):
        a.delay(Constant(1.0))
    with a.flow(f"{p}stays"):
        a.delay(Constant(1.5))
        with a.parallel(2) as branch:
            for n in range(2):
                with branch(n):
                    a.delay(Constant(4.0 + n))
    with a.flow(f"{p}leaves"), a.parallel(2, join=1, run_on=True) as branch:
        for n in range(2):
            with branch(n):
                a.delay(Constant(1.0 + n))
    with a.flow(f"{p}rounds"), a.hold(s):
        with a.loop(times=3):
            a.delay(Constant(1.0))
        a.delay(Constant(0.5))
    a.source(f"{p}first", times=(0.0,))
    a.source(f"{p}stays", times=(0.5,))
    a.source(f"{p}leaves", times=(3.0,))
    a.source(f"{p}rounds", times=(0.75, 10.0))
    return Seen(
        {f"{p}first": ok(1.0), f"{p}stays": ok(7.0), f"{p}leaves": ok(4.0), f"{p}rounds": ok(4.25, 13.5)},
        {f"{p}s": {"busy": 7.0, "arrived": 2, "done": 2}},
    )


def hurried(a: Assembler, p: str) -> Seen:
    """A hedge of which all attempts have begun is done without a word to the limits of time of others."""
    with a.flow(f"{p}limited"), a.timeout(20.0):
        a.delay(Constant(30.0))
    with a.flow(f"{p}hedged"), a.hedge(0.5, more=1):
        a.delay(Constant(3.0))
    a.source(f"{p}limited", times=(0.0, 0.25, 0.5))
    a.source(f"{p}hedged", times=(1.0,))
    return Seen(
        {f"{p}limited": [(20.0 + t, "timeout") for t in (0.0, 0.25, 0.5)], f"{p}hedged": ok(4.0)},
    )


def opened(a: Assembler, p: str) -> Seen:
    """A queue that opens at 5 s serves who waits, though the station before it is shared."""
    a.station(f"{p}shared", discipline="sharing")
    queue = a.station(f"{p}queue")
    a.action(2.0, "servers", queue, 0.0)
    a.action(5.0, "servers", queue, float("inf"))
    with a.flow(f"{p}f"):
        held(a, queue, 1.0)
    a.source(f"{p}f", times=(3.0, 4.0))
    return Seen({f"{p}f": ok(6.0, 7.0)}, {f"{p}queue": {"busy": 2.0, "waiting": 2.0 + 2.0, "servers": 57.0}})


def shaken(a: Assembler, p: str) -> Seen:
    """What was worked at a shared server isn't lost where one unit of a million falls; the station before it has a
    queue. And one before those is slow to draw: nobody else's laws are moved by its 5 s."""
    queue = a.station(f"{p}queue")
    shared = a.station(f"{p}shared", units=1000000, threads=1, discipline="sharing")
    unit = a.unit(shared)
    with a.flow(f"{p}slow"):
        a.delay(Shifted(Gamma(1.0, 0.5), 5.0))
    a.action(0.0, "servers", shared, 1.0)
    a.action(2.0, "down", unit)
    a.action(3.0, "up", unit)
    with a.flow(f"{p}f"), a.hold(shared):
        a.work(shared, Constant(4.0))
    with a.flow(f"{p}g"):
        held(a, queue, 2.0)
    a.source(f"{p}slow", times=(0.0,))
    a.source(f"{p}f", times=(0.0, 10.0))
    a.source(f"{p}g", times=(0.0,))
    return Seen(
        {f"{p}f": ok(4.0, 14.0), f"{p}g": ok(2.0)}, {f"{p}shared": {"busy": 8.0, "lost": 0, "done": 2}}
    )


def tokens(a: Assembler, p: str) -> Seen:
    """A token a second of each limit; the first keeps five, the second one: of two that come after 3 s it lets one."""
    for name, burst in (("wide", 5.0), ("narrow", 1.0)):
        limit = a.limit(1.0, burst)
        with a.flow(f"{p}{name}"):
            a.admit(limit)
        a.source(f"{p}{name}", times=(0.0, 3.0, 3.0))
    return Seen(
        {
            f"{p}wide": ok(0.0, 3.0, 3.0),
            f"{p}narrow": [(0.0, "ok"), (3.0, "ok"), (3.0, "throttled")],
        }
    )


def looked_at(a: Assembler, p: str) -> Seen:
    """Two busy units at half of each ask for four at 20 s, which are there at 25 s, wherever counting begins; then 2.4
    in the mean ask for five at 40 s. Beside it a station with hours is open from 5 to 15 s of every 20 s."""
    a.station(f"{p}idle")
    s, t = a.station(f"{p}s", units=2), a.station(f"{p}t")
    a.calendar(t, 20.0, ((0.0, 0), (5.0, 1), (15.0, 0)))
    a.scaler(s, least=1, most=9, target=0.5, every=20.0, delay=5.0)
    for name, station, work in (("long", s, 90.0), ("short", s, 4.0), ("hours", t, 2.0)):
        with a.flow(f"{p}{name}"):
            held(a, station, work)
    a.source(f"{p}long", times=(0.0, 0.0))
    a.source(f"{p}short", times=(30.0, 30.0))
    a.source(f"{p}hours", times=(1.0, 50.0))
    return Seen(
        {f"{p}short": ok(34.0, 34.0), f"{p}hours": ok(7.0, 52.0)},
        {
            f"{p}s": {"busy": 120.0 + 8.0, "servers": 25 * 2.0 + 20 * 4.0 + 15 * 5.0, "waiting": 0.0},
            f"{p}t": {"servers": 30.0, "waiting": 4.0},
        },
    )


SCENES: tuple[Scene, ...] = (fractions, branches, hurried, opened, shaken, tokens, looked_at)
