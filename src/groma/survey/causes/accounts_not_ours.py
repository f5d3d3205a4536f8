"""Accounts, domains and contracts that aren't in the name of the business, or that nobody inside can open."""

from __future__ import annotations

from groma.model.finding import Finding
from groma.survey.cause import OWN_PEOPLE, Case, Cause, Explains, Remedy
from groma.survey.ground import Ground
from groma.survey.grouping import by, flows_at, where


def tell(ground: Ground, key: str, mine: tuple[Finding, ...]) -> Case:
    component = ground.model.components[key.partition(".")[2]]
    name = f"“{ground.name_of(key)}”"
    holders = tuple(component.holders)
    if any(finding.rule == "account-in-other-name" for finding in mine):
        title = f"{name} is in the name of {component.registered_to.replace('_', ' ') or 'somebody else'}"
    else:
        who = ground.name_of(f"people.{holders[0]}") if holders else "nobody inside"
        title = f"Only {who} can open {name}" if holders else f"Nobody is known who can open {name}"
    return Case(
        key=key, title=title, symptoms=mine, people=holders, touches=(key,), flows=flows_at(ground, (key,))
    )


CAUSE = Cause(
    id="accounts-not-ours",
    title="Accounts aren't the business's",
    why="Whoever set it up used their own name and address; it worked, so nobody looked.",
    risk="When they leave, quarrel or die, the business can't get at what it pays for.",
    source="ISO/IEC 27001:2022, A.5.9, A.5.16 and A.8.2; ICANN Transfer Policy (the registrant decides)",
    explains=(
        Explains("account-in-other-name", "contract or account is in another name", "certain"),
        Explains("one-holder", "one person alone can sign in as administrator"),
        Explains("no-holder", "nobody is named who can sign in"),
        Explains("holder-outside", "the one who can sign in isn't one of the people", "certain"),
    ),
    find=by(where("components"), tell),
    remedy=Remedy(
        "Move contract and account to the business, let two people administer it, keep the keys in a safe place.",
        (2.0, 12.0),
        OWN_PEOPLE,
        (0.8, 1.0),
        "judgement: forms of the supplier, a waiting time, a password manager",
    ),
    good="""\
people: {ana: {}, ben: {}}
components: {domain: {kind: tool, owner: ana, registered_to: business, holders: [ana, ben]}}
""",
    bad="""\
people: {ana: {}, ben: {}}
components: {domain: {kind: tool, owner: ana, registered_to: agency, holders: [ana]}}
""",
    expected=("components.domain",),
)
