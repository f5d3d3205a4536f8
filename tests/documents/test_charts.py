"""Charts: things stand where their values say, and everything that depends on a figure lies in a mark."""

import re
from math import log10

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sample_documents import Figures, bill, front, growth, latency, needs, stacked, tornado

from groma.documents.charts.chart import Axis, Bar, Bars, Datum, NeedGauge
from groma.documents.charts.distribution import share_at
from groma.documents.charts.needs import badness
from groma.documents.charts.scale import scale, tick_text
from groma.documents.content import Picture
from groma.documents.inlines import line
from groma.documents.marks import unmarked
from groma.documents.palette import LIGHT
from groma.documents.pictures import draw, page_svg
from groma.documents.svg import Canvas

ALL = (bill, front, growth, latency, needs, stacked, tornado)
CANVAS = Canvas(LIGHT, "t")


@given(st.floats(-1e9, 1e9), st.floats(1e-3, 1e9), st.booleans())
def test_scales_hold_their_values_between_round_ticks(low: float, span: float, zero: bool):
    assume(span > 1e-6 * abs(low))
    made = scale(Axis("x"), [low, low + span], 0.0, 600.0, zero=zero)
    assert made.low <= low + span * 1e-6
    assert made.high >= low + span * (1 - 1e-6)
    assert 2 <= len(made.ticks) <= 12
    assert made.at(made.low) == 0
    assert made.at(made.high) == 600
    step = (made.ticks[1] - made.ticks[0]) / 10 ** round(log10(made.ticks[1] - made.ticks[0]) // 1)
    assert min(abs(step - nice) for nice in (1, 2, 5, 10)) < 1e-3


@given(st.floats(1e-6, 1e6), st.floats(1.0, 1e6))
def test_logarithmic_scales_hold_their_values(low: float, factor: float):
    made = scale(Axis("x", log=True), [low, low * factor], 0.0, 600.0)
    assert made.low <= low * (1 + 1e-6)
    assert made.high >= low * factor * (1 - 1e-6)
    assert made.at((made.low * made.high) ** 0.5) == pytest.approx(300)


def test_ticks_read_as_people_write_them():
    assert tick_text(12000.0, Axis("x")) == "12,000"
    assert tick_text(0.25, Axis("x", percent=True)) == "25 %"
    assert tick_text(-0.5, Axis("x")) == "−0.5"
    assert tick_text(-0.0, Axis("x")) == "0"


def test_bars_are_as_long_as_their_values():
    chart = Bars(
        Axis("x"), tuple(Bar(line(str(v)), (Datum(f"r{v}", v, str(v)),)) for v in (10.0, 20.0, 40.0))
    )
    widths = [
        float(w) for w in re.findall(r'<rect[^>]* width="([\d.]+)" height="16"', draw(chart, CANVAS).body)
    ]
    assert widths[1] == pytest.approx(2 * widths[0], abs=0.02)
    assert widths[2] == pytest.approx(4 * widths[0], abs=0.02)


def test_curves_are_read_straight_between_their_points():
    chart = latency(Figures())
    assert share_at(chart, 2.1) == pytest.approx(0.5, abs=1e-3)
    assert share_at(chart, -1) == 0
    assert share_at(chart, 99) == chart.shares[-1]


@pytest.mark.parametrize(
    ("sense", "share", "target", "value", "expected"),
    [
        ("at most", False, 6.0, 3.0, 0.5),
        ("at least", False, 100.0, 50.0, 2.0),
        ("at least", True, 0.999, 0.9999, 0.1),
        ("at least", True, 0.999, 0.998, 2.0),
        ("at most", False, 0.0, 1.0, float("inf")),
        ("at least", True, 0.999, 1.0, 0.0),
    ],
)
def test_needs_measure_how_often_a_target_is_exceeded(sense, share, target, value, expected):
    gauge = NeedGauge((), None, Datum("t", target, ""), sense, "met", "v", share)
    assert badness(gauge, value) == pytest.approx(expected)


@pytest.mark.parametrize("chart", ALL)
def test_every_text_that_changes_with_a_figure_lies_in_a_mark(chart):
    changed = {
        "cost/month": (23456.0, "23,456 EUR"),
        "cost/model": (777.0, "777 EUR"),
        "latency/answer@replied/p95": (31.0, "31 s"),
        "latency/answer@replied/p50": (12.0, "12 s"),
        "availability/answer": (0.9, "90 %"),
        "saturation/search": (1.2, "1.2"),
    }
    before, after = (
        page_svg(Picture("p", chart(f), (), line("a picture")), frozenset()).encode()
        for f in (Figures(), Figures(changed))
    )
    assert before != after
    assert unmarked(before) == unmarked(after)


@pytest.mark.parametrize("chart", ALL)
def test_a_text_outside_marks_would_be_caught(chart):
    page = page_svg(Picture("p", chart(Figures()), (), line("a picture")), frozenset())
    smuggled = page.replace("</svg>", "<text>6,840 EUR</text></svg>")
    assert unmarked(smuggled.encode()) != unmarked(page.encode())


@pytest.mark.parametrize("chart", ALL)
def test_texts_stay_inside_the_picture(chart):
    drawing = draw(chart(Figures()), CANVAS)
    for x, y in re.findall(r'<text x="(-?[\d.]+)" y="(-?[\d.]+)"', drawing.body):
        assert 0 <= float(x) <= drawing.width
        assert 0 <= float(y) <= drawing.height


def test_the_step_line_leaves_out_what_is_efficient_by_a_third_measure() -> None:
    from groma.documents.charts.chart import Datum, Mark
    from groma.documents.charts.front import _staircase  # pyright: ignore[reportPrivateUsage]
    from groma.documents.charts.scale import scale

    def mark(x: float, y: float) -> Mark:
        return Mark(Datum("x", x, f"{x}"), Datum("y", y, f"{y}"))

    drawn = front(Figures())
    xs, ys = scale(drawn.x, (0.0, 10.0), 0.0, 100.0), scale(drawn.y, (0.0, 10.0), 100.0, 0.0)
    line = _staircase((mark(1, 8), mark(3, 2), mark(9, 4)), xs, ys)
    assert line == [(xs.at(1), ys.at(8)), (xs.at(3), ys.at(8)), (xs.at(3), ys.at(2))]
