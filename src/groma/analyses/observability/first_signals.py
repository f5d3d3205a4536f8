"""Which alert fires first on each way to fail, and after how long.

Ways to fail, of the model alone: a part that a flow calls is lost altogether; a flow gets no runs; load, money or
people's work grow beyond what the design stands; a guard drifts; copies stop. The first signal is the one with the
least detection time among the alerts that such a loss sets off.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from groma.analyses.context import Context
from groma.analyses.interval import NOTHING_KNOWN, Interval, point
from groma.analyses.observability.alert import Alert, Burn, FirstSignal
from groma.analyses.observability.metrics import started, steps_of
from groma.model.figure import Figure, Line
from groma.model.program import Call, Send
from groma.solvers.monitoring import ratio_detection


def first_signals(context: Context, alerts: tuple[Alert, ...]) -> tuple[FirstSignal, ...]:
    """One for each way to fail, those that nothing notices with no alert."""
    return (*_lost_parts(context, alerts), *_others(alerts))


def _lost_parts(context: Context, alerts: tuple[Alert, ...]) -> Iterator[FirstSignal]:
    model = context.model
    called: dict[str, list[str]] = {}
    for flow in started(model):
        for step in steps_of(model, flow):
            if isinstance(step.action, Call | Send) and step.action.component in model.components:
                flows = called.setdefault(step.action.component, [])
                if flow.name not in flows:
                    flows.append(flow.name)
    for name in sorted(called):
        part = model.components[name]
        seen = [
            (alert.name, _detection(alert))
            for alert in alerts
            if alert.name == f"errors-{name}" and alert.condition
        ]
        for flow in called[name]:
            lost = context.ledger.figures.get(f"importance/{flow}/components.{name}/birnbaum")
            share = 0.0 if lost is None or lost.value is None else lost.value
            for alert in alerts:
                if (
                    isinstance(alert.condition, Burn)
                    and alert.condition.indicator.flow == flow
                    and share > 0.0
                    and (rate := alert.condition.indicator.rate.value) is not None
                ) and alert.condition.indicator.kind != "latency":
                    burn = alert.condition
                    wait = ratio_detection(rate, share, burn.ratio, burn.windows)
                    seen.append((alert.name, point(wait)))
                if (
                    alert.name == f"silence-{flow}"
                    and alert.condition
                    and _first_called(context, flow) == name
                ):
                    seen.append((alert.name, _detection(alert)))
        yield _first(f"part-{name}", f"{part.title or name} is lost", f"components.{name}", seen)


def _first_called(context: Context, flow: str) -> str | None:
    for step in steps_of(context.model, context.model.flows[flow]):
        if isinstance(step.action, Call):
            return step.action.component
    return None


def _first(mode: str, title: str, element: str, seen: list[tuple[str, Interval]]) -> FirstSignal:
    told = sorted(
        ((wait, name) for name, wait in seen if wait.high < math.inf), key=lambda t: (t[0].high, t[1])
    )
    if not told:
        return FirstSignal(mode, title, element, None, None)
    wait, name = told[0]
    lines = tuple(
        Line(f"{other} after", _in_seconds(after), (f"alerts/{other}/threshold",)) for after, other in told
    )
    figure = Figure(
        f"first/{mode}",
        f"Time until somebody is told that {title}",
        "s",
        wait.value,
        wait.low,
        wait.high,
        method="the least of the alerts that it sets off",
        inputs=(f"alerts/{name}/threshold",),
        derivation=lines,
    )
    return FirstSignal(mode, title, element, name, figure, tuple(other for _, other in told[1:]))


def _in_seconds(wait: Interval) -> str:
    return f"{wait.low:.4g} to {wait.high:.4g} s" if wait.value is None else f"{wait.value:.4g} s"


def _others(alerts: Iterable[Alert]) -> Iterator[FirstSignal]:
    for alert in alerts:
        # Errors are those of a part, told with it; a switch isn't a way to fail: people use it.
        if alert.kind == "burn" or alert.name.startswith(("errors-", "switch-")):
            continue
        found = {figure.name.rpartition("/")[2]: figure for figure in alert.figures}
        wait = found.get("detection") or found.get("window")
        seen = [] if alert.condition is None or wait is None else [(alert.name, _ends(wait))]
        yield _first(alert.name, alert.title, alert.made_of[0] if alert.made_of else "", seen)


def _detection(alert: Alert) -> Interval:
    """How long until it fires; unknown where nothing says so."""
    found = (figure for figure in alert.figures if figure.name == alert.figure("detection"))
    return next(map(_ends, found), NOTHING_KNOWN)


def _ends(figure: Figure) -> Interval:
    return Interval(figure.low or 0.0, figure.value, math.inf if figure.high is None else figure.high)
