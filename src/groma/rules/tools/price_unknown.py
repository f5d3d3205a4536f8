"""Tools of which nobody says what they cost."""

from __future__ import annotations

from groma.analyses.cost.lines import fixed_price
from groma.analyses.handed import tools
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """All tools; those without a price, or with one that can't be worked out."""
    every = tools(subject.model)
    hits = (
        Hit(
            f"components.{tool.name}",
            f"Nobody says what {tool.title or tool.name} costs",
            missing[0],
            tool.at,
            figures=(subject.figure(f"cost/component/{tool.name}").name,),
        )
        for tool in every
        if (missing := fixed_price(subject.context, tool).missing)
    )
    return Look(len(every), tuple(hits))


RULE = Rule(
    id="price-unknown",
    title="Tool without a price",
    looks_for="Tools whose price isn't stated, or can't be worked out from what is stated.",
    why="What isn't on the list isn't negotiated, compared or ended; every total is only a lower bound.",
    source="ISO/IEC 19770-1 (IT asset management); FinOps Framework, cost allocation",
    severity="note",
    tags=("tools", "cost"),
    consequence="The bill of a month is only known to be at least so much.",
    remedy="Look it up in the contract or on the statement of the card; write 0 if it is free.",
    check=check,
    good="components: {crm: {kind: tool, price: 30 EUR/month}, wiki: {kind: tool, price: 0 EUR/month}}\n",
    bad="components: {crm: {kind: tool}, wiki: {kind: tool, price: unknown}, host: {kind: host}}\n",
    expected=("price-unknown:components.crm", "price-unknown:components.wiki"),
)
