"""Pools, and threads of components, that runs hold while they wait for one more of them, or of each other.

Each run that holds a unit and waits for one more keeps what it has. Once every unit is held by somebody who waits, no
one goes on, and nobody ever will (hold and wait, with a circle of one: Coffman, Elphick and Shoshani, System Deadlocks,
ACM Computing Surveys 1971). With c units of which each run wants d at once, c / (d - 1) runs, rounded up, are enough,
and no more than (c - 1) / (d - 1), rounded down, are safe (Habermann, Prevention of System Deadlocks, CACM 1969).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from groma.analyses.context import Context
from groma.analyses.held_in_turns import InTurns, held_in_turns, waiting_for_ever
from groma.analyses.holding import Asking, askings
from groma.analyses.reach import decided
from groma.catalog import Catalog
from groma.model.elements import Model
from groma.model.figure import Ledger
from groma.model.program import Step


@dataclass(frozen=True, slots=True)
class Within:
    """A station that a run asks for at one step while it holds `depth` - 1 of its `units`, taken at other steps."""

    component: str
    units: int
    depth: int
    """Units that one run then wants at once."""
    first: Step
    step: Step
    way: tuple[str, ...] = ()
    """Operations and flows between the two, outermost first."""

    @property
    def components(self) -> tuple[str, ...]:
        """The station."""
        return (self.component,)

    @property
    def told(self) -> str:
        """What may happen, in a sentence without its end."""
        return (
            f"{self.component} is asked for at {self.step.path} while {self.first.path} holds it: with"
            f" {self.units} of it, {waiting_for_ever(self.enough)}"
        )

    @property
    def enough(self) -> int:
        """Runs at once that may bring each other to a standstill."""
        return -(-self.units // (self.depth - 1))


Circle = Within | InTurns


def circles(context: Context) -> tuple[Circle, ...]:
    """Every circle of stations that runs can fill and wait for: of one, then of several; worked out once."""
    key = ("circles", context.narrowed(context.left))
    known: tuple[Circle, ...] | None = context.memo.get(key)
    if known is None:
        alone = held_within(context)
        fewest: dict[str, int] = {}
        for within in alone:
            fewest[within.component] = min(within.enough, fewest.get(within.component, within.enough))
        turns = held_in_turns(context, fewest)
        known = context.memo[key] = (*alone, *turns)
    return known


def standing_still(context: Context) -> Mapping[str, Circle]:
    """Stations of which all units may come to be held by those who wait for ever; none while choices are open that may
    keep it from happening."""
    found: dict[str, Circle] = {}
    if not decided(context):
        return found
    for circle in circles(context):
        for name in circle.components:
            found.setdefault(f"components.{name}", circle)
    return found


def may_stand_still(model: Model, catalog: Catalog) -> Mapping[str, tuple[str, ...]]:
    """How runs of a model may come to wait for each other for ever, a sentence each without its end, and the components
    they then hold."""
    context = Context(model, catalog, Ledger(model.digest), served_times=False)
    return {circle.told: circle.components for circle in circles(context)}


def held_within(context: Context) -> tuple[Within, ...]:
    """Every step at which a run asks for what it holds already, with nothing that ends its wait, where enough runs can
    be at it at once."""
    found: dict[tuple[str, str], Within] = {}
    for asking in askings(context):
        within = _within(asking)
        if within is None or min(asking.runs, asking.places) < within.enough:
            continue
        key = (within.component, within.first.path)
        if key not in found or found[key].depth < within.depth:
            found[key] = within
    return tuple(within for _, within in sorted(found.items()))


def _within(asking: Asking) -> Within | None:
    mine = [unit for unit in asking.held if unit.component == asking.component]
    if not mine:
        return None
    way = asking.way_since(mine[0])
    return Within(asking.component, asking.units, len(mine) + 1, mine[0].step, asking.step, way)
