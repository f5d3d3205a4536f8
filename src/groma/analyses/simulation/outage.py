"""What is lost when something is down: the replicas that stand on it, and the components that can't do without it.

The same structure as in availability (`groma.analyses.structure.parts`), asked for one given loss: a replica is down
with its place (or one around it) and with the replica of its carrier; a component is down as a whole with what it
depends on, its supplier, a carrier that isn't replicated alongside it, or when fewer than `enough` replicas are left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from groma.analyses.structure.redundancy import alongside
from groma.model.elements import Component, Model

Lost = Mapping[str, frozenset[int]]
"""Component -> the numbers of its replicas that are lost."""


@dataclass(slots=True)
class Outage:
    """A loss of some elements (components, places, suppliers by name, replica 2 of a component as `name#2`)."""

    model: Model
    down: frozenset[str]
    _whole: dict[str, bool] = field(default_factory=dict[str, bool])

    def replicas(self, component: Component) -> frozenset[int]:
        """The replicas of a component that can't work."""
        if self.shared(component.name):
            return frozenset(range(component.replicas))
        return frozenset(i for i in range(component.replicas) if self._replica(component, i))

    def shared(self, name: str) -> bool:
        """Whether a component is down as a whole, by itself or by what it shares."""
        known = self._whole.get(name)
        if known is not None:
            return known
        self._whole[name] = False  # what depends on itself in a circle isn't down by that
        component = self.model.components.get(name)
        found = name in self.down
        if component is not None and not found:
            left = component.replicas - sum(self._replica(component, i) for i in range(component.replicas))
            found = left < (component.enough or 1) or self._shares_lost(component)
        self._whole[name] = found
        return found

    def _shares_lost(self, component: Component) -> bool:
        """Whether something is lost that all replicas share; what a carrier alongside shares, they share too."""
        if component.supplier in self.down or any(self.shared(name) for name in component.depends_on):
            return True
        carrier = self.model.components.get(component.runs_on or "")
        if carrier is None:
            return False
        return self._shares_lost(carrier) if alongside(component, carrier) else self.shared(carrier.name)

    def _replica(self, component: Component, i: int) -> bool:
        if f"{component.name}#{i + 1}" in self.down:
            return True
        if component.place and self._place(component.place[i % len(component.place)]):
            return True
        carrier = self.model.components.get(component.runs_on or "")
        if carrier is None or not alongside(component, carrier):
            return False
        return carrier.name in self.down or self._replica(carrier, i % carrier.replicas)

    def _place(self, name: str) -> bool:
        current: str | None = name
        seen: set[str] = set()
        while current is not None and current not in seen:
            if current in self.down:
                return True
            seen.add(current)
            place = self.model.places.get(current)
            if place is not None and any(self.shared(name) for name in place.depends_on):
                return True
            current = None if place is None else place.in_
        return False


def lost(model: Model, down: frozenset[str]) -> Lost:
    """Every component that loses replicas."""
    outage = Outage(model, down)
    found = {name: outage.replicas(component) for name, component in model.components.items()}
    return {name: replicas for name, replicas in found.items() if replicas}
