"""Candidates in two measures: the efficient front as a step line, dominated ones faint, proposals named.

A step line, not a slope: between two designs there is no design (what is attainable by a finite set of points is a
staircase; Ehrgott, "Multicriteria Optimization", 2005). Names go to the first of eight places that hides nothing.
"""

from __future__ import annotations

from itertools import pairwise

from groma.documents.charts.chart import Front, Mark
from groma.documents.charts.frame import SIZE, WIDTH, Area, extent, point, rule, target_line, x_axis, y_axis
from groma.documents.charts.scale import Scale, scale
from groma.documents.diagrams.diagram import unique_refs
from groma.documents.inlines import refs
from groma.documents.svg import Canvas, Drawing, marked, number, tag, text_line
from groma.documents.typeset import line_width, wrap

_HEIGHT = 380.0
_AREA = Area(58.0, 40.0, WIDTH - 26.0, _HEIGHT - 46.0)

Rectangle = tuple[float, float, float, float]


def draw_front(chart: Front, canvas: Canvas) -> Drawing:
    """Lower left is better on both axes; refs of the whole plot are on it, each point carries its own."""
    data = [datum for mark in chart.marks for datum in (mark.x, mark.y)]
    targets = [datum for datum in (chart.x_target, chart.y_target) if datum]
    ids = unique_refs(
        tuple(datum.ref for datum in data + targets), *(refs(mark.label) for mark in chart.marks)
    )
    xs = scale(chart.x, extent([*(m.x for m in chart.marks), chart.x_target]), _AREA.left, _AREA.right)
    ys = scale(chart.y, extent([*(m.y for m in chart.marks), chart.y_target]), _AREA.bottom, _AREA.top)
    parts = [x_axis(canvas, chart.x, xs, _AREA, ids), y_axis(canvas, chart.y, ys, _AREA, ids)]
    if chart.x_target:
        parts.append(
            target_line(canvas, "at most", chart.x_target, _AREA, xs.at(chart.x_target.value), vertical=True)
        )
    if chart.y_target:
        parts.append(
            target_line(canvas, "at most", chart.y_target, _AREA, ys.at(chart.y_target.value), vertical=False)
        )
    corners = _staircase(chart.marks, xs, ys)
    if len(corners) > 1:
        path = "M" + "L".join(f"{number(x)} {number(y)}" for x, y in corners)
        look = {"fill": "none", "stroke": canvas.theme["s1"], "stroke_width": 1.6, "stroke_opacity": 0.55}
        parts.append(marked(ids, tag("path", d=path, **look)))
    named = [mark for mark in chart.marks if mark.label]
    taken: list[Rectangle] = [
        (xs.at(m.x.value) - 7, ys.at(m.y.value) - 7, xs.at(m.x.value) + 7, ys.at(m.y.value) + 7)
        for m in chart.marks
    ]
    taken += [
        (min(ax, bx) - 3, min(ay, by) - 3, max(ax, bx) + 3, max(ay, by) + 3)
        for (ax, ay), (bx, by) in pairwise(corners)
    ]
    for mark in sorted(chart.marks, key=lambda mark: (bool(mark.label), not mark.dominated)):
        shape = named.index(mark) if mark.label else 0
        parts.append(marked((mark.x.ref, mark.y.ref), _mark(canvas, mark, shape, xs, ys)))
    for mark in named:
        parts.append(marked((mark.x.ref, mark.y.ref), _name(canvas, mark, xs, ys, taken)))
    return Drawing(WIDTH, _HEIGHT, "".join(parts), ids)


def _staircase(marks: tuple[Mark, ...], xs: Scale, ys: Scale) -> list[tuple[float, float]]:
    """The corners of the step line through the points that are efficient in the two measures shown; what is so only by
    a third one stands off the line."""
    efficient: list[tuple[float, float]] = []
    for x, y in sorted((m.x.value, m.y.value) for m in marks if not m.dominated):
        if not efficient or y < efficient[-1][1]:
            efficient.append((x, y))
    corners = [(xs.at(x), ys.at(y)) for x, y in efficient[:1]]
    for x, y in efficient[1:]:
        corners += [(xs.at(x), corners[-1][1]), (xs.at(x), ys.at(y))]
    return corners


def _mark(canvas: Canvas, mark: Mark, shape: int, xs: Scale, ys: Scale) -> str:
    x, y = xs.at(mark.x.value), ys.at(mark.y.value)
    if mark.dominated:
        return point(canvas, 0, x, y, 2.6, "paper", "line")
    if not mark.label:
        return point(canvas, 0, x, y, 3.2, "s1", "paper")
    drawn = ""
    if mark.y.low is not None and mark.y.high is not None:
        drawn += rule(canvas, x, ys.at(mark.y.low), x, ys.at(mark.y.high), "s1", 1.4)
    if mark.x.low is not None and mark.x.high is not None:
        drawn += rule(canvas, xs.at(mark.x.low), y, xs.at(mark.x.high), y, "s1", 1.4)
    if mark.recommended:
        drawn += tag(
            "circle", cx=x, cy=y, r=11.0, fill="none", stroke=canvas.theme["accent"], stroke_width=1.4
        )
    return drawn + point(canvas, shape, x, y, 6.0, "accent" if mark.recommended else "s1", "paper")


def _name(canvas: Canvas, mark: Mark, xs: Scale, ys: Scale, taken: list[Rectangle]) -> str:
    lines = wrap(mark.label, 170.0, SIZE, 600 if mark.recommended else 500, 3)
    width = max(line_width(run, SIZE) for run in lines)
    height = 14.0 * len(lines)
    x, y = xs.at(mark.x.value), ys.at(mark.y.value)
    gap = 18.0 if mark.recommended else 10.0
    places = [
        (x + gap, y - height / 2), (x - gap - width, y - height / 2), (x + gap * 0.8, y - gap * 0.6 - height),
        (x + gap * 0.8, y + gap * 0.6), (x - width - gap * 0.8, y - gap * 0.6 - height),
        (x - width - gap * 0.8, y + gap * 0.6), (x - width / 2, y - gap - height), (x - width / 2, y + gap),
    ]  # fmt: skip

    def hidden(place: tuple[float, float]) -> float:
        left, top = place
        outside = max(0.0, _AREA.left - left) + max(0.0, left + width - WIDTH) + max(0.0, 20 - top)
        outside += max(0.0, top + height - _AREA.bottom)
        return outside * 50 + sum(
            max(0.0, min(r, left + width) - max(a, left)) * max(0.0, min(b, top + height) - max(t, top))
            for a, t, r, b in taken
        )

    left, top = min(places, key=hidden)
    taken.append((left, top, left + width, top + height))
    return "".join(
        text_line(canvas, run, left, top + 14 * nth + 11, SIZE, "ink", halo=True)
        for nth, run in enumerate(lines)
    )
