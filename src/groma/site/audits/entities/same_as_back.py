"""Profiles elsewhere that don't point back at the site."""

from __future__ import annotations

from groma.site.audit import Audit, Hit, Look
from groma.site.site import Site


def check(site: Site) -> Look:
    """Every profile that sameAs names and whose host showed it."""
    profiles = site.beyond.profiles
    if profiles is None:
        return Look(0, unable="profiles elsewhere weren't looked at (--follow-sameas)")
    shown = [p for p in profiles.values() if p.state != "wasn't shown"]
    home = site.home.url if site.home else site.gathered.start
    hits = tuple(
        Hit(home, f"the profile {p.url} doesn't point back", p.url) for p in shown if p.state != "points back"
    )
    hidden = [f"{p.url} ({p.why})" for p in profiles.values() if p.state == "wasn't shown"]
    return Look(len(shown), hits, f"not shown to this crawler: {'; '.join(hidden)}" if hidden else "")


AUDIT = Audit(
    id="same-as-back",
    title="Profiles elsewhere don't point back",
    group="entities",
    tier="ranking",
    severity="note",
    looks_for="Profiles named in sameAs whose page names the site nowhere. Asks other hosts, so only with "
    "--follow-sameas.",
    why="That two pages are about one firm is sure only when both say so; one side can be claimed by anybody.",
    source="schema.org 30.0, sameAs; W3C, XFN rel=me as read by indieweb.org (recalled)",
    as_of="2026-11-28",
    consequence="What is said about the firm there is more easily taken for another's.",
    remedy="Enter the site's address in the profile.",
    site=check,
)
