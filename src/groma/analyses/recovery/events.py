"""Losses: what happens, what is gone then, and what is still there.

An event is data `corrupted` (deleted, overwritten, encrypted: what holds them still stands), or the loss of a
component, of a place with all that stands in it, or of everything that a supplier provides. A component is lost with
what carries it, and with a place when fewer of its replicas than are enough stand elsewhere. Where nobody says where it
is, nobody knows (None).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from groma.analyses.context import Context
from groma.analyses.jurisdictions import lies_in
from groma.analyses.residency import places_of
from groma.model.elements import Component, Data

CORRUPTED = "corrupted"


@dataclass(frozen=True, slots=True)
class Event:
    """One loss; `name` is what measures call it."""

    kind: Literal["corrupted", "component", "place", "supplier"]
    name: str

    @property
    def words(self) -> str:
        return (
            "they are corrupted or deleted"
            if self.kind == "corrupted"
            else f"{self.kind} {self.name} is lost"
        )


def event_of(context: Context, name: str) -> Event:
    """The loss that a measure names. Raises ValueError where there is nothing of this name."""
    model = context.model
    if name == CORRUPTED:
        return Event("corrupted", name)
    if name in model.components or name in model.alternatives:
        return Event("component", name)
    if name in model.places:
        return Event("place", name)
    if name in model.suppliers:
        return Event("supplier", name)
    raise ValueError(f"`{name}`: expected `{CORRUPTED}`, a component, a place or a supplier")


def holder_of(data: Data) -> str | None:
    """The system of record."""
    return data.held_by[0] if data.held_by else None


def hit(context: Context, data: Data, event: Event) -> bool | None:
    """Whether data are lost in an event; None where it isn't known."""
    holder = holder_of(data)
    if event.kind == "corrupted" or holder is None:
        return event.kind == "corrupted"
    return lost(context, holder, event)


def events_of(context: Context, data: Data) -> tuple[Event, ...]:
    """The losses that data may suffer: a mistake, what holds them, what carries that, each place around it.

    What stands in several places isn't lost as a whole by one loss: its places are counted, and it itself only where a
    measure names it.
    """
    holder = holder_of(data)
    events = [Event("corrupted", CORRUPTED)]
    if holder is not None:
        events += [Event("component", name) for name in carriers(context, holder) if _together(context, name)]
        events += [Event("place", name) for name in places_around(context, (holder,))]
    return tuple(events)


def _together(context: Context, name: str) -> bool:
    """Whether all of a component stands in one place, whatever is chosen."""
    return all(len(set(places_of(context, candidate))) == 1 for candidate in context.candidates(name))


def carriers(context: Context, name: str) -> tuple[str, ...]:
    """The component and what carries it, whatever may be chosen."""
    found: dict[str, None] = {}
    todo = [name]
    while todo:
        here = todo.pop(0)
        if here not in found:
            found[here] = None
            todo += [c.runs_on for c in context.candidates(here) if c.runs_on is not None]
    return tuple(found)


def places_around(context: Context, components: Iterable[str]) -> tuple[str, ...]:
    """Places of the model in which some components stand, and those around them, sorted."""
    found: set[str] = set()
    for name in components:
        for candidate in context.candidates(name):
            for place in places_of(context, candidate):
                if place is not None:
                    found.update(lies_in(context.model, place))
    return tuple(sorted(found & context.model.places.keys()))


def lost(context: Context, name: str, event: Event) -> bool | None:
    """Whether the component of this name is gone; None where it isn't known, or hangs on a choice."""
    found = {_lost(context, candidate, event) for candidate in context.candidates(name)}
    return found.pop() if len(found) == 1 else None


def _lost(context: Context, component: Component, event: Event) -> bool | None:
    match event.kind:
        case "corrupted":
            return False
        case "component":
            return component.name == event.name or _with_carrier(context, component, event)
        case "supplier":
            return component.supplier == event.name or _with_carrier(context, component, event)
        case "place":
            return _at_place(context, component, event)


def _with_carrier(context: Context, component: Component, event: Event) -> bool | None:
    return False if component.runs_on is None else lost(context, component.runs_on, event)


def _at_place(context: Context, component: Component, event: Event) -> bool | None:
    if not component.place:
        if component.runs_on is not None:
            return lost(context, component.runs_on, event)
        places = places_of(context, component)
        inside = [None if p is None else event.name in lies_in(context.model, p) for p in places]
        return None if None in inside else all(inside)
    stands = [component.place[n % len(component.place)] for n in range(component.replicas)]
    there = sum(event.name not in lies_in(context.model, place) for place in stands)
    return there < (component.enough or 1)
