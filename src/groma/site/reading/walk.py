"""One walk over the tree of a page: links with their context, texts, headings, blocks, forms, tables, pictures.

The region of a link is where it stands: `nav`, `header`, `footer`, `aside` (by element or ARIA role), else `main`. A
`header` or `footer` of an article belongs to the article (HTML, 4.3.8). Where a page has a `main`, what is outside it
and in no other region counts as `aside`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from groma.site.address import join
from groma.site.page import Block, Heading, Image, Link, Region, Script, Table
from groma.site.reading.forms import Forms
from groma.site.reading.tags import BLOCKS, REGIONS, ROLES, SKIPPED, inline, numbers

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

    from groma.site.page import Form

MOST_NODES = 2_000_000
MOST_LINKS = 10_000
MOST_BLOCKS = 5_000
MOST_TEXT = 20_000
"""Letters of one block or link text that are kept."""

CONTACT = ("tel:", "mailto:", "sms:", "https://wa.me/", "https://api.whatsapp.com/")
_HIDDEN = "[hidden],[style*='display:none' i],[style*='display: none' i]"
_ROOTS = (
    "div[id='root'],div[id='app'],div[id='__next'],div[id='__nuxt'],app-root,div[id='svelte'],div[ng-app]"
)


class Walk:
    """The state of the walk and what it has found."""

    def __init__(self, tree: LexborHTMLParser, base: str, url: str) -> None:
        self.tree, self.base, self.url = tree, base, url
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

    def run(self) -> None:
        """Fills the lists. Iterative, since the depth is the page's choice; at most `MOST_NODES` nodes."""
        self._scripts()
        body = self.tree.body
        if body is None:
            return
        names = numbers()
        skipped = frozenset(names[name] for name in SKIPPED if name in names)
        blocks = {names[name]: name for name in BLOCKS}
        regions: dict[int, Region] = {names[tag]: region for tag, region in REGIONS.items()}
        flowing = inline()
        a, img, iframe, form, button, table, article = (
            names[n] for n in ("a", "img", "iframe", "form", "button", "table", "article")
        )
        hidden = {node.mem_id for node in self.tree.css(_HIDDEN)}
        roles: dict[int, Region] = {
            node.mem_id: ROLES[role]
            for node in self.tree.css("[role]")
            if (role := (node.attrs.get("role") or "").strip().lower()) in ROLES
        }
        has_main = self.tree.css_first("main,[role=main]") is not None
        outside: Region = "aside" if has_main else "main"
        region: Region = outside
        inside_main = 0  # open `main` and `article` elements: their headers and footers are content
        chunks, main = self.chunks, self.main
        forms = Forms(self.tree, self.base, self.url)

        # Open elements: (node, what to undo on leaving: region before, start of its text, kind, was main or article).
        opened: list[tuple[LexborNode, Region, int, str, bool]] = []
        node = body.child
        seen = 0
        while node is not None or opened:
            if node is None:
                left, region_before, start, kind, was_main = opened.pop()
                if kind:
                    self._leave(kind, left, region, start)
                region = region_before
                inside_main -= was_main
                if left.tag_id not in flowing:
                    chunks.append(" ")
                    main.append(" ")
                node = left.next
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
            tag = node.tag_id
            self.elements += 1
            if tag in skipped or (hidden and node.mem_id in hidden):
                node = node.next
                continue
            if tag not in flowing:
                chunks.append(" ")
                main.append(" ")
            before, kind, is_main = region, "", False
            if tag in regions or node.mem_id in roles:
                new: Region = roles.get(node.mem_id) or regions[tag]
                if not (new in ("header", "footer") and inside_main):
                    region = new
                    self.seen_regions.add(new)
                is_main = new == "main"
            elif tag == article:
                is_main = True
                region = "main" if region == "aside" else region
            inside_main += is_main
            if tag == a:
                kind = "a"
            elif tag in blocks:
                kind = blocks[tag]
            elif tag == button:
                kind = "button"
            elif tag == img:
                self._image(node)
            elif tag == form:
                self.forms.append(forms.read(node))
            elif tag == iframe:
                self.frames.append(
                    ((node.attrs.get("src") or "")[:500], (node.attrs.get("title") or "").strip())
                )
            if tag == table:
                self._table(node)
            child = node.child
            if child is None:
                if kind:
                    self._leave(kind, node, region, len(chunks))
                region = before
                inside_main -= is_main
                node = node.next
            else:
                opened.append((node, before, len(chunks), kind, is_main))
                node = child
        self.roots = [
            n.attrs.get("id") or n.tag or "" for n in self.tree.css(_ROOTS) if not (n.text() or "").strip()
        ]

    def _text(self, start: int) -> str:
        return " ".join("".join(self.chunks[start:]).split())[:MOST_TEXT]

    def _leave(self, kind: str, node: LexborNode, region: Region, start: int) -> None:
        """Takes in a link, a block or a button when all of its text is known."""
        text = self._text(start)
        if kind == "a":
            if len(self.links) < MOST_LINKS:
                self._link(node, text, region)
        elif kind == "button":
            if not text and not named(node):
                self.buttons_unnamed += 1
        else:
            if kind[0] == "h" and len(kind) == 2:
                self.headings.append(Heading(int(kind[1]), text or named(node), region))
            if text and region == "main" and len(self.blocks) < MOST_BLOCKS:
                self.blocks.append(Block(kind, text, text.count(" ") + 1))

    def _link(self, node: LexborNode, text: str, region: Region) -> None:
        attributes = node.attrs
        href = attributes.get("href")
        text = text or named(node)
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
        target = join(self.base, address)
        if target is not None:
            self.links.append(
                Link(target, text, region, (attributes.get("rel") or "").lower(), fragment[:300])
            )

    def _image(self, node: LexborNode) -> None:
        get = node.attrs.get
        source = get("src") or ""
        late = get("data-src") or get("data-lazy-src") or get("data-original") or ""
        self.images.append(
            Image(
                source[:500] if not source.startswith("data:") else "data:",
                get("alt") if "alt" in node.attrs else None,
                (bool(get("width")) and bool(get("height"))) or "aspect-ratio" in (get("style") or ""),
                bool(late) and (not source or source.startswith("data:")),
                get("aria-hidden") == "true" or get("role") in ("presentation", "none"),
            )
        )

    def _table(self, node: LexborNode) -> None:
        caption = node.css_first("caption")
        self.tables.append(
            Table(
                len(node.css("tr")),
                len(node.css("th")),
                " ".join(caption.text().split())[:300] if caption else "",
                node.attrs.get("role") in ("presentation", "none"),
            )
        )

    def _scripts(self) -> None:
        head = self.tree.head
        in_head = {n.mem_id for n in head.css("script")} if head else set[int]()
        for node in self.tree.css("script"):
            get = node.attrs.get
            kind = (get("type") or "").strip().lower()
            source = (get("src") or "")[:500]
            waits = "async" in node.attrs or "defer" in node.attrs or kind == "module"
            self.scripts.append(Script(source, kind, waits, node.mem_id in in_head))
            if kind in ("", "module", "text/javascript", "application/javascript") and not source:
                self.script_bytes += len(node.text() or "")


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
