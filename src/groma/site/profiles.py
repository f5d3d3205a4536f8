"""Profiles elsewhere that sameAs names: fetched politely, and looked at for a link back. Only when it is asked for.

Many of these hosts turn robots away or show a login page: then nothing is known, and that is what is said. A link
counts wherever it stands in the HTML (also as text or in data), as its host writes it or over the host's own redirect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote

from groma.progress import UNHEARD, Progress
from groma.site.address import host, join, normal, origin
from groma.site.gather import Live, Source
from groma.site.gather.live import TOKEN
from groma.site.page import Response
from groma.site.robots.access import access_of

if TYPE_CHECKING:
    from groma.site.record import Record

MOST_PROFILES = 30
MOST_HOPS = 5
MOST_BYTES = 3_000_000
State = Literal["points back", "doesn't point back", "wasn't shown"]


@dataclass(frozen=True, slots=True)
class Profile:
    """What a look at one profile gave; `why` says why it wasn't shown."""

    url: str
    state: State
    why: str = ""


def named_profiles(records: Sequence[Record]) -> tuple[str, ...]:
    """Addresses that sameAs names on the site, each once, in the order of the pages; at most `MOST_PROFILES`."""
    own = {host(record.url).removeprefix("www.") for record in records if record.is_page}
    found: dict[str, None] = {}
    for record in records:
        for entity in record.entities:
            for text in entity.same_as:
                url = normal(text)
                if url is not None and host(url).removeprefix("www.") not in own:
                    found[url] = None
    return tuple(found)[:MOST_PROFILES]


async def look_at(urls: Sequence[str], start: str, progress: Progress = UNHEARD) -> dict[str, Profile]:
    """Each profile, one after the other."""
    found: dict[str, Profile] = {}
    for done, url in enumerate(urls):
        progress.step("profiles elsewhere", done, len(urls))
        live = Live(url, concurrency=1, retries=0)
        try:
            found[url] = await looked_at(live, url, start)
        finally:
            await live.close()
    return found


async def looked_at(source: Source, url: str, start: str) -> Profile:
    """One profile: its host's robots.txt first, then the page over redirects that stay on its host."""
    asked = url
    for _ in range(MOST_HOPS):
        if not source.allows(asked):
            return Profile(url, "wasn't shown", f"leads to another host ({host(asked)})")
        robots = await _followed(source, origin(asked) + "/robots.txt")
        if not access_of(robots.url, robots.status, robots.body).verdict(TOKEN, asked).allowed:
            return Profile(url, "wasn't shown", "its robots.txt refuses this crawler")
        found = await source.fetch(asked, most=MOST_BYTES)
        location = found.header("location") if 300 <= found.status < 400 else ""
        if not location:
            return _judged(url, found, start)
        asked = join(asked, location) or ""
        if not asked:
            break
    return Profile(url, "wasn't shown", "redirects without end")


async def _followed(source: Source, url: str) -> Response:
    for _ in range(MOST_HOPS):
        found = await source.fetch(url, most=600_000)
        location = found.header("location") if 300 <= found.status < 400 else ""
        url = (join(url, location) or "") if location else ""
        if not url or not source.allows(url):
            return found
    return Response(url, 404)


def _judged(url: str, found: Response, start: str) -> Profile:
    if found.status != 200:
        said = f"answers {found.status}" if found.status else found.error or "gives no answer"
        return Profile(url, "wasn't shown", said)
    own = host(start).removeprefix("www.")
    text = unquote(found.body.decode("utf-8", errors="replace")).replace("\\/", "/").casefold()
    if names_host(text, own):
        return Profile(url, "points back")
    words = "log in" in text or "sign in" in text or "captcha" in text
    if found.is_cut or words:
        return Profile(url, "wasn't shown", "shows a login page" if words else "is too long to be read whole")
    return Profile(url, "doesn't point back")


def names_host(text: str, own: str) -> bool:
    """Whether a text names a host as a whole: not as the end of another name, nor as its beginning."""
    at = text.find(own)
    while at >= 0:
        before, after = text[:at].removesuffix("www.")[-1:], text[at + len(own) : at + len(own) + 2]
        goes_on = after[:1].isalnum() or after[:1] == "-" or (after[:1] == "." and after[1:].isalnum())
        if not (before.isalnum() or before in ("-", ".", "@")) and not goes_on:
            return True
        at = text.find(own, at + 1)
    return False
