"""Times of calls of models served by oneself, where none are stated: from the simulation of the busiest hour.

`with_served_times` writes them into the operations as if somebody had measured them: `work` is the time to the first
token with its spread, `per: {output: ...}` the time between tokens; both with the range of the calibration. Stated
`work` is left alone. While calls are counted, the time of a call alone stands in (it matters only to timeouts).
Where the slow
end of the calibration has no steady state, nothing bounds a call, so nothing is written and `work` stays unknown.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from groma.model.elements import Component, Model, Operation
from groma.model.law import Constant, Empirical
from groma.model.quantity import Quantity
from groma.model.units import parse_unit

if TYPE_CHECKING:
    from groma.catalog import Catalog

SOURCE = "simulated serving (docs/serving.md)"
"""What marks a written time as worked out, so that another load works it out anew."""


def timeless(component: Component) -> tuple[Operation, ...]:
    """The operations of a served model without a stated time."""
    if component.serves is None:
        return ()
    return tuple(o for o in component.offers.values() if (not o.per and _open(o)) or _written(o))


def _open(operation: Operation) -> bool:
    return operation.work is None


def _written(operation: Operation) -> bool:
    return isinstance(operation.work, Quantity) and operation.work.source == SOURCE


def with_served_times(model: Model, catalog: Catalog) -> Model:
    """The model with a time for every call of a model served by oneself; the same model where there is none."""
    names = [name for name, component in model.components.items() if timeless(component)]
    if not names or model.alternatives:
        return model
    from groma.analyses.context import Context
    from groma.analyses.inference.served import Served, served
    from groma.model.figure import Ledger

    plain = _filled(model, dict.fromkeys(names))
    context = Context(plain, catalog, Ledger(model.digest), served_times=False)
    found: dict[str, Served] = {name: served(context, name) for name in names}
    return _filled(model, {name: _times(model.components[name], each) for name, each in found.items()})


Times = tuple[Quantity, Quantity]


def _filled(model: Model, times: dict[str, Times | str | None]) -> Model:
    components = dict(model.components)
    for name, found in times.items():
        component = components[name]
        offers = dict(component.offers)
        for operation in timeless(component):
            if isinstance(found, str):
                offers[operation.name] = replace(operation, work=None, per={})
            elif found is None:
                work = Quantity(Constant(1e-3), parse_unit("s"), component.at, "a call alone", source=SOURCE)
                offers[operation.name] = replace(operation, work=work, per={})
            else:
                offers[operation.name] = replace(operation, work=found[0], per={"output": found[1]})
        components[name] = replace(component, offers=offers)
    return replace(model, components=components)


def _times(component: Component, found: object) -> Times | str:
    from groma.analyses.inference.served import Served

    assert isinstance(found, Served)
    ends = (found.nominal, found.fast, found.slow)
    if found.setup is None or any(end is None or end.run is None for end in ends):
        return found.reason or "no steady state"
    runs = [end.run for end in ends if end is not None and end.run is not None]
    first = [sum(run.ttft) / len(run.ttft) for run in runs]
    between = [sum(run.tpot) / len(run.tpot) if run.tpot else 0.0 for run in runs]
    assert component.serves is not None
    text = (
        f"{component.serves.model} on {component.serves.parallel} x {component.serves.accelerator}, simulated"
    )
    unit, at, off = parse_unit("s"), component.serves.at, found.setup
    ttft = Quantity(Empirical.of(runs[0].ttft), unit, at, text, _ends(first, off.off_ttft), source=SOURCE)
    tpot = Quantity(Constant(between[0]), unit, at, text, _ends(between, off.off_tpot), source=SOURCE)
    return ttft, tpot


def _ends(means: list[float], off: tuple[float, float]) -> tuple[float, float]:
    """The range around a nominal mean: what the fast and the slow end gave, and no narrower than the calibration."""
    value, fast, slow = means
    return min(fast, value * off[0]), max(slow, value * off[1])
