"""One connection to a server: a request goes out, its answer comes in, and is bounded while it comes.

The bytes of HTTP/1.1 (RFC 9112) are read by llhttp, the parser of Node, through httptools; what is here decides when an
answer has ended, whether it is whole, and whether the connection may be asked again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import NamedTuple

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

MOST_HEAD = 65_536
"""Bytes before the body, interim answers included."""

MOST_HEADERS = 100
"""Headers that are kept of an answer."""


class Answer(NamedTuple):
    """An answer as far as it came. `moment` is when its head was there (of `time.perf_counter`; 0: never).

    `error` says what is wrong; an answer that was cut off at the bound (`is_cut`) is as it should be.
    """

    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    moment: float = 0.0
    is_cut: bool = False
    error: str = ""


class Gone(Exception):
    """The server closed the connection before a byte of the answer came."""


class Broken(Exception):
    """The answer can't be used as it came; the message says why."""


class Connection(asyncio.Protocol):
    """Asked for one thing at a time. `is_free` says whether it can be asked, `since` from when on (of the loop)."""

    def __init__(self) -> None:
        self._parser = HttpResponseParser(self)
        # What browsers forgive too.
        self._parser.set_dangerous_leniencies(
            lenient_headers=True, lenient_optional_cr_before_lf=True, lenient_spaces_after_chunk_size=True
        )
        self._loop = asyncio.get_running_loop()
        self._waiting: asyncio.Future[None] | None = None
        self.is_free = False
        self.since = 0.0

    async def ask(self, request: bytes, most: int, is_wanted: Callable[[str], bool]) -> Answer:
        """The answer, at most `most` bytes of its body, none of it where its media type isn't wanted.

        Raises Gone and Broken. If it does, or is cancelled, `so_far` tells what came.
        """
        self._most, self._is_wanted = most, is_wanted
        self._received = self._size = self._status = 0
        self._moment = 0.0
        self._headers: list[tuple[str, str]] = []
        self._parts: list[bytes] = []
        self._is_cut = self._says_its_end = self.is_free = False
        self._waiting = self._loop.create_future()
        self._transport.write(request)
        try:
            await self._waiting
        finally:
            self._waiting = None
        return self.so_far()

    def so_far(self, error: str = "") -> Answer:
        """What came of the answer; with an error no part of its body, since it isn't what was said."""
        if not self._moment:
            return Answer(error=error)
        body = b"" if error else b"".join(self._parts)[: self._most]
        return Answer(
            self._status, tuple(self._headers[:MOST_HEADERS]), body, self._moment, self._is_cut, error
        )

    def close(self) -> None:
        """At once, whatever is under way."""
        self.is_free = False
        self._transport.abort()

    @property
    def _is_over(self) -> bool:
        """Whether nobody waits for what comes."""
        return self._waiting is None or self._waiting.done()

    def _end(self, error: Exception | None = None) -> None:
        if self._waiting is None or self._waiting.done():
            return
        if error is None:
            self._waiting.set_result(None)
        else:
            self._waiting.set_exception(error)

    # What the event loop tells.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if self._is_over:
            self.close()
            return
        self._received += len(data)
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as error:
            self.is_free = False
            self._end(Broken(f"answers what is no HTTP ({error})"))
        else:
            if not self._moment and self._received > MOST_HEAD:
                self._end(Broken(f"sends more than {MOST_HEAD} bytes before its content"))

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_free = False
        if self._is_over:
            return
        if not self._received:
            self._end(Gone())
        elif self._moment and not self._says_its_end and exc is None:
            self._end()  # by closing the server says that this was all (RFC 9112, 6.3)
        else:
            self._end(Broken("the answer breaks off"))

    # What the parser tells.

    def on_message_begin(self) -> None:
        self.is_free = False

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._moment:  # else it stands after the body
            self._headers.append((name.decode("latin-1").lower(), _text(value)))

    def on_headers_complete(self) -> None:
        self._status = self._parser.get_status_code()
        if self._status < 200 or self._moment:
            return
        self._moment = time.perf_counter()
        kind = ""
        for name, value in self._headers:
            if name == "content-type":
                kind = kind or value.lower()
            elif name in ("content-length", "transfer-encoding"):
                self._says_its_end = True
        if kind and not self._is_wanted(kind):
            self._end()

    def on_body(self, body: bytes) -> None:
        if self._is_over:
            return
        self._parts.append(body)
        self._size += len(body)
        if self._size > self._most:
            self._is_cut = True
            self._end()

    def on_message_complete(self) -> None:
        if self._status < 200:  # an interim answer (RFC 9110, 15.2): the final one follows
            self._headers = []
        elif not self._is_over:
            self.is_free = self._parser.should_keep_alive()
            self.since = self._loop.time()
            self._end()


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
