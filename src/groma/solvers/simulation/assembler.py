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
from typing import Any

from groma.model.law import Empirical
from groma.solvers.simulation.checks import checked
from groma.solvers.simulation.program import (
    Action,
    AnyLaw,
    Breaker,
    Cache,
    Calendar,
    Ending,
    Happening,
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

    def station(self, name: str, **features: Any) -> int:
        """A station (see `Station` for its features); gives its number."""
        self._stations.append(Station(name, **features))
        return len(self._stations) - 1

    def source(self, flow: str, **features: Any) -> None:
        """What starts a flow (see `Source`)."""
        self._sources.append(Source(flow, **features))

    def unit(self, station: int) -> int:
        """A unit of a station that parts and actions can take down; make no more than the station has."""
        self._units.append(station)
        return len(self._units) - 1

    def part(self, name: str, up: AnyLaw, down: AnyLaw, units: Sequence[int]) -> None:
        """Something that fails and is repaired; what is down for several reasons is up when all have gone."""
        self._parts.append(Part(name, up, down, tuple(units)))

    def action(self, at_time: float, kind: Happening, target: int, value: float = 0.0) -> None:
        """Something planned (see `Action`)."""
        self._actions.append(Action(at_time, kind, target, value))

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
