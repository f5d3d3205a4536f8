"""Records of a high-risk system that are gone before the law says."""

from __future__ import annotations

from groma.analyses.threats import safety_of
from groma.analyses.threats.ai_act import SIX_MONTHS
from groma.model.quantity import Quantity
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every record of a `regulated` system with a model; those without `kept_for`, or kept less than six months."""
    if not subject.model.regulated or not safety_of(subject.context).seen.writers:
        return Look(0)
    records = [(name, data) for name, data in subject.model.data.items() if data.records]
    hits: list[Hit] = []
    for name, data in records:
        kept = data.kept_for
        if isinstance(kept, Quantity) and kept.low >= SIX_MONTHS * (1 - 1e-9):
            continue
        said = f"kept for {kept.text}" if isinstance(kept, Quantity) else "no `kept_for`"
        surely = isinstance(kept, Quantity) and kept.high < SIX_MONTHS * (1 - 1e-9)
        hits.append(
            Hit(
                f"data.{name}",
                f"{data.title or name} may be gone before six months are over",
                said,
                data.at,
                figures=(subject.figure(f"records/{name}/kept").name,),
                confidence="certain" if surely else "possible",
            )
        )
    return Look(len(records), tuple(hits))


RULE = Rule(
    id="record-kept-too-short",
    title="Record kept too short",
    looks_for="Data with `records`, in a system that is `regulated`, with `kept_for` under six months, or none.",
    why="Providers and deployers of a high-risk system keep its logs for six months at least, or longer by other law.",
    source="Regulation (EU) 2024/1689, Articles 19(1) and 26(6)",
    severity="warning",
    tags=("safety", "ai"),
    consequence="When somebody asks, what would show it has been deleted.",
    remedy="State `kept_for` of six months or more, and what law or contract asks beyond it.",
    check=check,
    good="""\
regulated: [credit]
data: {trail: {held_by: [log], records: [flows.care], kept_for: 7 months}}
components:
  bot: {kind: llm, offers: {write: {work: 1 s}}}
  log: {kind: database, offers: {add: {work: 1 s, effect: keyed}}}
flows: {care: {steps: [{call: bot.write}, {call: log.add, carries: [trail]}]}}
""",
    bad="""\
regulated: [credit]
data: {trail: {held_by: [log], records: [flows.care], kept_for: 90 d}}
components:
  bot: {kind: llm, offers: {write: {work: 1 s}}}
  log: {kind: database, offers: {add: {work: 1 s, effect: keyed}}}
flows: {care: {steps: [{call: bot.write}, {call: log.add, carries: [trail]}]}}
""",
    expected=("record-kept-too-short:data.trail",),
)
