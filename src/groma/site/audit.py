"""What an audit is: one thing to look for in a site, why it matters and to whom, and what to do about it.

After Lighthouse's audits (a description and a pure function; not applicable weighs nothing) and SARIF's rules.
Effects are tiers: a *gate* keeps a page from being fetched, indexed or quoted at all; *ranking* is what search engines
say they weigh, or what decides whether a reader acts; *wording* is style whose effect on being cited is unproven and
may be zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from groma.model.finding import Confidence, Evidence, Finding, Severity

if TYPE_CHECKING:
    from groma.site.sight import Sight
    from groma.site.site import Site

Tier = Literal["gate", "ranking", "wording"]
Place = Literal["head", "body", "header", "robots.txt", "sitemap", "file"]

GROUPS = (
    "access", "indexability", "discovery", "links", "rendering", "entities", "passages", "speed", "security",
    "usability", "enquiry",
)  # fmt: skip
FAILING = ("error", "warning", "note")
"""Severities, the worst first."""

MOST_EVIDENCE = 100
"""Pieces of evidence in one finding; `found` counts all."""


@dataclass(frozen=True, slots=True)
class Patch:
    """A change that mends a hit: in the source of `url`, `old` becomes `new` (no `old`: `new` is added at `place`).

    `at` says which of several: the number of a line of robots.txt, the rel or name of an element of a head, the
    address that a link leads to.
    """

    url: str
    place: Place
    old: str
    new: str
    at: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where an audit applies: a page, what is seen there, the words that show it.

    Hits of one `cause` make one finding (one line of robots.txt that keeps a thousand pages out is one problem).
    """

    url: str
    text: str
    quote: str = ""
    cause: str = ""
    patch: Patch | None = None
    confidence: Confidence = "certain"
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What an audit of a whole site found: how many places it looked at, its hits, or why it couldn't look."""

    looked_at: int
    hits: tuple[Hit, ...] = ()
    unable: str = ""


PageCheck = Callable[["Sight"], Iterable[Hit] | None]
"""Hits on one page; None where the audit doesn't apply to it."""

SiteCheck = Callable[["Site"], Look]


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """One audit; `page` or `site` is its check. `as_of` is when the source was last held against it (ISO date).

    `symptom_of` names audits whose finding on the same page explains this one. `bad` and `good` are bodies of small
    pages (or heads, with their tags), run by the tests and quoted by the documentation.
    """

    id: str
    title: str
    group: str
    tier: Tier
    severity: Severity
    looks_for: str
    why: str
    source: str
    as_of: str
    consequence: str
    remedy: str
    page: PageCheck | None = None
    site: SiteCheck | None = None
    symptom_of: tuple[str, ...] = ()
    bad: str = ""
    good: str = ""


def findings(audit: Audit, look: Look) -> tuple[Finding, ...]:
    """The findings of an audit, one for each cause, the widest first."""
    causes: dict[str, list[Hit]] = {}
    for hit in look.hits:
        causes.setdefault(hit.cause, []).append(hit)
    made: list[Finding] = []
    for cause, hits in sorted(causes.items()):
        hits.sort(key=lambda hit: (hit.url, hit.text))
        pages = len({hit.url for hit in hits})
        first = hits[0]
        made.append(
            Finding(
                rule=audit.id,
                id=f"{audit.id}:{cause}" if cause else audit.id,
                title=f"{audit.title}: {cause}" if cause else audit.title,
                severity=first.severity or audit.severity,
                evidence=tuple(
                    Evidence(
                        hit.url,
                        f"{hit.text}: {hit.quote}" if hit.quote and hit.quote not in hit.text else hit.text,
                    )
                    for hit in hits[:MOST_EVIDENCE]
                ),
                consequence=audit.consequence,
                remedy=audit.remedy,
                confidence=first.confidence,
                found=pages,
                looked_at=look.looked_at,
            )
        )
    return tuple(sorted(made, key=lambda finding: (-finding.found, finding.id)))
