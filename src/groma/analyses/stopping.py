"""Switches: who may stop an effect, how long that takes, what a run does then, and how much happens until it stops.

A control with `stops` is a switch for what it names: a flow, a part, an operation. Time until it stands still is the
time until an alert of the flow tells (`observability`; which of them sees the trouble isn't known, so the fastest and
the slowest bound it), the time until one of those who may (`by`) is at work, and the time that the switch takes
(`within`). What a run does then follows from its program: a call that is switched off ends as `unavailable`, so the
nearest fallback runs, or the run fails.

- `stopping/FLOW/attended` s while somebody who may stop it is at work; `worst` s when it begins at the worst hour of
  the week
- `stopping/FLOW/effects` effects that a switch covers and that happen in the busiest hour's load until then, at worst
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.information import Use as Told
from groma.analyses.information import followed
from groma.analyses.information.labels import WORDS
from groma.analyses.interval import NOTHING_KNOWN, ZERO, Interval, greatest, mean_of, total
from groma.analyses.visits.counts import sure, uses
from groma.model.elements import Control, Model, Operation
from groma.model.figure import Figure
from groma.model.program import Step
from groma.model.quantity import Quantity
from groma.model.week import WEEK, Hours

TITLES = {
    "attended": "Until it stands still, while somebody who may stop it is at work",
    "worst": "Until it stands still, when it begins at the worst hour",
    "effects": "Effects that happen until it stands still, at worst",
}


@dataclass(frozen=True, slots=True)
class Switch:
    """A control that stops something, by its name."""

    name: str
    control: Control


def switches(model: Model) -> tuple[Switch, ...]:
    """Every control that stops something, in the order written."""
    return tuple(Switch(name, control) for name, control in model.controls.items() if control.stops)


def covers(control: Control, flow: str, component: str, operation: str) -> bool:
    """Whether a switch stops an operation where a flow uses it."""
    own = {
        f"flows.{flow}",
        f"components.{component}",
        f"components.{component}.{operation}",
        f"components.{component}.offers.{operation}",
    }
    return bool(own & set(control.stops))


def stopped_by(context: Context, use: Told, control: Control) -> bool:
    """Whether a switch stops what a step does: the operation, its part, its flow, or the model whose words it takes."""
    if covers(control, use.flow, use.component, use.operation):
        return True
    writers = {label.data.removeprefix(WORDS) for label in use.written if label.data.startswith(WORDS)}
    return any(f"components.{name}" in control.stops for name in writers)


def irreversible(operation: Operation, step: Step | None) -> bool:
    """Whether what it does can't be taken back: it happens anew each time, or has an impact, and nothing undoes it."""
    undone = step is not None and step.policies.compensate is not None
    return (operation.effect == "once" or operation.impact is not None) and not undone


def then(around: tuple[Step, ...]) -> tuple[Step, ...] | None:
    """What a run does where the innermost of these steps is switched off: the nearest fallback; None: it fails."""
    return next((s.policies.fallback for s in reversed(around) if s.policies.fallback is not None), None)


def longest_away(model: Model, people: tuple[str, ...]) -> float:
    """Seconds of the week's longest stretch in which none of these people works; nobody named: for ever."""
    hours: list[Hours] = []
    for name in people:
        person = model.people.get(name)
        if person is not None and not person.works:
            return 0.0  # always there unless stated
        hours += person.works if person is not None else ()
    spans = sorted(span for each in hours for span in each.spans)
    if not spans:
        return math.inf
    latest, longest = spans[0][1], 0.0
    for start, until in spans[1:]:
        longest = max(longest, start - latest)
        latest = max(latest, until)
    return max(longest, spans[0][0] + WEEK - latest)


def figure(context: Context, measure: str) -> Figure:
    """`stopping/FLOW/attended|worst|effects`."""
    _, flow, what = measure.split("/")
    evidence = Evidence(context)
    known = _switches_of(context, flow)
    if not known:
        evidence.miss(
            "controls.*.stops", f"state the switch that stops {flow} or what it does, who may use it"
        )
        return Figure(measure, f"{TITLES[what]}: {flow}", "1" if what == "effects" else "s",
                      missing=evidence.missing, reason="no switch is stated")  # fmt: skip
    time = _longest(_time(context, flow, each, what != "attended", evidence) for each in known)
    found = time if what != "effects" else time * _often(context, flow, known, evidence)
    sure = not evidence.missing
    high = found.high if sure and math.isfinite(found.high) else None
    return Figure(
        measure, f"{TITLES[what]}: {flow}", "1" if what == "effects" else "s",
        found.value if sure and high is not None else None, found.low if found.low > 0 or high is not None else None,
        high, method="times one after the other" if what != "effects" else "rate of the busiest hour times that time",
        inputs=evidence.inputs, derivation=tuple(evidence.lines), valid=evidence.valid, missing=evidence.missing,
        reason="" if sure else "how it is noticed, who may stop it or how long that takes isn't stated",
    )  # fmt: skip


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """Least and most."""
    return figure(context, measure).ends()


def _switches_of(context: Context, flow: str) -> list[Switch]:
    """The switches that stop a flow, or an operation that it uses."""
    used = {(use.name, use.operation) for use in uses(context, flow) if use.kind in ("call", "send")}
    return [
        each
        for each in switches(context.model)
        if any(covers(each.control, flow, *use) for use in used) or f"flows.{flow}" in each.control.stops
    ]


def _time(context: Context, flow: str, switch: Switch, worst: bool, evidence: Evidence) -> Interval:
    """Seconds from the beginning of the trouble until one switch has stopped it."""
    control, path = switch.control, f"controls.{switch.name}"
    noticed = _noticed(context, flow, evidence)
    if not control.by:
        evidence.miss(f"{path}.by", "state who may use it")
    away = longest_away(context.model, control.by) if control.by else math.inf
    waits = Interval(0.0, 0.0 if away == 0.0 else None, away) if worst else ZERO
    evidence.note(
        f"{path}.within", control.within, "state how long it takes from seeing it to standing still"
    )
    acts = mean_of(control.within)
    if worst and isinstance(control.within, Quantity):
        most = greatest(control.within)
        acts = Interval(acts.low, None if most != acts.high else acts.value, most)
        evidence.line("nobody who may stop it works for at most", _hours(away))
    evidence.line(f"{control.title or switch.name} takes", f"{acts.low:.4g} to {acts.high:.4g} s")
    return noticed + waits + acts


def _noticed(context: Context, flow: str, evidence: Evidence) -> Interval:
    """Seconds until an alert of the flow tells: of each need on its success the fastest, between all of them."""
    from groma.analyses.observability.alert import Burn
    from groma.analyses.observability.burn_alerts import burn_alerts
    from groma.analyses.observability.indicators import indicators

    fastest: dict[str, Figure] = {}
    for alert in burn_alerts(context, indicators(context)) if context.closed else ():
        burn = alert.condition
        if not isinstance(burn, Burn) or burn.indicator.kind != "success" or alert.severity != "page":
            continue
        if f"flows.{flow}" not in alert.made_of:
            continue
        for each in alert.figures:
            known = fastest.get(burn.indicator.need)
            faster = known is None or (each.high or 0.0) < (known.high or 0.0)
            if each.name == alert.figure("detection") and each.high is not None and faster:
                fastest[burn.indicator.need] = each
    told = {context.ledger.write(each).name: each for each in fastest.values()}
    if not told:
        evidence.miss(f"needs: state one on the success of {flow}, so that an alert tells when it goes wrong")
        return NOTHING_KNOWN
    for name in told:
        evidence.use(name)
    low = min(each.low or 0.0 for each in told.values())
    high = max(each.high or 0.0 for each in told.values())
    evidence.line("an alert tells after", f"{low:.4g} to {high:.4g} s", *told)
    evidence.assume(f"the trouble shows in the success of {flow}; what doesn't goes on until people tell")
    return Interval(low, low if low == high else None, high)


def _often(context: Context, flow: str, known: list[Switch], evidence: Evidence) -> Interval:
    """Effects a second, in the busiest hour, of the operations that the switches cover and that can't be taken back."""
    starts = context.model.flows[flow].starts
    if starts is None or starts.closed:
        evidence.miss(f"flows.{flow}.starts", "state how often it starts")
        return NOTHING_KNOWN
    evidence.note(
        f"flows.{flow}.starts.rate", starts.at_peak, "state how often it starts in the busiest hour"
    )
    peak = mean_of(starts.at_peak)
    parts: list[Interval] = []
    there = {
        (path, component): told
        for (name, path, component), told in followed(context).uses.items()
        if name == flow
    }
    for use in uses(context, flow):
        operation = None if use.component is None else use.component.offers.get(use.operation)
        if use.kind not in ("call", "send") or operation is None or not irreversible(operation, use.step):
            continue
        told = there.get((use.step.path, use.name))
        if told is not None and any(stopped_by(context, told, each.control) for each in known):
            parts.append(sure(use, use.weight))
            evidence.line(
                f"{use.name}.{use.operation} a run", f"{use.weight.low:.4g} to {use.weight.high:.4g}"
            )
    return peak * total(parts)


def _longest(found: Iterator[Interval]) -> Interval:
    """The longest of several: all switches have to be used."""
    times = list(found)
    values = [each.value for each in times]
    value = None if None in values else max(value or 0.0 for value in values)
    return Interval(max(each.low for each in times), value, max(each.high for each in times))


def _hours(seconds: float) -> str:
    return "ever" if math.isinf(seconds) else f"{seconds / 3600:.4g} h"
