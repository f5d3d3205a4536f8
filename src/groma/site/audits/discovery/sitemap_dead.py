"""Sitemap entries that aren't pages to be indexed."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Look, Patch
from groma.site.site import Site


def check(site: Site) -> Look:
    """Every address that a sitemap lists and that was read."""
    hits: list[Hit] = []
    looked = 0
    for url in site.listed:
        record = site.record(url)
        if record is None:
            continue
        looked += 1
        why = ""
        if record.status >= 400 or not record.status:
            why = f"answers {record.status}" if record.status else "gives no answer"
        elif record.location:
            why = f"redirects to {record.location}"
        elif record.canonicals and url not in record.canonicals:
            why = f"names {record.canonicals[0]} as its canonical"
        if why:
            hits.append(Hit(url, why, patch=Patch(url, "sitemap", url, "")))
    return Look(looked, tuple(hits))


AUDIT = Audit(
    id="sitemap-dead",
    title="The sitemap lists what isn't to be indexed",
    group="discovery",
    tier="ranking",
    severity="warning",
    looks_for="Entries that fail, redirect, or name another address as canonical.",
    why="A sitemap states what to index; entries that contradict the site make all of it less believed.",
    source="https://developers.google.com/search/docs/crawling-indexing/sitemaps/build-sitemap (recalled)",
    as_of="2026-11-28",
    consequence="Crawling is spent on addresses that lead nowhere.",
    remedy="List only canonical addresses that answer 200.",
    site=check,
    symptom_of=("server-error", "redirect-loop"),
)
