"""Horizontal bars, plain, stacked and as a tornado: names read straight, values stand at the ends.

Bars start at nought (a tornado at its base value). Parts of a stack differ in colour and hatching.
"""

from __future__ import annotations

from groma.documents.charts.chart import Bar, Bars, Datum, Stacked, Tornado
from groma.documents.charts.frame import (
    SIZE,
    TICK,
    WIDTH,
    Area,
    column_of,
    extent,
    pattern,
    quote,
    rule,
    target_line,
    x_axis,
)
from groma.documents.charts.scale import Scale, scale
from groma.documents.diagrams.diagram import unique_refs
from groma.documents.inlines import Inlines, line, refs
from groma.documents.svg import CAP, Canvas, Drawing, label, marked, tag, text_line, width_of
from groma.documents.typeset import wrap

_ROW = 30.0
_BAR = 16.0


def draw_bars(chart: Bars, canvas: Canvas) -> Drawing:
    """One bar a row; the interval of a value is a whisker."""
    data = [datum for bar in chart.bars for datum in bar.parts]
    ids = unique_refs(tuple(datum.ref for datum in data), *(refs(bar.label) for bar in chart.bars))
    ids = unique_refs(ids, (chart.target.ref,) if chart.target else ())
    values = max((width_of(quote(datum), SIZE) for datum in data), default=0.0)
    top = 26.0 if chart.target else 10.0
    area = _area(chart.bars, values + 12, top)
    xs = scale(chart.x, extent([*data, chart.target]), area.left, area.right, zero=True)
    parts = [x_axis(canvas, chart.x, xs, area, ids)]
    for nth, bar in enumerate(chart.bars):
        y = area.top + _ROW * (nth + 0.5)
        parts.append(_row_label(canvas, bar.label, area.left, y))
        for datum in bar.parts[:1]:
            parts.append(marked((datum.ref,), _single(canvas, datum, xs, y)))
    if chart.target:
        at = xs.at(chart.target.value)
        parts.append(target_line(canvas, chart.target_label, chart.target, area, at, vertical=True))
    return Drawing(WIDTH, area.bottom + 42, "".join(parts), ids)


def _area(bars: tuple[Bar, ...], values: float, top: float) -> Area:
    left = column_of(bar.label for bar in bars)
    return Area(left, top, WIDTH - values - 8, top + _ROW * max(1, len(bars)))


def _row_label(canvas: Canvas, words: Inlines, right: float, y: float) -> str:
    lines = wrap(words, 230.0, SIZE, 400, 2)
    first = y + CAP * SIZE - 6.5 * (len(lines) - 1)
    return "".join(
        text_line(canvas, run, right - 10, first + 13 * nth, SIZE, "ink", anchor_at="end")
        for nth, run in enumerate(lines)
    )


def _single(canvas: Canvas, datum: Datum, xs: Scale, y: float) -> str:
    start, end = sorted((xs.at(0.0), xs.at(datum.value)))
    bar = tag(
        "rect", x=start, y=y - _BAR / 2, width=end - start, height=_BAR, rx=2.0, fill=canvas.theme["s1"]
    )
    reach = end
    if datum.low is not None and datum.high is not None and datum.high > datum.low:
        low, reach = xs.at(datum.low), max(end, xs.at(datum.high))
        bar += rule(canvas, low, y, xs.at(datum.high), y, "ink", 1.3)
        bar += "".join(rule(canvas, x, y - 4, x, y + 4, "ink", 1.3) for x in (low, xs.at(datum.high)))
    return bar + label(canvas, quote(datum), reach + 7, y + CAP * SIZE, SIZE, "ink", weight=500)


def draw_stacked(chart: Stacked, canvas: Canvas) -> Drawing:
    """Parts side by side in the order of `series`, named once above; a part's value stands in it where it fits."""
    data = [datum for bar in chart.bars for datum in bar.parts]
    totals = [bar.total for bar in chart.bars if bar.total]
    ids = unique_refs(tuple(datum.ref for datum in data + totals), *(refs(bar.label) for bar in chart.bars))
    values = max((width_of(quote(datum), SIZE) for datum in totals), default=0.0)
    fills = [pattern(canvas, nth) for nth in range(len(chart.series))]
    legend, top = _legend(canvas, chart.series, [fill for fill, _ in fills])
    area = _area(chart.bars, values + 12, top)
    sums = [sum(part.value for part in bar.parts) for bar in chart.bars]
    xs = scale(chart.x, sums, area.left, area.right, zero=True)
    parts = [
        tag("defs", *(made for _, made in fills if made)),
        legend,
        x_axis(canvas, chart.x, xs, area, ids),
    ]
    for nth, bar in enumerate(chart.bars):
        y = area.top + _ROW * (nth + 0.5)
        parts.append(_row_label(canvas, bar.label, area.left, y))
        reached = 0.0
        for part, (fill, _) in zip(bar.parts, fills, strict=True):
            start, end = xs.at(reached), xs.at(reached + part.value)
            reached += part.value
            drawn = tag(
                "rect",
                x=start,
                y=y - _BAR / 2 - 1,
                width=max(0.0, end - start - 1),
                height=_BAR + 2,
                fill=fill,
            )
            if width_of(quote(part), TICK) + 12 < end - start:
                drawn += _inside(canvas, quote(part), (start + end) / 2, y)
            parts.append(marked(unique_refs(tuple(p.ref for p in bar.parts)), drawn))
        if bar.total:
            end = label(canvas, quote(bar.total), xs.at(reached) + 7, y + CAP * SIZE, SIZE, "ink", weight=600)
            parts.append(marked((bar.total.ref,), end))
    return Drawing(WIDTH, area.bottom + 42, "".join(parts), ids)


def _inside(canvas: Canvas, text: Inlines, x: float, y: float) -> str:
    """A value on its part, on a small plate so that it reads on any colour and hatching."""
    width = width_of(text, TICK) + 8
    plate = tag(
        "rect",
        x=x - width / 2,
        y=y - 7,
        width=width,
        height=14.0,
        rx=3.0,
        fill=canvas.theme["paper"],
        fill_opacity=0.9,
    )
    return plate + label(canvas, text, x, y + CAP * TICK, TICK, "ink", anchor_at="middle")


def _legend(canvas: Canvas, names: tuple[str, ...], fills: list[str]) -> tuple[str, float]:
    x, y = 4.0, 12.0
    parts: list[str] = []
    for name, fill in zip(names, fills, strict=True):
        wide = width_of(line(name), SIZE) + 38
        if x + wide > WIDTH and x > 4:
            x, y = 4.0, y + 20
        parts.append(tag("rect", x=x, y=y - 6, width=12.0, height=12.0, rx=2.0, fill=fill))
        parts.append(label(canvas, line(name), x + 18, y + CAP * SIZE, SIZE, "ink"))
        x += wide
    return "".join(parts), y + 18


def draw_tornado(chart: Tornado, canvas: Canvas) -> Drawing:
    """How far each input moves the measure: plain towards its low end, hatched towards its high end."""
    data = [datum for swing in chart.swings for datum in (swing.low, swing.high)]
    ids = unique_refs(
        (chart.base.ref,), tuple(datum.ref for datum in data), *(refs(s.label) for s in chart.swings)
    )
    room = max((width_of(quote(datum), SIZE) for datum in data), default=0.0) + 14
    fills = [pattern(canvas, nth) for nth in range(2)]
    legend, top = _legend(
        canvas, ("input at its low end", "input at its high end"), [fill for fill, _ in fills]
    )
    left = column_of(swing.label for swing in chart.swings)
    area = Area(left + room, top + 14, WIDTH - room, top + 14 + _ROW * max(1, len(chart.swings)))
    xs = scale(chart.x, extent([chart.base, *data]), area.left, area.right)
    base = xs.at(chart.base.value)
    parts = [
        tag("defs", *(made for _, made in fills if made)),
        legend,
        x_axis(canvas, chart.x, xs, area, ids),
    ]
    for nth, swing in enumerate(chart.swings):
        y = area.top + _ROW * (nth + 0.5)
        parts.append(_row_label(canvas, swing.label, left, y))
        for datum, (fill, _) in zip((swing.low, swing.high), fills, strict=True):
            start, end = sorted((base, xs.at(datum.value)))
            drawn = tag("rect", x=start, y=y - _BAR / 2, width=end - start, height=_BAR, fill=fill)
            other = swing.high if datum is swing.low else swing.low
            to_left = datum.value < chart.base.value or (
                datum.value == chart.base.value and other.value > datum.value
            )
            at, end_at = (start - 7, "end") if to_left else (end + 7, "start")
            drawn += label(canvas, quote(datum), at, y + CAP * SIZE, SIZE, "ink", anchor_at=end_at)
            parts.append(marked((chart.base.ref, datum.ref), drawn))
    line_at = rule(canvas, base, area.top - 4, base, area.bottom, "ink", 1.2)
    name = label(canvas, quote(chart.base), base, area.top - 9, SIZE, "ink", anchor_at="middle", weight=600)
    parts.append(marked((chart.base.ref,), line_at, name))
    return Drawing(WIDTH, area.bottom + 42, "".join(parts), ids)
