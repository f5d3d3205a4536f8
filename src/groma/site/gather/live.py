"""Answers from servers: asked politely, one hop at a time, never beyond the allowed hosts or into a private network.

Every answer is bounded in time and size before it is believed. An address that a name resolves to is checked at each
connection (so neither a redirect nor a changed name record leads to a machine nearby), unless the start itself is one.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from dataclasses import replace
from importlib.util import find_spec
from urllib.parse import urlsplit

from groma import __version__
from groma.site.address import host, is_local_name, is_private, normal, origin
from groma.site.gather.inflate import inflated
from groma.site.gather.names import Names
from groma.site.page import Response

TOKEN = "GromaBot"
"""The product token that robots.txt may name."""

AGENT = f"Mozilla/5.0 (compatible; {TOKEN}/{__version__}; site audit)"
_READ = (
    "text/",
    "application/xhtml+xml",
    "application/xml",
    "application/json",
    "application/ld+json",
    "application/rss",
)
MOST_PACE = 30.0
"""Seconds between two requests that are kept at most when robots.txt asks for a pause."""

MOST_WAIT = 10.0
"""Seconds that are waited at most where a server asks for a pause (429, 503 with Retry-After)."""


class MissingExtraError(Exception):
    """The packages for websites aren't installed; the message says how to get them."""


def hosts_of(start: str, more: Iterable[str] = ()) -> frozenset[str]:
    """Allowed hosts: that of the start with and without `www.`, and those named."""
    first = host(start)
    twin = first.removeprefix("www.") if first.startswith("www.") else f"www.{first}"
    return frozenset({first, twin, *(name.lower() for name in more)})


class Live:
    """A `Source` of live servers. Make it inside a running event loop; `close` it there."""

    is_live = True

    def __init__(
        self,
        start: str,
        *,
        hosts: Iterable[str] = (),
        concurrency: int = 8,
        seconds: float = 20.0,
        agent: str = AGENT,
        retries: int = 1,
    ) -> None:
        if find_spec("httptools") is None:
            raise MissingExtraError(
                "auditing a live site needs httptools, which isn't installed: pip install 'groma[site]'"
            )
        from groma.site.gather.client import Client

        address = normal(start)
        if address is None:
            raise ValueError(f"expected an address such as https://example.com/, found `{start}`")
        self.start = address
        self.hosts = hosts_of(address, hosts)
        self.retries = retries
        self._paces: dict[str, float] = {}
        self._turns: dict[str, float] = {}
        self._may_be_private = is_local_name(host(address))
        self._gate = asyncio.Semaphore(concurrency)
        self._client = Client(
            Names(urlsplit(address).hostname or "", self._may_be_private),
            {"User-Agent": agent, "Accept": "text/html,*/*;q=0.8", "Accept-Encoding": "gzip, deflate"},
            seconds,
        )

    def allows(self, url: str) -> bool:
        name = host(url)
        return name in self.hosts and (
            self._may_be_private or not is_private(name.rpartition(":")[0] or name)
        )

    def known(self) -> Iterable[str]:
        return ()

    def pace(self, url: str, seconds: float) -> None:
        self._paces[host(url)] = min(seconds, MOST_PACE)

    async def close(self) -> None:
        await self._client.close()

    async def fetch(self, url: str, *, most: int, document: bool = True) -> Response:
        if not self.allows(url):
            return Response(url, 0, error="not an allowed host")
        await self._turn(host(url))
        answer = await self._once(url, most, document)
        for _ in range(self.retries):
            if answer.status not in (429, 503):
                break
            pause = _pause(answer)
            if pause > MOST_WAIT:
                break
            await asyncio.sleep(pause)
            answer = await self._once(url, most, document)
        return answer

    async def _turn(self, name: str) -> None:
        """Waits until the host may be asked again; each caller takes the next free moment."""
        pace = self._paces.get(name, 0.0)
        if pace:
            now = time.monotonic()
            moment = max(now, self._turns.get(name, 0.0))
            self._turns[name] = moment + pace
            await asyncio.sleep(moment - now)

    async def _once(self, url: str, most: int, document: bool) -> Response:
        async with self._gate:
            begun = time.perf_counter()
            answer = await self._client.get(url, most, _is_read if document else _is_anything)
        status, headers, body, moment, is_cut, error = answer
        response = Response(
            url, status, headers, body, (moment or time.perf_counter()) - begun, error, is_cut
        )
        return _inflated(response, most) if body else response


def _is_read(kind: str) -> bool:
    return kind.startswith(_READ)


def _is_anything(kind: str) -> bool:
    return True


def _inflated(response: Response, most: int) -> Response:
    """With its body as it was before it was compressed for the way."""
    encoding = response.header("content-encoding").lower().strip()
    if encoding in ("", "identity"):
        return response
    if encoding not in ("gzip", "x-gzip", "deflate"):
        said = f"answers in an encoding nobody asked for ({encoding[:20]})"
        return replace(response, body=b"", error="" if response.is_cut else said)
    body, is_more, error = inflated(response.body, "gzip" if "gzip" in encoding else "deflate", most)
    is_cut = response.is_cut or is_more
    return replace(response, body=body, error="" if is_cut else error, is_cut=is_cut)


def _pause(answer: Response) -> float:
    try:
        return max(0.0, float(answer.header("retry-after") or "1"))
    except ValueError:
        return 1.0


def robots_address(url: str) -> str:
    """Where the rules for an address stand."""
    return origin(url) + "/robots.txt"
