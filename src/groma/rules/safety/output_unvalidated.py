"""Words of a model that reach people outside unchecked."""

from __future__ import annotations

from groma.analyses.information.trifecta import counted
from groma.analyses.threats import safety_of
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every way out that takes words of a model; those with no check since the model answered."""
    seen = safety_of(subject.context).seen
    out = [use for use in seen.uses if use.written and seen.out(use)]
    hits: list[Hit] = []
    for use in out:
        operation = seen.operation(use)
        passed = {
            check
            for check in counted(use, None if operation is None else operation.impact)
            if check in use.checks
        }
        if not passed:
            hits.append(
                Hit(
                    use.path,
                    f"{use.component}.{use.operation} sends what a model wrote, unchecked",
                    "no guard and no approval between the model's answer and it, on some path",
                    use.at,
                    key=use.flow,
                )
            )
    return Look(len(out), tuple(hits))


RULE = Rule(
    id="output-unvalidated",
    title="Output of a model that nobody checks",
    looks_for=(
        "Operations with `reaches_out` that take words of a model, with no `guard` and no approval since "
        "it answered."
    ),
    why=(
        "A model states what isn't so, and repeats what it was told to; after it is sent nobody can take "
        "it back."
    ),
    source="OWASP LLM05:2025 (LLM10:2026); NIST AI 600-1, 2.2; MITRE ATLAS AML.M0020",
    severity="warning",
    tags=("safety", "ai"),
    consequence="What is wrong or planted is out before anybody sees it.",
    remedy="Put a `guard` around the model's call (a guard around the sending step checks too late).",
    check=check,
    good="""\
components:
  writer: {kind: llm, offers: {write: {work: 1 s}}}
  post: {kind: tool, offers: {send: {work: 1 s, effect: once, reaches_out: true}}}
flows: {tell: {steps: [{call: writer.write, guard: [{name: facts}]}, {call: post.send}]}}
""",
    bad="""\
components:
  writer: {kind: llm, offers: {write: {work: 1 s}}}
  post: {kind: tool, offers: {send: {work: 1 s, effect: once, reaches_out: true}}}
flows: {tell: {steps: [{call: writer.write}, {call: post.send, guard: [{name: facts}]}]}}
""",
    expected=("output-unvalidated:flows.tell.steps.2/tell",),
)
