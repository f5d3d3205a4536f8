"""What a model gives a chance to go wrong: parts that can be down, lost messages."""

from __future__ import annotations

from groma.analyses.context import Context
from groma.analyses.happens import happens
from groma.analyses.routes import route
from groma.model.elements import Model


def can_be_down(model: Model, name: str, seen: frozenset[str] = frozenset()) -> bool:
    """Whether the model says that a component, or anything that it needs, fails."""
    inside = seen | {name}
    for component in model.candidates(name):
        supplier = model.suppliers.get(component.supplier or "")
        if component.fails is not None or (supplier is not None and supplier.fails is not None):
            return True
        needs = (component.runs_on, *component.depends_on)
        if any(each and each not in inside and can_be_down(model, each, inside) for each in needs):
            return True
        if any(_place_fails(model, place) for place in component.place):
            return True
    return False


def _place_fails(model: Model, name: str | None) -> bool:
    while name is not None and name in model.places:
        place = model.places[name]
        if place.fails is not None:
            return True
        name = place.in_
    return False


def loses(context: Context, caller: str | None, called: str) -> bool:
    """Whether a connection on the way can lose a message, or fail."""
    return any(happens(c.loss) or c.fails is not None for c in route(context, caller, called))
