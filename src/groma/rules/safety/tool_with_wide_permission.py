"""Tools of a model that anybody in the system may use."""

from __future__ import annotations

from groma.analyses.threats import safety_of
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every operation that changes something and takes words of a model; those that don't say who may ask."""
    seen = safety_of(subject.context).seen
    looked: dict[str, Hit | None] = {}
    for use in seen.acting:
        operation = seen.operation(use)
        element = f"components.{use.component}.offers.{use.operation}"
        if operation is not None:
            text = f"{use.component}.{use.operation} may be asked for by anybody"
            looked.setdefault(
                element, None if operation.allowed else Hit(element, text, "no `allowed`", operation.at)
            )
    return Look(len(looked), tuple(hit for hit in looked.values() if hit is not None))


RULE = Rule(
    id="tool-with-wide-permission",
    title="Tool that anybody may use",
    looks_for="Operations that change something, take words of a model, and have no `allowed`.",
    why="Whoever steers the model has every right that its tools have.",
    source="OWASP LLM06:2025, ASI03; MITRE ATLAS AML.M0028; NIST SP 800-53 AC-6",
    severity="warning",
    tags=("safety", "ai"),
    consequence="A planted instruction acts with the rights of the whole system.",
    remedy=(
        "Name the people and parts that may ask (`allowed`), and give the model's part an identity of "
        "its own."
    ),
    check=check,
    good="""\
components:
  bot: {kind: llm, offers: {write: {work: 1 s}}}
  desk: {kind: service}
  shop: {kind: tool, offers: {cancel: {work: 1 s, effect: keyed, allowed: [desk]}}}
flows: {care: {steps: [{call: bot.write}, {call: shop.cancel}]}}
""",
    bad="""\
components:
  bot: {kind: llm, offers: {write: {work: 1 s}}}
  shop: {kind: tool, offers: {cancel: {work: 1 s, effect: keyed}}}
flows: {care: {steps: [{call: bot.write}, {call: shop.cancel}]}}
""",
    expected=("tool-with-wide-permission:components.shop.offers.cancel",),
)
