"""The parser's numbers of the tags that matter, so that the walk compares numbers and not texts."""

from __future__ import annotations

from functools import cache

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
_OTHERS = (
    "title",
    "meta",
    "link",
    "base",
    "img",
    "iframe",
    "form",
    "button",
    "br",
    "head",
    "body",
    "html",
    "article",
)
_OTHERS_TOO = (
    "video",
    "audio",
    "source",
    "input",
    "select",
    "textarea",
    "object",
    "embed",
    "div",
    "noscript",
)


@cache
def numbers() -> dict[str, int]:
    """Tag name -> the parser's number."""
    from selectolax.lexbor import LexborHTMLParser

    names = {*SKIPPED, *BLOCKS, *REGIONS, *INLINE, *_OTHERS, *_OTHERS_TOO}
    tree = LexborHTMLParser("<html><head></head><body></body></html>")
    return {name: tree.create_node(name).tag_id for name in sorted(names)}


@cache
def inline() -> frozenset[int]:
    """Numbers of tags that don't separate words."""
    return frozenset({numbers()[name] for name in INLINE})
