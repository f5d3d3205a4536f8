"""Facts that are said to be known better than they can be."""

from __future__ import annotations

from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every fact; those that are neither exact nor have a range in which they lie."""
    facts = subject.model.facts.values()
    hits = (
        Hit(
            f"facts.{fact.name}",
            f"`{fact.name}` has no range" + (" and is recalled" if "recalled" in fact.source else ""),
            f"`{fact.value.text}`, neither `known` nor `exact`",
            fact.at,
        )
        for fact in facts
        if not fact.exact and fact.value.known is None
    )
    return Look(len(facts), tuple(hits))


RULE = Rule(
    id="fact-without-range",
    title="Fact without a range",
    looks_for="Facts that aren't `exact` and don't say within which range their mean lies (`known`).",
    why="A figure made from it looks like a point and isn't one; needs would count as met that aren't.",
    source="JCGM 100:2008 (Guide to the expression of uncertainty in measurement), 0.1",
    severity="note",
    tags=("needs", "facts"),
    consequence="Figures made from it are shown more exact than they are.",
    remedy="State `known: least .. most`, or `exact: true` when it is a contract's number.",
    phases=("assess", "build"),
    check=check,
    good="facts:\n  a: {value: 2 h, known: 1 h .. 3 h, source: diary, date: 2026-10}\n"
    "  b: {value: 9 EUR, source: contract, date: 2026-10, exact: true}\n",
    bad="facts:\n  a: {value: 2 h, source: recalled, date: 2026-10}\n",
    expected=("fact-without-range:facts.a",),
)
