"""Calls that the provider's limits turn away."""

from __future__ import annotations

from groma.rules.inference.money import above, looked
from groma.rules.rule import Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Models with stated limits; those that turn away more than 1 % of the busiest hour's calls."""
    return looked(
        subject, "components", (c.name for c in subject.components("llm")), "throttled", _say, above(0.01)
    )


def _say(name: str) -> tuple[str, str]:
    return f"The limits of {name} turn calls away in the busiest hour", "share of the calls of a busy minute"


RULE = Rule(
    id="calls-turned-away",
    title="Provider's limit below the busiest hour",
    looks_for="Models whose stated limits by the minute turn away more than 1 % of the busiest hour's calls.",
    why="A limit counts by the minute, and calls come in bunches: it turns some away though the mean lies below it.",
    source="Scarf, A min-max solution of an inventory problem, 1958 (bound); docs/serving.md",
    severity="warning",
    tags=("inference", "capacity"),
    consequence="Calls fail as throttled, and their retries come on top.",
    remedy="Ask for a higher tier, spread calls over accounts or regions, or queue what can wait.",
    check=check,
    good="""\
components: {llm: {kind: llm, qualities: {request_limit: 500/min}, offers: {ask: {work: 1 s}}}}
flows: {help: {starts: {rate: 4/s}, steps: [{call: llm.ask, sizes: {input: 900, output: 100}}]}}
""",
    bad="""\
components: {llm: {kind: llm, qualities: {request_limit: 200/min}, offers: {ask: {work: 1 s}}}}
flows: {help: {starts: {rate: 4/s}, steps: [{call: llm.ask, sizes: {input: 900, output: 100}}]}}
""",
    expected=("calls-turned-away:components.llm",),
)
