"""Dates of change that say nothing."""

from __future__ import annotations

import re

from groma.site.audit import Audit, Hit, Look
from groma.site.site import Site

_DATE = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?)?)?")
MANY = 20


def check(site: Site) -> Look:
    """Every sitemap with dates."""
    hits: list[Hit] = []
    looked = 0
    for sitemap in site.gathered.sitemaps:
        dates = [entry.lastmod for entry in sitemap.entries if entry.lastmod]
        if not dates:
            continue
        looked += 1
        wrong = [date for date in dates if not _DATE.fullmatch(date)]
        if wrong:
            hits.append(Hit(sitemap.url, f"{len(wrong)} of {len(dates)} dates aren't W3C dates", wrong[0]))
        elif len(dates) >= MANY and len(same := set(dates)) == 1:
            hits.append(Hit(sitemap.url, f"all {len(dates)} pages have the same lastmod", next(iter(same))))
    return Look(looked, tuple(hits))


AUDIT = Audit(
    id="sitemap-dates",
    title="Dates in the sitemap say nothing",
    group="discovery",
    tier="ranking",
    severity="note",
    looks_for="lastmod that is no W3C date, or the same for all of twenty pages or more.",
    why="lastmod is used only where it proves true; a date that changes with each build is ignored.",
    source="https://developers.google.com/search/docs/crawling-indexing/sitemaps/build-sitemap (recalled)",
    as_of="2026-11-28",
    consequence="Changed pages aren't visited sooner than others.",
    remedy="Write the day on which the page's content changed, or leave lastmod out.",
    site=check,
)
