"""Work that only one person can do: when they are away it stops.

The truck factor of software teams (Avelino et al., ICPC 2016) asked of all work: who has all the knowledge that a step
or a component needs, counted in heads. People of a team are taken to know the same.
"""

from __future__ import annotations

from groma.analyses.dependence_hours import Need, needed, only_one
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Steps and components that need knowledge; those that one head alone can serve."""
    needs = needed(subject.model)
    alone = ((need, only_one(subject.model, need)) for need in needs)
    return Look(len(needs), tuple(_hit(subject, need, who) for need, who in alone if who))


def _hit(subject: Subject, need: Need, person: str) -> Hit:
    who = subject.model.people[person]
    name, topics = who.title or person, ", ".join(need.topics)
    figures = [subject.figure(f"dependence/hours/{person}").name]
    if who.rate is not None:
        figures.append(subject.figure(f"dependence/month/{person}").name)
    return Hit(
        need.element,
        f"Only {name} can do it: {topics}",
        f"needs {topics}, and nobody beside `{person}` is able",
        need.at,
        consequence=f"While {name} is away it waits: {_stops(subject, need)}.",
        figures=tuple(figures),
        key="+".join(need.topics),
    )


def _stops(subject: Subject, need: Need) -> str:
    """What stands still, in the words of the model."""
    section, _, rest = need.element.partition(".")
    name = rest.partition(".")[0]
    if section == "flows":
        return f"flow `{subject.model.flows[name].title or name}` stops"
    return f"nobody keeps `{subject.model.components[name].title or name}` alive"


RULE = Rule(
    id="only-one-person",
    title="Work that only one person can do",
    looks_for="Steps and components that need knowledge which exactly one person has.",
    why="Illness, holidays and notice are certain to come; the work waits, and its knowledge goes with the person.",
    source="Avelino et al., A Novel Approach for Estimating Truck Factors, ICPC 2016; ISO 22301 (key staff)",
    severity="error",
    tags=("people", "continuity"),
    consequence="The work stops when this person is away.",
    remedy="Have a second person do it once a month, or change the work so that it needs no such knowledge.",
    check=check,
    good="""\
people:
  ana: {rate: 60 EUR/h, knows: [pricing]}
  ben: {rate: 40 EUR/h, knows: [pricing]}
flows:
  quote: {starts: {rate: 20/month}, steps: [{ask: ana, takes: 2 h, needs_knowledge: [pricing]}]}
""",
    bad="""\
people:
  ana: {rate: 60 EUR/h, knows: [pricing]}
  ben: {rate: 40 EUR/h}
flows:
  quote: {starts: {rate: 20/month}, steps: [{ask: ana, takes: 2 h, needs_knowledge: [pricing]}]}
""",
    expected=("only-one-person:flows.quote.steps.1/pricing",),
)
