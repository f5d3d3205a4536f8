"""Events of a scenario as planned actions of the simulator, and the load that they make."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from groma.analyses.reach import servers
from groma.analyses.simulation.code import Coder
from groma.analyses.simulation.outage import lost
from groma.model.scenario import Event, Scenario

STUCK = 1e9
"""How many times as long what has no limit of servers takes while it is stalled."""


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

    def _down(self, event: Event, begin: float, end: float) -> None:
        model = self.coder.model
        for name, replicas in lost(model, frozenset(event.down)).items():
            station = self._station(f"components.{name}")
            if station is not None:
                count = model.components[name].replicas
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
        units = self._units.get(name)
        if units is None:
            units = self._units[name] = [self.coder.a.unit(station) for _ in range(count)]
        for n in which:
            self._both("down", units[n], begin, 0.0, end, 0.0, "up")

    def _both(
        self, kind: str, target: int, begin: float, value: float, end: float, after: float, back: str = ""
    ) -> None:
        self.coder.a.action(begin, kind, target, value)
        if math.isfinite(end):
            self.coder.a.action(end, back or kind, target, after)


def window(event: Event) -> tuple[float, float]:
    """When an event begins and ends, in seconds; infinite when it lasts to the end."""
    begin = event.from_.mean
    return begin, math.inf if event.for_ is None else begin + event.for_.mean


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
