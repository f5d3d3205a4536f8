"""Accounts, domains and contracts that aren't in the name of the business, or that nobody inside can open."""

from __future__ import annotations

from groma.model.finding import Finding
from groma.survey.cause import OWN_PEOPLE, Case, Cause, Explains, Remedy
from groma.survey.ground import Ground
from groma.survey.grouping import by, element_in, flows_at, quoted, touched


def fault(ground: Ground, finding: Finding) -> str | None:
    """Whoever has it: the name it is in, or the one person who can sign in; empty where nobody is known."""
    part = element_in(ground, finding, "components")
    if part is None:
        return None
    component = ground.model.components[part.partition(".")[2]]
    has = component.registered_to if finding.rule == "account-in-other-name" else (*component.holders, "")[0]
    return f"people.{has}" if has in ground.model.people else has


def tell(ground: Ground, key: str, mine: tuple[Finding, ...]) -> Case:
    parts = touched(ground, mine)
    what = quoted(ground.name_of(path) for path in parts)
    who = ground.name_of(key) if key.startswith("people.") else key.replace("_", " ")
    elsewhere = any(finding.rule == "account-in-other-name" for finding in mine)
    title = f"Only {who} can open {what}" if key else f"Nobody is known who can open {what}"
    if elsewhere:
        title = f"{what} {'is' if len(parts) == 1 else 'are'} in the name of {who}"
    people = (key.partition(".")[2],) if key.startswith("people.") else ()
    return Case(
        key=key, title=title, symptoms=mine, people=people, touches=parts, flows=flows_at(ground, parts)
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
    find=by(fault, tell),
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
    expected=("agency", "people.ana"),
)
