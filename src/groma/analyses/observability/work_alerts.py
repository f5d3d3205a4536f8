"""Alerts on load, people's time and copies, beside those on money: levels that by the figures mustn't be passed."""

from __future__ import annotations

import math
from collections.abc import Iterator

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.interval import ONE, mean_of, point
from groma.analyses.observability.alert import Alert, Count, Level
from groma.analyses.observability.basis import Basis
from groma.analyses.observability.draft import Draft
from groma.analyses.observability.metrics import AGE, RUNS, WORK, select, started, steps_of
from groma.analyses.observability.money_alerts import money_alerts
from groma.analyses.observability.part_alerts import CROSSINGS, STREAM
from groma.analyses.registry import figure
from groma.model.elements import Flow
from groma.model.figure import Line
from groma.model.program import Ask
from groma.model.quantity import Quantity
from groma.solvers.monitoring import count_alarms

WEEK, TEN_MINUTES = 7 * 86400.0, 600.0
ROOM = 0.8
"""Share of the load at which the first station saturates, at the lower end of its interval, that wakes somebody."""

MISSED_COPIES = 2.0
"""A copy older than so many times its interval means that one wasn't made."""


def work_alerts(context: Context) -> Iterator[Alert]:
    """Of saturation flow by flow, of money, of people, of copies."""
    for flow in started(context.model):
        yield _saturation(context, flow)
    yield from money_alerts(context)
    yield from _people(context)
    yield from _copies(context)


def _saturation(context: Context, flow: Flow) -> Alert:
    found = figure(context, f"saturation/{flow.name}")
    name = f"saturation-{flow.name}"
    title = f"{flow.title or flow.name}: the load comes near what can be stood"
    draft = Draft(name, title, "saturation", "page", name, (f"flows.{flow.name}",))
    if found.low is None or not math.isfinite(found.low) or found.low <= 0.0:
        return draft.refused(found.reason or "nobody knows at which load it saturates")
    if flow.starts is None or flow.starts.closed:
        return draft.refused("its runs are started by a fixed number of customers: their load limits itself")
    rate = ROOM * found.low
    limit = math.ceil(rate * TEN_MINUTES)
    refs = (found.name,)
    lines = (
        Line("the flow saturates its first part at, runs a second, at the least", f"{found.low:.6g}", refs),
        Line("share of it that wakes somebody", f"{ROOM:.0%}"),
        Line("runs within 10 min", f"{limit}"),
    )
    method = "share of the saturation load"
    figures = [
        draft.threshold("Runs a second", rate, "1/s", Basis(method, refs, lines)),
        draft.window(TEN_MINUTES, Basis(method, refs)),
    ]
    peak = mean_of(flow.starts.at_peak)
    if math.isfinite(peak.high):
        busiest = Line(
            "at the rate of the busiest hour all the time",
            f"{peak.low:.4g} to {peak.high:.4g} runs a second",
        )
        alarms = (count_alarms(each, TEN_MINUTES, max(1, limit)) for each in (peak.low, peak.high))
        figures.append(draft.chance_alarms(alarms, Basis(CROSSINGS, refs, (*lines, busiest), (STREAM,))))
    condition = Count(select(RUNS, flow=flow.name), TEN_MINUTES, float(limit))
    says = f"the load of {flow.title or flow.name} passed {ROOM:.0%} of what its first part to saturate can stand"
    return draft.fires(condition, says, figures)


def _people(context: Context) -> Iterator[Alert]:
    """Work handed to people within a week beyond their working hours: queues that grow without end."""
    asked: dict[str, None] = {}
    for flow in started(context.model):
        for step in steps_of(context.model, flow):
            if isinstance(step.action, Ask):
                asked[step.action.person] = None
    for person in asked:
        yield _queue(context, person)


def _queue(context: Context, person: str) -> Alert:
    who = context.model.people.get(person)
    name = f"queue-{person}"
    title = f"{(who.title if who else '') or person} get more work than they have hours"
    draft = Draft(name, title, "queue", "ticket", name, (f"people.{person}",))
    if who is None or not isinstance(who.hours, Quantity):
        return draft.refused(f"people.{person}.hours isn't stated")
    evidence = Evidence(context)
    hours = evidence.mean(f"people.{person}.hours", who.hours)
    count = ONE if who.count is None else evidence.mean(f"people.{person}.count", who.count)
    limit = (hours * count).value  # hours are a quantity of time (a week's), in seconds
    if limit is None:
        return draft.refused(f"nobody knows how many they are: state people.{person}.count")
    load = figure(context, f"load/{person}")
    evidence.use(load.name)
    lines = (
        Line("their working time a week", f"{limit / 3600:.6g} h", evidence.inputs),
        Line(
            "how much of it the design takes already",
            "" if load.value is None else f"{load.value:.3g}",
            (load.name,),
        ),
    )
    figures = (
        draft.threshold(
            "Work within a week", limit, "s", Basis("working hours of a week", evidence.inputs, lines)
        ),
        draft.window(WEEK, Basis("a week of work", evidence.inputs)),
    )
    says = f"{who.title or person} were handed more work within a week than they have hours for"
    return draft.fires(Count(select(WORK, person=person), WEEK, limit), says, figures)


def _copies(context: Context) -> Iterator[Alert]:
    for data in context.model.data.values():
        if data.backup is None:
            continue
        name, evidence = f"copy-{data.name}", Evidence(context)
        title = f"No new copy of {data.title or data.name} was made"
        draft = Draft(name, title, "failure", "ticket", name, (f"data.{data.name}",))
        every = evidence.mean(f"data.{data.name}.backup.every", data.backup.every)
        limit = MISSED_COPIES * every.high
        method, refs = "two intervals between copies", evidence.inputs
        lines = (Line("time between two copies", f"{every.high:.6g} s", refs),)
        figures = (
            draft.threshold("Age of the newest copy", limit, "s", Basis(method, refs, lines)),
            draft.detection("no copy is made", point(limit), Basis(method, refs)),
        )
        says = "the newest copy is older than two intervals between copies"
        yield draft.fires(Level(select(AGE, data=data.name), limit, 0.0), says, figures)
