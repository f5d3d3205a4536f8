"""Reading pages where it suits: here, or in other processes.

What a page becomes is a pure function of the answer, so it doesn't matter where it runs; the crawl takes results in
order. Where a process can be forked it costs next to nothing and knows all that this one knows, so it is there from the
first page on. Elsewhere it has to load everything anew, which small sites never pay for.

Batches go through a socket that the event loop itself serves: the threads of an executor would have to wait while this
one reads pages too.
"""

from __future__ import annotations

import asyncio
import gc
import pickle
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from typing import Any

from groma.site.audit import Audit
from groma.site.page import Response
from groma.site.record import Record, digest

FEW_PAGES = 300
"""Pages read here before other processes are started, where they start slowly."""

MOST_WAITING = 5
"""Batches that wait for each other process before some are read here."""

SMALL = Response(
    "http://localhost/",
    200,
    (("content-type", "text/html"),),
    b"<title>A</title><p>A"
    b'<script type="application/ld+json">{"@context": "https://schema.org", "@type": "Thing"}</script>',
)
"""A page that makes use of everything that is loaded late: parser, vocabulary, tables of features."""

SIZE = 8
"""Bytes of the number that says how long an answer of another process is."""


class Readers:
    """Reads batches of answers; with `workers` in as many other processes. Close it at the end."""

    def __init__(self, single: Sequence[Audit], is_live: bool, workers: int = 0) -> None:
        self.single, self.is_live, self.workers = single, is_live, workers
        self._helpers: list[_Helper] = []
        self._lost: list[_Helper] = []
        self._read = 0
        if workers and _may_fork():
            digest(SMALL, single, is_live)  # loads what reading needs, so that it is there after forking
            self._start("fork")

    async def read(self, batch: list[Response]) -> list[Record]:
        """The records of a batch, in its order."""
        self._read += len(batch)
        if self.workers and not self._helpers and not self._lost and self._read > FEW_PAGES:
            self._start("spawn")
        helper = min(self._helpers, key=lambda helper: helper.waiting, default=None)
        if helper is not None and helper.waiting < MOST_WAITING:
            try:
                return await helper.read(batch)
            except (OSError, EOFError):  # it was killed for memory, say: go on here
                if helper in self._helpers:
                    self._helpers.remove(helper)
                    self._lost.append(helper)
        await asyncio.sleep(0)
        return [digest(response, self.single, self.is_live) for response in batch]

    def _start(self, way: str) -> None:
        names = tuple(audit.id for audit in self.single)
        self._helpers = [_Helper(way, names, self.is_live) for _ in range(self.workers)]

    def close(self) -> None:
        for helper in (*self._helpers, *self._lost):
            helper.close()
        self._helpers = []


class _Helper:
    """Another process that reads. It answers in the order of asking, so who asked first gets the first answer."""

    def __init__(self, way: str, names: tuple[str, ...], is_live: bool) -> None:
        self.waiting = 0
        self._asking, self._answering = asyncio.Lock(), asyncio.Lock()
        self._socket, there = socket.socketpair()
        context: Any = get_context(way)  # its kinds of process differ by the way
        # A forked process has a copy of this end, and would never see it closed by an end of this process.
        ours = self._socket if way == "fork" else None
        self.process: BaseProcess = context.Process(
            target=_serve, args=(there, ours, names, is_live), daemon=True
        )
        self.process.start()
        there.close()
        self._socket.setblocking(False)

    async def read(self, batch: list[Response]) -> list[Record]:
        """Raises OSError or EOFError where the process has ended."""
        loop = asyncio.get_running_loop()
        self.waiting += 1
        try:
            async with self._asking:
                await loop.sock_sendall(self._socket, pickle.dumps(batch, pickle.HIGHEST_PROTOCOL))
            async with self._answering:
                size = int.from_bytes(await self._received(SIZE), "big")
                return pickle.loads(await self._received(size))
        finally:
            self.waiting -= 1

    async def _received(self, size: int) -> bytearray:
        loop = asyncio.get_running_loop()
        data = bytearray(size)
        rest = memoryview(data)
        while rest:
            count = await loop.sock_recv_into(self._socket, rest)
            if not count:
                raise EOFError
            rest = rest[count:]
        return data

    def close(self) -> None:
        self._socket.close()
        self.process.terminate()
        self.process.join()


def _may_fork() -> bool:
    """Whether a copy of this process would be whole: of several threads only one would go on in it."""
    return sys.platform == "linux" and threading.active_count() == 1


def _serve(there: socket.socket, ours: socket.socket | None, names: tuple[str, ...], is_live: bool) -> None:
    """What another process does: answers each batch with its records, until nobody asks any more."""
    from groma.site.registry import all_audits

    if ours is not None:
        ours.close()
    signal.set_wakeup_fd(-1)  # of the event loop that a forked process was copied from
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that the person sees
    known = all_audits()
    single = [known[name] for name in names]
    gc.freeze()  # what was there before stays, and needn't be looked through again
    with there, there.makefile("rwb") as stream:
        while True:
            try:
                batch: list[Response] = pickle.load(stream)
                data = pickle.dumps(
                    [digest(response, single, is_live) for response in batch], pickle.HIGHEST_PROTOCOL
                )
                stream.write(len(data).to_bytes(SIZE, "big"))
                stream.write(data)
                stream.flush()
            except (OSError, EOFError):
                return
