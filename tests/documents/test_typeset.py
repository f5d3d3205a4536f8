"""Texts in pictures: as wide as the font says, broken within their width, nothing lost, no mark lost."""

from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groma.documents.glyphs import text_width
from groma.documents.inlines import Quote, Text, line
from groma.documents.pictures import font_files
from groma.documents.typeset import line_width, wrap


def test_widths_are_those_of_the_font_itself():
    pytest.importorskip("fontTools")
    from fontTools.ttLib import TTFont

    font = TTFont(next(path for path in font_files() if "400Regular.ttf" in path.name))
    cmap, advances, em = font.getBestCmap(), font["hmtx"], font["head"].unitsPerEm
    for text in ("Answer service", "5.1 s", "Größe ±3 €, 40 req/s", "Ωμέγα", "iIl|"):
        truth = sum(advances[cmap[ord(c)]][0] for c in text) / em * 13
        assert text_width(text, 13) == pytest.approx(truth, abs=0.02 * len(text))


def test_widths_agree_with_pillow_which_also_kerns():
    font_module = pytest.importorskip("PIL.ImageFont")
    data = BytesIO(Path(font_files()[0]).read_bytes())
    font = font_module.truetype(data, 100)
    for text in ("Answer service", "Tokens per answer", "Größe, Straße"):
        assert text_width(text, 100) == pytest.approx(font.getlength(text), rel=0.05)


@given(st.lists(st.text(max_size=30), max_size=6), st.integers(40, 200))
def test_lines_are_never_wider_than_asked(words: list[str], width: int):
    parts = tuple(Text(word) if nth % 2 else Quote("ref", word) for nth, word in enumerate(words))
    for row in wrap(parts, float(width), 13.0, 600, most=50):
        single = sum(len(run.text) for run in row) <= 2
        assert line_width(row, 13.0) <= width + 0.01 or single


@given(st.text(alphabet="ab -/.é", max_size=80))
def test_breaking_loses_nothing_but_white_space(text: str):
    rows = wrap((Text(text),), 60.0, 13.0, most=100)
    assert "".join(run.text for row in rows for run in row).replace(" ", "") == text.replace(" ", "")


def test_a_quoted_figure_is_not_torn_from_its_unit():
    rows = wrap(line("answers within ", Quote("p95", "5.1 s"), " mostly"), 110.0, 13.0)
    assert any(run == "5.1 s" for row in rows for run in (r.text for r in row if r.ref == "p95"))


def test_what_does_not_fit_ends_in_an_ellipsis():
    rows = wrap(line("one two three four five six seven eight nine ten"), 60.0, 13.0, most=2)
    assert len(rows) == 2
    assert rows[-1][-1].text.endswith("…")
    assert line_width(rows[-1], 13.0) <= 60
