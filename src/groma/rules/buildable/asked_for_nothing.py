"""People who are asked, and nobody says for what, or who don't know how."""

from __future__ import annotations

from collections.abc import Iterator

from groma.model.program import Ask, Step
from groma.rules.places import named
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every step that asks a person: what for, and whether they know what it takes."""
    asked = [(step, step.action) for _, step in subject.steps if isinstance(step.action, Ask)]
    hits = [hit for step, ask in asked for hit in _hits(subject, step, ask)]
    return Look(sum(1 + len(ask.needs_knowledge) for _, ask in asked), tuple(hits))


def _hits(subject: Subject, step: Step, ask: Ask) -> Iterator[Hit]:
    person = subject.model.people[ask.person]
    who = named(person, person.name)
    if not step.title:
        yield Hit(step.path, f"What {who} is asked for isn't stated", "no `title`", step.at, key="title")
    for topic in ask.needs_knowledge:
        if topic not in person.knows:
            seen = f"`knows` of `{person.name}` doesn't hold it"
            yield Hit(
                step.path, f"{who} is asked for what they don't know: {topic}", seen, step.at, key=topic
            )


RULE = Rule(
    id="asked-for-nothing",
    title="Person who is asked for what isn't said, or what they don't know",
    looks_for="Steps that `ask` without `title`, or that need knowledge which the person asked doesn't have.",
    why="The screen that a person sees and the training they need follow from what they are asked for.",
    source="task description: ISO 9241-11:2018, 4.2; ISO 30401:2018, 4.4",
    severity="warning",
    tags=("ambiguity", "people", "programs"),
    consequence="They get a form that asks nothing, or do what they can't.",
    remedy="Give the step a title that says what is done, and write what the person `knows`.",
    phases=("build",),
    check=check,
    good="""\
people: {ana: {knows: [prices]}}
flows: {a: {steps: [{ask: ana, takes: 5 min, title: check the price, needs_knowledge: [prices]}]}}
""",
    bad="""\
people: {ana: {}}
flows: {a: {steps: [{ask: ana, takes: 5 min, needs_knowledge: [prices]}]}}
""",
    expected=(
        "asked-for-nothing:flows.a.steps.1/prices",
        "asked-for-nothing:flows.a.steps.1/title",
    ),
)
