"""One walk over the tree of a page: head, links with their context, texts, headings, blocks, forms, tables, pictures.

The region of a link is where it stands: `nav`, `header`, `footer`, `aside` (by element or ARIA role), else `main`. A
`header` or `footer` of an article belongs to the article (HTML, 4.3.8). Where a page has a `main`, what is outside it
and in no other region counts as `aside`.

Each element is visited once and its attributes are asked for once; of what no reader sees (hidden parts, templates,
pictures drawn in text) only what is meant for machines is taken: metas, links of the head, scripts, ids.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from groma.site.address import Joiner
from groma.site.page import Block, Heading, Image, Link, Region, Script, Table
from groma.site.reading.forms import Forms
from groma.site.reading.tags import OTHER, ROLES, Tag, tags

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

    from groma.site.page import Form

Attributes = dict[str, str | None]

MOST_NODES = 2_000_000
MOST_LINKS = 10_000
MOST_BLOCKS = 5_000
MOST_TEXT = 20_000
"""Letters of one block or link text that are kept."""

CONTACT = ("tel:", "mailto:", "sms:", "https://wa.me/", "https://api.whatsapp.com/")
_HIDDEN = re.compile(r"display: ?none", re.IGNORECASE | re.ASCII)
_TELLING = frozenset({"name", "id", "role", "hidden", "style", "itemscope", "typeof"})
"""Attributes that say something of any element."""

_FILLED = ("root", "app", "__next", "__nuxt", "svelte")
"""Ids of the element that the usual frameworks fill by script."""
_ROOTS = ",".join((*(f"div[id='{name}']" for name in _FILLED), "app-root", "div[ng-app]"))
_CODE = ("", "module", "text/javascript", "application/javascript")


class Walk:
    """The state of the walk and what it has found."""

    def __init__(self, tree: LexborHTMLParser, raw: bytes, base: str, url: str) -> None:
        """`raw` is the text of the page in small letters: what it doesn't hold isn't looked for."""
        self.tree, self.raw, self.base, self.url = tree, raw, base, url
        self.joiner = Joiner(base)
        self.tags = tags()
        self.chunks: list[str] = []
        self.main: list[str] = []
        self.links: list[Link] = []
        self.dead_links: list[tuple[str, str]] = []
        self.contacts: list[str] = []
        self.headings: list[Heading] = []
        self.blocks: list[Block] = []
        self.images: list[Image] = []
        self.scripts: list[Script] = []
        self.frames: list[tuple[str, str]] = []
        self.forms: list[Form] = []
        self.tables: list[Table] = []
        self.roots: list[str] = []
        self.seen_regions: set[str] = set()
        self.buttons_unnamed = 0
        self.elements = 0
        self.script_bytes = 0
        self.titles: list[str] = []
        self.metas: list[tuple[Attributes, bool]] = []
        """Attributes, and whether it stands in the body."""
        self.relations: list[tuple[Attributes, bool]] = []
        """The same of `link` elements."""
        self.blocks_of_data: list[str] = []
        """Texts of JSON-LD scripts."""
        self.ids: set[str] = set()
        self.has_microdata = self.has_rdfa = False

    def run(self) -> None:
        """Fills the lists."""
        root, head, body = self.tree.root, self.tree.head, self.tree.body
        if root is None:
            return
        self._for_machines(root, root.attributes, False, False)
        at = root.child
        while at is not None:
            if body is not None and at.mem_id == body.mem_id:
                self._body(body)
            elif at.is_element_node:
                in_head = head is not None and at.mem_id == head.mem_id
                for node in at.traverse():
                    self._for_machines(node, node.attributes, in_head, False)
            at = at.next
        if b"app-root" in self.raw or b"ng-app" in self.raw:
            found = self.tree.css(_ROOTS)
            self.roots = [n.attributes.get("id") or n.tag or "" for n in found if _is_empty(n)]

    def _body(self, body: LexborNode) -> None:
        """What readers see. Iterative, since the depth is the page's choice; at most `MOST_NODES` nodes."""
        known = self.tags
        chunks, main = self.chunks, self.main
        forms = Forms(self.tree, self.base, self.url)
        region: Region = "aside" if self._has_main() else "main"
        inside_main = 0  # open `main` and `article` elements: their headers and footers are content
        self._for_machines(body, body.attributes, False, True)

        # Open elements: node, what to undo on leaving (region before, start of its text, was main or article), its tag.
        opened: list[tuple[LexborNode, Region, int, bool, Tag, Attributes]] = []
        node = body.child
        seen = 0
        while node is not None or opened:
            if node is None:
                node, before, start, is_main, tag, attributes = opened.pop()
                if tag.kind:
                    self._leave(tag.kind, node, attributes, region, start)
                region = before
                inside_main -= is_main
                if not tag.flows:
                    chunks.append(" ")
                    main.append(" ")
                node = node.next
                continue
            seen += 1
            if seen > MOST_NODES:
                break
            if node.is_text_node:
                text = node.text_content
                if text:
                    chunks.append(text)
                    if region == "main":
                        main.append(text)
                node = node.next
                continue
            if not node.is_element_node:
                node = node.next
                continue
            self.elements += 1
            tag = known.get(node.tag_id, OTHER)
            attributes = node.attributes
            new: Region | None = tag.region
            is_skipped = tag.is_skipped
            if tag.machine or not _TELLING.isdisjoint(attributes):
                self._for_machines(node, attributes, False, True)
                is_skipped = is_skipped or "hidden" in attributes or _is_undisplayed(attributes)
                new = ROLES.get((attributes.get("role") or "").strip().lower()) or new
            if is_skipped:
                self._unseen(node)
                node = node.next
                continue
            if not tag.flows:
                chunks.append(" ")
                main.append(" ")
            before, is_main = region, False
            if new is not None:
                if not (new in ("header", "footer") and inside_main):
                    region = new
                    self.seen_regions.add(new)
                is_main = new == "main"
            elif tag.special == "article":
                is_main = True
                region = "main" if region == "aside" else region
            inside_main += is_main
            if tag.special:
                self._special(tag.special, node, attributes, forms)
            child = node.child
            # Most elements hold nothing, or a text alone: these aren't opened.
            if child is None or (child.is_text_node and child.next is None):
                start = len(chunks)
                if child is not None:
                    seen += 1
                    text = child.text_content
                    if text:
                        chunks.append(text)
                        if region == "main":
                            main.append(text)
                if tag.kind:
                    self._leave(tag.kind, node, attributes, region, start)
                if child is not None and not tag.flows:
                    chunks.append(" ")
                    main.append(" ")
                region = before
                inside_main -= is_main
                node = node.next
            else:
                opened.append((node, before, len(chunks), is_main, tag, attributes))
                node = child

    def _unseen(self, node: LexborNode) -> None:
        """What stands for machines in a part that no reader sees."""
        if node.child is not None:
            for inner in node.traverse():
                if inner.mem_id != node.mem_id:
                    self._for_machines(inner, inner.attributes, False, True)

    def _has_main(self) -> bool:
        if b"<main" in self.raw and self.tree.tags("main"):
            return True
        return b"role" in self.raw and self.tree.css_first("[role=main]") is not None

    def _special(self, name: str, node: LexborNode, attributes: Attributes, forms: Forms) -> None:
        """Takes in an element that has a list of its own."""
        if name == "img":
            self._image(attributes)
        elif name == "form":
            self.forms.append(forms.read(node))
        elif name == "iframe":
            self.frames.append(((attributes.get("src") or "")[:500], (attributes.get("title") or "").strip()))
        elif name == "table":
            self._table(node, attributes)

    def _for_machines(self, node: LexborNode, attributes: Attributes, in_head: bool, in_body: bool) -> None:
        """Takes in what counts wherever it stands: ids, metas, links of the head, scripts, structured data."""
        if attributes:
            if "id" in attributes and (name := attributes["id"]):
                self.ids.add(name)
                if name in _FILLED and node.tag == "div" and _is_empty(node):
                    self.roots.append(name)
            if "name" in attributes and node.tag == "a" and (name := attributes["name"]):
                self.ids.add(name)
            if "itemscope" in attributes:
                self.has_microdata = True
            if "typeof" in attributes:
                self.has_rdfa = True
        kind = self.tags.get(node.tag_id, OTHER).machine
        if not kind:
            return
        if kind == "meta":
            self.metas.append((attributes, in_body))
        elif kind == "link":
            self.relations.append((attributes, in_body))
        elif kind == "script":
            self._script(node, attributes, in_head)
        elif in_head:
            self.titles.append(" ".join(node.text(deep=True).split())[:2000])

    def _text(self, start: int) -> str:
        chunks = self.chunks
        text = chunks[start] if len(chunks) == start + 1 else "".join(chunks[start:])
        return " ".join(text.split())[:MOST_TEXT]

    def _leave(self, kind: str, node: LexborNode, attributes: Attributes, region: Region, start: int) -> None:
        """Takes in a link, a block or a button when all of its text is known."""
        if kind == "a":
            if len(self.links) < MOST_LINKS:
                self._link(node, attributes, self._text(start), region)
        elif kind == "button":
            if not self._text(start) and not named(node):
                self.buttons_unnamed += 1
        else:
            is_heading = kind[0] == "h"
            if not is_heading and region != "main":
                return
            text = self._text(start)
            if is_heading:
                self.headings.append(Heading(int(kind[1]), text or named(node), region))
            if text and region == "main" and len(self.blocks) < MOST_BLOCKS:
                self.blocks.append(Block(kind, text, text.count(" ") + 1))

    def _link(self, node: LexborNode, attributes: Attributes, text: str, region: Region) -> None:
        href = attributes.get("href")
        text = text or named(node)
        target = self.joiner.plain(href) if href else None
        if target is not None:
            self.links.append(Link(target, text, region, (attributes.get("rel") or "").lower()))
            return
        if href is None:
            onclick = attributes.get("onclick") or attributes.get("routerlink") or attributes.get("ng-click")
            if onclick:
                self.dead_links.append((onclick[:200], text))
            return
        href = href.strip()
        if href.startswith(CONTACT):
            self.contacts.append(href[:300])
            if not href.startswith("https:"):
                return
        if href[:11].lower() == "javascript:" or href == "#":
            self.dead_links.append((href[:200], text))
            return
        address, _, fragment = href.partition("#")
        if not address and fragment:
            self.links.append(Link(self.url, text, region, "", fragment[:300]))
            return
        target = self.joiner.join(address)
        if target is not None:
            self.links.append(
                Link(target, text, region, (attributes.get("rel") or "").lower(), fragment[:300])
            )

    def _image(self, attributes: Attributes) -> None:
        get = attributes.get
        source = get("src") or ""
        late = get("data-src") or get("data-lazy-src") or get("data-original") or ""
        self.images.append(
            Image(
                source[:500] if not source.startswith("data:") else "data:",
                get("alt"),
                (bool(get("width")) and bool(get("height"))) or "aspect-ratio" in (get("style") or ""),
                bool(late) and (not source or source.startswith("data:")),
                get("aria-hidden") == "true" or get("role") in ("presentation", "none"),
            )
        )

    def _table(self, node: LexborNode, attributes: Attributes) -> None:
        caption = node.css_first("caption")
        self.tables.append(
            Table(
                len(node.css("tr")),
                len(node.css("th")),
                " ".join(caption.text().split())[:300] if caption else "",
                attributes.get("role") in ("presentation", "none"),
            )
        )

    def _script(self, node: LexborNode, attributes: Attributes, in_head: bool) -> None:
        stated = (attributes.get("type") or "").lower()
        kind = stated.strip()
        source = (attributes.get("src") or "")[:500]
        waits = "async" in attributes or "defer" in attributes or kind == "module"
        self.scripts.append(Script(source, kind, waits, in_head))
        if stated == "application/ld+json":
            self.blocks_of_data.append(node.text() or "")
        elif kind in _CODE and not source:
            self.script_bytes += len(node.text() or "")


def _is_empty(node: LexborNode) -> bool:
    return not (node.text() or "").strip()


def _is_undisplayed(attributes: Attributes) -> bool:
    style = attributes.get("style")
    return style is not None and _HIDDEN.search(style) is not None


def named(node: LexborNode) -> str:
    """The accessible name of an element without text: its label, its pictures' texts, its title (ARIA 1.2, 5.2.8)."""
    own = node.attrs.get("aria-label") or ""
    if own.strip():
        return own.strip()
    for inner in node.css("img[alt],svg title,[aria-label]"):
        text = inner.attrs.get("alt") or inner.attrs.get("aria-label") or inner.text() or ""
        if text.strip():
            return " ".join(text.split())
    return (node.attrs.get("title") or "").strip()
