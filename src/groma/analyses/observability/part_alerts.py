"""Alerts on parts: calls that fail more often than is stated, guards that say no more or less often, streams that
fall silent.

Free thresholds are the least counts that chance reaches at most once a month at the stated shares, so each is a
consequence of a fact of the model; what isn't stated is refused with the fact that is missing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

from groma.analyses.context import Context
from groma.analyses.cost.lines import runs
from groma.analyses.evidence import Evidence
from groma.analyses.interval import ZERO, Interval, point, share_of
from groma.analyses.observability.alert import ALARMS_A_MONTH, Alert, Count
from groma.analyses.observability.basis import Basis
from groma.analyses.observability.draft import Draft
from groma.analyses.observability.metrics import (
    BAD_CALL,
    CALLS,
    GUARDS,
    RUNS,
    Select,
    select,
    slug,
    started,
    steps_of,
)
from groma.analyses.visits.counts import uses
from groma.model.elements import Flow
from groma.model.figure import Line
from groma.model.month import SECONDS_PER_MONTH
from groma.model.program import Step
from groma.model.quantity import Quantity, Unknown
from groma.solvers.monitoring import count_alarms, count_limit

WINDOWS = (600.0, 1800.0, 3600.0, 6 * 3600.0, 86400.0)
DAY = 86400.0
ONE = point(1.0)
FEWEST = 3
"""Bad calls that an alert asks for at least: one or two are nobody's trouble."""

HALF = 0.5
"""An outage has to be seen at the latest when this share of a window is bad."""

STREAM = "events come independently of one another, at their mean rate"
LEAST_COUNT = "least count that chance reaches once a month at most (Poisson)"
CROSSINGS = "up-crossings of a count in a sliding window (Mecke formula)"


def part_alerts(context: Context) -> Iterator[Alert]:
    """Of calls, then of guards, then of silence."""
    yield from _calls(context)
    yield from _guards(context)
    for flow in started(context.model):
        alert = _silence(context, flow)
        if alert is not None:
            yield alert


def call_rates(context: Context) -> dict[tuple[str, str], Interval]:
    """Calls a second of each operation, mean over a month, over all flows."""
    found: dict[tuple[str, str], Interval] = {}
    for flow in started(context.model):
        often = runs(context, flow.name).scaled(1.0 / SECONDS_PER_MONTH)
        for use in uses(context, flow.name):
            if use.kind in ("call", "send") and use.name in context.model.components:
                key = (use.name, use.operation)
                found[key] = found.get(key, ZERO) + often * use.made
    return dict(sorted(found.items()))


def _calls(context: Context) -> Iterator[Alert]:
    rates = call_rates(context)
    for component in dict.fromkeys(name for name, _ in rates):
        yield _errors(
            context, component, {of: rate for (name, of), rate in rates.items() if name == component}
        )


def _errors(context: Context, component: str, rates: Mapping[str, Interval]) -> Alert:
    """Of one part; `rates` are calls a second of its operations."""
    evidence = Evidence(context)
    calls, bad = ZERO, ZERO
    part = context.model.components[component]
    for operation, rate in rates.items():
        calls = calls + rate
        known = part.offers.get(operation)
        wrong = ZERO
        for what in ("fails", "throttled"):
            share: Quantity | Unknown | None = None if known is None else getattr(known, what)
            if share is not None:
                evidence.note(f"components.{component}.offers.{operation}.{what}", share)
                wrong = _either(wrong, share_of(share))
        bad = bad + rate * wrong
    name = f"errors-{component}"
    title = f"Calls of {part.title or component} fail"
    draft = Draft(name, title, "failure", "page", name, (f"components.{component}",))
    if evidence.missing:
        return draft.refused("not stated: " + ", ".join(evidence.missing))
    if calls.low <= 0.0 or not (math.isfinite(calls.high) and math.isfinite(bad.high)):
        return draft.refused("nobody knows how often it is called")
    for window in WINDOWS:
        limit = max(FEWEST, count_limit(bad.high, window, ALARMS_A_MONTH / SECONDS_PER_MONTH))
        if limit <= HALF * calls.low * window:
            return _failing(draft, component, calls, bad, window, limit, evidence.inputs)
    return draft.refused("even in a day chance gives as many errors as an outage: too few calls")


def _either(one: Interval, other: Interval) -> Interval:
    """The ends of the share to which one thing happens or, of the rest, the other."""
    return Interval(1 - (1 - one.low) * (1 - other.low), None, 1 - (1 - one.high) * (1 - other.high))


def _failing(
    draft: Draft,
    component: str,
    calls: Interval,
    bad: Interval,
    window: float,
    limit: int,
    inputs: tuple[str, ...],
) -> Alert:
    minutes = f"{window / 60:g} min"
    lines = (
        Line("calls a second", f"{calls.low:.4g} to {calls.high:.4g}"),
        Line("of which chance lets fail, at most", f"{bad.high:.4g} a second", inputs),
        Line("window", minutes),
        Line("least count with at most one false alarm a month, and three at least", f"{limit}"),
    )
    enough = _gamma_median(limit)
    wait = Interval(enough / calls.high, enough / (calls.value or calls.low), enough / calls.low)
    figures = (
        draft.threshold(f"Bad calls within {minutes}", float(limit), "1", Basis(LEAST_COUNT, inputs, lines)),
        draft.window(window, Basis(LEAST_COUNT, inputs)),
        draft.chance_alarms(
            (count_alarms(rate, window, limit) for rate in (bad.low, bad.high)),
            Basis(CROSSINGS, inputs, lines, (STREAM,)),
        ),
        draft.detection(
            f"an outage of {component} lasts",
            wait,
            Basis("time until enough bad calls came (gamma law, median)", inputs, lines),
        ),
    )
    condition = Count(select(CALLS, component=component, outcome=BAD_CALL), window, float(limit))
    says = (
        f"{limit} calls or more went wrong within {minutes}; stated errors alone come to that once a month at most "
        "(time limits and full queues not counted)"
    )
    return draft.fires(condition, says, figures)


def _gamma_median(shape: float) -> float:
    from scipy import special  # pyright: ignore[reportMissingTypeStubs]

    return float(special.gammaincinv(shape, 0.5))


def _guards(context: Context) -> Iterator[Alert]:
    """One for each guard of a flow, whichever of its steps it stands at: its results are counted together."""
    for flow in started(context.model):
        standing: dict[str, list[tuple[Step, int]]] = {}
        for step in steps_of(context.model, flow):
            for nth, guard in enumerate(step.policies.guards, 1):
                standing.setdefault(guard.name, []).append((step, nth))
        for guard, places in standing.items():
            yield _of_guard(context, flow, guard, places)


def _of_guard(context: Context, flow: Flow, guard: str, places: list[tuple[Step, int]]) -> Alert:
    evidence = Evidence(context)
    rate = evidence.mean(f"flows.{flow.name}.starts.rate", flow.starts.rate if flow.starts else None)
    asked = _asked(context, flow)
    turned_down, known = ZERO, rate.value is not None
    for step, nth in places:
        rejects = evidence.share(f"{step.path}.guard.{nth}.rejects", step.policies.guards[nth - 1].rejects)
        known = known and rejects.value is not None
        turned_down = turned_down + rate * asked.get(step.path, ONE) * rejects
    name = f"guard-{flow.name}-{slug(guard)}"
    title = f"“{guard}” turns down more than it should"
    made_of = (*(step.path for step, _ in places), f"flows.{flow.name}")
    draft = Draft(name, title, "drift", "ticket", name, made_of)
    if evidence.missing or not known or not math.isfinite(turned_down.high):
        missing = evidence.missing or ("how often it turns down",)
        return draft.refused("not stated: " + ", ".join(missing))
    results = select(GUARDS, flow=flow.name, guard=guard, result="rejected")
    return _guard(draft, results, turned_down, evidence.inputs)


def _asked(context: Context, flow: Flow) -> dict[str, Interval]:
    """Path of a step that calls -> its calls a run, each of which may give a result to be checked."""
    found: dict[str, Interval] = {}
    for use in uses(context, flow.name):
        if use.kind == "call":
            found[use.step.path] = found.get(use.step.path, ZERO) + use.weight
    return found


def _guard(draft: Draft, results: Select, turned_down: Interval, inputs: tuple[str, ...]) -> Alert:
    """`turned_down` of its results a second, by what is stated."""
    low, high = turned_down.low, turned_down.high
    limit = count_limit(high, DAY, ALARMS_A_MONTH / SECONDS_PER_MONTH)
    lines = (
        Line("turned down a day", f"{low * DAY:.4g} to {high * DAY:.4g}", inputs),
        Line("least count that chance reaches once a month at most", f"{limit}"),
    )
    valid = (
        STREAM,
        "every call gives a result to be checked: where fewer do, chance reaches the limit less often",
    )
    figures = (
        draft.threshold("Turned down within a day", float(limit), "1", Basis(LEAST_COUNT, inputs, lines)),
        draft.window(DAY, Basis(LEAST_COUNT, inputs)),
        draft.chance_alarms(
            (count_alarms(rate, DAY, limit) for rate in (low, high)), Basis(CROSSINGS, inputs, lines, valid)
        ),
    )
    says = f"{limit} results or more were turned down within a day, more than the stated share gives"
    return draft.fires(Count(results, DAY, float(limit)), says, figures)


def _silence(context: Context, flow: Flow) -> Alert | None:
    """No run at all: what an indicator of shares can't see. Only for streams without quiet hours of their own."""
    start = flow.starts
    if start is None or start.closed or start.through_the_week or start.bursts or start.replays:
        return None
    evidence = Evidence(context)
    rate = evidence.mean(f"flows.{flow.name}.starts.rate", start.rate)
    name = f"silence-{flow.name}"
    title = f"No run of {flow.title or flow.name} arrives"
    draft = Draft(name, title, "failure", "page", name, (f"flows.{flow.name}",))
    if rate.value is None or rate.low <= 0.0:
        return draft.refused("nobody knows how often it starts")
    wanted = ALARMS_A_MONTH / SECONDS_PER_MONTH
    window = math.ceil(max(60.0, math.log(max(rate.low / wanted, 1.0)) / rate.low) / 60.0) * 60.0
    if window > DAY:
        return draft.refused("quiet times of more than a day are nothing unusual at this rate")
    basis = Basis(
        "pauses of a Poisson stream",
        evidence.inputs,
        (
            Line("runs a second", f"{rate.low:.4g} to {rate.high:.4g}", evidence.inputs),
            Line(
                "pauses of w or longer come rate x exp(-rate w) times a second; w for one a month",
                f"{window:.4g} s",
            ),
        ),
    )
    figures = (
        draft.threshold("Runs within the window", 1.0, "1", basis, at="below"),
        draft.window(window, basis, f"Pause after which {name} fires"),
        draft.chance_alarms(
            (r * math.exp(-r * window) for r in (rate.low, rate.high)),
            replace(basis, valid=(STREAM, "no quieter hours of the day")),
        ),
        draft.detection("nothing has to arrive", point(window), basis),
    )
    condition = Count(select(RUNS, flow=flow.name), window, 0.0, below=True)
    says = f"no run ended within {window / 60:g} min; a pause as long comes by chance once a month at most"
    return draft.fires(condition, says, figures)
