"""Pages whose noindex nobody can see."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Look
from groma.site.site import Site


def check(site: Site) -> Look:
    """Every page that says noindex."""
    pages = [r for r in site.pages if r.is_noindex]
    hits: list[Hit] = []
    for record in pages:
        verdict = site.verdict("Googlebot", record.url)
        if not verdict.allowed:
            hits.append(
                Hit(
                    record.url,
                    f"says noindex, and line {verdict.line} keeps it from being read",
                    verdict.text,
                )
            )
    return Look(len(pages), tuple(hits))


AUDIT = Audit(
    id="noindex-unseen",
    title="noindex can't be seen",
    group="indexability",
    tier="gate",
    severity="warning",
    looks_for="Pages with noindex that robots.txt refuses to Googlebot.",
    why="A crawler that may not fetch the page never reads its noindex; the address can stand in the "
    "index all the same.",
    source="https://developers.google.com/search/docs/crawling-indexing/block-indexing (recalled)",
    as_of="2026-11-28",
    consequence="The page may be shown without a description.",
    remedy="Allow the page in robots.txt until it has left the index.",
    site=check,
)
