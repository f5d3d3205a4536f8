"""Figures that nobody can check."""

from __future__ import annotations

import re

from groma.site.address import host
from groma.site.audit import Audit, Hit
from groma.site.sight import Sight

_CLAIM = re.compile(
    r"\b\d+(?:[.,]\d+)?\s?(?:%|percent\b|per cent\b|prozent\b)|\b(?:study|survey|studie|umfrage|étude)\b",
    re.I,
)
MANY = 3
MARKS = ("%", "percent", "per cent", "prozent", "study", "survey", "studie", "umfrage", "étude")


def check(sight: Sight) -> list[Hit] | None:
    """Paragraphs of articles (and pages of 300 words or more) that may be indexed."""
    page = sight.page
    if not sight.is_indexable or page.words < 300:
        return None
    if not any(mark in sight.said for mark in MARKS):
        return []
    claims = [m.group() for b in page.blocks if b.kind in ("p", "li") for m in _CLAIM.finditer(b.text)]
    own = host(page.url).removeprefix("www.")
    outward = any(link.region == "main" and host(link.url).removeprefix("www.") != own for link in page.links)
    if len(claims) < MANY or outward:
        return []
    return [
        Hit(
            page.url,
            f"{len(claims)} percentages or studies and no link to a source",
            ", ".join(claims[:5]),
            confidence="possible",
        )
    ]


AUDIT = Audit(
    id="figures-without-source",
    title="Figures have no source",
    group="passages",
    tier="wording",
    severity="note",
    looks_for=f"Pages of 300 words or more with {MANY} or more percentages or studies and no link to another site.",
    why="Readers can't check them. In a laboratory, texts with sources were cited more; outside it is unproven.",
    source="Aggarwal et al., GEO: Generative Engine Optimization, KDD 2024 (recalled)",
    as_of="2026-11-28",
    consequence="The figures are believed less; perhaps cited less.",
    remedy="Link each figure to where it comes from.",
    page=check,
    bad="<main><p>"
    + "We save 12 % of time, 30 % of cost, and a study says 40 %. "
    + "More words follow here. " * 80
    + "</p></main>",
    good="<main><p>We save 12 % of time, 30 % of cost, and a <a "
    'href="https://example.org/study">study</a> says 40 %. '
    + "More words follow here. " * 80
    + "</p></main>",
)
