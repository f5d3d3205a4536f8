"""More small scenes of a minute, each worked out by hand: caches, breakers, limits, retries, limits of time."""

from __future__ import annotations

from groma.model.law import Constant
from groma.solvers.simulation import Assembler
from solvers.simulation_scenes import Scene, Seen, held, ok


def cached(a: Assembler, p: str) -> Seen:
    """One key, fresh for 4 s from when it was fetched (0.5 s); what fails is not kept, nor what has no room."""
    shares = (0.0, 0.0, 1.0, 0.0)
    for name, size, life in (("f", 2, 4.0), ("none", 0, 4.0), ("bad", 2, 4.0)):
        cache = a.cache(f"{p}{name}", size, shares, life)
        with a.flow(f"{p}{name}"), a.cached(cache) as hit:
            with hit():
                a.delay(Constant(0.125))
            a.delay(Constant(0.5))
            if name == "bad":
                a.fail("rejected")
        a.source(f"{p}{name}", times=(0.0, 0.25, 1.0, 4.5, 4.75, 8.0, 9.0) if name == "f" else (0.0, 1.0))
        if name == "f":
            a.action(8.5, "flush", cache)
    # Kept at 0.5 and again at 0.75, until 4.75; then from 5.25 on, until it is emptied at 8.5.
    return Seen(
        {
            f"{p}f": ok(0.5, 0.75, 1.125, 4.625, 5.25, 8.125, 9.5),
            f"{p}none": ok(0.5, 1.5),
            f"{p}bad": [(0.5, "rejected"), (1.5, "rejected")],
        },
        caches=((3, 4), (0, 2), (0, 2)),
    )


def broken(a: Assembler, p: str) -> Seen:
    """Half of at least three ends in ten seconds open it for 4 s; then one probe at a time closes it, or opens it anew.

    Of four ends two are bad at 3 s: open until 7, and by its probe until 11; the probe of 12 s closes it at 13. Again
    two of four at 14.5; closed at 20. At 31 s the bad end of 21 is too old to count, at 32 two of four are bad.
    """
    breaker = a.breaker(0.5, window=10.0, half_open_after=4.0, on=("failed",), least=3)
    with a.flow(f"{p}good"), a.through(breaker):
        a.tally(f"{p}tried")
    with a.flow(f"{p}bad"), a.through(breaker):
        a.fail("failed")
    with a.flow(f"{p}other"), a.through(breaker):
        a.fail("rejected")
    with a.flow(f"{p}slow"), a.through(breaker):
        a.delay(Constant(1.0))
    shut = (4.0, 10.5, 12.5)
    good = (2.0, 4.0, 10.5, 12.5, 13.75, 14.0, 20.0, 25.0, 26.0, 50.0)
    bad = (1.0, 3.0, 6.5, 7.0, 13.5, 14.5, 21.0, 31.0, 32.0, 33.0)
    a.source(f"{p}good", times=good)
    a.source(f"{p}bad", times=bad)
    a.source(f"{p}other", times=(2.5,))
    a.source(f"{p}slow", times=(12.0,))
    return Seen(
        {
            f"{p}good": [(t, "unavailable" if t in shut else "ok") for t in good],
            f"{p}bad": [(t, "unavailable" if t in (6.5, 33.0) else "failed") for t in bad],
            f"{p}other": [(2.5, "rejected")],
            f"{p}slow": ok(13.0),
        },
        tallies={f"{p}tried": 7.0},
    )


def limited(a: Assembler, p: str) -> Seen:
    """Half a token a second, three at most, three to begin with; and one a second, two at most."""
    limit = a.limit(0.5, 3.0)
    with a.flow(f"{p}f"):
        a.admit(limit)
    times = (0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 3.0, 4.0, 20.0, 20.0, 20.0, 20.0)
    a.source(f"{p}f", times=times)
    other = a.limit(1.0, 2.0)
    with a.flow(f"{p}g"):
        a.admit(other)
    soon = (0.0, 0.0, 0.0, 1.0, 1.5, 10.0, 10.0, 10.0)
    a.source(f"{p}g", times=soon)
    return Seen(
        {
            f"{p}f": [(t, "throttled" if n in (3, 4, 6, 11) else "ok") for n, t in enumerate(times)],
            f"{p}g": [(t, "throttled" if n in (2, 4, 7) else "ok") for n, t in enumerate(soon)],
        }
    )


def retried(a: Assembler, p: str) -> Seen:
    """Pauses of 1 and 2 s (3 is too long); only timeouts; a quarter of a token for each call, one at most."""
    with a.flow(f"{p}pauses"), a.retry(2, backoff=1.0, factor=3.0, longest=2.0):
        a.tally(f"{p}tries")
        a.fail("failed")
    with a.flow(f"{p}timeouts"), a.retry(1, on=("timeout",)), a.timeout(2.0):
        a.delay(Constant(5.0))
    with a.flow(f"{p}budget"), a.retry(1, budget=0.25, reserve=1.0):
        a.tally(f"{p}budgeted")
        a.fail("failed")
    with a.flow(f"{p}other"), a.retry(5, on=("timeout",)):
        a.fail("failed")
    a.source(f"{p}pauses", times=(0.0,))
    a.source(f"{p}timeouts", times=(1.0,))
    a.source(f"{p}budget", times=(1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0))
    a.source(f"{p}other", times=(7.0,))
    with a.flow(f"{p}less"), a.catching(("failed",)), a.retry(5, on=("rejected",)):
        a.tally(f"{p}less")
        a.fail("throttled")
    a.source(f"{p}less", times=(8.0,))
    # Tokens after each call, before its retry: 1 (spent), 1/4, 1/2, 3/4, 1 (spent), 1/4, 1/2, 3/4.
    return Seen(
        {
            f"{p}pauses": [(3.0, "failed")],
            f"{p}timeouts": [(5.0, "timeout")],
            f"{p}budget": [(float(n), "failed") for n in range(1, 9)],
            f"{p}other": [(7.0, "failed")],
            f"{p}less": [(8.0, "throttled")],
        },
        tallies={f"{p}less": 1.0, f"{p}tries": 3.0, f"{p}budgeted": 10.0},
    )


def timed(a: Assembler, p: str) -> Seen:
    """Runs of one limit end before it or with it, in turn; a limit around one that was severed still holds."""
    first = a.register(2)
    table = a.table([(3.0, 1.0), (9.0, 2.0), (1.0, 3.0), (9.0, 4.0), (3.0, 5.0)])
    with a.flow(f"{p}f"), a.timeout(4.0, "rejected"):
        a.draw_row(first, table, by_run=True)
        a.tally(f"{p}rows", 0.5, per=[(first + 1, 2.0), (first, 0.25)])
        a.delay(Constant(0.0), per=[(first, 1.0)])
    s = a.station(f"{p}s", threads=None)
    with a.routine(f"{p}op") as op:
        held(a, s, 5.0)
    with a.flow(f"{p}around"), a.timeout(3.0, "failed"):
        with a.catching(("timeout",)), a.timeout(1.0):
            a.call(op)
        a.delay(Constant(9.0))
    a.source(f"{p}f", times=(0.0, 1.0, 2.0, 3.0, 4.0))
    a.source(f"{p}around", times=(10.0,))
    return Seen(
        {
            f"{p}f": [(3.0, "ok"), (3.0, "ok"), (5.0, "rejected"), (7.0, "ok"), (7.0, "rejected")],
            f"{p}around": [(13.0, "failed")],
        },
        {f"{p}s": {"busy": 5.0, "done": 1}},
        tallies={f"{p}rows": 5 * 0.5 + 2.0 * 15.0 + 0.25 * 25.0},
    )


def severed(a: Assembler, p: str) -> Seen:
    """What cancels is given up with what it holds; what doesn't goes on; the error that was caught last stays known.

    `again` waits for w, which is busy until 1.75: at 1.5 it gives up what goes on until 2.25, and the next attempt has
    its server until 2.75.
    """
    w, x, y, z = (a.station(f"{p}{name}") for name in "wxyz")
    with a.routine(f"{p}inner") as inner:
        held(a, y, 4.0)
    with a.routine(f"{p}outer") as outer, a.hold(x):
        a.call(inner)
        a.delay(Constant(9.0))
    with a.routine(f"{p}third") as third:
        held(a, z, 6.0)
    with a.routine(f"{p}short") as short:
        held(a, w, 0.5)
    for name, routine, limit in (("f", outer, 1.0), ("g", third, 1.0)):
        with a.flow(f"{p}{name}"), a.timeout(limit):
            a.call(routine, cancels=True)
    with a.flow(f"{p}before"):
        held(a, w, 1.75)
    with a.flow(f"{p}again"), a.catching() as caught:
        a.fail("throttled")
        with caught():
            with a.retry(1, on=("timeout",)), a.timeout(1.5):
                a.call(short)
            a.fail_again()
    a.source(f"{p}f", times=(0.0,))
    a.source(f"{p}g", times=(0.0, 0.5))
    a.source(f"{p}before", times=(0.0,))
    a.source(f"{p}again", times=(0.0,))
    return Seen(
        {
            f"{p}f": [(1.0, "timeout")],
            f"{p}g": [(1.0, "timeout"), (1.5, "timeout")],
            f"{p}before": ok(1.75),
            f"{p}again": [(2.75, "throttled")],
        },
        {
            f"{p}w": {"busy": 2.75, "waiting": 1.75 + 0.75, "arrived": 3, "done": 3},
            f"{p}x": {"busy": 1.0, "arrived": 1, "done": 1},
            f"{p}y": {"busy": 4.0, "arrived": 1, "done": 1},
            f"{p}z": {"busy": 1.5, "waiting": 0.5, "arrived": 2, "done": 2},
        },
    )


def reopened(a: Assembler, p: str) -> Seen:
    """A breaker that has closed remembers none of what opened it, in whatever part of its window that was; and two
    breakers know nothing of each other: while one lets three pass, two bad ends open the other, for 3 s; a probe that
    is given up leaves its place to the next, and a bad one opens it for 3 s more."""
    one = a.breaker(0.5, 10.0, half_open_after=2.0, on=("failed",), least=2)
    two = a.breaker(0.6, 10.0, half_open_after=3.0, on=("rejected",), least=2)
    with a.flow(f"{p}slow"), a.timeout(1.0), a.through(two):
        a.delay(Constant(9.0))
    a.source(f"{p}slow", times=(34.0,))
    with a.flow(f"{p}long"), a.timeout(4.5), a.through(two):
        a.delay(Constant(9.0))
    a.source(f"{p}long", times=(29.75,))
    for name, breaker in (("one", one), ("two", two)):
        with a.flow(f"{p}{name} good"), a.through(breaker):
            a.tally(f"{p}{name}")
        with a.flow(f"{p}{name} bad"), a.through(breaker):
            a.fail("failed" if name == "one" else "rejected")
    times = {
        "one good": (7.0, 9.0, 9.5, 10.75, 29.0, 29.25, 29.5),
        "one bad": (0.5, 6.5, 9.25, 10.5),
        "two good": (7.0, 7.25, 7.5, 7.75, 30.75, 33.25, 34.5, 38.0, 39.0, 41.0),
        "two bad": (30.0, 30.5, 35.5, 40.0, 40.5),
        "two other": (39.25, 39.5),
    }
    # `one` opens at 6.5 s, closes by the probe of 9 s, bears the bad end of 9.25 s and opens again at 10.5 s.
    shut = {("one good", t) for t in (7.0, 10.75)} | {("two good", t) for t in (30.75, 33.25, 34.5, 38.0)}
    # Of `two`, half of the last four ends are bad: those of another kind count with the good ones.
    kinds = dict(zip(times, ("ok", "failed", "ok", "rejected", "throttled"), strict=True))
    with a.flow(f"{p}two other"), a.through(two):
        a.fail("throttled")
    for name, at in times.items():
        a.source(f"{p}{name}", times=at)
    return Seen(
        {
            f"{p}{name}": [(t, "unavailable" if (name, t) in shut else kinds[name]) for t in at]
            for name, at in times.items()
        }
        | {f"{p}slow": [(35.0, "timeout")], f"{p}long": [(34.25, "timeout")]},
        tallies={f"{p}one": 5.0, f"{p}two": 6.0},
    )


SCENES: tuple[Scene, ...] = (cached, broken, reopened, limited, retried, timed, severed)
