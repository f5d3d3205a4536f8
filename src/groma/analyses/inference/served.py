"""A model served by oneself, simulated under the calls of the busiest hour: one result for all its figures.

One replica is one instance, and calls are spread over replicas at random, so each meets a Poisson stream of its share.
The iteration times are those of the shared calibration; their interval is what was missed on groups (model, system,
engine) that the fit never saw, wider for accelerators that were never measured. The ends come from further simulations
with all iterations faster and slower by that, since waiting grows faster than work.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

from groma.analyses.context import Context
from groma.analyses.inference.calls import Calls, calls_to
from groma.catalog import UnknownEntryError
from groma.catalog.serving import calibration, served_format, served_on, served_shape, spreads, was_measured
from groma.model.elements import Component, Serves
from groma.model.quantity import Quantity
from groma.solvers.serving import (
    FORMATS,
    POLICIES,
    Costs,
    Layout,
    Policy,
    Requests,
    ServingError,
    Targets,
    Timeline,
    costs,
    kv_capacity,
    largest_rate,
    poisson,
    scaled,
    simulate,
)

SURE = 0.98
"""Share of the rate of a closed loop that counts as steady."""


@dataclass(frozen=True, slots=True)
class Setup:
    """An instance: its costs, scheduling, cache and what measured over predicted lies between."""

    costs: Costs
    policy: Policy
    capacity: int
    off_ttft: tuple[float, float]
    off_tpot: tuple[float, float]
    measured: bool


@dataclass(frozen=True, slots=True)
class End:
    """One simulation: the requests at the rate of one replica (None: no steady state), the most a second in a closed
    loop, the most within the targets (without targets the most), and how many are in flight then."""

    run: Timeline | None
    most: float
    kept: float
    in_flight: float


@dataclass(frozen=True, slots=True)
class Served:
    """The nominal end, the fast and the slow one; `calls` that reach it, or why there is nothing."""

    calls: Calls | None
    setup: Setup | None
    nominal: End | None = None
    fast: End | None = None
    slow: End | None = None
    reason: str = ""


def setup_of(context: Context, component: Component) -> Setup | str:
    """The instance that a component describes, or what is wrong with it in words."""
    serves = component.serves
    assert serves is not None
    key = ("serving setup", component.name, id(component))
    if key not in context.memo:
        context.memo[key] = _setup(context, serves)
    found: Setup | str = context.memo[key]
    return found


def _setup(context: Context, serves: Serves) -> Setup | str:
    tables = context.catalog.tables
    try:
        shape, machine = served_shape(tables, serves.model), served_on(tables, serves.accelerator)
        form = FORMATS[serves.precision] if serves.precision else served_format(tables, serves.model)
        layout = Layout(serves.parallel)
        if shape.heads % serves.parallel:
            return f"{shape.name} has {shape.heads} heads, which parallel: {serves.parallel} doesn't divide"
        capacity = kv_capacity(shape, machine, form, layout)
        policy = POLICIES[serves.engine]
        policy = replace(policy, budget=serves.budget or policy.budget)
        policy = replace(policy, sequences=serves.sequences or min(policy.sequences, policy.budget))
        found = costs(shape, machine, form, layout, serves.engine, calibration(tables), policy.budget)
        off = spreads(tables, machine.name)
        return Setup(found, policy, capacity, off["ttft"], off["tpot"], was_measured(tables, machine.name))
    except (ServingError, UnknownEntryError) as error:
        return str(error)


def targets_of(serves: Serves) -> Targets | None:
    """Its targets; None where none is stated."""
    if serves.ttft is None and serves.tpot is None:
        return None
    share = serves.kept_by.mean if isinstance(serves.kept_by, Quantity) else 0.95
    return Targets(
        None if serves.ttft is None else serves.ttft.mean,
        None if serves.tpot is None else serves.tpot.mean,
        min(max(share, 0.01), 0.999),
    )


def served(context: Context, name: str) -> Served:
    """The simulated model of a component under the calls of the busiest hour; worked out once for a context."""
    key = ("served", name, context.narrowed(context.left))
    if key not in context.memo:
        context.memo[key] = _served(context, name)
    found: Served = context.memo[key]
    return found


def _served(context: Context, name: str) -> Served:
    component = context.model.components[name]
    if component.serves is None:
        return Served(None, None, reason=f"components.{name}.serves isn't stated")
    setup = setup_of(context, component)
    if isinstance(setup, str):
        return Served(None, None, reason=setup)
    calls = calls_to(context, name)
    if calls.missing or calls.rate.value is None:
        return Served(calls, setup, reason="the calls that reach it aren't known")
    rate, parts = calls.rate.value / component.replicas, component.serves.prefix
    work = (calls.inputs, calls.outputs, parts, rate, setup, targets_of(component.serves))
    try:
        ends = [simulated(*work, factor) for factor in (1.0, *setup.off_tpot)]
    except ServingError as error:
        return Served(calls, setup, reason=str(error))
    nominal, fast, slow = ends
    return Served(calls, setup, nominal, fast, slow)


@lru_cache(maxsize=64)
def simulated(
    inputs: tuple[int, ...],
    outputs: tuple[int, ...],
    shared: int,
    rate: float,
    setup: Setup,
    targets: Targets | None,
    factor: float,
) -> End:
    """One instance under a Poisson stream, every iteration times a factor."""
    own = scaled(setup.costs, factor)
    closed = Requests((), inputs, outputs, shared)
    full = simulate(closed, own, setup.policy, setup.capacity, min(setup.policy.sequences, len(inputs) // 2))
    most = len(inputs) / max(full.last)
    steady = 0.0 < rate < SURE * most
    requests = replace(poisson(inputs, outputs, rate if rate > 0 else 1.0), shared=shared)
    run = simulate(requests, own, setup.policy, setup.capacity) if steady else None
    kept = most if targets is None else largest_rate(requests, own, setup.policy, setup.capacity, targets)
    kept = min(kept, most)
    if kept <= 0.0:
        return End(run, most, 0.0, 0.0)
    busy = simulate(replace(poisson(inputs, outputs, kept), shared=shared), own, setup.policy, setup.capacity)
    return End(run, most, kept, kept * sum(busy.latency) / len(busy.latency))


def instances(rate: float, end: End) -> float:
    """Instances that so many calls a second need."""
    return math.ceil(rate / end.kept - 1e-9) if end.kept > 0 else math.inf
