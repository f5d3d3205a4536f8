"""Sites without a way to ask."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Look
from groma.site.site import Site


def check(site: Site) -> Look:
    """The home page and every page one click from it."""
    home = site.home
    if home is None or not home.is_page:
        return Look(0, (), "the home page can't be read")
    near = [r for r in site.pages if 0 <= site.depth[site.numbers[r.url]] <= 1]
    if any(r.has_contact or r.has_form for r in near):
        return Look(len(near))
    return Look(
        len(near), (Hit(home.url, "no telephone link, e-mail link or enquiry form within one click"),)
    )


AUDIT = Audit(
    id="no-contact",
    title="Visitors can't ask",
    group="enquiry",
    tier="gate",
    severity="error",
    looks_for="A tel: or mailto: link, or a form for a message, on the home page or one click away, without scripts.",
    why="Being found is worth nothing if nobody can ask for an offer.",
    source="Nielsen Norman Group, Contact Us page guidelines (2019, recalled); EU directive 2000/31/EC, article 5",
    as_of="2026-11-28",
    consequence="Visits bring no enquiries.",
    remedy="Put a contact link into the navigation, and telephone and e-mail as links into the footer.",
    site=check,
    symptom_of=("empty-without-script", "script-link"),
)
