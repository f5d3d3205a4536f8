"""Pages that name an address of another host as theirs."""

from __future__ import annotations

from groma.site.address import host
from groma.site.audit import Audit, Hit
from groma.site.sight import Sight


def check(sight: Sight) -> list[Hit] | None:
    """Every page with a canonical."""
    page = sight.page
    if not page.is_page or not page.canonicals:
        return None
    own = host(page.url).removeprefix("www.")
    outside = [c for c in page.canonicals if not c.startswith("http") or host(c).removeprefix("www.") != own]
    return [Hit(page.url, f"gives itself away to {c}", c) for c in outside]


AUDIT = Audit(
    id="canonical-outside",
    title="Pages name another host as their source",
    group="indexability",
    tier="gate",
    severity="error",
    looks_for="Canonicals on another host (often a test server) or that are no address.",
    why="The page tells search engines to show somebody else's instead.",
    source="RFC 6596",
    as_of="2026-11-28",
    consequence="These pages aren't shown under this host.",
    remedy="Name the address on this host.",
    page=check,
    bad='<link rel="canonical" href="https://staging.example.net/page"></head>',
    good='<link rel="canonical" href="https://example.com/page"></head>',
)
