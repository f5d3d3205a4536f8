"""Cases that tell a rule about safety from a slip of the hand in it (`tools/rule_mutants.py`)."""

from __future__ import annotations

from rules.cases import Case

_OUT = """data: {mail: {trust: untrusted}}
people: {ana: {}}
components:
  bot: {kind: llm, offers: {write: {work: 1 s}}}
  post: {kind: tool, offers: {read: {work: 1 s}, send: {work: 1 s, effect: once, reaches_out: true, impact: letter}}}
"""
_CANCEL = """data: {{mail: {{trust: untrusted}}}}
people: {{ana: {{}}}}
components:
  bot: {{kind: llm, offers: {{write: {{work: 1 s}}}}}}
  shop: {{kind: tool, offers: {{cancel: {{work: 1 s, effect: {effect}, impact: refund}}}}}}
flows: {{care: {{carries: [mail], steps: [{steps}, {{call: shop.cancel}}]}}}}
"""
_TRAIL = """regulated: [credit]
data: {{trail: {{held_by: [log], records: [flows.care], kept_for: {kept}}}}}
components:
  bot: {{kind: llm, offers: {{write: {{work: 1 s}}}}}}
  log: {{kind: database, offers: {{add: {{work: 1 s, effect: keyed}}}}}}
flows: {{care: {{steps: [{{call: bot.write}}, {{call: log.add, carries: [trail]}}]}}}}
"""
_UNDONE = """components:
  bot: {kind: llm, offers: {write: {work: 1 s}}}
  shop: {kind: tool, offers: {undo: {work: 1 s}, pay: {work: 1 s, effect: keyed, impact: refund}}}
"""


LAST_SAFETY: tuple[Case, ...] = (
    Case(
        "output-unvalidated",
        _OUT
        + "flows: {a: {steps: [{call: bot.write}, {ask: ana, takes: 1 min, approves: [refund]}, {call: post.send}]}}\n",
        ("output-unvalidated:flows.a.steps.3/a",),
        1,
    ),
    Case(
        "output-unvalidated",
        _OUT
        + """flows:
  a: {carries: [mail], steps: [{call: post.read, guard: [{name: screen}]}, {call: bot.write}, {call: post.send}]}
""",
        ("output-unvalidated:flows.a.steps.3/a",),
        1,
    ),
    Case(
        "untrusted-into-tool",
        _CANCEL.format(effect="idempotent", steps="{call: bot.write}"),
        ("untrusted-into-tool:flows.care.steps.2/care",),
        1,
    ),
    Case(
        "untrusted-into-tool",
        _CANCEL.format(effect="once", steps="{call: bot.write, guard: [{name: words}]}"),
        (),
        1,
    ),
    Case(
        "untrusted-into-tool",
        _CANCEL.format(
            effect="once", steps="{call: bot.write}, {ask: ana, takes: 1 min, approves: [refund]}"
        ),
        (),
        1,
    ),
    Case(
        "effect-without-record",
        _UNDONE
        + "data: {trail: {records: [refund]}}\nflows: {a: {steps: [{call: bot.write}, {call: shop.pay}]}}\n",
        ("effect-without-record:flows.a.steps.2/a",),
        1,
        says=("trail should show it",),
    ),
    Case("record-kept-too-short", _TRAIL.format(kept="15551999.99 s"), (), 1),
    Case(
        "record-kept-too-short",
        _TRAIL.format(kept="{value: 9 d, known: 1 d .. 179.99999988 d}"),
        ("record-kept-too-short:data.trail",),
        1,
        "possible",
    ),
    Case(
        "record-kept-too-short",
        """regulated: [credit]
data: {trail: {records: [flows.care], kept_for: 9 d}}
flows: {care: {steps: [{wait: 1 s}]}}
""",
        (),
        0,
    ),
    Case(
        "effect-without-switch",
        _UNDONE
        + "flows: {a: {steps: [{call: bot.write}, {steps: [{call: shop.pay}], compensate: [{call: shop.undo}]}]}}\n",
        ("effect-without-switch:flows.a.steps.2.steps.1/a",),
        1,
    ),
    Case(
        "article-unmet",
        "regulated: [credit]\n" + _UNDONE + "flows: {a: {steps: [{call: bot.write}]}}\n",
        (
            "article-unmet:components.bot/ai-act-11",
            "article-unmet:components.bot/ai-act-13",
            "article-unmet:controls/ai-act-10",
            "article-unmet:controls/ai-act-14",
            "article-unmet:data/ai-act-12",
            "article-unmet:data/ai-act-19",
            "article-unmet:data/ai-act-26",
            "article-unmet:flows.a.steps.1/ai-act-9",
            "article-unmet:needs/ai-act-15",
        ),
        9,
        says=("nothing in the model shows it; applies from",),
    ),
    Case(
        "threat-without-control",
        """components: {bot: {kind: llm, product: google/gemini-2.5-flash@eu, offers: {write: {work: 1 s}}}}
flows: {a: {steps: [{call: bot.write, timeout: 9 s, limit: {rate: 9/min}, sizes: {output: 100}}]}}
""",
        ("threat-without-control:components.bot/supply-chain",),
    ),
    Case(
        "unapproved-impact",
        _UNDONE + "flows: {a: {steps: [{wait: 1 s, fallback: [{call: shop.pay}]}]}}\n",
        ("unapproved-impact:flows.a.steps.1.fallback.1/refund",),
        1,
        says=("flows.a.steps.1 fails and its fallback runs\n",),
    ),
)
