"""Hours and money of a month for work that exactly one person is able to do.

`dependence/hours` and `dependence/month` (money) are over everybody, `dependence/hours/PERSON` over one. A step that
asks for knowledge can be done by whom it asks and by anybody who has all of it; keeping a component alive by anybody
who has what it needs. Work is counted when these are one head in all, so a team of two never counts (see `dependence`).
Work that needs no stated knowledge counts as work that anybody can do.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.interval import Interval, mean_of, total
from groma.analyses.people import Work, enter_often, rate_of, work
from groma.analyses.reach import heads
from groma.analyses.standing import settled
from groma.model.elements import Model
from groma.model.figure import Figure
from groma.model.model_programs import programs
from groma.model.month import HOURS_PER_MONTH
from groma.model.position import Position
from groma.model.program import Ask, walk
from groma.model.quantity import Quantity


@dataclass(frozen=True, slots=True)
class Need:
    """A step or component (`element`) with the knowledge it needs; `asked` is whom a step asks."""

    element: str
    topics: tuple[str, ...]
    at: Position
    asked: str | None = None


def needed(model: Model) -> tuple[Need, ...]:
    """Every step and component that needs knowledge, open alternatives included."""
    found: list[Need] = []
    for _, steps in programs(model):
        for step in walk(steps):
            if isinstance(step.action, Ask) and step.action.needs_knowledge:
                found.append(Need(step.path, step.action.needs_knowledge, step.at, step.action.person))
    for name in [*model.components, *model.alternatives]:
        for component in model.candidates(name):
            if component.needs_knowledge:
                found.append(Need(f"components.{name}", component.needs_knowledge, component.at))
    return tuple(found)


def only_one(model: Model, need: Need) -> str | None:
    """The one person who is able to do it, None when nobody or several are."""
    able = {name for name, person in model.people.items() if set(need.topics) <= set(person.knows)}
    if need.asked is not None:
        able.add(need.asked)
    if sum(heads(model.people[name]) for name in able) != 1:
        return None
    return able.pop()


def figure(context: Context, measure: str) -> Figure:
    """`dependence/hours[/PERSON]` in hours a month, `dependence/month[/PERSON]` in money a month."""
    evidence = Evidence(context)
    _, of, *person = measure.split("/")
    parts: list[Interval] = []
    alone = [(who, each) for who, each in _alone(context) if not person or who == person[0]]
    enter_often(evidence, [each for _, each in alone])
    for who, each in alone:
        ref = evidence.note(each.path, each.each, "state how long it takes")
        hours = "not known" if each.hours.value is None else f"{each.hours.value:.4g} h/month"
        evidence.line(f"only {who}: {each.what}", hours, ref)
        parts.append(_amount(context, who, each, of, evidence))
    whole = total(parts)
    who = person[0] if person else "one person"
    known = not evidence.missing
    evidence.assume(
        "people know what `knows` says and no more; work without stated knowledge can be done by anybody"
    )
    return Figure(
        measure,
        f"Work that only {who} can do" + (", in money" if of == "month" else ""),
        f"{context.model.currency}/month" if of == "month" else "h/month",
        value=whole.value if known else None,
        low=whole.low,
        high=whole.high if known and math.isfinite(whole.high) else None,
        method="hours added up",
        inputs=evidence.inputs,
        derivation=tuple(evidence.lines),
        valid=evidence.valid,
        missing=evidence.missing,
        reason="" if known else "at least: some of this work isn't stated",
    )


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """Least and most, in hours or money a month."""
    _, of, *person = measure.split("/")
    evidence = Evidence(context)
    whole = total(
        _amount(context, who, each, of, evidence)
        for who, each in _alone(context)
        if not person or who == person[0]
    )
    return whole.low, whole.high


def _alone(context: Context) -> Iterator[tuple[str, Work]]:
    """Work with the one person who is able to do it, in the order of the model."""
    model = context.model
    needs = {need.element: need for need in needed(model) if need.asked is not None}
    for each in work(context):
        need = needs.get(each.path.removesuffix(".takes"))
        if need is not None and (who := only_one(model, need)):
            yield who, each
    for name in [*model.components, *model.alternatives]:
        for component in context.candidates(name):
            need = Need(f"components.{name}", component.needs_knowledge, component.at)
            if component.needs_knowledge and (who := only_one(model, need)):
                hours = mean_of(component.effort).scaled(HOURS_PER_MONTH)
                if not isinstance(component.effort, Quantity):
                    hours = Interval(0.0, None, math.inf)
                yield who, Work(
                    who, f"keeping {name} alive", f"components.{name}.effort", hours, Interval(1.0, 1.0, 1.0),
                    component.effort, certain=settled(context, name),
                )  # fmt: skip


def _amount(context: Context, who: str, each: Work, of: str, evidence: Evidence) -> Interval:
    amount = each.hours
    if of == "month":
        missing: list[str] = []
        amount = amount * rate_of(context, who, missing)
        for path in missing:
            evidence.miss(path)
    return amount if each.certain else replace(amount, low=0.0, value=None)
