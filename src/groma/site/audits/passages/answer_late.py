"""Answers that begin late."""

from __future__ import annotations

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight

MOST_WORDS = 120


def check(sight: Sight) -> list[Hit] | None:
    """Every question with a text below it, on pages that may be indexed."""
    answered = (
        [(question, below) for question, below in sight.questions if below] if sight.is_indexable else []
    )
    if not answered:
        return None
    return [
        Hit(sight.page.url, f"the first paragraph below has {below[0].words} words", question.text[:160])
        for question, below in answered
        if below[0].kind == "p" and below[0].words > MOST_WORDS
    ]


AUDIT = Audit(
    id="answer-late",
    title="Answers don't come first",
    group="passages",
    tier="wording",
    severity="note",
    looks_for=f"Questions as headings whose first paragraph has more than {MOST_WORDS} words.",
    why="A short answer first is easy to quote; that it is cited more often is plausible and unproven.",
    source="Aggarwal et al., GEO: Generative Engine Optimization, KDD 2024 (recalled; a laboratory result)",
    as_of="2026-11-28",
    consequence="Perhaps none.",
    remedy="Answer in one or two sentences, then explain.",
    page=check,
    bad="<main><h2>What does a lamp cost?</h2><p>"
    + "It depends on many things that we like to explain. " * 15
    + "</p></main>",
    good="<main><h2>What does a lamp cost?</h2><p>From 90 EUR.</p><p>"
    + "It depends on many things. " * 30
    + "</p></main>",
)
