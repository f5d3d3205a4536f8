"""Every program of a model, and the marks that its flows pass."""

from __future__ import annotations

from collections.abc import Iterator

from groma.model import program
from groma.model.elements import Model
from groma.model.program import Step, walk


def programs(model: Model) -> Iterator[tuple[str, tuple[Step, ...]]]:
    """Every program of a model with its path: flows first, then operations that call others."""
    for name, flow in model.flows.items():
        yield f"flows.{name}", flow.steps
    for component in model.components.values():
        for operation in component.offers.values():
            if operation.steps:
                yield f"components.{component.name}.offers.{operation.name}", operation.steps
    for name, alternatives in model.alternatives.items():
        for alternative in alternatives:
            for operation in alternative.component.offers.values():
                if operation.steps:
                    yield f"components.{name}({alternative.variant}).offers.{operation.name}", operation.steps


def marks_of(model: Model, flow: str) -> list[str]:
    """Names of the marks a run of the flow can pass, those of flows run in place included."""
    found: list[str] = []
    todo, seen = [flow], set[str]()
    while todo:
        name = todo.pop()
        if name in seen or name not in model.flows:
            continue
        seen.add(name)
        for step in walk(model.flows[name].steps):
            if isinstance(step.action, program.Mark):
                found.append(step.action.name)
            elif isinstance(step.action, program.Do):
                todo.append(step.action.flow)
    return found
