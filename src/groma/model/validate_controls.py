"""What must hold of what is said for supervision: switches and records name what is there."""

from __future__ import annotations

from collections.abc import Iterator

from groma.model.elements import Model
from groma.model.grammar import did_you_mean
from groma.model.position import Problem
from groma.model.program import Ask, walk
from groma.model.validate_names import exists


def supervision(model: Model) -> Iterator[Problem]:
    """What a switch stops is a flow, a part or one of its operations; a record shows one of these or an impact."""
    if model.wants:
        return  # a brief's flows and parts come from its patterns
    impacts = {*_impacts(model), *_approved(model)}
    for name, control in model.controls.items():
        for element in control.stops:
            if not _stands(model, element):
                message = (
                    f"controls.{name}.stops: expected a flow, a part or an operation such as `flows.answer`"
                )
                yield Problem(
                    control.at, f"{message}, found `{element}`{did_you_mean(element, _known(model))}"
                )
        if control.stops and not control.by:
            yield Problem(control.at, f"controls.{name}.by: say who may use a switch: people of `people`")
    for name, data in model.data.items():
        for element in data.records:
            if element not in impacts and not _stands(model, element):
                hint = did_you_mean(element, [*sorted(impacts), *_known(model)])
                message = (
                    f"data.{name}.records: expected an impact, an operation or a flow such as `flows.answer`"
                )
                yield Problem(data.at, f"{message}, found `{element}`{hint}")


def _impacts(model: Model) -> Iterator[str]:
    """What operations have an impact on."""
    for name in (*model.components, *model.alternatives):
        for part in model.candidates(name):
            yield from (o.impact for o in part.offers.values() if o.impact is not None)


def _approved(model: Model) -> Iterator[str]:
    """What people are asked to approve, whether or not an operation is said to have that impact."""
    for flow in model.flows.values():
        for step in walk(flow.steps):
            if isinstance(step.action, Ask):
                yield from step.action.approves


def _stands(model: Model, element: str) -> bool:
    section, _, rest = element.partition(".")
    there, _, more = rest.partition(".")
    if section not in ("flows", "components") or not exists(model, section, there):
        return False
    if not more:
        return True
    operation = more.removeprefix("offers.")
    return section == "components" and any(operation in part.offers for part in model.candidates(there))


def _known(model: Model) -> list[str]:
    return [f"{section}.{name}" for section in ("flows", "components") for name in getattr(model, section)]
