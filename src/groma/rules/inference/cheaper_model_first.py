"""Questions asked of a dearer model than their answers need."""

from __future__ import annotations

from groma.rules.inference.money import above, looked
from groma.rules.rule import Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Flows with two models whose accuracy is stated; those where a cheaper route is right as often."""
    return looked(subject, "flows", subject.started, "cascade", _say, above(0.0))


def _say(name: str) -> tuple[str, str]:
    return f"A cheaper route through the models answers {name} as well", "less a month"


RULE = Rule(
    id="cheaper-model-first",
    title="Cheaper model first",
    looks_for="Flows for which a cheaper model, alone or before a dearer one, is nominally right as often.",
    why="Most questions are easy; a model that knows when it is unsure can hand on the rest.",
    source="Chen, Zaharia and Zou, FrugalGPT, 2023",
    severity="note",
    tags=("inference", "cost"),
    consequence="Every question pays for the hardest one.",
    remedy="Try the route on your own questions: accuracies of two models that hang together change what it is worth.",
    check=check,
    good="""\
components:
  small: {kind: llm, price: {call: 0.001 EUR}, qualities: {accuracy: 80 %, unsure: 30 %}, offers: {ask: {work: 1 s}}}
  large: {kind: llm, price: {call: 0.010 EUR}, qualities: {accuracy: 95 %}, offers: {ask: {work: 2 s}}}
flows: {help: {starts: {rate: 1/s}, steps: [{call: large.ask}]}}
""",
    bad="""\
components:
  small: {kind: llm, price: {call: 0.001 EUR}, qualities: {accuracy: 95 %, unsure: 30 %}, offers: {ask: {work: 1 s}}}
  large: {kind: llm, price: {call: 0.010 EUR}, qualities: {accuracy: 95 %}, offers: {ask: {work: 2 s}}}
flows: {help: {starts: {rate: 1/s}, steps: [{call: large.ask}]}}
""",
    expected=("cheaper-model-first:flows.help",),
)
