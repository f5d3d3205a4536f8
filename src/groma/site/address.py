"""Addresses: joined, in one normal form, and judged (which host, which origin, private or public).

RFC 3986, 6.2.2 and 6.2.3 (case, percent-encoding, dot segments, default ports) with what browsers forgive (WHATWG URL:
blanks around, tabs and line feeds inside, backslashes, characters that need encoding). Two texts of one normal form are
one page to every crawler.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from urllib.parse import quote, urljoin, urlsplit

MOST_LETTERS = 4096
"""Longer addresses aren't followed: servers refuse them from 8 KB on, and only traps make them."""

_STRIPPED = dict.fromkeys(map(ord, "\t\r\n"))
_SAFE = "/:?#[]@!$&'()*+,;=-._~%|"
_HEX = re.compile(r"%[0-9a-fA-F]{2}")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_PLAIN = re.compile(r"/(?:[A-Za-z0-9_~-]+(?:\.[A-Za-z0-9_~-]+)*/)*(?:[A-Za-z0-9_~-]+(?:\.[A-Za-z0-9_~-]+)*)?")
_WHOLE = re.compile(r"https?://[a-zA-Z0-9]")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


class Joiner:
    """Joins the addresses on a page at `base` (itself normal)."""

    __slots__ = ("_base", "_folder", "_origin", "_start")

    def __init__(self, base: str) -> None:
        self._base = base
        self._origin = origin(base)
        self._start = self._origin + "/"
        self._folder = base.rpartition("/")[0] + "/" if "?" not in base else base

    def join(self, href: str) -> str | None:
        """The normal form of `href` without its fragment.

        None where it leads to no page: other schemes (mail, telephone, script, data), broken or endless addresses.
        """
        plain = self.plain(href)
        if plain is not None:
            return plain
        # What begins with ? or # stands for the page itself; what names its host is the same everywhere, and the rest
        # for all pages of a folder.
        if _WHOLE.match(href):
            return _joined(self._start, href)
        on_page = href.startswith(("?", "#")) or not href.strip()
        return _joined(self._base if on_page else self._folder, href)

    def plain(self, href: str) -> str | None:
        """The same for an address that needs no work, as most do: a path from the root, alone or on this very host."""
        if len(href) > MOST_LETTERS:
            return None
        if _PLAIN.fullmatch(href):
            return self._origin + href
        if href.startswith(self._start) and _PLAIN.fullmatch(href, len(self._start) - 1):
            return href
        return None


def join(base: str, href: str) -> str | None:
    """The normal form of one address on a page at `base`; see `Joiner`."""
    return Joiner(base).join(href)


@lru_cache(maxsize=50_000)
def _joined(base: str, href: str) -> str | None:
    href = href.strip(" \t\r\n\f\0").translate(_STRIPPED)
    if len(href) > MOST_LETTERS:
        return None
    scheme = _SCHEME.match(href)
    if scheme and scheme.group().lower() not in ("http:", "https:"):
        return None
    head, mark, tail = href.partition("?")
    try:
        return normal(urljoin(base, head.replace("\\", "/") + mark + tail))
    except ValueError:
        return None


@lru_cache(maxsize=20_000)
def normal(url: str) -> str | None:
    """The normal form of an absolute address without its fragment; None if it isn't one of http or https."""
    try:
        parts = urlsplit(url.strip().translate(_STRIPPED))
        port, host = parts.port, parts.hostname
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    if scheme not in ("http", "https") or not host or len(url) > MOST_LETTERS:
        return None
    host = _host(host)
    if host is None:
        return None
    if port is not None and port != (443 if scheme == "https" else 80):
        host = f"{host}:{port}"
    path = _dots_removed(_encoded(parts.path)) or "/"
    query = f"?{_encoded(parts.query)}" if parts.query else ""
    return f"{scheme}://{host}{path}{query}"


def _host(host: str) -> str | None:
    host = host.rstrip(".").lower()
    if ":" in host:
        return f"[{host}]"
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    return host if re.fullmatch(r"[a-z0-9._-]+", host) else None


def _encoded(text: str) -> str:
    if not text.isascii() or _needs_quoting(text):
        text = quote(text, safe=_SAFE)
    if "%" not in text:
        return text
    text = re.sub(r"%(?![0-9a-fA-F]{2})", "%25", text)
    return _HEX.sub(_decoded, text)


def _needs_quoting(text: str) -> bool:
    return any(letter in text for letter in ' "<>\\^`{}')


def _decoded(found: re.Match[str]) -> str:
    letter = chr(int(found.group()[1:], 16))
    return letter if letter in _UNRESERVED else found.group().upper()


def _dots_removed(path: str) -> str:
    if "/." not in path:
        return path
    kept: list[str] = []
    parts = path.split("/")
    for index, part in enumerate(parts):
        if part == ".":
            if index == len(parts) - 1:
                kept.append("")
        elif part == "..":
            if len(kept) > 1:
                kept.pop()
            if index == len(parts) - 1:
                kept.append("")
        else:
            kept.append(part)
    return "/".join(kept)


def host(url: str) -> str:
    """Host with port of a normal address."""
    return url.split("/", 3)[2]


def origin(url: str) -> str:
    """Scheme, host and port of a normal address, without a slash at the end."""
    return url[: len(url) - len(url.split("/", 3)[3]) - 1]


def path(url: str) -> str:
    """Path and query of a normal address, from its first slash."""
    return "/" + url.split("/", 3)[3]


@lru_cache(maxsize=10_000)
def is_private(address: str) -> bool:
    """Whether an IP address isn't one of the public internet (loopback, private, link-local, shared, reserved ...)."""
    try:
        found = ipaddress.ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return not found.is_global or found.is_multicast


@lru_cache(maxsize=10_000)
def is_local_name(name: str) -> bool:
    """Whether a host name can only mean a machine nearby (RFC 6761, RFC 6762)."""
    name = name.rpartition(":")[0] if name.rpartition(":")[2].isdigit() else name
    return name == "localhost" or name.endswith((".localhost", ".local", ".internal")) or is_private(name)
