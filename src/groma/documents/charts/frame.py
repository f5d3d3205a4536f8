"""The frame all charts share: plot area, grid, ticks, axis titles, point shapes, line dashes and fill patterns.

Ink goes to data (Tufte, "The Visual Display of Quantitative Information", 1983): hairline grids, no boxes, direct
labels instead of legends where there is room. Shapes, dashes and patterns repeat what colour says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from groma.documents.charts.chart import Axis, Datum
from groma.documents.charts.scale import Scale, tick_text
from groma.documents.inlines import Inlines, Quote, line
from groma.documents.palette import SERIES
from groma.documents.svg import CAP, Canvas, label, marked, number, tag, width_of

WIDTH = 660.0
SIZE = 11.5
TICK = 10.5
DASHES = (None, "7 4", "2 3", "9 3 2 3", "4 4", "12 4")


@dataclass(frozen=True, slots=True)
class Area:
    """The plot area in px."""

    left: float
    top: float
    right: float
    bottom: float


def axis_title(axis: Axis) -> str:
    """Quantity with its unit in brackets."""
    return f"{axis.title} ({axis.unit})" if axis.unit else axis.title


def quote(datum: Datum) -> Inlines:
    """The datum's printed text as a mark."""
    return line(Quote(datum.ref, datum.text))


def extent(data: Iterable[Datum | None]) -> list[float]:
    """All values and known bounds, for a scale."""
    found: list[float] = []
    for datum in data:
        if datum is not None:
            found += [value for value in (datum.value, datum.low, datum.high) if value is not None]
    return found


def x_axis(
    canvas: Canvas, axis: Axis, scale: Scale, area: Area, refs: Iterable[str], *, grid: bool = True
) -> str:
    """Vertical grid lines with ticks below; ticks belong to the data they were chosen for. Title at the right end."""
    parts: list[str] = []
    for value in scale.ticks:
        x = scale.at(value)
        if grid:
            parts.append(rule(canvas, x, area.top, x, area.bottom, "grid"))
        parts.append(
            label(
                canvas, line(tick_text(value, axis)), x, area.bottom + 16, TICK, "muted", anchor_at="middle"
            )
        )
    title = label(
        canvas,
        line(axis_title(axis)),
        area.right,
        area.bottom + 34,
        SIZE,
        "muted",
        anchor_at="end",
        weight=500,
    )
    return marked(refs, *parts) + title


def y_axis(canvas: Canvas, axis: Axis, scale: Scale, area: Area, refs: Iterable[str]) -> str:
    """Horizontal grid lines with ticks at the left, the title above it where it reads without turning."""
    parts: list[str] = []
    for value in scale.ticks:
        y = scale.at(value)
        parts.append(rule(canvas, area.left, y, area.right, y, "grid"))
        text = line(tick_text(value, axis))
        parts.append(label(canvas, text, area.left - 8, y + CAP * TICK, TICK, "muted", anchor_at="end"))
    return marked(refs, *parts) + label(
        canvas, line(axis_title(axis)), 4, area.top - 14, SIZE, "muted", weight=500
    )


def rule(
    canvas: Canvas,
    x1: float,
    y1: float,
    x2: float,
    y2: float,
    colour: str,
    width: float = 1.0,
    dash: str | None = None,
) -> str:
    """A straight line."""
    return tag(
        "path", d=f"M{number(x1)} {number(y1)}L{number(x2)} {number(y2)}", fill="none",
        stroke=canvas.theme[colour], stroke_width=width, stroke_dasharray=dash,
    )  # fmt: skip


def target_line(
    canvas: Canvas, words: str, datum: Datum, area: Area, at: float, *, vertical: bool, foot: bool = False
) -> str:
    """A dashed line at a target, named at its end (`foot`: at the lower end, where a rising curve leaves room)."""
    text = line(words + " ", Quote(datum.ref, datum.text))
    if vertical:
        near_right = at + width_of(text, SIZE) + 12 > area.right
        place = {
            "x": at - 6 if near_right else at + 6,
            "y": area.bottom - 8 if foot else area.top + 4,
            "anchor_at": "end" if near_right else "start",
        }
        drawn = rule(canvas, at, area.top - 4, at, area.bottom, "bad", 1.3, "5 3")
    else:
        place = {"x": area.right, "y": at - 6, "anchor_at": "end"}
        drawn = rule(canvas, area.left, at, area.right, at, "bad", 1.3, "5 3")
    x, y, end = float(place["x"]), float(place["y"]), str(place["anchor_at"])
    return marked(
        (datum.ref,), drawn, label(canvas, text, x, y, SIZE, "bad", anchor_at=end, weight=500, halo=True)
    )


def point(canvas: Canvas, shape: int, x: float, y: float, radius: float, fill: str, stroke: str) -> str:
    """A point whose shape (circle, diamond, square, triangle, cross-square, pentagon) names its series."""
    look: dict[str, str | float | None] = {
        "fill": canvas.theme[fill], "stroke": canvas.theme[stroke], "stroke_width": 1.6, "stroke_linejoin": "round"
    }  # fmt: skip
    corners = {
        1: ((0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)),
        2: ((-0.95, -0.95), (0.95, -0.95), (0.95, 0.95), (-0.95, 0.95)),
        3: ((0, -1.2), (1.15, 0.85), (-1.15, 0.85)),
        4: ((0, 1.2), (1.15, -0.85), (-1.15, -0.85)),
        5: ((0, -1.15), (1.1, -0.35), (0.7, 0.95), (-0.7, 0.95), (-1.1, -0.35)),
    }.get(shape % 6)
    if corners is None:
        return tag("circle", cx=x, cy=y, r=radius, **look)
    path = "L".join(f"{number(x + dx * radius)} {number(y + dy * radius)}" for dx, dy in corners)
    return tag("path", d=f"M{path}Z", **look)


def series_colour(nth: int) -> str:
    """The colour of a series; more than six series are for another picture."""
    return SERIES[nth % len(SERIES)]


def pattern(canvas: Canvas, nth: int) -> tuple[str, str]:
    """A fill for series `nth` and its definition: plain for every other one, else the colour with light hatching."""
    colour = canvas.theme[series_colour(nth)]
    if nth % 2 == 0:
        return colour, ""
    ident = f"{canvas.prefix}-hatch{nth}"
    turn = {1: 45, 3: -45, 5: 0}[nth % 6]
    stripe = tag("path", d="M0 0V6", stroke=canvas.theme["paper"], stroke_width=1.6, stroke_opacity=0.55)
    body = tag("rect", width=6.0, height=6.0, fill=colour) + stripe
    made = tag(
        "pattern",
        body,
        id=ident,
        width=6.0,
        height=6.0,
        patternUnits="userSpaceOnUse",
        patternTransform=f"rotate({turn})",
    )
    return f"url(#{ident})", made


def column_of(labels: Iterable[Inlines], most: float = 230.0) -> float:
    """How wide the column of row labels must be."""
    return min(most, max((width_of(text, SIZE) for text in labels), default=0.0)) + 14
