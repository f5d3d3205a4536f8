"""A closed model as a program of the simulator: in its busiest hour, or from a moment of the week on.

What starts flows, and at which rate, is taken as in the analytic queues: the busiest hour's rate where it is stated,
with the law of the gaps as stated (Poisson unless stated), and everybody at work. From a moment of the week on, flows
have the rates of their week and people keep their hours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from groma.analyses.loads.ends import closed, rate_at_most
from groma.analyses.simulation.arriving import arriving, keep_hours
from groma.analyses.simulation.code import Coder
from groma.analyses.simulation.disturbed import Disturbance, Loss, horizon, load_of
from groma.analyses.simulation.values import Values
from groma.model.elements import Flow, Model
from groma.model.scenario import Scenario
from groma.solvers.simulation import Assembler, Program


@dataclass(frozen=True, slots=True)
class Compiled:
    """A program, the rates of its flows (1/s; the most it can be where customers come again), and the facts that it
    lacks: with any of them it must not be run."""

    program: Program
    rates: Mapping[str, float]
    missing: tuple[str, ...] = ()


def compiled(
    model: Model,
    scenario: Scenario | None = None,
    times: float = 1.0,
    *,
    begins: float | None = None,
    outages: Sequence[Loss] = (),
) -> Compiled:
    """The program of a closed model, disturbed by a scenario if one is given, every flow starting `times` as often.

    `begins`: the moment of the week (s) at which it starts, for a system that isn't in its busiest hour (a scenario's
    own moment stands). `outages`: losses that happen beside. ValueError while a choice of the design is open.
    """
    if model.alternatives:
        raise ValueError("only a finished design can be simulated: choices are open")
    if all(flow.starts is None for flow in model.flows.values()):
        return Compiled(_nothing(), {})
    if scenario is not None and scenario.begins is not None:
        begins = scenario.begins
    coder = Coder(model, lines=frozenset(name for loss in outages for name in loss.lines))
    if scenario is not None and any(event.cold for event in scenario.events):
        coder.cold = coder.a.station("cold", threads=None)
    coder.flows()
    lasts = 0.0 if scenario is None else horizon(scenario)[0]
    rates: dict[str, float] = {}
    for name, flow in model.flows.items():
        rate = rate_at_most(flow) if closed(flow) else _rate(coder.values, name, flow, begins)
        rate *= times
        if rate > 0.0 and flow.starts is not None:
            rates[name] = rate
            pieces = () if scenario is None else load_of(scenario, name)
            coder.a.source(name, **arriving(flow.starts, rate, times, pieces, begins, lasts))
    if begins is not None:
        keep_hours(coder, begins)
    disturbance = Disturbance(coder)
    if scenario is not None:
        disturbance.plan(scenario)
    disturbance.lose(outages)
    return Compiled(coder.a.program(), rates, tuple(sorted(coder.values.missing)))


def _nothing() -> Program:
    """A program in which nothing ever starts."""
    a = Assembler()
    with a.flow("nothing"):
        pass
    return a.program()


def _rate(values: Values, name: str, flow: Flow, begins: float | None) -> float:
    """Starts a second in the busiest hour; the mean from a moment of the week on, where the week is described."""
    if flow.starts is None:
        return 0.0
    starts = flow.starts
    if begins is not None and starts.through_the_week:
        return values.mean(f"flows.{name}.starts.rate", starts.rate)
    if starts.at_peak is None:
        values.missing[f"flows.{name}.starts.rate"] = None
    return values.mean(
        f"flows.{name}.starts.{'rate' if starts.busiest is None else 'busiest'}", starts.at_peak
    )
