"""Flows of which nobody says what starts them, who, and for whom."""

from __future__ import annotations

from collections.abc import Iterator

from groma.model.model_programs import programs
from groma.model.program import Do, walk
from groma.rules.places import Place, look, named
from groma.rules.rule import Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Flows that no other runs: what starts them, who, and who needs what they make."""
    return look(_places(subject))


def _places(subject: Subject) -> Iterator[Place]:
    model = subject.model
    done = {s.action.flow for _, steps in programs(model) for s in walk(steps) if isinstance(s.action, Do)}
    for name, flow in model.flows.items():
        if name in done and flow.starts is None:
            continue
        title, path = named(flow, name), f"flows.{name}"
        yield Place(path, "starts", flow.starts is not None, f"{title}: when it starts isn't stated", flow.at)
        yield Place(path, "by", flow.by is not None, f"{title}: who or what starts it isn't stated", flow.at)
        yield Place(
            path, "for", bool(flow.for_), f"{title}: nobody is named who needs what it makes", flow.at
        )


RULE = Rule(
    id="flow-without-trigger",
    title="Flow of which nobody says what starts it, or for whom",
    looks_for="Flows that no other flow runs, without `starts`, `by` or `for`.",
    why="An automation begins with its trigger, and is accepted by who needs what it makes.",
    source="BPMN 2.0.2, start events (10.5.2) and participants (9.2)",
    severity="warning",
    tags=("ambiguity", "programs"),
    consequence="It is started by a guess, and nobody accepts it.",
    remedy="State how often it `starts`, `by` whom or what, and `for` whom.",
    phases=("build",),
    check=check,
    good="""\
people: {ana: {}}
flows: {close: {starts: {rate: 1/month}, by: ana, for: [ana], steps: [{wait: 1 s}]}}
""",
    bad="""\
flows: {close: {steps: [{wait: 1 s}]}}
""",
    expected=(
        "flow-without-trigger:flows.close/by",
        "flow-without-trigger:flows.close/for",
        "flow-without-trigger:flows.close/starts",
    ),
)
