"""Start tags of a page with their places in its source, so that an edit changes what it is about and no other byte.

A page is handled as Latin-1, one letter a byte: positions are those of the file, and bytes that aren't touched stay as
they are in every encoding that extends ASCII. Comments and the insides of scripts, styles and text areas hold no tags.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<([a-zA-Z][^\s/>]{0,60})((?:\"[^\"]*\"|'[^']*'|[^\"'<>]++){0,400}+)>", re.DOTALL
)
_ATTRIBUTE = re.compile(r"([^\s\"'<>/=]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'=<>`]+)))?")
_RAW = ("script", "style", "textarea", "title", "xmp", "noembed", "noframes")


class Attribute(NamedTuple):
    """`value` as a reader of HTML sees it; it stands from `begin` to `end`, the whole from `start`."""

    name: str
    value: str
    start: int
    begin: int
    end: int


class Tag(NamedTuple):
    name: str
    start: int
    end: int
    attributes: tuple[Attribute, ...]

    def get(self, name: str) -> Attribute | None:
        return next((a for a in self.attributes if a.name == name), None)

    def value(self, name: str) -> str:
        found = self.get(name)
        return found.value if found else ""


def tags(text: str) -> Iterator[Tag]:
    """Start tags in order."""
    at = 0
    while match := _TAG.search(text, at):
        at = match.end()
        if match[1] is None:
            continue
        name = match[1].lower()
        yield Tag(name, match.start(), match.end(), tuple(_attributes(match[2], match.start(2))))
        if name in _RAW:
            close = re.compile(rf"</{name}[\s/>]", re.IGNORECASE).search(text, at)
            at = close.start() if close else len(text)


def _attributes(text: str, offset: int) -> Iterator[Attribute]:
    for match in _ATTRIBUTE.finditer(text):
        group = next((n for n in (2, 3, 4) if match[n] is not None), 0)
        begin, end = match.span(group) if group else (match.end(), match.end())
        value = html.unescape(_utf8(match[group])) if group else ""
        yield Attribute(match[1].lower(), value, offset + match.start(), offset + begin, offset + end)


def _utf8(text: str) -> str:
    """Letters of a value where its bytes are UTF-8, else as they are."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text
