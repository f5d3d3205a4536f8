"""Which calls go to somebody else's system: the callee, or what it runs on, is bought from a supplier."""

from __future__ import annotations

from collections.abc import Iterator

from groma.model.elements import Component, Model
from groma.model.model_programs import programs
from groma.model.program import Call, Step, inner_steps


def supplier_of(model: Model, component: Component) -> str | None:
    """The supplier of a component, or of what it runs on."""
    current: Component | None = component
    while current is not None and current.supplier is None:
        current = model.components.get(current.runs_on or "")
    return None if current is None else current.supplier


def calls_to_suppliers(model: Model) -> Iterator[tuple[Step, str, bool]]:
    """Calls from a program to a component of another supplier than the program's: (step, supplier, is it bounded).

    Flows that a person starts (`by`) are left out: who sits before it sees it hang. A call is bounded when it or a step
    around it, in the same program, states a timeout or a deadline.
    """
    for path, steps in programs(model):
        section, _, rest = path.partition(".")
        if section == "flows" and model.flows[rest].by in model.people:
            continue
        own = None
        if section == "components":
            component = model.components.get(rest.partition(".")[0])
            own = None if component is None else supplier_of(model, component)
        yield from _calls(model, steps, own, bounded=False)


def _calls(
    model: Model, steps: tuple[Step, ...], own: str | None, bounded: bool
) -> Iterator[tuple[Step, str, bool]]:
    for step in steps:
        limited = bounded or step.policies.timeout is not None or step.policies.deadline is not None
        if isinstance(step.action, Call) and (called := model.components.get(step.action.component)):
            supplier = supplier_of(model, called)
            if supplier is not None and supplier != own:
                yield step, supplier, limited
        for _, inner in inner_steps(step):
            yield from _calls(model, inner, own, limited)
