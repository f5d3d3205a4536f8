"""References to items that nobody describes."""

from __future__ import annotations

from groma.site.address import host
from groma.site.audit import Audit, Hit, Look
from groma.site.site import Site


def check(site: Site) -> Look:
    """Every reference by @id within the site, against the ids that its pages define."""
    defined = {name for r in site.pages for name in r.defined}
    hosts = {host(r.url) for r in site.pages}
    hits: list[Hit] = []
    looked = 0
    for record in site.pages:
        for name in record.referred:
            if name.partition("://")[2].partition("/")[0].partition("#")[0] in hosts:
                looked += 1
                if name not in defined and name not in site.numbers:
                    hits.append(Hit(record.url, f"refers to {name}, which no page describes", name))
    return Look(looked, tuple(hits))


AUDIT = Audit(
    id="dangling-id",
    title="References lead to items that nobody describes",
    group="entities",
    tier="ranking",
    severity="warning",
    looks_for="@id references whose item isn't on this page nor on any other page that was read.",
    why="The graph of the site has a hole: the author, publisher or firm meant is unknown.",
    source="JSON-LD 1.1, 3.3 (node identifiers)",
    as_of="2026-11-28",
    consequence="The statement says nothing about anybody.",
    remedy="Describe the item once, on its own page, under this @id.",
    site=check,
)
