"""Pages that forbid being quoted."""

from __future__ import annotations

import re

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight

_NONE = re.compile(r"max-snippet:0$")


def check(sight: Sight) -> list[Hit] | None:
    """Every page that may be indexed."""
    if not sight.is_indexable:
        return None
    found = sorted(
        d for d in sight.directives if d in ("nosnippet", "noarchive", "nocache") or _NONE.match(d)
    )
    return [Hit(sight.page.url, f"says {', '.join(found)}")] if found else []


AUDIT = Audit(
    id="snippet-refused",
    title="Pages forbid being quoted",
    group="indexability",
    tier="gate",
    severity="warning",
    looks_for="nosnippet, max-snippet:0, noarchive or nocache on pages that may be indexed.",
    why="nosnippet keeps a page out of AI Overviews and AI Mode; Bing limits Copilot's use by noarchive and nocache.",
    source="https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag; Bing's note in "
    "table ai-crawlers",
    as_of="2026-11-28",
    consequence="Answers can't use what these pages say.",
    remedy="Take the directive away where being quoted is wanted.",
    page=check,
    bad='<meta name="robots" content="index, nosnippet"></head><p>text</p>',
    good='<meta name="robots" content="max-snippet:-1"></head><p>text</p>',
)
