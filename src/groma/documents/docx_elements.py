"""Word's elements one by one, put straight into the tree: through python-docx's objects each would cost ten times that.

Shapes and orders are those of ECMA-376 part 1, 17.3 (paragraphs, runs) and 17.4 (tables).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from groma.documents.palette import LIGHT

Look = tuple[str, Mapping[str, str], tuple[Any, ...]]
"""A property of a paragraph: its element, the attributes, and elements (of the same form) inside."""
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_BREAKS = re.compile(r"([\t\n\r])")


def word_name(name: str) -> str:
    """A name in Word's main namespace."""
    return _WORD + name


def child(parent: Any, name: str, attributes: Mapping[str, str] | None = None) -> Any:
    """A new element at the end of another; `name` and attributes come without their prefix."""
    made = parent.makeelement(_WORD + name)
    for key, value in (attributes or {}).items():
        made.set(_WORD + key, value)
    parent.append(made)
    return made


def styled(paragraph: Any, *looks: Look) -> Any:
    """Gives an empty paragraph its properties, which come in the order in which Word wants them."""
    if looks:
        _put(child(paragraph, "pPr"), looks)
    return paragraph


def _put(parent: Any, looks: Sequence[Look]) -> None:
    for name, attributes, inner in looks:
        _put(child(parent, name, attributes), inner)


def tab_at(points: int) -> Look:
    """A tab stop so far from the left."""
    return "tabs", {}, (("tab", {"val": "left", "pos": str(points * 20)}, ()),)


def shade(colour: str) -> Look:
    """A ground of a colour of the palette."""
    return "shd", {"val": "clear", "color": "auto", "fill": _ink(colour)}, ()


def aligned(side: str) -> Look:
    """Text at one side."""
    return "jc", {"val": side}, ()


def run(
    parent: Any, text: str, *, bold: bool = False, italic: bool = False, font: str = "", colour: str = ""
) -> None:
    """Text of one look at the end of a paragraph or a link; tabs and line ends become Word's."""
    made = child(parent, "r")
    if bold or italic or font or colour:
        looks = child(made, "rPr")
        if font:
            child(looks, "rFonts", {"ascii": font, "hAnsi": font})
        if bold:
            child(looks, "b")
        if italic:
            child(looks, "i")
        if colour:
            child(looks, "color", {"val": _ink(colour)})
    for part in filter(None, _BREAKS.split(text)):
        if part in "\t\n\r":
            child(made, "tab" if part == "\t" else "br")
            continue
        words = child(made, "t")
        words.text = part
        if part != part.strip():
            words.set(_SPACE, "preserve")


def cells_of(table: Any) -> Iterator[list[Any]]:
    """The cells of a table without joined ones, row by row."""
    for row in table._tbl.iterchildren(_WORD + "tr"):
        yield list(row.iterchildren(_WORD + "tc"))


def only(cell: Any) -> Any:
    """The one paragraph of a new cell."""
    return cell.find(_WORD + "p")


def line_under(cell: Any, colour: str, eighths: int) -> None:
    """A line below a cell, so many eighths of a point thick."""
    borders = child(cell.find(_WORD + "tcPr"), "tcBorders")
    child(borders, "bottom", {"val": "single", "sz": str(eighths), "space": "0", "color": _ink(colour)})


def set_widths(table: Any, points: Sequence[float]) -> None:
    """The widths of the columns, of every cell in them too."""
    twips = [str(round(width * 20)) for width in points]
    for row in cells_of(table):
        for cell, width in zip(row, twips, strict=True):
            cell.find(f"{_WORD}tcPr/{_WORD}tcW").set(_WORD + "w", width)
    for column, width in zip(table._tbl.iterfind(f"{_WORD}tblGrid/{_WORD}gridCol"), twips, strict=True):
        column.set(_WORD + "w", width)


def _ink(colour: str) -> str:
    return LIGHT[colour].removeprefix("#").upper()
