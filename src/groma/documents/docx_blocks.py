"""Blocks and inlines as Word's elements: one case a kind. python-docx has no types, so `Any` stays within this file."""

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
from groma.documents.palette import LIGHT
from groma.documents.pictures import png_file, print_drawing
from groma.documents.printable import anchor, ident, printable, safe_target

_WIDTH_PT, _HEIGHT_PT = 459.0, 600.0


def bookmark_name(name: str) -> str:
    """A bookmark as Word allows it (a letter first, 40 characters at most), different for different names."""
    return "g" + sha256(name.encode(errors="surrogatepass")).hexdigest()[:30]


def _element(name: str, /, **attributes: str) -> Any:
    """An element of Word's main namespace; `name` and attributes come without their prefix."""
    from docx import oxml
    from docx.oxml.ns import qn

    make: Any = vars(oxml)["OxmlElement"]  # untyped in python-docx
    made = make(f"w:{name}")
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


@dataclass(slots=True)
class Writer:
    """Writes blocks at the end of a Word document; counts the ids that Word wants unique."""

    word: Any
    derived: frozenset[str]
    targets: frozenset[str]
    ids: int = 0
    _styles: dict[str, str] = field(default_factory=dict[str, str])

    def _new(self, style: str, text: str = "") -> Any:
        """A paragraph at the end, of a style."""
        return self._styled(self.word.add_paragraph(text), style)

    def _styled(self, paragraph: Any, style: str) -> Any:
        """Gives a paragraph a style by its id: told a name, python-docx looks through all styles each time."""
        known = self._styles.get(style)
        if known is None:
            known = self._styles[style] = self.word.styles[style].style_id
        paragraph._p.style = None if known == "Normal" else known
        return paragraph

    def blocks(self, parts: Blocks) -> None:
        for part in parts:
            self._block(part)

    def heading(self, title: str, level: int, name: str = "") -> None:
        paragraph = self._new(f"Heading {min(level, 3)}")
        self._bookmarked(paragraph, name)
        paragraph.add_run(printable(title))

    def words(self, text: str, style: str, bookmark: str = "") -> None:
        paragraph = self._new(style)
        self._bookmarked(paragraph, bookmark)
        paragraph.add_run(printable(text))

    def paragraph(self, parts: Inlines, style: str = "Normal") -> Any:
        paragraph = self._new(style)
        self._inlines(paragraph._p, parts)
        return paragraph

    def fact(self, name: str, value: Inlines) -> None:
        paragraph = self._new("Normal")
        from docx.shared import Pt

        paragraph.paragraph_format.tab_stops.add_tab_stop(Pt(76))
        paragraph.paragraph_format.space_after = Pt(2)
        self._run(paragraph._p, printable(name), colour="muted")
        paragraph.add_run("\t")
        self._inlines(paragraph._p, value)

    def small_code(self, text: str) -> None:
        paragraph = self._new("Groma small")
        self._run(paragraph._p, printable(text), font="Consolas")

    def references(self, before: str, ids: tuple[str, ...]) -> None:
        paragraph = self._new("Groma small")
        paragraph.add_run(before)
        for nth, ref in enumerate(ids):
            if nth:
                paragraph.add_run(", ")
            self._inlines(paragraph._p, line(Quote(ref, ref)))

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
                    self._shade(self._new("Groma code", row), "wash")
                self.word.add_paragraph()
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
        from docx.shared import Pt

        paragraph = self._new("Normal")
        paragraph.paragraph_format.left_indent, paragraph.paragraph_format.first_line_indent = Pt(18), Pt(-18)
        paragraph.paragraph_format.space_after = Pt(3)
        paragraph.paragraph_format.tab_stops.add_tab_stop(Pt(18))
        paragraph.add_run(f"{nth}.\t")
        self._inlines(paragraph._p, item)

    def _inlines(self, parent: Any, parts: Inlines, **look: Any) -> None:
        for part in parts:
            match part:
                case Text(text):
                    self._run(parent, printable(text), **look)
                case Code(text):
                    spelled: dict[str, Any] = {**look, "font": "Consolas"}
                    self._run(parent, printable(text), **spelled)
                case Quote(ref, text):
                    target = bookmark_name(anchor(ref)) if ref in self.derived else None
                    link = self._hyperlink(parent, target, None, printable(ref)) if target else parent
                    self._run(link, printable(text), **look)
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
        from docx.opc.constants import RELATIONSHIP_TYPE
        from docx.oxml.ns import qn

        attributes = {"anchor": inside, "tooltip": tip[:250]}
        link = _element("hyperlink", **{key: value for key, value in attributes.items() if value})
        if outside:
            link.set(
                qn("r:id"), self.word.part.relate_to(outside, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
            )
        parent.append(link)
        return link

    def _run(
        self,
        parent: Any,
        text: str,
        *,
        bold: bool = False,
        italic: bool = False,
        font: str = "",
        colour: str = "",
    ) -> None:
        from docx.shared import RGBColor
        from docx.text.run import Run

        element = _element("r")
        parent.append(element)
        run: Any = Run(element, self.word)
        run.text = text
        if bold:
            run.bold = True
        if italic:
            run.italic = True
        if font:
            run.font.name = font
        if colour:
            run.font.color.rgb = RGBColor.from_string(LIGHT[colour].removeprefix("#").upper())

    def _bookmarked(self, paragraph: Any, name: str) -> None:
        if not name:
            return
        self.ids += 1
        known = bookmark_name(name if name.startswith("ledger-") else ident(name))
        paragraph._p.append(_element("bookmarkStart", id=str(self.ids), name=known))
        paragraph._p.append(_element("bookmarkEnd", id=str(self.ids)))

    def _caption(self, parts: Inlines, name: str) -> None:
        if not parts and not name:
            return
        paragraph = self._new("Groma caption")
        self._bookmarked(paragraph, name)
        self._inlines(paragraph._p, parts)

    def _table(self, table: Table) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        self._caption(table.caption, table.id)
        made = self.word.add_table(rows=1 + len(table.rows), cols=len(table.columns))
        made.autofit = True
        cells, count = made._cells, len(table.columns)
        for nth, column in enumerate(table.columns):
            paragraph = cells[nth].paragraphs[0]
            self._styled(paragraph, "Groma head")
            unit = f"\n{column.unit}" if column.unit else ""
            paragraph.add_run(printable(column.title + unit))
            if column.align != "left":
                paragraph.alignment = WD_ALIGN_PARAGRAPH[column.align.upper()]
        made.rows[0]._tr.get_or_add_trPr().append(_element("tblHeader", val="true"))
        self._line_under(cells[:count], "ink", 8)
        for nth, row in enumerate(table.rows, 1):
            these = cells[nth * count : (nth + 1) * count]
            for cell, parts, column in zip(these, row.cells, table.columns, strict=True):
                paragraph = cell.paragraphs[0]
                self._styled(paragraph, "Groma cell")
                self._inlines(paragraph._p, parts, bold=row.total)
                if column.align != "left":
                    paragraph.alignment = WD_ALIGN_PARAGRAPH[column.align.upper()]
            self._line_under(these, "line", 4)
        self._shares(made, table)
        self.word.add_paragraph()

    def _shares(self, made: Any, table: Table) -> None:
        """Widths where a table says that its columns are unlike; Word finds them by itself otherwise."""
        from docx.shared import Pt

        if all(column.share == 1.0 for column in table.columns):
            return
        whole = sum(column.share for column in table.columns)
        widths = [Pt(_WIDTH_PT * column.share / whole) for column in table.columns]
        made.autofit = False
        for nth, cell in enumerate(made._cells):
            cell.width = widths[nth % len(widths)]
        for nth, column in enumerate(made.columns):
            column.width = widths[nth]

    def _plain_table(self, rows: tuple[tuple[Inlines, Inlines], ...], shares: tuple[float, float]) -> None:
        from docx.shared import Pt

        made = self.word.add_table(rows=len(rows), cols=2)
        cells = made._cells
        for nth, row in enumerate(rows):
            for side in (0, 1):
                cell = cells[2 * nth + side]
                cell.width = Pt(_WIDTH_PT * shares[side])
                self._styled(cell.paragraphs[0], "Groma cell")
                self._inlines(cell.paragraphs[0]._p, row[side], bold=side == 0)
        self.word.add_paragraph()

    def _line_under(self, cells: Any, colour: str, eighths: int) -> None:
        ink = LIGHT[colour].removeprefix("#")
        for cell in cells:
            borders = _element("tcBorders")
            borders.append(_element("bottom", val="single", sz=str(eighths), space="0", color=ink))
            cell._tc.get_or_add_tcPr().append(borders)

    def _shade(self, paragraph: Any, colour: str) -> None:
        fill = LIGHT[colour].removeprefix("#")
        paragraph._p.get_or_add_pPr().append(_element("shd", val="clear", color="auto", fill=fill))

    def _callout(self, kind: str, title: str, parts: Inlines) -> None:
        look = {"decision": "accent", "risk": "bad", "good": "good", "open": "open"}.get(kind, "muted")
        paragraph = self._new("Groma callout")
        self._run(paragraph._p, printable(title) + ". ", bold=True, colour=look)
        self._inlines(paragraph._p, parts)
        self._shade(paragraph, "wash" if kind == "note" else f"{look}-wash")

    def _picture(self, picture: Picture) -> None:
        from docx.shared import Pt

        self._caption(picture.caption, picture.id)
        drawing = print_drawing(picture)
        width, height = drawing.width * 0.75, drawing.height * 0.75
        scale = min(1.0, _WIDTH_PT / width, _HEIGHT_PT / height)
        paragraph = self.word.add_paragraph()
        image = io.BytesIO(png_file(picture, zoom=max(1.0, 3.0 * scale)))
        shape = paragraph.add_run().add_picture(image, width=Pt(width * scale), height=Pt(height * scale))
        self.ids += 1
        facts = shape._inline.docPr
        facts.set("id", str(self.ids))
        facts.set("name", f"Picture {self.ids}")
        facts.set("descr", printable(plain(picture.alt)))
