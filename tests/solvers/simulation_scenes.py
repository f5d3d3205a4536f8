"""Small scenes of a minute, each worked out by hand: what queues, works and fails. They share nothing, and may stand
in one program beside each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from groma.model.law import Constant
from groma.solvers.simulation import Assembler

UNTIL = 60.0
End = tuple[float, str]


@dataclass(frozen=True)
class Seen:
    """What is expected of a scene."""

    ends: dict[str, list[End]] = field(default_factory=dict[str, list[End]])
    """Flow -> when its runs ended, and how."""
    stations: dict[str, dict[str, float]] = field(default_factory=dict[str, dict[str, float]])
    """Station -> counts, and integrals over time of servers, busy ones and who waits."""
    tallies: dict[str, float] = field(default_factory=dict[str, float])
    caches: tuple[tuple[int, int], ...] = ()
    """Hits and misses."""
    marks: dict[tuple[str, str], list[float]] = field(default_factory=dict[tuple[str, str], list[float]])
    """(flow, mark) -> times of runs that passed it."""


Scene = Callable[[Assembler, str], Seen]


def ok(*times: float) -> list[End]:
    return [(time, "ok") for time in times]


def held(a: Assembler, station: int, time: float, level: int = -1) -> None:
    with a.hold(station, level):
        a.work(station, Constant(time))


def levels(a: Assembler, p: str) -> Seen:
    """Where one has waited changes nothing of the level at which one waits elsewhere: the second of `low` waits for
    the one server of a queue without levels, then as the last of three levels. Who names a level has it there only."""
    one = a.station(f"{p}one")
    three = a.station(f"{p}three", discipline="priority", levels=3)
    with a.flow(f"{p}low"):
        held(a, one, 2.0)
        held(a, three, 4.0)
    with a.flow(f"{p}mid"):
        held(a, three, 4.0)
    with a.flow(f"{p}high"):
        held(a, three, 4.0, 0)
        held(a, three, 4.0)
    with a.flow(f"{p}beyond"):
        held(a, three, 4.0, 7)
    with a.flow(f"{p}set"):
        a.priority(1)
        held(a, three, 1.0)
    a.source(f"{p}low", times=(0.0, 1.0), level=2)
    a.source(f"{p}mid", times=(5.0,), level=1)
    a.source(f"{p}high", times=(5.5,), level=2)
    a.source(f"{p}beyond", times=(7.0,))
    a.source(f"{p}set", times=(23.0,), level=2)
    # Three serves low 2-6, high 6-10, mid 10-14, low 14-18, beyond 18-22, high 22-26, and who sets its level.
    return Seen(
        {
            f"{p}low": ok(6.0, 18.0),
            f"{p}mid": ok(14.0),
            f"{p}high": ok(26.0),
            f"{p}beyond": ok(22.0),
            f"{p}set": ok(27.0),
        },
        {
            f"{p}one": {"busy": 4.0, "waiting": 1.0, "arrived": 2, "done": 2, "servers": 60.0},
            f"{p}three": {
                "busy": 25.0,
                "waiting": 10.0 + 5.0 + 0.5 + 11.0 + 12.0 + 3.0,
                "arrived": 7,
                "done": 7,
            },
        },
    )


def stack(a: Assembler, p: str) -> Seen:
    """Last in is first out; the lowest, one in the middle and the topmost of those who wait give up."""
    s = a.station(f"{p}s", discipline="lifo")
    with a.flow(f"{p}long"):
        held(a, s, 10.0)
    with a.flow(f"{p}patient"):
        held(a, s, 1.0)
    a.source(f"{p}long", times=(0.0,))
    a.source(f"{p}patient", times=(2.0, 4.0))
    for at, limit in ((1.0, 5.0), (3.0, 4.0), (5.0, 3.0)):
        with a.flow(f"{p}{at}"), a.timeout(limit):
            held(a, s, 1.0)
        a.source(f"{p}{at}", times=(at,))
    return Seen(
        {
            f"{p}long": ok(10.0),
            f"{p}patient": ok(11.0, 12.0),
            **{f"{p}{at}": [(end, "timeout")] for at, end in ((1.0, 6.0), (3.0, 7.0), (5.0, 8.0))},
        },
        {f"{p}s": {"busy": 12.0, "waiting": 5.0 + 4.0 + 3.0 + 6.0 + 9.0, "arrived": 6, "done": 3}},
    )


def places(a: Assembler, p: str) -> Seen:
    """Two servers and one place to wait; with no place who finds no server is turned away."""
    s, none = a.station(f"{p}s", threads=2, places=1), a.station(f"{p}none", places=0)
    for name, station in (("f", s), ("g", none)):
        with a.flow(f"{p}{name}"):
            held(a, station, 4.0)
    a.source(f"{p}f", times=(0.0, 1.0, 2.0, 3.0, 4.0, 4.5))
    a.source(f"{p}g", times=(0.0, 3.0, 4.0))
    # s: 0-4 and 1-5; who comes at 2 waits until 4, at 3 finds no place, at 4 waits until 5, and at 4.5 finds none.
    return Seen(
        {
            f"{p}f": [(3.0, "throttled"), (4.0, "ok"), (4.5, "throttled"), *ok(5.0, 8.0, 9.0)],
            f"{p}g": [(3.0, "throttled"), (4.0, "ok"), (8.0, "ok")],
        },
        {
            f"{p}s": {"busy": 16.0, "waiting": 3.0, "arrived": 6, "shed": 2, "done": 4, "servers": 120.0},
            f"{p}none": {"busy": 8.0, "waiting": 0.0, "arrived": 3, "shed": 1, "done": 2},
        },
    )


def sharing(a: Assembler, p: str) -> Seen:
    """Three on two servers at two thirds each; two on two, from 10 s on one; then a job alone, which holds
    its place for 1 s more than it works, without being served, and one that is lost at 32."""
    s = a.station(f"{p}s", threads=2, discipline="sharing", places=1)
    unit = a.unit(s)
    for name, work in (("f", 2.0), ("g", 3.0), ("h", 5.0)):
        with a.flow(f"{p}{name}"), a.hold(s):
            a.work(s, Constant(work))
            if name == "h":
                a.delay(Constant(1.0))
        a.source(
            f"{p}{name}", times={"f": (0.0, 0.0, 0.0, 1.0), "g": (8.0, 8.0), "h": (22.0, 30.0, 33.0)}[name]
        )
    a.action(10.0, "servers", s, 1.0)
    a.action(20.0, "servers", s, float("inf"))
    a.action(32.0, "down", unit)
    a.action(34.0, "up", unit)
    return Seen(
        {
            f"{p}f": [(1.0, "throttled"), *ok(3.0, 3.0, 3.0)],
            f"{p}g": ok(12.0, 12.0),
            f"{p}h": [(28.0, "ok"), (32.0, "unavailable"), (33.0, "unavailable")],
        },
        {
            f"{p}s": {
                "busy": 6.0 + 4.0 + 2.0 + 5.0 + 2.0,
                "waiting": 3.0 + 2.0 + 1.0,
                "servers": 20.0 + 10.0 + 24.0 + 52.0,
                "arrived": 9,
                "shed": 1,
                "refused": 1,
                "lost": 1,
                "done": 6,
            }
        },
    )


def batches(a: Assembler, p: str) -> Seen:
    """Alone after 2 s; full at 5.5; alone again as the server gets free; twice as slow; and who gives up in a queue."""
    s = a.station(
        f"{p}s",
        discipline="batch",
        batch=2,
        most_wait=2.0,
        batch_laws=(Constant(1.0), Constant(3.0)),
        levels=2,
    )
    for name, level in (("f", -1), ("g", 0)):
        with a.flow(f"{p}{name}"):
            a.batch(s, level)
    with a.flow(f"{p}h"), a.timeout(1.0):
        a.batch(s)
    a.source(f"{p}f", times=(0.0, 5.0, 5.5, 6.0, 21.0, 21.0, 40.0, 40.25, 40.5), level=1)
    a.source(f"{p}g", times=(40.75, 41.0))
    a.source(f"{p}h", times=(50.0,))
    a.action(20.0, "slow", s, 2.0)
    a.action(30.0, "slow", s, 1.0)
    # From 40.25 two are served for 3 s; three wait then, of whom those of the first level, who came last, go first.
    return Seen(
        {
            f"{p}f": ok(3.0, 8.5, 8.5, 9.5, 27.0, 27.0, 43.25, 43.25, 47.25),
            f"{p}g": ok(46.25, 46.25),
            f"{p}h": [(51.0, "timeout")],
        },
        {
            f"{p}s": {
                "busy": 1.0 + 3.0 + 1.0 + 6.0 + 3.0 + 3.0 + 1.0,
                "waiting": 2.0 + 0.5 + 2.5 + 0.25 + 5.75 + 2.5 + 2.25 + 1.0,
                "arrived": 12,
                "done": 11,
            }
        },
    )


def parts(a: Assembler, p: str) -> Seen:
    """A unit is down from 4 to 6 of every 6 s; a zone of two units from 10 to 15 of every 15 s."""
    one, two = a.station(f"{p}one"), a.station(f"{p}two", threads=2)
    units = [a.unit(one), a.unit(two)]
    a.part(f"{p}part", Constant(4.0), Constant(2.0), units[:1])
    a.part(f"{p}zone", Constant(10.0), Constant(5.0), units)
    with a.flow(f"{p}gate"):
        a.gate(one)
    with a.flow(f"{p}work"):
        held(a, two, 3.0)
    down = [
        n for n in range(60) if any(begin <= n < end for begin, end in
            ((4, 6), (10, 15), (16, 18), (22, 24), (25, 30), (34, 36), (40, 45), (46, 48), (52, 54), (55, 60)))
    ]  # fmt: skip
    a.source(f"{p}gate", times=tuple(n + 0.5 for n in range(60)))
    a.source(f"{p}work", times=(1.0, 8.0, 9.0, 12.0, 16.0))
    lost = "unavailable"
    return Seen(
        {
            f"{p}gate": [(n + 0.5, lost if n in down else "ok") for n in range(60)],
            f"{p}work": [(4.0, "ok"), (10.0, lost), (10.0, lost), (12.0, lost), (19.0, "ok")],
        },
        {
            f"{p}one": {"servers": 60.0 - len(down)},
            f"{p}two": {"servers": 80.0, "busy": 9.0, "arrived": 5, "lost": 2, "refused": 1, "done": 2},
        },
    )


def planned(a: Assembler, p: str) -> Seen:
    """Slower from 8 to 16 s; no server from 4 to 12 s; of two units with three servers four are allowed, then one unit
    is down, then it is up, and up again, which makes no third."""
    delay = a.station(f"{p}delay", threads=None, slope=0.25)
    closed, some = a.station(f"{p}closed"), a.station(f"{p}some", threads=3, units=2)
    unit = a.unit(some)
    for name, station, work in (("f", delay, 1.0), ("g", closed, 2.0)):
        with a.flow(f"{p}{name}"):
            held(a, station, work)
    a.source(f"{p}f", times=(0.0, 1.0, 10.0, 20.0))
    a.source(f"{p}g", times=(3.0, 5.0, 6.0))
    a.action(8.0, "slow", delay, 3.0)
    a.action(16.0, "slow", delay, 1.0)
    a.action(4.0, "servers", closed, 0.0)
    a.action(12.0, "servers", closed, float("inf"))
    a.action(8.0, "servers", some, 4.0)
    a.action(16.0, "down", unit)
    a.action(24.0, "up", unit)
    a.action(32.0, "servers", some, float("inf"))
    a.action(40.0, "up", unit)
    a.action(48.0, "down", unit)
    return Seen(
        {f"{p}f": ok(1.25, 2.5, 13.25, 21.25), f"{p}g": ok(5.0, 14.0, 16.0)},
        {
            f"{p}delay": {"busy": 1.25 + 1.5 + 3.25 + 1.25, "arrived": 4, "done": 4},
            f"{p}closed": {"busy": 6.0, "waiting": 7.0 + 8.0, "servers": 52.0},
            f"{p}some": {"servers": 8 * 6.0 + 8 * 4.0 + 8 * 3.0 + 8 * 4.0 + 16 * 6.0 + 12 * 3.0},
        },
    )


def hours(a: Assembler, p: str) -> Seen:
    """Of every 16 s one server for 4 s, none for 4 s, two for 8 s; what was begun is finished. Elsewhere of every 20 s
    one server from 5 to 15 s."""
    s = a.station(f"{p}s", threads=2)
    a.calendar(s, 16.0, ((0.0, 1), (4.0, 0), (8.0, 2)))
    with a.flow(f"{p}f"):
        held(a, s, 3.0)
    a.source(f"{p}f", times=(1.0, 3.0, 5.0, 6.0, 17.0, 33.0, 35.0))
    t = a.station(f"{p}t")
    a.calendar(t, 20.0, ((0.0, 0), (5.0, 1), (15.0, 0)))
    with a.flow(f"{p}g"):
        held(a, t, 2.0)
    a.source(f"{p}g", times=(1.0, 14.5, 14.75, 50.0))
    return Seen(
        {f"{p}f": ok(4.0, 11.0, 11.0, 14.0, 20.0, 36.0, 43.0), f"{p}g": ok(7.0, 16.5, 27.0, 52.0)},
        {
            f"{p}s": {"busy": 21.0, "waiting": 5.0 + 3.0 + 5.0 + 5.0, "servers": 3 * 20.0 + 4.0 + 8.0},
            f"{p}t": {"busy": 8.0, "waiting": 4.0 + 10.25, "servers": 30.0},
        },
    )


SCENES: tuple[Scene, ...] = (
    levels, stack, places, sharing, batches, parts, planned, hours,
)  # fmt: skip
