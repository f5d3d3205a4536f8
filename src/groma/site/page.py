"""What is gathered of a site: a `Response` as it came, and the `Page` that is read from it.

A page is read once, in one walk over its tree; audits see only this. All texts are stripped and have single blanks;
addresses are absolute and normal (see `address`). Everything is bounded, since pages are written by others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Region = Literal["main", "nav", "header", "footer", "aside"]
Syntax = Literal["json-ld", "microdata", "rdfa"]


@dataclass(frozen=True, slots=True)
class Response:
    """What a server answered, one hop: `status` is 0 and `error` says why where there was no answer.

    Header names are in lower case. `body` is decompressed; `is_cut` says that a bound ended it.
    """

    url: str
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    seconds: float = 0.0
    error: str = ""
    is_cut: bool = False

    def header(self, name: str) -> str:
        """All values of a header, joined as RFC 9110 (5.3) does."""
        return ", ".join(value for key, value in self.headers if key == name)

    @property
    def media_type(self) -> str:
        return self.header("content-type").partition(";")[0].strip().lower()


class Link(NamedTuple):
    """A link to a page: `url` is its target, `fragment` what follows `#`, `text` what a person or a crawler reads."""

    url: str
    text: str
    region: Region
    rel: str = ""
    fragment: str = ""


class Alternate(NamedTuple):
    """`<link rel=alternate hreflang>` or the same as a header."""

    language: str
    url: str


class Block(NamedTuple):
    """A piece of the main content, in order: `kind` is h1 to h6, p, li, table, dl, pre or figure."""

    kind: str
    text: str
    words: int


class Heading(NamedTuple):
    level: int
    text: str
    region: Region


class Image(NamedTuple):
    src: str
    alt: str | None
    has_size: bool
    is_lazy: bool
    is_hidden: bool


class Script(NamedTuple):
    src: str
    kind: str
    waits: bool
    """Whether the page is shown before it runs (async, defer or module)."""
    in_head: bool


class Field(NamedTuple):
    """A field of a form: `label` is its accessible name as far as the page states it."""

    kind: str
    name: str
    label: str


class Form(NamedTuple):
    action: str
    """Absolute; empty where the form has none (it then sends to its own page) or where only a script could."""
    raw_action: str | None
    method: str
    fields: tuple[Field, ...]
    has_submit: bool
    has_handler: bool


class Table(NamedTuple):
    rows: int
    headers: int
    caption: str
    is_layout: bool


@dataclass(frozen=True, slots=True)
class Item:
    """A node of structured data: its types and properties by name; values are texts, numbers, truths or items.

    `types` and names are without the vocabulary's address; names of other vocabularies keep theirs.
    """

    types: tuple[str, ...]
    id: str
    properties: tuple[tuple[str, tuple[Value, ...]], ...]
    syntax: Syntax
    is_reference: bool = False

    def values(self, name: str) -> tuple[Value, ...]:
        for key, values in self.properties:
            if key == name:
                return values
        return ()

    def text(self, name: str) -> str:
        """The first text of a property, empty where there is none."""
        for value in self.values(name):
            if not isinstance(value, Item):
                return str(value)
        return ""


Value = str | int | float | bool | Item


class Broken(NamedTuple):
    """A block of structured data that can't be read, and why."""

    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Page:
    """An HTML page (or another answer, then only its head is filled)."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0
    size: int = 0
    error: str = ""
    is_cut: bool = False
    is_html: bool = False
    location: str = ""
    """Where a redirect leads, absolute; also an immediate `<meta http-equiv=refresh>`."""
    charset: str = ""
    charset_declared: str = ""
    charset_problem: str = ""
    language: str = ""
    titles: tuple[str, ...] = ()
    metas: tuple[tuple[str, str], ...] = ()
    """(name or property in lower case, content), in order."""
    misplaced: tuple[str, ...] = ()
    """What belongs into the head and stands in the body: canonical, robots, hreflang."""
    canonicals: tuple[str, ...] = ()
    alternates: tuple[Alternate, ...] = ()
    links: tuple[Link, ...] = ()
    dead_links: tuple[tuple[str, str], ...] = ()
    """(what stands in href or onclick, text) of links that lead nowhere without a script."""
    contacts: tuple[str, ...] = ()
    """`tel:`, `mailto:` and messenger addresses linked, as written."""
    headings: tuple[Heading, ...] = ()
    blocks: tuple[Block, ...] = ()
    text: str = ""
    """What a person sees without scripts, whole page."""
    words: int = 0
    """Words of the main content."""
    digest: str = ""
    """Of the main content: pages that say the same share it."""
    shape: str = ""
    """The same without digits and blanks: the pages of a calendar share it."""
    images: tuple[Image, ...] = ()
    scripts: tuple[Script, ...] = ()
    styles: tuple[str, ...] = ()
    insecure: tuple[str, ...] = ()
    """What is loaded from `http:` addresses."""
    frames: tuple[tuple[str, str], ...] = ()
    forms: tuple[Form, ...] = ()
    tables: tuple[Table, ...] = ()
    buttons_unnamed: int = 0
    ids: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    items: tuple[Item, ...] = ()
    broken_items: tuple[Broken, ...] = ()
    elements: int = 0
    script_bytes: int = 0
    roots: tuple[str, ...] = ()
    """Ids of empty elements that script frameworks fill (`root`, `app`, ...)."""

    def header(self, name: str) -> str:
        return ", ".join(value for key, value in self.headers if key == name)

    def meta(self, *names: str) -> str:
        """The first content of these names, empty where there is none."""
        return next((content for name, content in self.metas if name in names), "")

    @property
    def title(self) -> str:
        return self.titles[0] if self.titles else ""

    @property
    def is_page(self) -> bool:
        """Whether it is an HTML page that answered with success and could be read."""
        return self.is_html and 200 <= self.status < 300 and not self.error
