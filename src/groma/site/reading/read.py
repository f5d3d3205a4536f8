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
from groma.site.reading.walk import Attributes, Walk

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

HTML = ("text/html", "application/xhtml+xml")
MOST_METAS = 200
MOST_RELATIONS = 2_000
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

    return replace(page, **changes)  # names and types are those of Page


def _read(response: Response, bare: Page) -> Page:
    from selectolax.lexbor import LexborHTMLParser

    text, charset, declared, problem = decoded(response.body, response.header("content-type"))
    tree = LexborHTMLParser(text)
    url = response.url
    raw = text.encode("utf-8", "replace").lower()
    base_node = tree.css_first("base[href]") if b"<base" in raw else None
    base = (join(url, base_node.attrs.get("href") or "") if base_node else None) or url
    walk = Walk(tree, raw, base, url)
    walk.run()
    metas, misplaced = _metas(walk.metas)
    canonicals, alternates, styles = _head_links(walk.relations, base, misplaced)
    _from_headers(response, url, canonicals, alternates)
    main = " ".join("".join(walk.main).split())
    said = main.encode("utf-8", "replace")
    items, broken = structured(
        tree, base, walk.blocks_of_data, has_microdata=walk.has_microdata, has_rdfa=walk.has_rdfa
    )
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
        titles=tuple(walk.titles),
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
        digest=_digest(said),
        shape=_digest(said.translate(None, b"0123456789 ")),
        images=tuple(walk.images),
        scripts=tuple(walk.scripts),
        styles=tuple(styles),
        insecure=tuple(_insecure(tree)) if url.startswith("https:") else (),
        frames=tuple(walk.frames),
        forms=tuple(walk.forms),
        tables=tuple(walk.tables),
        buttons_unnamed=walk.buttons_unnamed,
        ids=frozenset(walk.ids),
        regions=frozenset(walk.seen_regions),
        items=items,
        broken_items=broken,
        elements=walk.elements,
        script_bytes=walk.script_bytes,
        roots=tuple(walk.roots),
    )


def _digest(text: bytes) -> str:
    return blake2b(text, digest_size=8).hexdigest() if text else ""


def _metas(found: list[tuple[Attributes, bool]]) -> tuple[tuple[tuple[str, str], ...], list[str]]:
    metas: list[tuple[str, str]] = []
    misplaced: list[str] = []
    for attributes, in_body in found[:MOST_METAS]:
        get = attributes.get
        name = (get("name") or get("property") or "").strip().lower()
        if not name and get("http-equiv"):
            name = "http-equiv:" + (get("http-equiv") or "").strip().lower()
        if name:
            metas.append((name, (get("content") or "").strip()[:4000]))
            if name == "robots" and in_body:  # crawlers don't look there for what belongs into the head
                misplaced.append("meta robots")
    return tuple(metas), misplaced


def _head_links(
    found: list[tuple[Attributes, bool]], base: str, misplaced: list[str]
) -> tuple[list[str], list[Alternate], list[str]]:
    canonicals: list[str] = []
    alternates: list[Alternate] = []
    styles: list[str] = []
    related = [one for one in found if "rel" in one[0] and "href" in one[0]]
    for attributes, in_body in related[:MOST_RELATIONS]:
        rel = (attributes["rel"] or "").lower().split()
        href = attributes["href"] or ""
        if "canonical" in rel:
            if in_body:
                misplaced.append("canonical")
            else:
                canonicals.append(join(base, href) or href[:200])
        elif "alternate" in rel and (language := attributes.get("hreflang")):
            if in_body:
                misplaced.append("hreflang")
            else:
                alternates.append(Alternate(language.strip(), join(base, href) or href[:200]))
        elif "stylesheet" in rel:
            styles.append(href[:500])
    return canonicals, alternates, styles


def _from_headers(response: Response, url: str, canonicals: list[str], alternates: list[Alternate]) -> None:
    """Canonical and alternates that a `Link` header states (RFC 8288)."""
    header = response.header("link")
    if not header:
        return
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


def _insecure(tree: LexborHTMLParser) -> list[str]:
    found = [
        n.attrs.get("src") or n.attrs.get("href") or n.attrs.get("data") or ""
        for n in tree.css(_LOADED)[:100]
    ]
    return [address for address in (normal(text) for text in found) if address]
