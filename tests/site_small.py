"""Sites of a few pages, written out where they are audited."""

from __future__ import annotations

import json

from groma.site import Response
from site_live import Live

BASE = "https://small.example"


class Small(Live):
    """A `Source` of a few pages: path -> body, or a whole answer."""

    start = BASE + "/"

    def __init__(self, pages: dict[str, str | Response]) -> None:
        self.pages = pages

    def allows(self, url: str) -> bool:
        return url.startswith(BASE + "/")

    async def fetch(self, url: str, *, most: int, document: bool = True) -> Response:
        found = self.pages.get(url.removeprefix(BASE))
        if isinstance(found, Response):
            return Response(url, found.status, found.headers, found.body, found.seconds, found.error)
        if found is None:
            return Response(url, 404, (("content-type", "text/html"),), b"<html></html>")
        kind = (
            "text/plain"
            if url.endswith(".txt")
            else "application/xml"
            if url.endswith(".xml")
            else "text/html; charset=utf-8"
        )
        body = (
            found
            if kind != "text/html; charset=utf-8" or "<html" in found
            else f"<!doctype html><html lang='en'><body>{found}</body></html>"
        )
        return Response(url, 200, (("content-type", kind),), body.encode())


def links(*paths: str) -> str:
    return "".join(f'<a href="{path}">to {path}</a>' for path in paths)


def sitemap(*paths: str, **more: str) -> str:
    fields = "".join(f"<{key}>{value}</{key}>" for key, value in more.items())
    return "<urlset>" + "".join(f"<url><loc>{BASE}{path}</loc>{fields}</url>" for path in paths) + "</urlset>"


def data(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


def status(code: int, location: str = "") -> Response:
    headers = (("content-type", "text/html"), *((("location", location),) if location else ()))
    return Response("", code, headers, b"<html><body>text</body></html>")
