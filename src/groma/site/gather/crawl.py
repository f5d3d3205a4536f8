"""A crawl: robots.txt, sitemaps, then pages breadth first in an order that depends on the site alone.

Many addresses are asked at once, but answers are taken in the order of asking: what a bound cuts off is the same each
time. Three things end a crawl of an endless site: bounds, addresses that repeat themselves, and address patterns
whose pages say the same (calendars, sessions).
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar
from urllib.parse import parse_qsl, urlsplit

from groma.progress import UNHEARD, Progress
from groma.site.address import join, normal, origin
from groma.site.gather.bounds import Bounds
from groma.site.gather.live import TOKEN
from groma.site.gather.sitemaps import Sitemap, read_sitemap
from groma.site.gather.source import Source
from groma.site.page import Response
from groma.site.robots import Access, access_of

MISSING = "/this-page-cannot-exist-7f3a1c09"
"""Asked for to learn how a site answers for what isn't there."""

BATCH = 8
FEW_WORDS = 20
"""Pages with fewer words say nothing about a pattern (an empty frame for scripts looks like any other)."""


class Seen(Protocol):
    """What a crawl needs to know of a page that was read."""

    @property
    def url(self) -> str: ...
    @property
    def follow(self) -> Sequence[str]: ...
    @property
    def location(self) -> str: ...
    @property
    def shape(self) -> str: ...
    @property
    def words(self) -> int: ...
    @property
    def status(self) -> int: ...


S = TypeVar("S", bound=Seen)


@dataclass(frozen=True, slots=True)
class Trap:
    """An address pattern without end: how many of its pages were read, how many were left, one of them."""

    pattern: str
    read: int
    left: int
    example: str


@dataclass(frozen=True)
class Gathered:
    """What a crawl met besides pages. `ended` says why it is incomplete (empty: every page that is linked was read)."""

    start: str
    is_live: bool
    robots: dict[str, Access]
    sitemaps: tuple[Sitemap, ...]
    stated_sitemaps: tuple[str, ...]
    """Those that robots.txt names."""
    missing: Response
    """What the site answers for an address that can't exist."""
    llms: Response
    refused: tuple[str, ...]
    """Addresses that robots.txt keeps this crawler from."""
    traps: tuple[Trap, ...]
    known: tuple[str, ...]
    ended: str

    def access(self, url: str) -> Access | None:
        """The robots.txt that holds for an address."""
        return self.robots.get(origin(url))


@dataclass(slots=True)
class _Pattern:
    read: int = 0
    left: int = 0
    shapes: set[str] = field(default_factory=set[str])
    is_trap: bool = False
    example: str = ""


async def crawl(
    source: Source,
    bounds: Bounds,
    read: Callable[[list[Response]], Awaitable[list[S]]],
    visit: Callable[[S, int], None],
    *,
    obey: bool = True,
    progress: Progress = UNHEARD,
) -> Gathered:
    """Gathers a site. `read` turns answers into what is known of them (perhaps elsewhere), `visit` takes each with its
    depth (-1: not linked, only listed), in order. `obey` keeps to robots.txt."""
    return await _Crawl(source, bounds, read, visit, obey, progress).run()


class _Crawl(Generic[S]):
    def __init__(
        self,
        source: Source,
        bounds: Bounds,
        read: Callable[[list[Response]], Awaitable[list[S]]],
        visit: Callable[[S, int], None],
        obey: bool,
        progress: Progress,
    ) -> None:
        self.source, self.bounds, self.read, self.visit = source, bounds, read, visit
        self.obey, self.progress = obey, progress
        self.robots: dict[str, Access] = {}
        self.frontier: deque[tuple[str, int, int]] = deque()  # address, depth, redirects before it
        self.queued: set[str] = set()
        self.patterns: dict[str, _Pattern] = {}
        self.refused: list[str] = []
        self.asked = self.done = 0
        self.ended = ""
        self.until = time.monotonic() + bounds.seconds if bounds.seconds else float("inf")

    async def run(self) -> Gathered:
        start = self.source.start
        access = await self._access(start)
        stated = tuple(dict.fromkeys(url for text, _ in access.robots.sitemaps if (url := join(start, text))))
        sitemaps = await self._sitemaps([*stated, join(start, "/sitemap.xml") or ""])
        sitemaps = tuple(s for s in sitemaps if s.url in stated or s.status == 200)
        missing = await self.source.fetch(origin(start) + MISSING, most=self.bounds.page_bytes)
        llms = await self.source.fetch(origin(start) + "/llms.txt", most=1_000_000)
        self._queue(start, 0, 0)
        await self._pages()
        known = tuple(dict.fromkeys((*(e.url for s in sitemaps for e in s.entries), *self.source.known())))
        for url in known:
            if self.source.allows(url):
                self._queue(url, -1, 0)
        await self._pages()
        traps = tuple(
            Trap(name, p.read, p.left, p.example) for name, p in sorted(self.patterns.items()) if p.is_trap
        )
        return Gathered(
            start, self.source.is_live, self.robots, sitemaps, stated, missing, llms, tuple(self.refused), traps,
            known, self.ended,
        )  # fmt: skip

    async def _access(self, url: str) -> Access:
        """The robots.txt of an origin, asked for once; at most five redirects are followed (RFC 9309, 2.3.1.2)."""
        place = origin(url)
        found = self.robots.get(place)
        if found is None:
            at = f"{place}/robots.txt"
            answer = await self.source.fetch(at, most=self.bounds.page_bytes, document=False)
            for _ in range(5):
                target = join(answer.url, answer.header("location")) if 300 <= answer.status < 400 else None
                if target is None or not self.source.allows(target):
                    break
                answer = await self.source.fetch(target, most=self.bounds.page_bytes, document=False)
            found = access_of(at, answer.status, answer.body)
            self.robots[place] = found
            delay = found.delay(TOKEN)
            if delay and self.obey:
                self.source.pace(url, delay)
        return found

    async def _sitemaps(self, first: Iterable[str]) -> tuple[Sitemap, ...]:
        waiting = deque(dict.fromkeys(url for url in first if url))
        queued = set(waiting)
        found: list[Sitemap] = []
        while waiting and len(found) < self.bounds.sitemaps:
            url = waiting.popleft()
            if not self.source.allows(url):
                found.append(Sitemap(url, 0, problems=("stands on a host that isn't crawled",)))
                continue
            answer = await self.source.fetch(url, most=self.bounds.sitemap_bytes, document=False)
            for _ in range(5):
                target = join(answer.url, answer.header("location")) if 300 <= answer.status < 400 else None
                if target is None or not self.source.allows(target):
                    break
                answer = await self.source.fetch(target, most=self.bounds.sitemap_bytes, document=False)
            sitemap = read_sitemap(answer)
            found.append(sitemap)
            self.progress.step("sitemaps", len(found))
            for inner in sitemap.sitemaps:
                if inner not in queued:
                    queued.add(inner)
                    waiting.append(inner)
        return tuple(found)

    def _queue(self, url: str, depth: int, hops: int) -> None:
        """Remembers an address to ask for, unless it is known, too deep, of a trap, or too much."""
        if url in self.queued:
            return
        if depth > self.bounds.depth:
            self.ended = self.ended or f"pages more than {self.bounds.depth} clicks away weren't read"
            return
        if len(self.frontier) >= self.bounds.waiting:
            self.ended = self.ended or f"more than {self.bounds.waiting} addresses wait"
            return
        name = pattern_of(url)
        pattern = self.patterns.setdefault(name, _Pattern()) if len(self.patterns) < 200_000 else _Pattern()
        if pattern.is_trap or repeats(url):
            pattern.is_trap = True
            pattern.left += 1
            pattern.example = pattern.example or url
            return
        self.queued.add(url)
        self.frontier.append((url, depth, hops))

    async def _next(self) -> tuple[str, int, int] | None:
        """The next address that may be asked for."""
        while self.frontier:
            if self.asked >= self.bounds.pages:
                self.ended = self.ended or f"the bound of {self.bounds.pages} pages was met"
                return None
            if time.monotonic() > self.until:
                self.ended = self.ended or f"the bound of {self.bounds.seconds:g} seconds was met"
                return None
            url, depth, hops = self.frontier.popleft()
            pattern = self.patterns.get(pattern_of(url))
            if pattern is not None and pattern.is_trap and pattern.read >= self.bounds.trap_pages:
                pattern.left += 1
                pattern.example = pattern.example or url
                continue
            access = await self._access(url)
            if self.obey and not access.verdict(TOKEN, url).allowed:
                self.refused.append(url)
                continue
            self.asked += 1
            return url, depth, hops
        return None

    async def _pages(self) -> None:
        """Asks, reads and visits until nothing waits."""
        window = self.bounds.concurrency * 8
        fetching: deque[tuple[asyncio.Task[Response], int, int]] = deque()
        gate = asyncio.Semaphore(self.bounds.concurrency)
        reading: deque[tuple[asyncio.Task[list[S]], list[tuple[int, int]]]] = deque()
        try:
            while True:
                while len(fetching) < window:
                    found = await self._next()
                    if found is None:
                        break
                    url, depth, hops = found
                    fetching.append((asyncio.create_task(self._fetch(gate, url)), depth, hops))
                if fetching:
                    await fetching[0][0]
                    batch: list[Response] = []
                    places: list[tuple[int, int]] = []
                    while fetching and fetching[0][0].done() and len(batch) < BATCH:
                        task, depth, hops = fetching.popleft()
                        batch.append(task.result())
                        places.append((depth, hops))
                    reading.append((asyncio.create_task(self._read(batch)), places))
                if reading and (len(reading) >= 8 or not fetching or not self.frontier):
                    task, places = reading.popleft()
                    for seen, (depth, hops) in zip(await task, places, strict=True):
                        self._take(seen, depth, hops)
                if not fetching and not reading and not self.frontier:
                    return
                if not fetching and not reading and self.ended:
                    return
        finally:
            for task, _, _ in fetching:
                task.cancel()
            for task, _ in reading:
                task.cancel()

    async def _read(self, batch: list[Response]) -> list[S]:
        return await self.read(batch)

    async def _fetch(self, gate: asyncio.Semaphore, url: str) -> Response:
        async with gate:
            return await self.source.fetch(url, most=self.bounds.page_bytes)

    def _take(self, seen: S, depth: int, hops: int) -> None:
        if 200 <= seen.status < 300 and seen.words >= FEW_WORDS and seen.shape:
            self._learn(seen.url, seen.shape)
        if seen.location and self.source.allows(seen.location) and hops < self.bounds.redirects:
            self._queue(seen.location, depth, hops + 1)
        for target in seen.follow:
            if target not in self.queued and self.source.allows(target):
                self._queue(target, depth + 1 if depth >= 0 else -1, 0)
        self.visit(seen, depth)  # last: a visitor may let go of what was followed
        self.done += 1
        self.progress.step("pages", self.done)

    def _learn(self, url: str, shape: str) -> None:
        """Notes what a page of a pattern says; a pattern of many pages and few sayings is a trap."""
        pattern = self.patterns.get(pattern_of(url))
        if pattern is None:
            return
        pattern.read += 1
        if len(pattern.shapes) < self.bounds.trap_pages:
            pattern.shapes.add(shape)
        if pattern.read >= self.bounds.trap_pages and len(pattern.shapes) * 4 <= self.bounds.trap_pages:
            pattern.is_trap = True


_NUMBERS = re.compile(r"\d+")


def pattern_of(url: str) -> str:
    """An address with its numbers as `0` and of its query only the names: pages of one kind share it."""
    address, mark, query = url.partition("?")
    address = _NUMBERS.sub("0", address)
    if not mark:
        return address
    return f"{address}?{'&'.join(sorted({key for key, _ in parse_qsl(query, keep_blank_values=True)}))}"[:500]


def repeats(url: str) -> bool:
    """Whether a path says one of its parts four times or has more than thirty: a link that grows with each click."""
    if url.count("/") < 6:  # too few for four parts
        return False
    parts = [part for part in urlsplit(url).path.split("/") if part]
    return len(parts) > 30 or any(parts.count(part) >= 4 for part in set(parts))


def start_of(text: str) -> str | None:
    """The normal address of what a person typed (`example.com` means https)."""
    return normal(text if "://" in text else f"https://{text}")
