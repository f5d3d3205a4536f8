"""What servers answered, kept in one file, so that a crawl goes on where it stopped and audits run again offline.

SQLite in write-ahead mode: rows are only added; what was committed before a crash is whole. Pages are read anew from
these answers (see `reading`), so a newer Groma sees more in an old crawl. Nothing of a crawl is kept in memory.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from groma.site.address import host
from groma.site.gather.live import hosts_of
from groma.site.gather.source import Source
from groma.site.page import Response

FORMAT = "1"
COMMIT_EVERY = 256


class StoreError(Exception):
    """The file can't be used; the message says why and what to do."""


class Store:
    """Answers by address, in the order in which they came."""

    def __init__(self, file: Path) -> None:
        self.file = file
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._base = sqlite3.connect(file, check_same_thread=False)
            self._base.executescript(
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                "CREATE TABLE IF NOT EXISTS about (key TEXT PRIMARY KEY, value TEXT);"
                "CREATE TABLE IF NOT EXISTS response (number INTEGER PRIMARY KEY, url TEXT UNIQUE, "
                "status INTEGER, headers TEXT, body BLOB, seconds REAL, error TEXT, cut INTEGER);"
            )
            found = self.about("format")
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"{file}: can't be used ({error}); choose another --out or remove it") from None
        if found and found != FORMAT:
            raise StoreError(f"{file}: was written by another version of Groma; remove it to crawl anew")
        if not found:
            self.note("format", FORMAT)
        self._waiting = 0

    def about(self, key: str) -> str:
        """What was noted about the crawl, empty if nothing."""
        row: Any = self._base.execute("SELECT value FROM about WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else ""

    def note(self, key: str, value: str) -> None:
        self._base.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", (key, value))
        self._base.commit()

    def get(self, url: str) -> Response | None:
        """The answer for an address, None if it wasn't asked for yet."""
        row: Any = self._base.execute(
            "SELECT url, status, headers, body, seconds, error, cut FROM response WHERE url = ?", (url,)
        ).fetchone()
        return _response(row) if row else None

    def add(self, response: Response) -> None:
        """Keeps an answer; the first one for an address stays."""
        self._base.execute(
            "INSERT OR IGNORE INTO response (url, status, headers, body, seconds, error, cut) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                response.url,
                response.status,
                json.dumps(response.headers),
                zlib.compress(response.body, 1) if response.body else b"",
                response.seconds,
                response.error,
                int(response.is_cut),
            ),
        )
        self._waiting += 1
        if self._waiting >= COMMIT_EVERY:
            self.commit()

    def commit(self) -> None:
        self._base.commit()
        self._waiting = 0

    def finish(self) -> None:
        """Notes that the crawl came to its end."""
        self.note("finished", "yes")

    def clear(self) -> None:
        """Forgets everything but the format."""
        self._base.execute("DELETE FROM response")
        self._base.execute("DELETE FROM about WHERE key <> 'format'")
        self._base.commit()
        self._base.execute("VACUUM")

    def __len__(self) -> int:
        return int(self._base.execute("SELECT COUNT(*) FROM response").fetchone()[0])

    def close(self) -> None:
        self._base.commit()
        self._base.close()


def going_on(file: Path) -> Store:
    """The store of a crawl that was interrupted, to go on with; where the last one was finished, an empty one.

    A finished crawl is a picture of its day: asking for the site again means to see it as it is now.
    """
    store = Store(file)
    if store.about("finished"):
        store.clear()
    return store


class Recorded:
    """A `Source` that answers from a store, and asks another source (if there is one) only for what isn't there."""

    def __init__(self, store: Store, inner: Source | None, start: str, is_live: bool = True) -> None:
        self.store, self.inner, self.start, self.is_live = store, inner, start, is_live

    def allows(self, url: str) -> bool:
        return self.inner.allows(url) if self.inner is not None else host(url) in hosts_of(self.start)

    def known(self) -> Iterable[str]:
        return self.inner.known() if self.inner is not None else ()

    def pace(self, url: str, seconds: float) -> None:
        if self.inner is not None:
            self.inner.pace(url, seconds)

    async def close(self) -> None:
        self.store.commit()
        if self.inner is not None:
            await self.inner.close()

    async def fetch(self, url: str, *, most: int, document: bool = True) -> Response:
        found = self.store.get(url)
        if found is None and self.inner is not None:
            found = await self.inner.fetch(url, most=most, document=document)
            self.store.add(found)
        return found or Response(url, 0, error="wasn't gathered")


def _response(row: Any) -> Response:
    url, status, headers, body, seconds, error, cut = row
    return Response(
        str(url),
        int(status),
        tuple((str(key), str(value)) for key, value in json.loads(headers)),
        zlib.decompress(body) if body else b"",
        float(seconds),
        str(error),
        bool(cut),
    )
