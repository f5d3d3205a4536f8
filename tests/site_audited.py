"""A made site audited with everything that can be known of it: pages after their scripts, profiles elsewhere, a log."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from groma.site import Audited, Outcome, Response, Site, audit_site, visits
from groma.site.beyond import Beyond, LookBeyond
from groma.site.browser import Shown
from groma.site.crawlers import crawlers
from groma.site.gather import Gathered, Source
from groma.site.profiles import looked_at, named_profiles
from groma.site.record import Record
from groma.site.rendered import compared
from site_maker import Made, Served

EVERY = 10
"""Of the pages that no script changes, a browser shows one in so many."""
AGENTS = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; OAI-SearchBot/1.3; +https://openai.com/searchbot",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
)


class Elsewhere(Served):
    """The hosts of profiles, as a `Source`."""

    def allows(self, url: str) -> bool:
        return True

    async def fetch(self, url: str, *, most: int, document: bool = True) -> Response:
        body = self.site.profiles.get(url)
        return Response(url, 404) if body is None else Response(url, 200, (), body.encode())


def beyond(site: Made) -> LookBeyond:
    """What a browser and other hosts show: scripts do to a page what its `scripted` says."""

    async def look(source: Source, gathered: Gathered, records: Sequence[Record]) -> Beyond:
        rendered = {}
        for number, record in enumerate(r for r in records if r.is_page and not r.location):
            leaf = site.leaves.get(record.url.removeprefix(gathered.start.rstrip("/")))
            if leaf is not None and (leaf.scripted or number % EVERY == 0):
                raw = site.answer(leaf.url)
                html = raw.body.decode()
                for old, new in leaf.scripted:
                    assert old in html, (leaf.url, old)
                    html = html.replace(old, new, 1)
                rendered[record.url] = compared(Shown(record.url, raw, html, ()))
        named = named_profiles(records)
        profiles = {url: await looked_at(Elsewhere(site), url, gathered.start) for url in named}
        return Beyond(rendered, profiles)

    return look


def measured(site: Made) -> Outcome:
    """The visits of crawlers: each of `AGENTS` came forty times and was answered, besides what the site's log holds."""
    came = [(agent, f"/lamps/lamp-{n}/", 200) for agent in AGENTS for n in range(40)]
    lines = [
        f'192.0.2.1 - - [10/Oct/2026:13:55:36 +0000] "GET {path} HTTP/1.1" {code} 2326 "-" "{agent}"'
        for agent, path, code in [*came, *site.log]
    ]
    return Outcome(visits=visits(lines, crawlers()))


def audited(site: Made) -> Audited:
    """All audits over the site."""
    return asyncio.run(audit_site(Served(site), measured=measured(site), beyond=beyond(site)))


def gathered(site: Made) -> Site:
    """What audits of whole sites see."""
    return audited(site).site
