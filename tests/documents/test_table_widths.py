"""Widths of printed columns: held against what CSS and typography ask, and against every width on a grid."""

from itertools import product
from math import ceil

import pytest

from groma.documents.content import Align, Column, Link, Quote, Row, Strong, Table, line
from groma.documents.glyphs import text_width
from groma.documents.inlines import Inlines
from groma.documents.table_widths import column_widths, lines_high, text_size

ROOM = 459.0
LONG = "nobody says what happens when the other side gives no answer and the run goes on without it "


def table(*rows: tuple[str | Inlines, ...], align: tuple[Align, ...] = ()) -> Table:
    aligns: tuple[Align, ...] = align or ("left",) * len(rows[0])
    columns = tuple(Column(f"C{n}", align=a) for n, a in enumerate(aligns))
    cells = tuple(Row(tuple(line(c) if isinstance(c, str) else c for c in row)) for row in rows)
    return Table(columns, cells)


def test_the_widths_fill_the_room_and_no_word_is_broken() -> None:
    made = table(("short", LONG, "Handwerkskammerbeitrag"), ("a", LONG * 2, "b"))
    widths = column_widths(made, ROOM)
    assert sum(widths) == pytest.approx(ROOM, abs=0.1)
    assert widths[2] >= text_width("Handwerkskammerbeitrag", text_size(made)), "the longest word"
    assert widths[1] > widths[2] > widths[0], "where the words are is the width"


def test_a_table_that_fits_keeps_numbers_narrow_and_gives_words_the_rest() -> None:
    widths = column_widths(table(("Hosting", "45 EUR"), ("Line", "5 EUR"), align=("left", "right")), ROOM)
    assert sum(widths) == pytest.approx(ROOM, abs=0.1)
    assert widths[1] == pytest.approx(text_width("00 EUR", 8.8) + 6.75), "digits are set equally wide"


def test_a_quoted_figure_stays_whole_and_strong_words_count_as_bold() -> None:
    figure = line(Quote("a", "141.5 to 152.2 EUR"))
    widths = column_widths(table((LONG * 3, figure, LONG * 3), align=("left", "right", "left")), ROOM)
    assert widths[1] >= text_width("000.0 to 000.0 EUR", 8.8), "never broken"
    bold = line(Strong(line(Link("#a", line("Wärmepumpenanlagenhersteller")))))
    plain = column_widths(table((LONG * 3, "Wärmepumpenanlagenhersteller")), ROOM)
    assert column_widths(table((LONG * 3, bold)), ROOM)[1] > plain[1]


def test_no_width_on_a_grid_makes_the_table_lower() -> None:
    """Brute force over all widths in steps of 17 pt: the local search comes within one line of the best."""
    made = table(
        (LONG, "Desk: rules", LONG * 2, "Office"),
        ("again", LONG, "fallback", "Office, Planner"),
        (LONG * 3, "b", LONG, "Planner"),
    )
    found = sum(lines_high(made, column_widths(made, ROOM)))
    steps = [34.0 + 17.0 * n for n in range(25)]
    best = min(
        sum(lines_high(made, (a, b, c, ROOM - a - b - c)))
        for a, b, c in product(steps, steps, steps)
        if ROOM - a - b - c >= 40.0
    )
    assert found <= best + 1


def test_words_that_leave_no_room_are_shrunk_together() -> None:
    widths = column_widths(table(("x" * 24,) * 9), 200.0)
    assert sum(widths) == pytest.approx(200.0, abs=0.1) and len(set(widths)) <= 3


def test_lines_are_counted_from_the_room_of_a_cell() -> None:
    made = table((LONG, "a"))
    whole = text_width(LONG.rstrip(), 8.8)
    assert lines_high(made, (whole / 2, 100.0)) == (ceil(text_width(LONG, 8.8) / (whole / 2 - 12)),)


def test_a_head_stands_on_two_lines_at_most() -> None:
    rows = [Row((line(LONG * 3), line("nothing"))) for _ in range(9)]
    made = Table((Column("What is seen"), Column("What stands there")), tuple(rows))
    size = text_size(made)
    assert column_widths(made, ROOM)[1] >= text_width("What stands", size - 0.4, 500)
