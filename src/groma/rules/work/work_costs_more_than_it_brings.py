"""Flows whose runs cost more than they are worth."""

from __future__ import annotations

from groma.model.elements import Flow
from groma.model.quantity import Quantity
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Flows that say what a run is worth; those whose people's time and bill of a run are more."""
    valued = [f for name in subject.started if isinstance((f := subject.model.flows[name]).worth, Quantity)]
    hits = (_hit(subject, flow) for flow in valued)
    return Look(len(valued), tuple(hit for hit in hits if hit is not None))


def _hit(subject: Subject, flow: Flow) -> Hit | None:
    brings = subject.figure(f"brings/{flow.name}")
    most = brings.value if brings.value is not None else brings.high
    if most is None or most >= 0.0:
        return None
    return Hit(
        f"flows.{flow.name}",
        f"{flow.title or flow.name} costs more than it brings",
        "its people's time and its bill are more than `worth`",
        flow.at,
        figures=(brings.name, subject.figure(f"work/{flow.name}/month").name),
        confidence="certain" if brings.high is not None and brings.high < 0.0 else "likely",
    )


RULE = Rule(
    id="work-costs-more-than-it-brings",
    title="Work that costs more than it brings",
    looks_for="Flows whose people's time and bill of a run are more than `worth`.",
    why="What is done often and looks like income isn't counted against the hours that it takes.",
    source="time-driven activity-based costing: Kaplan and Anderson, Harvard Business Review, November 2004",
    severity="warning",
    tags=("work", "cost"),
    consequence="Every run more loses money.",
    remedy="Ask more for it, take the time out of it, or stop doing it.",
    check=check,
    good="""\
people: {ana: {rate: 60 EUR/h}}
flows: {repair: {worth: 90 EUR, starts: {rate: 9/month}, steps: [{ask: ana, takes: 1 h}]}}
""",
    bad="""\
people: {ana: {rate: 60 EUR/h}}
flows: {repair: {worth: 50 EUR, starts: {rate: 9/month}, steps: [{ask: ana, takes: 1 h}]}}
""",
    expected=("work-costs-more-than-it-brings:flows.repair",),
)
