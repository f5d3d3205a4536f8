"""Pages that don't say how they are encoded."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Patch
from groma.site.sight import Sight


def check(sight: Sight) -> list[Hit] | None:
    """Every HTML page."""
    page = sight.page
    if not page.is_page:
        return None
    if page.charset_problem:
        return [Hit(page.url, page.charset_problem, page.charset_declared)]
    if not page.charset_declared:
        patch = Patch(page.url, "head", "", '<meta charset="utf-8">')
        return [Hit(page.url, f"declares no encoding (read as {page.charset})", patch=patch)]
    return []


AUDIT = Audit(
    id="charset",
    title="Pages don't say how they are encoded",
    group="speed",
    tier="ranking",
    severity="warning",
    looks_for="HTML without an encoding in Content-Type, mark or meta within 1024 bytes, or that contradicts it.",
    why="Every letter beyond English is then a guess.",
    source="WHATWG HTML, 4.2.5.4; Lighthouse, audit charset",
    as_of="2026-11-28",
    consequence="Names and prices are shown and indexed with wrong letters.",
    remedy='Write <meta charset="utf-8"> as the first line of the head.',
    page=check,
    bad="content-type: text/html\n\n<html lang='en'><head><title>A</title></head><body></body></html>",
    good="content-type: text/html\n\n<html lang='en'><head><meta "
    "charset='utf-8'><title>A</title></head><body></body></html>",
)
