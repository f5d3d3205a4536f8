"""Reports that a person pulls together from several places."""

from __future__ import annotations

from groma.analyses.handed import TOOLS
from groma.model.elements import Flow
from groma.model.month import SECONDS_PER_MONTH
from groma.model.program import Ask, Call, Send, walk
from groma.model.quantity import Quantity
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject

FEWEST_PLACES = 3
MOST_OFTEN = 40.0 / SECONDS_PER_MONTH
"""Runs a second up to which recurring work is taken for a report: forty a month, a little more than daily."""


def check(subject: Subject) -> Look:
    """Flows that start at most daily, in which people read and hardly write; those that read in three places."""
    reports = [subject.model.flows[name] for name in subject.started if _report(subject, name)]
    hits = (
        _hit(subject, flow, places)
        for flow in reports
        if len(places := _read(subject, flow)) >= FEWEST_PLACES
    )
    return Look(len(reports), tuple(hits))


def _report(subject: Subject, name: str) -> bool:
    flow = subject.model.flows[name]
    rate = getattr(flow.starts, "rate", None)
    by_people = any(isinstance(step.action, Ask) for step in walk(flow.steps))
    seldom = isinstance(rate, Quantity) and rate.mean <= MOST_OFTEN
    return by_people and seldom and len(_written(subject, flow)) <= 1


def _read(subject: Subject, flow: Flow) -> list[str]:
    """Places that only keep or show something, in the order they are looked up in."""
    model = subject.model
    keeping = {holder for data in model.data.values() for holder in data.held_by}
    keeping |= {c.name for c in model.components.values() if c.kind.lower() in TOOLS}
    names = (name for name, effect in _touched(subject, flow) if effect == "none" and name in keeping)
    return list(dict.fromkeys(names))


def _written(subject: Subject, flow: Flow) -> set[str]:
    return {name for name, effect in _touched(subject, flow) if effect != "none"}


def _touched(subject: Subject, flow: Flow) -> list[tuple[str, str]]:
    """Components that it calls, and what that does."""
    found: list[tuple[str, str]] = []
    for step in walk(flow.steps):
        if isinstance(step.action, Call | Send):
            for component in subject.model.candidates(step.action.component):
                found.append((component.name, component.offers[step.action.operation].effect))
    return found


def _hit(subject: Subject, flow: Flow, places: list[str]) -> Hit:
    return Hit(
        f"flows.{flow.name}",
        f"{flow.title or flow.name} is pulled together from {len(places)} places",
        f"a person reads {', '.join(places)}",
        flow.at,
        figures=tuple(subject.figure(f"work/{flow.name}/{of}").name for of in ("hours", "month")),
    )


RULE = Rule(
    id="report-from-many-places",
    title="Report from many places",
    looks_for="Flows that start daily at most, in which people read in three or more places and write in one at most.",
    why="Figures copied by hand from several places are old, differ from month to month, and nobody can check them.",
    source="DAMA-DMBOK 2, chapter 11 (business intelligence)",
    severity="note",
    tags=("work", "data"),
    consequence="It takes a person's hours every time, and its numbers can't be traced.",
    remedy="Have it made where most of it is kept, or bring what it needs to one place; drop what nobody reads.",
    check=check,
    good="""\
people: {ana: {rate: 40 EUR/h}}
components: {crm: {kind: tool, offers: {read: {}}}, books: {kind: tool, offers: {read: {}}}}
flows:
  month: {starts: {rate: 1/month}, steps: [{call: crm.read}, {call: books.read}, {ask: ana, takes: 3 h}]}
""",
    bad="""\
people: {ana: {rate: 40 EUR/h}}
components:
  crm: {kind: tool, offers: {read: {}}}
  books: {kind: tool, offers: {read: {}}}
  plan: {kind: spreadsheet, offers: {read: {}, write: {effect: idempotent}}}
flows:
  month:
    starts: {rate: 1/month}
    steps: [{call: crm.read}, {call: books.read}, {call: plan.read}, {ask: ana, takes: 3 h}, {call: plan.write}]
""",
    expected=("report-from-many-places:flows.month",),
)
