"""Which components run as containers, what they call, and what they are told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from groma.exporters.export import Source
from groma.exporters.terraform.outline import calls, identifiers, runner_of
from groma.model.elements import Component, Model
from groma.model.program import Call, Policies, Send, Step, walk
from groma.model.quantity import Quantity

RESOURCES: Mapping[str, str] = {
    "core": "cpu", "cores": "cpu", "cpu": "cpu", "vcpu": "cpu", "memory": "memory", "ram": "memory",
    "disk": "ephemeral-storage", "gpu": "nvidia.com/gpu", "gpus": "nvidia.com/gpu", "accelerator": "nvidia.com/gpu",
    "accelerators": "nvidia.com/gpu",
}  # fmt: skip
"""Names that models give to resources -> names of Kubernetes (concepts/configuration/manage-resources-containers)."""


@dataclass(frozen=True, slots=True)
class Workload:
    """A component that runs as containers; other components by their names in the cluster."""

    id: str
    component: Component
    inside: tuple[str, ...]
    """Workloads that it calls."""
    outside: tuple[str, ...]
    """What it calls that isn't run here."""
    callers: tuple[str, ...]
    open: bool
    """Whether somebody from outside calls it: a flow starts with it."""
    zones: tuple[str, ...]
    policies: tuple[tuple[str, str], ...]


def workloads(source: Source) -> tuple[Workload, ...]:
    """Every component that is to be run on another one and answers calls, in the order of the model."""
    model = source.model
    ids = {name: word.replace("_", "-") for name, word in identifiers(sorted(model.components)).items()}
    called = calls(model)
    running = [c for c in model.components.values() if runs(c)]
    names = {c.name for c in running}
    entered = {runner_of(model, _called(flow.steps)) for flow in model.flows.values() if flow.starts}
    told: list[Workload] = []
    for c in running:
        callers = sorted(ids[name] for name in names if c.name in called[name])
        told.append(
            Workload(
                ids[c.name],
                c,
                tuple(ids[name] for name in called[c.name] if name in names),
                tuple(ids[name] for name in called[c.name] if name not in names),
                tuple(callers),
                c.name in entered,
                tuple(place for place in c.place if model.places[place].kind == "zone"),
                tuple(_policies(model, c)),
            )
        )
    return tuple(told)


def runs(component: Component) -> bool:
    return bool(component.runs_on and component.offers and not component.existing)


def _called(steps: tuple[Step, ...]) -> list[str]:
    return [step.action.component for step in walk(steps) if isinstance(step.action, Call | Send)]


def _policies(model: Model, component: Component) -> Iterator[tuple[str, str]]:
    """How calls are waited for, made again and limited: key (the step's path) -> as the model writes it."""
    programs = [operation.steps for operation in component.offers.values()]
    programs += [
        flow.steps for flow in model.flows.values() if runner_of(model, _called(flow.steps)) == component.name
    ]
    for steps in programs:
        for step in walk(steps):
            what = f".{step.action.component}" if isinstance(step.action, Call | Send) else ""
            for name, text in _said(step.policies):
                yield f"{step.path}{what}.{name}".replace(" ", "-"), text


def _said(policies: Policies) -> Iterator[tuple[str, str]]:
    if policies.timeout is not None:
        yield "timeout", policies.timeout.text
    if policies.deadline is not None:
        yield "deadline", policies.deadline.text
    if policies.retry is not None:
        yield "retry.times", str(policies.retry.times)
        yield "retry.on", " ".join(policies.retry.on)
        if policies.retry.backoff is not None:
            yield "retry.backoff", policies.retry.backoff.text
    if policies.limit is not None:
        yield "limit.rate", policies.limit.rate.text
        yield "limit.burst", str(policies.limit.burst)
    if policies.breaker is not None:
        yield "breaker.opens_at", policies.breaker.opens_at.text
        yield "breaker.window", policies.breaker.window.text
        yield "breaker.half_open_after", policies.breaker.half_open_after.text


def resources(component: Component) -> dict[str, str]:
    """What one of it takes, in the names and amounts of Kubernetes; what isn't known or named there is left out."""
    told: dict[str, str] = {}
    for name, amount in component.takes.items():
        resource = RESOURCES.get(name.lower())
        if resource is None or not isinstance(amount, Quantity):
            continue
        mean = amount.mean
        if resource == "cpu":
            told[resource] = f"{round(mean * 1000)}m" if mean != int(mean) else str(int(mean))
        elif resource == "nvidia.com/gpu":
            told[resource] = str(max(1, round(mean)))
        else:
            whole = round(mean)
            told[resource] = f"{whole // 2**20}Mi" if whole % 2**20 == 0 else str(whole)
    return dict(sorted(told.items()))
