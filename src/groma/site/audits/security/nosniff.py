"""Hosts that let browsers guess types."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Patch
from groma.site.audits.security.hsts import is_front
from groma.site.sight import Sight


def check(sight: Sight) -> list[Hit] | None:
    """The home page of a server."""
    page = sight.page
    if not is_front(sight):
        return None
    if page.header("x-content-type-options").partition(",")[0].strip(" \t").lower() == "nosniff":
        return []
    return [
        Hit(
            page.url,
            "sends no X-Content-Type-Options: nosniff",
            patch=Patch(page.url, "header", "", "X-Content-Type-Options: nosniff"),
        )
    ]


AUDIT = Audit(
    id="nosniff",
    title="Browsers may guess types",
    group="security",
    tier="wording",
    severity="note",
    looks_for="X-Content-Type-Options: nosniff on the home page.",
    why="An uploaded picture must not run as a script. Engines don't weigh it.",
    source="WHATWG Fetch, 3.6; OWASP Secure Headers Project",
    as_of="2026-11-28",
    consequence="Files of others may be run as scripts.",
    remedy="Send the header on everything.",
    page=check,
    bad="FRONT\n\n<p>text</p>",
    good="FRONT\nx-content-type-options: nosniff\n\n<p>text</p>",
)
