"""Patches applied to the bytes of pages, robots.txt and sitemaps. A patch that finds nothing to change is refused with
a reason; nothing is guessed.

Patches come in the order of what their findings block: where two want different values for the same element of a head
(two canonicals, say), the first stays.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape, unescape

from groma.site.address import join, normal
from groma.site.audit import Patch
from groma.site.proof.tags import Tag, tags

HEAD = frozenset({"html", "head", "title", "meta", "link", "script", "style", "base", "noscript", "template"})
"""A head ends before the first other element, whatever its tags say (WHATWG HTML, 13.2.6.4.4)."""

LINKING = ("href", "src", "action", "formaction", "poster", "data")
MOST_BYTES = 50_000_000


class Refused(Exception):
    """The patch can't be applied; says why."""


@dataclass
class Patched:
    """New bytes by the name of the file (as `read` names it), header lines to send with every page, and what happened
    with each patch: applied, or refused and why."""

    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    headers: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    applied: list[Patch] = field(default_factory=list[Patch])
    refused: list[tuple[Patch, str]] = field(default_factory=list[tuple[Patch, str]])
    added: dict[str, set[tuple[str, ...]]] = field(default_factory=dict[str, set[tuple[str, ...]]])
    """What elements of heads were added, by file."""


Read = Callable[[str], tuple[str, bytes] | None]
"""The file behind an address, by name, and its bytes; None where there is none."""


def patched(
    patches: Sequence[Patch], read: Read, sitemaps: Sequence[str] = (), done: Patched | None = None
) -> Patched:
    """Applies patches in their order, upon those of an earlier round; `sitemaps` are the addresses of those that list
    pages."""
    done = done or Patched()
    robots: dict[str, list[Patch]] = {}
    for patch in dict.fromkeys(patches):
        try:
            if patch.place == "header":
                _header(done, patch)
            elif patch.place == "robots.txt":
                robots.setdefault(patch.url, []).append(patch)
                continue
            elif patch.place == "sitemap":
                _sitemap(done, patch, read, sitemaps)
            elif patch.place in ("head", "body"):
                name, content = _content(done, patch.url, read)
                done.files[name] = _page(content, patch, done.added.setdefault(name, set()))
            else:
                raise Refused("is for a person to write")
            done.applied.append(patch)
        except Refused as why:
            done.refused.append((patch, str(why)))
    for url, mine in robots.items():
        _robots(done, url, mine, read)
    return done


def _content(done: Patched, url: str, read: Read) -> tuple[str, bytes]:
    found = read(url)
    if found is None:
        raise Refused("its file isn't there")
    name, content = found
    return name, done.files.get(name, content)


def _header(done: Patched, patch: Patch) -> None:
    name, colon, value = patch.new.partition(":")
    if patch.old or not colon:
        raise Refused("is no header that can be added")
    header = (name.strip(), value.strip())
    if any(known.lower() == header[0].lower() and stated != header[1] for known, stated in done.headers):
        raise Refused("another patch sends this header with another value")
    if header not in done.headers:
        done.headers.append(header)


# pages


def _page(content: bytes, patch: Patch, added: set[tuple[str, ...]]) -> bytes:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Refused("the page is in UTF-16")
    text = content.decode("latin-1")
    if not patch.old:
        edited = _added(text, patch, added)
    elif patch.place == "head":
        edited = _in_head(text, patch)
    elif patch.old.startswith("rel="):
        edited = _rel(text, patch)
    else:
        edited = _target(text, patch)
    if edited == text:
        raise Refused("the page says so already")
    return edited.encode("latin-1")


def _bytes(text: str) -> str:
    """New text for a page of any encoding: what isn't ASCII becomes character references."""
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")


def kind_of(tag: Tag) -> tuple[str, ...]:
    """What an element of a head is about: there is to be one of each."""
    if tag.name == "meta" and tag.get("charset"):
        return ("charset",)
    about = tag.value("name") or tag.value("property") or tag.value("rel") or tag.value("http-equiv")
    return (tag.name, about.lower(), tag.value("hreflang").lower())


def _added(text: str, patch: Patch, added: set[tuple[str, ...]]) -> str:
    if patch.place != "head":
        raise Refused("where it belongs in the page is for a person to say")
    new = next(tags(patch.new), None)
    if new is None:
        raise Refused("is no element")
    kind = kind_of(new)
    if kind in added:
        raise Refused("another patch of the page says the same with another value")
    found = list(tags(text))
    body = next((tag.start for tag in found if tag.name not in HEAD), len(text))
    same = [tag for tag in found if tag.start < body and tag.name == new.name and kind_of(tag) == kind]
    added.add(kind)
    line = _bytes(patch.new)
    if same:
        return text[: same[0].start] + line + text[same[0].end :]
    head = next((tag for tag in found if tag.name == "head" and tag.start < body), None)
    end = text.lower().find("</head", head.end if head else 0)
    if kind != ("charset",) and head and head.end <= (at := min(end if end >= 0 else body, body)):
        return f"{text[:at]}{line}\n{text[at:]}"
    before = head or next((tag for tag in found if tag.name == "html"), None)
    at = before.end if before else _after_doctype(text)
    return f"{text[:at]}\n{line}{text[at:]}"


def _after_doctype(text: str) -> int:
    found = re.match(r"\s*(?:ï»¿)?\s*<!doctype[^>]*>", text, re.IGNORECASE)
    return found.end() if found else 0


def _in_head(text: str, patch: Patch) -> str:
    """Another value for the elements that `patch.at` names by their rel or name."""
    for tag in reversed(list(tags(text))):
        names = (tag.value("name") or tag.value("rel")).lower().split()
        if tag.name in ("meta", "link") and patch.at in names:
            attribute = tag.get("href") or tag.get("content")
            if attribute is None or attribute.begin == attribute.end:
                continue
            if tag.name == "link" and join(patch.url, attribute.value) == patch.old:
                return _replaced(text, attribute.begin, attribute.end, patch.new)
            word = re.compile(rf"(?<![\w-]){re.escape(patch.old)}(?![\w-])", re.IGNORECASE)
            if tag.name == "meta" and word.search(attribute.value):
                return _replaced(text, attribute.begin, attribute.end, word.sub(patch.new, attribute.value))
    raise Refused(f"no element `{patch.at}` with `{patch.old}` stands in the page (a header says it)")


def _replaced(text: str, begin: int, end: int, value: str) -> str:
    return text[:begin] + _bytes(escape(value)) + text[end:]


def _rel(text: str, patch: Patch) -> str:
    """Links to `patch.at` without `nofollow`."""
    edited, changed = text, False
    for tag in reversed(list(tags(text))):
        rel, href = tag.get("rel"), tag.get("href")
        if (
            rel
            and href
            and "nofollow" in rel.value.lower().split()
            and join(patch.url, href.value) == patch.at
        ):
            rest = " ".join(word for word in rel.value.split() if word.lower() != "nofollow")
            edited, changed = _replaced(edited, rel.begin, rel.end, rest), True
    if not changed:
        raise Refused("no such link stands in the source of the page")
    return edited


def _target(text: str, patch: Patch) -> str:
    """Every attribute that leads to `patch.old` leads to `patch.new`; fragments stay."""
    edited, changed = text, False
    base = patch.url
    found = list(tags(text))
    for tag in found:
        if tag.name == "base" and tag.get("href"):
            base = join(patch.url, tag.value("href")) or base
            break
    for tag in reversed(found):
        if tag.name in ("base", "link") and tag.value("rel").lower() in ("canonical", "alternate"):
            continue
        for attribute in reversed(tag.attributes):
            if attribute.name not in LINKING or attribute.begin == attribute.end:
                continue
            if join(base, attribute.value) == patch.old or attribute.value == patch.old:
                _, hash_, fragment = attribute.value.partition("#")
                edited = _replaced(edited, attribute.begin, attribute.end, f"{patch.new}{hash_}{fragment}")
                changed = True
    if not changed:
        raise Refused("what is to be changed isn't in the source of the page")
    return edited


# robots.txt and sitemaps


def _robots(done: Patched, url: str, patches: list[Patch], read: Read) -> None:
    """Lines are changed where they stand, so that line numbers hold; those taken out go at the end."""
    found = read(url)
    if found is None and any(patch.old for patch in patches):
        done.refused += [(patch, "its file isn't there") for patch in patches]
        return
    name, content = found or ("robots.txt", b"")
    text = done.files.get(name, content).decode("utf-8", errors="surrogateescape")
    lines: list[str | None] = list(re.split(r"\r\n|\r|\n", text))
    more: list[str] = []
    for patch in patches:
        if not patch.old:
            more.append(patch.new)
        elif patch.at.isdigit() and 0 < int(patch.at) <= len(lines):
            lines[int(patch.at) - 1] = patch.new or None
        else:
            done.refused.append((patch, "the line isn't there"))
            continue
        done.applied.append(patch)
    kept = [line for line in lines if line is not None]
    while kept and not kept[-1].strip():
        kept.pop()
    done.files[name] = ("\n".join([*kept, *more]) + "\n").encode("utf-8", errors="surrogateescape")


_URL = re.compile(r"\s*<url\b[^>]*>.*?</url\s*>", re.DOTALL | re.IGNORECASE)
_LOC = re.compile(r"<loc[^>]*>\s*(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?\s*</loc", re.DOTALL | re.IGNORECASE)


def _sitemap(done: Patched, patch: Patch, read: Read, sitemaps: Sequence[str]) -> None:
    for url in sitemaps:
        found = read(url)
        if found is None:
            continue
        name, content = found[0], done.files.get(found[0], found[1])
        is_packed = content.startswith(b"\x1f\x8b")
        edited = _edited(_unpacked(content) if is_packed else content, patch)
        if edited is not None:
            done.files[name] = gzip.compress(edited, mtime=0) if is_packed else edited
            return
    raise Refused(
        "no sitemap that can be changed holds it" if patch.old else "there is no sitemap to add it to"
    )


def _unpacked(content: bytes) -> bytes:
    try:
        return zlib.decompressobj(31).decompress(content, MOST_BYTES)
    except zlib.error:
        raise Refused("the sitemap can't be unpacked") from None


def _edited(content: bytes, patch: Patch) -> bytes | None:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if not patch.old:
        at = text.lower().rfind("</urlset")
        return None if at < 0 else f"{text[:at]}{patch.new}\n{text[at:]}".encode()
    kept: list[str] = []
    end, gone = 0, False
    for match in _URL.finditer(text):
        loc = _LOC.search(match.group())
        if loc and normal(unescape(loc[1])) == patch.old:
            kept.append(text[end : match.start()])
            end, gone = match.end(), True
    return ("".join(kept) + text[end:]).encode() if gone else None
