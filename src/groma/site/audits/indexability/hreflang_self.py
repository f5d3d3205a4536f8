"""Pages that list other languages and not themselves."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Patch
from groma.site.sight import Sight


def check(sight: Sight) -> list[Hit] | None:
    """Every page with hreflang that may be indexed."""
    page = sight.page
    if not sight.is_indexable or not page.alternates:
        return None
    if any(a.url == page.url for a in page.alternates):
        return []
    line = f'<link rel="alternate" hreflang="{page.language or "x-default"}" href="{page.url}">'
    return [Hit(page.url, "lists other languages and not itself", patch=Patch(page.url, "head", "", line))]


AUDIT = Audit(
    id="hreflang-self",
    title="Pages leave themselves out of their languages",
    group="indexability",
    tier="ranking",
    severity="warning",
    looks_for="hreflang groups in which the page itself is missing.",
    why="Each version must list itself and all others.",
    source="https://developers.google.com/search/docs/specialty/international/localized-versions (recalled)",
    as_of="2026-11-28",
    consequence="The group may be ignored.",
    remedy="Add the page with its own language.",
    page=check,
    bad='<link rel="alternate" hreflang="de" href="/de"></head>',
    good='<link rel="alternate" hreflang="de" href="/de"><link rel="alternate" hreflang="en" href="/page"></head>',
)
