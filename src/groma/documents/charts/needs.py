"""All needs at a glance: each figure with its interval against its target, the target at the same place in every row.

Distance is the ratio to the target on a logarithmic scale, better to the left; for shares of one (availability) it is
the ratio of what is missing to one, so that 99.9 % and 99.99 % are as far apart as they are in an incident log. After
Few's bullet graph ("Bullet Graph Design Specification", 2013), turned so that all targets align.
"""

from __future__ import annotations

from math import log2

from groma.documents.charts.chart import NeedGauge, Needs
from groma.documents.charts.frame import SIZE, WIDTH, column_of, point, rule
from groma.documents.diagrams.diagram import unique_refs
from groma.documents.inlines import Quote, line, refs
from groma.documents.svg import CAP, Canvas, Drawing, label, marked, tag, text_line
from groma.documents.typeset import wrap

_ROW = 38.0
_TOP = 34.0
_DECADES = 2.0  # doublings shown to each side of the target
_COLOUR = {"met": "good", "missed": "bad", "undecided": "open", "not shown": "faint"}
_SHAPE = {"met": 0, "missed": 2, "undecided": 1}


def draw_needs(chart: Needs, canvas: Canvas) -> Drawing:
    """One row a need; a figure that isn't shown leaves its track empty and says so."""
    left = column_of((gauge.label for gauge in chart.gauges), 190.0) + 4
    right = WIDTH - 238.0
    centre = (left + right) / 2
    bottom = _TOP + _ROW * len(chart.gauges)
    parts = [
        label(canvas, line("better"), centre - 30, _TOP - 14, 10.5, "faint", anchor_at="end"),
        label(canvas, line("worse"), centre + 30, _TOP - 14, 10.5, "faint"),
    ]
    for nth, gauge in enumerate(chart.gauges):
        parts.append(_row(canvas, gauge, left, right, _TOP + _ROW * (nth + 0.5)))
    parts.append(rule(canvas, centre, _TOP - 8, centre, bottom, "ink", 1.3))
    parts.append(
        label(
            canvas, line("target"), centre, _TOP - 14, 10.5, "ink", anchor_at="middle", weight=600, halo=True
        )
    )
    return Drawing(WIDTH, bottom + 4, "".join(parts), needs_refs(chart))


def needs_refs(chart: Needs) -> tuple[str, ...]:
    """Every ledger id shown, row by row."""
    return unique_refs(*(_row_refs(gauge) + refs(gauge.label) for gauge in chart.gauges))


def _row_refs(gauge: NeedGauge) -> tuple[str, ...]:
    return ((gauge.figure.ref,) if gauge.figure else ()) + (gauge.target.ref, gauge.verdict_ref)


def badness(gauge: NeedGauge, value: float) -> float:
    """How often the target is exceeded: under 1 is better than asked, over 1 worse."""
    target = gauge.target.value
    if gauge.share:
        value, target = 1 - value, 1 - target
        sense = "at most" if gauge.sense == "at least" else "at least"
    else:
        sense = gauge.sense
    over, under = (value, target) if sense == "at most" else (target, value)
    if over <= 0:
        return 0.0 if under > 0 else 1.0
    return over / under if under > 0 else float("inf")


def _row(canvas: Canvas, gauge: NeedGauge, left: float, right: float, y: float) -> str:
    names = wrap(gauge.label, left - 14, SIZE, 500, 2)
    first = y + CAP * SIZE - 6.5 * (len(names) - 1)
    name = "".join(text_line(canvas, run, 4, first + 13 * nth, SIZE, "ink") for nth, run in enumerate(names))
    centre = (left + right) / 2
    track = tag("rect", x=left, y=y - 8, width=centre - left, height=16.0, fill=canvas.theme["good-wash"])
    track += tag("rect", x=centre, y=y - 8, width=right - centre, height=16.0, fill=canvas.theme["bad-wash"])

    def at(value: float) -> float:
        ratio = badness(gauge, value)
        doublings = -_DECADES if ratio <= 0 else _DECADES if ratio == float("inf") else log2(ratio)
        return centre + max(-_DECADES, min(_DECADES, doublings)) / _DECADES * ((right - left) / 2 - 6)

    drawn = ""
    figure = gauge.figure
    colour = _COLOUR[gauge.verdict]
    if figure is not None and gauge.verdict != "not shown":
        if figure.low is not None and figure.high is not None:
            start, end = sorted((at(figure.low), at(figure.high)))
            drawn += tag(
                "rect",
                x=start,
                y=y - 3,
                width=max(1.5, end - start),
                height=6.0,
                rx=3.0,
                fill=canvas.theme[colour],
            )
        drawn += point(canvas, _SHAPE[gauge.verdict], at(figure.value), y, 5.0, colour, "paper")
        words = line(
            Quote(figure.ref, figure.text), f", {gauge.sense} ", Quote(gauge.target.ref, gauge.target.text)
        )
    else:
        words = line(f"{gauge.sense} ", Quote(gauge.target.ref, gauge.target.text))
    verdict = label(
        canvas, line(Quote(gauge.verdict_ref, gauge.verdict)), right + 14, y - 4, SIZE, colour, weight=600
    )
    lines = wrap(words, WIDTH - right - 16, 10.5, 400, 2)
    detail = "".join(
        text_line(canvas, run, right + 14, y + 10 + 12 * n, 10.5, "muted") for n, run in enumerate(lines)
    )
    return track + name + marked(_row_refs(gauge), drawn, verdict, detail)
