"""Pages from which the way to ask is far."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Look
from groma.site.site import Site


def check(site: Site) -> Look:
    """Every page that may be indexed: itself, or a page that it links to, has a way to ask."""
    import numpy as np

    able = np.array([r.is_page and (r.has_contact or r.has_form) for r in site.records], dtype=bool)
    if not able.any():
        return Look(0, (), "no page has a way to ask (see no-contact)")
    sources, targets = site.followed()
    near = able.copy()
    near[sources[able[targets]]] = True
    pages = site.indexable
    hits = [
        Hit(r.url, "no way to ask here or one click away") for r in pages if not near[site.numbers[r.url]]
    ]
    return Look(len(pages), tuple(hits))


AUDIT = Audit(
    id="contact-far",
    title="The way to ask is far",
    group="enquiry",
    tier="ranking",
    severity="warning",
    looks_for="Pages that may be indexed without telephone, e-mail or enquiry form on them or one click away.",
    why="Visitors from search arrive on any page, not on the home page.",
    source="Nielsen Norman Group, Contact Us page guidelines (2019, recalled)",
    as_of="2026-11-28",
    consequence="Some of those who would ask leave.",
    remedy="Link the contact page from the navigation of every page.",
    site=check,
    symptom_of=("dead-end",),
)
