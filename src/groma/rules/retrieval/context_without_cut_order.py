"""Prompts that may be too long, and nobody says what is left out then."""

from __future__ import annotations

from groma.analyses.retrieval.entering import calls_of_models
from groma.rules.retrieval.context_overflow import SELDOM
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Calls to models that may not fit; those without an order of cutting, or that don't fit when all of it is cut."""
    calls = list(calls_of_models(subject.context))
    hits: list[Hit] = []
    for entering in calls:
        path = entering.step.path
        chance = subject.figure(f"context/{path}/overflow")
        if chance.high is not None and chance.high <= SELDOM:
            continue
        parts = ", ".join(name for name, _, _ in entering.parts)
        figures = (chance.name,)
        if entering.cut_first:
            stuck = subject.figure(f"context/{path}/stuck")
            if stuck.low is None or stuck.low <= SELDOM:
                continue
            said = f"without {', '.join(entering.cut_first)} it doesn't fit in {stuck.low:.2g} of all runs or more"
            figures = (chance.name, stuck.name)
        else:
            said = f"nothing says which of {parts} is cut first"
        hits.append(
            Hit(
                path,
                f"Nobody says what {entering.call.component} leaves out when a prompt is too long",
                said,
                entering.step.at,
                figures=figures,
                confidence="certain" if chance.low and chance.low > SELDOM else "possible",
            )
        )
    return Look(len(calls), tuple(hits))


RULE = Rule(
    id="context-without-cut-order",
    title="Too long a prompt without an order of cutting",
    looks_for="Calls to a language model that may overflow its window and have no `cut_first`, or not enough in it.",
    why="What is cut then is left to a library's default, often the oldest text: the instructions.",
    source="Liu et al., Lost in the Middle, 2023: place and presence of what is read decide the answer",
    severity="warning",
    tags=("context", "models"),
    consequence="Instructions or evidence vanish from just the long and difficult cases.",
    remedy="State the parts (`context`) and which go first (`cut_first: [history, passages]`), never the instructions.",
    check=check,
    good="""\
components: {writer: {kind: llm, qualities: {context: 8000 tokens}, offers: {write: {work: 1 s}}}}
flows: {a: {steps: [{call: writer.write, context: {rules: 800 tokens, passages: 9000 tokens, cut_first: passages}}]}}
""",
    bad="""\
components: {writer: {kind: llm, qualities: {context: 8000 tokens}, offers: {write: {work: 1 s}}}}
flows: {a: {steps: [{call: writer.write, context: {rules: 800 tokens, passages: 9000 tokens}}]}}
""",
    expected=("context-without-cut-order:flows.a.steps.1",),
)
