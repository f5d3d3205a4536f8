"""Cookies that can be read or sent in the clear."""

from __future__ import annotations

from groma.site.audit import Audit, Hit
from groma.site.sight import Sight


def check(sight: Sight) -> list[Hit] | None:
    """Cookies that pages under https set."""
    page = sight.page
    cookies = [value for key, value in page.headers if key == "set-cookie"]
    if not cookies or not page.url.startswith("https:"):
        return None
    bare = [
        c.partition("=")[0] for c in cookies if "secure" not in [p.strip().lower() for p in c.split(";")[1:]]
    ]
    return [Hit(page.url, f"sets {name} without Secure", name) for name in dict.fromkeys(bare)]


AUDIT = Audit(
    id="cookie-insecure",
    title="Cookies are sent without encryption",
    group="security",
    tier="wording",
    severity="warning",
    looks_for="Set-Cookie without Secure on https pages.",
    why="The cookie goes out with the first request over http as well. Engines don't weigh it.",
    source="RFC 6265, 4.1.2.5; OWASP Session Management Cheat Sheet",
    as_of="2026-11-28",
    consequence="Sessions can be taken over on foreign networks.",
    remedy="Add Secure (and HttpOnly and SameSite).",
    page=check,
    bad="set-cookie: session=1; HttpOnly\n\n<p>text</p>",
    good="set-cookie: session=1; Secure; HttpOnly\n\n<p>text</p>",
)
