"""When a component is up: the success formula of its replicas, of what carries them, and of all it depends on.

A component is up when enough of its replicas are, and everything that it shares as a whole is: what it depends on,
suppliers, and a carrier that isn't replicated alongside it. Replica i stands at place i (counted round) and, when
carrier and carried are both replicated and the carrier states no `enough`, on the carrier's replica i; a carrier that
states `enough` is a pool in which replicas move, so it has to be up as a whole. A place is up when it and the places
around it are. Shared parts are gathered as a set, so circles of `depends_on` need no order (greatest fixed point).

Parts may fail together and take time to take over from one another: `structure.redundancy`.

While a choice of the design is open, every alternative's parts have the names of the element: of the alternatives only
one will stand, so their events may be coupled without changing any completion, and one event with the chances of the
best alternative bounds them all (optimistic), as the one with the worst does (pessimistic). What carries replicas while
it is open does so as a whole at best; at worst they stand on each of those of every alternative.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.interval import ANY_SHARE, Interval, hull
from groma.analyses.structure.crews import few_crews, with_crews
from groma.analyses.structure.redundancy import (
    alongside,
    around,
    divided,
    named,
    outage_of,
    role_empty,
    role_filled,
    up_share,
)
from groma.model.elements import Component, Connection, Failure, Place
from groma.model.program import Ask
from groma.solvers.faulttrees import ALWAYS, NEVER, And, AtLeast, Constant, Event, Formula, Or


def both(*parts: Formula) -> Formula:
    """The conjunction with constants folded."""
    if NEVER in parts:
        return NEVER
    kept = [part for part in parts if not isinstance(part, Constant)]
    return ALWAYS if not kept else kept[0] if len(kept) == 1 else And(tuple(kept))


def either(*parts: Formula) -> Formula:
    """The disjunction with constants folded."""
    if ALWAYS in parts:
        return ALWAYS
    kept = [part for part in parts if not isinstance(part, Constant)]
    return NEVER if not kept else kept[0] if len(kept) == 1 else Or(tuple(kept))


def at_least(k: int, parts: tuple[Formula, ...]) -> Formula:
    """At least `k` of the parts, with constants folded."""
    wanted = k - parts.count(ALWAYS)
    kept = tuple(part for part in parts if not isinstance(part, Constant))
    if wanted <= 0:
        return ALWAYS
    if wanted > len(kept):
        return NEVER
    if wanted == len(kept):
        return both(*kept)
    return either(*kept) if wanted == 1 else AtLeast(wanted, kept)


@dataclass(slots=True)
class Parts:
    """Success formulas of components and connections; `best` takes the optimistic end of open choices."""

    context: Context
    evidence: Evidence
    best: bool = True
    chances: dict[str, Interval] = field(default_factory=dict[str, Interval])
    """Chance that each part is up, by event."""
    lasts: dict[str, float] = field(default_factory=dict[str, float])
    """How long one outage of a part lasts on average (s), by event, where it is stated."""
    roles: set[str] = field(default_factory=set[str])
    """Open choices met on the way."""
    _up: dict[str, Formula] = field(default_factory=dict[str, Formula])
    _pending: set[str] = field(default_factory=set[str])
    _units: dict[tuple[int, int], Formula] = field(default_factory=dict[tuple[int, int], Formula])
    _cores: dict[int, Formula] = field(default_factory=dict[int, Formula])

    def up(self, name: str) -> Formula:
        """When the component is up."""
        known = self._up.get(name)
        if known is not None:
            return known
        if name in self._pending:  # nothing that it needs beside itself
            return ALWAYS
        self._pending.add(name)
        candidates = self._candidates(name)
        formulas = list({_shape(candidate): self._whole(candidate) for candidate in candidates}.values())
        self._pending.discard(name)
        if not formulas:
            result: Formula = ALWAYS if self.best else NEVER
        else:
            result = either(*formulas) if self.best else both(*formulas)
        if not self._pending:
            self._up[name] = result
        return result

    def connected(self, connection: Connection) -> Formula:
        """When the connection is up; one without `fails` isn't counted."""
        if connection.fails is None:
            return ALWAYS
        return self._stated(f"connections.{connection.name}", connection.fails)

    def asked(self, ask: Ask) -> Formula:
        """When somebody is there to be asked: people don't fail, unless a reading is about them."""
        del ask
        return ALWAYS

    def _candidates(self, name: str) -> tuple[Component, ...]:
        self.roles.update(alternative.role for alternative in self.context.model.alternatives.get(name, ()))
        return self.context.candidates(name)

    def _whole(self, component: Component) -> Formula:
        """Its replicas and everything it shares, found by walking what it depends on."""
        cores: dict[str, Formula] = {component.name: self._core(component)}
        shared: dict[str, Formula] = {}
        todo = [component]
        while todo:
            here = todo.pop()
            if here.supplier is not None:
                shared.setdefault(here.supplier, self._supplier(here.supplier))
            for name in here.depends_on:
                self._take(name, cores, todo)
            if here.runs_on is not None:
                carriers = self._candidates(here.runs_on)
                if len(carriers) == 1 and alongside(here, carriers[0]):
                    todo.append(carriers[0])  # its replicas stand under ours; what it shares, we share
                else:
                    self._take(here.runs_on, cores, todo)
        return both(*cores.values(), *(shared[name] for name in sorted(shared)))

    def _take(self, name: str, cores: dict[str, Formula], todo: list[Component]) -> None:
        if name in cores:
            return
        candidates = self._candidates(name)
        if len(candidates) == 1:
            cores[name] = self._core(candidates[0])
            todo.append(candidates[0])
        else:
            cores[name] = self.up(name)

    def _core(self, component: Component) -> Formula:
        known = self._cores.get(id(component))
        if known is None:
            units = tuple(self._unit(component, i) for i in range(component.replicas))
            role = self._role(component)
            known = self._cores[id(component)] = both(at_least(component.enough or 1, units), role)
        return known

    def _role(self, component: Component) -> Formula:
        """Whether a spare isn't just taking over, where that takes time or may go unnoticed."""
        chance = role_filled(self.context, self.evidence, component)
        if chance is None:
            return ALWAYS
        return self._event(
            f"components.{component.name}#takeover", chance, role_empty(self.context, component)
        )

    def _unit(self, component: Component, i: int) -> Formula:
        """When replica i is up where it stands, with the replica of the carrier under it."""
        known = self._units.get((id(component), i))
        if known is not None:
            return known
        path = f"components.{component.name}"
        if component.fails is None:
            chance = ANY_SHARE
            self.evidence.miss(f"{path}.fails", self._promise(component))
        else:
            chance = self._chance(path, component.fails)
        lasts = None if component.fails is None else outage_of(component.fails)
        crews = few_crews(component)
        shared = None if crews is None else with_crews(self.context.model, component, crews)
        if shared is not None:
            chance, lasts = shared
        several = any(c.replicas > 1 for c in self.context.candidates(component.name))
        parts = [
            self._event(f"{path}#{named(hit, component.replicas)}" if several else path, up, lasts)
            for hit, up in divided(component, i, chance, self.evidence)
        ]
        if component.place:
            parts.append(self._place(component.place[i % len(component.place)]))
        if component.runs_on is not None:
            carriers = self._candidates(component.runs_on)
            beside = [carrier for carrier in carriers if alongside(component, carrier)]
            if len(carriers) == 1 or not self.best:  # while it is open, whichever it may be
                parts += [self._unit(carrier, i % carrier.replicas) for carrier in beside]
        result = self._units[(id(component), i)] = both(*parts)
        return result

    def _promise(self, component: Component) -> str:
        """What to state, with what the provider promises where the catalog knows it (a promise isn't a measurement)."""
        wanted = "state its availability, or how often it fails and how long repair takes"
        if component.product is None:
            return wanted
        from groma.catalog import UnknownEntryError

        try:
            commitments = self.context.catalog.product(component.product).commitments
        except UnknownEntryError:
            return wanted
        shares = [c.share for c in commitments if c.share is not None]
        return f"{wanted} (its provider promises {max(shares) * 100:.6g} %)" if shares else wanted

    def _place(self, name: str) -> Formula:
        parts: list[Formula] = []
        for place in around(self.context, name):
            parts.append(self._stands(place))
            parts += [self.up(fed) for fed in place.depends_on]
        return both(*parts)

    def _stands(self, place: Place) -> Formula:
        """When a place itself isn't lost; one without `fails` isn't counted."""
        if place.fails is None:
            return ALWAYS
        return self._stated(f"places.{place.name}", place.fails)

    def _supplier(self, name: str) -> Formula:
        supplier = self.context.model.suppliers.get(name)
        if supplier is None or supplier.fails is None:
            return ALWAYS
        return self._stated(f"suppliers.{name}", supplier.fails)

    def _stated(self, path: str, fails: Failure) -> Formula:
        """A part of which one thing alone says how it fails."""
        return self._event(path, self._chance(path, fails), outage_of(fails))

    def _event(self, name: str, chance: Interval, lasts: float | None = None) -> Formula:
        if lasts is not None:
            self.lasts[name] = lasts
        known = self.chances.get(name)
        if known is not None:
            chance = hull((known, chance))
        if chance.low >= 1.0:
            return ALWAYS
        self.chances[name] = chance
        return Event(name)

    def _chance(self, path: str, fails: Failure) -> Interval:
        return up_share(self.evidence, path, fails)


def _shape(component: Component) -> tuple[object, ...]:
    """What the success formula of a component depends on beside the chances of its events."""
    return (
        component.replicas,
        component.enough,
        component.place,
        component.runs_on,
        component.depends_on,
        component.supplier,
        len(component.together),
        component.takeover is None and component.noticed is None,
    )
