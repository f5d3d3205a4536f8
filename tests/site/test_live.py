"""Live sites on local servers: hostile ones end in bounds, polite ones are treated politely, folders say the same."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import resource
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from groma.site import Audited, Bounds, Folder, Live, Recorded, Response, Store, audit_site, going_on
from groma.site.gather.names import Names
from site_maker import BASE, made, write
from site_plants import PLANTS, taker

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
HEAD = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>T</title></head><body>'


def page(*links: str, text: str = "") -> web.Response:
    anchors = "".join(f'<a href="{link}">{link}</a>' for link in links)
    return web.Response(text=f"{HEAD}{anchors}<p>{text}</p></body></html>", content_type="text/html")


def audited(
    handler: Handler, bounds: Bounds | None = None, store: Path | None = None, **options: object
) -> tuple[Audited, list[str]]:
    """Audits a local server that answers with `handler`; gives the paths that were asked for as well."""
    asked: list[str] = []

    async def listening(request: web.Request) -> web.StreamResponse:
        asked.append(request.path_qs)
        return await handler(request)

    async def run() -> Audited:
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", listening)
        server = TestServer(app, host="127.0.0.1")
        await server.start_server()
        try:
            limits = bounds or Bounds(per_page_seconds=2.0)
            live = Live(str(server.make_url("/")), seconds=limits.per_page_seconds, retries=1)
            source = Recorded(Store(store), live, live.start) if store else live
            return await audit_site(source, limits, **options)  # type: ignore[arg-type]
        finally:
            await server.close()

    return asyncio.run(run()), asked


async def hostile(request: web.Request) -> web.StreamResponse:
    """Everything that a server can do to a crawler, one path each."""
    path = request.path
    names = [
        "bomb",
        "endless",
        "drip",
        "liar",
        "header",
        "loop-a",
        "charset",
        "binary",
        "deep",
        "formatting",
        "links",
        "entity",
        "wide?a=1",
        "gone",
    ]
    if path == "/":
        return page(
            *(f"/{name}" for name in names), "/repeat/", "http://169.254.169.254/latest/", "//evil.example/x"
        )
    if path == "/robots.txt":
        return web.Response(
            text=f"Sitemap: {request.url.with_path('/sitemap.xml')}\nSitemap: {request.url.with_path('/bomb.xml.gz')}\n"
        )
    if path == "/sitemap.xml":
        laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
        return web.Response(
            text=f'<!DOCTYPE s [<!ENTITY l0 "ha">{laughs}]><urlset><url><loc>&l9;</loc></url></urlset>',
            content_type="text/xml",
        )
    if path == "/bomb.xml.gz":
        return web.Response(body=BOMB, content_type="application/gzip")
    if path == "/bomb":
        return web.Response(body=BOMB, headers={"Content-Encoding": "gzip", "Content-Type": "text/html"})
    if path == "/endless":
        stream = web.StreamResponse(headers={"Content-Type": "text/html"})
        await stream.prepare(request)
        for _ in range(100_000):
            await stream.write(b"<p>again and again</p>" * 1000)
        return stream
    if path == "/drip":
        stream = web.StreamResponse(headers={"Content-Type": "text/html"})
        await stream.prepare(request)
        for _ in range(100):
            await stream.write(b"x")
            await asyncio.sleep(0.2)
        return stream
    if path == "/liar":
        assert request.transport is not None
        request.transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000\r\n\r\n<html>short"
        )
        request.transport.close()
        return web.Response()
    if path == "/header":
        return web.Response(text="x", headers={"X-Long": "y" * 200_000})
    if path in ("/loop-a", "/loop-b"):
        raise web.HTTPFound("/loop-b" if path.endswith("a") else "/loop-a")
    if path == "/charset":
        return web.Response(
            body=b"<html><title>\xff\xfe\xfa caf\xe9</title>",
            headers={"Content-Type": "text/html; charset=no-such"},
        )
    if path == "/binary":
        return web.Response(body=bytes(range(256)) * 500, headers={"Content-Type": "text/html"})
    if path == "/deep":
        return web.Response(text="<div>" * 200_000, content_type="text/html")
    if path == "/formatting":
        return web.Response(
            text="".join(f"<b id={n}>" for n in range(900)) + "<p>x" * 100_000, content_type="text/html"
        )
    if path == "/links":
        return page(*(f"/wide?q={n}" for n in range(30_000)))
    if path == "/wide":
        return page("/wide?a=1&b=2", text="the same words stand on every page of this endless list " * 4)
    if path.startswith("/repeat/"):
        return page(f"{path}repeat/")
    if path == "/entity":
        return web.Response(text=HEAD + "&amp;" * 100_000 + "&#x110000;&#0;</body>", content_type="text/html")
    raise web.HTTPNotFound


BOMB = gzip.compress(b"<p>boom</p>" * 30_000_000, 9)
"""330 MB in a third of one."""


def test_a_hostile_server_ends_in_bounds() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.monotonic()
    result, asked = audited(hostile, Bounds(pages=300, page_bytes=1_000_000, per_page_seconds=5.0))
    assert time.monotonic() - begun < 150, "seconds: nothing is waited for without end"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400_000, "kilobytes"
    records = {record.url.rpartition("/")[2]: record for record in result.site.records}
    assert records["bomb"].size == records["endless"].size == 1_000_000
    assert records["drip"].error == "no answer in time"
    assert records["liar"].error == "the answer breaks off"
    assert records["header"].status == 0 and records["header"].error
    assert "nested" in records["deep"].error and "formatting" in records["formatting"].error
    assert records["charset"].is_page and records["binary"].is_page
    found = {(hit.url.rpartition("/")[2], name) for name, look in result.looks.items() for hit in look.hits}
    assert {
        ("bomb", "heavy-page"),
        ("loop-a", "redirect-loop"),
        ("liar", "unreadable-markup"),
        ("charset", "charset"),
    } <= found
    assert any("document type" in hit.text for hit in result.looks["sitemap-broken"].hits)
    assert any("50 MB" in hit.text for hit in result.looks["sitemap-broken"].hits)
    assert sum("repeat" in path for path in asked) <= 4
    assert sum(path.startswith("/wide") for path in asked) <= 250, (
        "a pattern whose pages say the same is left"
    )


def test_redirects_to_other_hosts_and_private_addresses_are_not_followed() -> None:
    met: list[str] = []

    async def other(request: web.Request) -> web.StreamResponse:
        met.append(request.path)
        return page()

    async def run() -> Audited:
        app, second = web.Application(), web.Application()
        second.router.add_get("/{tail:.*}", other)
        inside = TestServer(second, host="127.0.0.1")
        await inside.start_server()

        async def handler(request: web.Request) -> web.StreamResponse:
            if request.path == "/":
                return page("/away", "/meta", str(inside.make_url("/direct")))
            if request.path == "/away":
                raise web.HTTPFound(str(inside.make_url("/secret")))
            if request.path == "/meta":
                target = inside.make_url("/secret")
                return web.Response(
                    text=f'<meta http-equiv="refresh" content="0;url={target}">', content_type="text/html"
                )
            raise web.HTTPNotFound

        app.router.add_get("/{tail:.*}", handler)
        server = TestServer(app, host="127.0.0.1")
        await server.start_server()
        try:
            return await audit_site(Live(str(server.make_url("/"))))
        finally:
            await server.close()
            await inside.close()

    result = asyncio.run(run())
    assert met == []
    assert len(result.site.records) == 3


@pytest.mark.parametrize(
    "private", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fd00::1", "100.64.0.1", "::ffff:10.0.0.1"]
)
def test_a_public_name_that_turns_private_is_refused(private: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = ["93.184.216.34"]

    async def lookup(name: str, port: int) -> list[str]:
        return list(answers)

    async def run() -> None:
        names = Names("www.shop.example", False, lookup)
        monkeypatch.setattr("groma.site.gather.names.KEPT", 0.0)
        assert await names.addresses("www.shop.example", 443) == answers
        answers[:] = [private]
        with pytest.raises(OSError, match="private"):
            await names.addresses("www.shop.example", 443)
        with pytest.raises(OSError, match="private"):
            await names.addresses("shop.example", 443)
        with pytest.raises(OSError, match="private"):
            await names.addresses(private, 443)

    asyncio.run(run())


def test_a_name_is_looked_up_once_and_what_works_is_tried_first() -> None:
    asked: list[str] = []

    async def lookup(name: str, port: int) -> list[str]:
        asked.append(name)
        return ["93.184.216.34", "10.0.0.1", "93.184.216.35"]

    async def run() -> None:
        names = Names("www.shop.example", False, lookup)
        assert await names.addresses("www.shop.example", 443) == ["93.184.216.34", "93.184.216.35"]
        names.works("www.shop.example", "93.184.216.35")
        assert await names.addresses("www.shop.example", 443) == ["93.184.216.35", "93.184.216.34"]

    asyncio.run(run())
    assert asked == ["www.shop.example"]


def test_an_own_intranet_is_asked_and_no_other_private_machine() -> None:
    async def lookup(name: str, port: int) -> list[str]:
        return ["10.0.0.1"]

    async def run() -> None:
        names = Names("intranet.example", False, lookup)
        assert await names.addresses("intranet.example", 443) == ["10.0.0.1"]
        with pytest.raises(OSError, match="private"):
            await names.addresses("router.example", 443)

    asyncio.run(run())


def test_a_crawl_delay_is_kept() -> None:
    moments: list[float] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        if request.path == "/robots.txt":
            return web.Response(text="User-agent: GromaBot\nCrawl-delay: 0.2\n")
        if request.path in ("/", "/a", "/b", "/c"):
            moments.append(time.monotonic())
            return page("/a", "/b", "/c")
        raise web.HTTPNotFound

    audited(handler)
    assert len(moments) == 4
    assert all(later - earlier > 0.15 for earlier, later in itertools.pairwise(moments))


def test_what_robots_txt_refuses_is_not_asked_for_unless_told() -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        if request.path == "/robots.txt":
            return web.Response(text="User-agent: *\nDisallow: /private\n")
        return (
            page("/private", "/open")
            if request.path in ("/", "/private", "/open")
            else web.Response(status=404)
        )

    result, asked = audited(handler)
    assert "/private" not in asked and "/open" in asked
    assert [url.rpartition("/")[2] for url in result.site.gathered.refused] == ["private"]
    assert result.looks["orphan"].unable
    _, asked = audited(handler, obey=False)
    assert "/private" in asked


def test_a_server_that_asks_for_a_pause_is_asked_again() -> None:
    asked: list[str] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        if request.path == "/busy" and asked.count("/busy") == 1:
            return web.Response(status=429, headers={"Retry-After": "0"})
        return page("/busy") if request.path in ("/", "/busy") else web.Response(status=404)

    result, _ = audited(handler)
    assert not result.looks["server-error"].hits and asked.count("/busy") == 2


async def made_site(request: web.Request) -> web.StreamResponse:
    """The made site at the address of the local server."""
    answer = SITE.answer(BASE + request.path)
    own = str(request.url.origin())
    headers = {
        k: v.replace(BASE, own)
        for k, v in answer.headers
        if k not in ("content-encoding", "strict-transport-security")
    }
    return web.Response(
        status=answer.status, headers=headers, body=answer.body.replace(BASE.encode(), own.encode())
    )


SITE = made(80)


class Stop(Exception):
    pass


class Interrupting:
    """Progress that interrupts after some pages."""

    def __init__(self, after: int) -> None:
        self.after = after

    def step(self, text: str, done: int, total: int | None = None) -> None:
        if text == "pages" and done >= self.after:
            raise Stop


def test_an_interrupted_crawl_goes_on_where_it_stopped(tmp_path: Path) -> None:
    asked: list[str] = []

    async def run(progress: object | None, keep: Path) -> Audited:
        app = web.Application()

        async def handler(request: web.Request) -> web.StreamResponse:
            asked.append(request.path)
            return await made_site(request)

        app.router.add_get("/{tail:.*}", handler)
        server = TestServer(app, host="127.0.0.1", port=PORT)
        await server.start_server()
        try:
            live = Live(f"http://127.0.0.1:{PORT}/")
            options = {"progress": progress} if progress else {}
            return await audit_site(Recorded(Store(keep), live, live.start), **options)  # type: ignore[arg-type]
        finally:
            await server.close()

    with pytest.raises(Stop):
        asyncio.run(run(Interrupting(30), tmp_path / "kept"))
    first = len(asked)
    assert 30 <= first < 110
    resumed = asyncio.run(run(None, tmp_path / "kept"))
    assert len(asked) - len(set(asked)) <= 8, "only what was under way when it stopped is asked for again"
    asked.clear()
    whole = asyncio.run(run(None, tmp_path / "other"))
    strip = [(f.id, f.found, f.looked_at) for f in whole.findings]
    assert [(f.id, f.found, f.looked_at) for f in resumed.findings] == strip
    offline = asyncio.run(audit_site(Recorded(Store(tmp_path / "kept"), None, f"http://127.0.0.1:{PORT}/")))
    assert [(f.id, f.found, f.looked_at) for f in offline.findings] == strip


def test_a_finished_crawl_is_made_anew_and_an_interrupted_one_goes_on(tmp_path: Path) -> None:
    answers = [Response("https://a.example/", 200), Response("https://a.example/b", 200)]
    store = going_on(tmp_path / "kept")
    store.note("start", "https://a.example/")
    store.add(answers[0])
    store.close()
    store = going_on(tmp_path / "kept")
    store.add(answers[1])
    assert len(store) == 2 and store.about("start")
    store.finish()
    store.close()
    store = going_on(tmp_path / "kept")
    assert len(store) == 0 and not store.about("start") and store.get("https://a.example/") is None


def _free_port() -> int:
    import socket

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


PORT = _free_port()

IN_FILES = (
    "canonical-many", "canonical-missing", "duplicate-content", "hreflang-return", "hreflang-self", "head-in-body", "orphan",
    "noindex-offered", "not-in-sitemap", "no-context", "dead-end", "generic-text", "link-unnamed", "script-link",
    "broken-fragment", "jsonld-broken", "schema-type", "schema-property", "feature-missing", "not-visible", "dangling-id",
    "title-duplicate", "thin-page", "question-unanswered", "language-missing", "charset", "viewport", "image-alt",
    "field-label", "contact-far", "form-needs-script", "phone-not-link", "broken-link", "robots-unread", "sitemap-broken",
)  # fmt: skip


def test_a_folder_and_a_server_of_the_same_site_give_the_same_findings(tmp_path: Path) -> None:
    site = made(200)
    take = taker(site)
    for name in IN_FILES:
        if name in PLANTS:
            PLANTS[name](site, take)
    for leaf in site.leaves.values():
        leaf.headers.pop("content-type", None)
    for url, answer in site.files.items():
        (tmp_path / url.rpartition("/")[2]).write_bytes(answer.body)
    write(site, tmp_path)
    base = f"http://127.0.0.1:{PORT}"
    for file in tmp_path.rglob("*"):
        if file.is_file():
            file.write_bytes(file.read_bytes().replace(BASE.encode(), base.encode()))
    (tmp_path / "_headers").write_text("")

    async def handler(request: web.Request) -> web.StreamResponse:
        answer = Folder(tmp_path, base).answer(base + request.path, 10_000_000)
        return web.Response(status=answer.status, headers=dict(answer.headers), body=answer.body)

    async def run() -> Audited:
        app = web.Application()
        app.router.add_get("/{tail:.*}", handler)
        server = TestServer(app, host="127.0.0.1", port=PORT)
        await server.start_server()
        try:
            return await audit_site(Live(f"{base}/"))
        finally:
            await server.close()

    def pairs(result: Audited) -> set[tuple[str, str]]:
        only_live = ("uncompressed", "slow-answer", "nosniff", "framing")
        return {
            (name, hit.url)
            for name, look in result.looks.items()
            for hit in look.hits
            if name not in only_live
        }

    served, filed = pairs(asyncio.run(run())), pairs(asyncio.run(audit_site(Folder(tmp_path, base))))
    assert filed == served
    assert len({name for name, _ in filed}) >= 30
