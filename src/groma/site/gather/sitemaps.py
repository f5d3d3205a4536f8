"""Sitemaps to sitemaps.org 0.9: indexes, url sets, gzip, plain text, feeds; and what is wrong with them.

Read as a stream by expat without document types, so that no entity can grow; bounded by the protocol's own limits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple
from xml.parsers import expat

from groma.site.address import Joiner, normal
from groma.site.gather.inflate import inflated
from groma.site.page import Response

MOST_ENTRIES = 50_000
MOST_BYTES = 52_428_800


class Entry(NamedTuple):
    """A page listed: its normal address, `lastmod` and `priority` as written (empty: not stated)."""

    url: str
    lastmod: str = ""
    priority: str = ""


@dataclass(frozen=True, slots=True)
class Sitemap:
    """One file: the pages it lists, the sitemaps it lists, and its problems in words."""

    url: str
    status: int
    entries: tuple[Entry, ...] = ()
    sitemaps: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


class _Stop(Exception):
    """Reading ends here."""


def read_sitemap(response: Response) -> Sitemap:
    """The sitemap of an answer; never raises."""
    if response.status != 200:
        said = f"answers {response.status}" if response.status else response.error or "gives no answer"
        return Sitemap(response.url, response.status, problems=(said,))
    data = response.body
    problems: list[str] = []
    if data.startswith(b"\x1f\x8b"):
        data, cut, error = inflated(data, "gzip", MOST_BYTES)
        if cut:
            problems.append("is larger than 50 MB uncompressed")
        if error:
            problems.append(error)
    if response.is_cut:
        problems.append("is larger than 50 MB")
    head = data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head.startswith(b"<"):
        return _plain(response, data, problems)
    return _xml(response, data, problems)


def _plain(response: Response, data: bytes, problems: list[str]) -> Sitemap:
    lines = [line.strip() for line in data.decode("utf-8", "replace").splitlines() if line.strip()]
    entries = [Entry(url) for line in lines[:MOST_ENTRIES] if (url := normal(line)) is not None]
    if len(entries) < min(len(lines), MOST_ENTRIES):
        problems.append(f"{min(len(lines), MOST_ENTRIES) - len(entries)} lines aren't absolute addresses")
    if len(lines) > MOST_ENTRIES:
        problems.append(f"lists {len(lines)} addresses, at most {MOST_ENTRIES} are read")
    if not lines:
        problems.append("is empty")
    return Sitemap(response.url, response.status, tuple(entries), (), tuple(problems))


def _xml(response: Response, data: bytes, problems: list[str]) -> Sitemap:
    reader = _Reader(response.url)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = reader.doctype
    try:
        parser.Parse(data, True)
    except _Stop as stopped:
        problems.append(str(stopped))
    except expat.ExpatError as error:
        problems.append(f"is no well-formed XML: {expat.errors.messages[error.code]} at line {error.lineno}")
    except (ValueError, LookupError) as error:
        problems.append(f"can't be decoded: {error}")
    if reader.root and reader.root not in ("urlset", "sitemapindex", "rss", "feed", "RDF"):
        problems.append(f"is no sitemap: its root is `{reader.root[:40]}`")
    if reader.relative:
        problems.append(f"{reader.relative} addresses aren't absolute")
    return Sitemap(
        response.url, response.status, tuple(reader.entries), tuple(reader.sitemaps), tuple(problems)
    )


class _Reader:
    """Collects entries while expat walks."""

    def __init__(self, url: str) -> None:
        self.joiner = Joiner(url)
        self.root = ""
        self.entries: list[Entry] = []
        self.sitemaps: list[str] = []
        self.relative = 0
        self.fields: dict[str, str] = {}
        self.name = ""
        self.parts: list[str] = []
        self.parent = ""

    def doctype(self, *_: Any) -> None:
        raise _Stop("has a document type, which no sitemap needs: it isn't read further")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(" ")[2]
        if not self.root:
            self.root = local
        if local in ("url", "sitemap", "item", "entry"):
            self.fields, self.parent = {}, local
        elif local == "link" and self.parent == "entry":
            self.fields.setdefault("loc", attributes.get("href", ""))
        self.name = local
        self.parts = []

    def text(self, text: str) -> None:
        if self.name in ("loc", "lastmod", "priority", "link"):
            self.parts.append(text[:5000])

    def end(self, name: str) -> None:
        space, _, local = name.rpartition(" ")
        if local in ("loc", "lastmod", "priority") and (
            not space or ("sitemap" in space and "image" not in space)
        ):
            self.fields.setdefault(local, "".join(self.parts).strip())
        elif local == "link" and self.parent == "item":
            self.fields.setdefault("loc", "".join(self.parts).strip())
        elif local == self.parent and local:
            self._entry(local)
            self.parent = ""
        self.name = ""

    def _entry(self, kind: str) -> None:
        loc = self.fields.get("loc", "")
        url = self.joiner.plain(loc) if loc.startswith("http") else None
        url = url or normal(loc)
        if url is None:
            self.relative += 1
        elif kind == "sitemap":
            self.sitemaps.append(url)
        elif len(self.entries) >= MOST_ENTRIES:
            raise _Stop(f"lists more than {MOST_ENTRIES} addresses: the rest isn't read")
        else:
            self.entries.append(
                Entry(url, self.fields.get("lastmod", "")[:40], self.fields.get("priority", "")[:10])
            )
