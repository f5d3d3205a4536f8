"""Draws any picture of a document, for the page, for print, as a file of its own, and as pixels for Word.

One place decides how each kind of picture is drawn; each edition only says for whom (`Canvas`).
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import assert_never

from groma.documents.charts.bars import draw_bars, draw_stacked, draw_tornado
from groma.documents.charts.chart import Bars, Chart, Distribution, Front, Lines, Needs, Stacked, Tornado
from groma.documents.charts.distribution import draw_distribution
from groma.documents.charts.front import draw_front
from groma.documents.charts.lines import draw_lines
from groma.documents.charts.needs import draw_needs
from groma.documents.content import Picture
from groma.documents.diagrams.diagram import Diagram, Sequence
from groma.documents.diagrams.graph_picture import diagram_refs, draw_diagram
from groma.documents.diagrams.sequence_picture import draw_sequence
from groma.documents.palette import LIGHT, PAGE
from groma.documents.printable import ident
from groma.documents.svg import Canvas, Drawing, document


def draw(source: Diagram | Sequence | Chart, canvas: Canvas) -> Drawing:
    """The picture for one edition. Raises `DiagramError` for a diagram that can't be drawn."""
    match source:
        case Diagram():
            return draw_diagram(source, canvas)
        case Sequence():
            return draw_sequence(source, canvas)
        case Front():
            return draw_front(source, canvas)
        case Lines():
            return draw_lines(source, canvas)
        case Distribution():
            return draw_distribution(source, canvas)
        case Bars():
            return draw_bars(source, canvas)
        case Stacked():
            return draw_stacked(source, canvas)
        case Tornado():
            return draw_tornado(source, canvas)
        case Needs():
            return draw_needs(source, canvas)
        case _:
            assert_never(source)


def picture_refs(source: Diagram | Sequence | Chart) -> tuple[str, ...]:
    """Every ledger id a picture depends on, in reading order, without laying a diagram out."""
    if isinstance(source, Diagram):
        return diagram_refs(source)
    return draw(source, Canvas(LIGHT, "")).refs


def page_svg(picture: Picture, derived: frozenset[str]) -> str:
    """The picture for within a page: named colours that follow its theme; figures of `derived` link to the ledger."""
    return document(draw(picture.source, Canvas(PAGE, ident(picture.id), derived)), picture.alt)


def print_drawing(picture: Picture) -> Drawing:
    """The picture with its colours written out."""
    return draw(picture.source, Canvas(LIGHT, ident(picture.id)))


def svg_file(picture: Picture) -> bytes:
    """The picture as a file of its own, with the light colours."""
    return (document(print_drawing(picture), picture.alt) + "\n").encode()


def png_file(picture: Picture, zoom: float = 2.0) -> bytes:
    """The picture as pixels, `zoom` to a px, on white; fonts are the shipped ones, never the machine's."""
    import resvg_py

    svg = document(print_drawing(picture), picture.alt)
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg, dpi=96, zoom=zoom, background="#ffffff", skip_system_fonts=True,
            font_family="Inter", sans_serif_family="Inter", font_files=[str(path) for path in font_files()],
        )
    )  # fmt: skip


@cache
def font_files() -> tuple[Path, ...]:
    """The shipped Inter files."""
    folder = Path(str(files("groma.documents").joinpath("fonts")))
    return tuple(sorted(folder.glob("*.ttf")))
