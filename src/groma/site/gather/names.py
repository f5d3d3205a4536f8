"""Names of hosts to addresses, none of them in a private network unless the start is there itself.

The address that was judged is the one that is connected to: a name record that changes leads nowhere else.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import time
from collections.abc import Awaitable, Callable

from groma.site.address import is_private

KEPT = 300.0
"""Seconds for which an answer holds."""

Lookup = Callable[[str, int], Awaitable[list[str]]]


async def looked_up(name: str, port: int) -> list[str]:
    """The addresses of a name by the system's resolver, the best first. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in found))


class Names:
    """Addresses of hosts, for a crawl that begins at the host `start` (without its port)."""

    def __init__(self, start: str, may_be_private: bool, lookup: Lookup = looked_up) -> None:
        self.start, self.may_be_private, self.lookup = start, may_be_private, lookup
        self._start_is_private: bool | None = True if may_be_private else None
        self._known: dict[str, tuple[float, list[str]]] = {}

    async def addresses(self, name: str, port: int) -> list[str]:
        """Where to connect to, at least one. Raises OSError where there is nothing, or nothing that may be asked."""
        until, found = self._known.get(name, (0.0, []))
        if time.monotonic() >= until:
            found = self._allowed(name, [name] if _is_address(name) else await self.lookup(name, port))
            self._known[name] = time.monotonic() + KEPT, found
        return found

    def works(self, name: str, address: str) -> None:
        """This one answers: it is tried first from now on."""
        self._known[name][1].sort(key=lambda one: one != address)

    def _allowed(self, name: str, found: list[str]) -> list[str]:
        public = [address for address in found if not is_private(address)]
        if self._start_is_private is None and name == self.start:
            self._start_is_private = not public
        if self._start_is_private and (self.may_be_private or name == self.start):
            return found
        if not public:
            raise OSError(f"{name} is a private address")
        return public


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
