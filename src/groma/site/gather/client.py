"""Gets what stands at addresses, over connections that are kept as long as both sides want them.

As little as a crawl needs: GET over HTTP/1.1, without redirects, cookies, credentials and proxies. Each answer ends at
a bound of bytes and of seconds.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from groma.site.address import host, origin, path
from groma.site.gather.connection import Answer, Broken, Connection, Gone
from groma.site.gather.names import Names

if TYPE_CHECKING:
    from ssl import SSLContext

MOST_CONNECT = 10.0
"""Seconds for connecting, over all addresses that are tried."""

MOST_ADDRESSES = 4
"""Addresses of a host that are tried, one after the other."""

MOST_IDLE = 15.0
"""Seconds after which a connection isn't trusted any more: what stands between may have forgotten it."""

_SENT = re.compile(r"[!-~]+")
"""What may stand in the first line of a request."""


class Client:
    """`headers` go with each request; an answer takes at most `seconds`. Close it in the loop it was used in."""

    def __init__(self, names: Names, headers: Mapping[str, str], seconds: float) -> None:
        self.names, self.seconds = names, seconds
        self._headers = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._kept: dict[str, list[Connection]] = {}
        self._secure: SSLContext | None = None

    async def get(self, url: str, most: int, is_wanted: Callable[[str], bool]) -> Answer:
        """The answer for a normal address, at most `most` bytes of its body, none of an unwanted media type.

        Never raises: where nobody answers the status is 0, and the error says why.
        """
        target = path(url)
        if not _SENT.fullmatch(target):
            return Answer(error="the address holds characters that can't be sent")
        request = f"GET {target} HTTP/1.1\r\nHost: {host(url)}\r\n{self._headers}\r\n".encode("latin-1")
        place = origin(url)
        connection: Connection | None = None
        try:
            async with asyncio.timeout(self.seconds):
                while (connection := self._idle(place)) is not None:
                    try:
                        return await connection.ask(request, most, is_wanted)
                    except Gone:  # closed while nobody asked: that says nothing about this address
                        continue
                connection = await self._connected(place)
                return await connection.ask(request, most, is_wanted)
        except TimeoutError:
            error = "no answer in time"
        except Broken as broken:
            error = str(broken)
        except Gone:
            error = "closes the connection without an answer"
        except (OSError, ValueError) as failed:
            error = _said(failed)
        finally:
            if connection is not None:
                self._keep(place, connection)
        return Answer(error=error) if connection is None else connection.so_far(error)

    async def close(self) -> None:
        for kept in self._kept.values():
            for connection in kept:
                connection.close()
        self._kept.clear()
        await asyncio.sleep(0)  # they end in the loop's next round

    def _idle(self, place: str) -> Connection | None:
        kept = self._kept.get(place)
        while kept:
            connection = kept.pop()
            if connection.is_free and asyncio.get_running_loop().time() - connection.since < MOST_IDLE:
                return connection
            connection.close()
        return None

    def _keep(self, place: str, connection: Connection) -> None:
        if connection.is_free:
            self._kept.setdefault(place, []).append(connection)
        else:
            connection.close()

    async def _connected(self, place: str) -> Connection:
        """A new connection. Raises OSError."""
        parts = urlsplit(place)
        name, is_secure = parts.hostname or "", parts.scheme == "https"
        port = parts.port or (443 if is_secure else 80)
        addresses = (await self.names.addresses(name, port))[:MOST_ADDRESSES]
        loop = asyncio.get_running_loop()
        failed: OSError = OSError(f"{name} has no address")
        for address in addresses:
            try:
                async with asyncio.timeout(MOST_CONNECT / len(addresses)):
                    _, connection = await loop.create_connection(
                        Connection, address, port,
                        ssl=self._context() if is_secure else None, server_hostname=name if is_secure else None,
                    )  # fmt: skip
            except OSError as error:  # also when it takes too long
                failed = error
            else:
                self.names.works(name, address)
                return connection
        raise failed

    def _context(self) -> SSLContext:
        """With the system's authorities; loaded for the first address that needs it, since that takes a while."""
        if self._secure is None:
            import ssl

            self._secure = ssl.create_default_context()
            self._secure.set_alpn_protocols(["http/1.1"])
        return self._secure


def _said(error: Exception) -> str:
    return (" ".join(str(error).split()) or type(error).__name__)[:200]
