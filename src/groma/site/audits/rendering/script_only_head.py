"""Heads that scripts change: title, description, canonical, robots."""

from __future__ import annotations

from collections.abc import Iterator

from groma.site.audit import Audit, Hit, Look
from groma.site.audits.rendering.in_browser import looked
from groma.site.rendered import Rendered
from groma.site.site import Site


def check(site: Site) -> Look:
    """Every page that a browser showed."""
    return looked(site, _hits)


def _hits(page: Rendered) -> Iterator[Hit]:
    for name, old, new in page.head:
        yield Hit(
            page.url, f"{name} is `{old[:200]}` in the HTML and `{new[:200]}` after scripts", cause=name
        )


AUDIT = Audit(
    id="script-changes-head",
    title="Scripts change what the head says",
    group="rendering",
    tier="ranking",
    severity="warning",
    looks_for="Title, description, canonical or robots that differ between the HTML and the page in a browser. Needs "
    "a browser (--render).",
    why="Crawlers that run scripts and crawlers that don't are told different things; a noindex in the HTML keeps "
    "Googlebot from running the script that takes it away.",
    source="https://developers.google.com/search/docs/crawling-indexing/javascript/javascript-seo-basics (recalled)",
    as_of="2026-11-28",
    consequence="Which of the two counts depends on who reads.",
    remedy="Write the final values into the HTML.",
    site=check,
    symptom_of=("empty-without-script",),
)
