"""Writes programs: scopes are `with` blocks, addresses find themselves.

    a = Assembler()
    db = a.station("db", threads=2)
    with a.routine("db.get") as get:
        with a.hold(db):
            a.work(db, Gamma(0.01, 0.01))
    with a.flow("answer"):
        with a.retry(times=2, backoff=0.1), a.timeout(1.0):
            a.call(get)
        a.mark("replied")
    a.source("answer", gaps=Gamma(0.5, 0.5))
    program = a.program()

Every mistake is a ValueError that says what was expected. Draws have streams named after the routine and place they
are written at; give `stream=` to keep a name when code around it changes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from groma.model.law import Empirical
from groma.solvers.simulation.checks import checked
from groma.solvers.simulation.program import (
    Action,
    AnyLaw,
    Breaker,
    Cache,
    Calendar,
    Ending,
    Limit,
    Part,
    Program,
    Scaler,
    Source,
    Station,
)
from groma.solvers.simulation.scopes import Scopes
from groma.solvers.simulation.steps import Routine
from groma.solvers.simulation.writing import mask

__all__ = ["Assembler", "Routine", "zipf"]

BROKEN: tuple[Ending, ...] = ("timeout", "unavailable", "failed")


class Assembler(Scopes):
    """Collects stations, code and sources; `program` checks and freezes them."""

    def station(self, name: str, **features: object) -> int:
        """A station (see `Station` for its features); gives its number."""
        self._stations.append(Station(name, **features))  # type: ignore[arg-type]
        return len(self._stations) - 1

    def source(self, flow: str, **features: object) -> int:
        """What starts a flow (see `Source`)."""
        self._sources.append(Source(flow, **features))  # type: ignore[arg-type]
        return len(self._sources) - 1

    def unit(self, station: int) -> int:
        """A unit of a station that parts and actions can take down; make no more than the station has."""
        self._units.append(station)
        return len(self._units) - 1

    def part(self, name: str, up: AnyLaw, down: AnyLaw, units: Sequence[int]) -> None:
        """Something that fails and is repaired; what is down for several reasons is up when all have gone."""
        self._parts.append(Part(name, up, down, tuple(units)))

    def action(self, at_time: float, kind: str, target: int, value: float = 0.0) -> None:
        """Something planned (see `Action`)."""
        self._actions.append(Action(at_time, kind, target, value))  # type: ignore[arg-type]

    def calendar(self, station: int, period: float, servers: Sequence[tuple[float, int]]) -> None:
        """Working hours of a station."""
        self._calendars.append(Calendar(station, period, tuple(servers)))

    def scaler(
        self, station: int, least: int, most: int, target: float, every: float, delay: float = 0.0
    ) -> None:
        """Autoscaling of a station."""
        self._scalers.append(Scaler(station, least, most, target, every, delay))

    def breaker(
        self,
        share: float,
        window: float,
        half_open_after: float,
        on: Sequence[Ending] = BROKEN,
        least: int = 10,
    ) -> int:
        """A circuit breaker; several places may share it."""
        self._breakers.append(Breaker(share, window, half_open_after, mask(on), least))
        return len(self._breakers) - 1

    def limit(self, rate: float, burst: float = 1.0) -> int:
        """A rate limit (token bucket); several places may share it."""
        self._limits.append(Limit(rate, burst))
        return len(self._limits) - 1

    def cache(self, name: str, size: int, shares: Sequence[float], life: float = math.inf) -> int:
        """A cache of `size` keys; `shares` is how popular each key is (see `zipf`)."""
        law = Empirical(tuple(float(n) for n in range(len(shares))), _normalised(shares))
        self._caches.append(Cache(size, self._law(law), len(shares), life, self._stream(f"cache/{name}")))
        return len(self._caches) - 1

    def table(self, rows: Sequence[Sequence[float]], weights: Sequence[float] | None = None) -> int:
        """A joint table whose rows are drawn together, each by its weight (alike unless given)."""
        n = len(self._tables)
        self._tables.append(tuple(tuple(float(x) for x in row) for row in rows))
        count = max(len(rows), 1)
        shares = _normalised([1.0] * count if weights is None else weights)
        self._table_laws.append(self._law(Empirical(tuple(float(i) for i in range(count)), shares)))
        return n

    def register(self, count: int = 1) -> int:
        """Registers of their own, for sizes; gives the first."""
        first = self._registers
        self._registers += count
        return first

<<<<<<< HEAD
    # ---------------------------------------------------------------- code

    def declare(self, name: str) -> Routine:
        """A routine to be defined later."""
        if name in self._routines:
            raise ValueError(f"There is a routine `{name}` already.")
        self._routines[name] = None
        self._names.append(name)
        return Routine(len(self._names) - 1, name)

    @contextmanager
    def define(self, routine: Routine) -> Generator[Routine]:
        """The code of a declared routine."""
        if self._routines[routine.name] is not None:
            raise ValueError(f"The routine `{routine.name}` is defined already.")
        with self._separate(routine.name):
            self._routines[routine.name] = self._here()
            yield routine
            self._emit(at.OP_RETURN)

    @contextmanager
    def routine(self, name: str) -> Generator[Routine]:
        """A routine, declared and defined here."""
        with self.define(self.declare(name)) as routine:
            yield routine

    @contextmanager
    def flow(self, name: str) -> Generator[int]:
        """The code of a flow; gives its number."""
        if name in self._flow_names:
            raise ValueError(f"There is a flow `{name}` already.")
        self._flow_names.append(name)
        with self._separate(f"flow {name}"):
            start = self._here()
            number = len(self._flow_names) - 1
            yield number
            self._emit(at.OP_END)
        self._flows.append(Flow(name, start, ()))

    def call(self, routine: Routine, cancels: bool = False) -> None:
        """Calls a routine as an operation: given up, it goes on unless it cancels."""
        self._calls.setdefault(self._where, []).append((self._depth + 1, routine.name))
        self._deep(self._depth + 1)
        self._patches.append((self._emit(at.OP_CALL, 0, int(cancels), routine.number), 1, routine.number))

    def send(self, routine: Routine, flow: int = -1) -> None:
        """Starts a routine as a run of its own (counted under a flow, or nowhere)."""
        # The routine is entered through a stub, since what starts by itself has nothing to return to.
        skip = self._emit(at.OP_JUMP)
        depth, self._depth = self._depth, 0
        stub = self._here()
        self.call(routine)
        self._emit(at.OP_END)
        self._depth = depth
        self._code[skip][1] = self._here()
        self._emit(at.OP_SPAWN, stub, flow, 0, 1)

    @contextmanager
    def by_itself(self, takes_hold: bool = False) -> Generator[None]:
        """Steps that go on by themselves while the task goes on after them (an operation that answers at once).

        With `takes_hold` they take over the server held by the scope on top, and must give it back: then write this
        as the last thing in `seized`, not in `hold`.
        """
        spawn = self._emit(at.OP_SPAWN, 0, -1, int(takes_hold), 0)
        skip = self._emit(at.OP_JUMP)
        self._code[spawn][1] = self._here()
        depth = self._depth
        self._depth = 1 if takes_hold else 0
        self._deep(self._depth)
        yield
        if takes_hold:
            self._emit(at.OP_LEAVE, self._here() + at.WIDTH)
        self._emit(at.OP_END)
        self._depth = depth
        self._code[skip][1] = self._here()

    @contextmanager
    def hold(self, station: int, level: int = -1) -> Generator[None]:
        """Holds a server of a station around steps."""
        self._emit(at.OP_SEIZE, station, level)
        with self._scope():
            yield

    @contextmanager
    def seized(self, station: int, level: int = -1) -> Generator[None]:
        """As `hold`, but what is inside ends with `by_itself(takes_hold=True)`, which gives the server back."""
        self._emit(at.OP_SEIZE, station, level)
        self._depth += 1
        self._deep(self._depth)
        yield
        self._depth -= 1

    def work(
        self,
        station: int,
        law: AnyLaw,
        per: Sequence[tuple[int, float]] = (),
        stream: str | None = None,
    ) -> None:
        """Own work at a station that is held: a law's time plus, for each (register, seconds), its share."""
        name = stream or f"{self._stations[station].name}/{self._where}"
        self._emit(at.OP_WORK, station, self._law(law), self._site(name, stream), self._form(per))

    def batch(self, station: int, level: int = -1) -> None:
        """Service in a batch."""
        self._emit(at.OP_BATCH, station, level)

    def gate(self, station: int) -> None:
        """`unavailable` if a station is down."""
        self._emit(at.OP_GATE, station)

    def delay(self, law: AnyLaw, per: Sequence[tuple[int, float]] = (), stream: str | None = None) -> None:
        """Time passes."""
        name = stream or f"delay/{self._where}"
        self._emit(at.OP_DELAY, self._law(law), self._site(name, stream), self._form(per))

    def hang(self) -> None:
        """Waits until somebody gives up."""
        self._emit(at.OP_HANG)

    def fail(self, kind: Ending) -> None:
        """An error of a kind."""
        self._emit(at.OP_RAISE, _error(kind))

    def fail_again(self) -> None:
        """The error that was caught last."""
        self._emit(at.OP_RAISE, at.RERAISE)

    def fails(self, share: float, kind: Ending, stream: str | None = None) -> None:
        """An error of a kind, with this chance."""
        if share > 0.0:
            with self.choose((share, 1.0 - share), stream=stream) as branch, branch(0):
                self.fail(kind)

    def stop(self) -> None:
        """The end of the operation or run, ok."""
        self._emit(at.OP_RAISE, at.STOP)

    def mark(self, name: str) -> None:
        """A point that measures can refer to, of all flows that can come to pass it."""
        self._marked.setdefault(self._where, set()).add(name)
        self._emit(at.OP_MARK, self._marks.setdefault(name, len(self._marks)))

    def tally(self, name: str, amount: float = 1.0, per: Sequence[tuple[int, float]] = ()) -> None:
        """Adds to a count: attempts of a call, tokens used."""
        self._emit(
            at.OP_TALLY,
            self._tallies.setdefault(name, len(self._tallies)),
            self._reals.setdefault(float(amount), len(self._reals)),
            self._form(per),
        )

    def priority(self, level: int) -> None:
        """The level at which the task waits from now on; 0 is served first."""
        self._emit(at.OP_PRIORITY, level)

    def draw(self, register: int, law: AnyLaw, stream: str | None = None) -> None:
        """A size into a register."""
        self._emit(at.OP_DRAW, register, self._law(law), self._site(stream or f"draw/{self._where}", stream))

    def draw_row(self, register: int, table: int, by_run: bool = False, stream: str | None = None) -> None:
        """A row of a table into registers: at random, or (`by_run`) row n for the n-th run of its source."""
        rows = self._tables[table]
        place = -1 if by_run else self._site(stream or f"row/{self._where}", stream)
        offset = sum(len(t) * len(t[0]) for t in self._tables[:table])
        self._emit(at.OP_ROW, register, self._table_laws[table], place, len(rows[0]), offset)

    def compensate(self, routine: Routine) -> None:
        """Remembers what undoes the step just done."""
        self._calls.setdefault("", []).append((2, routine.name))
        self._undoing.setdefault(self._where, []).append(routine.name)
        self._patches.append((self._emit(at.OP_COMPENSATE), 1, routine.number))

    def admit(self, limit: int) -> None:
        """Asks a rate limit."""
        self._emit(at.OP_ADMIT, limit)

    @contextmanager
    def timeout(self, seconds: float, kind: Ending = "timeout") -> Generator[None]:
        """Gives up on steps after a time; a deadline is the same around a retry."""
        number = self._durations.setdefault(float(seconds), len(self._durations))
        self._emit(at.OP_LIMIT, number, _error(kind))
        with self._scope():
            yield

    @contextmanager
    def retry(
        self,
        times: int,
        backoff: float = 0.0,
        factor: float = 2.0,
        jitter: float = 0.0,
        on: Sequence[Ending] = RETRIED,
        budget: float | None = None,
        reserve: float = 10.0,
        longest: float = math.inf,
        stream: str | None = None,
    ) -> Generator[None]:
        """Up to `times` attempts more. `budget`: retries as a share of calls, with up to `reserve` saved."""
        place = self._site(stream or f"retry/{self._where}", stream)
        self._retries.append(Retry(times, mask(on), backoff, factor, jitter, longest, budget, reserve, place))
        self._emit(at.OP_RETRY, len(self._retries) - 1)
        with self._scope():
            yield

    @contextmanager
    def through(self, breaker: int) -> Generator[None]:
        """Steps behind a breaker."""
        self._emit(at.OP_BREAKER, breaker)
        with self._scope():
            yield

    @contextmanager
    def cached(self, cache: int) -> Generator[Callable[[], AbstractContextManager[None]]]:
        """Steps behind a keyed cache; what is in the block `with hit():` written first runs at a hit instead."""
        get = self._emit(at.OP_CACHE, cache, 0)
        skip: list[int] = []

        @contextmanager
        def hit() -> Generator[None]:
            self._code[get][2] = self._here()
            depth, self._depth = self._depth, self._depth - 1
            yield
            skip.append(self._emit(at.OP_JUMP))
            self._depth = depth
            # A miss goes on behind: the cache jumps there through this address.
            self._code[enter][1] = self._here()

        enter = self._emit(at.OP_JUMP, self._here() + at.WIDTH)
        with self._scope():
            yield hit
        if not skip:
            self._code[get][2] = self._here()
        for jump in skip:
            self._code[jump][1] = self._here()

    @contextmanager
    def if_up(self, station: int) -> Generator[Callable[[], AbstractContextManager[None]]]:
        """Steps for when a station is up: `with a.if_up(s) as down: ...; with down(): ...` inside, at its end, for when
        it isn't."""
        start = self._emit(at.OP_TRY, 0, mask(("unavailable",)))
        self._deep(self._depth + 1)
        self._emit(at.OP_GATE, station)
        self._emit(at.OP_LEAVE, self._here() + at.WIDTH)
        ends: list[int] = []

        @contextmanager
        def down() -> Generator[None]:
            ends.append(self._emit(at.OP_JUMP, 0))
            self._code[start][1] = self._here()
            yield

        yield down
        if not ends:
            self._code[start][1] = self._here()
        for end in ends:
            self._code[end][1] = self._here()

    @contextmanager
    def choose(
        self, shares: Sequence[float], stream: str | None = None
    ) -> Generator[Callable[[int], AbstractContextManager[None]]]:
        """One of several ways, by share: `with a.choose((0.9, 0.1)) as way: with way(0): ...`; others do nothing."""
        if (
            not shares
            or any(not 0.0 <= s <= 1.0 for s in shares)
            or not math.isclose(sum(shares), 1.0, abs_tol=1e-9)
        ):
            raise ValueError(f"Shares of a choice lie in 0 .. 1 and sum to one; these are {tuple(shares)}.")
        first = len(self._branches)
        total = 0.0
        for share in shares:
            total += share
            self._branches.append((total, 0))
        last = max(n for n, share in enumerate(shares) if share > 0.0)
        for n in range(last, len(shares)):
            self._branches[first + n] = (2.0, 0)
        self._emit(at.OP_CHOOSE, self._site(stream or f"choose/{self._where}", stream), first, len(shares))
        ends: list[int] = []
        written: set[int] = set()

        @contextmanager
        def way(number: int) -> Generator[None]:
            self._branches[first + number] = (self._branches[first + number][0], self._here())
            written.add(number)
            yield
            ends.append(self._emit(at.OP_JUMP))

        yield way
        for end in ends:
            self._code[end][1] = self._here()
        for n in range(len(shares)):
            if n not in written:
                self._branches[first + n] = (self._branches[first + n][0], self._here())

    @contextmanager
    def parallel(
        self, count: int, join: int | None = None, run_on: bool = False
    ) -> Generator[Callable[[int], AbstractContextManager[None]]]:
        """Branches that start together; goes on when `join` (all) are ok; the rest is given up, or runs on."""
        if count < 1:
            raise ValueError("Steps in parallel need at least one branch.")
        join = count if join is None else join
        if not 1 <= join <= count:
            raise ValueError(f"Of {count} branches 1 to {count} can be waited for, not {join}.")
        first = len(self._branches)
        self._branches.extend([(0.0, 0)] * count)
        fork = self._emit(at.OP_FORK, count, join, int(run_on), first, 0)
        self._deep(self._depth + 1)
        written: set[int] = set()

        @contextmanager
        def branch(number: int) -> Generator[None]:
            self._branches[first + number] = (0.0, self._here())
            written.add(number)
            depth, self._depth = self._depth, 0
            yield
            self._emit(at.OP_END)
            self._depth = depth

        yield branch
        if len(written) < count:
            empty = self._here()
            self._emit(at.OP_END)
            for n in set(range(count)) - written:
                self._branches[first + n] = (0.0, empty)
        self._code[fork][5] = self._here()

    @contextmanager
    def hedge(self, after: float, more: int = 1) -> Generator[None]:
        """Starts the steps again, `more` times at most, each time that nothing has come `after` so many seconds."""
        number = self._durations.setdefault(float(after), len(self._durations))
        start = self._emit(at.OP_HEDGE, number, more, 0)
        self._deep(self._depth + 1)
        depth, self._depth = self._depth, 0
        yield
        self._emit(at.OP_END)
        self._depth = depth
        self._code[start][3] = self._here()

    @contextmanager
    def loop(
        self,
        times: AnyLaw | float | None = None,
        until: float | None = None,
        at_most: int | None = None,
        stream: str | None = None,
    ) -> Generator[None]:
        """Rounds: so many `times` (a law is rounded to the nearest), or until one is the last with chance `until`."""
        law = (
            Constant(4e18)
            if times is None
            else Constant(float(times))
            if isinstance(times, (int, float))
            else times
        )
        if times is None and until is None:
            raise ValueError("A loop needs a count or a chance that a round is the last.")
        place = self._site(stream or f"loop/{self._where}", stream)
        start = self._emit(at.OP_LOOP, self._law(law), place, 0, -1 if at_most is None else at_most)
        self._depth += 1
        self._deep(self._depth)
        yield
        self._depth -= 1
        share = -1 if until is None else self._reals.setdefault(float(until), len(self._reals))
        self._emit(at.OP_AGAIN, share, place)
        self._code[start][3] = self._here()

    @contextmanager
    def catching(
        self, on: Sequence[Ending] = ERRORS
    ) -> Generator[Callable[[], AbstractContextManager[None]]]:
        """Steps whose errors are handled: `with a.catching() as caught: ...; with caught(): ...` inside, at its end."""
        start = self._emit(at.OP_TRY, 0, mask(on))
        ends: list[int] = []
        self._depth += 1
        self._deep(self._depth)

        @contextmanager
        def caught() -> Generator[None]:
            ends.append(self._emit(at.OP_LEAVE, 0))
            self._code[start][1] = self._here()
            self._depth -= 1
            yield
            self._depth += 1

        yield caught
        self._depth -= 1
        if not ends:
            ends.append(self._emit(at.OP_LEAVE, 0))
            self._code[start][1] = self._here()
        for end in ends:
            self._code[end][1] = self._here()

    # ---------------------------------------------------------------- the whole

=======
>>>>>>> kernel2
    def program(self) -> Program:
        """All of it, checked; ValueError says what is wrong."""
        for name, start in self._routines.items():
            if start is None:
                raise ValueError(f"The routine `{name}` is called but not defined.")
        for source in self._sources:
            if source.gaps is not None:
                self._law(source.gaps)
        for part in self._parts:
            self._law(part.up)
            self._law(part.down)
        code = [list(line) for line in self._code]
        for line, operand, number in self._patches:
            start = self._routines[self._names[number]]
            assert start is not None
            code[line][operand] = start
        return checked(
            Program(
                code=tuple(tuple(line) for line in code),
                flows=tuple(replace(f, marks=self._marks_of(f.name)) for f in self._flows),
                marks=tuple(self._marks),
                stations=tuple(self._stations),
                sources=tuple(replace(s) for s in self._sources),
                laws=tuple(self._laws),
                streams=tuple(self._streams),
                depth=self._most_scopes() + 2,
                registers=self._registers,
                reals=tuple(self._reals),
                durations=tuple(self._durations),
                branches=tuple(self._branches),
                forms=tuple(self._forms),
                tables=tuple(self._tables),
                table_laws=tuple(self._table_laws),
                retries=tuple(self._retries),
                breakers=tuple(self._breakers),
                limits=tuple(self._limits),
                caches=tuple(self._caches),
                tallies=tuple(self._tallies),
                labels=tuple(self._names),
                units=tuple(self._units),
                parts=tuple(self._parts),
                actions=tuple(self._actions),
                calendars=tuple(self._calendars),
                scalers=tuple(self._scalers),
            )
        )

    def _marks_of(self, flow: str) -> tuple[str, ...]:
        """The marks in a flow's code and in all that it calls or starts."""
        todo, seen = [f"flow {flow}"], set[str]()
        found = set[str]()
        while todo:
            place = todo.pop()
            if place not in seen:
                seen.add(place)
                found |= self._marked.get(place, set())
                todo += [callee for _, callee in self._calls.get(place, [])]
                todo += self._undoing.get(place, [])
        return tuple(name for name in self._marks if name in found)

    def _most_scopes(self) -> int:
        """The deepest stack over all chains of calls; ValueError where a routine calls itself."""
        known: dict[str, int] = {}
        under_way: list[str] = []

        def depth(name: str) -> int:
            if name in known:
                return known[name]
            if name in under_way:
                ring = [*under_way[under_way.index(name) :], name]
                raise ValueError(f"Routines call each other in a ring: {' -> '.join(ring)}")
            under_way.append(name)
            inner = [below + depth(callee) for below, callee in self._calls.get(name, [])]
            under_way.pop()
            known[name] = max([self._deepest.get(name, 0), *inner])
            return known[name]

        places = sorted({*self._deepest, *self._calls})
        return max([1, *(depth(place) for place in places)])


def zipf(keys: int, exponent: float) -> tuple[float, ...]:
    """Shares of keys whose popularity falls with their rank to this power."""
    return _normalised([(n + 1.0) ** -exponent for n in range(keys)])


def _normalised(shares: Sequence[float]) -> tuple[float, ...]:
    total = math.fsum(shares)
    if not shares or total <= 0.0 or min(shares) < 0.0:
        raise ValueError("Shares must not be negative and need a positive sum.")
    return tuple(s / total for s in shares)
