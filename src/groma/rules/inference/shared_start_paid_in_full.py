"""Starts of prompts that never change and are paid each time."""

from __future__ import annotations

from groma.rules.inference.money import above, looked
from groma.rules.rule import Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Models bought by the token whose calls state `shared` tokens; those where keeping them saves money."""
    return looked(
        subject, "components", (c.name for c in subject.components("llm")), "prefix", _say, above(0.0)
    )


def _say(name: str) -> tuple[str, str]:
    return (
        f"The start that all prompts of {name} share is paid in full each time",
        "kept by the provider it would cost less a month by",
    )


RULE = Rule(
    id="shared-start-paid-in-full",
    title="Shared start of prompts paid in full",
    looks_for="Models whose calls state `shared` tokens and whose provider keeps them at a lower price.",
    why="Providers read a kept start for a tenth to a quarter of the price; the bill here counts every token in full.",
    source="Price lists as in the catalog (genai-prices): cached input",
    severity="note",
    tags=("inference", "cost"),
    consequence="Instructions and examples are paid anew with each question.",
    remedy="Put what never changes first in the prompt, and turn the provider's prompt cache on.",
    check=check,
    good="""\
exchange: {USD: 0.9 EUR}
components:
  llm: {kind: llm, product: google/gemini-2.5-flash@eu, qualities: {prefix_kept: 1 min}, offers: {ask: {work: 1 s}}}
flows: {help: {starts: {rate: 1/s}, steps: [{call: llm.ask, sizes: {input: 900, shared: 0, output: 100}}]}}
""",
    bad="""\
exchange: {USD: 0.9 EUR}
components:
  llm: {kind: llm, product: google/gemini-2.5-flash@eu, qualities: {prefix_kept: 1 min}, offers: {ask: {work: 1 s}}}
flows: {help: {starts: {rate: 1/s}, steps: [{call: llm.ask, sizes: {input: 900, shared: 600, output: 100}}]}}
""",
    expected=("shared-start-paid-in-full:components.llm",),
)
