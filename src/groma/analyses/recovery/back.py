"""When a component runs again after a loss: at once where it isn't lost, else when what stands in for it does, else
when it has been built anew, which needs first what carries it and what it depends on.
"""

from __future__ import annotations

import math

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.interval import ZERO, Interval, hull
from groma.analyses.recovery.events import Event, lost
from groma.analyses.standing import settled
from groma.model.elements import Component


def returns(
    context: Context, name: str, event: Event, evidence: Evidence, seen: frozenset[str] = frozenset()
) -> Interval:
    """Seconds from the decision until a component of this name, or another in its stead, runs."""
    gone = lost(context, name, event)
    if gone is False or name in seen:
        return ZERO
    seen |= {name}
    sure, maybe = stand_ins(context, name, event)
    if sure:
        back = quickest([_started(context, other, event, evidence, seen) for other in sure])
    else:
        back = hull(_built(context, c, event, evidence, seen) for c in context.candidates(name))
    if maybe:
        others = [_started(context, other, event, evidence, seen) for other in maybe]
        back = Interval(min(back.low, *(o.low for o in others)), None, back.high)
    if gone is None:
        _where(context, name, evidence)
        return Interval(0.0, None, back.high)
    return back


def stand_ins(context: Context, name: str, event: Event) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Components left after a loss that take over the work of another: (surely, perhaps)."""
    sure: list[str] = []
    maybe: list[str] = []
    for other in sorted([*context.model.components, *context.model.alternatives]):
        candidates = context.candidates(other)
        willing = [c for c in candidates if name in c.stands_in_for]
        gone = lost(context, other, event) if willing else True
        if gone is not True:
            certain = gone is False and len(willing) == len(candidates) and settled(context, other)
            (sure if certain else maybe).append(other)
    return tuple(sure), tuple(maybe)


def _started(context: Context, name: str, event: Event, evidence: Evidence, seen: frozenset[str]) -> Interval:
    willing = context.candidates(name)
    return hull(_built(context, c, event, evidence, seen | {name}) for c in willing)


def _built(
    context: Context, component: Component, event: Event, evidence: Evidence, seen: frozenset[str]
) -> Interval:
    under = (component.runs_on,) if component.runs_on is not None else ()
    first = latest([_ready(context, n, event, evidence, seen) for n in (*under, *component.depends_on)])
    path = f"components.{component.name}.ready_in"
    return first + evidence.mean(
        path, component.ready_in, "state how long until it runs, once that is decided"
    )


def _ready(context: Context, name: str, event: Event, evidence: Evidence, seen: frozenset[str]) -> Interval:
    """When something that is needed first is there; what takes over in this event has to be started itself."""
    if name not in seen and lost(context, name, event) is False:
        taking_over = [
            c for c in context.candidates(name) if any(lost(context, n, event) for n in c.stands_in_for)
        ]
        if taking_over:
            started = _started(context, name, event, evidence, seen)
            sure = len(taking_over) == len(context.candidates(name))
            return started if sure else Interval(0.0, None, started.high)
    return returns(context, name, event, evidence, seen)


def _where(context: Context, name: str, evidence: Evidence) -> None:
    if context.closed:
        evidence.miss(f"components.{name}.place", "state where it is")


def latest(parts: list[Interval]) -> Interval:
    """When all are done; at once of nothing."""
    values = [part.value for part in parts]
    value = None if None in values else max((v for v in values if v is not None), default=0.0)
    return Interval(
        max((p.low for p in parts), default=0.0), value, max((p.high for p in parts), default=0.0)
    )


def quickest(parts: list[Interval]) -> Interval:
    """When the first is done; never of nothing."""
    values = [part.value for part in parts]
    value = None if None in values else min((v for v in values if v is not None), default=None)
    low = min((p.low for p in parts), default=math.inf)
    return Interval(low, value, min((p.high for p in parts), default=math.inf))
