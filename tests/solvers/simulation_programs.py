"""Programs for the simulator that several tests run: random small ones that use every instruction, and one by hand."""

from __future__ import annotations

from hypothesis import strategies as st

from groma.model.law import Constant, Empirical, Gamma, LogNormal, Triangular, Uniform
from groma.solvers.simulation import AnyLaw, Assembler, Capped, Ending, Program, Routine, Shifted, zipf

KINDS: tuple[Ending, ...] = ("timeout", "unavailable", "throttled", "rejected", "failed")


def laws() -> st.SearchStrategy[AnyLaw]:
    mean = st.sampled_from([0.1, 0.3, 0.5, 1.0])
    plain = st.one_of(
        mean.map(Constant),
        mean.map(lambda m: Gamma(m, m)),
        st.tuples(mean, st.sampled_from([0.5, 1.5])).map(lambda x: Gamma(x[0], x[0] * x[1])),
        mean.map(lambda m: LogNormal(m, 0.8 * m)),
        mean.map(lambda m: Uniform(0.1 * m, m)),
        mean.map(lambda m: Triangular(0.0, 0.2 * m, m)),
        mean.map(lambda m: Empirical.of((0.0, m, 2 * m), (1.0, 2.0, 3.0))),
    )
    shifted = plain.map(lambda law: Shifted(law, 0.05))
    return st.one_of(plain, shifted, st.one_of(plain, shifted).map(lambda law: Capped(law, 0.4)))


def undone(*times: float, fails: bool = True) -> Program:
    """Runs of two steps of a second each; undoing the first takes a second, the second two. Then they fail, or not."""
    a = Assembler()
    undo = [a.declare(f"undo {n}") for n in range(2)]
    for n, routine in enumerate(undo):
        with a.define(routine):
            a.delay(Constant(1.0 + n))
            a.mark(f"undone {n}")
    with a.flow("f"):
        for routine in undo:
            a.delay(Constant(1.0))
            a.compensate(routine)
        if fails:
            a.fail("rejected")
    a.source("f", times=times)
    return a.program()


class Writer:
    """Writes a program by drawing what comes next."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.a = Assembler()
        self.used: set[str] = set()
        a = self.a
        places = st.sampled_from([None, 0, 2])
        self.stations = [
            a.station("fifo", threads=2, places=draw(places), levels=2),
            a.station("lifo", threads=1, units=2, enough=draw(st.sampled_from([1, 2])), discipline="lifo"),
            a.station("priority", threads=1, discipline="priority", levels=3, places=draw(places)),
            a.station("sharing", threads=2, discipline="sharing", places=draw(places)),
            a.station("delay", threads=None, slope=draw(st.sampled_from([0.0, 0.05]))),
        ]
        self.batch = a.station(
            "batch",
            discipline="batch",
            batch=3,
            most_wait=0.4,
            batch_laws=tuple(Constant(0.2 + n / 5) for n in range(3)),
        )
        self.breaker = a.breaker(0.5, 2.0, 1.0, least=3)
        self.limit = a.limit(2.0, 2.0)
        self.cache = a.cache("keys", 3, zipf(8, 1.0), life=draw(st.sampled_from([0.7, 5.0])))
        self.register = a.register(2)
        self.table = a.table([(0.1, 0.2), (0.3, 0.1), (0.0, 0.0)])
        self.routines: list[Routine] = []

    def law(self) -> AnyLaw:
        return self.draw(laws())

    def pick(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, high))

    def steps(self, depth: int) -> None:
        for _ in range(self.pick(1, 2 if depth else 3)):
            self.step(depth)

    def step(self, depth: int) -> None:
        leaves = ["work", "held", "delay", "batch", "call", "send", "fails", "mark", "sizes", "admit", "rare"]
        nested = [
            "retry",
            "timeout",
            "catch",
            "choose",
            "parallel",
            "hedge",
            "loop",
            "breaker",
            "cache",
            "at once",
        ]
        what = self.draw(st.sampled_from(leaves if depth <= 0 else leaves + nested * 2))
        self.used.add(what)
        a, inner = self.a, depth - 1
        match what:
            case "work":
                station = self.draw(st.sampled_from(self.stations))
                with a.hold(station, self.pick(-1, 1)):
                    a.work(station, self.law(), per=[(self.register, 0.5)] if self.pick(0, 1) else ())
            case "held":
                station = self.draw(st.sampled_from(self.stations))
                with a.hold(station):
                    self.steps(max(inner, 0))
            case "delay":
                a.delay(self.law(), per=[(self.register + 1, 0.3)] if self.pick(0, 1) else ())
            case "batch":
                a.batch(self.batch)
            case "call" if self.routines:
                a.call(self.draw(st.sampled_from(self.routines)), cancels=bool(self.pick(0, 1)))
            case "send" if self.routines:
                a.send(self.draw(st.sampled_from(self.routines)), flow=self.pick(-1, 0))
            case "fails":
                a.fails(0.4, self.draw(st.sampled_from(KINDS)))
            case "sizes":
                a.draw(self.register, self.law())
                a.draw_row(self.register, self.table, by_run=bool(self.pick(0, 1)))
                a.tally("sizes", 0.5, per=[(self.register, 2.0)])
            case "admit":
                a.admit(self.limit)
            case "rare":
                way = self.pick(0, 4)
                if way == 0 and self.routines:
                    a.compensate(self.draw(st.sampled_from(self.routines)))
                elif way == 1:
                    a.gate(self.stations[1])
                elif way == 2:
                    a.priority(self.pick(0, 2))
                else:
                    with a.choose((0.1, 0.9)) as branch, branch(0):
                        a.stop() if way == 3 else a.hang()
            case "retry":
                with a.retry(
                    self.pick(1, 2),
                    0.2,
                    jitter=0.5,
                    longest=0.3,
                    budget=0.5 if self.pick(0, 1) else None,
                    reserve=2.0,
                ):
                    self.steps(inner)
            case "timeout":
                with a.timeout(self.draw(st.sampled_from([0.2, 0.5, 1.0]))):
                    self.steps(inner)
            case "catch":
                with a.catching(self.draw(st.sampled_from([KINDS, KINDS[:2]]))) as caught:
                    self.steps(inner)
                    if self.pick(0, 1):
                        with caught():
                            self.steps(inner)
                            if self.pick(0, 1):
                                a.fail_again()
            case "choose":
                with a.choose((0.3, 0.0, 0.7)) as way_:
                    for n in (0, 2):
                        with way_(n):
                            self.steps(inner)
            case "parallel":
                with a.parallel(3, join=self.pick(1, 3), run_on=bool(self.pick(0, 1))) as branch:
                    for n in range(self.pick(1, 3)):
                        with branch(n):
                            self.steps(inner)
            case "hedge":
                with a.hedge(self.draw(st.sampled_from([0.1, 0.4])), more=self.pick(0, 2)):
                    self.steps(inner)
            case "loop":
                with a.loop(
                    times=self.draw(st.sampled_from([None, 2.0, Gamma(1.2, 1.0)])), until=0.6, at_most=4
                ):
                    self.steps(inner)
            case "breaker":
                with a.through(self.breaker):
                    self.steps(inner)
            case "cache":
                with a.cached(self.cache) as hit:
                    with hit():
                        a.delay(Constant(0.01))
                    self.steps(inner)
            case "at once":
                station = self.stations[0]
                with a.seized(station):
                    a.work(station, self.law())
                    with a.by_itself(takes_hold=True):
                        self.steps(inner)
            case _:
                a.mark(self.draw(st.sampled_from(["one", "two"])))

    def program(self) -> Program:
        a, draw = self.a, self.draw
        for n in range(self.pick(0, 2)):
            with a.routine(f"routine {n}") as routine:
                self.steps(1)
            self.routines.append(routine)
        for n in range(self.pick(1, 2)):
            with a.flow(f"flow {n}"):
                a.tally("runs")
                self.steps(3)
            kind = self.pick(0, 4)
            if kind == 0:
                a.source(f"flow {n}", gaps=self.law(), customers=4)
            elif kind == 1:
                a.source(f"flow {n}", states=((1.0, (0.0, 0.3)), (6.0, (0.5, 0.0))))
            elif kind == 2:
                a.source(f"flow {n}", times=(0.0, 0.5, 0.5, 1.0, 4.0, 4.1, 4.2, 9.0), level=1)
            elif kind == 3:
                a.source(
                    f"flow {n}", gaps=Gamma(0.4, 0.4), rates=((0.0, 1.0), (2.0, 0.0), (3.0, 4.0)), period=5.0
                )
            else:
                a.source(f"flow {n}", gaps=self.law())
        units = [
            a.unit(self.stations[1]),
            a.unit(self.stations[1]),
            a.unit(self.stations[0]),
            a.unit(self.batch),
        ]
        if draw(st.booleans()):
            a.part("one", Gamma(4.0, 4.0), Constant(1.0), units[:1])
            a.part("zone", Gamma(9.0, 9.0), Uniform(0.5, 1.0), units)
        if draw(st.booleans()):
            a.action(3.0, "slow", self.stations[2], 5.0)
            a.action(4.0, "down", units[2])
            a.action(6.0, "up", units[2])
            a.action(6.0, "flush", self.cache)
            a.action(7.0, "servers", self.stations[3], 1.0)
        if draw(st.booleans()):
            a.calendar(self.stations[2], 4.0, ((0.0, 1), (3.0, 0)))
            a.scaler(self.stations[3], 1, 3, 0.6, 1.0, 0.5)
        return a.program()


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """A program with stations of every discipline and a few steps of every kind."""
    return Writer(draw).program()


def whole_set() -> Program:
    """A program with every instruction, in which each thing that one can refer to is there at least once."""
    a = Assembler()
    s = a.station("s", threads=2, levels=2)
    together = a.station("together", discipline="batch", batch=1, batch_laws=(Constant(0.1),))
    a.unit(s)
    cache, breaker, limit = a.cache("keys", 2, zipf(3, 1.0)), a.breaker(0.5, 1.0, 1.0), a.limit(1.0)
    first, table = a.register(2), a.table([(1.0, 2.0), (3.0, 4.0)])
    with a.routine("r") as r, a.hold(s, 1):
        a.work(s, Gamma(0.1, 0.1), per=[(first, 0.1)])
    with a.flow("f"):
        a.draw_row(first, table)
        a.draw(first + 1, Constant(1.0))
        a.tally("runs", per=[(first + 1, 1.0)])
        a.priority(1)
        a.admit(limit)
        a.gate(s)
        a.batch(together)
        with a.choose((0.5, 0.5)) as way, way(0):
            a.mark("half")
        with a.retry(1), a.timeout(5.0), a.through(breaker), a.hedge(1.0):
            a.call(r)
        with a.catching() as caught:
            a.fails(0.1, "failed")
            with caught():
                a.delay(Constant(0.1))
        with a.parallel(2) as branch, branch(0):
            a.hang()
        with a.loop(times=2, until=0.5), a.cached(cache):
            a.send(r)
        a.compensate(r)
    a.source("f", gaps=Gamma(1.0, 1.0), level=1)
    return a.program()
