"""Tools that act on words of a model which read what others write, with no check between."""

from __future__ import annotations

from groma.analyses.information.trifecta import counted
from groma.analyses.threats import safety_of
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every operation that changes something and may take words of a model; those that untrusted content reaches so."""
    seen = safety_of(subject.context).seen
    hits: list[Hit] = []
    weighty = [
        (use, o.impact)
        for use in seen.acting
        if (o := seen.operation(use)) is not None and (o.impact or o.effect != "idempotent")
    ]
    for use, impact in weighty:
        bad = seen.untrusted(use.written)
        if bad is None or counted(use, impact):
            continue
        hits.append(
            Hit(
                use.path,
                f"{bad[0]} reaches {use.component}.{use.operation} through a model, unchecked",
                "; ".join(bad[1]),
                use.at,
                key=use.flow,
            )
        )
    return Look(len(weighty), tuple(hits))


RULE = Rule(
    id="untrusted-into-tool",
    title="Untrusted content steers a tool",
    looks_for=(
        "Operations with effect `once` or `keyed`, or an `impact`, that take words of a model which read "
        "untrusted data, without a guard, an approval or a typed request."
    ),
    why="The tool can't tell the words of its owner from those of whoever wrote the content.",
    source="OWASP Agentic ASI01, ASI02; MITRE ATLAS AML.T0053; AML.M0030",
    severity="error",
    tags=("safety", "ai"),
    consequence="Somebody else decides what the tool does.",
    remedy="Give the operation a `request` of closed types, a guard before it, or a person who approves.",
    check=check,
    good="""\
data: {mail: {trust: untrusted}}
components:
  writer: {kind: llm, offers: {write: {work: 1 s}}}
  shop: {kind: tool, offers: {cancel: {work: 1 s, effect: keyed, request: {order: id}}}}
flows: {care: {carries: [mail], steps: [{call: writer.write}, {call: shop.cancel}]}}
""",
    bad="""\
data: {mail: {trust: untrusted}}
components:
  writer: {kind: llm, offers: {write: {work: 1 s}}}
  shop: {kind: tool, offers: {cancel: {work: 1 s, effect: keyed, request: {order: text}}}}
flows: {care: {carries: [mail], steps: [{call: writer.write}, {call: shop.cancel}]}}
""",
    expected=("untrusted-into-tool:flows.care.steps.2/care",),
)
