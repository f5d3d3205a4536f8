"""People and parts that expected growth fills within two years."""

from __future__ import annotations

from groma.model.elements import Component, Person
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject

SOON_MONTHS = 24.0


def check(subject: Subject) -> Look:
    """Where growth is stated: people with working hours and parts with servers; those full within 24 months."""
    if subject.model.growth is None:
        return Look(0)
    limited: list[Person | Component] = [p for p in subject.model.people.values() if p.hours is not None]
    limited += [c for c in subject.components() if c.threads is not None and c.scales is None]
    hits = (_hit(subject, each) for each in limited)
    return Look(len(limited), tuple(hit for hit in hits if hit is not None))


def _hit(subject: Subject, each: Person | Component) -> Hit | None:
    element = f"{'people' if isinstance(each, Person) else 'components'}.{each.name}"
    full = subject.figure(f"full/{element}")
    month = full.value if full.value is not None else full.high
    if month is None or not 0.0 < month <= SOON_MONTHS:  # what is full already is told by other rules
        return None
    return Hit(
        element,
        f"Growth fills {each.title or each.name} within two years",
        f"{subject.model.growth.text if subject.model.growth else ''} more a year on today's load",
        each.at,
        figures=(full.name,),
        confidence="certain" if full.high is not None and full.high <= SOON_MONTHS else "likely",
    )


RULE = Rule(
    id="growth-breaks-it",
    title="Growth that fills people or parts",
    looks_for="With `growth` stated: people and parts whose load reaches their hours or servers within 24 months.",
    why="Hiring and changing a tool take months; who begins when it is full has a bad year.",
    source="capacity planning: ISO/IEC 20000-1:2018, 8.4.3; compound growth",
    severity="warning",
    tags=("work", "capacity"),
    consequence="From then on work is late or turned away, with the growth that was hoped for.",
    remedy="Take work out before it is full, or hire and buy in time: the figure says by when.",
    check=check,
    good="""\
growth: 20 %
people: {ana: {hours: 38 h}}
components: {web: {kind: service, threads: 1, offers: {get: {work: 50 ms}}}}
flows:
  quote: {starts: {rate: 50/month}, steps: [{ask: ana, takes: 2 h}]}
  visit: {starts: {rate: 1/s, busiest: 10/s}, steps: [{call: web.get}]}
""",
    bad="""\
growth: 20 %
people: {ana: {hours: 38 h}}
components: {web: {kind: service, threads: 1, offers: {get: {work: 75 ms}}}}
flows:
  quote: {starts: {rate: 70/month}, steps: [{ask: ana, takes: 2 h}]}
  visit: {starts: {rate: 1/s, busiest: 10/s}, steps: [{call: web.get}]}
""",
    expected=("growth-breaks-it:components.web", "growth-breaks-it:people.ana"),
)
