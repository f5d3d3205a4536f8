"""Profiles elsewhere that are named on one side only."""

from __future__ import annotations

from groma.site.address import host, normal
from groma.site.audit import Audit, Hit, Look
from groma.site.site import Site


def check(site: Site) -> Look:
    """Every sameAs, and every profile that pages link to from each of them (the site's own, not those of others)."""
    named: dict[str, str] = {}
    hits: list[Hit] = []
    hosts = {host(r.url).removeprefix("www.") for r in site.pages}
    for record in site.pages:
        for entity in record.entities:
            for text in entity.same_as:
                url = normal(text)
                if url is None or host(url).removeprefix("www.") in hosts:
                    why = "is no absolute address" if url is None else "is an address of the site itself"
                    hits.append(Hit(record.url, f"sameAs {text} {why}", text))
                else:
                    named.setdefault(_key(url), record.url)
    linked: dict[str, int] = {}
    shown: dict[str, str] = {}
    for record in site.pages:
        for url in record.profiles:
            linked[_key(url)] = linked.get(_key(url), 0) + 1
            shown.setdefault(_key(url), url)
    everywhere = [key for key, count in linked.items() if count * 2 > len(site.pages)]
    looked = len({*named, *everywhere}) + len(hits)
    if named:
        home = site.home.url if site.home else site.gathered.start
        hits.extend(
            Hit(home, f"links to the profile {shown[k]}, which no sameAs names", shown[k])
            for k in everywhere
            if k not in named
        )
        hits.extend(
            Hit(page, f"sameAs names {key}, which no page links to", key)
            for key, page in named.items()
            if key not in linked and any(key.split("/")[0].endswith(known) for known in _profiles())
        )
    return Look(looked, tuple(hits))


def _profiles() -> tuple[str, ...]:
    from groma.site.record import PROFILES

    return PROFILES[:13]


def _key(url: str) -> str:
    return url.partition("://")[2].removeprefix("www.").rstrip("/").casefold()


AUDIT = Audit(
    id="same-as",
    title="Profiles elsewhere are named on one side only",
    group="entities",
    tier="ranking",
    severity="note",
    looks_for="sameAs that is no address of another site, profiles in the footer without sameAs, and the "
    "other way round. "
    "Whether the profile points back can't be seen from here.",
    why="sameAs tells an engine that two pages are about one firm; a visible link confirms it.",
    source="schema.org 30.0, sameAs; "
    "https://developers.google.com/search/docs/appearance/structured-data/organization (recalled)",
    as_of="2026-11-28",
    consequence="What is said about the firm elsewhere isn't counted as said about this one.",
    remedy="Name the same profiles in sameAs and in visible links.",
    site=check,
)
