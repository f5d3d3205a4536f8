"""What fails and nobody says what happens then."""

from __future__ import annotations

from collections.abc import Iterator

from groma.model.elements import Flow
from groma.model.program import Call, Send, walk
from groma.rules.places import Place, look, named
from groma.rules.rule import Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Hand-overs between components, and flows that call something; those without `on_error`."""
    return look(_places(subject))


def _places(subject: Subject) -> Iterator[Place]:
    model = subject.model
    parts = model.components
    for name, c in model.connections.items():
        if c.from_ in parts and c.to in parts:
            title = f"{named(parts[c.from_], c.from_)} to {named(parts[c.to], c.to)}"
            missing = f"{title}: what becomes of what can't be handed over isn't stated"
            yield Place(f"connections.{name}", "on_error", bool(c.on_error), missing, c.at)
    for name, flow in model.flows.items():
        if flow.starts is not None and _can_fail(flow):
            missing = f"{named(flow, name)}: what is done when it fails, and by whom, isn't stated"
            yield Place(f"flows.{name}", "on_error", bool(flow.on_error), missing, flow.at)


def _can_fail(flow: Flow) -> bool:
    """Whether anything in it can end badly without something to do instead."""
    return any(isinstance(s.action, Call | Send) and s.policies.fallback is None for s in walk(flow.steps))


RULE = Rule(
    id="failure-unanswered",
    title="Failure without an answer",
    looks_for="Connections between components, and flows with calls that have no fallback, without `on_error`.",
    why="Every call fails some day. What happens then is a decision; who builds it makes it without knowing.",
    source="Nygard, Release It!, 2nd ed. 2018, chapter 4; ISO/IEC 25010:2023, fault tolerance",
    severity="warning",
    tags=("ambiguity", "programs", "integration"),
    consequence="What failed is lost, done twice, or found by the customer.",
    remedy="Say what is kept, how often it is tried again, who is told, and what they do.",
    phases=("build",),
    check=check,
    good="""\
people: {ana: {}}
components: {crm: {kind: tool, offers: {add: {work: 1 s}}}}
flows: {ask: {starts: {rate: 1/day}, by: ana, steps: [{call: crm.add}],
    on_error: ana adds it the next morning from the mail}}
""",
    bad="""\
people: {ana: {}}
components: {crm: {kind: tool, offers: {add: {work: 1 s}}}, books: {kind: tool}}
connections: {sync: {from: crm, to: books}}
flows: {ask: {starts: {rate: 1/day}, by: ana, steps: [{call: crm.add}]}}
""",
    expected=(
        "failure-unanswered:connections.sync/on_error",
        "failure-unanswered:flows.ask/on_error",
    ),
)
