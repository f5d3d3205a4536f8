"""Work by hand that takes so much of a month that doing it otherwise is worth a look.

Hours are runs a month times asks per run times the time each takes (`people/hours`); money is in `people/month`.
"""

from __future__ import annotations

from groma.analyses.people import Work, work
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject

THRESHOLD_HOURS = 16.0
"""Hours a month above which it is told: two working days."""


def check(subject: Subject) -> Look:
    """Every kind of work that a flow asks people; those whose least hours are above the threshold."""
    asked = [each for each in work(subject.context) if each.path.endswith(".takes")]
    return Look(len(asked), tuple(_hit(subject, each) for each in asked if each.hours.low > THRESHOLD_HOURS))


def _hit(subject: Subject, each: Work) -> Hit:
    step = each.path.removesuffix(".takes")
    person = subject.model.people.get(each.person or "")
    figures = [subject.figure("people/hours").name]
    if person is not None and person.rate is not None:
        figures.append(subject.figure("people/month").name)
    return Hit(
        step,
        f"Work by hand: {each.what.partition(': ')[2]}",
        f"`{each.person}` is asked for it more than two working days a month",
        None if each.each is None else each.each.at,
        figures=tuple(figures),
    )


RULE = Rule(
    id="manual-work",
    title="Manual work worth replacing",
    looks_for="Steps that ask people for more than two working days (16 h) a month together.",
    why="Repeated work by hand is paid every month, grows with the business and is where mistakes are made.",
    source="toil: Beyer et al., Site Reliability Engineering, chapter 5, 2016",
    severity="note",
    tags=("people", "cost"),
    consequence="It is paid every month; the figures say what people's time costs in all.",
    remedy="Hold what a tool, a form or a rule would take over against these hours.",
    check=check,
    good="""\
people: {office: {rate: 40 EUR/h}}
flows:
  invoice: {starts: {rate: 60/month}, steps: [{ask: office, takes: 10 min, title: write the invoice}]}
""",
    bad="""\
people: {office: {rate: 40 EUR/h}}
flows:
  invoice: {starts: {rate: 60/month}, steps: [{ask: office, takes: 25 min, title: write the invoice}]}
""",
    expected=("manual-work:flows.invoice.steps.1",),
)
