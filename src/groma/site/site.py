"""A site as gathered, for audits of the whole: records of its pages, its link graph, robots.txt, sitemaps.

Pages are numbered in the order in which they were visited. Links are kept as three arrays (from, to, where they stand),
so that ten million of them take a hundred megabytes.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from groma.site.audit import Audit, Hit
from groma.site.beyond import Beyond
from groma.site.crawlers import Crawler, crawlers
from groma.site.gather import Entry, Gathered
from groma.site.graph import depths, pagerank
from groma.site.measured import Outcome
from groma.site.record import REGIONS, Record
from groma.site.robots import Access, Verdict

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_HOPS = 10


class Builder:
    """Takes records in order and lets go of their links and hits."""

    def __init__(self, audits: Sequence[Audit]) -> None:
        self.audits = audits
        self.records: list[Record] = []
        self.numbers: dict[str, int] = {}
        self.unread: dict[str, int] = {}
        self.sources, self.targets, self.kinds = array("i"), array("i"), array("b")
        self.hits: list[list[Hit]] = [[] for _ in audits]
        self.looked: list[int] = [0] * len(audits)

    def add(self, record: Record) -> None:
        """Takes a record; its links to other hosts are dropped by `allows` before."""
        number = len(self.records)
        self.records.append(record)
        self.numbers[record.url] = number
        for url, kind in record.links:
            self.sources.append(number)
            self.targets.append(self._target(url))
            self.kinds.append(kind)
        for audit, hit in record.hits:
            self.hits[audit].append(hit)
        for audit in record.looked:
            self.looked[audit] += 1
        record.links, record.follow, record.hits, record.looked = (), (), (), ()

    def _target(self, url: str) -> int:
        """The number of an address, provisional (from the far end) while it wasn't visited."""
        return self.unread.setdefault(url, len(self.unread))

    def site(self, gathered: Gathered, sheet: Outcome | None = None, beyond: Beyond | None = None) -> Site:
        """The site when all records are there."""
        urls = list(self.unread)
        count = len(self.records)
        places = np.fromiter((self.numbers.get(url, -1) for url in urls), dtype=np.int32, count=len(urls))
        missing = places < 0
        places[missing] = count + np.arange(int(missing.sum()), dtype=np.int32)
        never = [url for url, gone in zip(urls, missing, strict=True) if gone]
        sources = np.frombuffer(self.sources, dtype=np.int32) if self.sources else np.zeros(0, dtype=np.int32)
        targets = np.frombuffer(self.targets, dtype=np.int32) if self.targets else np.zeros(0, dtype=np.int32)
        kinds = np.frombuffer(self.kinds, dtype=np.int8) if self.kinds else np.zeros(0, dtype=np.int8)
        return Site(
            gathered,
            self.records,
            self.numbers,
            never,
            sources,
            places[targets],
            kinds,
            sheet,
            beyond or Beyond(),
        )


@dataclass(frozen=True)
class Site:
    """Everything that is known of a site. `sources`, `targets`, `kinds` are its links; a target from `len(records)` on
    is an address that wasn't read, `unread[target - len(records)]`."""

    gathered: Gathered
    records: list[Record]
    numbers: dict[str, int]
    unread: list[str]
    sources: NDArray[np.int32]
    targets: NDArray[np.int32]
    kinds: NDArray[np.int8]
    measured: Outcome | None = None
    beyond: Beyond = Beyond()

    def record(self, url: str) -> Record | None:
        number = self.numbers.get(url)
        return None if number is None else self.records[number]

    def resolved(self, url: str) -> tuple[Record | None, int]:
        """Where an address ends after redirects, and how many there are (`MOST_HOPS` for a loop)."""
        found = self.record(url)
        hops = 0
        while found is not None and found.location and hops < MOST_HOPS:
            hops += 1
            found = self.record(found.location)
        return found, hops

    @property
    def access(self) -> Access:
        """robots.txt of the start, or of where the start leads."""
        home, _ = self.resolved(self.gathered.start)
        found = self.gathered.access(home.url if home else self.gathered.start)
        return found or next(iter(self.gathered.robots.values()))

    @property
    def home(self) -> Record | None:
        return self.resolved(self.gathered.start)[0]

    def verdict(self, token: str, url: str) -> Verdict:
        """Whether a crawler may fetch a page, by the robots.txt of the page's own origin."""
        access = self.gathered.access(url)
        return access.verdict(token, url) if access else Verdict(True)

    @property
    def crawlers(self) -> tuple[Crawler, ...]:
        return crawlers()

    @cached_property
    def pages(self) -> list[Record]:
        """HTML pages that answered with success and lead nowhere else."""
        return [record for record in self.records if record.is_page and not record.location]

    @cached_property
    def indexable(self) -> list[Record]:
        """Pages that may stand in Google's index: by themselves, and not refused by robots.txt."""
        return [r for r in self.pages if r.is_indexable and self.verdict("Googlebot", r.url).allowed]

    @cached_property
    def listed(self) -> dict[str, Entry]:
        """What the sitemaps list, by address."""
        return {entry.url: entry for sitemap in self.gathered.sitemaps for entry in sitemap.entries}

    @property
    def is_complete(self) -> bool:
        """Whether every page that is linked was read: else what nothing links to isn't known."""
        return not self.gathered.ended and not self.gathered.refused and not self.gathered.traps

    @cached_property
    def ends(self) -> NDArray[np.int32]:
        """For each record the number of the one it ends at after redirects (itself where it is no redirect)."""
        found = np.arange(len(self.records), dtype=np.int32)
        for number, record in enumerate(self.records):
            if record.location:
                last, _ = self.resolved(record.url)
                if last is not None:
                    found[number] = self.numbers[last.url]
        return found

    def followed(self, regions: Sequence[str] = REGIONS) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Links between records that crawlers follow, redirects resolved, standing in these regions."""
        wanted = np.isin(self.kinds, [REGIONS.index(region) for region in regions])
        keep = wanted & (self.targets < len(self.records))
        return self.ends[self.sources[keep]], self.ends[self.targets[keep]]

    @cached_property
    def depth(self) -> NDArray[np.int32]:
        """Clicks from the home page for each record, -1 where no followed link leads."""
        sources, targets = self.followed()
        home = self.home
        return depths(len(self.records), sources, targets, [self.numbers[home.url]] if home else [])

    @cached_property
    def rank(self) -> NDArray[np.float64]:
        """Internal PageRank of each record; those that are no pages have none."""
        pages = np.array([r.is_page and not r.location for r in self.records], dtype=bool)
        place = np.cumsum(pages) - 1
        sources, targets = self.followed()
        keep = pages[sources] & pages[targets] if len(sources) else np.zeros(0, dtype=bool)
        ranked = pagerank(
            int(pages.sum()), place[sources[keep]].astype(np.int32), place[targets[keep]].astype(np.int32)
        )
        found = np.zeros(len(self.records))
        found[pages] = ranked
        return found

    def linking(self, urls: Iterable[str], most: int = 3) -> dict[str, list[str]]:
        """For addresses (read or not) some pages that link to them."""
        wanted = {url: self._number(url) for url in urls}
        numbers = {number: url for url, number in wanted.items() if number is not None}
        found: dict[str, list[str]] = {url: [] for url in wanted}
        if numbers:
            rows = np.nonzero(np.isin(self.targets, list(numbers)))[0]
            for row in rows:
                pages = found[numbers[int(self.targets[row])]]
                if len(pages) < most:
                    source = self.records[int(self.sources[row])].url
                    if source not in pages:
                        pages.append(source)
        return found

    def _number(self, url: str) -> int | None:
        number = self.numbers.get(url)
        if number is None:
            place = self._unread_places.get(url)
            return None if place is None else len(self.records) + place
        return number

    @cached_property
    def _unread_places(self) -> dict[str, int]:
        return {url: place for place, url in enumerate(self.unread)}
