"""Routines, flows and the steps in them: instructions that open no scope for what follows."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from groma.solvers.simulation import layout as at
from groma.solvers.simulation.program import AnyLaw, Ending, Flow
from groma.solvers.simulation.writing import Writing, error_number


@dataclass(frozen=True, slots=True)
class Routine:
    """Code that can be called; forward references are fine: `declare` first, `define` later."""

    number: int
    name: str


class Steps(Writing):
    """Writes routines, flows and single steps."""

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
        self._emit(at.OP_RAISE, error_number(kind))

    def fail_again(self) -> None:
        """The error that was caught last."""
        self._emit(at.OP_RAISE, at.RERAISE)

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
