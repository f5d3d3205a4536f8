"""More small scenes of a minute, each worked out by hand: what becomes of those who are struck, severed and left."""

from __future__ import annotations

from groma.model.law import Constant
from groma.solvers.simulation import Assembler
from solvers.simulation_scenes import End, Scene, Seen, held, ok


def stricken(a: Assembler, p: str) -> Seen:
    """Whatever those do who hold a server, they all end with it, and leave what else they hold or wait for: at 5.25 s
    by the fall of its unit, at 15.25 s by a limit of time."""
    first = a.station(f"{p}first", units=5, threads=4)
    a.action(0.0, "slow", first, 5.0)
    v = a.station(f"{p}v")
    s, free, full = a.station(f"{p}s", threads=30), a.station(f"{p}free", threads=2), a.station(f"{p}full")
    shared = a.station(f"{p}shared", discipline="sharing", places=0)
    with a.flow(f"{p}shares too"):
        held(a, shared, 1.0)
    a.source(f"{p}shares too", times=(2.0,))
    late, soon = (
        a.station(
            f"{p}{name}",
            discipline="batch",
            batch=size,
            places=1,
            most_wait=20.0,
            batch_laws=(Constant(9.0),) * size,
        )
        for name, size in (("late", 3), ("soon", 1))
    )
    with a.flow(f"{p}blocks"):
        held(a, full, 30.0)
    a.source(f"{p}blocks", times=(0.0,))

    def doing(what: str) -> None:
        match what:
            case "hangs":
                a.hang()
            case "pauses":
                with a.retry(1, backoff=9.0):
                    a.fail("failed")
            case "passes":
                a.delay(Constant(9.0))
            case "works":
                held(a, free, 9.0)
            case "waits":
                held(a, full, 1.0)
            case "shares":
                held(a, shared, 9.0)
            case "collects":
                a.batch(late)
            case "joins":
                with a.parallel(2) as branch:
                    for n in range(2):
                        with branch(n):
                            held(a, free, 9.0)
            case _:
                with a.hedge(1.0, more=9):
                    a.tally(f"{p}attempts")
                    a.delay(Constant(9.0))

    seen: dict[str, list[End]] = {}
    whats = ("hangs", "pauses", "passes", "works", "waits", "shares", "collects", "joins", "hedges")
    for what in whats:
        with a.flow(f"{p}{what}"), a.hold(s):
            doing(what)
        with a.flow(f"{p}{what} a while"), a.timeout(4.25), a.hold(s):
            doing(what)
        a.source(f"{p}{what}", times=(1.0,))
        a.source(f"{p}{what} a while", times=(11.0,))
        seen |= {f"{p}{what}": [(5.25, "unavailable")], f"{p}{what} a while": [(15.25, "timeout")]}
    with a.flow(f"{p}batched"), a.hold(s):
        a.batch(soon)
    a.source(f"{p}batched", times=(1.0,))
    with a.flow(f"{p}turned away"):
        a.batch(late)
    a.source(f"{p}turned away", times=(2.0, 5.5))
    with a.flow(f"{p}gate"):
        a.gate(v)
    a.source(f"{p}gate", times=(5.5, 7.0))
    with a.flow(f"{p}in turn"):
        held(a, v, 9.0)
    a.source(f"{p}in turn", times=(1.0, 1.5))
    for station in (s, v, late):
        unit = a.unit(station)
        a.action(5.25, "down", unit)
        a.action(6.0, "up", unit)
    seen |= {f"{p}gate": [(5.5, "unavailable"), (7.0, "ok")]}
    seen |= {f"{p}shares too": [(2.0, "throttled")]}
    seen |= {f"{p}turned away": [(2.0, "throttled"), (5.5, "unavailable")]}
    seen |= {f"{p}in turn": [(5.25, "unavailable")] * 2}
    seen |= {f"{p}batched": [(5.25, "unavailable")], f"{p}blocks": ok(30.0)}
    # Of three who come to `free` two work, the third waits; a batch that is left goes on to its end without anybody.
    return Seen(
        seen,
        {
            f"{p}s": {"busy": 10 * 4.25 + 9 * 4.25, "lost": 10, "done": 9, "servers": 30 * 59.25},
            f"{p}free": {"busy": 4 * 4.25, "waiting": 2 * 4.25, "arrived": 6},
            f"{p}full": {"busy": 30.0, "waiting": 2 * 4.25, "arrived": 3, "done": 1},
            f"{p}shared": {"busy": 2 * 4.25, "waiting": 0.0, "shed": 1},
            f"{p}late": {"busy": 0.0, "waiting": 2 * 4.25, "arrived": 4, "done": 0, "shed": 1, "refused": 1},
            f"{p}v": {"busy": 4.25, "waiting": 3.75, "lost": 2, "done": 0},
            f"{p}soon": {"busy": 9.0, "arrived": 1, "done": 0},
        },
        tallies={f"{p}attempts": 10.0},
    )


def inherited(a: Assembler, p: str) -> Seen:
    """A level, and the error caught last, go on to a branch, an attempt, who is started by itself, and who was
    severed: all of the second of four levels come before who was there first, of the third, and after the first."""
    w = a.station(f"{p}w", discipline="priority", levels=4)
    with a.routine(f"{p}op") as op:
        a.delay(Constant(3.0))
    with a.flow(f"{p}any"):
        held(a, w, 1.0)
    with a.flow(f"{p}blocks"):
        held(a, w, 10.0)
    with a.flow(f"{p}severed"):
        with a.catching(), a.timeout(1.0):
            a.call(op)
        held(a, w, 1.0)
    with a.flow(f"{p}forks"), a.parallel(2) as branch, branch(1):
        a.delay(Constant(1.0))
        held(a, w, 1.0)
    with a.flow(f"{p}hedges"), a.hedge(30.0):
        a.delay(Constant(1.0))
        held(a, w, 1.0)
    with a.flow(f"{p}spawns"), a.catching() as caught:
        a.fail("throttled")
        with caught(), a.by_itself():
            a.delay(Constant(1.0))
            held(a, w, 1.0)
            a.mark(f"{p}late")
            with a.catching(("throttled",)) as again:
                a.fail_again()
                with again():
                    a.tally(f"{p}again")
    a.source(f"{p}blocks", times=(0.0,))
    a.source(f"{p}any", times=(0.5,), level=2)
    with a.flow(f"{p}least"):
        held(a, w, 1.0)
    a.source(f"{p}least", times=(0.25,), level=3)
    for n, name in enumerate(("severed", "forks", "spawns", "hedges")):
        a.source(f"{p}{name}", times=(1.0 + 0.25 * n,), level=1)
    with a.flow(f"{p}set"):
        a.priority(1)
        held(a, w, 1.0)
    a.source(f"{p}set", times=(2.875,), level=3)
    a.source(f"{p}any", times=(3.0,))
    # They come at 2, 2.25, 2.5, 2.75 and 2.875 s; one of the first level is served from 10 s on, then these, and the
    # third.
    return Seen(
        {
            f"{p}any": ok(11.0, 17.0),
            f"{p}set": ok(16.0),
            f"{p}least": ok(18.0),
            f"{p}severed": ok(12.0),
            f"{p}forks": ok(13.0),
            f"{p}spawns": ok(1.5),
            f"{p}hedges": ok(15.0),
        },
        {
            f"{p}w": {
                "busy": 18.0,
                "waiting": 7.0 + (9.0 + 9.75 + 10.5 + 11.25 + 12.125) + 15.5 + 16.75,
                "arrived": 9,
                "done": 9,
            }
        },
        tallies={f"{p}again": 1.0},
        marks={(f"{p}spawns", f"{p}late"): [12.5]},
    )


def again(a: Assembler, p: str) -> Seen:
    """Branches that run on are nobody's any more, though the task forks anew and gives that up; they run on where a
    join can't be reached, too. A limit holds for a task that was severed twice; an error in a loop gives back what is
    held around it, and nothing else."""
    s, t, x, y = (a.station(f"{p}{name}", threads=9) for name in "stxy")
    with a.routine(f"{p}op") as op:
        held(a, t, 4.0)
    with a.flow(f"{p}forks"):
        with a.parallel(3, join=1, run_on=True) as branch:
            for n in range(2):
                with branch(n):
                    held(a, s, 9.0)
            with branch(2):
                a.delay(Constant(1.0))
        with a.timeout(1.0), a.parallel(2) as branch:
            for n in range(2):
                with branch(n):
                    held(a, x, 9.0)
    with a.flow(f"{p}fails"), a.parallel(3, join=2, run_on=True) as branch:
        for n in range(2):
            with branch(n):
                a.delay(Constant(0.5 + n))
                a.fail("rejected")
        with branch(2):
            held(a, s, 5.0)
    with a.flow(f"{p}severed"), a.timeout(10.0, "failed"):
        for _ in range(3):
            with a.catching(("timeout",)), a.timeout(1.0):
                a.call(op)
        a.delay(Constant(40.0))
    with a.flow(f"{p}loops"):
        held(a, y, 1.0)
        held(a, y, 1.0)
        with a.hold(y), a.loop(times=3), a.loop(times=2):
            a.delay(Constant(0.25))
            with a.catching(("rejected",)):
                a.fail("failed")
    with a.flow(f"{p}rounds"), a.hold(y), a.loop(times=3):
        a.delay(Constant(0.5))
    for name in ("forks", "fails", "severed", "loops", "rounds"):
        a.source(f"{p}{name}", times=(0.0, 0.25))
    return Seen(
        {
            f"{p}forks": [(2.0, "timeout"), (2.25, "timeout")],
            f"{p}fails": [(1.5, "rejected"), (1.75, "rejected")],
            f"{p}severed": [(10.0, "failed"), (10.25, "failed")],
            f"{p}loops": [(2.25, "failed"), (2.5, "failed")],
            f"{p}rounds": ok(1.5, 1.75),
        },
        {
            f"{p}s": {"busy": 2 * (18.0 + 5.0), "arrived": 6, "done": 6},
            f"{p}t": {"busy": 2 * 12.0, "arrived": 6, "done": 6},
            f"{p}x": {"busy": 2 * 2.0, "arrived": 4, "done": 4},
            f"{p}y": {"busy": 2 * 2.25 + 2 * 1.5, "arrived": 8, "done": 8},
        },
    )


def deep(a: Assembler, p: str) -> Seen:
    """An operation that was left goes on in itself as it would: a limit in it holds though it was severed again, in
    which it leaves another; and its error ends there, and gives back nothing that others hold."""
    t, y, z = (a.station(f"{p}{name}", threads=9) for name in "tyz")
    with a.routine(f"{p}inner") as inner:
        held(a, t, 4.0)
    with a.routine(f"{p}outer") as outer, a.hold(y), a.timeout(10.0, "failed"):
        with a.catching(), a.timeout(1.0):
            a.call(inner)
        a.tally(f"{p}in")
        a.delay(Constant(40.0))
    with a.routine(f"{p}fails") as fails:
        a.delay(Constant(2.0))
        a.fail("rejected")
    x = a.station(f"{p}x", threads=9)
    with a.flow(f"{p}branch"):
        with a.parallel(2, join=1) as branch:
            with branch(0):
                a.delay(Constant(0.5))
            with branch(1):
                a.call(outer)
        with a.timeout(3.0), a.parallel(2) as branch:
            for n in range(2):
                with branch(n):
                    held(a, x, 9.0)
    a.source(f"{p}branch", times=(20.0,))
    with a.routine(f"{p}stops") as stops:
        a.delay(Constant(2.0))
        a.stop()
    for name, routine in (("f", outer), ("g", fails), ("h", stops)):
        with a.flow(f"{p}{name}"), a.hold(z):
            with a.catching(("timeout",)), a.timeout(0.5):
                a.call(routine)
            a.delay(Constant(5.0))
        a.source(f"{p}{name}", times=(0.0, 0.25))
    return Seen(
        {f"{p}{name}": ok(5.5, 5.75) for name in "fgh"} | {f"{p}branch": [(23.5, "timeout")]},
        {
            f"{p}t": {"busy": 12.0, "arrived": 3, "done": 3},
            f"{p}x": {"busy": 6.0, "arrived": 2, "done": 2},
            f"{p}y": {"busy": 30.0, "arrived": 3, "done": 3},
            f"{p}z": {"busy": 6 * 5.5, "arrived": 6, "done": 6},
        },
        tallies={f"{p}in": 3.0},
    )


SCENES: tuple[Scene, ...] = (stricken, inherited, again, deep)
