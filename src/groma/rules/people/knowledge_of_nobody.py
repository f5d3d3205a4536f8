"""Knowledge that is needed and that nobody has: the step can't be done, the component can't be kept."""

from __future__ import annotations

from groma.analyses.dependence_hours import needed
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every topic that a step or component needs, and whether anybody knows it."""
    known = {topic for person in subject.model.people.values() for topic in person.knows}
    asked = [(need, topic) for need in needed(subject.model) for topic in need.topics]
    hits = (
        Hit(
            need.element,
            f"Nobody knows `{topic}`",
            f"needs {topic}; no person's `knows` holds it",
            need.at,
            key=topic,
        )
        for need, topic in asked
        if topic not in known
    )
    return Look(len(asked), tuple(hits))


RULE = Rule(
    id="knowledge-of-nobody",
    title="Knowledge that nobody has",
    looks_for="Topics in `needs_knowledge` that are in nobody's `knows`.",
    why="What nobody knows is done by guessing, or bought at the worst moment.",
    source="ISO 30401 (knowledge management systems), 4.4",
    severity="error",
    tags=("people", "continuity"),
    consequence="The work is done by guessing, or waits for somebody from outside.",
    remedy="Teach it to two people, buy it with a contract that says how fast help comes, or do without what needs it.",
    phases=("assess", "build"),
    check=check,
    good="people: {ana: {knows: [backups]}}\ncomponents: {nas: {kind: storage, needs_knowledge: [backups]}}\n",
    bad="people: {ana: {knows: [sales]}}\ncomponents: {nas: {kind: storage, needs_knowledge: [backups]}}\n",
    expected=("knowledge-of-nobody:components.nas/backups",),
)
