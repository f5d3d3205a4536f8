"""What an audit counted, as figures of a ledger: each says what was counted and where, so that a page may quote it."""

from __future__ import annotations

from collections.abc import Sequence

from groma.model.figure import Figure, Ledger, Line
from groma.site.diagnosis import causes, reach
from groma.site.run import Audited

SHOWN = 5
"""Addresses that a derivation names; tables beside the report have all."""


def figures(audited: Audited) -> Ledger:
    """Pages read, those that may be indexed, crawlers of search that may read every page, causes by how bad they are.

    Numbers hold for the pages that were read; where that wasn't all of them, it is said as what they are valid under.
    """
    site, found = audited.site, causes(audited)
    ledger = Ledger("")
    valid = () if site.is_complete else ("not every page that is linked could be read",)
    read = [r.url for r in site.pages]
    may = [r.url for r in site.indexable]

    def count(name: str, title: str, what: Sequence[str], method: str) -> None:
        value = float(len(what))
        lines = [Line(each) for each in what[:SHOWN]]
        if len(what) > SHOWN:
            lines.append(Line(f"and {len(what) - SHOWN} more"))
        ledger.write(
            Figure(name, title, "1", value, value, value, method=method, derivation=tuple(lines), valid=valid)
        )

    count("site/pages", "Pages that were read", read, "HTML pages that answered with success")
    count(
        "site/indexable",
        "Pages that search engines may index",
        may,
        "not forbidden by robots.txt or the page itself",
    )
    main = {crawler.token for crawler in site.crawlers if crawler.is_main}
    searching = [r for r in reach(site) if r.purpose == "search" and r.pages and r.token in main]
    count(
        "site/crawlers",
        "Crawlers of search that are looked at",
        [r.token for r in searching],
        "the dated table of crawlers",
    )
    count(
        "site/crawlers-let-in",
        "Crawlers of search that may read every page",
        [r.token for r in searching if r.allowed == r.pages],
        "robots.txt, read as RFC 9309 says, for every page and every crawler",
    )
    count(
        "site/causes",
        "Causes that the audits found",
        [_told(c.finding.title) for c in found],
        "causes before symptoms",
    )
    count(
        "site/errors",
        "Causes that are errors",
        [_told(c.finding.title) for c in found if c.finding.severity == "error"],
        "the severity of each audit",
    )
    count(
        "site/gates",
        "Causes that keep pages from being found at all",
        [_told(c.finding.title) for c in found if c.audit.tier == "gate"],
        "the tier of each audit",
    )
    return ledger


def _told(title: str) -> str:
    return title if len(title) <= 160 else f"{title[:159]}…"
