"""Scenarios that every model gets without being asked: each part lost in turn, each place, each supplier, more load,
slow and stalled dependencies, empty caches.

They last for as long as it takes to see enough runs of the busiest flow, at least a minute.
"""

from __future__ import annotations

from collections.abc import Iterator

from groma.analyses.loads.ends import busiest
from groma.analyses.simulation.outage import lost
from groma.model.elements import Model
from groma.model.law import Constant
from groma.model.model_programs import programs
from groma.model.position import Position
from groma.model.program import Call, Do, Hold, Send, walk
from groma.model.quantity import Quantity
from groma.model.scenario import Event, Scenario
from groma.model.units import parse_unit

LEAST = 60.0
RUNS = 200.0
"""Runs of the busiest flow that a disturbance hits."""
SLOWER = 5.0
NOWHERE = Position("", 0, 0)


def built_in(model: Model) -> Iterator[Scenario]:
    """The scenarios of a model, in a fixed order."""
    used = sorted(_used(model))
    if not used:
        return
    lasting = duration(model)
    for name in used:
        title = f"{model.components[name].title or name} is lost"
        yield _scenario(model, f"lost-{name}", title, lasting, down=(name,))
    for name in sorted(model.places):
        hit = lost(model, frozenset({name}))
        if any(part in used for part in hit):
            place = model.places[name]
            yield _scenario(model, f"lost-{name}", f"{place.title or name} is lost", lasting, down=(name,))
    for name in sorted(model.suppliers):
        hit = lost(model, frozenset({name}))
        if any(part in used for part in hit):
            supplier = model.suppliers[name]
            title = f"Everything of {supplier.title or name} is out"
            yield _scenario(model, f"lost-{name}", title, lasting, down=(name,))
    for name in used:
        title = model.components[name].title or name
        yield _scenario(
            model,
            f"slow-{name}",
            f"{title} takes {SLOWER:g} times as long",
            lasting,
            slow=(name,),
            times=SLOWER,
        )
        yield _scenario(model, f"stalled-{name}", f"{title} doesn't answer", lasting, stalled=(name,))
    flows = tuple(sorted(name for name, flow in model.flows.items() if flow.starts is not None))
    for times in (2.0, 10.0):
        yield _scenario(
            model, f"load-{times:g}", f"{times:g} times the load", lasting, load=flows, times=times
        )
    if any(step.policies.cache is not None for _, steps in programs(model) for step in walk(steps)):
        yield _scenario(model, "cold-caches", "All caches are empty", lasting, cold=True)


def duration(model: Model) -> float:
    """How long a disturbance lasts, in seconds: at least a minute, and long enough to see its effect."""
    rates = [busiest(flow).value for flow in model.flows.values() if flow.starts is not None]
    most = max((rate for rate in rates if rate), default=0.0)
    return max(LEAST, RUNS / most) if most > 0 else LEAST


def _used(model: Model) -> set[str]:
    """Components that a flow which starts by itself calls or holds, directly or not."""
    found: set[str] = set()
    seen: set[int] = set()
    todo = [step for flow in model.flows.values() if flow.starts is not None for step in walk(flow.steps)]
    while todo:
        step = todo.pop()
        if id(step) in seen:
            continue
        seen.add(id(step))
        match step.action:
            case Call(component, operation) | Send(component, operation):
                found.add(component)
                todo += walk(model.components[component].offers[operation].steps)
            case Hold(component=component):
                found.add(component)
            case Do(flow):
                todo += walk(model.flows[flow].steps)
            case _:
                pass
        if step.policies.cache is not None and step.policies.cache.component is not None:
            found.add(step.policies.cache.component)
    return found


def _scenario(
    model: Model, name: str, title: str, lasting: float, *,
    down: tuple[str, ...] = (), stalled: tuple[str, ...] = (), slow: tuple[str, ...] = (),
    load: tuple[str, ...] = (), cold: bool = False, times: float = 1.0,
) -> Scenario:  # fmt: skip
    event = Event(
        at=NOWHERE, from_=seconds(lasting), for_=seconds(lasting), down=down, stalled=stalled, slow=slow, load=load,
        cold=cold, times=times,
    )  # fmt: skip
    return Scenario(name=name, at=model.at, title=title, lasts=None, events=(event,))


def seconds(value: float) -> Quantity:
    """A time of so many seconds."""
    return Quantity(Constant(value), parse_unit("s"), NOWHERE, f"{value:g} s")
