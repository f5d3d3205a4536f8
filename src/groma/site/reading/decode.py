"""Bytes of a page to text: which encoding is declared, which one it is, and what went wrong.

WHATWG HTML, "Determining the character encoding": byte-order mark, header, meta within the first 1024 bytes. Bytes that
aren't UTF-8 although nothing else is declared are read as windows-1252, as browsers do.
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

_META = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]+)""", re.IGNORECASE)
_HEADER = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9_:.-]+)""", re.IGNORECASE)
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


class Decoded(NamedTuple):
    """The text, the encoding used, the one declared (empty: none) and what doesn't fit (empty: nothing)."""

    text: str
    charset: str
    declared: str
    problem: str


def decoded(body: bytes, content_type: str) -> Decoded:
    """Never raises: what can't be read becomes U+FFFD."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return Decoded(body[len(mark) :].decode(name, "replace"), name, name, "")
    found = _HEADER.search(content_type)
    declared = found.group(1) if found else ""
    if not declared:
        meta = _META.search(body[:1024])
        declared = meta.group(1).decode("ascii") if meta else ""
    name = _known(declared)
    problem = f"`{declared}` is no encoding" if declared and not name else ""
    if name in ("", "utf-8"):
        try:
            return Decoded(body.decode("utf-8"), "utf-8", declared, problem)
        except UnicodeDecodeError as error:
            if name or _only_the_end(body, error):
                problem = problem or ("" if _only_the_end(body, error) else f"byte {error.start} isn't UTF-8")
                return Decoded(body.decode("utf-8", "replace"), "utf-8", declared, problem)
            return Decoded(body.decode("windows-1252", "replace"), "windows-1252", declared, problem)
    return Decoded(body.decode(name, "replace"), name, declared, problem)


def _only_the_end(body: bytes, error: UnicodeDecodeError) -> bool:
    """A character cut off at the end by a bound is no mistake of the page."""
    return error.reason == "unexpected end of data" and error.start > len(body) - 4


def _known(name: str) -> str:
    """The codec that browsers take for a label (Latin-1 and ASCII mean windows-1252), empty if there is none."""
    try:
        found = codecs.lookup(name).name if name else ""
    except LookupError:
        return ""
    if found in ("ascii", "iso8859-1"):
        return "windows-1252"
    return found if found in _TEXT or _reads_ascii(found) else ""


_TEXT = frozenset({"utf-16", "utf-16-le", "utf-16-be", "utf-32"})
"""Codecs that don't contain ASCII and are text all the same."""


def _reads_ascii(name: str) -> bool:
    """Whether a codec turns bytes into text (Python has others, such as zlib)."""
    try:
        return name == "" or b"a".decode(name) == "a"
    except (LookupError, ValueError, TypeError):
        return False
