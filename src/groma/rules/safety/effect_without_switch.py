"""Effects that can't be taken back and that nobody can stop at once."""

from __future__ import annotations

from groma.analyses.information import Use
from groma.analyses.information.trifecta import counted
from groma.analyses.stopping import irreversible
from groma.analyses.threats import safety_of, switched
from groma.model.elements import Operation
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every irreversible effect that takes words of a model; those without a switch and without a yes on every path."""
    seen = safety_of(subject.context).seen
    uses: list[tuple[Use, Operation]] = []
    for use in seen.acting:
        operation, steps = seen.operation(use), seen.around.get(use.path, ())
        if operation is not None and irreversible(operation, steps[-1] if steps else None):
            uses.append((use, operation))
    hits: list[Hit] = []
    for use, operation in uses:
        asked = [check for check in counted(use, operation.impact) if check.kind == "approval"]
        if asked or switched(seen, use):
            continue
        hits.append(
            Hit(
                use.path,
                f"Nobody can stop {use.component}.{use.operation} at once",
                "it can't be taken back, nobody says yes to each, and no control `stops` it, its flow or the model",
                use.at,
                key=use.flow,
            )
        )
    return Look(len(uses), tuple(hits))


RULE = Rule(
    id="effect-without-switch",
    title="Irreversible effect without a switch",
    looks_for=(
        "Operations with effect `once` or an `impact`, without `compensate`, that take words of a model: with no "
        "approval on every path and no control that `stops` them."
    ),
    why=(
        "Breakers open on failures and limits slow down; neither tells a wrong effect from a right one. Somebody has "
        "to be able to stop it, and to have tried it."
    ),
    source="Regulation (EU) 2024/1689, Article 14(4)(e); NIST SP 800-53 IR-4; OWASP ASI10",
    severity="warning",
    tags=("safety", "ai"),
    consequence="What is wrong is sent, paid or decided again with every run until somebody finds out how to stop it.",
    remedy="State the switch under `controls`: what it `stops`, who may use it (`by`), `within` what time, its `test`.",
    check=check,
    good="""\
people: {ana: {}}
components:
  bot: {kind: llm, offers: {write: {work: 1 s}}}
  post: {kind: tool, offers: {send: {work: 1 s, effect: once, reaches_out: true}}}
controls:
  off: {title: No mail goes out, against: [no-stop], stops: [components.post], by: [ana], test: drill, signal: used}
flows: {care: {steps: [{call: bot.write}, {call: post.send, limit: {rate: 10/min}}]}}
""",
    bad="""\
components:
  bot: {kind: llm, offers: {write: {work: 1 s}}}
  post: {kind: tool, offers: {send: {work: 1 s, effect: once, reaches_out: true}}}
flows: {care: {steps: [{call: bot.write}, {call: post.send, limit: {rate: 10/min}}]}}
""",
    expected=("effect-without-switch:flows.care.steps.2/care",),
)
