"""Ways out at which untrusted content, private data and a model meet, and nothing stands between."""

from __future__ import annotations

from groma.analyses.information import trifectas
from groma.analyses.information.figures import told
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every way out at which the three meet; those that no guard and nobody stands before."""
    found = trifectas(subject.context)
    hits = (
        Hit(
            each.use.path,
            f"{each.private} can leave by {each.use.component}.{each.use.operation}, steered by {each.untrusted}",
            f"{each.untrusted}: {told(each.untrusted_way)}; {each.private}: {told(each.private_way)}",
            each.use.at,
            figures=(subject.figure(f"trifecta/{each.use.flow}").name,),
            key=each.use.flow,
        )
        for each in found
        if each.open
    )
    return Look(len(found), tuple(hits))


RULE = Rule(
    id="trifecta-open",
    title="Private data, untrusted content and a way out, all three",
    looks_for=(
        "Operations with `reaches_out` that take words of a model which read untrusted data, where "
        "private data can go along and no guard and no approval stands before."
    ),
    why=(
        "Whoever writes the content can tell the model to send the data to them; no prompt prevents that "
        "for sure."
    ),
    source=(
        "S. Willison, The lethal trifecta for AI agents (2025); Meta, Agents Rule of Two (2025); OWASP "
        "LLM01, LLM02"
    ),
    severity="error",
    tags=("safety", "ai"),
    consequence="One mail, page or document is enough to carry private data out.",
    remedy=(
        "Take away one of the three: don't let this run read the data, type the request so that no words "
        "fit in, or put a guard or a person (`ask`, `approves`) before the way out."
    ),
    check=check,
    good="""\
data:
  mail: {class: personal, trust: untrusted, fields: {text: text}}
  contacts: {class: personal, trust: trusted, held_by: [crm], fields: {name: text}}
components:
  crm: {kind: database, offers: {read: {work: 1 ms}}}
  writer: {kind: llm, offers: {write: {work: 1 s}}}
  post: {kind: tool, offers: {send: {work: 1 s, effect: once, reaches_out: true, impact: mail}}}
people: {ana: {}}
flows:
  assist:
    carries: [mail]
    steps: [{call: crm.read}, {call: writer.write}, {ask: ana, approves: [mail]}, {call: post.send}]
""",
    bad="""\
data:
  mail: {class: personal, trust: untrusted, fields: {text: text}}
  contacts: {class: personal, trust: trusted, held_by: [crm], fields: {name: text}}
components:
  crm: {kind: database, offers: {read: {work: 1 ms}}}
  writer: {kind: llm, offers: {write: {work: 1 s}}}
  post: {kind: tool, offers: {send: {work: 1 s, effect: once, reaches_out: true}}}
flows: {assist: {carries: [mail], steps: [{call: crm.read}, {call: writer.write}, {call: post.send}]}}
""",
    expected=("trifecta-open:flows.assist.steps.3/assist",),
)
