"""Articles of the EU AI Act and the GDPR that nothing in the model meets."""

from __future__ import annotations

from groma.analyses.threats import obligations
from groma.rules.rule import Hit, Look, Rule
from groma.rules.subject import Subject


def check(subject: Subject) -> Look:
    """Every article that is asked of this model; those that no element meets."""
    asked = obligations(subject.context)
    hits: list[Hit] = []
    for each in asked:
        if each.verdict == "gap":
            element, text, _ = (
                each.gaps[0] if each.gaps else ("controls", "nothing in the model shows it", "")
            )
            more = f" (and {len(each.gaps) - 1} more)" if len(each.gaps) > 1 else ""
            hits.append(
                Hit(
                    element,
                    f"{each.id} ({each.subject}): nothing shows that it is met",
                    f"{text}{more}; applies from {each.applies_from} ({each.status})",
                    subject.model.at,
                    key=each.id.replace(" ", "-").lower(),
                )
            )
    return Look(len(asked), tuple(hits))


RULE = Rule(
    id="article-unmet",
    title="Article that nothing meets",
    looks_for=(
        "Articles 9-15, 26 (where the model is `regulated`) and 50 of the AI Act, and of the GDPR where "
        "personal data are, for which no element and no control stands."
    ),
    why="Who is asked to show it later can only show what is there.",
    source="Regulation (EU) 2024/1689; Regulation (EU) 2016/679",
    severity="note",
    tags=("safety", "ai"),
    consequence="An obligation is open; its date is in the catalog's tables. This is not legal advice.",
    remedy=(
        "Add what is missing, or state under `controls` who meets it and where that can be seen "
        "(`against: AI Act 50`)."
    ),
    check=check,
    good="""\
components:
  bot: {kind: llm, offers: {write: {work: 1 s}}}
  post: {kind: tool, offers: {send: {work: 1 s, reaches_out: true}}}
flows: {tell: {steps: [{call: bot.write}, {call: post.send}]}}
controls: {told: {title: The first line says so, against: [AI Act 50], test: read ten, signal: share with it}}
""",
    bad="""\
components:
  bot: {kind: llm, offers: {write: {work: 1 s}}}
  post: {kind: tool, offers: {send: {work: 1 s, reaches_out: true}}}
flows: {tell: {steps: [{call: bot.write}, {call: post.send}]}}
""",
    expected=("article-unmet:flows.tell.steps.2/ai-act-50",),
)
