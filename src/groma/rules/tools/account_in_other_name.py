"""Contracts and accounts in somebody else's name."""

from __future__ import annotations

from groma.model.elements import Component, Model
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject

OWN = frozenset({"business", "company", "firm", "organisation", "organization", "us"})
"""Words for the business itself."""


def check(subject: Subject) -> Look:
    """Components that say in whose name they are; those in another name than the business's."""
    stated = [c for c in subject.components() if c.registered_to]
    hits = (_hit(subject.model, c) for c in stated if not _own(subject.model, c.registered_to))
    return Look(len(stated), tuple(hits))


def _own(model: Model, name: str) -> bool:
    plain = " ".join(name.lower().removeprefix("the ").split())
    return plain in OWN or plain == " ".join(model.system.lower().split())


def _hit(model: Model, component: Component) -> Hit:
    name = component.registered_to
    party = model.people.get(name) or model.suppliers.get(name)
    who = name if party is None else party.title or name
    return Hit(
        f"components.{component.name}",
        f"{component.title or component.name} is in the name of {who}",
        f"`registered_to: {name}`",
        component.at,
        confidence="certain" if party is not None else "likely",
    )


RULE = Rule(
    id="account-in-other-name",
    title="Account in another's name",
    looks_for="Components whose contract or account is in the name of a person or supplier (`registered_to`).",
    why="Who is named in the contract can close it, sell it or take it along; the business only uses it.",
    source="ISO/IEC 27001:2022, A.5.9 and A.5.20; ICANN, registrant's rights and responsibilities (domain names)",
    severity="warning",
    tags=("tools", "continuity"),
    consequence="When the two part, the account and what is in it stay with the other.",
    remedy="Have contract and account put in the name of the business now, while everybody is on good terms.",
    check=check,
    good="people: {ana: {}}\ncomponents: {site: {kind: tool, registered_to: business}, crm: {kind: tool}}\n",
    bad="""\
people: {ana: {}}
suppliers: {agency: {title: Web agency}}
components:
  domain: {kind: domain, registered_to: agency}
  phone: {kind: tool, registered_to: ana}
  shop: {kind: tool, registered_to: a former partner}
""",
    expected=(
        "account-in-other-name:components.domain",
        "account-in-other-name:components.phone",
        "account-in-other-name:components.shop",
    ),
)
