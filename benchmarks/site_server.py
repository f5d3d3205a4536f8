"""A website on loopback in a process of its own, quick enough that crawlers and not the server decide.

`python site_server.py PAGES` prints its address and serves until it is ended. Up to 5,000 pages it is the site of the
tests (`tests/site_maker.py`), compressed and kept in memory; larger ones are written page by page.
"""

from __future__ import annotations

import asyncio
import gzip
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
MOST_MADE = 5_000
Answer = Callable[[str], bytes]


class Served(asyncio.Protocol):
    """Answers GET and HEAD, and keeps the connection."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        while b"\r\n\r\n" in self.waiting:
            head, _, self.waiting = self.waiting.partition(b"\r\n\r\n")
            verb, path, _ = head.split(b"\r\n", 1)[0].split(b" ", 2)
            answer = self.answer(path.decode("ascii", "replace"))
            if verb == b"HEAD":
                answer = answer.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
            self.transport.write(answer)


def answered(status: int, kind: str, body: bytes, compressed: bool = True) -> bytes:
    """The bytes of an answer. The header `LinkChecker` frees a peer of that name from its pause between requests."""
    packed = gzip.compress(body, 6, mtime=0) if compressed else body
    encoding = "content-encoding: gzip\r\n" if compressed else ""
    head = (
        f"HTTP/1.1 {status} {'OK' if status == 200 else 'Not Found'}\r\ncontent-type: {kind}\r\n{encoding}"
        f"x-content-type-options: nosniff\r\nlinkchecker: yes\r\ncontent-length: {len(packed)}\r\n\r\n"
    )
    return head.encode() + packed


def made(pages: int, base: str) -> Answer:
    """The tests' site at an address of this machine."""
    sys.path.insert(0, str(ROOT / "tests"))
    site_maker: Any = import_module("site_maker")
    site = site_maker.made(pages)
    there = site_maker.BASE.encode()
    known = {
        leaf.path: answered(200, "text/html; charset=utf-8", leaf.html(site).replace(there, base.encode()))
        for leaf in site.leaves.values()
    }
    known["/robots.txt"] = answered(200, "text/plain", site.robots.encode().replace(there, base.encode()))
    known["/sitemap.xml"] = answered(
        200, "application/xml", site.sitemap_text().encode().replace(there, base.encode())
    )
    known["/llms.txt"] = answered(200, "text/plain", site.llms.encode().replace(there, base.encode()))
    missing = answered(404, "text/html; charset=utf-8", b"<html><title>Not there</title></html>")
    return lambda path: known.get(path, missing)


def written(pages: int, base: str) -> Answer:
    """Any number of pages, each written when it is asked for: a tree of ten branches with thirty links a page."""
    import random

    words = (ROOT / "tests" / "site_maker.py").read_text(encoding="utf-8").split('"')[1::2][:400]
    words = [word for word in words if word.isalpha()]

    def answer(path: str) -> bytes:
        if path == "/robots.txt":
            return answered(200, "text/plain", b"User-agent: *\nAllow: /\n", False)
        number = path.removeprefix("/p/").rstrip("/") if path != "/" else "0"
        if not number.isdigit() or int(number) >= pages:
            return answered(404, "text/html", b"<html><title>Not there</title></html>", False)
        n = int(number)
        dice = random.Random(n)
        links = [10 * n + k for k in range(1, 11)] + [dice.randrange(pages) for _ in range(20)]
        anchors = "".join(
            f'<li><a href="/p/{k}/">page {k} {dice.choice(words)}</a>' for k in links if k < pages
        )
        text = "".join(f"<p>{' '.join(dice.choices(words, k=40))}.</p>" for _ in range(4))
        body = (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
            f"<title>Page {n} of {dice.choice(words)}</title>"
            f'<meta name="viewport" content="width=device-width"><link rel="canonical" href="{base}/p/{n}/"></head>'
            f"<body><main><h1>Page {n}</h1>{text}</main><nav><ul>{anchors}</ul></nav></body></html>"
        )
        return answered(200, "text/html; charset=utf-8", body.encode(), False)

    return answer


@contextmanager
def serving(pages: int) -> Generator[str]:
    """The address of a server in another process, which ends with the block."""
    process = subprocess.Popen(
        [sys.executable, __file__, str(pages)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()


async def main() -> None:
    loop = asyncio.get_running_loop()
    pages = int(sys.argv[1])
    holder: list[Answer] = []
    server = await loop.create_server(lambda: Served(holder[0]), "127.0.0.1", 0, backlog=512)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    holder.append(made(pages, base) if pages <= MOST_MADE else written(pages, base))
    print(f"{base}/", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
