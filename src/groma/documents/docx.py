"""Renders one document for Word (ECMA-376), for those who go on editing: real headings, tables, links and bookmarks.

Through python-docx; links to the derivations are bookmarks whose tooltip is the ledger id, so it can be got back from
the file. The same bytes every time: dates are fixed, ids are counted, and the archive is packed again without a clock.
"""

from __future__ import annotations

import datetime
import io
import zipfile
from typing import Any

from groma.documents.content import Derivation, Document, plain, walk
from groma.documents.docx_blocks import Writer
from groma.documents.palette import LIGHT
from groma.documents.print_tree import derivation_refs
from groma.documents.printable import anchor, printable

_EPOCH = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
_FONTS = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<w:fonts xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    b'<w:font w:name="Inter"><w:altName w:val="Arial"/><w:family w:val="swiss"/><w:pitch w:val="variable"/></w:font>'
    b'<w:font w:name="Consolas"><w:altName w:val="Courier New"/><w:family w:val="modern"/><w:pitch w:val="fixed"/>'
    b"</w:font></w:fonts>"
)


def render_docx(content: Document, derivations: tuple[Derivation, ...] = (), language: str = "en") -> bytes:
    """The document as a Word file; the appendix holds the derivations it quotes. Raises `DiagramError`."""
    import docx

    quoted = derivation_refs(content, derivations)
    word: Any = docx.Document()
    _style(word, language)
    _properties(word, content)
    targets = {content.id} | ({"ledger"} if quoted else set[str]())
    for block in walk((*content.summary, *content.sections)):
        name: str = getattr(block, "id", "")
        targets |= {name} - {""}
    writer = Writer(word, frozenset(d.ref for d in quoted), frozenset(targets))
    _title_page(writer, content)
    if content.summary:
        writer.heading("Summary", 1)
        writer.blocks(content.summary)
    writer.blocks(content.sections)
    if quoted:
        writer.heading("Derivations", 1, "ledger")
        for derivation in quoted:
            _entry(writer, derivation)
    file = io.BytesIO()
    word.save(file)
    return _packed(file.getvalue())


def _title_page(writer: Writer, content: Document) -> None:
    asked = " ".join(part for part in (content.reader and f"{content.reader}:", content.question) if part)
    if asked:
        writer.words(asked, style="Groma question")
    writer.words(content.title, style="Title", bookmark=content.id)
    if content.subtitle:
        writer.words(content.subtitle, style="Subtitle")
    for name, value in content.meta:
        writer.fact(name, value)
    writer.page_break()


def _entry(writer: Writer, derivation: Derivation) -> None:
    writer.words(
        f"{derivation.name}: {derivation.text}", style="Groma entry", bookmark=anchor(derivation.ref)
    )
    writer.small_code(derivation.ref)
    for words in (derivation.method, *derivation.sources, derivation.note):
        if words:
            writer.paragraph(words, style="Groma small")
    if derivation.inputs:
        writer.references("From ", derivation.inputs)


def _style(word: Any, language: str) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt, RGBColor

    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(24)
    section.top_margin, section.bottom_margin = Mm(24), Mm(22)

    def colour(name: str) -> Any:
        return RGBColor.from_string(LIGHT[name].removeprefix("#").upper())

    def look(name: str, size: float, ink: str, before: float, after: float, *, bold: bool = False) -> Any:
        known = {style.name for style in word.styles}
        made = word.styles[name] if name in known else word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        made.font.name, made.font.size, made.font.bold, made.font.italic = "Inter", Pt(size), bold, False
        made.font.color.rgb = colour(ink)
        fonts = made.element.get_or_add_rPr().get_or_add_rFonts()
        for key in list(fonts.attrib):
            if "Theme" in key:
                del fonts.attrib[key]
        for script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
            fonts.set(qn(script), "Inter")
        made.paragraph_format.space_before, made.paragraph_format.space_after = Pt(before), Pt(after)
        made.paragraph_format.line_spacing = 1.25
        return made

    normal = look("Normal", 10, "ink", 0, 6)
    tag = normal.element.get_or_add_rPr().makeelement(qn("w:lang"), {qn("w:val"): printable(language)})
    normal.element.get_or_add_rPr().append(tag)
    look("Title", 28, "ink", 120, 4, bold=True)
    border = word.styles["Title"].element.pPr.find(qn("w:pBdr"))
    if border is not None:
        border.getparent().remove(border)
    look("Subtitle", 13, "muted", 0, 30)
    look("Heading 1", 16, "ink", 26, 8, bold=True)
    look("Heading 2", 12, "ink", 20, 6, bold=True)
    look("Heading 3", 10.5, "ink", 14, 4, bold=True)
    look("List Bullet", 10, "ink", 0, 3)
    look("List Number", 10, "ink", 0, 3)
    look("Groma question", 10, "accent", 120, 0)
    word.styles["Title"].paragraph_format.space_before = Pt(6)
    look("Groma caption", 10, "ink", 14, 4, bold=True).paragraph_format.keep_with_next = True
    look("Groma cell", 9, "ink", 2, 2)
    look("Groma head", 8.5, "muted", 2, 2)
    look("Groma callout", 10, "ink", 4, 4)
    code = look("Groma code", 8.5, "ink", 0, 0)
    code.font.name = "Consolas"
    for script in ("w:ascii", "w:hAnsi", "w:cs"):
        code.element.get_or_add_rPr().get_or_add_rFonts().set(qn(script), "Consolas")
    look("Groma entry", 9, "ink", 10, 0, bold=True).paragraph_format.keep_with_next = True
    look("Groma small", 8.5, "muted", 0, 0)
    for part in word.part.package.iter_parts():
        if str(part.partname) == "/word/fontTable.xml":
            part._blob = _FONTS


def _properties(word: Any, content: Document) -> None:
    facts = word.core_properties
    authors = [plain(value) for name, value in content.meta if name.lower() == "author"]
    facts.title, facts.author = printable(content.title)[:255], printable(", ".join(authors))[:255]
    facts.subject, facts.comments, facts.last_modified_by = printable(content.subtitle)[:255], "", ""
    facts.created = facts.modified = _EPOCH
    facts.revision = 1


def _packed(file: bytes) -> bytes:
    """The same archive with every entry dated alike and compressed alike."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(file)) as before,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for entry in before.infolist():
            kept = zipfile.ZipInfo(entry.filename, (1980, 1, 1, 0, 0, 0))
            kept.compress_type = zipfile.ZIP_DEFLATED
            kept.external_attr = 0o600 << 16
            after.writestr(kept, before.read(entry.filename))
    return packed.getvalue()
