"""Pages whose addresses differ only behind the hash."""

from __future__ import annotations

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight


def check(sight: Sight) -> list[Hit] | None:
    """All links of every page."""
    page = sight.page
    if not page.is_page:
        return None
    found = dict.fromkeys(f"#{link.fragment}" for link in page.links if link.fragment.startswith(("/", "!")))
    return [Hit(page.url, f"{len(found)} links differ only behind the #", next(iter(found)))] if found else []


AUDIT = Audit(
    id="fragment-route",
    title="Pages differ only behind the #",
    group="rendering",
    tier="gate",
    severity="error",
    looks_for="Links such as /#/prices or #!/prices, by which a script decides what is shown.",
    why="What stands behind # isn't sent to a server: to crawlers all these pages are one.",
    source="https://developers.google.com/search/docs/crawling-indexing/javascript/javascript-seo-basics (recalled)",
    as_of="2026-11-28",
    consequence="Only the first page exists for search engines.",
    remedy="Give each page a path of its own (History API), answered by the server.",
    page=check,
    bad='<a href="/#/prices">Prices</a>',
    good='<a href="/prices">Prices</a><a href="#prices">Prices below</a>',
)
