"""One measure over another for up to six series, each with its band, named at its end."""

from __future__ import annotations

from groma.documents.charts.chart import Lines, Series
from groma.documents.charts.frame import (
    DASHES,
    SIZE,
    WIDTH,
    Area,
    extent,
    point,
    rule,
    series_colour,
    target_line,
    x_axis,
    y_axis,
)
from groma.documents.charts.scale import Scale, scale
from groma.documents.diagrams.diagram import unique_refs
from groma.documents.inlines import line, refs
from groma.documents.svg import CAP, Canvas, Drawing, label, marked, number, tag, width_of

_HEIGHT = 340.0


def draw_lines(chart: Lines, canvas: Canvas) -> Drawing:
    """Straight between points, for nothing is known there; the band is what the figures' intervals leave open."""
    data = [datum for series in chart.series for datum in (*series.xs, *series.ys)]
    data += [datum for datum, _ in chart.marks] + ([chart.target] if chart.target else [])
    ids = unique_refs(tuple(datum.ref for datum in data), *(refs(words) for _, words in chart.marks))
    names = max((width_of(line(series.label), SIZE) for series in chart.series), default=0.0)
    area = Area(62.0, 40.0, WIDTH - min(170.0, names) - 22, _HEIGHT - 46.0)
    across = extent(
        [*(x for series in chart.series for x in series.xs), *(datum for datum, _ in chart.marks)]
    )
    xs = scale(chart.x, across, area.left, area.right, most=8)
    if across and not chart.x.log:
        xs = Scale(
            min(across),
            max(across),
            area.left,
            area.right,
            tuple(t for t in xs.ticks if t <= max(across) and t >= min(across)),
        )
    ups = extent([*(y for series in chart.series for y in series.ys), chart.target])
    ys = scale(chart.y, ups, area.bottom, area.top, zero=True)
    parts = [x_axis(canvas, chart.x, xs, area, ids, grid=False), y_axis(canvas, chart.y, ys, area, ids)]
    for nth, series in enumerate(chart.series):
        parts.append(marked(_refs(series), _band(canvas, series, nth, xs, ys)))
    for datum, words in chart.marks:
        x = xs.at(datum.value)
        drawn = rule(canvas, x, area.top, x, area.bottom, "faint", 1.0, "2 3")
        near = x + width_of(words, SIZE) + 10 > area.right
        name = label(
            canvas, words, x - 5 if near else x + 5, area.top + 6, SIZE, "muted",
            anchor_at="end" if near else "start", halo=True,
        )  # fmt: skip
        parts.append(marked((datum.ref,), drawn, name))
    if chart.target:
        at = ys.at(chart.target.value)
        parts.append(target_line(canvas, chart.target_label, chart.target, area, at, vertical=False))
    for nth, series in enumerate(chart.series):
        parts.append(marked(_refs(series), _line(canvas, series, nth, xs, ys)))
    parts += _names(canvas, chart.series, area, ys)
    return Drawing(WIDTH, _HEIGHT, "".join(parts), ids)


def _refs(series: Series) -> tuple[str, ...]:
    return unique_refs(tuple(datum.ref for datum in (*series.xs, *series.ys)))


def _band(canvas: Canvas, series: Series, nth: int, xs: Scale, ys: Scale) -> str:
    known = [
        (x, y.low, y.high)
        for x, y in zip(series.xs, series.ys, strict=True)
        if y.low is not None and y.high is not None
    ]
    if len(known) < 2:
        return ""
    corners = [(xs.at(x.value), ys.at(high)) for x, _, high in known]
    corners += [(xs.at(x.value), ys.at(low)) for x, low, _ in reversed(known)]
    path = "L".join(f"{number(x)} {number(y)}" for x, y in corners)
    return tag("path", d=f"M{path}Z", fill=canvas.theme[series_colour(nth)], fill_opacity=0.14)


def _line(canvas: Canvas, series: Series, nth: int, xs: Scale, ys: Scale) -> str:
    places = [(xs.at(x.value), ys.at(y.value)) for x, y in zip(series.xs, series.ys, strict=True)]
    if not places:
        return ""
    colour = series_colour(nth)
    path = "L".join(f"{number(x)} {number(y)}" for x, y in places)
    drawn = tag(
        "path", d=f"M{path}", fill="none", stroke=canvas.theme[colour], stroke_width=2.0, stroke_linejoin="round",
        stroke_dasharray=DASHES[nth % len(DASHES)],
    )  # fmt: skip
    shown = places if len(places) <= 12 else places[-1:]
    return drawn + "".join(point(canvas, nth, x, y, 3.4, colour, "paper") for x, y in shown)


def _names(canvas: Canvas, all_series: tuple[Series, ...], area: Area, ys: Scale) -> list[str]:
    """Series named at their ends, pushed apart where they would touch."""
    ends = sorted((ys.at(s.ys[-1].value), nth) for nth, s in enumerate(all_series) if s.ys)
    places: dict[int, float] = {}
    last = area.top - 16.0
    for y, nth in ends:
        last = places[nth] = max(y, last + 16)
    placed: list[str] = []
    for nth, last in sorted(places.items()):
        series = all_series[nth]
        mark = point(canvas, nth, area.right + 12, last, 3.4, series_colour(nth), "paper")
        name = label(canvas, line(series.label), area.right + 20, last + CAP * SIZE, SIZE, "ink", weight=500)
        placed.append(marked((series.ys[-1].ref,), mark) + name)
    return placed
