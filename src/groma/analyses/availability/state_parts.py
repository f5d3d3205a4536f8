"""Which components are up in each of many states of the parts at once: the second way to availability, its plant.

Nothing here is shared with `structure.parts`: there formulas are built, here a state is looked at. A component is up
when enough of its replicas are and all that it shares as a whole is; what depends on what is solved by starting from
"everything is up" and taking away until nothing changes (the greatest fixed point), on arrays with one entry a state.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from groma.analyses.structure.crews import few_crews, with_crews
from groma.model.elements import Component, Connection, Failure, Model, Place
from groma.model.quantity import Quantity, Unknown
from groma.solvers.faulttrees import greek_shares

Flags: TypeAlias = NDArray[np.bool_]


class Unreadable(Exception):
    """The states of this model can't be looked at: a chance isn't known, or a choice is open."""


@dataclass(slots=True)
class States:
    """States of parts, one entry each; with `rows` None the parts are only being listed, with their chances."""

    count: int = 1
    rows: Mapping[str, Flags] | None = None
    chances: dict[str, float] = field(default_factory=dict[str, float])

    def up(self, name: str, chance: float) -> Flags:
        """Where the part of this name, which is up with this chance, is up."""
        self.chances.setdefault(name, chance)
        if self.rows is None or name not in self.rows:
            return np.full(self.count, chance > 0.0)
        return self.rows[name]


@dataclass(slots=True)
class Plant:
    """Everything that can fail, in some states. Raises Unreadable for facts that nobody states."""

    model: Model
    states: States
    _known: dict[str, Flags] = field(default_factory=dict[str, Flags])

    def component(self, name: str) -> Flags:
        """Where a component is up."""
        if name not in self._known:
            members = self._reached(name)
            up = {member: self._all() for member in members}
            while True:
                after = {member: self._stands(self._part(member), up) for member in members}
                settled = all(bool(np.array_equal(after[m], up[m])) for m in members)
                up = after
                if settled:
                    break
            self._known[name] = up[name]
        return self._known[name]

    def connection(self, connection: Connection) -> Flags:
        """Where a connection is up."""
        if connection.fails is None:
            return self._all()
        return self._event(f"connections.{connection.name}", connection.fails)

    def _all(self) -> Flags:
        return np.ones(self.states.count, dtype=np.bool_)

    def _part(self, name: str) -> Component:
        if name not in self.model.components:
            raise Unreadable(f"the choice of {name} is open")
        return self.model.components[name]

    def _reached(self, name: str) -> list[str]:
        found: dict[str, None] = {}
        todo = [name]
        while todo:
            here = todo.pop()
            if here not in found:
                found[here] = None
                part = self._part(here)
                todo += part.depends_on
                todo += [] if part.runs_on is None else [part.runs_on]
                todo += [
                    fed for inner in part.place for place in self._around(inner) for fed in place.depends_on
                ]
        return list(found)

    def _stands(self, part: Component, up: Mapping[str, Flags]) -> Flags:
        units = np.array([self._unit(part, i, up) for i in range(part.replicas)])
        enough: Flags = units.sum(axis=0) >= (part.enough or 1)
        return enough & self._role(part) & self._shared(part, up)

    def _shared(self, part: Component, up: Mapping[str, Flags]) -> Flags:
        result = self._all()
        for name in part.depends_on:
            result &= up[name]
        supplier = None if part.supplier is None else self.model.suppliers.get(part.supplier)
        if supplier is not None and supplier.fails is not None:
            result &= self._event(f"suppliers.{supplier.name}", supplier.fails)
        if part.runs_on is not None:
            under = self._part(part.runs_on)
            result &= self._shared(under, up) if self._paired(part, under) else up[under.name]
        return result

    def _paired(self, part: Component, under: Component) -> bool:
        return min(part.replicas, under.replicas) > 1 and under.enough is None

    def _unit(self, part: Component, i: int, up: Mapping[str, Flags]) -> Flags:
        result = self._own(part, i)
        if part.place:
            for place in self._around(part.place[i % len(part.place)]):
                if place.fails is not None:
                    result = result & self._event(f"places.{place.name}", place.fails)
                for fed in place.depends_on:
                    result = result & up[fed]
        if part.runs_on is not None:
            under = self._part(part.runs_on)
            if self._paired(part, under):
                result = result & self._unit(under, i % under.replicas, up)
        return result

    def _own(self, part: Component, i: int) -> Flags:
        if part.fails is None:
            raise Unreadable(f"components.{part.name}.fails isn't stated")
        down = 1.0 - _availability(f"components.{part.name}", part.fails)
        crews = few_crews(part)
        if crews is not None:
            return self._crewed(part, i, crews)
        n = part.replicas
        letters = [share.mean for share in part.together][: n - 1]
        shares = greek_shares(n, letters) if letters else (1.0,)
        result = self._all()
        for k, share in enumerate(shares, 1):
            for hit in combinations(range(n), k) if share > 0.0 else ():
                if i in hit:
                    result = result & self.states.up(f"components.{part.name} {hit}", 1.0 - share * down)
        return result

    def _crewed(self, part: Component, i: int, crews: int) -> Flags:
        """Whether one of the replicas that share crews is up: only where nothing but their number counts."""
        shared = with_crews(self.model, part, crews)
        if shared is None or shared[0].value is None:
            raise Unreadable(f"components.{part.name}: its replicas share crews and stand apart")
        return self.states.up(f"components.{part.name} {(i,)}", shared[0].value)

    def _role(self, part: Component) -> Flags:
        needed = part.enough or 1
        if part.replicas <= needed or (part.takeover is None and part.noticed is None):
            return self._all()
        if not isinstance(part.takeover, Quantity):
            raise Unreadable(f"components.{part.name}.takeover isn't stated")
        if isinstance(part.noticed, Unknown):
            raise Unreadable(f"components.{part.name}.noticed isn't stated")
        noticed = 1.0 if part.noticed is None else part.noticed.mean
        empty = 0.0
        for i in range(part.replicas):
            lost = 0.0
            for path, fails in self._failures(part, i):
                if not isinstance(fails.every, Quantity) or not isinstance(fails.repaired_in, Quantity):
                    raise Unreadable(f"{path}.fails.every isn't stated")
                lost += (
                    noticed * part.takeover.mean + (1.0 - noticed) * fails.repaired_in.mean
                ) / fails.every.mean
            empty += lost / (1.0 + lost) / part.replicas
        return self.states.up(f"components.{part.name} takeover", (1.0 - empty) ** needed)

    def _failures(self, part: Component, i: int) -> Iterator[tuple[str, Failure]]:
        if part.fails is not None:
            yield f"components.{part.name}", part.fails
        for place in self._around(part.place[i % len(part.place)]) if part.place else ():
            if place.fails is not None:
                yield f"places.{place.name}", place.fails
        if part.runs_on is not None and self._paired(part, self._part(part.runs_on)):
            under = self._part(part.runs_on)
            yield from self._failures(under, i % under.replicas)

    def _around(self, name: str) -> Iterable[Place]:
        current: str | None = name
        while current is not None and current in self.model.places:
            place = self.model.places[current]
            yield place
            current = place.in_

    def _event(self, path: str, fails: Failure) -> Flags:
        return self.states.up(path, _availability(path, fails))


def _availability(path: str, fails: Failure) -> float:
    if isinstance(fails.availability, Quantity):
        return fails.availability.mean
    if isinstance(fails.every, Quantity) and isinstance(fails.repaired_in, Quantity):
        return fails.every.mean / (fails.every.mean + fails.repaired_in.mean)
    raise Unreadable(f"{path}.fails isn't stated")
