"""Reading pages where it suits: here, or in other processes.

What a page becomes is a pure function of the answer, so it doesn't matter where it runs; the crawl takes results in
order. Where a process can be forked it costs next to nothing and knows all that this one knows, so it is there from the
first page on. Elsewhere it has to load everything anew, which small sites never pay for.
"""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from groma.site.audit import Audit
from groma.site.page import Response
from groma.site.record import Record, digest

FEW_PAGES = 300
"""Pages read here before other processes are started, where they start slowly."""

MOST_WAITING = 2
"""Batches that wait for each other process before some are read here."""

SMALL = Response("http://localhost/", 200, (("content-type", "text/html"),), b"<title>A</title><p>A")


class Readers:
    """Reads batches of answers; with `workers` in as many other processes. Close it at the end."""

    def __init__(self, single: Sequence[Audit], is_live: bool, workers: int = 0) -> None:
        self.single, self.is_live, self.workers = single, is_live, workers
        self._pool: ProcessPoolExecutor | None = None
        self._read = self._waiting = 0
        if workers and _may_fork():
            digest(SMALL, single, is_live)  # loads what reading needs, so that it is there after forking
            self._pool = self._started("fork")

    async def read(self, batch: list[Response]) -> list[Record]:
        """The records of a batch, in its order."""
        self._read += len(batch)
        if self._pool is None and self.workers and self._read > FEW_PAGES:
            self._pool = self._started("spawn")
        if self._pool is not None and self._waiting < MOST_WAITING * self.workers:
            self._waiting += 1
            try:
                loop = asyncio.get_running_loop()
                return await loop.run_in_executor(self._pool, _read_there, batch, self.is_live)
            except BrokenProcessPool:  # killed for memory, say: go on here
                self.close()
                self.workers = 0
            finally:
                self._waiting -= 1
        await asyncio.sleep(0)
        return [digest(response, self.single, self.is_live) for response in batch]

    def _started(self, way: str) -> ProcessPoolExecutor:
        from multiprocessing import get_context

        names = tuple(audit.id for audit in self.single)
        pool = ProcessPoolExecutor(self.workers, get_context(way), _begin, (names,))
        pool.submit(_read_there, [], self.is_live)  # all processes start with the first task
        return pool

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None


def _may_fork() -> bool:
    """Whether a copy of this process would be whole: of several threads only one would go on in it."""
    return sys.platform == "linux" and threading.active_count() == 1


_SINGLE: list[Audit] = []
"""The audits of this process, if it is one of the pool."""


def _begin(names: tuple[str, ...]) -> None:
    from groma.site.registry import all_audits

    signal.set_wakeup_fd(-1)  # of the event loop that a forked process was copied from
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that the person sees
    _SINGLE[:] = [all_audits()[name] for name in names]
    gc.freeze()  # what was there before stays, and needn't be looked through again


def _read_there(batch: list[Response], is_live: bool) -> list[Record]:
    return [digest(response, _SINGLE, is_live) for response in batch]
