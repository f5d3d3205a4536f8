"""HTML with the standard library's tolerant parser: nothing is run, fetched or drawn.

What isn't text of the document (scripts, styles, navigation) is left out; drawings count as pictures.
"""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

from groma.importers.designs.blocks import MOST_COLUMNS, MOST_ROWS, Block, Kind, Spot, table, uncommented

_SKIPPED = frozenset({"script", "style", "nav", "head", "template", "noscript", "svg", "button", "select"})
_BREAKS = frozenset(
    {"p", "div", "section", "article", "main", "header", "footer", "aside", "ul", "ol", "dl", "blockquote", "br", "hr",
     "figure", "figcaption", "details", "summary", "body", "form", "address"}
)  # fmt: skip
_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_ITEMS = frozenset({"li", "dt", "dd"})


class _Reader(HTMLParser):
    """Gathers words until something ends them; a table's cells are kept apart until it ends."""

    def __init__(self, file: str) -> None:
        super().__init__(convert_charrefs=True)
        self.file = file
        self.found: list[Block] = []
        self.words: list[str] = []
        self.kind: Kind = "paragraph"
        self.level = 0
        self.at = 1
        self.skipping: list[str] = []
        self.rows: list[list[str]] | None = None
        self.table_at = 1
        self.nested = 0

    def flush(self, then: Kind = "paragraph", level: int = 0) -> None:
        raw = "".join(self.words)
        text = raw.strip("\n") if self.kind == "code" else " ".join(raw.split())
        if text.strip() and self.rows is None:
            self.found.append(Block(self.kind, text, Spot(self.file, self.at), self.level))
        if self.rows is None:
            self.words = []
        self.kind, self.level, self.at = then, level, self.getpos()[0]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.skipping:
            if tag == self.skipping[-1]:
                self.skipping.append(tag)
            return
        if tag in ("svg", "img"):
            label = next((value or "" for name, value in attrs if name in ("alt", "aria-label")), "")
            self.found.append(Block("picture", " ".join(label.split()), Spot(self.file, self.getpos()[0])))
        if tag in _SKIPPED:
            self.skipping.append(tag)
        elif tag == "table":
            self.nested += 1
            if self.nested == 1:
                self.flush()
                self.rows, self.table_at = [], self.getpos()[0]
        elif self.rows is not None:
            self._in_table(tag)
        elif tag in _HEADINGS:
            self.flush("heading", _HEADINGS[tag])
        elif tag in _ITEMS:
            self.flush("item")
        elif tag == "pre":
            self.flush("code")
        elif tag in _BREAKS and self.kind != "code":
            self.flush("item" if self.kind == "item" and tag in ("p", "div", "br") else "paragraph")

    def _in_table(self, tag: str) -> None:
        assert self.rows is not None
        if tag == "tr" and self.nested == 1:
            self._cell()
            self.rows.append([])
        elif tag in ("td", "th") and self.nested == 1:
            self._cell()
            if not self.rows:
                self.rows.append([])
            if len(self.rows) <= MOST_ROWS and len(self.rows[-1]) < MOST_COLUMNS:
                self.rows[-1].append("")
        else:
            self.words.append(" ")

    def _cell(self) -> None:
        """What was gathered belongs to the last cell."""
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += "".join(self.words)
        self.words = []

    def handle_endtag(self, tag: str) -> None:
        if self.skipping:
            if tag == self.skipping[-1]:
                self.skipping.pop()
        elif tag == "table" and self.nested:
            self.nested -= 1
            if self.nested == 0:
                self._end_table()
        elif self.rows is None and (
            tag == "pre" or (self.kind != "code" and (tag in _HEADINGS or tag in _ITEMS or tag in _BREAKS))
        ):
            self.flush()

    def _end_table(self) -> None:
        self._cell()
        rows = [row for row in self.rows or () if row]
        self.rows = None
        if rows:
            self.found.append(table(rows, Spot(self.file, self.table_at)))

    def handle_data(self, data: str) -> None:
        if not self.skipping:
            if not "".join(self.words[-1:]).strip() and self.rows is None and not self.words:
                self.at = self.getpos()[0] + data[: len(data) - len(data.lstrip())].count("\n")
            self.words.append(data)


def blocks(text: str, file: str) -> Iterator[Block]:
    """The blocks of an HTML text, in order."""
    reader = _Reader(file)
    reader.feed(uncommented(text))
    reader.close()
    if reader.rows is not None:
        reader._end_table()  # pyright: ignore[reportPrivateUsage]
    reader.flush()
    return iter(reader.found)
