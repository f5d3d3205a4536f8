"""A built folder that answers as a static host would serve it: index files, clean addresses, 404, redirects, headers.

`/` is `index.html`; `/a/` is `a/index.html`; `/a` is the file `a`, else `a.html`, else a redirect to `/a/`. A file
`404.html` is the body of what isn't there. `_redirects` and `_headers` are read in the form that Netlify and Cloudflare
Pages share (exact paths, `*` at the end, `:splat`). Links out of the folder aren't followed.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote, unquote

from groma.site.address import host, join, normal, origin, path
from groma.site.gather.live import hosts_of
from groma.site.page import Response

TYPES = {
    ".html": "text/html; charset=utf-8", ".htm": "text/html; charset=utf-8", ".xhtml": "application/xhtml+xml",
    ".txt": "text/plain; charset=utf-8", ".xml": "application/xml", ".json": "application/json", ".css": "text/css",
    ".js": "text/javascript", ".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".gif": "image/gif",
    ".jpeg": "image/jpeg", ".webp": "image/webp", ".avif": "image/avif", ".ico": "image/x-icon",
    ".gz": "application/gzip",
    ".pdf": "application/pdf", ".woff2": "font/woff2", ".woff": "font/woff", ".md": "text/markdown; charset=utf-8",
    ".webmanifest": "application/manifest+json", ".mp4": "video/mp4", ".rss": "application/rss+xml",
}  # fmt: skip
MOST_FILES = 2_000_000
MOST_RULES = 10_000


class Folder:
    """A `Source` of files. `base` is the address the folder will be published at."""

    is_live = False

    def __init__(self, root: Path, base: str = "", *, hosts: Iterable[str] = ()) -> None:
        if not root.is_dir():
            raise FileNotFoundError(2, "no such folder", str(root))
        self.root = Path(os.path.realpath(root))
        self.start = normal(base or self._stated_base()) or "https://site.example/"
        self.hosts = hosts_of(self.start, hosts)
        self.redirects = self._redirects()
        self._served: set[str] = set()
        self.header_rules = self._headers()

    def _stated_base(self) -> str:
        """The address that the folder itself names: CNAME, else the canonical of its first page, else its sitemap's."""
        from groma.site.reading import read_page

        cname = self.root / "CNAME"
        if cname.is_file():
            return f"https://{cname.read_text(encoding='utf-8', errors='replace').strip()[:300]}/"
        index = self.root / "index.html"
        if index.is_file():
            with index.open("rb") as stream:
                page = read_page(
                    Response(
                        "https://site.example/", 200, (("content-type", "text/html"),), stream.read(500_000)
                    )
                )
            for address in (*page.canonicals, page.meta("og:url")):
                if address and normal(address) and host(normal(address) or "") != "site.example":
                    return origin(normal(address) or "") + "/"
        sitemap = self.root / "sitemap.xml"
        if sitemap.is_file():
            from groma.site.gather.sitemaps import read_sitemap

            with sitemap.open("rb") as stream:
                found = read_sitemap(
                    Response("https://site.example/sitemap.xml", 200, (), stream.read(1_000_000))
                )
            for url in (*(entry.url for entry in found.entries[:1]), *found.sitemaps[:1]):
                return origin(url) + "/"
        return "https://site.example/"

    def allows(self, url: str) -> bool:
        return host(url) in self.hosts

    def pace(self, url: str, seconds: float) -> None:
        return

    async def close(self) -> None:
        return

    def known(self) -> Iterable[str]:
        """Addresses of all pages in the folder that weren't served yet under any address, by the alphabet."""
        found: list[str] = []
        for folder, names, files in os.walk(self.root):
            names[:] = sorted(name for name in names if not name.startswith("."))
            for name in sorted(files):
                file = os.path.join(folder, name)
                if name.endswith((".html", ".htm")) and name != "404.html" and file not in self._served:
                    relative = os.path.relpath(file, self.root).replace(os.sep, "/")
                    found.append(self.address(relative))
            if len(found) > MOST_FILES:
                break
        return found

    def address(self, relative: str) -> str:
        """The address at which a file is served."""
        if relative == "index.html" or relative.endswith("/index.html"):
            relative = relative[: -len("index.html")]
        return normal(origin(self.start) + "/" + quote(relative)) or self.start

    def file_of(self, url: str) -> Path | None:
        """The file behind an address, for showing places; None where there is none."""
        found = self._find(unquote(path(url).partition("?")[0]))
        return found if isinstance(found, Path) else None

    async def fetch(self, url: str, *, most: int, document: bool = True) -> Response:
        if not self.allows(url):
            return Response(url, 0, error="not an allowed host")
        if host(url) != host(self.start):
            return Response(url, 301, (("location", origin(self.start) + path(url)),))
        return self.answer(url, most)

    def answer(self, url: str, most: int) -> Response:
        """What a static host answers for an address."""
        asked = path(url).partition("?")[0]
        headers = self._headers_for(asked)
        moved = self._redirected(asked)
        if moved is not None:
            status, target = moved
            return Response(url, status, (("location", join(url, target) or target), *headers))
        found = self._find(unquote(asked))
        if isinstance(found, str):
            return Response(url, 301, (("location", join(url, found) or found), *headers))
        status = 200
        if found is None:
            status, missing = 404, self.root / "404.html"
            found = missing if missing.is_file() else None
        if found is None:
            return Response(url, 404, (("content-type", "text/html; charset=utf-8"), *headers), b"")
        try:
            with found.open("rb") as stream:
                body = stream.read(most + 1)
        except OSError as error:
            return Response(url, 0, error=error.strerror or "can't be read")
        self._served.add(str(found))
        kind = TYPES.get(found.suffix.lower(), "application/octet-stream")
        if not any(key == "content-type" for key, _ in headers):
            headers = (("content-type", kind), *headers)
        return Response(url, status, headers, body[:most], 0.0, "", len(body) > most)

    def _find(self, asked: str) -> Path | str | None:
        """The file of a path, or where a host redirects to."""
        if "\0" in asked:
            return None
        inside = Path(os.path.normpath(self.root / asked.lstrip("/")))
        real = Path(os.path.realpath(inside))
        if real != self.root and self.root not in real.parents:
            return None
        try:
            if asked.endswith("/"):
                index = real / "index.html"
                return index if index.is_file() else None
            if real.is_file():
                return real
            html = real.with_name(real.name + ".html")
            if html.is_file():
                return html
            if (real / "index.html").is_file():
                return quote(asked) + "/"
        except OSError:
            return None
        return None

    def _lines(self, name: str) -> list[str]:
        file = self.root / name
        if not file.is_file():
            return []
        return file.read_text(encoding="utf-8", errors="replace").splitlines()[:MOST_RULES]

    def _redirects(self) -> list[tuple[str, str, int]]:
        found: list[tuple[str, str, int]] = []
        for line in self._lines("_redirects"):
            words = line.partition("#")[0].split()
            if len(words) >= 2 and words[0].startswith("/"):
                code = words[2].rstrip("!") if len(words) > 2 else "301"
                found.append((words[0], words[1], int(code) if code.isdigit() and len(code) == 3 else 301))
        return found

    def _redirected(self, asked: str) -> tuple[int, str] | None:
        for pattern, target, status in self.redirects:
            if 300 <= status < 400:
                if pattern == asked:
                    return status, target
                if pattern.endswith("*") and asked.startswith(pattern[:-1]):
                    return status, target.replace(":splat", asked[len(pattern) - 1 :])
        return None

    def _headers(self) -> list[tuple[str, tuple[str, str]]]:
        found: list[tuple[str, tuple[str, str]]] = []
        pattern = ""
        for line in self._lines("_headers"):
            if line[:1] in ("/", "h") and line.strip():
                pattern = line.strip()
            elif pattern and ":" in line and line[:1].isspace():
                key, _, value = line.strip().partition(":")
                found.append((pattern, (key.strip().lower(), value.strip())))
        return found

    def _headers_for(self, asked: str) -> tuple[tuple[str, str], ...]:
        return tuple(
            header
            for pattern, header in self.header_rules
            if pattern == asked or (pattern.endswith("*") and asked.startswith(pattern[:-1]))
        )
