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


def breakers(a: Assembler, p: str) -> Seen:
    """Of two seconds' ends none is old enough to count with the next, of forty seconds' each is; one is enough for the
    third, which opens at once; four are asked for by the fourth, and its slots are those of its own time."""
    for name, window, least in (("wide", 40.0, 2), ("narrow", 2.0, 2), ("one", 10.0, 1), ("four", 16.0, 4)):
        breaker = a.breaker(0.5, window, half_open_after=2.0, on=("failed",), least=least)
        with a.flow(f"{p}{name}"), a.through(breaker):
            a.fail("failed")
        a.source(f"{p}{name}", times=(1.0, 9.0, 9.5))
    late = a.breaker(0.5, 10.0, half_open_after=2.0, on=("failed",), least=2)
    with a.flow(f"{p}late"), a.through(late):
        a.fail("failed")
    a.source(f"{p}late", times=(4.5, 13.75, 13.875))
    return Seen(
        {f"{p}late": [(4.5, "failed"), (13.75, "failed"), (13.875, "unavailable")]}
        | {
            f"{p}{name}": [(t, "unavailable" if t in shut else "failed") for t in (1.0, 9.0, 9.5)]
            for name, shut in (("wide", (9.5,)), ("narrow", ()), ("one", (9.5,)), ("four", ()))
        }
    )


def fallen(a: Assembler, p: str) -> Seen:
    """Of three units that are all needed one falls from 2 to 3 s; at the station before it none does. What a caller
    left behind goes on, though the server falls that the caller held and never it; later who comes is served more
    slowly the more are there."""
    a.station(f"{p}before")
    s, t = a.station(f"{p}s", units=3, enough=3), a.station(f"{p}t")
    unit = a.unit(s)
    a.action(2.0, "down", unit)
    a.action(3.0, "up", unit)
    slope = a.station(f"{p}slope", threads=None, slope=0.25)
    with a.routine(f"{p}op") as op:
        held(a, t, 4.0)
    with a.flow(f"{p}first"):
        a.delay(Constant(30.0))
    with a.flow(f"{p}leaves"), a.hold(s):
        with a.catching(), a.timeout(1.0):
            a.call(op)
        a.delay(Constant(9.0))
    with a.flow(f"{p}asks"):
        held(a, s, 1.0)
    with a.flow(f"{p}slow"):
        held(a, slope, 1.0)
    given = a.station(f"{p}given")
    with a.flow(f"{p}gives"):
        with a.seized(given), a.by_itself(takes_hold=True):
            a.delay(Constant(2.0))
        a.delay(Constant(1.0))
        a.fail("failed")
    a.source(f"{p}gives", times=(0.0, 0.5))
    with a.flow(f"{p}marked"):
        a.delay(Constant(2.0))
        a.mark(f"{p}mark")
    a.source(f"{p}marked", times=(45.0,))
    a.source(f"{p}first", times=(0.0,))
    a.source(f"{p}leaves", times=(0.0,))
    a.source(f"{p}asks", times=(2.5, 3.5, 40.0, 40.0, 40.0, 40.5))
    a.source(f"{p}slow", times=(10.0, 20.0))
    return Seen(
        {
            f"{p}first": ok(30.0),
            f"{p}gives": [(1.0, "failed"), (3.0, "failed")],
            f"{p}leaves": [(2.0, "unavailable")],
            f"{p}asks": [(2.5, "unavailable"), *ok(4.5, 41.0, 41.0, 41.0, 42.0)],
            f"{p}slow": ok(11.25, 21.25),
        },
        {
            f"{p}s": {"servers": 3 * 59.0, "busy": 3.0 + 4.0, "lost": 1, "refused": 1, "done": 5},
            f"{p}given": {"busy": 4.0, "waiting": 1.5, "done": 2},
            f"{p}t": {"busy": 4.0, "done": 1, "lost": 0},
        },
        marks={(f"{p}marked", f"{p}mark"): [2.0]},
    )


def alone(a: Assembler, p: str) -> Seen:
    """One of the second level waits for 2 s for others to be served with; the station before it knows no levels, and
    its source has times, where the last one comes every 7 s. Hours of two lengths stay apart."""
    a.station(f"{p}before")
    b = a.station(
        f"{p}b", discipline="batch", batch=2, most_wait=2.0, batch_laws=(Constant(1.0),) * 2, levels=2
    )
    with a.flow(f"{p}f"):
        a.batch(b)
    with a.flow(f"{p}g"):
        a.delay(Constant(0.5))
    for name, entries in (("two", ((0.0, 0), (5.0, 1))), ("three", ((0.0, 0), (5.0, 1), (15.0, 0)))):
        station = a.station(f"{p}{name}")
        a.calendar(station, 20.0, entries)
        with a.flow(f"{p}{name}"):
            held(a, station, 1.0)
        a.source(f"{p}{name}", times=(16.0, 21.0))
    a.source(f"{p}f", times=(1.0, 10.0), level=1)
    a.source(f"{p}g", gaps=Constant(7.0))
    return Seen(
        {
            f"{p}f": ok(4.0, 13.0),
            f"{p}g": ok(*(7.0 * n + 0.5 for n in range(1, 9))),
            f"{p}two": ok(17.0, 26.0),
            f"{p}three": ok(26.0, 27.0),
        },
        {f"{p}b": {"busy": 2.0, "waiting": 4.0}},
    )


SCENES: tuple[Scene, ...] = (
    fractions,
    branches,
    hurried,
    opened,
    shaken,
    tokens,
    looked_at,
    breakers,
    fallen,
    alone,
)
