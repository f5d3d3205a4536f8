"""Which components hold their threads while they wait for something that can have a queue."""

from __future__ import annotations

from groma.analyses.context import Context
from groma.analyses.outcome.call import holds_on
from groma.analyses.reach import reach_of, servers
from groma.model.elements import Component, Operation


def held_across_calls(context: Context) -> frozenset[str]:
    """Components whose threads are held while something is waited for that can have a queue."""

    def waits(component: Component, operation: Operation) -> bool:
        if not holds_on(component, operation) or servers(component) is None:
            return False
        return any(_queues(context, station) for station in reach_of(context, operation.steps).stations)

    return frozenset(
        c.name for c in context.model.components.values() for o in c.offers.values() if waits(c, o)
    )


def _queues(context: Context, station: str) -> bool:
    kind, _, name = station.partition(".")
    return kind != "components" or any(servers(c) is not None for c in context.candidates(name))
