"""Two independent methods for a figure, and what it means when they differ.

A figure is disputed when the two differ by more than 1 % and the 99.99 % interval of the difference excludes zero. Then
both are shown with the likely reason, and no need counts as met on it. A simulation is of the nominal facts: it is held
against the nominal value where there is one; bounds are disputed by what surely lies outside. A method that only
approximates is off by what it was seen off at most (`Figure.error`): the interval of the difference is as much wider.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from groma.analyses.availability.second import availability_second
from groma.analyses.context import Context
from groma.analyses.reach import servers
from groma.analyses.simulation.measured import second as by_simulation
from groma.analyses.simulation.measured import simulated
from groma.model.elements import Component, Model
from groma.model.figure import Figure, Result
from groma.model.model_programs import programs
from groma.model.month import SECONDS_PER_MONTH
from groma.model.program import Parallel, walk
from groma.model.quantity import Quantity

DIFFERENT = 0.01
HEAVY = 4.0
"""Squared coefficient of variation of work from which on a tail counts as heavy."""
SIMULATED = frozenset({"latency", "success", "utilisation", "throughput"})
"""Kinds of measures that a simulation gives, too."""
LOOKED_AT = frozenset({"availability", "downtime"})
"""Kinds of measures that states of parts give, looked at one by one."""


def agree(context: Context) -> None:
    """Give each figure of the ledger its second result, where there is one, and say which are disputed."""
    if not context.closed:
        return
    for name, figure in list(context.ledger.figures.items()):
        if (
            name.partition("/")[0] in SIMULATED | LOOKED_AT
            and figure.second is None
            and figure.status != "not shown"
        ):
            context.ledger.figures[name] = compared(context, figure)


def compared(context: Context, figure: Figure) -> Figure:
    """The figure with what the second method says about it."""
    simulated_too = figure.name.partition("/")[0] in SIMULATED
    found = by_simulation(context, figure.name) if simulated_too else by_states(context, figure)
    if found is None or (found.low is None and found.high is None):
        return figure
    told = replace(figure, second=found)
    return replace(told, disputed=_why(context, figure.name)) if differs(figure, found) else told


def by_states(context: Context, figure: Figure) -> Result | None:
    """Availability (a share) or downtime (seconds a month) from states of the parts; None where facts are missing."""
    if figure.missing:
        return None
    kind, _, subject = figure.name.partition("/")
    key = ("availability by states", subject)
    known: Result | None = context.memo.get(key)
    if known is None:
        known = context.memo[key] = availability_second(context, subject)
    if kind == "availability" or known.low is None or known.high is None or known.value is None:
        return known
    ends = [max(1.0 - end, 0.0) * SECONDS_PER_MONTH for end in (known.high, known.low, known.value)]
    return replace(known, low=ends[0], high=ends[1], value=ends[2])


def differs(figure: Figure, other: Result) -> bool:
    """Whether a second result disputes a figure."""
    if other.low is None or other.high is None:
        return False
    middle = other.value if other.value is not None else (other.low + other.high) / 2
    if figure.value is not None:
        apart = abs(middle - figure.value) > DIFFERENT * abs(figure.value)
        off = abs(figure.value) * (figure.error or 0.0)
        return apart and not (other.low - off <= figure.value <= other.high + off)
    below = figure.low is not None and other.high < figure.low and middle < figure.low * (1 - DIFFERENT)
    above = figure.high is not None and other.low > figure.high and middle > figure.high * (1 + DIFFERENT)
    return below or above


def _why(context: Context, measure: str) -> str:
    """The likeliest reason, from what the model has in it and how the replications lie."""
    model = context.model
    if _bistable(context, measure):
        return "replications fall into two groups: the system may be bistable (it doesn't come back from a bad state)"
    held = [c.name for c in model.components.values() if _blocks(c)]
    if held:
        return f"threads are held while other parts are waited for ({', '.join(held)})"
    heavy = [name for name in _heavy(model) if name]
    if heavy:
        return f"heavy tails: {', '.join(heavy)}"
    if any(isinstance(step.action, Parallel) for _, steps in programs(model) for step in walk(steps)):
        return "branches that run at the same time wait in the same queues, so their times aren't independent"
    return "calls don't arrive independently of one another, or waits at several parts go together"


def _bistable(context: Context, measure: str) -> bool:
    """Whether the replications of a measure lie in two groups, further apart than half their mean."""
    replicated = simulated(context).found
    estimate = None if replicated is None else replicated.estimates.get(measure)
    if estimate is None:
        return False
    gaps = [b - a for a, b in pairwise(sorted(estimate.values))]
    return max(gaps, default=0.0) > 0.5 * abs(estimate.mean)


def _blocks(component: Component) -> bool:
    return servers(component) is not None and any(
        operation.steps and operation.answers == "when done" for operation in component.offers.values()
    )


def _heavy(model: Model) -> list[str]:
    return [
        f"{component.name}.{operation.name}"
        for component in model.components.values()
        if servers(component) is not None
        for operation in component.offers.values()
        if isinstance(operation.work, Quantity)
        and operation.work.mean > 0
        and (operation.work.law.sd / operation.work.mean) ** 2 > HEAVY
    ]
