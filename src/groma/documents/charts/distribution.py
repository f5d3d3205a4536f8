"""How long (or dear, or many): the share of runs within x as a curve, with percentiles and the target named.

The cumulative curve, not a histogram: percentiles and "how many miss the target" can be read off it directly.
"""

from __future__ import annotations

from groma.documents.charts.chart import Axis, Distribution
from groma.documents.charts.frame import SIZE, WIDTH, Area, extent, point, rule, target_line, x_axis, y_axis
from groma.documents.charts.scale import Scale, scale
from groma.documents.diagrams.diagram import unique_refs
from groma.documents.inlines import Quote, line
from groma.documents.svg import CAP, Canvas, Drawing, label, marked, number, tag

_HEIGHT = 320.0
_AREA = Area(58.0, 40.0, WIDTH - 30.0, _HEIGHT - 46.0)


def draw_distribution(chart: Distribution, canvas: Canvas) -> Drawing:
    """Shares run from nought to one; `xs` ascend and pair with `shares`."""
    named = [datum for _, datum in chart.percentiles] + ([chart.target] if chart.target else [])
    ids = unique_refs((chart.ref,), tuple(datum.ref for datum in named))
    xs = scale(chart.x, [*chart.xs, *extent(named)], _AREA.left, _AREA.right, zero=True, most=8)
    ys = scale(Axis("share", percent=True), [0.0, 1.0], _AREA.bottom, _AREA.top, most=5)
    parts = [
        x_axis(canvas, chart.x, xs, _AREA, ids, grid=False),
        y_axis(canvas, Axis("Share of runs within", percent=True), ys, _AREA, ()),
    ]
    places = [(xs.at(x), ys.at(share)) for x, share in zip(chart.xs, chart.shares, strict=True)]
    if places:
        path = "L".join(f"{number(x)} {number(y)}" for x, y in places)
        under = f"M{number(places[0][0])} {number(_AREA.bottom)}L{path}V{number(_AREA.bottom)}Z"
        area = tag("path", d=under, fill=canvas.theme["s1"], fill_opacity=0.1)
        curve = tag(
            "path",
            d=f"M{path}",
            fill="none",
            stroke=canvas.theme["s1"],
            stroke_width=2.0,
            stroke_linejoin="round",
        )
        parts.append(marked((chart.ref,), area, curve))
    if chart.target:
        at = xs.at(chart.target.value)
        parts.append(
            target_line(canvas, chart.target_label, chart.target, _AREA, at, vertical=True, foot=True)
        )
    parts += [
        marked((datum.ref,), _percentile(canvas, chart, name, nth, xs, ys))
        for nth, (name, datum) in enumerate(chart.percentiles)
    ]
    return Drawing(WIDTH, _HEIGHT, "".join(parts), ids)


def share_at(chart: Distribution, x: float) -> float:
    """The share of runs within x, straight between the points of the curve."""
    before: tuple[float, float] | None = None
    for value, share in zip(chart.xs, chart.shares, strict=True):
        if value >= x:
            if before is None or value == before[0]:
                return share
            return before[1] + (share - before[1]) * (x - before[0]) / (value - before[0])
        before = (value, share)
    return before[1] if before else 0.0


def _percentile(canvas: Canvas, chart: Distribution, name: str, nth: int, xs: Scale, ys: Scale) -> str:
    datum = chart.percentiles[nth][1]
    x, y = xs.at(datum.value), ys.at(share_at(chart, datum.value))
    drop = rule(canvas, x, y, x, _AREA.bottom, "faint", 1.0, "2 3")
    spread = ""
    if datum.low is not None and datum.high is not None:
        spread = rule(canvas, xs.at(datum.low), y, xs.at(datum.high), y, "s1", 1.4)
    text = line(f"{name} ", Quote(datum.ref, datum.text))
    named = label(canvas, text, x + 9, y + CAP * SIZE + 12, SIZE, "ink", weight=500, halo=True)
    return drop + spread + point(canvas, nth, x, y, 4.2, "s1", "paper") + named
