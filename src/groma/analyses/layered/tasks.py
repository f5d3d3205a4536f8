"""The tasks and entries of a layered queueing network while a model is read into it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from groma.analyses.context import Context
from groma.analyses.happens import happens
from groma.analyses.reach import servers
from groma.model.quantity import Quantity, Unknown
from groma.solvers.queueing import Call, Entry, Task

TIME = "time"


class Refused(Exception):
    """The model says something that a layered network can't."""


@dataclass(slots=True)
class Body:
    """Calls that are waited for, in their order, and those that aren't."""

    calls: list[Call] = field(default_factory=list[Call])
    sends: list[Call] = field(default_factory=list[Call])

    def extend(self, other: Body) -> None:
        self.calls += other.calls
        self.sends += other.sends


@dataclass(slots=True)
class Tasks:
    """The tasks so far: by name their entries and their threads (None: without a limit).

    `known`: what was asked for -> its entry. `sharp`: no quantity so far is only known to a range.
    """

    context: Context
    entries: dict[str, list[Entry]] = field(default_factory=dict[str, list[Entry]])
    limits: dict[str, int | None] = field(default_factory=dict[str, int | None])
    known: dict[object, str] = field(default_factory=dict[object, str])
    sharp: bool = True

    def all(self) -> list[Task]:
        """Every task, in the order in which it was met first."""
        return [Task(name, TIME, tuple(made), self.limits[name]) for name, made in self.entries.items()]

    def choice(self, path: str, calls: Sequence[Call]) -> str:
        """An entry that goes one of several ways."""
        name = self.new(f"{path} choice")
        self.entries.setdefault(name, []).append(Entry(name, 0.0, tuple(calls), choice=True))
        self.limits[name] = None
        return name

    def entry(self, station: str, key: object, path: str, body: Body, demand: float = 0.0) -> str:
        """An entry of a station."""
        if key not in self.known:
            self.station(station)
            name = self.known[key] = self.new(path)
            made = Entry(name, demand, tuple(body.calls), tuple(body.sends))
            self.entries.setdefault(station, []).append(made)
        return self.known[key]

    def station(self, station: str) -> None:
        """The task of a station, where it is one that a layered network knows."""
        kind, _, name = station.partition(".")
        if station in self.limits:
            return
        if kind == "people":
            count = self.context.model.people[name].count
            self.limits[station] = max(1, int(self.mean(f"people.{name}.count", count, absent=1.0)))
            return
        component = self.context.model.components[name]
        many = servers(component)
        if many is not None:
            for wrong, why in (
                (component.queue is not None, "its queue has a last place"),
                (component.discipline != "fifo", f"it serves by `{component.discipline}`"),
                (component.scales is not None, "it scales"),
            ):
                if wrong:
                    raise Refused(f"{station}: {why}")
        self.limits[station] = many

    def delayed(self, path: str, body: Body) -> str:
        """An entry of a task of its own that never queues."""
        if len(body.calls) == 1 and not body.sends and body.calls[0].mean == 1.0:
            return body.calls[0].entry
        name = self.new(path)
        self.limits[name] = None
        self.entries[name] = [Entry(name, 0.0, tuple(body.calls), tuple(body.sends))]
        return name

    def pause(self, time: float) -> str:
        """An entry that takes so long in the mean."""
        key = ("pause", time)
        if key not in self.known:
            name = self.known[key] = self.new(f"{time:g} s")
            self.limits[name] = None
            self.entries[name] = [Entry(name, time)]
        return self.known[key]

    def delay(self, path: str, quantity: Quantity | Unknown | None) -> list[Call]:
        """What takes this time without a queue; nothing where it takes none."""
        time = self.mean(path, quantity, absent=0.0)
        return [Call(self.pause(time))] if time > 0.0 else []

    def new(self, wanted: str) -> str:
        """A name that nothing has yet."""
        name = f"{wanted} #{len(self.known) + len(self.entries)}"
        self.known[("name", name)] = name
        return name

    def mean(self, path: str, quantity: Quantity | Unknown | None, absent: float | None = None) -> float:
        """The mean of a quantity; what isn't known is refused."""
        if quantity is None and absent is not None:
            return absent
        if not isinstance(quantity, Quantity):
            raise Refused(f"{path} isn't known")
        if quantity.low < quantity.high:
            self.sharp = False
        return quantity.mean

    def none(self, path: str, chance: Quantity | Unknown | None) -> None:
        """Nothing may end in an error."""
        if happens(chance):
            raise Refused(f"{path}: calls may end in an error")
