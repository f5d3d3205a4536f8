"""Effects of high impact that some path reaches without a person's yes."""

from __future__ import annotations

from groma.analyses.approval import Breach, breaches
from groma.analyses.orchestration.checks import unapproved_way
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every impact that an operation names; every call of it that isn't dominated by an approval."""
    impacts = sorted({o.impact for c in subject.components() for o in c.offers.values() if o.impact})
    paths = {str(step.at): step.path for _, step in subject.steps}
    hits: dict[str, Hit] = {}
    for impact in impacts:
        for breach in breaches(subject.context, impact):
            path = paths.get(breach.at, f"flows.{breach.flow}")
            hit = Hit(
                path,
                f"`{impact}` without approval: {breach.call}",
                _told(subject, breach, path, impact),
                next((step.at for _, step in subject.steps if step.path == path), None),
                figures=(subject.figure(f"approval/{impact}").name,),
                key=impact,
            )
            hits.setdefault(f"{path} {impact}", hit)
    return Look(len(impacts), tuple(hits.values()))


def _told(subject: Subject, breach: Breach, path: str, impact: str) -> str:
    """Why it isn't approved, and the whole way to it."""
    why = "; ".join(breach.way) or "nobody is asked before it"
    way = unapproved_way(subject.context, breach.flow, path, impact)
    return f"{why}; the way there: {way}" if way else why


RULE = Rule(
    id="unapproved-impact",
    title="High-impact effect without approval",
    looks_for="Calls of operations with `impact` on a path where nobody was asked who `approves` it.",
    why="What can't be undone, or costs money, or decides about people wants a person who answers for it.",
    source="Regulation (EU) 2024/1689 (AI Act), Article 14; segregation of duties: ISO/IEC 27001:2022 A.5.3",
    severity="error",
    tags=("programs", "safety"),
    consequence="A mistake or a trick takes effect before anybody sees it.",
    remedy="Ask a person first on every path (`ask: ..., approves: [...]`), fallbacks and retries included.",
    check=check,
    good="""\
people: {ana: {}}
components: {pay: {kind: tool, offers: {refund: {work: 1 s, impact: refund}}}}
flows: {care: {steps: [{ask: ana, takes: 2 min, approves: [refund]}, {call: pay.refund}]}}
""",
    bad="""\
components: {pay: {kind: tool, offers: {refund: {work: 1 s, impact: refund}}}}
flows: {care: {steps: [{call: pay.refund}]}}
""",
    expected=("unapproved-impact:flows.care.steps.1/refund",),
)
