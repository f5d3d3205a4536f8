"""Self-hosted models with fewer instances than their targets need."""

from __future__ import annotations

from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Models served by oneself with known calls; those whose busiest hour needs more instances than there are."""
    looked, hits = 0, list[Hit]()
    for component in subject.components():
        if component.serves is None:
            continue
        figure = subject.figure(f"serving/{component.name}/instances")
        if figure.value is None:
            continue
        looked += 1
        if figure.value > component.replicas:
            hits.append(
                Hit(
                    f"components.{component.name}",
                    f"{component.title or component.name} has too few instances for its busiest hour",
                    f"{component.replicas} are there",
                    component.at,
                    figures=(figure.name,),
                    confidence="certain" if (figure.low or 0.0) > component.replicas else "likely",
                )
            )
    return Look(looked, tuple(hits))


RULE = Rule(
    id="too-few-instances",
    title="Too few instances of a self-hosted model",
    looks_for="Models served by oneself of which the busiest hour needs more instances than there are.",
    why="Beyond the rate that an instance keeps, time to the first token grows without end.",
    source="docs/serving.md",
    severity="warning",
    tags=("inference", "capacity"),
    consequence="Answers of the busiest hour miss their targets.",
    remedy="Add instances, shorten prompts, share their start, or let a smaller model take a part.",
    check=check,
    good="""\
components:
  llm: {kind: llm, replicas: 3, serves: {model: llama-3.1-8b, accelerator: h100_sxm, tpot: 40 ms}, offers: {ask: {}}}
flows: {help: {starts: {rate: 20/s}, steps: [{call: llm.ask, sizes: {input: 900, output: 100}}]}}
""",
    bad="""\
components:
  llm: {kind: llm, serves: {model: llama-3.1-8b, accelerator: h100_sxm, tpot: 40 ms}, offers: {ask: {}}}
flows: {help: {starts: {rate: 90/s}, steps: [{call: llm.ask, sizes: {input: 900, output: 100}}]}}
""",
    expected=("too-few-instances:components.llm",),
)
