"""Models that act, in a system that nobody can stop."""

from __future__ import annotations

from groma.analyses.threats import safety_of
from groma.model.program import walk
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Flows in which a model's words change something; those without a breaker, a limit or a stated way to stop."""
    seen = safety_of(subject.context).seen
    flows = sorted({use.flow for use in seen.acting})
    said = [
        n
        for n, c in subject.model.controls.items()
        if c.stops or {"rogue", "asi10", "ai act 14"} & {a.lower() for a in c.against}
    ]
    hits = (
        Hit(
            f"flows.{flow}",
            f"nobody can stop {flow}",
            "no breaker, no limit, no control against `rogue`",
            subject.model.flows[flow].at,
        )
        for flow in flows
        if not said
        and not any(s.policies.breaker or s.policies.limit for s in walk(subject.model.flows[flow].steps))
    )
    return Look(len(flows), tuple(hits))


RULE = Rule(
    id="no-kill-switch",
    title="No way to stop it",
    looks_for=(
        "Flows in which words of a model change something, with no `breaker`, no `limit` and no control that `stops` "
        "something or is `against: rogue`."
    ),
    why=(
        "When it goes wrong, somebody has to be able to stop the effects at once without taking "
        "everything down."
    ),
    source="Regulation (EU) 2024/1689, Article 14(4)(e); OWASP ASI10",
    severity="warning",
    tags=("safety", "ai"),
    consequence="It goes on until somebody finds out how to stop it.",
    remedy=(
        "Put a `breaker` or a `limit` around the tools, or state the switch under `controls` (who may "
        "use it, how it is tested)."
    ),
    check=check,
    good="""\
components:
  bot: {kind: llm, offers: {write: {work: 1 s}}}
  shop: {kind: tool, offers: {cancel: {work: 1 s, effect: keyed}}}
flows: {care: {steps: [{call: bot.write}, {call: shop.cancel, limit: {rate: 10/min}}]}}
""",
    bad="""\
components:
  bot: {kind: llm, offers: {write: {work: 1 s}}}
  shop: {kind: tool, offers: {cancel: {work: 1 s, effect: keyed}}}
flows: {care: {steps: [{call: bot.write}, {call: shop.cancel}]}}
""",
    expected=("no-kill-switch:flows.care",),
)
