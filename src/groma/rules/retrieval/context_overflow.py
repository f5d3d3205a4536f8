"""Prompts that are longer than the model's context window in some runs."""

from __future__ import annotations

from groma.analyses.retrieval.entering import calls_of_models
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject

SELDOM = 1e-6
"""A chance below this is none: laws without an end never give nothing."""


def check(subject: Subject) -> Look:
    """Calls to models that say what enters; those that may not fit."""
    calls = list(calls_of_models(subject.context))
    hits: list[Hit] = []
    for entering in calls:
        path = entering.step.path
        chance = subject.figure(f"context/{path}/overflow")
        if chance.high is None or chance.high <= SELDOM:
            continue
        surely = chance.low is not None and chance.low > SELDOM
        stuck = subject.figure(f"context/{path}/stuck")
        after = ""
        if entering.cut_first and stuck.high is not None:
            after = f"; after cutting {', '.join(entering.cut_first)} in at most {stuck.high:.2g} of all runs"
        target = f"{entering.call.component}.{entering.call.operation}"
        hits.append(
            Hit(
                path,
                f"More than the context window of {target} holds",
                f"in {chance.low or 0.0:.2g} to {chance.high:.2g} of all runs what enters is longer than the "
                f"window{after}",
                entering.step.at,
                figures=(chance.name, stuck.name),
                confidence="certain" if surely else "possible",
            )
        )
    return Look(len(calls), tuple(hits))


RULE = Rule(
    id="context-overflow",
    title="Prompt longer than the context window",
    looks_for="Calls to a language model whose prompt and answer can be more tokens than its window holds; "
    "loops count.",
    why="The call is refused, or the end or the middle of what it should read is silently dropped.",
    source="documentation of the models' interfaces; window from the catalog (`context`)",
    severity="warning",
    tags=("context", "models"),
    consequence="Long cases fail, or are answered without what they hang on.",
    remedy="Cut what matters least first (`cut_first`), bound the parts (`max`), bound the loop, or take a "
    "model with a larger window.",
    check=check,
    good="""\
components: {writer: {kind: llm, qualities: {context: 8000 tokens}, offers: {write: {work: 1 s}}}}
flows: {a: {steps: [{call: writer.write, context: {rules: 800 tokens, passages: 4000 tokens, cut_first: passages}}]}}
""",
    bad="""\
components: {writer: {kind: llm, qualities: {context: 8000 tokens}, offers: {write: {work: 1 s}}}}
flows:
  a:
    steps:
      - repeat:
          until: 50 %
          at_most: 6
          steps:
            - call: writer.write
              context: {rules: 800 tokens, history: 100 tokens, grows: {history: 2000 tokens}, cut_first: history}
""",
    expected=("context-overflow:flows.a.steps.1.repeat.steps.1",),
)
