"""Open decisions that nobody is to make."""

from __future__ import annotations

from groma.rules.places import owned
from groma.rules.rule import Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Open decisions; those without `owner`."""
    waiting = (d for d in subject.model.decisions.values() if d.status == "open")
    asked = ((d, f"Nobody is to decide: {d.title or d.name}") for d in waiting)
    return owned("decisions", asked, seen="open, no `owner`")


RULE = Rule(
    id="decision-without-owner",
    title="Decision without an owner",
    looks_for="Open decisions (those with a proposal wait for an answer only) without `owner`.",
    why="What everybody talks about and nobody has to decide is talked about again.",
    source="RAPID: Rogers and Blenko, Who Has the D?, Harvard Business Review, January 2006",
    severity="note",
    tags=("needs", "decisions", "people"),
    consequence="It stays open until a deadline decides it.",
    remedy="Name the one person who decides, and by when.",
    check=check,
    good="""\
people: {ana: {}}
decisions: {crm: {status: open, owner: ana}, erp: {status: accepted}, wiki: {status: proposed}}
""",
    bad="decisions: {crm: {status: open}, erp: {status: accepted}}\n",
    expected=("decision-without-owner:decisions.crm",),
)
