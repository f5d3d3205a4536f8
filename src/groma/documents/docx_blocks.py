"""Blocks and inlines as Word's elements: one case a kind. python-docx has no types, so `Any` stays within the files of
this name."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, assert_never

from groma.documents.content import (
    CALLOUT_WORDS,
    Block,
    Blocks,
    Bullets,
    Callout,
    Cards,
    Code,
    CodeBlock,
    Columns,
    Definitions,
    Dependent,
    Details,
    Emphasis,
    Inlines,
    Link,
    Numbered,
    PageBreak,
    Paragraph,
    Picture,
    Quote,
    Section,
    Strong,
    Table,
    Text,
    line,
    plain,
)
from groma.documents.diagrams.zoom import by_zoom
from groma.documents.docx_elements import (
    Look,
    aligned,
    cells_of,
    child,
    line_under,
    only,
    run,
    set_widths,
    shade,
    styled,
    tab_at,
    word_name,
)
from groma.documents.pictures import png_file, print_drawing
from groma.documents.printable import anchor, ident, printable, safe_target

_WIDTH_PT, _HEIGHT_PT = 459.0, 600.0
DETAIL = 2.0
"""Pixels of a picture to a px of the page: 192 to the inch."""


def bookmark_name(name: str) -> str:
    """A bookmark as Word allows it (a letter first, 40 characters at most), different for different names."""
    return "g" + sha256(name.encode(errors="surrogatepass")).hexdigest()[:30]


@dataclass(slots=True)
class Writer:
    """Writes blocks at the end of a Word document; counts the ids that Word wants unique."""

    word: Any
    derived: frozenset[str]
    targets: frozenset[str]
    ids: int = 0
    _styles: dict[str, str] = field(default_factory=dict[str, str])
    _end: Any = field(init=False)
    """What new parts are put before: Word wants the last section's own settings at the end."""

    def __post_init__(self) -> None:
        self._end = self.word.element.body[-1]

    def _new(self, style: str, *looks: Look) -> Any:
        """A paragraph at the end, of a style; `looks` in the order in which Word wants them."""
        made = self._end.makeelement(word_name("p"))
        self._end.addprevious(made)
        return self._styled(made, style, *looks)

    def _styled(self, paragraph: Any, style: str, *looks: Look) -> Any:
        known = self._styles.get(style)
        if known is None:  # python-docx looks through all styles each time
            known = self._styles[style] = self.word.styles[style].style_id
        named = () if known == "Normal" else (("pStyle", {"val": known}, ()),)
        return styled(paragraph, *named, *looks)

    def blocks(self, parts: Blocks) -> None:
        for part in parts:
            self._block(part)

    def heading(self, title: str, level: int, name: str = "") -> None:
        paragraph = self._new(f"Heading {min(level, 3)}")
        self._bookmarked(paragraph, name)
        run(paragraph, printable(title))

    def words(self, text: str, style: str, bookmark: str = "") -> None:
        paragraph = self._new(style)
        self._bookmarked(paragraph, bookmark)
        run(paragraph, printable(text))

    def paragraph(self, parts: Inlines, style: str = "Normal") -> None:
        self._inlines(self._new(style), parts)

    def fact(self, name: str, value: Inlines) -> None:
        paragraph = self._new("Normal", tab_at(76), ("spacing", {"after": "40"}, ()))
        run(paragraph, printable(name), colour="muted")
        run(paragraph, "\t")
        self._inlines(paragraph, value)

    def small_code(self, text: str) -> None:
        run(self._new("Groma small"), printable(text), font="Consolas")

    def references(self, before: str, ids: tuple[str, ...]) -> None:
        paragraph = self._new("Groma small")
        run(paragraph, before)
        for nth, ref in enumerate(ids):
            if nth:
                run(paragraph, ", ")
            self._inlines(paragraph, line(Quote(ref, ref)))

    def page_break(self) -> None:
        self.word.add_page_break()

    def _block(self, block: Block) -> None:
        match block:
            case Paragraph(parts):
                self.paragraph(parts)
            case Bullets(items):
                for item in items:
                    self.paragraph(item, "List Bullet")
            case Numbered(items):
                for nth, item in enumerate(items, 1):
                    self._numbered(nth, item)
            case Table():
                self._table(block)
            case Picture():
                for picture in by_zoom(block):
                    self._picture(picture)
            case Callout(kind, parts, title):
                self._callout(kind, title or CALLOUT_WORDS[kind], parts)
            case CodeBlock(_, text, _):
                for row in printable(text).split("\n"):
                    run(self._new("Groma code", shade("wash")), row)
                self._new("Normal")
            case Definitions(entries):
                self._plain_table(entries, (0.28, 0.72))
            case Cards(cards):
                rows = tuple((line(card.title), line(Strong(card.value), "  ", card.note)) for card in cards)
                self._plain_table(rows, (0.4, 0.6))
            case Columns(columns):
                for column in columns:
                    self.blocks(column)
            case Details(summary, inner):
                self.paragraph(line(Strong(summary)))
                self.blocks(inner)
            case Dependent(_, inner):
                self.blocks(inner)
            case Section(name, title, level, inner):
                self.heading(title, level, name)
                self.blocks(inner)
            case PageBreak():
                self.page_break()
            case _:
                assert_never(block)

    def _numbered(self, nth: int, item: Inlines) -> None:
        """Numbers are written out: Word would count on from the list before."""
        hanging = ("ind", {"left": "360", "hanging": "360"}, ())
        paragraph = self._new("Normal", tab_at(18), ("spacing", {"after": "60"}, ()), hanging)
        run(paragraph, f"{nth}.\t")
        self._inlines(paragraph, item)

    def _inlines(self, parent: Any, parts: Inlines, **look: Any) -> None:
        for part in parts:
            match part:
                case Text(text):
                    run(parent, printable(text), **look)
                case Code(text):
                    spelled: dict[str, Any] = {**look, "font": "Consolas"}
                    run(parent, printable(text), **spelled)
                case Quote(ref, text):
                    target = bookmark_name(anchor(ref)) if ref in self.derived else None
                    link = self._hyperlink(parent, target, None, printable(ref)) if target else parent
                    run(link, printable(text), **look)
                case Strong(inner):
                    self._inlines(parent, inner, **(look | {"bold": True}))
                case Emphasis(inner):
                    self._inlines(parent, inner, **(look | {"italic": True}))
                case Link(target, inner):
                    self._linked(parent, target, inner, look)
                case _:
                    assert_never(part)

    def _linked(self, parent: Any, target: str, inner: Inlines, look: dict[str, Any]) -> None:
        words = line(plain(inner))  # a link can't hold another
        if target.startswith("#") and target[1:] in self.targets:
            link = self._hyperlink(parent, bookmark_name(ident(target[1:])), None, "")
        elif (safe := safe_target(target)) and not target.startswith("#"):
            link = self._hyperlink(parent, None, safe, "")
        else:
            self._inlines(parent, inner, **look)
            return
        self._inlines(link, words, **(look | {"colour": "accent"}))

    def _hyperlink(self, parent: Any, inside: str | None, outside: str | None, tip: str) -> Any:
        attributes = {"anchor": inside, "tooltip": tip[:250]}
        link = child(parent, "hyperlink", {key: value for key, value in attributes.items() if value})
        if outside:
            from docx.opc.constants import RELATIONSHIP_TYPE
            from docx.oxml.ns import qn

            link.set(
                qn("r:id"), self.word.part.relate_to(outside, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
            )
        return link

    def _bookmarked(self, paragraph: Any, name: str) -> None:
        if not name:
            return
        self.ids += 1
        known = bookmark_name(name if name.startswith("ledger-") else ident(name))
        child(paragraph, "bookmarkStart", {"id": str(self.ids), "name": known})
        child(paragraph, "bookmarkEnd", {"id": str(self.ids)})

    def _caption(self, parts: Inlines, name: str) -> None:
        if not parts and not name:
            return
        paragraph = self._new("Groma caption")
        self._bookmarked(paragraph, name)
        self._inlines(paragraph, parts)

    def _table(self, table: Table) -> None:
        self._caption(table.caption, table.id)
        made = self.word.add_table(rows=1 + len(table.rows), cols=len(table.columns))
        made.autofit = True
        looks = [() if c.align == "left" else (aligned(c.align),) for c in table.columns]
        head, *rows = cells_of(made)
        for cell, column, look in zip(head, table.columns, looks, strict=True):
            unit = f"\n{column.unit}" if column.unit else ""
            run(self._styled(only(cell), "Groma head", *look), printable(column.title + unit))
            line_under(cell, "ink", 8)
        child(made.rows[0]._tr.get_or_add_trPr(), "tblHeader", {"val": "true"})
        for these, row in zip(rows, table.rows, strict=True):
            for cell, parts, look in zip(these, row.cells, looks, strict=True):
                self._inlines(self._styled(only(cell), "Groma cell", *look), parts, bold=row.total)
                line_under(cell, "line", 4)
        if any(column.share != 1.0 for column in table.columns):
            whole = sum(column.share for column in table.columns)
            made.autofit = False
            set_widths(made, [_WIDTH_PT * column.share / whole for column in table.columns])
        self._new("Normal")

    def _plain_table(self, rows: tuple[tuple[Inlines, Inlines], ...], shares: tuple[float, float]) -> None:
        made = self.word.add_table(rows=len(rows), cols=2)
        for these, row in zip(cells_of(made), rows, strict=True):
            for nth, (cell, parts) in enumerate(zip(these, row, strict=True)):
                self._inlines(self._styled(only(cell), "Groma cell"), parts, bold=nth == 0)
        set_widths(made, [_WIDTH_PT * share for share in shares])
        self._new("Normal")

    def _callout(self, kind: str, title: str, parts: Inlines) -> None:
        look = {"decision": "accent", "risk": "bad", "good": "good", "open": "open"}.get(kind, "muted")
        paragraph = self._new("Groma callout", shade("wash" if kind == "note" else f"{look}-wash"))
        run(paragraph, printable(title) + ". ", bold=True, colour=look)
        self._inlines(paragraph, parts)

    def _picture(self, picture: Picture) -> None:
        from docx.shared import Pt

        self._caption(picture.caption, picture.id)
        drawing = print_drawing(picture)
        width, height = drawing.width * 0.75, drawing.height * 0.75
        scale = min(1.0, _WIDTH_PT / width, _HEIGHT_PT / height)
        paragraph = self.word.add_paragraph()
        image = io.BytesIO(png_file(picture, zoom=max(1.0, DETAIL * scale)))
        shape = paragraph.add_run().add_picture(image, width=Pt(width * scale), height=Pt(height * scale))
        self.ids += 1
        facts = shape._inline.docPr
        facts.set("id", str(self.ids))
        facts.set("name", f"Picture {self.ids}")
        facts.set("descr", printable(plain(picture.alt)))
