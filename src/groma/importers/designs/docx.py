"""DOCX (ISO/IEC 29500) through python-docx: paragraphs by their styles, tables, drawings.

The archive is looked at before it is opened, so that a small file can't grow without end; entities of its XML aren't
resolved. Positions are numbers of paragraphs and tables in the order of the body, from 1.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from groma.importers.designs.blocks import MOST_COLUMNS, MOST_ROWS, Block, DesignError, Spot, table

LARGEST_PART = 60_000_000
LARGEST_WHOLE = 200_000_000
MOST_PARTS = 5_000
_LEVEL = re.compile(r"(?:heading|überschrift)\s*(\d)", re.IGNORECASE)


def blocks(data: bytes, file: str) -> Iterator[Block]:
    """The blocks of a DOCX file, in order. Raises DesignError."""
    _checked(data, file)
    import docx

    try:
        document: Any = docx.Document(io.BytesIO(data))
        body: list[Any] = list(document.iter_inner_content())
    except Exception as error:  # python-docx raises whatever its XML parser does
        raise DesignError(
            f"{file}: expected a DOCX document, found one that can't be opened ({type(error).__name__}): "
            "open it in an office program and save it anew as DOCX"
        ) from None
    for number, each in enumerate(body, 1):
        at = Spot(file, number, "paragraph")
        if hasattr(each, "rows"):
            yield table(_rows(each), at)
        else:
            yield from _paragraph(each, at)


def _paragraph(paragraph: Any, at: Spot) -> Iterator[Block]:
    style = str(getattr(paragraph.style, "name", "") or "")
    text = " ".join(str(paragraph.text).split())
    element: Any = paragraph._p
    if element.xpath(".//w:drawing | .//w:pict"):
        labels = element.xpath(".//wp:docPr/@descr")
        yield Block("picture", " ".join(str(label) for label in labels[:5]), at)
    if not text:
        return
    level = _LEVEL.match(style)
    if level or style == "Title":
        yield Block("heading", text, at, int(level.group(1)) if level else 1)
    elif style.startswith("List") or element.xpath("./w:pPr/w:numPr"):
        yield Block("item", text, at)
    elif "code" in style.casefold() or style in ("HTML Preformatted", "Macro Text", "macro"):
        yield Block("code", str(paragraph.text), at)
    else:
        yield Block("paragraph", text, at)


def _rows(found: Any) -> list[list[str]]:
    """A table's cells as text, without building the grid of merged cells."""
    rows: list[list[str]] = []
    for row in found._tbl.tr_lst[:MOST_ROWS]:
        cells = row.tc_lst[:MOST_COLUMNS]
        rows.append([" ".join("".join(cell.xpath(".//w:t/text()")).split()) for cell in cells])
    return rows


def _checked(data: bytes, file: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile:
        raise DesignError(
            f"{file}: expected a DOCX document, found a file that is no ZIP archive: save it as DOCX (not DOC)"
        ) from None
    sizes = [part.file_size for part in parts]
    if len(parts) > MOST_PARTS or max(sizes, default=0) > LARGEST_PART or sum(sizes) > LARGEST_WHOLE:
        raise DesignError(
            f"{file}: expected at most {LARGEST_WHOLE // 10**6} MB when unpacked, found {sum(sizes) / 10**6:.0f} MB "
            f"in {len(parts)} parts: take pictures out"
        )
