"""Questions as headings with nothing below."""

from __future__ import annotations

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight


def check(sight: Sight) -> list[Hit] | None:
    """Every heading in the content that ends with a question mark, on pages that may be indexed."""
    if not sight.is_indexable or not sight.questions:
        return None
    return [
        Hit(sight.page.url, "no text stands below the question", question.text[:160])
        for question, below in sight.questions
        if not below
    ]


AUDIT = Audit(
    id="question-unanswered",
    title="Questions aren't answered where they are asked",
    group="passages",
    tier="ranking",
    severity="warning",
    looks_for="Headings that ask, directly followed by another heading or by the end (also where a "
    "script opens the answer).",
    why="Passages are read as heading and text below; here there is none to quote.",
    source="https://blog.google/products/search/search-on/ (passage ranking, 2020-10-15, recalled)",
    as_of="2026-11-28",
    consequence="Somebody else's answer is quoted.",
    remedy="Write the answer below the question, in HTML; details and summary may fold it.",
    page=check,
    bad="<main><h2>What does a lamp cost?</h2><h2>Do you deliver?</h2><p>Yes, within Berlin.</p></main>",
    good="<main><h2>What does a lamp cost?</h2><p>From 90 EUR.</p></main>",
    symptom_of=("empty-without-script",),
)
