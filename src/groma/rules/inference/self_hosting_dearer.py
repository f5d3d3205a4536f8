"""Self-hosting that is dearer than paying by the token."""

from __future__ import annotations

from groma.rules.inference.money import below_zero, looked
from groma.rules.rule import Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Models served by oneself that name what they stand instead of; those that cost more than that."""
    return looked(
        subject,
        "components",
        subject.model.components,
        "saves",
        _say,
        below_zero,
    )


def _say(name: str) -> tuple[str, str]:
    return f"{name} costs more than the calls it saves", "more a month than by the token"


RULE = Rule(
    id="self-hosting-dearer",
    title="Self-hosted model that is dearer than by the token",
    looks_for="Models served by oneself whose instances cost more a month than the same calls paid by the token.",
    why="An instance costs the same whether it works or not; below the break-even its calls are the dearer ones.",
    source="docs/serving.md",
    severity="note",
    tags=("inference", "cost"),
    consequence="Money is paid for instances that stand idle most of the time.",
    remedy="Pay by the token until the load is there, fill the instances with other work, or say what else it is for.",
    check=check,
    good="""\
components:
  llm:
    kind: llm
    price: {hour: 3 EUR/h}
    serves: {model: llama-3.1-8b, accelerator: h100_sxm, instead_of: api}
    offers: {ask: {}}
  api: {kind: llm, price: {input: 1 EUR/Mtoken, output: 3 EUR/Mtoken}, offers: {ask: {work: 1 s}}}
flows: {help: {starts: {rate: 4/s}, steps: [{call: llm.ask, sizes: {input: 900, output: 100}}]}}
""",
    bad="""\
components:
  llm:
    kind: llm
    price: {hour: 3 EUR/h}
    serves: {model: llama-3.1-8b, accelerator: h100_sxm, instead_of: api}
    offers: {ask: {}}
  api: {kind: llm, price: {input: 1 EUR/Mtoken, output: 3 EUR/Mtoken}, offers: {ask: {work: 1 s}}}
flows: {help: {starts: {rate: 4/min}, steps: [{call: llm.ask, sizes: {input: 900, output: 100}}]}}
""",
    expected=("self-hosting-dearer:components.llm",),
)
