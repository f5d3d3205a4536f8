"""Alerts on load, money, people's time and copies: levels that figures of the design say mustn't be passed."""

from __future__ import annotations

import math
from collections.abc import Iterator

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.interval import mean_of
from groma.analyses.observability.metrics import AGE, RUNS, SPENT, WORK, select, started, steps_of
from groma.analyses.observability.part_alerts import STREAM
from groma.analyses.observability.plan import MONTH, Alert, Count, Level
from groma.analyses.registry import figure
from groma.model.elements import Flow
from groma.model.figure import Figure, Line
from groma.model.program import Ask
from groma.model.quantity import Quantity
from groma.solvers.monitoring import count_alarms

DAY, WEEK, TEN_MINUTES = 86400.0, 7 * 86400.0, 600.0
ROOM = 0.8
"""Share of the load at which the first station saturates, at the lower end of its interval, that wakes somebody."""

MISSED_COPIES = 2.0
"""A copy older than so many times its interval means that one wasn't made."""


def work_alerts(context: Context) -> Iterator[Alert]:
    """Of saturation flow by flow, of money, of people, of copies."""
    for flow in started(context.model):
        yield _saturation(context, flow)
    yield _cost(context)
    yield from _people(context)
    yield from _copies(context)


def _saturation(context: Context, flow: Flow) -> Alert:
    found = figure(context, f"saturation/{flow.name}")
    name, title = (
        f"saturation-{flow.name}",
        f"{flow.title or flow.name}: the load comes near what can be stood",
    )
    made_of = (f"flows.{flow.name}",)

    def refused(why: str) -> Alert:
        return Alert(name, title, "saturation", "page", None, "", name, made_of, (), why)

    if found.low is None or not math.isfinite(found.low) or found.low <= 0.0:
        return refused(found.reason or "nobody knows at which load it saturates")
    if flow.starts is None or flow.starts.closed:
        return refused("its runs are started by a fixed number of customers: their load limits itself")
    limit_rate = ROOM * found.low
    limit = math.ceil(limit_rate * TEN_MINUTES)
    peak = mean_of(flow.starts.at_peak)
    lines = (
        Line(
            "the flow saturates its first part at, runs a second, at the least",
            f"{found.low:.6g}",
            (found.name,),
        ),
        Line("share of it that wakes somebody", f"{ROOM:.0%}"),
        Line("runs within 10 min", f"{limit}"),
    )
    method, refs = "share of the saturation load", (found.name,)
    figures = [
        Figure(
            f"alerts/{name}/threshold",
            f"Runs a second at which {name} fires",
            "1/s",
            limit_rate,
            limit_rate,
            limit_rate,
            method=method,
            inputs=refs,
            derivation=lines,
        ),
        Figure(
            f"alerts/{name}/window",
            f"Window of {name}",
            "s",
            TEN_MINUTES,
            TEN_MINUTES,
            TEN_MINUTES,
            method=method,
            inputs=refs,
        ),
    ]
    if math.isfinite(peak.high):
        alarms = sorted(count_alarms(rate, TEN_MINUTES, max(1, limit)) for rate in (peak.low, peak.high))
        says = "at the rate of the busiest hour all the time"
        figures.append(
            Figure(
                f"alerts/{name}/false-alarms",
                f"How often {name} begins by chance",
                "1/s",
                None,
                alarms[0],
                alarms[1],
                method="up-crossings of a count in a sliding window (Mecke formula)",
                inputs=refs,
                derivation=(*lines, Line(says, f"{peak.low:.4g} to {peak.high:.4g} runs a second")),
                valid=(STREAM,),
            )
        )
    condition = Count(select(RUNS, flow=flow.name), TEN_MINUTES, float(limit))
    words = f"the load passed {ROOM:.0%} of what the first part to saturate can stand"
    return Alert(name, title, "saturation", "page", condition, words, name, made_of, tuple(figures))


def _cost(context: Context) -> Alert:
    """What is spent on use in a day beyond the upper end of its figure."""
    name, title = "cost-day", "A day's use costs more than the design says"
    model = context.model
    flows = [figure(context, f"cost/flow/{flow.name}") for flow in started(model)]
    made_of = tuple(f"flows.{flow.name}" for flow in started(model))
    missing = [f.name for f in flows if f.high is None or not math.isfinite(f.high)]
    if missing:
        return Alert(
            name,
            title,
            "cost",
            "ticket",
            None,
            "",
            name,
            made_of,
            (),
            f"no upper end is known of {', '.join(missing)}",
        )
    high = sum(f.high or 0.0 for f in flows) * DAY / MONTH
    nominal = (
        None if any(f.value is None for f in flows) else sum(f.value or 0.0 for f in flows) * DAY / MONTH
    )
    if high <= 0.0:
        return Alert(
            name,
            title,
            "cost",
            "ticket",
            None,
            "",
            name,
            made_of,
            (),
            "use costs nothing: all that is paid is paid by the month",
        )
    refs = tuple(f.name for f in flows)
    lines = (
        Line("what use costs in a month, at most", f"{high * MONTH / DAY:.6g} {model.currency}", refs),
        Line("a day's share of it", f"{high:.6g} {model.currency}"),
        *(() if nominal is None else (Line("nominal, a day", f"{nominal:.6g} {model.currency}"),)),
    )
    method = "upper end of the figure, a day's share"
    figures = (
        Figure(
            f"alerts/{name}/threshold",
            "Money spent on use within a day at which cost-day fires",
            model.currency,
            high,
            high,
            high,
            method=method,
            inputs=refs,
            derivation=lines,
        ),
        Figure(f"alerts/{name}/window", "Window of cost-day", "s", DAY, DAY, DAY, method=method, inputs=refs),
        Figure(
            f"alerts/{name}/false-alarms",
            "How often cost-day begins by chance",
            "1/s",
            method="not worked out",
            inputs=refs,
            reason="how much the cost of one run varies isn't known; the month's upper end leaves no more room than that",  # noqa: E501
            missing=("the spread of the cost of a run, from a month of bills",),
        ),
    )
    condition = Count(select(SPENT), DAY, high)
    says = "a day's use cost more than a day's share of the upper end of the figure"
    return Alert(name, title, "cost", "ticket", condition, says, name, made_of, figures)


def _people(context: Context) -> Iterator[Alert]:
    """Work handed to people within a week beyond their working hours: queues that grow without end."""
    asked: dict[str, None] = {}
    for flow in started(context.model):
        for step in steps_of(context.model, flow):
            if isinstance(step.action, Ask):
                asked[step.action.person] = None
    for person in asked:
        who = context.model.people.get(person)
        name = f"queue-{person}"
        title = f"{(who.title if who else '') or person} get more work than they have hours"
        made_of = (f"people.{person}",)
        if who is None or not isinstance(who.hours, Quantity):
            yield Alert(
                name,
                title,
                "queue",
                "ticket",
                None,
                "",
                name,
                made_of,
                (),
                f"people.{person}.hours isn't stated",
            )
            continue
        evidence = Evidence(context)
        hours = evidence.mean(f"people.{person}.hours", who.hours)
        count = 1.0
        if isinstance(who.count, Quantity):
            count = evidence.mean(f"people.{person}.count", who.count).value or 1.0
        # hours are a quantity of time (a week's), in seconds
        limit = (hours.value or 0.0) * count
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
            Figure(
                f"alerts/{name}/threshold",
                f"Work within a week at which {name} fires",
                "s",
                limit,
                limit,
                limit,
                method="working hours of a week",
                inputs=evidence.inputs,
                derivation=lines,
            ),
            Figure(
                f"alerts/{name}/window",
                f"Window of {name}",
                "s",
                WEEK,
                WEEK,
                WEEK,
                method="a week of work",
                inputs=evidence.inputs,
            ),
        )
        says = "more work was handed over within a week than there are hours for"
        yield Alert(
            name,
            title,
            "queue",
            "ticket",
            Count(select(WORK, person=person), WEEK, limit),
            says,
            name,
            made_of,
            figures,
        )


def _copies(context: Context) -> Iterator[Alert]:
    for data in context.model.data.values():
        if data.backup is None:
            continue
        name, evidence = f"copy-{data.name}", Evidence(context)
        every = evidence.mean(f"data.{data.name}.backup.every", data.backup.every)
        limit = MISSED_COPIES * every.high
        figures = (
            Figure(
                f"alerts/{name}/threshold",
                f"Age of the newest copy at which {name} fires",
                "s",
                limit,
                limit,
                limit,
                method="two intervals between copies",
                inputs=evidence.inputs,
                derivation=(Line("time between two copies", f"{every.high:.6g} s", evidence.inputs),),
            ),
            Figure(
                f"alerts/{name}/detection",
                f"How long no copy is made until {name} fires",
                "s",
                limit,
                limit,
                limit,
                method="two intervals between copies",
                inputs=evidence.inputs,
            ),
        )
        yield Alert(
            name,
            f"No new copy of {data.title or data.name} was made",
            "failure",
            "ticket",
            Level(select(AGE, data=data.name), limit, 0.0),
            "the newest copy is older than two intervals between copies",
            name,
            (f"data.{data.name}",),
            figures,
        )
