"""Writes SVG by hand: a few element builders with escaping, short numbers, and text made of marked runs.

A `Canvas` says for which edition a picture is drawn: the colours (named for the page, written out for print), a prefix
that keeps ids apart when many pictures share a page, and which figures link to the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from groma.documents.glyphs import Weight
from groma.documents.inlines import Inlines, plain, refs
from groma.documents.palette import Theme
from groma.documents.printable import anchor, printable
from groma.documents.typeset import Line, line_width, wrap

_LONGEST_LABEL = 320.0  # px
FAMILY = "Inter, system-ui, sans-serif"
CAP = 0.364  # half of Inter's cap height, in em: text at y + CAP * size is centred on y


@dataclass(frozen=True, slots=True)
class Canvas:
    """For whom a picture is drawn: colours, the prefix of its ids, the figures that link to their derivation."""

    theme: Theme
    prefix: str
    linked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawn picture: size in px (1/96 inch), the elements inside, and the ledger ids its geometry depends on."""

    width: float
    height: float
    body: str
    refs: tuple[str, ...]


def number(value: float) -> str:
    """Two decimals at most, no trailing zeros, no negative zero: the same bytes for the same picture."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def tag(name: str, *children: str, **attributes: str | float | None) -> str:
    """An element; `fill_opacity` means `fill-opacity`, `class_` means `class`; None leaves an attribute out."""
    listed = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{quoted(value) if isinstance(value, str) else number(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inside = "".join(children)
    return f"<{name}{listed}>{inside}</{name}>" if inside else f"<{name}{listed}/>"


def quoted(text: str) -> str:
    """Text for an attribute or element."""
    return escape(printable(text), quote=True)


def refs_attribute(ids: Iterable[str]) -> str | None:
    """Ledger ids for `data-figure`, separated by spaces (spaces within an id are percent-encoded); None for none."""
    return " ".join(ref.replace("%", "%25").replace(" ", "%20") for ref in ids) or None


def marked(ids: Iterable[str], *children: str) -> str:
    """A group whose content depends on these ledger ids; without ids just the children."""
    attribute = refs_attribute(ids)
    return tag("g", *children, data_figure=attribute) if attribute else "".join(children)


def text_line(
    canvas: Canvas,
    line: Line,
    x: float,
    y: float,
    size: float,
    fill: str,
    *,
    anchor_at: str = "start",
    halo: bool = False,
) -> str:
    """One line of runs with its baseline at y. `halo` puts a plate of the paper's colour behind the letters."""
    spans = "".join(_span(canvas, run.text, run.weight, run.italic, run.ref) for run in line)
    drawn = tag(
        "text", spans, x=x, y=y, font_size=size, fill=canvas.theme[fill],
        text_anchor=None if anchor_at == "start" else anchor_at,
    )  # fmt: skip
    if not halo:
        return drawn
    width = line_width(line, size) + 4
    left = x - {"start": 2.0, "middle": width / 2, "end": width - 2}[anchor_at]
    plate = tag(
        "rect", x=left, y=y - size * 0.86, width=width, height=size * 1.15, rx=2.0,
        fill=canvas.theme["paper"], fill_opacity=0.82,
    )  # fmt: skip
    return plate + drawn


def _span(canvas: Canvas, text: str, weight: int, italic: bool, ref: str) -> str:
    inside = quoted(text)
    looks: dict[str, str | float | None] = {
        "font_weight": None if weight == 400 else float(weight),
        "font_style": "italic" if italic else None,
    }
    if not ref:
        return tag("tspan", inside, **looks) if any(looks.values()) else inside
    figure = refs_attribute((ref,))
    span = tag("tspan", inside, data_figure=figure, **looks)
    return (
        tag("a", span, href="#" + anchor(ref), class_="q", data_figure=figure)
        if ref in canvas.linked
        else span
    )


def label(
    canvas: Canvas, inlines: Inlines, x: float, y: float, size: float, fill: str, *,
    anchor_at: str = "start", weight: int = 400, halo: bool = False,
) -> str:  # fmt: skip
    """Inlines on one line with the baseline at y; what is longer than any sane label ends in an ellipsis."""
    chosen = 600 if weight == 600 else 500 if weight == 500 else 400
    return text_line(
        canvas, _one_line(inlines, size, chosen), x, y, size, fill, anchor_at=anchor_at, halo=halo
    )


def width_of(inlines: Inlines, size: float) -> float:
    """Width of inlines as `label` sets them."""
    return line_width(_one_line(inlines, size, 400), size)


def _one_line(inlines: Inlines, size: float, weight: Weight) -> Line:
    lines = wrap(inlines, _LONGEST_LABEL, size, weight, 1)
    return lines[0] if lines else ()


def document(drawing: Drawing, alt: Inlines) -> str:
    """The whole `svg` element, named by `alt`. The root carries the ledger ids that its size and geometry depend on."""
    title = tag("title", quoted(plain(alt)), data_figure=refs_attribute(refs(alt)))
    return tag(
        "svg", title, drawing.body,
        xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {number(drawing.width)} {number(drawing.height)}",
        width=drawing.width, height=drawing.height, font_family=FAMILY, font_size=13.0, role="img",
        data_figure=refs_attribute(drawing.refs),
    )  # fmt: skip
