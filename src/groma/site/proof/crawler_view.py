"""A site as each crawler sees it: which pages it may fetch, reaches by what it may fetch, may index, and finds text on.

Crawlers that share their rules reach the same pages, so each set of rules is walked once: breadth first from the start
and from what the sitemaps list, along links that crawlers follow, over pages that robots.txt lets it fetch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from groma.site.refusals import verdicts
from groma.site.run import Audited
from groma.site.site import Site


@dataclass(frozen=True, slots=True)
class View:
    """What one crawler gets, in pages: `may_fetch` of all, `reached` of those, `readable` of those: they may be quoted
    (no noindex, canonical to themselves) and hold text without scripts. `gates` are problems that block, on the pages
    it reaches."""

    token: str
    vendor: str
    purpose: str
    is_main: bool
    pages: int
    may_fetch: int
    reached: int
    readable: int
    gates: int


FEW_WORDS = 30
"""Words in the HTML below which a page counts as empty for a crawler that runs no script."""


def views(audited: Audited) -> tuple[View, ...]:
    """A view for each crawler of the dated table, in its order."""
    site = audited.site
    urls = [record.url for record in site.records]
    allowed: dict[tuple[str, ...], set[str]] = {}
    for tokens, url, verdict, _ in verdicts(site, site.crawlers, urls):
        pages = allowed.setdefault(tokens, set())
        if verdict.allowed:
            pages.add(url)
    pages = {record.url for record in site.pages}
    readable = {r.url for r in site.pages if r.is_indexable and r.words >= FEW_WORDS}
    gates = {
        url: sum(1 for name in mine if audited.audits[name].tier == "gate")
        for url, mine in _audits_by_page(audited).items()
    }
    by_token: dict[str, tuple[int, int, int, int]] = {}
    for tokens, mine in allowed.items():
        reached = _reached(site, mine) & pages
        sums = (
            len(mine & pages),
            len(reached),
            len(reached & readable),
            sum(gates.get(url, 0) for url in reached),
        )
        by_token.update(dict.fromkeys(tokens, sums))
    return tuple(
        View(c.token, c.vendor, c.purpose, c.is_main, len(pages), *by_token.get(c.token, (0, 0, 0, 0)))
        for c in site.crawlers
    )


def _audits_by_page(audited: Audited) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, look in audited.looks.items():
        if not name.startswith("robots-blocks"):  # that is what `may_fetch` says
            for hit in look.hits:
                found.setdefault(hit.url, set()).add(name)
    return found


def _reached(site: Site, allowed: set[str]) -> set[str]:
    """Addresses that links and sitemaps lead to over what may be fetched."""
    sources, targets = site.followed()
    order = np.argsort(sources, kind="stable")
    ends = targets[order]
    first = np.searchsorted(sources[order], np.arange(len(site.records) + 1))
    may = [record.url in allowed for record in site.records]
    begins = [site.gathered.start, *site.listed]
    ahead = [number for url in begins if (number := site.numbers.get(url)) is not None and may[number]]
    seen = set(ahead)
    while ahead:
        number = ahead.pop()
        nexts = [int(site.ends[number])] if site.records[number].location else []
        nexts += [int(end) for end in ends[first[number] : first[number + 1]]]
        for other in nexts:
            if other not in seen and may[other]:
                seen.add(other)
                ahead.append(other)
    return {site.records[number].url for number in seen}
