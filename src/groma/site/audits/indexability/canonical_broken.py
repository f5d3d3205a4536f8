"""Canonical addresses that lead nowhere."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Look, Patch
from groma.site.site import Site


def check(site: Site) -> Look:
    """Every page with one canonical to another page of the site."""
    hits: list[Hit] = []
    looked = 0
    for record in site.pages:
        if len(record.canonicals) != 1 or record.canonicals[0] == record.url:
            continue
        looked += 1
        target = record.canonicals[0]
        found = site.record(target)
        if found is None:
            continue
        why = ""
        if found.status >= 400 or not found.status:
            why = f"answers {found.status}" if found.status else "gives no answer"
        elif found.location:
            why = f"redirects to {found.location}"
        elif found.is_noindex:
            why = "says noindex"
        elif found.canonicals and target not in found.canonicals:
            why = f"names {found.canonicals[0]} as its own canonical"
        if why:
            hits.append(
                Hit(
                    record.url,
                    f"canonical {target} {why}",
                    target,
                    patch=Patch(record.url, "head", target, record.url, "canonical"),
                )
            )
    return Look(looked, tuple(hits))


AUDIT = Audit(
    id="canonical-broken",
    title="Canonical addresses lead nowhere",
    group="indexability",
    tier="gate",
    severity="error",
    looks_for="Canonicals whose target fails, redirects, says noindex or names another canonical.",
    why="The page says: index that one instead. That one can't be.",
    source="RFC 6596; https://developers.google.com/search/docs/crawling-indexing/canonicalization (recalled)",
    as_of="2026-11-28",
    consequence="The page drops out in favour of one that isn't there.",
    remedy="Name the address of the page itself, or of a copy that answers 200 and may be indexed.",
    site=check,
)
