"""The parser's numbers of the tags that matter, so that the walk compares numbers and not texts."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from groma.site.page import Region

SKIPPED = ("script", "style", "template", "svg", "math", "noframes", "datalist")
"""Nothing inside is read by a person who has no scripts."""

BLOCKS = (
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "p",
    "li",
    "pre",
    "dd",
    "dt",
    "figcaption",
    "table",
    "blockquote",
)
REGIONS: dict[str, Region] = {
    "main": "main",
    "nav": "nav",
    "header": "header",
    "footer": "footer",
    "aside": "aside",
}
ROLES: dict[str, Region] = {
    "main": "main",
    "navigation": "nav",
    "banner": "header",
    "contentinfo": "footer",
    "complementary": "aside",
}
INLINE = [
    "a",
    "abbr",
    "acronym",
    "b",
    "bdi",
    "bdo",
    "big",
    "cite",
    "code",
    "data",
    "del",
    "dfn",
    "em",
    "font",
    "i",
    "ins",
    "kbd",
    "label",
    "mark",
    "q",
    "ruby",
    "s",
    "samp",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "time",
    "tt",
    "u",
    "var",
    "wbr",
]
SPECIAL = ("img", "form", "iframe", "table", "article")
"""Elements that are taken in when they open."""

MACHINE = ("meta", "link", "script", "title")
"""Elements that are meant for machines, wherever they stand."""


class Tag(NamedTuple):
    """What the walk does at an element: nothing at all at one that isn't listed, but that it separates words."""

    flows: bool = False
    """Whether it doesn't separate words."""
    is_skipped: bool = False
    kind: str = ""
    """Of a block, a link (`a`) or a button, which are taken in when all of their text is known."""
    region: Region | None = None
    special: str = ""
    machine: str = ""


OTHER = Tag()


@cache
def tags() -> dict[int, Tag]:
    """By the parser's number, which it is asked for once."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser("<html><head></head><body></body></html>")
    names = {*SKIPPED, *BLOCKS, *REGIONS, *INLINE, *SPECIAL, *MACHINE, "a", "button"}
    return {
        tree.create_node(name).tag_id: Tag(
            name in INLINE,
            name in SKIPPED,
            name if name in BLOCKS or name in ("a", "button") else "",
            REGIONS.get(name),
            name if name in SPECIAL else "",
            name if name in MACHINE else "",
        )
        for name in sorted(names)
    }
