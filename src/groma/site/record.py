"""What is kept of a page after it was looked at: little, since a site may have a hundred thousand.

`digest` reads a response, runs every audit of single pages over it and keeps what audits of the whole site need. It is
a pure function of the response, so it can run in another process.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from groma.site.address import host, origin
from groma.site.audit import Audit, Hit
from groma.site.items import walk_items
from groma.site.page import Alternate, Item, Page, Region, Response
from groma.site.reading import read_page
from groma.site.sight import Sight
from groma.site.vocabulary import kinds

PROFILES = (
    "linkedin.com", "facebook.com", "instagram.com", "x.com", "twitter.com", "youtube.com", "github.com", "xing.com",
    "tiktok.com", "pinterest.com", "mastodon.social", "bsky.app", "threads.net", "crunchbase.com", "wikipedia.org",
    "wikidata.org", "trustpilot.com", "yelp.com", "g2.com",
)  # fmt: skip
"""Hosts on which an organisation or a person has a page of its own."""

IDENTITY = ("name", "legalName", "telephone", "email", "url", "vatID", "taxID", "foundingDate")
"""Properties of an organisation that have one value, wherever they are stated."""

REGIONS: tuple[Region, ...] = ("main", "nav", "header", "footer", "aside")
NOFOLLOW = 8
"""Added to the number of a region where crawlers are asked not to follow the link."""
_NUMBERS = {region: number for number, region in enumerate(REGIONS)}

ENTITIES = ("Organization", "LocalBusiness", "Person")


class Entity(NamedTuple):
    """An organisation or a person in structured data: its id, types, one-valued facts and profiles elsewhere."""

    id: str
    types: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    same_as: tuple[str, ...]
    is_top: bool


@dataclass(slots=True)
class Record:
    """One address: `hits` are those of page audits by number, `looked` the numbers of the audits that applied."""

    url: str
    status: int
    error: str
    location: str
    is_page: bool
    is_indexable: bool
    directives: frozenset[str]
    title: str
    description: str
    language: str
    canonicals: tuple[str, ...]
    alternates: tuple[Alternate, ...]
    links: tuple[tuple[str, int], ...]
    """Addresses, each with the number of its region (of `REGIONS`), `NOFOLLOW` more where it isn't to be followed."""
    follow: tuple[str, ...]
    shape: str
    digest: str
    words: int
    size: int
    seconds: float
    has_contact: bool
    has_form: bool
    is_noindex: bool
    defined: tuple[str, ...]
    referred: tuple[str, ...]
    entities: tuple[Entity, ...]
    profiles: tuple[str, ...]
    hits: tuple[tuple[int, Hit], ...]
    looked: tuple[int, ...]


def digest(response: Response, audits: Sequence[Audit], is_live: bool = True) -> Record:
    """What is kept of a response; `audits` are those of single pages, by number."""
    page = read_page(response)
    sight = Sight(page, is_live)
    hits: list[tuple[int, Hit]] = []
    looked: list[int] = []
    for number, audit in enumerate(audits):
        if audit.page is not None:
            found = audit.page(sight)
            if found is not None:
                looked.append(number)
                if found:  # also true of what isn't a list
                    hits.extend((number, hit) for hit in found)
    return _record(page, sight, hits, looked)


def _record(page: Page, sight: Sight, hits: list[tuple[int, Hit]], looked: list[int]) -> Record:
    links: dict[tuple[str, int], None] = {}
    profiles: dict[str, None] = {}
    page_nofollow = "nofollow" in sight.directives
    own = "\n" if _is_profile_host(host(page.url)) else origin(page.url) + "/"  # no profile begins so
    for url, _, region, rel, _ in page.links:
        if url != page.url:
            is_followed = not (page_nofollow or "nofollow" in rel)
            links[url, _NUMBERS[region] if is_followed else _NUMBERS[region] + NOFOLLOW] = None
            if not url.startswith(own) and is_profile(url):
                profiles[url] = None
    alternates = tuple(alternate.url for alternate in page.alternates)
    defined, referred = identities(sight.items)
    return Record(
        url=page.url,
        status=page.status,
        error=page.error,
        location=page.location,
        is_page=page.is_page,
        is_indexable=sight.is_indexable,
        directives=sight.directives,
        title=page.title,
        description=page.meta("description"),
        language=page.language,
        canonicals=page.canonicals,
        alternates=page.alternates,
        links=tuple(links),
        follow=tuple(dict.fromkeys((*(key[0] for key in links), *page.canonicals, *alternates))),
        shape=page.shape,
        digest=page.digest,
        words=page.words,
        size=page.size,
        seconds=page.seconds,
        has_contact=bool(page.contacts),
        has_form=any(is_enquiry(form.fields) for form in page.forms),
        is_noindex="noindex" in sight.directives,
        defined=defined,
        referred=referred,
        entities=tuple(entities(page.items)),
        profiles=tuple(profiles),
        hits=tuple(hits),
        looked=tuple(looked),
    )


def is_profile(url: str) -> bool:
    """Whether an address is a page about somebody on a host of profiles (not the host's own front page or a share)."""
    parts = url.split("/", 3)
    if not _is_profile_host(parts[2]):
        return False
    rest = parts[3] if len(parts) > 3 else ""
    return bool(rest) and not rest.startswith(
        ("share", "sharer", "intent", "watch", "embed", "dialog", "pin/create")
    )


@lru_cache(maxsize=10_000)
def _is_profile_host(name: str) -> bool:
    name = name.removeprefix("www.")
    return any(name == known or name.endswith("." + known) for known in PROFILES)


def is_enquiry(fields: Sequence[tuple[str, str, str]]) -> bool:
    """Whether a form's fields ask for a message or a way to answer (a search box doesn't)."""
    return any(kind in ("textarea", "email", "tel") for kind, _, _ in fields)


def identities(items: Sequence[Item]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Ids that items define, and ids that are only referred to."""
    defined = {item.id for item in items if item.id and not item.is_reference}
    referred = {item.id for item in items if item.is_reference}
    return tuple(sorted(defined)), tuple(sorted(referred - defined))


def entities(items: Sequence[Item]) -> list[Entity]:
    """Organisations and persons among items and their parts."""
    found: list[Entity] = []
    for top in items:
        for item in walk_items((top,)):
            if item.types and not kinds(item.types).isdisjoint(ENTITIES):
                facts = tuple((name, text) for name in IDENTITY if (text := item.text(name)))
                same_as = tuple(str(value) for value in item.values("sameAs") if not isinstance(value, Item))
                found.append(Entity(item.id, item.types, facts, same_as, item is top))
    return found
