"""Alerts on what people keep a hand on it with: a switch that is in use, an effect that left no record.

A switch is in use or it isn't: nothing is left to chance, and whoever is on duty has to know that runs end otherwise.
A record counts where every run that brings an effect about and ends well also writes it (`records`): by the program
none is missing, so that the first one that is missing is told.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from groma.analyses.context import Context
from groma.analyses.cost.lines import runs
from groma.analyses.evidence import Evidence
from groma.analyses.interval import ZERO, Interval
from groma.analyses.observability.alert import Alert, Count, Level
from groma.analyses.observability.basis import Basis
from groma.analyses.observability.draft import Draft
from groma.analyses.observability.metrics import MISSING, SWITCHED, select, started
from groma.analyses.program_inputs import enter_counts, enter_rate
from groma.analyses.records import proven
from groma.analyses.stopping import Switch, switches
from groma.analyses.visits.counts import sure, uses
from groma.model.elements import Component, Data, Flow, Model, Person
from groma.model.figure import Line
from groma.model.month import SECONDS_PER_MONTH

DAY = 86400.0
Titled = Component | Flow | Person
BY_HAND = "a switch is in use or not"
BY_PROGRAM = "none is missing by the program: each run that ends well writes it"


def control_alerts(context: Context) -> Iterator[Alert]:
    """Of switches, then of records."""
    for switch in switches(context.model):
        yield _in_use(context.model, switch)
    for data in context.model.data.values():
        if data.records:
            yield _unrecorded(context, data)


def _in_use(model: Model, switch: Switch) -> Alert:
    control, name = switch.control, f"switch-{switch.name}"
    title = f"In use: {control.title or switch.name.replace('_', ' ')}"
    path = f"controls.{switch.name}"
    draft = Draft(name, title, "control", "page", name, (path, *control.stops))
    figures = (draft.threshold("Switch in use (1) or not (0)", 1.0, "1", Basis(BY_HAND, ())),)
    who = " or ".join(_called(model.people.get(each), each) for each in control.by) or "nobody named"
    off = ", ".join(_stopped(model, each) for each in control.stops)
    says = f"{off} switched off by hand; {who} may switch back"
    return draft.fires(Level(select(SWITCHED, switch=switch.name), 1.0, 0.0), says, figures)


def _called(element: Titled | None, name: str) -> str:
    return (element.title if element is not None else "") or name.replace("_", " ")


def _stopped(model: Model, path: str) -> str:
    """What a switch stops, in words: a flow or a part by its title, an operation behind its part's."""
    section, _, rest = path.partition(".")
    name, _, operation = rest.replace(".offers.", ".").partition(".")
    known: Titled | None = model.flows.get(name) if section == "flows" else model.components.get(name)
    return _called(known, name) + (f": {operation}" if operation else "")


def _unrecorded(context: Context, data: Data) -> Alert:
    name = f"record-{data.name}"
    title = f"An effect left no record in {data.title or data.name}"
    flows = {flow.name: proven(context.model, flow, data) for flow in started(context.model)}
    steps = tuple(step.path for found in flows.values() for step in found)
    draft = Draft(name, title, "control", "page", name, (f"data.{data.name}", *steps))
    if not steps:
        return draft.refused("no run surely writes it: an effect without it may be as designed")
    evidence = Evidence(context)
    rate = _effects(context, flows.keys(), frozenset(steps), evidence)
    lines = (
        Line("effects a second that leave one", f"{rate.low:.4g} to {rate.high:.4g}", evidence.inputs),
        Line("of them without it by the program", "none"),
    )
    basis = Basis(BY_PROGRAM, evidence.inputs, lines)
    figures = [
        draft.threshold("Effects without a record", 1.0, "1", basis),
        draft.window(DAY, basis),
        draft.chance_alarms((0.0, 0.0), basis),
    ]
    if rate.low > 0.0 and math.isfinite(rate.high):
        first = math.log(2.0)
        wait = Interval(
            first / rate.high, None if rate.value is None else first / rate.value, first / rate.low
        )
        how = Basis("time until the first effect (exponential law, median)", evidence.inputs, lines)
        figures.append(draft.detection(f"no record of {data.name} is written", wait, how))
    held = ", ".join(_called(context.model.components.get(each), each) for each in data.held_by) or "nobody"
    shown = ", ".join(each.replace("_", " ") for each in data.records)
    record = data.title or data.name
    says = f"an effect ({shown}) of a run that ended well left no record in {record}, which {held} holds"
    return draft.fires(Count(select(MISSING, data=data.name), DAY, 1.0), says, figures)


def _effects(context: Context, flows: Iterable[str], steps: frozenset[str], evidence: Evidence) -> Interval:
    """Effects a second at these steps, mean over a month."""
    found = ZERO
    for flow in flows:
        of = [use for use in uses(context, flow) if use.kind in ("call", "send") and use.step.path in steps]
        if not of:
            continue
        enter_rate(evidence, flow)
        enter_counts(evidence, flow)
        often = runs(context, flow).scaled(1.0 / SECONDS_PER_MONTH)
        for use in of:
            found = found + often * sure(use, use.weight)
    return found
