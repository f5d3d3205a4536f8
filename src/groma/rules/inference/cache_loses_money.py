"""Caches whose wrong hits cost more than their hits save."""

from __future__ import annotations

from groma.rules.inference.money import below_zero, looked
from groma.rules.rule import Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Flows with a cache around a priced call; those whose caches lose money."""
    return looked(subject, "flows", subject.started, "caching", _say, below_zero)


def _say(name: str) -> tuple[str, str]:
    return f"The cache of {name} costs more than it saves", "lost a month, wrong hits counted"


RULE = Rule(
    id="cache-loses-money",
    title="Cache that loses money",
    looks_for="Caches around priced calls whose wrong hits and look-ups cost more than the calls they save.",
    why="A hit saves the price of a call; a wrong hit costs what a wrong answer costs, often a hundred times that.",
    source="docs/serving.md",
    severity="warning",
    tags=("inference", "cost"),
    consequence="Each hit saves cents, and wrong ones cost more than all of them.",
    remedy="Ask for more likeness before something counts as a hit, or cache only what is exactly the same.",
    check=check,
    good="""\
components: {llm: {kind: llm, price: {call: 0.01 EUR}, offers: {ask: {work: 1 s}}}}
flows:
  help:
    starts: {rate: 1/s}
    steps: [{call: llm.ask, cache: {hits: 20 %, false_hits: 1 %, wrong_costs: 0.50 EUR}}]
""",
    bad="""\
components: {llm: {kind: llm, price: {call: 0.01 EUR}, offers: {ask: {work: 1 s}}}}
flows:
  help:
    starts: {rate: 1/s}
    steps: [{call: llm.ask, cache: {hits: 20 %, false_hits: 3 %, wrong_costs: 0.50 EUR}}]
""",
    expected=("cache-loses-money:flows.help",),
)
