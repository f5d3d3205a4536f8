"""What a call can come to that its trace need not show: kinds of errors that its model allows."""

from __future__ import annotations

from groma.analyses.happens import happens
from groma.analyses.reach import connection_of
from groma.model.elements import Component, Model


def can_end(model: Model, name: str, operation: str, kind: str) -> bool:
    """Whether an operation that was called can end in this kind of error."""
    offered = [c.offers[operation] for c in model.candidates(name) if operation in c.offers]
    if kind != "failed":
        return True
    return any(bool(o.steps) or happens(o.fails) for o in offered)


def ends_without_span(model: Model, component: Component, operation: str, caller: str | None) -> list[str]:
    """Kinds of errors in which a call can end without a span."""
    kinds = list[str]()
    connection = connection_of(model, caller, component.name)
    lines = connection is not None and (connection.fails is not None or connection.loss is not None)
    places = any(place.fails is not None for place in model.places.values())
    suppliers = any(supplier.fails is not None for supplier in model.suppliers.values())
    carriers = any(c.fails is not None for c in model.components.values())
    if lines or places or suppliers or carriers:
        kinds.append("unavailable")
    offered = component.offers.get(operation)
    if component.queue is not None or (offered is not None and offered.throttled is not None):
        kinds.append("throttled")
    return kinds
