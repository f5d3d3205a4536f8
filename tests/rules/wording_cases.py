"""Cases that hold rules to their words, and to the edge of a threshold (`tools/rule_mutants.py`)."""

from __future__ import annotations

from rules.cases import Case

_TOLD = "post.send sends what a model wrote; nothing says that people are told so"
_DB = "components: {{db: {{kind: database, threads: {}, offers: {{read: {{work: 100 ms}}}}}}}}\n"
_SHOW = "flows: {{show: {{starts: {{rate: 20/s}}, steps: [{}]}}}}\n"

_ONCE = "{call: db.read, timeout: 1 s, retry: {times: 1}}"
_HELD = ("retry-overload:flows.show.steps.1",)


def _tell(sends: int) -> str:
    steps = ", ".join(["{call: bot.write}", *["{call: post.send}"] * sends])
    return (
        "components:\n  bot: {kind: llm, offers: {write: {work: 1 s}}}\n"
        "  post: {kind: tool, offers: {send: {work: 1 s, reaches_out: true}}}\n"
        f"flows: {{tell: {{steps: [{steps}]}}}}\n"
    )


def _care(title: str, calls: int) -> str:
    steps = ", ".join(["{call: bot.write, limit: {rate: 9/min}}"] * calls)
    bot = "components: {bot: {kind: llm, offers: {write: {work: 1 s}}}}\n"
    return f"{bot}flows: {{care: {{{title}steps: [{steps}]}}}}\n"


def _budget(work: str, second: str) -> str:
    steps = f"{{call: s.go, budget: 1 s}}, {{call: s.go, budget: {second}}}"
    return (
        "needs: {quick: {measure: latency/a/mean, at_most: 9 s}}\n"
        f"components: {{s: {{kind: service, offers: {{go: {{{work}}}}}}}}}\n"
        f"flows: {{a: {{starts: {{rate: 1/h}}, steps: [{steps}]}}}}\n"
    )


WORDING: tuple[Case, ...] = (
    Case("article-unmet", _tell(1), ("article-unmet:flows.tell.steps.2/ai-act-50",), 1, says=(f"{_TOLD}; applies",)),
    Case(
        "article-unmet",
        _tell(2),
        ("article-unmet:flows.tell.steps.2/ai-act-50",),
        1,
        says=(f"{_TOLD} (and 1 more); applies",),
    ),
    Case(
        "article-unmet",
        _tell(3),
        ("article-unmet:flows.tell.steps.2/ai-act-50",),
        1,
        says=(f"{_TOLD} (and 2 more); applies",),
    ),
    Case(
        "threat-without-control",
        _care("", 1),
        ("threat-without-control:flows.care.steps.1/cascade",),
        2,
        says=("care is too; none of: time limit, breaker", "nothing stands against it in “care”"),
    ),
    Case(
        "threat-without-control",
        _care("title: Care for all, ", 2),
        ("threat-without-control:flows.care.steps.1/cascade",),
        2,
        says=("care is too (and 1 more); none of", "nothing stands against it in “Care for all”"),
    ),
    Case(
        "threat-without-control",
        _care("", 3),
        ("threat-without-control:flows.care.steps.1/cascade",),
        2,
        says=("care is too (and 2 more); none of",),
    ),
    *(
        Case(
            "threat-without-control",
            f"""suppliers: {{house: {{in: US}}}}
components: {{bot: {{kind: llm, {title}supplier: house, offers: {{write: {{work: 1 s}}}}}}}}
flows: {{care: {{steps: [{{call: bot.write, timeout: 9 s}}]}}}}
""",
            ("threat-without-control:components.bot/supply-chain",),
            says=(f"nothing stands against it at {called}",),
        )
        for title, called in (("title: The bot, ", "The bot"), ("", "bot"))
    ),
    Case(
        "unapproved-impact",
        """components: {pay: {kind: tool, offers: {refund: {work: 1 s, impact: refund}}}}
flows: {care: {steps: [{call: pay.refund}]}}
""",
        ("unapproved-impact:flows.care.steps.1/refund",),
        1,
        figures=("approval/refund",),
        says=("nobody is asked before it; the way there: straight on from the start",),
    ),
    Case(
        "unapproved-impact",
        """people: {ana: {}}
components: {pay: {kind: tool, offers: {refund: {work: 1 s, impact: refund}}}}
flows:
  care:
    steps:
      - choose:
          - {share: 50 %, steps: [{ask: ana, takes: 2 min, approves: [refund]}]}
          - {share: 50 %, steps: []}
      - {call: pay.refund}
""",
        ("unapproved-impact:flows.care.steps.2/refund",),
        1,
        says=("flows.care.steps.1 takes `branch 2`; the way there: choose (", "branch 2"),
    ),
    # A step that takes its budget to the letter keeps it, whatever rounding of floats added.
    Case("budget-exceeded", _budget("work: 1 s", "0.9999999995 s"), (), 3),
    Case("budget-exceeded", _budget("work: 1 s", "0.99999999 s"), ("budget-exceeded:flows.a.steps.2/quick",), 3),
    Case("budget-exceeded", _budget("", "1 s"), (), 3),
    # Of a part that has as much to do as it can, one says so who looks at its load; of retries nothing is added.
    Case("retry-overload", _DB.format(3) + _SHOW.format("{send: db.read, retry: {times: 1}}"), _HELD, 1),
    Case("retry-overload", _DB.format(4) + _SHOW.format(_ONCE), (), 1),
    Case("retry-overload", _DB.format(2) + _SHOW.format(_ONCE), (), 1),
    Case(
        "retry-overload",
        _DB.format(3) + _SHOW.format(f"{_ONCE}, {{call: db.read, timeout: 1 s, retry: {{times: 2}}}}"),
        _HELD,
        1,
        says=("may be tried 2 times",),
    ),
    Case("retry-overload", _DB.format(3) + _SHOW.format("{call: db.read, timeout: 1 s}"), (), 0),
    Case("retry-overload", _DB.format(3), (), 0),
    Case(
        "retry-overload",
        "components: {db: {kind: database, threads: 3, offers: {read: {}}}}\n" + _SHOW.format(_ONCE),
        (),
        1,
    ),
)  # fmt: skip
