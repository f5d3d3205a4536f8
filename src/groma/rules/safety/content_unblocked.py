"""Content that is blocked in one place and passes in another."""

from __future__ import annotations

from groma.analyses.unblocked import WORDS_OF, directions, ways_past
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every kind of content that some guard blocks; ways in or out, as it is blocked there, past all such guards."""
    blocked = directions(subject.context)
    found: dict[tuple[str, str], tuple[Hit, list[str]]] = {}
    for category, places in blocked.items():
        for where in sorted(places):
            for use in ways_past(subject.context, category, where):
                hit = Hit(
                    use.path,
                    f"{use.component}.{use.operation}: content {WORDS_OF[where]} past what blocks it elsewhere",
                    "",
                    use.at,
                    key=f"{use.flow}-{where}",
                )
                found.setdefault((use.path, where), (hit, []))[1].append(category)
    return Look(
        len(blocked),
        tuple(
            Hit(hit.element, hit.title, f"not blocked here: {', '.join(names)}", hit.at, key=hit.key)
            for hit, names in found.values()
        ),
    )


RULE = Rule(
    id="content-unblocked",
    title="Content that passes where it should be blocked",
    looks_for=(
        "Kinds of content that a guard `blocks`, on ways into a model (untrusted data) or out of it (`reaches_out`) "
        "that no guard with the same kind stands before."
    ),
    why="A content policy holds where it is enforced; whoever is turned down at one door tries the next.",
    source="NIST AI 600-1, 2.3 and 2.11 (MS-2.6, MG-2.2); OWASP LLM05:2025; MITRE ATLAS AML.M0020",
    severity="warning",
    tags=("safety", "ai"),
    consequence="The policy is on paper: what it forbids is read or sent by another way.",
    remedy="Put a guard with the same `blocks` on that way, or send the way past the guard that is there.",
    check=check,
    good="""\
components:
  bot: {kind: llm, offers: {write: {work: 1 s}}}
  post: {kind: tool, offers: {send: {work: 1 s, reaches_out: true}}}
flows:
  tell: {steps: [{call: bot.write, guard: [{name: wording, blocks: [promises]}]}, {call: post.send}]}
  remind: {steps: [{call: bot.write, guard: [{name: tone, blocks: [promises]}]}, {call: post.send}]}
""",
    bad="""\
components:
  bot: {kind: llm, offers: {write: {work: 1 s}}}
  post: {kind: tool, offers: {send: {work: 1 s, reaches_out: true}}}
flows:
  tell: {steps: [{call: bot.write, guard: [{name: wording, blocks: [promises]}]}, {call: post.send}]}
  remind: {steps: [{call: bot.write, guard: [{name: tone}]}, {call: post.send}]}
""",
    expected=("content-unblocked:flows.remind.steps.2/remind-out",),
)
