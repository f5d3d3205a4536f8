"""People's time in a month: what they are asked, and what keeping the system alive takes; in hours, money, and load.

Hours of a person: asks per run x runs a month x time each takes, and the stated effort of the components they own.
Money: hours times what an hour costs. Load: hours over working hours (count x hours a week x 730 / 168 weeks a month);
above 100 % the work can't be done. Time nobody states is missing, never zero.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from groma.analyses.context import Context
from groma.analyses.cost.lines import runs
from groma.analyses.cost.prices import exchange
from groma.analyses.evidence import Evidence
from groma.analyses.interval import NOTHING_KNOWN, Interval, mean_of, point, total
from groma.analyses.program_inputs import enter_counts, enter_rate
from groma.analyses.standing import Line, settled
from groma.analyses.visits.counts import Use, uses
from groma.model.figure import Figure
from groma.model.month import HOURS_PER_MONTH, SECONDS_PER_HOUR, WEEKS_PER_MONTH
from groma.model.program import Ask
from groma.model.quantity import Quantity, Unknown


@dataclass(frozen=True, slots=True)
class Work:
    """One kind of work of a month: whose, what for, hours, and the open choices it depends on (`certain` if none)."""

    person: str | None
    what: str
    path: str
    hours: Interval
    times: Interval
    each: Quantity | Unknown | None
    roles: frozenset[str] = frozenset()
    certain: bool = True
    flow: str | None = None
    """The flow that asks for it; none for keeping a component alive."""


def work(context: Context) -> tuple[Work, ...]:
    """All work of people in a month: asks of every flow, and keeping components alive."""
    found: list[Work] = []
    for name in context.model.flows:
        often = runs(context, name)
        if often == point(0.0):
            continue
        for use in uses(context, name):
            if use.kind == "ask":
                found.append(_asked(name, often, use))
    for name in [*context.model.components, *context.model.alternatives]:
        roles = frozenset(a.role for a in context.model.alternatives.get(name, ()))
        for component in context.candidates(name):
            effort = component.effort
            hours = mean_of(effort).scaled(HOURS_PER_MONTH) if isinstance(effort, Quantity) else NOTHING_KNOWN
            path = f"components.{name}.effort"
            sure = settled(context, name)
            found.append(
                Work(component.owner, f"keeping {name} alive", path, hours, point(1.0), effort, roles, sure)
            )
    return tuple(found)


def _asked(flow: str, often: Interval, use: Use) -> Work:
    assert isinstance(use.step.action, Ask)
    takes = use.step.action.takes
    times = often * use.weight
    each = mean_of(takes).scaled(1.0 / SECONDS_PER_HOUR)
    what = use.step.title or f"asked in {use.step.path}"
    return Work(
        use.name,
        f"{flow}: {what}",
        f"{use.step.path}.takes",
        times * each,
        times,
        takes,
        use.roles,
        not use.when,
        flow,
    )


def figure(context: Context, measure: str) -> Figure:
    """`people/month` (money), `people/hours` (hours a month) or `load/PERSON` (share of their working hours)."""
    evidence = Evidence(context)
    kind, _, of = measure.partition("/")
    if kind == "load":
        return _load(context, measure, of, evidence)
    currency = context.model.currency
    asked = work(context)
    whole = total([_counted(context, each, of, evidence) for each in asked])
    enter_often(evidence, asked)
    title = "People's time in a month" + (", in money" if of == "month" else "")
    by_hand = sorted(c.name for c in context.model.connections.values() if c.by_hand)
    if by_hand:
        evidence.assume(
            f"carrying data over by hand ({', '.join(by_hand)}) counts only where a flow asks somebody"
        )
    return _made(measure, title, f"{currency}/month" if of == "month" else "h/month", whole, evidence)


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """Least and most."""
    kind, _, of = measure.partition("/")
    if kind == "load":
        hours = [each for each in work(context) if each.person == of]
        free = available(context, of)
        most = total(each.hours for each in hours).high
        least = math.fsum(each.hours.low for each in hours if each.certain)
        return (least / free.high if free.high > 0 else 0.0), (most / free.low if free.low > 0 else math.inf)
    found = lines(context, of)
    return math.fsum(line.low for line in found), sum(line.high for line in found)


def lines(context: Context, of: str = "month") -> tuple[Line, ...]:
    """Hours (`hours`) or money (`month`) of a month by kind of work, with the open choices each depends on."""
    found: list[Line] = []
    for each in work(context):
        amount = each.hours if of == "hours" else each.hours * rate_of(context, each.person, [])
        if not each.certain:
            amount = Interval(0.0, None, amount.high)
        found.append(Line(each.what, amount.low, amount.value, amount.high, each.roles))
    return tuple(found)


def _counted(context: Context, each: Work, of: str, evidence: Evidence) -> Interval:
    ref = evidence.note(each.path, each.each, "state how long it takes")
    who = each.person or "nobody in particular"
    hours = "not known" if each.hours.value is None else f"{each.hours.value:.4g} h"
    evidence.line(f"{who}: {each.what}", hours, ref)
    if isinstance(each.each, Quantity) and not math.isfinite(each.hours.high):
        evidence.miss(f"{each.what}: how often is not known: state the rate of its flow")
    amount = each.hours
    if of == "month" and each.hours != point(0.0):
        missing: list[str] = []
        amount = amount * rate_of(context, each.person, missing)
        for path in missing:
            evidence.miss(path)
        if each.person is None:
            evidence.miss(f"{each.path.removesuffix('.effort')}.owner: state who does it")
        elif isinstance(context.model.people[each.person].rate, Quantity):
            evidence.note(f"people.{each.person}.rate", context.model.people[each.person].rate)
    return amount if each.certain else Interval(0.0, None, amount.high)


def enter_often(evidence: Evidence, works: Iterable[Work]) -> None:
    """Enter what decides how often somebody is asked: the rates of the flows, and what happens on the way."""
    for flow in dict.fromkeys(each.flow for each in works if each.flow is not None):
        enter_rate(evidence, flow)
        enter_counts(evidence, flow)


def rate_of(context: Context, person: str | None, missing: list[str]) -> Interval:
    """What an hour of a person costs in the model's currency."""
    if person is None:
        return NOTHING_KNOWN
    rate = context.model.people[person].rate
    if not isinstance(rate, Quantity):
        missing.append(f"people.{person}.rate: state what an hour costs")
        return NOTHING_KNOWN
    change, _ = exchange(context, rate.unit.currency, missing)
    return mean_of(rate).scaled(SECONDS_PER_HOUR) * change


def available(context: Context, person: str) -> Interval:
    """Working hours a month of all of them together."""
    who = context.model.people[person]
    count = point(1.0) if who.count is None else mean_of(who.count)
    week = mean_of(who.hours).scaled(1.0 / SECONDS_PER_HOUR)
    return count * week.scaled(WEEKS_PER_MONTH)


def _load(context: Context, measure: str, person: str, evidence: Evidence) -> Figure:
    who = context.model.people[person]
    evidence.note(f"people.{person}.hours", who.hours, "state the working hours a week")
    free = available(context, person)
    asked = [each for each in work(context) if each.person == person]
    needed = total([_counted(context, each, "hours", evidence) for each in asked])
    enter_often(evidence, asked)
    value = None if needed.value is None or not free.value else needed.value / free.value
    low = needed.low / free.high if free.high > 0 else 0.0
    share = Interval(low, value, needed.high / free.low if free.low > 0 else math.inf)
    evidence.line("working hours a month", "not known" if free.value is None else f"{free.value:.4g} h")
    return _made(measure, f"Load of {person}", "1", share, evidence)


def _made(measure: str, title: str, unit: str, whole: Interval, evidence: Evidence) -> Figure:
    known = not evidence.missing
    return Figure(
        measure,
        title,
        unit,
        value=whole.value if known else None,
        low=whole.low,
        high=whole.high if known and math.isfinite(whole.high) else None,
        method="hours added up",
        inputs=evidence.inputs,
        derivation=tuple(evidence.lines),
        valid=evidence.valid,
        missing=evidence.missing,
        reason="" if known else "at least: some work isn't stated",
    )
