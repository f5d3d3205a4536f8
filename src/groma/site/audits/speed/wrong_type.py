"""Pages that are sent as something else."""

from __future__ import annotations

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight


def check(sight: Sight) -> list[Hit] | None:
    """Every answer with success that says a type."""
    page = sight.page
    if not 200 <= page.status < 300:
        return None
    kind = page.header("content-type").partition(";")[0].strip().lower()
    name = page.url.partition("?")[0].rpartition("/")[2].lower()
    looks = name.endswith((".html", ".htm", ".php", ".aspx")) or "." not in name
    if page.is_html and kind:
        return []
    if not looks:
        return None
    if not kind:
        return [Hit(page.url, "states no Content-Type")]
    return (
        [Hit(page.url, f"is sent as {kind}", kind)]
        if kind in ("text/plain", "application/octet-stream")
        else []
    )


AUDIT = Audit(
    id="wrong-type",
    title="Pages are sent as something else",
    group="speed",
    tier="gate",
    severity="error",
    looks_for="Addresses of pages that answer without Content-Type, as text/plain or as application/octet-stream.",
    why="Browsers show the source or save a file; crawlers don't read it as a page.",
    source="RFC 9110, 8.3; WHATWG MIME Sniffing",
    as_of="2026-11-28",
    consequence="The page is no page.",
    remedy="Send Content-Type: text/html; charset=utf-8.",
    page=check,
    bad="content-type: text/plain\n\n<html><body>text</body></html>",
    good="content-type: text/html; charset=utf-8\n\n<html><body>text</body></html>",
)
