"""Tools that nobody can administer."""

from __future__ import annotations

from groma.analyses.handed import tools
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """All tools, once some component says who holds it; those that name nobody."""
    if not any(c.holders for c in subject.components()):
        return Look(0)
    every = tools(subject.model)
    hits = (
        Hit(
            f"components.{tool.name}",
            f"Nobody can administer {tool.title or tool.name}",
            "no `holders`, while others say who theirs are",
            tool.at,
            confidence="likely",
        )
        for tool in every
        if not tool.holders
    )
    return Look(len(every), tuple(hits))


RULE = Rule(
    id="no-holder",
    title="No administrator",
    looks_for="Tools without `holders`, where other components have them.",
    why="Somebody set it up, and the password left with them: nobody can be removed, and nothing be changed.",
    source="NIST SP 800-53 AC-2 (account managers); ISO/IEC 27001:2022, A.5.18",
    severity="warning",
    tags=("tools", "people"),
    consequence="People who left keep their access, and the first change takes days of the supplier's support.",
    remedy="Recover the administrator's account through the supplier, and give it to two people of the business.",
    check=check,
    good="people: {ana: {}, ben: {}}\ncomponents: {crm: {kind: tool, holders: [ana, ben]}, host: {kind: host}}\n",
    bad="people: {ana: {}, ben: {}}\ncomponents: {crm: {kind: tool, holders: [ana, ben]}, old: {kind: tool}}\n",
    expected=("no-holder:components.old",),
)
