"""Reading pages where it suits: here, or in other processes once a site turns out to be large.

What a page becomes is a pure function of the answer, so it doesn't matter where it runs; the crawl takes results in
order. Small sites never pay for starting a process.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from groma.site.audit import Audit
from groma.site.page import Response
from groma.site.record import Record, digest

FEW_PAGES = 300
"""Pages read here before other processes are started."""


class Readers:
    """Reads batches of answers; with `workers` in as many other processes. Close it at the end."""

    def __init__(self, single: Sequence[Audit], is_live: bool, workers: int = 0) -> None:
        self.single, self.is_live, self.workers = single, is_live, workers
        self._pool: ProcessPoolExecutor | None = None
        self._read = 0

    async def read(self, batch: list[Response]) -> list[Record]:
        """The records of a batch, in its order."""
        self._read += len(batch)
        if self.workers and self._read > FEW_PAGES:
            try:
                loop = asyncio.get_running_loop()
                return await loop.run_in_executor(self._started(), _read_there, batch, self.is_live)
            except BrokenProcessPool:  # killed for memory, say: go on here
                self.close()
                self.workers = 0
        await asyncio.sleep(0)
        return [digest(response, self.single, self.is_live) for response in batch]

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            from multiprocessing import get_context

            names = tuple(audit.id for audit in self.single)
            self._pool = ProcessPoolExecutor(self.workers, get_context("spawn"), _begin, (names,))
        return self._pool

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None


_SINGLE: list[Audit] = []
"""The audits of this process, if it is one of the pool."""


def _begin(names: tuple[str, ...]) -> None:
    from groma.site.registry import all_audits

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that the person sees
    _SINGLE[:] = [all_audits()[name] for name in names]


def _read_there(batch: list[Response], is_live: bool) -> list[Record]:
    return [digest(response, _SINGLE, is_live) for response in batch]
