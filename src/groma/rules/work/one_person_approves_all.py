"""Approvals of several kinds that all wait for one person."""

from __future__ import annotations

from groma.analyses.asked_of import approval
from groma.analyses.dependence import able
from groma.analyses.reach import heads
from groma.model.program import Ask, Step, walk
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Approvals of all flows that start; whether all of several flows can be given by one and the same head only."""
    asked = [
        (name, step, step.action)
        for name in subject.started
        for step in walk(subject.model.flows[name].steps)
    ]
    approvals = [
        (name, step, action) for name, step, action in asked if isinstance(action, Ask) and approval(action)
    ]
    flows = list(dict.fromkeys(name for name, _, _ in approvals))
    people = {name for _, _, action in approvals for name in able(subject.model, action)}
    if len(flows) < 2 or sum(heads(subject.model.people[name]) for name in people) != 1:
        return Look(len(approvals))
    return Look(len(approvals), (_hit(subject, people.pop(), flows, approvals[0][1]),))


def _hit(subject: Subject, person: str, flows: list[str], first: Step) -> Hit:
    who = subject.model.people[person]
    return Hit(
        f"people.{person}",
        f"All approvals wait for {who.title or person}",
        f"{', '.join(flows)} ask {person} and nobody else (first in {first.path})",
        who.at,
        consequence=f"While {who.title or person} is away, nothing of it goes on: {', '.join(flows)}.",
        figures=(subject.figure(f"asked_of/{person}/approvals").name,),
    )


RULE = Rule(
    id="one-person-approves-all",
    title="One person approves all",
    looks_for="Approvals (`approves`, `rejects`) in two or more flows that one and the same person alone can give.",
    why="Approvals that all go to one desk queue there, are waved through, or wait for the end of a holiday.",
    source="COSO, Internal Control: Integrated Framework, 2013, principle 3; theory of constraints: Goldratt 1984",
    severity="warning",
    tags=("work", "people"),
    consequence="Everything waits for one person, who has no time to look at any of it.",
    remedy="Name a deputy, and let small amounts pass by a rule: what it is, up to how much, who answers for it.",
    check=check,
    good="""\
people: {ana: {}, ben: {}}
flows:
  buy: {starts: {rate: 9/month}, steps: [{ask: ana, approves: purchase}]}
  pay: {starts: {rate: 9/month}, steps: [{ask: ben, approves: payment}]}
""",
    bad="""\
people: {ana: {}, ben: {}}
flows:
  buy: {starts: {rate: 9/month}, steps: [{ask: ana, approves: purchase}]}
  pay: {starts: {rate: 9/month}, steps: [{ask: ana, rejects: 5 %}]}
""",
    expected=("one-person-approves-all:people.ana",),
)
