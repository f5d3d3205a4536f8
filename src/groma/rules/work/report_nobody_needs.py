"""Reports and lists that nobody is said to need."""

from __future__ import annotations

from groma.model.elements import Flow
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Flows that make something to be read; those that name nobody who needs it."""
    made = [subject.model.flows[name] for name in subject.started if subject.model.flows[name].makes]
    return Look(len(made), tuple(_hit(subject, flow) for flow in made if not flow.for_))


def _hit(subject: Subject, flow: Flow) -> Hit:
    return Hit(
        f"flows.{flow.name}",
        f"Nobody is said to need {flow.title or flow.name}",
        f"makes `{flow.makes}`, and no `for` says who needs it",
        flow.at,
        figures=tuple(subject.figure(f"work/{flow.name}/{of}").name for of in ("hours", "month")),
        confidence="likely",
    )


RULE = Rule(
    id="report-nobody-needs",
    title="Report that nobody needs",
    looks_for="Flows that make something to be read (`makes`) without anybody who needs it (`for`).",
    why="Reports outlive the question they answered; whoever makes them doesn't ask, whoever gets them doesn't say.",
    source="muda (overproduction): Ohno, Toyota Production System, 1988",
    severity="note",
    tags=("work", "cost"),
    consequence="Its hours are paid every month for nothing.",
    remedy="Leave it out once and see who asks; end it, or write down for whom it is and what they decide by it.",
    check=check,
    good="""\
people: {ana: {}, ben: {}}
flows:
  month: {makes: figures of the month, for: ben, starts: {rate: 1/month}, steps: [{ask: ana, takes: 3 h}]}
  quote: {worth: 300 EUR, starts: {rate: 9/month}, steps: [{ask: ana, takes: 1 h}]}
""",
    bad="""\
people: {ana: {}, ben: {}}
flows:
  month: {makes: figures of the month, for: ben, starts: {rate: 1/month}, steps: [{ask: ana, takes: 3 h}]}
  list: {makes: list of visits, starts: {rate: 4/month}, steps: [{ask: ana, takes: 1 h}]}
""",
    expected=("report-nobody-needs:flows.list",),
)
