"""Effects with consequences that some run brings about without leaving a record."""

from __future__ import annotations

from groma.analyses.records import records_of
from groma.analyses.threats import recorded, safety_of
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every operation with an `impact` that takes words of a model; those that some run leaves no record of."""
    seen = safety_of(subject.context).seen
    uses = [(use, o.impact) for use in seen.acting if (o := seen.operation(use)) is not None and o.impact]
    hits: list[Hit] = []
    for use, impact in uses:
        if recorded(seen, use):
            continue
        said = records_of(subject.model, use.component, use.operation, use.flow)
        names = ", ".join(data.title or data.name for data in said)
        text = (
            f"{names} should show it, but no step that every run passes writes it to what holds it"
            if said
            else f"no data say `records: [{impact}]`"
        )
        what = impact.replace("_", " ")
        hits.append(Hit(use.path, f"The {what} leaves no record on some path", text, use.at, key=use.flow))
    return Look(len(uses), tuple(hits))


RULE = Rule(
    id="effect-without-record",
    title="Effect without a record",
    looks_for=(
        "Operations with an `impact` that take words of a model, in runs in which no step surely writes data that say "
        "they are its record (`records`)."
    ),
    why="What was done on a model's words has to be shown later: to whom it befell, to an auditor, to a court.",
    source="Regulation (EU) 2024/1689, Articles 12, 19 and 26(6); NIST SP 800-53 AU-2, AU-12; OWASP ASI10",
    severity="warning",
    tags=("safety", "ai"),
    consequence="Nobody can say afterwards what was known, proposed and decided, and on whose word.",
    remedy=(
        "Describe the record as data with `records: [IMPACT]`, `held_by` and `kept_for`, and let a step that every run "
        "passes carry it there."
    ),
    check=check,
    good="""\
data: {trail: {held_by: [log], records: [refund], kept_for: 5 years}}
components:
  bot: {kind: llm, offers: {write: {work: 1 s}}}
  shop: {kind: tool, offers: {pay: {work: 1 s, effect: keyed, impact: refund}}}
  log: {kind: database, offers: {add: {work: 1 s, effect: keyed}}}
flows: {care: {steps: [{call: bot.write}, {call: shop.pay}, {call: log.add, carries: [trail]}]}}
""",
    bad="""\
data: {trail: {held_by: [log], records: [refund], kept_for: 5 years}}
components:
  bot: {kind: llm, offers: {write: {work: 1 s}}}
  shop: {kind: tool, offers: {pay: {work: 1 s, effect: keyed, impact: refund}}}
  log: {kind: database, offers: {add: {work: 1 s, effect: keyed}}}
flows:
  care:
    steps:
      - call: bot.write
      - call: shop.pay
      - choose: [{share: 50 %, steps: [{call: log.add, carries: [trail]}]}, {share: 50 %, steps: []}]
""",
    expected=("effect-without-record:flows.care.steps.2/care",),
)
