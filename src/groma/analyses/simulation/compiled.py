"""A closed model as a program of the simulator, in its busiest hour.

What starts flows, and at which rate, is taken as in the analytic queues: the busiest hour's rate where it is stated,
with the law of the gaps as stated (Poisson unless stated).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from groma.analyses.simulation.code import Coder
from groma.analyses.simulation.disturbed import Disturbance, load_of
from groma.analyses.simulation.values import Values
from groma.model.elements import Flow, Model
from groma.model.law import Gamma, Law, scaled
from groma.model.quantity import Quantity
from groma.model.scenario import Scenario
from groma.solvers.simulation import Program


@dataclass(frozen=True, slots=True)
class Compiled:
    """A program, the rates of its flows (1/s), and the facts that it lacks: with any of them it must not be run."""

    program: Program
    rates: Mapping[str, float]
    missing: tuple[str, ...] = ()


def compiled(model: Model, scenario: Scenario | None = None, times: float = 1.0) -> Compiled:
    """The program of a closed model, disturbed by a scenario if one is given, every flow starting `times` as often.

    ValueError while a choice of the design is open.
    """
    if model.alternatives:
        raise ValueError("only a finished design can be simulated: choices are open")
    coder = Coder(model)
    if scenario is not None and any(event.cold for event in scenario.events):
        coder.cold = coder.a.station("cold", threads=None)
    coder.flows()
    rates: dict[str, float] = {}
    for name, flow in model.flows.items():
        rate = _rate(coder.values, name, flow) * times
        if rate > 0.0:
            rates[name] = rate
            pieces = () if scenario is None else load_of(scenario, name)
            coder.a.source(name, gaps=_gaps(flow, rate), rates=pieces)
    if scenario is not None:
        Disturbance(coder).plan(scenario)
    return Compiled(coder.a.program(), rates, tuple(sorted(coder.values.missing)))


def _rate(values: Values, name: str, flow: Flow) -> float:
    """Starts a second in the busiest hour."""
    if flow.starts is None:
        return 0.0
    if flow.starts.busiest is not None:
        return values.mean(f"flows.{name}.starts.busiest", flow.starts.busiest)
    if flow.starts.rate is None:
        values.missing[f"flows.{name}.starts.rate"] = None
    return values.mean(f"flows.{name}.starts.rate", flow.starts.rate)


def _gaps(flow: Flow, rate: float) -> Law:
    stated = None if flow.starts is None else flow.starts.arrivals
    if not isinstance(stated, Quantity):
        return Gamma(1.0 / rate, 1.0 / rate)
    return scaled(stated.law, 1.0 / (rate * stated.mean))
