"""Pages as a browser shows them after their scripts: an installed Chromium, told what to do over a pair of pipes.

Every request of a page is stopped (DevTools protocol, domain Fetch) and answered by the `Source` that the site is
gathered from; so a folder or kept answers render at their published address, a live site under the same rules as the
crawl (allowed hosts, private addresses, sizes), and the browser itself never opens a connection: names resolve to
nothing, and its proxy is a closed port. There is no debugging port that others on the machine could speak to. It has a
profile of its own that is thrown away, and bounds in time, requests and bytes.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from groma.site.gather import Source
from groma.site.page import Response

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PAGE_SECONDS = 20.0
START_SECONDS = 30.0
QUIET_SECONDS = 0.5
"""Without a request for so long after loading, a page counts as done."""
MOST_REQUESTS = 200
MOST_BYTES = 20_000_000
MOST_HTML = 5_000_000
MOST_MESSAGE = 64_000_000
_DROPPED = frozenset(
    {"content-encoding", "content-length", "transfer-encoding", "connection", "keep-alive", "set-cookie"}
)
STARTER = """
import fcntl, os, sys
read, write = (fcntl.fcntl(int(n), fcntl.F_DUPFD, 10) for n in sys.argv[1:3])
os.dup2(read, 3)
os.dup2(write, 4)
os.close(read)
os.close(write)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""Puts the pipes where Chromium expects them (descriptors 3 and 4), then becomes it."""

FLAGS = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--mute-audio",
    "--hide-scrollbars",
    "--renderer-process-limit=2",
    "--js-flags=--max-old-space-size=512",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--window-size=412,915",
)


class BrowserError(Exception):
    """There is no browser, or it doesn't do what it is told; the message says which."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A page before and after its scripts: `raw` as the source answered, `html` as the browser has it in the end.
    `refused` are addresses that the page asked for and didn't get."""

    url: str
    raw: Response
    html: str
    refused: tuple[str, ...]
    error: str = ""


def installed() -> str:
    """The path of an installed Chromium or Chrome; empty where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), "")


@dataclass
class _Tab:
    """What happens in one page."""

    loaded: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: int = 0
    requests: int = 0
    size: int = 0
    quiet_since: float = 0.0
    raw: Response | None = None
    refused: dict[str, None] = field(default_factory=dict[str, None])
    tasks: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])


class Browser:
    """One browser, for some pages one after the other. Use it as `async with`."""

    def __init__(
        self, source: Source, allowed: Callable[[str], bool] = lambda _: True, program: str = ""
    ) -> None:
        self.source, self.allowed = source, allowed
        self.program = program or installed()
        if not self.program:
            raise BrowserError("there is no Chromium or Chrome here; on Debian: apt-get install chromium")
        self._next = 0
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._tabs: dict[str, _Tab] = {}
        self._failed = ""

    async def __aenter__(self) -> Browser:
        self._profile = tempfile.mkdtemp(prefix="groma-browser-")
        to_read, self._to_write = os.pipe()
        self._from_read, from_write = os.pipe()
        sandbox = ("--no-sandbox",) if os.geteuid() == 0 else ()
        command = [
            sys.executable, "-I", "-S", "-c", STARTER, str(to_read), str(from_write), self.program, *FLAGS, *sandbox,
            f"--user-data-dir={self._profile}", "about:blank",
        ]  # fmt: skip
        self._process = await asyncio.create_subprocess_exec(
            *command, pass_fds=(to_read, from_write), start_new_session=True, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
            env={"PATH": os.environ.get("PATH", ""), "HOME": self._profile, "LANG": "C.UTF-8"},
        )  # fmt: skip
        os.close(to_read)
        os.close(from_write)
        reader = asyncio.StreamReader(limit=MOST_MESSAGE)
        self._pipe = os.fdopen(self._from_read, "rb", buffering=0)
        self._transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), self._pipe
        )
        self._reading = asyncio.create_task(self._read(reader))
        try:
            await asyncio.wait_for(self._call("Browser.getVersion"), START_SECONDS)
        except (TimeoutError, BrowserError):
            await self.__aexit__()
            raise BrowserError(f"{self.program} doesn't start") from None
        return self

    async def __aexit__(self, *_: object) -> None:
        for tab in self._tabs.values():
            for task in tab.tasks:
                task.cancel()
        self._reading.cancel()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        await self._process.wait()
        self._transport.close()
        with contextlib.suppress(OSError):
            os.close(self._to_write)
        shutil.rmtree(self._profile, ignore_errors=True)

    async def show(self, url: str) -> Shown:
        """One page, in a context of its own; what goes wrong with it is in `error`."""
        tab = _Tab(quiet_since=_now())
        nothing = Response(url, 0, error="wasn't asked for")
        context = session = ""
        try:
            async with asyncio.timeout(PAGE_SECONDS * 2):
                context = (await self._call("Target.createBrowserContext"))["browserContextId"]
                target = await self._call("Target.createTarget", url="about:blank", browserContextId=context)
                attached = await self._call(
                    "Target.attachToTarget", targetId=target["targetId"], flatten=True
                )
                session = attached["sessionId"]
                self._tabs[session] = tab
                await self._call("Page.enable", session)
                await self._call("Network.enable", session)
                await self._call("Network.setBypassServiceWorker", session, bypass=True)
                await self._call("Fetch.enable", session, patterns=[{"urlPattern": "*"}])
                await self._call("Page.navigate", session, url=url)
                error = await self._settled(tab)
                found = await self._call(
                    "Runtime.evaluate", session, timeout=5000,
                    expression=f"document.documentElement.outerHTML.slice(0, {MOST_HTML})",
                )  # fmt: skip
                html = found.get("result", {}).get("value")
                raw = tab.raw or nothing
                if not raw.status:  # what the browser shows is its own page about the failure
                    error = error or f"isn't answered ({raw.error})"
                return Shown(url, raw, html if isinstance(html, str) else "", tuple(tab.refused), error)
        except TimeoutError:
            return Shown(url, tab.raw or nothing, "", tuple(tab.refused), "doesn't come to an end")
        except BrowserError as error:
            return Shown(url, tab.raw or nothing, "", tuple(tab.refused), str(error))
        finally:
            self._tabs.pop(session, None)
            for task in tab.tasks:
                task.cancel()
            if context and not self._failed:
                with contextlib.suppress(BrowserError, TimeoutError):
                    await asyncio.wait_for(
                        self._call("Target.disposeBrowserContext", browserContextId=context), 5
                    )

    async def _settled(self, tab: _Tab) -> str:
        """Waits until the page is loaded and quiet; says if it wasn't in time."""
        until = _now() + PAGE_SECONDS
        while _now() < until:
            if self._failed:
                raise BrowserError(self._failed)
            if tab.loaded.is_set() and not tab.waiting and _now() - tab.quiet_since >= QUIET_SECONDS:
                return ""
            await asyncio.sleep(0.05)
        return f"wasn't done after {PAGE_SECONDS:.0f} seconds"

    async def _answer(self, session: str, tab: _Tab, params: dict[str, Any]) -> None:
        """Answers one request of a page from the source, or refuses it."""
        request = params.get("requestId", "")
        asked: dict[str, Any] = params.get("request", {})
        url = str(asked.get("url", "")).partition("#")[0]
        is_main = tab.raw is None and params.get("resourceType") == "Document"
        try:
            tab.requests += 1
            if not (
                url.startswith(("http://", "https://"))
                and asked.get("method") in ("GET", "HEAD")
                and tab.requests <= MOST_REQUESTS
                and tab.size < MOST_BYTES
                and self.source.allows(url)
                and (is_main or self.allowed(url))
            ):
                tab.refused[url[:500]] = None
                await self._call(
                    "Fetch.failRequest", session, requestId=request, errorReason="BlockedByClient"
                )
                return
            found = await self.source.fetch(url, most=MOST_BYTES - tab.size, document=False)
            if is_main and not 300 <= found.status < 400:
                tab.raw = found
            tab.size += len(found.body)
            if not found.status:
                tab.refused[url[:500]] = None
                await self._call("Fetch.failRequest", session, requestId=request, errorReason="Failed")
                return
            await self._call(
                "Fetch.fulfillRequest", session, requestId=request, responseCode=found.status,
                responseHeaders=[
                    {"name": key, "value": value} for key, value in found.headers if key not in _DROPPED
                ],
                body=base64.b64encode(found.body).decode("ascii"),
            )  # fmt: skip
        except BrowserError:
            pass  # the page went away
        finally:
            tab.waiting -= 1
            tab.quiet_since = _now()

    def _happened(self, message: dict[str, Any]) -> None:
        session = message.get("sessionId", "")
        tab = self._tabs.get(session)
        if tab is None:
            return
        match message.get("method"):
            case "Fetch.requestPaused":
                tab.waiting += 1
                task = asyncio.ensure_future(self._answer(session, tab, message.get("params", {})))
                tab.tasks.add(task)
                task.add_done_callback(tab.tasks.discard)
            case "Page.loadEventFired":
                tab.quiet_since = _now()
                tab.loaded.set()
            case "Page.javascriptDialogOpening":
                task = asyncio.ensure_future(self._dismiss(session))
                tab.tasks.add(task)
                task.add_done_callback(tab.tasks.discard)
            case _:
                pass

    async def _dismiss(self, session: str) -> None:
        with contextlib.suppress(BrowserError):
            await self._call("Page.handleJavaScriptDialog", session, accept=False)

    async def _call(self, method: str, session: str = "", **params: Any) -> dict[str, Any]:
        if self._failed:
            raise BrowserError(self._failed)
        self._next += 1
        number = self._next
        message: dict[str, Any] = {"id": number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._answers[number] = future
        data = json.dumps(message).encode() + b"\0"
        try:
            await asyncio.get_running_loop().run_in_executor(None, _write_all, self._to_write, data)
            return await future
        except OSError:
            raise BrowserError("the browser went away") from None
        finally:
            self._answers.pop(number, None)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while True:
                message: Any = json.loads((await reader.readuntil(b"\0"))[:-1])
                future = self._answers.get(message.get("id", 0))
                if future is None:
                    self._happened(message)
                elif not future.done():
                    if "error" in message:
                        future.set_exception(BrowserError(str(message["error"].get("message", ""))[:200]))
                    else:
                        future.set_result(message.get("result", {}))
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError, OSError):
            self._failed = "the browser went away"
            for future in self._answers.values():
                if not future.done():
                    future.set_exception(BrowserError(self._failed))


def _now() -> float:
    return asyncio.get_running_loop().time()


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
