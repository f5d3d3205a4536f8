"""Pages in other languages that don't point back."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Look, Patch
from groma.site.site import Site


def check(site: Site) -> Look:
    """Every pair of page and alternate that was read."""
    hits: list[Hit] = []
    looked = 0
    for record in site.pages:
        for alternate in record.alternates:
            other = site.record(alternate.url)
            if alternate.url == record.url or other is None:
                continue
            looked += 1
            if not other.is_page or other.location:
                hits.append(
                    Hit(record.url, f"{alternate.language}: {alternate.url} is no page ({other.status})")
                )
            elif not any(back.url == record.url for back in other.alternates):
                own = next(
                    (a.language for a in record.alternates if a.url == record.url),
                    record.language or "x-default",
                )
                line = f'<link rel="alternate" hreflang="{own}" href="{record.url}">'
                patch = Patch(other.url, "head", "", line)
                hits.append(
                    Hit(record.url, f"{alternate.language}: {alternate.url} doesn't point back", patch=patch)
                )
    return Look(looked, tuple(hits))


AUDIT = Audit(
    id="hreflang-return",
    title="Pages in other languages don't point back",
    group="indexability",
    tier="gate",
    severity="error",
    looks_for="hreflang alternates that fail or don't name the page in return.",
    why="Without a return link the pair is ignored.",
    source="https://developers.google.com/search/docs/specialty/international/localized-versions (recalled)",
    as_of="2026-11-28",
    consequence="Search engines don't know that the pages belong together.",
    remedy="Let every page of the group list all of them, itself included.",
    site=check,
)
