"""Models served by oneself that don't run as they are written."""

from __future__ import annotations

from groma.analyses.inference.served import setup_of
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Components that serve a model; those whose model or accelerator nobody knows, or that don't fit."""
    served = [c for c in subject.components() if c.serves is not None]
    hits: list[Hit] = []
    for component in served:
        wrong = setup_of(subject.context, component)
        if isinstance(wrong, str):
            title = f"{component.title or component.name} can't be served as it is written"
            assert component.serves is not None
            hits.append(Hit(f"components.{component.name}.serves", title, wrong, component.serves.at))
    return Look(len(served), tuple(hits))


RULE = Rule(
    id="served-model-cannot-run",
    title="Model that doesn't run where it is put",
    looks_for="Models served by oneself that the catalog doesn't know, or that don't fit their accelerators.",
    why="Weights and cache must fit the memory of one instance, and its parts must divide the model's heads.",
    source="Kwon et al., Efficient Memory Management for Large Language Model Serving with PagedAttention, 2023",
    severity="error",
    tags=("inference", "capacity"),
    consequence="The engine won't start, or keeps one request at a time.",
    remedy="Take as many accelerators in parallel as the text says, a smaller format, or a smaller model.",
    check=check,
    good="""\
components: {llm: {kind: llm, serves: {model: llama-3.1-8b, accelerator: h100_sxm}, offers: {ask: {}}}}
""",
    bad="""\
components:
  llm: {kind: llm, serves: {model: llama-3.1-70b, accelerator: h100_sxm, precision: bf16}, offers: {ask: {}}}
""",
    expected=("served-model-cannot-run:components.llm.serves",),
)
