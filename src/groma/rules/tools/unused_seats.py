"""Seats that are paid for and that nobody has."""

from __future__ import annotations

from groma.analyses.handed import tools
from groma.analyses.seats import unused
from groma.model.elements import Component
from groma.model.quantity import Quantity
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Tools that say how many seats are paid for and who works with them; those with more seats than heads."""
    stated = [t for t in tools(subject.model) if isinstance(t.seats, Quantity) and t.used_by]
    hits = (_hit(subject, tool) for tool in stated if (unused(subject.model, tool).value or 0.0) >= 1.0)
    return Look(len(stated), tuple(hits))


def _hit(subject: Subject, tool: Component) -> Hit:
    return Hit(
        f"components.{tool.name}",
        f"{tool.title or tool.name} has more seats than users",
        f"{tool.seats.text if tool.seats else ''} paid for, used by {', '.join(tool.used_by)}",
        tool.at,
        figures=tuple(subject.figure(f"seats/{tool.name}{of}").name for of in ("", "/month")),
        confidence="certain" if unused(subject.model, tool).low >= 1.0 else "likely",
    )


RULE = Rule(
    id="unused-seats",
    title="More seats than users",
    looks_for="Tools whose `seats` are more than the heads of those in `used_by`.",
    why="Seats are bought for a team and stay when people leave; nobody counts them again.",
    source="ISO/IEC 19770-1 (IT asset management): entitlements against use",
    severity="note",
    tags=("tools", "cost"),
    consequence="The seats are paid every month, and each is an account that nobody watches.",
    remedy="Close the accounts and order fewer seats before the contract is renewed.",
    check=check,
    good="""\
people: {ana: {}, crew: {count: 3 people}}
components: {crm: {kind: tool, seats: 4, used_by: [ana, crew], price: 15 EUR/seat/month}}
""",
    bad="""\
people: {ana: {}, crew: {count: 3 people}}
components: {crm: {kind: tool, seats: 5, used_by: [ana, crew], price: 15 EUR/seat/month}}
""",
    expected=("unused-seats:components.crm",),
)
