"""Work that lies for days until a person takes it up."""

from __future__ import annotations

from groma.analyses.waits import Lying, lying
from groma.model.elements import Model
from groma.model.quantity import Quantity
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject

LONG = 24 * 3600.0
"""Seconds of waiting above which it is told: a day."""
TIMES = 4.0
"""How many times as long as the work itself it has to lie."""


def check(subject: Subject) -> Look:
    """Every wait directly before a question; those of a day or more, far longer than the work."""
    every = [each for each in lying(subject.model) if _the_persons(subject.model, each)]
    return Look(len(every), tuple(_hit(subject, each) for each in every if _long(each)))


def _the_persons(model: Model, each: Lying) -> bool:
    """Whether it is the person that is waited for: nothing else is said, or they are named."""
    said = each.wait.title.lower()
    person = model.people[each.question.person]
    return not said or any(name and name.lower() in said for name in (person.name, person.title))


def _long(each: Lying) -> bool:
    wait, takes = each.time.time, each.question.takes
    if not isinstance(wait, Quantity) or wait.mean < LONG:
        return False
    return not isinstance(takes, Quantity) or wait.mean >= TIMES * takes.mean


def _hit(subject: Subject, each: Lying) -> Hit:
    person = subject.model.people[each.question.person]
    flow = subject.model.flows[each.flow]
    figures = [
        subject.figure(f"waits/{each.ask.path}").name,
        subject.figure(f"waits/{each.ask.path}/runs").name,
    ]
    if isinstance(flow.worth, Quantity):
        figures.append(subject.figure(f"waits/{each.ask.path}/worth").name)
    return Hit(
        each.ask.path,
        f"{flow.title or flow.name} lies before {person.title or person.name} for more than a day",
        f"a wait of {each.time.time.text} directly before the question",
        each.ask.at,
        figures=tuple(figures),
        confidence="certain" if each.wait.title else "likely",
    )


RULE = Rule(
    id="long-wait-for-person",
    title="Long wait for a person",
    looks_for="A `wait` of a day or more directly before an `ask`, four times the work, that isn't for others.",
    why="Customers count the days, not the minutes of work; most of the days are waiting for one person's attention.",
    source="Little's law (1961); flow efficiency: Modig and Åhlström, This is Lean, 2012",
    severity="warning",
    tags=("work", "people"),
    consequence="Customers wait for days for an hour of work, and some don't wait.",
    remedy="Let others do the easy ones by a rule, set a time of day for it, or take the step out.",
    check=check,
    good="""\
people: {ana: {title: Ana}}
flows:
  quote:
    starts: {rate: 20/month}
    steps:
      - {wait: 3 h}
      - {ask: ana, takes: 30 min}
      - {wait: 9 day, title: the customer decides}
      - {ask: ana, takes: 10 min}
""",
    bad="""\
people: {ana: {title: Ana}}
flows:
  quote: {worth: 300 EUR, starts: {rate: 20/month}, steps: [{wait: 3 day}, {ask: ana, takes: 30 min}]}
  order: {starts: {rate: 9/month}, steps: [{wait: 2 day, title: until Ana has time}, {ask: ana, takes: 1 h}]}
""",
    expected=("long-wait-for-person:flows.order.steps.2", "long-wait-for-person:flows.quote.steps.2"),
)
