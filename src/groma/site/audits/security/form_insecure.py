"""Forms that send unencrypted."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Patch
from groma.site.sight import Sight


def check(sight: Sight) -> list[Hit] | None:
    """Forms of every page under https."""
    page = sight.page
    if not page.is_page or not page.forms or not page.url.startswith("https:"):
        return None
    return [
        Hit(
            page.url,
            f"a form sends to {f.action}",
            f.action,
            patch=Patch(page.url, "body", f.action, "https" + f.action[4:]),
        )
        for f in page.forms
        if f.action.startswith("http:")
    ]


AUDIT = Audit(
    id="form-insecure",
    title="Forms send without encryption",
    group="security",
    tier="ranking",
    severity="error",
    looks_for="Forms on https pages whose action is an http: address.",
    why="Browsers warn before sending; what was typed can be read on the way.",
    source="W3C, Mixed Content (2023); GDPR, article 32",
    as_of="2026-11-28",
    consequence="Visitors don't send, or send in the clear.",
    remedy="Send to an https address.",
    page=check,
    bad='<form action="http://example.com/send"><label>Name <input name="n"></label><button>Send</button></form>',
    good='<form action="/send"><label>Name <input name="n"></label><button>Send</button></form>',
)
