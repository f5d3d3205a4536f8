"""Renders one document as PDF with typst, from the shipped template and fonts, offline and byte for byte the same.

The tree goes to the template as JSON and pictures as SVG files, all in memory: no name is ever read as markup. A
picture wider than the page shrinks; one that would shrink below legibility is turned to landscape; a diagram of more
than forty nodes is split by zoom. typst crops an image that is too tall without a word, so both sizes are always given.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from groma.documents.content import Derivation, Document, Picture
from groma.documents.inlines import plain
from groma.documents.palette import LIGHT
from groma.documents.pictures import font_files, print_drawing
from groma.documents.print_tree import PAGE_WIDTH, TURNED_HEIGHT, PrintTree, derivation_refs, tree
from groma.documents.printable import printable
from groma.documents.svg import Drawing, document

_POINTS_PER_PX = 0.75
_WIDTH, _HEIGHT = PAGE_WIDTH, 612.0  # pt that an upright A4 page leaves for a picture with its caption
_TURNED_WIDTH = 700.0


def render_pdf(content: Document, derivations: tuple[Derivation, ...] = (), language: str = "en") -> bytes:
    """The document as PDF with bookmarks, links and alternative text; the appendix holds the derivations it quotes.

    Raises `DiagramError` from its pictures.
    """
    import typst

    quoted = derivation_refs(content, derivations)
    made = PrintTree(frozenset(d.ref for d in quoted), _place)
    data: dict[str, Any] = tree(made, content, quoted) | {
        "language": language,
        "colours": dict(LIGHT),
        "running": printable(
            f"{content.title} · {plain(content.meta[0][1])}" if content.meta else content.title
        ),
    }
    inputs = {
        "main.typ": _template(),
        "document.json": json.dumps(data, ensure_ascii=False, sort_keys=True).encode(),
        **{name: drawn.encode() for name, drawn in made.files.items()},
    }
    compile_pdf: Any = typst.compile  # its stub knows no dict of files in memory
    pdf = compile_pdf(
        inputs,
        font_paths=[str(font_files()[0].parent)],
        ignore_system_fonts=True,
        format="pdf",
        timestamp=0,
    )
    return bytes(pdf)


def _place(picture: Picture, room: float) -> tuple[str, dict[str, Any]]:
    """The drawn picture and its size on paper in pt, where blocks have `room` of the page's width."""
    drawing = print_drawing(picture)
    width, height, turned = fit(drawing, room)
    return document(drawing, picture.alt), {"width": width, "height": height, "turned": turned}


def fit(drawing: Drawing, room: float = 1.0) -> tuple[float, float, bool]:
    """Width and height on paper in pt, never enlarged, and whether the page must be turned to keep it legible.

    `room` is the share of the page's width; within a container the page can't be turned.
    """
    width, height = drawing.width * _POINTS_PER_PX, drawing.height * _POINTS_PER_PX
    upright = min(1.0, _WIDTH * room / width, _HEIGHT / height)
    turned = min(1.0, _TURNED_WIDTH / width, TURNED_HEIGHT / height)
    scale, turn = (
        (turned, True) if room == 1 and upright < 0.62 and turned > upright * 1.25 else (upright, False)
    )
    return round(width * scale, 2), round(height * scale, 2), turn


@cache
def _template() -> bytes:
    return files("groma.documents").joinpath("print/document.typ").read_bytes()
