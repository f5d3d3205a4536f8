"""Answers from servers: asked politely, one hop at a time, never beyond the allowed hosts or into a private network.

Every answer is bounded in time and size before it is believed. An address that a name resolves to is checked at each
connection (so neither a redirect nor a changed name record leads to a machine nearby), unless the start itself is one.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from groma import __version__
from groma.site.address import host, is_local_name, is_private, normal, origin
from groma.site.gather.inflate import inflated
from groma.site.page import Response

if TYPE_CHECKING:
    import aiohttp
    from aiohttp.abc import ResolveResult

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
MOST_HEADERS = 100
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
        try:
            import aiohttp
        except ImportError:
            raise MissingExtraError(
                "auditing a live site needs aiohttp, which isn't installed: pip install 'groma[site]'"
            ) from None
        address = normal(start)
        if address is None:
            raise ValueError(f"expected an address such as https://example.com/, found `{start}`")
        self.start = address
        self.hosts = hosts_of(address, hosts)
        self.retries = retries
        self._paces: dict[str, float] = {}
        self._turns: dict[str, float] = {}
        self._may_be_private = is_local_name(host(address))
        connector = aiohttp.TCPConnector(
            limit=concurrency, resolver=_guarded(self._may_be_private, host(address)), ttl_dns_cache=300
        )
        self._session: aiohttp.ClientSession = aiohttp.ClientSession(
            connector=connector,
            timeout=aiohttp.ClientTimeout(total=seconds, sock_connect=min(10.0, seconds)),
            headers={
                "User-Agent": agent,
                "Accept-Encoding": "gzip, deflate",
                "Accept": "text/html,*/*;q=0.8",
            },
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            max_line_size=16_384,
            max_field_size=16_384,
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
        await self._session.close()

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
        import aiohttp
        from yarl import URL

        begun = time.perf_counter()
        status, headers = 0, ()
        try:
            async with self._session.get(URL(url, encoded=True), allow_redirects=False) as answer:
                waited = time.perf_counter() - begun
                status = answer.status
                headers = tuple(
                    (key.lower(), value) for key, value in list(answer.headers.items())[:MOST_HEADERS]
                )
                kind = answer.headers.get("Content-Type", "").lower()
                if document and kind and not kind.startswith(_READ):
                    answer.close()
                    return Response(url, status, headers, b"", waited)
                parts: list[bytes] = []
                size, cut = 0, False
                async for part in answer.content.iter_any():
                    parts.append(part)
                    size += len(part)
                    if size > most:
                        cut = True
                        answer.close()
                        break
                body, error = b"".join(parts)[:most], ""
                encoding = answer.headers.get("Content-Encoding", "").lower().strip()
                if encoding in ("gzip", "x-gzip", "deflate"):
                    body, grown, error = inflated(body, "gzip" if "gzip" in encoding else "deflate", most)
                    cut = cut or grown
                elif encoding not in ("", "identity"):
                    body, error = b"", f"answers in an encoding nobody asked for ({encoding[:20]})"
                return Response(url, status, headers, body, waited, "" if cut else error, cut)
        except TimeoutError:
            return Response(url, status, headers, b"", time.perf_counter() - begun, "no answer in time")
        except aiohttp.ClientPayloadError:
            return Response(url, status, headers, b"", time.perf_counter() - begun, "the answer breaks off")
        except (aiohttp.ClientError, OSError, ValueError, UnicodeError) as error:
            return Response(url, 0, (), b"", time.perf_counter() - begun, _said(error))


def _said(error: Exception) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text[:200]


def _pause(answer: Response) -> float:
    try:
        return max(0.0, float(answer.header("retry-after") or "1"))
    except ValueError:
        return 1.0


def _guarded(may_be_private: bool, start: str) -> Any:
    from aiohttp.abc import AbstractResolver
    from aiohttp.resolver import ThreadedResolver

    class Guarded(AbstractResolver):
        """Resolves names, and refuses addresses that aren't public unless the start is such a machine itself."""

        def __init__(self) -> None:
            self.inner = ThreadedResolver()
            self.start_is_private: bool | None = True if may_be_private else None

        async def resolve(
            self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
        ) -> list[ResolveResult]:
            found = await self.inner.resolve(host, port, family)
            public = [one for one in found if not is_private(one["host"])]
            if self.start_is_private is None and host == start.partition(":")[0]:
                self.start_is_private = not public
            if self.start_is_private and (may_be_private or host == start.partition(":")[0]):
                return found
            if not public:
                raise OSError(f"{host} is a private address")
            return public

        async def close(self) -> None:
            await self.inner.close()

    return Guarded()


def robots_address(url: str) -> str:
    """Where the rules for an address stand."""
    return origin(url) + "/robots.txt"
