"""What the code of a model's programs refers to: stations, lines, caches, tables, sizes, routines; each made when it
is first needed, and once.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from groma.analyses.reach import servers
from groma.analyses.simulation.values import Values
from groma.model.elements import Component, Model
from groma.model.program import Cache, Sizes, Step
from groma.model.trace import JointTable
from groma.solvers.simulation import Assembler, Routine

Registers = dict[str, int]
"""Size -> the register that holds it."""


@dataclass(slots=True)
class Plant:
    """The parts of a closed model as the simulator knows them. `todo` are routines whose code isn't written yet."""

    model: Model
    a: Assembler = field(default_factory=Assembler)
    values: Values = field(default_factory=Values)
    stations: dict[str, int] = field(default_factory=dict[str, int])
    """`components.x` or `people.y` -> number."""
    cold: int | None = None
    """A station that is down while caches are empty; none where they never are."""
    lines: frozenset[str] = frozenset()
    """Connections that can fail."""
    caches: list[int] = field(default_factory=list[int])
    """Keyed caches."""
    gates: dict[str, int] = field(default_factory=dict[str, int])
    """Component that scales -> a station that is down while all of it is."""
    _routines: dict[tuple[object, ...], Routine] = field(default_factory=dict[tuple[object, ...], Routine])
    todo: list[tuple[Routine, Callable[[], None]]] = field(
        default_factory=list[tuple[Routine, Callable[[], None]]]
    )
    _names: set[str] = field(default_factory=set[str])
    _tables: dict[int, int] = field(default_factory=dict[int, int])
    _keyed: dict[str, int] = field(default_factory=dict[str, int])

    def station(self, name: str) -> int:
        """The station of a component or person."""
        known = self.stations.get(name)
        if known is None:
            kind, _, key = name.partition(".")
            known = self.stations[name] = (
                self._of_component(self.model.components[key])
                if kind == "components"
                else self._of_person(key)
            )
        return known

    def _of_component(self, component: Component) -> int:
        station = self.a.station(
            f"components.{component.name}",
            threads=component.threads,
            units=component.replicas,
            discipline=component.discipline,
            places=component.queue if servers(component) is not None else None,
            enough=component.enough or 1,
        )
        scales = component.scales
        if scales is not None:
            after = 0.0 if scales.after is None else scales.after.mean
            self.a.scaler(station, component.replicas, scales.to, scales.aims.mean, scales.every.mean, after)
            self.gates[component.name] = self.a.station(f"components.{component.name} at all", threads=None)
        return station

    def _of_person(self, name: str) -> int:
        return self.a.station(f"people.{name}", threads=1, units=self.count_of(name))

    def count_of(self, person: str) -> int:
        """How many alike people there are."""
        return max(1, int(self.values.mean(f"people.{person}.count", self.model.people[person].count, 1.0)))

    def line(self, connection: str) -> int:
        """A station that is down while a connection is."""
        name = f"connections.{connection}"
        if name not in self.stations:
            self.stations[name] = self.a.station(name, threads=None)
        return self.stations[name]

    def keyed(self, step: Step, cache: Cache) -> int:
        """The cache around a step, with keys."""
        known = self._keyed.get(step.path)
        if known is None:
            from groma.solvers.caching import zipf

            life = math.inf if cache.lives is None else cache.lives.mean
            shares = zipf(cache.keys or 1, cache.popularity or 0.0).tolist()
            known = self._keyed[step.path] = self.a.cache(step.path, cache.holds or 1, shares, life)
            self.caches.append(known)
        return known

    def routine(self, key: tuple[object, ...], name: str, body: Callable[[], None]) -> Routine:
        known = self._routines.get(key)
        if known is None:
            number, unique = 2, name
            while unique in self._names:
                unique, number = f"{name} ({number})", number + 1
            self._names.add(unique)
            known = self._routines[key] = self.a.declare(unique)
            self.todo.append((known, body))
        return known

    def drawn(self, step: Step, sizes: Sizes) -> Registers:
        """The sizes of this call, drawn into registers."""
        a = self.a
        found: Registers = {}
        if sizes.table is not None:
            columns = sizes.table.columns
            first = a.register(len(columns))
            a.draw_row(first, self._table(sizes.table))
            found |= {size: first + n for n, size in enumerate(columns)}
        for size, quantity in sizes.amounts:
            law = self.values.law(f"{step.path}.sizes.{size}", quantity)
            found[size] = a.register()
            a.draw(found[size], law)
        return found

    def _table(self, table: JointTable) -> int:
        known = self._tables.get(id(table))
        if known is None:
            known = self._tables[id(table)] = self.a.table(table.rows, table.weights)
        return known
