"""Scenarios: what happens to a system while it is watched, as a plan of disturbances.

A scenario says how long to look and what goes wrong when. It is run by simulation: does the system come back, when,
what is lost meanwhile, and which policy would have saved it.
"""

from __future__ import annotations

from dataclasses import dataclass

from groma.model.grammar import Amount, Flag, OneOrMany, Real, Record, Reference, Text, key
from groma.model.position import Position
from groma.model.quantity import Quantity
from groma.model.week import WeekMoment


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that goes wrong from a time on, for a while (to the end unless `for` is stated)."""

    at: Position
    from_: Quantity = key(Amount("time"), "when it begins, counted from the start", required=True)
    for_: Quantity | None = key(Amount("time"), "how long it lasts; to the end unless stated")
    down: tuple[str, ...] = key(
        OneOrMany(Reference("components", "places", "suppliers", "people")),
        "what is lost, with all that stands on it: calls are refused at once (`unavailable`)",
        default=(),
    )
    stalled: tuple[str, ...] = key(
        OneOrMany(Reference("components")), "what takes calls and doesn't answer", default=()
    )
    slow: tuple[str, ...] = key(
        OneOrMany(Reference("components")), "what takes so many `times` as long", default=()
    )
    load: tuple[str, ...] = key(
        OneOrMany(Reference("flows")), "flows that start so many `times` as often", default=()
    )
    cold: bool = key(
        Flag(),
        "true when caches are emptied: with a stated share of hits they find nothing meanwhile, with keys they fill",
        default=False,
    )
    times: float = key(Real(), "the factor of `slow` and `load`", default=1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A plan of disturbances."""

    name: str
    at: Position
    title: str = key(Text(), "how people call it", default="")
    lasts: Quantity | None = key(
        Amount("time"), "how long to look; long enough to see whether it comes back, unless stated"
    )
    begins: float | None = key(
        WeekMoment(),
        "the moment of the week at which it starts (`Mon 09:00`): people keep their hours then, and flows their week; "
        "in the busiest hour, with everybody there, unless stated",
    )
    events: tuple[Event, ...] = key(OneOrMany(Record("Event", Event)), "what happens", required=True)
