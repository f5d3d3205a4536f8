"""Sites that don't say whose they are."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Look
from groma.site.site import Site


def check(site: Site) -> Look:
    """The home page, and any page that describes the organisation, or the person whose site it is."""
    home = site.home
    if home is None or not home.is_page:
        return Look(0, (), "the home page can't be read")
    for record in site.pages:
        for entity in record.entities:
            if any(name == "name" for name, _ in entity.facts) and (entity.is_top or record is home):
                return Look(1)
    return Look(1, (Hit(home.url, "no page describes the organisation or person behind the site"),))


AUDIT = Audit(
    id="organisation-missing",
    title="The site doesn't say whose it is",
    group="entities",
    tier="ranking",
    severity="warning",
    looks_for="An Organization, LocalBusiness or Person with a name in the structured data of any page.",
    why="Engines tell firms of one name apart by what these say: name, address, logo, profiles elsewhere.",
    source="https://developers.google.com/search/docs/appearance/structured-data/organization (recalled)",
    as_of="2026-11-28",
    consequence="What is known of the firm comes from others.",
    remedy="Describe the organisation on the home page: name, url, logo, address, telephone, sameAs.",
    site=check,
)
