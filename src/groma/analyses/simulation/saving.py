"""Policies that might have saved a system: the model with one thing changed, to be put through the same scenario.

What is tried is what the literature on metastable failures and cascading overload offers (Bronson et al. 2021; Beyer et
al., Site Reliability Engineering, chapter 22): fewer retries, a budget for them, backoff with jitter, a breaker,
work that is cancelled with its caller, queues that turn away, and more capacity.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from groma.analyses.simulation.watched import watch
from groma.model.elements import Component, Flow, Model
from groma.model.law import Constant
from groma.model.program import (
    Breaker,
    Choose,
    Group,
    Hold,
    Parallel,
    Policies,
    Repeat,
    Step,
)
from groma.model.quantity import Quantity
from groma.model.scenario import Scenario
from groma.model.units import parse_unit

Change = Callable[[Model], Model]


@dataclass(frozen=True, slots=True)
class Saving:
    """A policy that was tried: whether the system comes back with it, after how long, and what is still lost."""

    policy: str
    comes_back: bool
    back_after: float | None
    lost: float


def policies(model: Model) -> Iterator[tuple[str, Change]]:
    """Every change worth trying on a model, in words: those that change something."""
    for words, change in _ALL:
        if change(model) != model:
            yield words, change


def savings(
    model: Model, scenario: Scenario, *, times: float = 1.0, replications: int = 4
) -> Iterator[Saving]:
    """Each policy with what it does to a scenario, in the order of `policies`."""
    for words, change in policies(model):
        seen = watch(change(model), scenario, times=times, replications=replications)
        if not seen.missing:
            yield Saving(words, seen.comes_back, seen.back_after, seen.lost)


def _each_step(model: Model, change: Callable[[Step], Step]) -> Model:
    """The model with every step of every program changed, inner steps first."""

    def steps(many: tuple[Step, ...]) -> tuple[Step, ...]:
        return tuple(change(_inside(step, steps)) for step in many)

    def component(one: Component) -> Component:
        if not any(operation.steps for operation in one.offers.values()):
            return one
        offers = {name: replace(o, steps=steps(o.steps)) for name, o in one.offers.items()}
        return replace(one, offers=offers)

    def flow(one: Flow) -> Flow:
        return replace(one, steps=steps(one.steps))

    return replace(
        model,
        flows={name: flow(one) for name, one in model.flows.items()},
        components={name: component(one) for name, one in model.components.items()},
    )


def _inside(step: Step, steps: Callable[[tuple[Step, ...]], tuple[Step, ...]]) -> Step:
    action = step.action
    match action:
        case Choose(branches):
            action = Choose(tuple(replace(b, steps=steps(b.steps)) for b in branches))
        case Parallel(branches):
            action = replace(action, branches=tuple(steps(b) for b in branches))
        case Repeat() | Hold() | Group():
            action = replace(action, steps=steps(action.steps))
        case _:
            pass
    p = step.policies
    if p.none:
        return replace(step, action=action)
    changed = replace(
        p,
        fallback=None if p.fallback is None else steps(p.fallback),
        guards=tuple(replace(g, steps=steps(g.steps)) for g in p.guards),
        compensate=None if p.compensate is None else steps(p.compensate),
    )
    return replace(step, action=action, policies=changed)


def _policies(change: Callable[[Policies], Policies]) -> Change:
    return lambda model: _each_step(model, lambda step: replace(step, policies=change(step.policies)))


def _no_retries(p: Policies) -> Policies:
    return p if p.retry is None else replace(p, retry=None)


def _budget(p: Policies) -> Policies:
    if p.retry is None or p.retry.budget is not None:
        return p
    return replace(p, retry=replace(p.retry, budget=_quantity(0.1, "share", "10 %")))


def _jittered(p: Policies) -> Policies:
    if p.retry is None or (p.retry.backoff is not None and p.retry.jitter > 0):
        return p
    pause = p.retry.backoff or p.timeout or _quantity(1.0, "s", "1 s")
    return replace(p, retry=replace(p.retry, backoff=pause, jitter=1.0))


def _breaker(p: Policies) -> Policies:
    if p.breaker is not None or (p.timeout is None and p.retry is None):
        return p
    opened = Breaker(
        opens_at=_quantity(0.5, "share", "50 %"),
        window=_quantity(10.0, "s", "10 s"),
        half_open_after=_quantity(5.0, "s", "5 s"),
    )
    return replace(p, breaker=opened)


def _cancelling(model: Model) -> Model:
    def component(one: Component) -> Component:
        offers = {name: replace(o, cancels=True) for name, o in one.offers.items()}
        return replace(one, offers=offers)

    return replace(model, components={name: component(one) for name, one in model.components.items()})


def _shedding(model: Model) -> Model:
    def component(one: Component) -> Component:
        if one.threads is None or one.queue is not None:
            return one
        return replace(one, queue=one.threads * one.replicas)

    return replace(model, components={name: component(one) for name, one in model.components.items()})


def _doubled(model: Model) -> Model:
    def component(one: Component) -> Component:
        return one if one.threads is None else replace(one, threads=2 * one.threads)

    return replace(model, components={name: component(one) for name, one in model.components.items()})


def _quantity(value: float, unit: str, text: str) -> Quantity:
    from groma.model.position import Position

    return Quantity(Constant(value), parse_unit("%" if unit == "share" else unit), Position("", 0, 0), text)


_ALL: tuple[tuple[str, Change], ...] = (
    ("no retries", _policies(_no_retries)),
    ("a retry budget of 10 %", _policies(_budget)),
    ("backoff with full jitter", _policies(_jittered)),
    ("a circuit breaker at 50 % over 10 s", _policies(_breaker)),
    ("work that is cancelled with its caller", _cancelling),
    ("queues no longer than the servers, then turn away", _shedding),
    ("twice the capacity", _doubled),
)
