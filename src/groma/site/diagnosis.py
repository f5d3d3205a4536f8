"""Why a site isn't found or cited: causes before symptoms, in the order of what they block.

No score: a cause says how many pages it holds back, which share of the site's own weight (internal PageRank) they have,
and how many clicks they had where the owner measured them. Gates come first, since nothing behind a closed gate counts.
"""

from __future__ import annotations

from dataclasses import dataclass

from groma.model.finding import Finding
from groma.site.audit import Audit
from groma.site.citations import Share, shares
from groma.site.gather.live import hosts_of
from groma.site.refusals import verdicts
from groma.site.run import TIERS, WEIGHT, Audited
from groma.site.site import Site

TIER_WORDS = {
    "gate": "keeps pages from being found or quoted at all",
    "ranking": "search engines say that they weigh it, or readers do",
    "wording": "effect on being found unproven, perhaps none",
}


@dataclass(frozen=True, slots=True)
class Cause:
    """A finding that no other explains, with those that it explains. `weight` is a share of internal PageRank (0 to 1);
    `clicks` are None where nobody measured."""

    finding: Finding
    audit: Audit
    symptoms: tuple[Finding, ...]
    pages: int
    weight: float
    clicks: float | None


@dataclass(frozen=True, slots=True)
class Reach:
    """What one crawler may fetch: `allowed` of `pages`, and the lines that refuse the rest."""

    token: str
    vendor: str
    purpose: str
    honours: str
    pages: int
    allowed: int
    lines: tuple[str, ...]
    as_of: str
    came: int | None
    """Requests in the owner's log, None where no log was given."""


def causes(audited: Audited) -> tuple[Cause, ...]:
    """The causes, in the order of what they block: tier, severity, weight of the pages, number of pages."""
    site = audited.site
    urls: dict[str, set[str]] = {}
    for finding in audited.findings:
        cause = finding.id.partition(":")[2]
        urls[finding.id] = {hit.url for hit in audited.looks[finding.rule].hits if hit.cause == cause}
    found: list[Cause] = []
    for finding in audited.findings:
        if not finding.symptom_of:
            symptoms = tuple(other for other in audited.findings if finding.id in other.symptom_of)
            pages = urls[finding.id]
            clicks = site.measured.clicks if site.measured and site.measured.clicks else None
            found.append(
                Cause(
                    finding,
                    audited.audits[finding.rule],
                    symptoms,
                    len(pages),
                    weight_of(site, pages),
                    None if clicks is None else sum(clicks.get(url, 0.0) for url in pages),
                )
            )
    found.sort(
        key=lambda c: (TIERS[c.audit.tier], WEIGHT[c.finding.severity], -c.weight, -c.pages, c.finding.id)
    )
    return tuple(found)


def cited(audited: Audited) -> tuple[Share, ...]:
    """What was measured of citations, by engine; empty where nobody recorded any."""
    site = audited.site
    if site.measured is None or not site.measured.answers:
        return ()
    own = {record.url.split("/", 3)[2] for record in site.records}
    return shares(site.measured.answers, own | set(hosts_of(site.gathered.start)))


def weight_of(site: Site, urls: set[str]) -> float:
    """The share of internal PageRank that these addresses have."""
    return float(
        sum(site.rank[number] for url in sorted(urls) if (number := site.numbers.get(url)) is not None)
    )


def reach(site: Site) -> tuple[Reach, ...]:
    """What every crawler of the catalog may fetch, the vendors' own rows first."""
    urls = [record.url for record in site.pages] + list(site.gathered.refused)
    counted: dict[tuple[str, ...], int] = {}
    lines: dict[str, dict[str, None]] = {}
    for tokens, _, verdict, _ in verdicts(site, site.crawlers, urls):
        counted[tokens] = counted.get(tokens, 0) + verdict.allowed
        if not verdict.allowed:
            text = f"{verdict.line}: {verdict.text}" if verdict.line else verdict.text
            for token in tokens:
                lines.setdefault(token, {})[text] = None
    allowed: dict[str, int] = {}
    for tokens, count in counted.items():
        for token in tokens:
            allowed[token] = allowed.get(token, 0) + count
    logged = site.measured.visits if site.measured else {}
    return tuple(
        Reach(
            c.token,
            c.vendor,
            c.purpose,
            c.honours,
            len(urls),
            allowed.get(c.token, 0),
            tuple(lines.get(c.token, ())),
            c.as_of,
            (logged[c.token].requests if c.token in logged else 0) if logged else None,
        )
        for c in site.crawlers
    )
