"""People who are asked for more hours than they have."""

from __future__ import annotations

from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject

FULL = 1.0


def check(subject: Subject) -> Look:
    """People with stated working hours; those whose work of a month is more than these."""
    stated = [person for person in subject.model.people.values() if person.hours is not None]
    hits: list[Hit] = []
    for person in stated:
        load = subject.figure(f"load/{person.name}")
        least = load.low
        assert least is not None  # hours that nobody states count from zero
        middle = load.value if load.value is not None else least
        if middle > FULL:
            hits.append(
                Hit(
                    f"people.{person.name}",
                    f"{person.title or person.name} can't do all that is asked",
                    "the work of a month takes more than the working hours",
                    person.at,
                    figures=(load.name,),
                    confidence="certain" if least > FULL else "likely",
                )
            )
    return Look(len(stated), tuple(hits))


RULE = Rule(
    id="overloaded-person",
    title="Overloaded person",
    looks_for="People whose work (questions of flows, keeping components alive) is more than their working hours.",
    why="Work beyond the hours is done late, at night, or not at all, and the queue before it only grows.",
    source="Kleinrock, Queueing Systems I, 1975 (no steady state at a load of one)",
    severity="error",
    tags=("work", "people", "capacity"),
    consequence="What is asked of them can't be done: it is late, badly done, or left.",
    remedy="Take work from them: end it, give it to somebody else, or let a tool do it; then hire.",
    check=check,
    good="""\
people: {ana: {hours: 38 h}}
flows: {quote: {starts: {rate: 80/month}, steps: [{ask: ana, takes: 2 h}]}}
""",
    bad="""\
people: {ana: {hours: 38 h}}
flows: {quote: {starts: {rate: 85/month}, steps: [{ask: ana, takes: 2 h}]}}
""",
    expected=("overloaded-person:people.ana",),
)
