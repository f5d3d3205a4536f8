"""The client against servers that say exactly these bytes; what it reads is held against aiohttp and `http.client`."""

from __future__ import annotations

import asyncio
import http.client
import socket
import ssl
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path
from shutil import which

import aiohttp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groma.site.gather.client import Client
from groma.site.gather.connection import MOST_HEAD, Answer
from groma.site.gather.names import Names

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n"


def client(seconds: float = 5.0) -> Client:
    return Client(Names("127.0.0.1", True), {"User-Agent": "test"}, seconds)


def asked(serve: Serve, *paths: str, most: int = 1_000_000, seconds: float = 5.0) -> list[Answer]:
    """What the client makes of a server's answers to these paths, asked for one after the other."""

    async def run() -> list[Answer]:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        mine = client(seconds)
        try:
            return [
                await mine.get(base + path, most, lambda kind: kind.startswith("text/")) for path in paths
            ]
        finally:
            await mine.close()
            server.close()

    return asyncio.run(run())


def saying(data: bytes, closes: bool = True, pieces: int = 0) -> Serve:
    """A server with one answer for everything, sent in pieces of so many bytes (0: at once)."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                for at in range(0, len(data), pieces or len(data)):
                    writer.write(data[at : at + (pieces or len(data))])
                    await writer.drain()
                    if pieces:
                        await asyncio.sleep(0)
                if closes:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    return serve


def one(data: bytes, *, most: int = 1_000_000, closes: bool = True, pieces: int = 0) -> Answer:
    (answer,) = asked(saying(data, closes, pieces), "/", most=most)
    return answer


@pytest.mark.parametrize(
    ("data", "body"),
    [
        (OK + b"content-length: 5\r\n\r\nhello", b"hello"),
        (OK + b"\r\nuntil it closes", b"until it closes"),
        (
            OK + b"transfer-encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nx-late: 1\r\n\r\n",
            b"hello",
        ),
        (b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n" + OK + b"content-length: 2\r\n\r\nhi", b"hi"),
        (b"HTTP/1.0 200 OK\r\ncontent-type: text/html\r\n\r\nold", b"old"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        (b"HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n", b""),
        (OK + b"content-length: 0\r\n\r\n", b""),
        (OK + b"content-length: 5\r\n\r\nhello, and more than was said", b"hello"),
    ],
)
@pytest.mark.parametrize("pieces", [0, 1])
def test_an_answer_is_read_as_the_standard_library_reads_it(data: bytes, body: bytes, pieces: int) -> None:
    answer = one(data, pieces=pieces)
    final = data[data.rindex(b"HTTP/1") :]

    ours, far = socket.socketpair()
    with ours, far:
        far.sendall(final)
        far.shutdown(socket.SHUT_WR)
        theirs = http.client.HTTPResponse(ours)
        theirs.begin()
        read = theirs.read()
    assert answer.status == theirs.status
    assert answer.headers == tuple((name.lower(), value) for name, value in theirs.getheaders())
    assert answer.body == read == body
    assert answer.error == "" and not answer.is_cut


@pytest.mark.parametrize(
    ("data", "status", "said"),
    [
        (OK + b"content-length: 50\r\n\r\nshort", 200, "breaks off"),
        (OK + b"transfer-encoding: chunked\r\n\r\n9\r\nshort", 200, "breaks off"),
        (OK + b"content-length: 5", 0, "breaks off"),
        (OK + b"transfer-encoding: chunked\r\n\r\nzz\r\n", 200, "no HTTP"),
        (OK + b"content-length: 5\r\ncontent-length: 6\r\n\r\nhello!", 0, "no HTTP"),
        (OK + b"content-length: -5\r\n\r\nhello", 0, "no HTTP"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", 0, "no HTTP"),
        (b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\nrest", 0, "no HTTP"),
        (b"", 0, "without an answer"),
        (OK + b"x-long: " + b"y" * 2 * MOST_HEAD, 0, f"more than {MOST_HEAD}"),
        (OK + b"x: y\r\n" * MOST_HEAD, 0, f"more than {MOST_HEAD}"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * MOST_HEAD, 0, f"more than {MOST_HEAD}"),
    ],
)
def test_what_is_no_whole_answer_says_so(data: bytes, status: int, said: str) -> None:
    answer = one(data)
    assert (answer.status, answer.body) == (status, b"")
    assert said in answer.error


def test_a_body_ends_at_the_bound_and_an_unwanted_one_is_not_read() -> None:
    answer = one(OK + b"\r\n" + b"x" * 100_000, most=1_000)
    assert answer.is_cut and answer.body == b"x" * 1_000 and not answer.error
    answer = one(OK + b"content-length: 1000\r\n\r\n" + b"x" * 1_000, most=1_000)
    assert not answer.is_cut and len(answer.body) == 1_000
    answer = one(b"HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: 9000000000\r\n\r\n\x89PNG")
    assert (answer.status, answer.body, answer.error) == (200, b"", "")


def test_a_slow_answer_ends_in_time_with_the_head_that_came() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK + b"content-length: 5\r\n\r\nhel")
        await asyncio.sleep(2)
        writer.close()

    (answer,) = asked(serve, "/", seconds=0.3)
    assert (answer.status, answer.body, answer.error) == (200, b"", "no answer in time")

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(2)
        writer.close()

    (answer,) = asked(silent, "/", seconds=0.3)
    assert (answer.status, answer.error) == (0, "no answer in time")


def test_connections_are_kept_where_both_sides_want_them() -> None:
    opened: list[str] = []

    def counting(data: bytes, closes: bool) -> Serve:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            opened.append("")
            await saying(data, closes)(reader, writer)

        return serve

    def count(data: bytes, closes: bool = False, most: int = 1_000) -> int:
        opened.clear()
        answers = asked(counting(data, closes), "/a", "/b", "/c", most=most)
        assert [(answer.status, answer.error) for answer in answers] == [(200, "")] * 3
        return len(opened)

    whole = OK + b"content-length: 2\r\n\r\nhi"
    assert count(whole) == 1
    assert count(whole, closes=True) == 3, "a server may close without a word"
    assert count(OK + b"connection: close\r\ncontent-length: 2\r\n\r\nhi") == 3
    assert count(whole + b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nforged") == 3, "an answer to nobody"
    assert count(whole + b"x") == 3
    assert count(OK + b"content-length: 2000\r\n\r\n" + b"x" * 2_000) == 3, "the rest of it isn't awaited"
    assert count(b"HTTP/1.0 200 OK\r\ncontent-type: text/html\r\ncontent-length: 2\r\n\r\nhi") == 3


def test_a_request_is_one_line_whatever_the_address_holds() -> None:
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(OK + b"connection: close\r\ncontent-length: 0\r\n\r\n")
        writer.close()

    answers = asked(serve, "/a%20b?c=d&e", "/a b", "/a\x01", "/a\r\nX: y", "/ä")
    assert [bool(answer.error) for answer in answers] == [False, True, True, True, True]
    (request,) = heard
    assert request.startswith(b"GET /a%20b?c=d&e HTTP/1.1\r\nHost: 127.0.0.1:")
    assert request.endswith(b"\r\nUser-Agent: test\r\n\r\n")


def test_nobody_there_is_said() -> None:
    async def run() -> list[Answer]:
        mine = client()
        try:
            return [
                await mine.get(url, 10, bool) for url in ("http://127.0.0.1:9/", "http://no-such.invalid/")
            ]
        finally:
            await mine.close()

    for answer in asyncio.run(run()):
        assert answer.status == 0 and answer.error


def test_a_name_is_asked_at_each_of_its_addresses_until_one_answers() -> None:
    async def lookup(name: str, port: int) -> list[str]:
        return ["127.0.0.9", "127.0.0.1"]

    async def run() -> Answer:
        server = await asyncio.start_server(saying(OK + b"content-length: 2\r\n\r\nhi"), "127.0.0.1", 0)
        mine = Client(Names("two.localhost", True, lookup), {}, 5.0)
        try:
            return await mine.get(f"http://two.localhost:{server.sockets[0].getsockname()[1]}/", 10, bool)
        finally:
            await mine.close()
            server.close()

    assert asyncio.run(run()).body == b"hi"


@pytest.mark.skipif(which("openssl") is None, reason="makes its certificate with openssl")
def test_a_certificate_has_to_be_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "2",
         "-subj", "/CN=right.localhost", "-addext", "subjectAltName=DNS:right.localhost"],
        check=True, capture_output=True,
    )  # fmt: skip

    async def lookup(name: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    async def run() -> list[Answer]:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(cert, key)
        serve = saying(OK + b"content-length: 2\r\n\r\nhi", closes=False)
        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
        port = server.sockets[0].getsockname()[1]
        mine = Client(Names("right.localhost", True, lookup), {}, 5.0)
        try:
            names = ("right.localhost", "right.localhost", "wrong.localhost")
            return [await mine.get(f"https://{name}:{port}/", 10, bool) for name in names]
        finally:
            await mine.close()
            server.close()

    for answer in asyncio.run(run()):
        assert answer.status == 0 and "CERTIFICATE_VERIFY_FAILED" in answer.error
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    first, again, wrong = asyncio.run(run())
    assert first.body == again.body == b"hi"
    assert wrong.status == 0 and "ostname mismatch" in wrong.error


TOKENS = st.text("abcdefghijklmnop-", min_size=1, max_size=12).map(lambda text: f"x-{text}")
VALUES = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF, exclude_characters="\x7f"), max_size=20)


@settings(max_examples=60, deadline=None)
@given(
    status=st.sampled_from([200, 201, 301, 404, 500]),
    headers=st.lists(st.tuples(TOKENS, VALUES), max_size=6),
    chunks=st.lists(st.binary(min_size=1, max_size=50), max_size=5),
    way=st.sampled_from(["length", "chunked", "close"]),
    pieces=st.sampled_from([0, 1, 7]),
)
def test_any_answer_is_read_as_aiohttp_reads_it(
    status: int, headers: list[tuple[str, str]], chunks: list[bytes], way: str, pieces: int
) -> None:
    head = f"HTTP/1.1 {status} Said\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers)
    body = b"".join(chunks)
    if way == "chunked":
        head += "transfer-encoding: chunked\r\n"
        sent = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    else:
        head += f"content-length: {len(body)}\r\n" if way == "length" else ""
        sent = body
    serve = saying(head.encode() + b"\r\n" + sent, pieces=pieces)

    async def run() -> tuple[Answer, tuple[int, list[tuple[str, str]], bytes]]:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        mine = client()
        try:
            async with aiohttp.ClientSession() as session, session.get(url, allow_redirects=False) as answer:
                theirs = (
                    answer.status,
                    [(k.lower(), v) for k, v in answer.headers.items()],
                    await answer.read(),
                )
            return await mine.get(url, 1_000_000, bool), theirs
        finally:
            await mine.close()
            server.close()

    ours, theirs = asyncio.run(run())
    assert ours.error == ""
    assert (ours.status, list(ours.headers), ours.body) == theirs
    assert ours.body == body
