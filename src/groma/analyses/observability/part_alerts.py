"""Alerts on parts: calls that fail more often than is stated, guards that say no more or less often, streams that
fall silent.

Free thresholds are the least counts that chance reaches at most once a month at the stated shares, so each is a
consequence of a
fact of the model; what isn't stated is refused with the fact that is missing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from groma.analyses.context import Context
from groma.analyses.cost_lines import runs
from groma.analyses.evidence import Evidence
from groma.analyses.interval import ZERO, Interval, share_of
from groma.analyses.observability.metrics import (
    BAD_CALL,
    CALLS,
    GUARDS,
    RUNS,
    select,
    slug,
    started,
    steps_of,
)
from groma.analyses.observability.plan import ALARMS_A_MONTH, MONTH, Alert, Count
from groma.analyses.visits import uses
from groma.model.elements import Flow
from groma.model.figure import Figure, Line
from groma.model.quantity import Quantity, Unknown
from groma.solvers.monitoring import count_alarms, count_limit

WINDOWS = (600.0, 1800.0, 3600.0, 6 * 3600.0, 86400.0)
DAY = 86400.0
FEWEST = 3
"""Bad calls that an alert asks for at least: one or two are nobody's trouble."""

HALF = 0.5
"""An outage has to be seen at the latest when this share of a window is bad."""

STREAM = "events come independently of one another, at their mean rate"


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
        often = runs(context, flow.name).scaled(1.0 / MONTH)
        for use in uses(context, flow.name):
            if use.kind in ("call", "send") and use.name in context.model.components:
                key = (use.name, use.operation)
                found[key] = found.get(key, ZERO) + often * use.weight
    return dict(sorted(found.items()))


def _stated(share: Quantity | Unknown | None) -> Interval:
    return ZERO if share is None else share_of(share)


def _calls(context: Context) -> Iterator[Alert]:
    rates = call_rates(context)
    for component in dict.fromkeys(name for name, _ in rates):
        evidence = Evidence(context)
        all_calls, bad = ZERO, ZERO
        part = context.model.components[component]
        for (name, operation), rate in rates.items():
            if name != component:
                continue
            all_calls = all_calls + rate
            known = part.offers.get(operation)
            for what in ("fails", "throttled"):
                share: Quantity | Unknown | None = None if known is None else getattr(known, what)
                if share is not None:
                    path = f"components.{component}.offers.{operation}.{what}"
                    evidence.note(path, share)
                    bad = bad + rate * _stated(share)
        name = f"errors-{component}"
        title = f"Calls of {part.title or component} fail"
        made_of = (f"components.{component}",)

        def refused(
            why: str, name: str = name, title: str = title, made_of: tuple[str, ...] = made_of
        ) -> Alert:
            return Alert(name, title, "failure", "page", None, "", name, made_of, (), why)

        if evidence.missing:
            yield refused("not stated: " + ", ".join(evidence.missing))
        elif all_calls.value is None or all_calls.low <= 0.0 or not math.isfinite(bad.high):
            yield refused("nobody knows how often it is called")
        else:
            yield _failing(name, title, component, all_calls, bad, evidence) or refused(
                "even in a day chance gives as many errors as an outage: too few calls"
            )


def _failing(
    name: str, title: str, component: str, calls: Interval, bad: Interval, evidence: Evidence
) -> Alert | None:
    for window in WINDOWS:
        limit = max(FEWEST, count_limit(bad.high, window, ALARMS_A_MONTH / MONTH))
        if limit > HALF * calls.low * window:
            continue
        alarms = [count_alarms(rate, window, limit) for rate in (bad.low, bad.high)]
        seen = tuple(
            _gamma_median(limit) / rate for rate in (calls.high, calls.value or calls.low, calls.low)
        )
        method, refs = "least count that chance reaches once a month at most (Poisson)", evidence.inputs
        lines = (
            Line("calls a second", f"{calls.low:.4g} to {calls.high:.4g}"),
            Line("of which chance lets fail, at most", f"{bad.high:.4g} a second", refs),
            Line("window", f"{window / 60:g} min"),
            Line("least count with at most one false alarm a month, and three at least", f"{limit}"),
        )
        figures = (
            Figure(
                f"alerts/{name}/threshold",
                f"Bad calls within {window / 60:g} min at which {name} fires",
                "1",
                float(limit),
                float(limit),
                float(limit),
                method=method,
                inputs=refs,
                derivation=lines,
            ),
            Figure(
                f"alerts/{name}/window",
                f"Window of {name}",
                "s",
                window,
                window,
                window,
                method=method,
                inputs=refs,
            ),
            Figure(
                f"alerts/{name}/false-alarms",
                f"How often {name} begins by chance",
                "1/s",
                None,
                min(alarms),
                max(alarms),
                method="up-crossings of a count in a sliding window (Mecke formula)",
                inputs=refs,
                derivation=lines,
                valid=(STREAM,),
            ),
            Figure(
                f"alerts/{name}/detection",
                f"How long an outage of {component} lasts until {name} fires",
                "s",
                seen[1],
                seen[0],
                seen[2],
                method="time until enough bad calls came (gamma law, median)",
                inputs=refs,
                derivation=lines,
            ),
        )
        condition = Count(select(CALLS, component=component, outcome=BAD_CALL), window, float(limit))
        says = f"{limit} calls or more went wrong within {window / 60:g} min; chance does that once a month at most"
        return Alert(
            name, title, "failure", "page", condition, says, name, (f"components.{component}",), figures
        )
    return None


def _gamma_median(shape: float) -> float:
    from scipy import special  # pyright: ignore[reportMissingTypeStubs]

    return float(special.gammaincinv(shape, 0.5))


def _guards(context: Context) -> Iterator[Alert]:
    for flow in started(context.model):
        for step in steps_of(context.model, flow):
            for nth, guard in enumerate(step.policies.guards, 1):
                evidence = Evidence(context)
                rejects = evidence.share(f"{step.path}.guard.{nth}.rejects", guard.rejects)
                rate = evidence.mean(
                    f"flows.{flow.name}.starts.rate", flow.starts.rate if flow.starts else None
                )
                name = f"guard-{flow.name}-{slug(guard.name)}"
                title = f"“{guard.name}” turns down more than it should"
                made_of = (step.path, f"flows.{flow.name}")
                if evidence.missing or rate.value is None or rejects.value is None:
                    yield Alert(
                        name,
                        title,
                        "drift",
                        "ticket",
                        None,
                        "",
                        name,
                        made_of,
                        (),
                        "not stated: " + ", ".join(evidence.missing or ("how often it turns down",)),
                    )
                    continue
                yield _guard(name, title, flow, guard.name, rate * rejects, evidence, made_of)


def _guard(
    name: str,
    title: str,
    flow: Flow,
    guard: str,
    turned_down: Interval,
    evidence: Evidence,
    made_of: tuple[str, ...],
) -> Alert:
    limit = count_limit(turned_down.high, DAY, ALARMS_A_MONTH / MONTH)
    alarms = [count_alarms(rate, DAY, limit) for rate in (turned_down.low, turned_down.high)]
    lines = (
        Line(
            "turned down a day",
            f"{turned_down.low * DAY:.4g} to {turned_down.high * DAY:.4g}",
            evidence.inputs,
        ),
        Line("least count that chance reaches once a month at most", f"{limit}"),
    )
    method, refs = "least count that chance reaches once a month at most (Poisson)", evidence.inputs
    figures = (
        Figure(
            f"alerts/{name}/threshold",
            f"Turned down within a day at which {name} fires",
            "1",
            float(limit),
            float(limit),
            float(limit),
            method=method,
            inputs=refs,
            derivation=lines,
        ),
        Figure(f"alerts/{name}/window", f"Window of {name}", "s", DAY, DAY, DAY, method=method, inputs=refs),
        Figure(
            f"alerts/{name}/false-alarms",
            f"How often {name} begins by chance",
            "1/s",
            None,
            min(alarms),
            max(alarms),
            method="up-crossings of a count in a sliding window (Mecke formula)",
            inputs=refs,
            derivation=lines,
            valid=(STREAM, "every run passes the guard: where fewer do, chance reaches the limit less often"),
        ),
    )
    condition = Count(select(GUARDS, flow=flow.name, guard=guard, result="rejected"), DAY, float(limit))
    says = f"{limit} results or more were turned down within a day, more than the stated share gives"
    return Alert(name, title, "drift", "ticket", condition, says, name, made_of, figures)


def _silence(context: Context, flow: Flow) -> Alert | None:
    """No run at all: what an indicator of shares can't see. Only for streams without quiet hours of their own."""
    start = flow.starts
    if start is None or start.closed or start.through_the_week or start.bursts or start.replays:
        return None
    evidence = Evidence(context)
    rate = evidence.mean(f"flows.{flow.name}.starts.rate", start.rate)
    name, made_of = f"silence-{flow.name}", (f"flows.{flow.name}",)
    title = f"No run of {flow.title or flow.name} arrives"
    if rate.value is None or rate.low <= 0.0:
        return Alert(
            name, title, "failure", "page", None, "", name, made_of, (), "nobody knows how often it starts"
        )
    wanted = ALARMS_A_MONTH / MONTH
    window = math.ceil(max(60.0, math.log(max(rate.low / wanted, 1.0)) / rate.low) / 60.0) * 60.0
    if window > DAY:
        return Alert(
            name,
            title,
            "failure",
            "page",
            None,
            "",
            name,
            made_of,
            (),
            "quiet times of more than a day are nothing unusual at this rate",
        )
    alarms = [r * math.exp(-r * window) for r in (rate.low, rate.high)]
    lines = (
        Line("runs a second", f"{rate.low:.4g} to {rate.high:.4g}", evidence.inputs),
        Line(
            "pauses of w or longer come rate x exp(-rate w) times a second; w for one a month",
            f"{window:.4g} s",
        ),
    )
    method = "pauses of a Poisson stream"
    figures = (
        Figure(
            f"alerts/{name}/threshold",
            f"Runs within the window below which {name} fires",
            "1",
            1.0,
            1.0,
            1.0,
            method=method,
            inputs=evidence.inputs,
            derivation=lines,
        ),
        Figure(
            f"alerts/{name}/window",
            f"Pause after which {name} fires",
            "s",
            window,
            window,
            window,
            method=method,
            inputs=evidence.inputs,
            derivation=lines,
        ),
        Figure(
            f"alerts/{name}/false-alarms",
            f"How often {name} begins by chance",
            "1/s",
            None,
            min(alarms),
            max(alarms),
            method=method,
            inputs=evidence.inputs,
            derivation=lines,
            valid=(STREAM, "no quieter hours of the day"),
        ),
        Figure(
            f"alerts/{name}/detection",
            f"How long nothing has to arrive until {name} fires",
            "s",
            window,
            window,
            window,
            method=method,
            inputs=evidence.inputs,
            derivation=lines,
        ),
    )
    condition = Count(select(RUNS, flow=flow.name), window, 0.0, below=True)
    says = f"no run ended within {window / 60:g} min; a pause as long comes by chance once a month at most"
    return Alert(name, title, "failure", "page", condition, says, name, made_of, figures)
