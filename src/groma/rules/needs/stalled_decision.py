"""Decisions that should have been made."""

from __future__ import annotations

from groma.catalog import period
from groma.model.elements import Decision
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject

LONG_DAYS = 90
"""Days after which an open decision that something waits for is taken to have stalled."""


def check(subject: Subject) -> Look:
    """Open decisions; those past their date, and those that others have waited for since more than 90 days."""
    today = subject.model.date
    if today is None:
        return Look(0)
    waiting = [d for d in subject.model.decisions.values() if d.status in ("open", "proposed")]
    hits = (_hit(decision, why) for decision in waiting if (why := _why(decision, today)))
    return Look(len(waiting), tuple(hits))


def _why(decision: Decision, today: str) -> str:
    on = period(today)[0]
    if decision.due is not None and period(decision.due)[1] < on:
        return f"due {decision.due}"
    if decision.since is None or not decision.waits:
        return ""
    long = (on - period(decision.since)[1]).days > LONG_DAYS
    return f"open since {decision.since}, while others wait for it" if long else ""


def _hit(decision: Decision, why: str) -> Hit:
    waits = f"; {', '.join(decision.waits)} wait for it" if decision.waits else ""
    return Hit(
        f"decisions.{decision.name}",
        f"Not decided: {decision.title or decision.name}",
        f"{why}{waits}",
        decision.at,
        confidence="certain" if why.startswith("due") else "likely",
    )


RULE = Rule(
    id="stalled-decision",
    title="Stalled decision",
    looks_for="Open decisions past `due`, or open for more than 90 days (`since`) while something `waits`.",
    why="What isn't decided is decided by whoever has to go on, each in their own way.",
    source="Nygard, Documenting Architecture Decisions, 2011; last responsible moment: Poppendieck 2003",
    severity="warning",
    tags=("needs", "decisions"),
    consequence="What waits for it stands still or is built twice.",
    remedy="Give it an owner, a day and the figures that it hangs on; decide what can be reversed cheaply at once.",
    check=check,
    good="""\
date: "2026-11-21"
flows: {a: {steps: [{mark: done}]}}
decisions:
  crm: {status: open, due: "2026-12-15", since: "2026-10-20", waits: flows.a}
  erp: {status: accepted, due: "2026-01-15"}
  wiki: {status: open, since: "2025-01-15"}
""",
    bad="""\
date: "2026-11-21"
decisions:
  crm: {status: open, due: "2026-10-15"}
  erp: {status: proposed, since: "2026-03", waits: decisions.crm}
""",
    expected=("stalled-decision:decisions.crm", "stalled-decision:decisions.erp"),
)
