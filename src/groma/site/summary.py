"""An audit as data for programs and tables: what was looked at, what was found, what every crawler may fetch."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from groma.model.finding import Finding
from groma.site.diagnosis import TIER_WORDS, Cause, causes, cited, reach
from groma.site.refusals import verdicts
from groma.site.run import Audited


def as_data(audited: Audited) -> dict[str, Any]:
    """The whole audit as plain data, for JSON; keys in a fixed order."""
    site = audited.site
    return {
        "start": site.gathered.start,
        "complete": site.is_complete,
        "ended": site.gathered.ended or None,
        "pages": len(site.pages),
        "indexable": len(site.indexable),
        "addresses": len(site.records),
        "refused_to_this_crawler": len(site.gathered.refused),
        "traps": [
            {"pattern": t.pattern, "read": t.read, "left": t.left, "example": t.example}
            for t in site.gathered.traps
        ],
        "causes": [cause_as_data(cause) for cause in causes(audited)],
        "symptoms": [_finding(finding) for finding in audited.findings if finding.symptom_of],
        "audits": [
            {
                "id": name,
                "tier": audited.audits[name].tier,
                "looked_at": look.looked_at,
                "found": len({hit.url for hit in look.hits}),
                "unable": look.unable or None,
            }
            for name, look in audited.looks.items()
        ],
        "measured_citations": [
            {
                "engine": s.engine,
                "answers": s.asked,
                "cite_the_site": s.cited,
                "low": round(s.low, 4),
                "high": round(s.high, 4),
                "confidence": 0.95,
                "since": s.since,
                "until": s.until,
                "pages": [{"url": u, "times": n} for u, n in s.pages],
            }
            for s in cited(audited)
        ],
        "crawlers": [
            {
                "token": r.token,
                "vendor": r.vendor,
                "purpose": r.purpose,
                "honours_robots": r.honours,
                "may_fetch": r.allowed,
                "of": r.pages,
                "lines": list(r.lines),
                "as_of": r.as_of,
                "requests_in_log": r.came,
            }
            for r in reach(site)
        ],
    }


def cause_as_data(cause: Cause) -> dict[str, Any]:
    return {
        **_finding(cause.finding),
        "tier": cause.audit.tier,
        "effect": TIER_WORDS[cause.audit.tier],
        "why": cause.audit.why,
        "source": cause.audit.source,
        "as_of": cause.audit.as_of,
        "pages": cause.pages,
        "share_of_internal_pagerank": round(cause.weight, 4),
        "clicks": cause.clicks,
        "explains": [symptom.id for symptom in cause.symptoms],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.id,
        "audit": finding.rule,
        "severity": finding.severity,
        "confidence": finding.confidence,
        "title": finding.title,
        "found": finding.found,
        "looked_at": finding.looked_at,
        "consequence": finding.consequence,
        "remedy": finding.remedy,
        "symptom_of": list(finding.symptom_of),
        "evidence": [{"url": e.element, "text": e.text} for e in finding.evidence],
    }


def hits_table(audited: Audited) -> str:
    """Every hit with its patch, as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("audit", "tier", "severity", "url", "seen", "quote", "change at", "old", "new"))
    for name, look in audited.looks.items():
        audit = audited.audits[name]
        for hit in sorted(look.hits, key=lambda h: (h.url, h.text)):
            p = hit.patch
            writer.writerow(
                (
                    name, audit.tier, hit.severity or audit.severity, hit.url, _plain(hit.text), _plain(hit.quote),
                    f"{p.url} ({p.place})" if p else "", _plain(p.old) if p else "", _plain(p.new) if p else "",
                )
            )  # fmt: skip
    return out.getvalue()


def pages_table(audited: Audited) -> str:
    """Every address with what is known of it, as CSV."""
    site = audited.site
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        (
            "url",
            "status",
            "error",
            "leads to",
            "indexable",
            "title",
            "words",
            "bytes",
            "clicks from home",
            "internal PageRank",
            "listed",
        )
    )
    indexable = {record.url for record in site.indexable}
    for number, record in sorted(enumerate(site.records), key=lambda pair: pair[1].url):
        depth = int(site.depth[number])
        cells = (
            record.url,
            record.status or "",
            record.error,
            record.location,
            "yes" if record.url in indexable else "no",
            _plain(record.title),
            record.words,
            record.size,
            depth if depth >= 0 else "",
            f"{site.rank[number]:.3e}",
            "yes" if record.url in site.listed else "no",
        )
        writer.writerow(cells)
    return out.getvalue()


def verdicts_table(audited: Audited) -> Iterator[str]:
    """The verdict of robots.txt for every page and every crawler with the deciding line, as lines of CSV.

    Crawlers with the same rules share a row.
    """
    site = audited.site
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("url", "crawlers", "allowed", "robots.txt", "line", "text"))
    urls = [record.url for record in site.pages] + list(site.gathered.refused)
    for tokens, url, verdict, access in verdicts(site, site.crawlers, sorted(urls)):
        allowed = "yes" if verdict.allowed else "no"
        writer.writerow(
            (url, " ".join(tokens), allowed, access.url, verdict.line or "", _plain(verdict.text))
        )
        if out.tell() > 1_000_000:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def _plain(text: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV Injection)."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
