"""Language codes that don't exist."""

from __future__ import annotations

import re

from groma.site.audit import Audit, Hit
from groma.site.languages import is_language
from groma.site.sight import Sight

_SHAPE = re.compile(r"([a-z]{2,3})(?:-([A-Z][a-z]{3}))?(?:-([A-Z]{2}|\d{3}))?", re.IGNORECASE)


def check(sight: Sight) -> list[Hit] | None:
    """Every page with hreflang."""
    page = sight.page
    if not page.is_page or not page.alternates:
        return None
    return [
        Hit(page.url, f"hreflang `{a.language}` is no language code", a.language)
        for a in page.alternates
        if not valid(a.language)
    ]


def valid(code: str) -> bool:
    """Whether it is x-default, or an ISO 639-1 language with script and region as the documentation allows."""
    if code.lower() == "x-default":
        return True
    found = _SHAPE.fullmatch(code)
    return (
        found is not None
        and is_language(found.group(1))
        and (found.group(3) or "").upper() not in ("UK", "EU", "EN")
    )


AUDIT = Audit(
    id="hreflang-code",
    title="Language codes that don't exist",
    group="indexability",
    tier="gate",
    severity="error",
    looks_for="hreflang values that aren't a language, with a script or region at most, or x-default.",
    why="A wrong code is ignored: the page for that country isn't shown there (en-UK for en-GB is the usual one).",
    source="https://developers.google.com/search/docs/specialty/international/localized-versions; BCP 47 (recalled)",
    as_of="2026-11-28",
    consequence="Readers get the page in the wrong language.",
    remedy="Write the language (ISO 639-1), then a region (ISO 3166-1) if needed: en-GB, de-AT.",
    page=check,
    bad='<link rel="alternate" hreflang="en-UK" href="/uk"></head>',
    good='<link rel="alternate" hreflang="en-GB" href="/uk"></head>',
)
