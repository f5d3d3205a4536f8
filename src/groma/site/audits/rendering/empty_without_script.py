"""Pages that are empty until a script has run."""

from __future__ import annotations

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight

FEW_WORDS = 30
MUCH_SCRIPT = 20_000


def check(sight: Sight) -> list[Hit] | None:
    """Every page; suspected where there is hardly text, and an element for a script to fill or much script."""
    page = sight.page
    if not page.is_page or page.location:
        return None
    words = page.text.count(" ") + bool(page.text)
    scripts = any(s.kind in ("", "module", "text/javascript", "application/javascript") for s in page.scripts)
    if words >= FEW_WORDS or not scripts:
        return []
    if page.roots:
        return [
            Hit(
                page.url, f"{words} words without scripts, and an empty element #{page.roots[0]} to be filled"
            )
        ]
    if page.script_bytes > MUCH_SCRIPT:
        return [
            Hit(
                page.url,
                f"{words} words without scripts, {page.script_bytes} letters of script",
                confidence="likely",
            )
        ]
    return []


AUDIT = Audit(
    id="empty-without-script",
    title="Pages are empty without scripts",
    group="rendering",
    tier="gate",
    severity="error",
    looks_for=f"Pages with fewer than {FEW_WORDS} words in their HTML and an empty root for a script, or "
    f"much script.",
    why="Googlebot renders pages, later; the crawlers of most assistants don't: they see an empty page.",
    source="https://developers.google.com/search/docs/crawling-indexing/javascript/javascript-seo-basics "
    "(recalled); that "
    "AI crawlers don't render: Vercel and MERJ, The rise of the AI crawler (2024-12-17, recalled)",
    as_of="2026-11-28",
    consequence="Assistants can't quote these pages, search engines index them late.",
    remedy="Render on the server or when building, so that the HTML holds the text.",
    page=check,
    bad='<div id="root"></div><script src="/app.js"></script>',
    good='<div id="root"><p>'
    + "A page that says what it is about before any script runs. " * 6
    + '</p></div><script src="/a.js"></script>',
)
