"""Pages without encryption."""

from __future__ import annotations

from groma.site.address import host, is_local_name
from groma.site.audit import Audit, Hit
from groma.site.sight import Sight


def check(sight: Sight) -> list[Hit] | None:
    """Every page of a public host."""
    page = sight.page
    if not page.is_page or is_local_name(host(page.url)):
        return None
    return [Hit(page.url, "is served over http")] if page.url.startswith("http:") else []


AUDIT = Audit(
    id="insecure-page",
    title="Pages are served without encryption",
    group="speed",
    tier="ranking",
    severity="error",
    looks_for="Pages that answer with success under http: on hosts that aren't local.",
    why="Browsers mark them as not secure; https is a signal of ranking.",
    source="https://developers.google.com/search/blog/2014/08/https-as-ranking-signal (2014-08-06, recalled)",
    as_of="2026-11-28",
    consequence="Visitors are warned; forms can be read on the way.",
    remedy="Redirect http to https with status 301.",
    page=check,
    bad="",
    good="",
)
