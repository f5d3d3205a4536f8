"""Events of a scenario as planned actions of the simulator, and the load that they make."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from groma.analyses.reach import servers
from groma.analyses.simulation.code import Coder
from groma.analyses.simulation.outage import lost
from groma.model.scenario import Event, Scenario
from groma.solvers.simulation.program import Happening

STUCK = 1e9
"""How many times as long what has no limit of servers takes while it is stalled."""
AFTER = 4.0
"""How many times as long as its events a scenario is watched after them, unless it says how long it lasts."""


@dataclass(frozen=True, slots=True)
class Loss:
    """A part that is down for a while: an element by name, replicas as `name#2`, or a connection."""

    parts: tuple[str, ...]
    begin: float
    end: float
    lines: tuple[str, ...] = ()


@dataclass(slots=True)
class Disturbance:
    """Plans the events of a scenario for the stations of a program; to be asked once all code is written."""

    coder: Coder
    _units: dict[str, list[int]] = field(default_factory=dict[str, list[int]])

    def plan(self, scenario: Scenario) -> None:
        """Every event, with its end."""
        for event in scenario.events:
            begin, end = window(event)
            self._down(event, begin, end)
            for name in event.stalled:
                self._stalled(name, begin, end)
            for name in event.slow:
                station = self._station(f"components.{name}")
                if station is not None:
                    self._both("slow", station, begin, event.times, end, 1.0)
            if event.cold and self.coder.cold is not None:
                self._taken("cold", self.coder.cold, 1, begin, end, [0])
                for cache in self.coder.caches:
                    self.coder.a.action(begin, "flush", cache)

    def lose(self, losses: Sequence[Loss]) -> None:
        """Losses beside the scenario: at each change, the replicas that are down by all that is lost together."""
        turns = sorted({time for loss in losses for time in (loss.begin, loss.end) if math.isfinite(time)})
        model, before = self.coder.model, dict[str, frozenset[int]]()
        changes: dict[float, list[tuple[Loss, bool]]] = {}
        for loss in losses:
            changes.setdefault(loss.begin, []).append((loss, True))
            changes.setdefault(loss.end, []).append((loss, False))
        count: dict[str, int] = {}
        for time in turns:
            for loss, begins in changes[time]:
                for part in loss.parts:
                    count[part] = count.get(part, 0) + (1 if begins else -1)
                for line in loss.lines:
                    station = self._station(f"connections.{line}")
                    if station is not None:
                        self._turn(f"connections.{line}", station, 1, 0, time, begins)
            after = lost(model, frozenset(part for part, n in count.items() if n > 0))
            for name in sorted({*before, *after}):
                station = self._station(f"components.{name}")
                if station is None:
                    continue
                was, now = before.get(name, frozenset()), after.get(name, frozenset())
                for n in sorted(was ^ now):
                    many = model.components[name].replicas
                    self._turn(f"components.{name}", station, many, n, time, n in now)
            before = dict(after)

    def _turn(self, name: str, station: int, count: int, n: int, time: float, down: bool) -> None:
        """A unit goes down or comes back."""
        self.coder.a.action(time, "down" if down else "up", self._unit(name, station, count)[n])

    def _unit(self, name: str, station: int, count: int) -> list[int]:
        units = self._units.get(name)
        if units is None:
            units = self._units[name] = [self.coder.a.unit(station) for _ in range(count)]
        return units

    def _down(self, event: Event, begin: float, end: float) -> None:
        model = self.coder.model
        for name, replicas in lost(model, frozenset(event.down)).items():
            station = self._station(f"components.{name}")
            if station is not None:
                count = model.components[name].replicas
                gate = self.coder.gates.get(name)
                if gate is not None and len(replicas) == count:
                    self._taken(f"{name} at all", gate, 1, begin, end, [0])
                self._taken(f"components.{name}", station, count, begin, end, sorted(replicas))
        for name in event.down:
            station = self._station(f"people.{name}")
            if station is not None and name in model.people:
                self._both("servers", station, begin, 0.0, end, math.inf)

    def _stalled(self, name: str, begin: float, end: float) -> None:
        station = self._station(f"components.{name}")
        if station is None:
            return
        if servers(self.coder.model.components[name]) is None:
            self._both("slow", station, begin, STUCK, end, 1.0)
        else:
            self._both("servers", station, begin, 0.0, end, math.inf)

    def _station(self, name: str) -> int | None:
        """The station of a part; None where no program uses it."""
        return self.coder.stations.get(name)

    def _taken(
        self, name: str, station: int, count: int, begin: float, end: float, which: Iterable[int]
    ) -> None:
        units = self._unit(name, station, count)
        for n in which:
            self._both("down", units[n], begin, 0.0, end, 0.0, "up")

    def _both(
        self,
        kind: Happening,
        target: int,
        begin: float,
        value: float,
        end: float,
        after: float,
        back: Happening | None = None,
    ) -> None:
        self.coder.a.action(begin, kind, target, value)
        if math.isfinite(end):
            self.coder.a.action(end, back or kind, target, after)


def window(event: Event) -> tuple[float, float]:
    """When an event begins and ends, in seconds; infinite when it lasts to the end."""
    begin = event.from_.mean
    return begin, math.inf if event.for_ is None else begin + event.for_.mean


def horizon(scenario: Scenario) -> tuple[float, float]:
    """(how long it is watched, when its last event is over: infinite when one lasts to the end), in seconds."""
    windows = [window(event) for event in scenario.events]
    begin = min(start for start, _ in windows)
    ends = max(end for _, end in windows)
    last = ends if math.isfinite(ends) else max(start for start, _ in windows) + max(begin, 1.0)
    lasts = last + AFTER * (last - begin) if scenario.lasts is None else scenario.lasts.mean
    return lasts, ends if ends < lasts else math.inf


def load_of(scenario: Scenario, flow: str) -> tuple[tuple[float, float], ...]:
    """(from, multiplier) pieces of a flow's rate; none where no event changes it. Multipliers of events that overlap
    are multiplied."""
    events = [e for e in scenario.events if flow in e.load]
    if not events:
        return ()
    ends = sorted({0.0, *(t for e in events for t in window(e) if math.isfinite(t))})
    return tuple(
        (start, math.prod(e.times for e in events if window(e)[0] <= start < window(e)[1])) for start in ends
    )
