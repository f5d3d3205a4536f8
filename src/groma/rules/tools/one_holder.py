"""Tools in which one person alone is administrator."""

from __future__ import annotations

from groma.analyses.reach import heads
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Components that say who can sign in as their administrator; those with one head."""
    model = subject.model
    stated = [c for c in subject.components() if c.holders]
    hits = (
        Hit(
            f"components.{c.name}",
            f"Only {model.people[c.holders[0]].title or c.holders[0]} can administer {c.title or c.name}",
            f"`holders` names {c.holders[0]} alone",
            c.at,
        )
        for c in stated
        if sum(heads(model.people[name]) for name in c.holders) == 1
    )
    return Look(len(stated), tuple(hits))


RULE = Rule(
    id="one-holder",
    title="One administrator",
    looks_for="Components with exactly one person in `holders`.",
    why="A lost phone, an illness or a quarrel locks everybody out; the supplier takes weeks to believe another.",
    source="NIST SP 800-53 AC-2 (account management), CP-2 (contingency plan)",
    severity="warning",
    tags=("tools", "people", "continuity"),
    consequence="Nobody can be added, removed or helped while this person is away.",
    remedy="Make a second person of the business administrator, and keep a sealed account for emergencies.",
    check=check,
    good="people: {ana: {}, ben: {}}\ncomponents: {crm: {kind: tool, holders: [ana, ben]}}\n",
    bad="""\
people: {ana: {}, crew: {count: 2 people}}
components: {crm: {kind: tool, holders: ana}, nas: {kind: tool, holders: crew}}
""",
    expected=("one-holder:components.crm",),
)
