"""Tools in which somebody who isn't of the business is administrator."""

from __future__ import annotations

from groma.model.elements import Component, Model
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Everybody in `holders` of every component; those who work for a supplier."""
    pairs = [(c, name) for c in subject.components() for name in c.holders]
    hits = (
        _hit(subject.model, c, name) for c, name in pairs if subject.model.people[name].works_for is not None
    )
    return Look(len(pairs), tuple(hits))


def _hit(model: Model, component: Component, name: str) -> Hit:
    person = model.people[name]
    inside = [n for n in component.holders if model.people[n].works_for is None]
    return Hit(
        f"components.{component.name}",
        f"{person.title or name}, who works for {person.works_for}, can do everything in "
        f"{component.title or component.name}",
        f"`holders` names {name}" + ("" if inside else ", and nobody of the business"),
        component.at,
        key=name,
    )


RULE = Rule(
    id="holder-outside",
    title="Outsider as administrator",
    looks_for="People in `holders` who work for a supplier (`works_for`).",
    why="Who administers a tool can read, change and delete everything in it, also after the contract has ended.",
    source="ISO/IEC 27001:2022, A.5.19 and A.8.2 (privileged access of suppliers)",
    severity="warning",
    tags=("tools", "people"),
    consequence="The business depends on somebody whom it can't instruct, and answers for what they do.",
    remedy="Give them an account that ends with the work and can do no more than it needs; keep the administrator's.",
    check=check,
    good="people: {ana: {}, ben: {}}\ncomponents: {crm: {kind: tool, holders: [ana, ben]}}\n",
    bad="""\
suppliers: {agency: {exit: month's notice}}
people: {ana: {}, kim: {works_for: agency}}
components: {crm: {kind: tool, holders: [ana, kim]}}
""",
    expected=("holder-outside:components.crm/kim",),
)
