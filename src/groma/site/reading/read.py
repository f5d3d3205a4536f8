"""A response read into a page: what kind it is, its head, and everything a walk over its tree collects.

Pure: the same response gives the same page. Nothing raises, whatever the bytes are.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import TYPE_CHECKING

from groma.site.address import join, normal
from groma.site.page import Alternate, Page, Response
from groma.site.reading.decode import decoded
from groma.site.reading.hostile import too_deep
from groma.site.reading.structured import structured
from groma.site.reading.walk import Walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selectolax.lexbor import LexborHTMLParser, LexborNode

HTML = ("text/html", "application/xhtml+xml")
MOST_METAS = 200
_DIGITS = {ord(letter): None for letter in "0123456789 "}
_LINK_HEADER = re.compile(r"<([^>]*)>\s*((?:;\s*[\w*]+\s*=\s*(?:\"[^\"]*\"|[^\s;,]+)\s*)*)")
_PARAMETER = re.compile(r"([\w*]+)\s*=\s*(?:\"([^\"]*)\"|([^\s;,]+))")
_REFRESH = re.compile(r"""^\s*(\d+)(?:\.\d*)?\s*[;,]\s*(?:url\s*=\s*)?["']?([^"']+)""", re.IGNORECASE)


def read_page(response: Response) -> Page:
    """The page of a response; of one that isn't HTML only what its head says."""
    media = response.media_type
    is_html = bool(response.body) and (media in HTML or (not media and looks_like_html(response.body)))
    location = response.header("location") if 300 <= response.status < 400 else ""
    bare = Page(
        response.url,
        response.status,
        response.headers,
        response.seconds,
        len(response.body),
        response.error,
        response.is_cut,
        is_html,
        (join(response.url, location) or "") if location else "",
    )
    if not is_html:
        return bare
    reason = too_deep(response.body)
    if reason:
        return _with(bare, error=reason)
    return _read(response, bare)


def looks_like_html(body: bytes) -> bool:
    """WHATWG MIME sniffing, cut down: the first tag is one that only pages have."""
    return (
        re.match(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", body[:2048], re.I | re.S)
        is not None
    )


def _with(page: Page, **changes: object) -> Page:
    from dataclasses import replace

    return replace(page, **changes)  # pyright: ignore[reportArgumentType] - names and types are those of Page


def _read(response: Response, bare: Page) -> Page:
    from selectolax.lexbor import LexborHTMLParser

    text, charset, declared, problem = decoded(response.body, response.header("content-type"))
    tree = LexborHTMLParser(text)
    url = response.url
    base_node = tree.css_first("base[href]")
    base = (join(url, base_node.attrs.get("href") or "") if base_node else None) or url
    walk = Walk(tree, base, url)
    walk.run()
    metas, misplaced = _metas(tree)
    canonicals, alternates, styles = _head_links(tree, base, misplaced)
    _from_headers(response, url, canonicals, alternates)
    main = " ".join("".join(walk.main).split())
    items, broken = structured(tree, base)
    refresh = next((content for name, content in metas if name == "http-equiv:refresh"), "")
    found = _REFRESH.match(refresh) if refresh else None
    location = bare.location or (
        (join(base, found.group(2)) or "") if found and int(found.group(1)) <= 1 else ""
    )
    return Page(
        url=url,
        status=bare.status,
        headers=bare.headers,
        seconds=bare.seconds,
        size=bare.size,
        error=bare.error,
        is_cut=bare.is_cut,
        is_html=True,
        location=location if bare.location or location != url else "",
        charset=charset,
        charset_declared=declared,
        charset_problem=problem,
        language=_language(tree, response.media_type),
        titles=tuple(" ".join(n.text(deep=True).split())[:2000] for n in tree.css("head title")),
        metas=metas,
        misplaced=tuple(misplaced),
        canonicals=tuple(dict.fromkeys(canonicals)),
        alternates=tuple(dict.fromkeys(alternates)),
        links=tuple(walk.links),
        dead_links=tuple(walk.dead_links),
        contacts=tuple(dict.fromkeys(walk.contacts)),
        headings=tuple(walk.headings),
        blocks=tuple(walk.blocks),
        text=" ".join("".join(walk.chunks).split()),
        words=main.count(" ") + 1 if main else 0,
        digest=_digest(main),
        shape=_digest(main.translate(_DIGITS)),
        images=tuple(walk.images),
        scripts=tuple(walk.scripts),
        styles=tuple(styles),
        insecure=tuple(_insecure(tree)) if url.startswith("https:") else (),
        frames=tuple(walk.frames),
        forms=tuple(walk.forms),
        tables=tuple(walk.tables),
        buttons_unnamed=walk.buttons_unnamed,
        ids=frozenset({*_named(tree, "[id]", "id"), *_named(tree, "a[name]", "name")}),
        regions=frozenset(walk.seen_regions),
        items=items,
        broken_items=broken,
        elements=walk.elements,
        script_bytes=walk.script_bytes,
        roots=tuple(walk.roots),
    )


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest() if text else ""


def _metas(tree: LexborHTMLParser) -> tuple[tuple[tuple[str, str], ...], list[str]]:
    found: list[tuple[str, str]] = []
    misplaced: list[str] = []
    body = tree.body
    for node in tree.css("meta")[:MOST_METAS]:
        attributes = node.attributes
        name = (attributes.get("name") or attributes.get("property") or "").strip().lower()
        if not name and attributes.get("http-equiv"):
            name = "http-equiv:" + (attributes.get("http-equiv") or "").strip().lower()
        if name:
            found.append((name, (attributes.get("content") or "").strip()[:4000]))
            if name == "robots" and _inside(node, body):
                misplaced.append("meta robots")
    return tuple(found), misplaced


def _inside(node: LexborNode, body: LexborNode | None) -> bool:
    """Whether a node stands in the body (where crawlers don't look for what belongs into the head)."""
    if body is None:
        return False
    at = node.parent
    while at is not None:
        if at.mem_id == body.mem_id:
            return True
        at = at.parent
    return False


def _head_links(
    tree: LexborHTMLParser, base: str, misplaced: list[str]
) -> tuple[list[str], list[Alternate], list[str]]:
    canonicals: list[str] = []
    alternates: list[Alternate] = []
    styles: list[str] = []
    body = tree.body
    for node in tree.css("link[rel][href]")[:2000]:
        rel = (node.attrs.get("rel") or "").lower().split()
        href = node.attrs.get("href") or ""
        if "canonical" in rel:
            if _inside(node, body):
                misplaced.append("canonical")
            else:
                canonicals.append(join(base, href) or href[:200])
        elif "alternate" in rel and (language := node.attrs.get("hreflang")):
            if _inside(node, body):
                misplaced.append("hreflang")
            else:
                alternates.append(Alternate(language.strip(), join(base, href) or href[:200]))
        elif "stylesheet" in rel:
            styles.append(href[:500])
    return canonicals, alternates, styles


def _from_headers(response: Response, url: str, canonicals: list[str], alternates: list[Alternate]) -> None:
    """Canonical and alternates that a `Link` header states (RFC 8288)."""
    header = response.header("link")
    for found in _LINK_HEADER.finditer(header[:8000]):
        parameters = {
            p.group(1).lower(): p.group(2) or p.group(3) for p in _PARAMETER.finditer(found.group(2))
        }
        target = join(url, found.group(1))
        rel = parameters.get("rel", "").lower().split()
        if target and "canonical" in rel:
            canonicals.append(target)
        elif target and "alternate" in rel and "hreflang" in parameters:
            alternates.append(Alternate(parameters["hreflang"], target))


_LOADED = (
    "script[src^='http:' i],img[src^='http:' i],iframe[src^='http:' i],audio[src^='http:' i],video[src^='http:' i],"
    "source[src^='http:' i],link[rel~='stylesheet' i][href^='http:' i],object[data^='http:' i]"
)


def _language(tree: LexborHTMLParser, media_type: str) -> str:
    """Of the html element: `xml:lang` means something in XHTML only."""
    names = ("lang", "xml:lang") if media_type == HTML[1] else ("lang",)
    said = (tree.root.attrs.get(name) or "" for name in names) if tree.root else ()
    return next(filter(None, said), "").strip()


def _named(tree: LexborHTMLParser, selector: str, attribute: str) -> Iterator[str]:
    """Names of places that a fragment may lead to."""
    return (name for node in tree.css(selector) if (name := node.attrs.get(attribute)))


def _insecure(tree: LexborHTMLParser) -> list[str]:
    found = [
        n.attrs.get("src") or n.attrs.get("href") or n.attrs.get("data") or ""
        for n in tree.css(_LOADED)[:100]
    ]
    return [address for address in (normal(text) for text in found) if address]
