"""Work that nobody waits for at the price of work that somebody does."""

from __future__ import annotations

from groma.rules.inference.money import above, looked
from groma.rules.rule import Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Flows without a latency need whose calls have a batch price; those that don't use it."""
    return looked(subject, "flows", subject.started, "batch", _say, above(0.0))


def _say(name: str) -> tuple[str, str]:
    return (
        f"Nobody waits for {name}, and its model calls are paid as if somebody did",
        "asked in batches they would cost less a month by",
    )


RULE = Rule(
    id="batch-price-unused",
    title="Batch price that isn't used",
    looks_for="Flows that no latency need names, whose calls the catalog prices lower in batches.",
    why="Providers take half the price for answers within a day.",
    source="Price lists of Google, Mistral and OpenAI as in the catalog (genai-prices)",
    severity="note",
    tags=("inference", "cost"),
    consequence="What could wait is paid at the price of what can't.",
    remedy="Ask in batches, or state the latency that somebody needs.",
    check=check,
    good="""\
exchange: {USD: 0.9 EUR}
needs: {soon: {measure: latency/sum/p95, at_most: 20 s}}
components: {llm: {kind: llm, product: google/gemini-2.5-flash@eu, offers: {ask: {work: 1 s}}}}
flows: {sum: {starts: {rate: 1/min}, steps: [{call: llm.ask, sizes: {input: 900, output: 100}}]}}
""",
    bad="""\
exchange: {USD: 0.9 EUR}
components: {llm: {kind: llm, product: google/gemini-2.5-flash@eu, offers: {ask: {work: 1 s}}}}
flows: {sum: {starts: {rate: 1/min}, steps: [{call: llm.ask, sizes: {input: 900, output: 100}}]}}
""",
    expected=("batch-price-unused:flows.sum",),
)
