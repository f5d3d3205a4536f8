"""Pages that don't say their language."""

from __future__ import annotations

from groma.site.audit import Audit, Hit
from groma.site.languages import is_language
from groma.site.sight import Sight


def check(sight: Sight) -> list[Hit] | None:
    """Every HTML page."""
    page = sight.page
    if not page.is_page or page.location:
        return None
    code = page.language
    if not code:
        return [Hit(page.url, "the html element has no lang")]
    first = code.replace("_", "-").split("-")[0]
    if "_" in code or not first.isalpha() or not is_language(first):
        return [Hit(page.url, "lang is no language code", code)]
    return []


AUDIT = Audit(
    id="language-missing",
    title="Pages don't say their language",
    group="passages",
    tier="ranking",
    severity="warning",
    looks_for="html without lang, or with one that isn't a code of BCP 47.",
    why="Screen readers choose the voice by it, browsers offer translation, some engines (Bing) read it.",
    source="WCAG 2.2, 3.1.1; Lighthouse, audits html-has-lang and html-lang-valid",
    as_of="2026-11-28",
    consequence="The page is read aloud in the wrong language.",
    remedy='Write <html lang="en"> with the page\'s language.',
    page=check,
    bad="<html><head><title>A</title></head><body><p>text</p></body></html>",
    good="<html lang='de-AT'><head><title>A</title></head><body><p>text</p></body></html>",
)
