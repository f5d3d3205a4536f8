"""Passages that texts are cut into: counted by cutting, and by the splitter of a library where it is there."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groma.analyses import Context, figure
from groma.catalog import load_catalog
from groma.model.figure import Figure, Ledger
from groma.model.load import loads
from groma.model.position import ModelError
from groma.solvers.retrieval.passages import mean_passages, passages_of

MODEL = """groma: 1
system: Library
currency: EUR
components:
  wiki: {{kind: tool}}
  vectors: {{kind: index, index: {{kind: hnsw, {vectors}dimensions: 256, m: 16, ef: 64}}}}
data:
  pages: {{held_by: wiki}}
  chunks: {{held_by: vectors, made_from: pages, cut: {cut}}}
"""


def cut_up(length: int, passage: int, overlap: int) -> int:
    """Passages of a text, by moving a window over its tokens."""
    tokens, start, found = list(range(length)), 0, 0
    while True:
        found += 1
        if start + passage >= len(tokens):
            return found
        start += passage - overlap


@given(st.integers(0, 5000), st.integers(1, 600), st.data())
def test_a_text_is_cut_into_as_many_as_a_window_finds(length: int, passage: int, data: st.DataObject) -> None:
    overlap = data.draw(st.integers(0, passage - 1))
    assert passages_of(length, passage, overlap) == cut_up(length, passage, overlap)


@given(st.lists(st.integers(0, 4000), min_size=1, max_size=40), st.integers(2, 600), st.data())
def test_bounds_hold_whatever_the_lengths_are(lengths: list[int], passage: int, data: st.DataObject) -> None:
    overlap = data.draw(st.integers(0, passage - 1))
    low, high = mean_passages(sum(lengths) / len(lengths), passage, overlap)
    mean = sum(cut_up(each, passage, overlap) for each in lengths) / len(lengths)
    assert low - 1e-9 <= mean <= high + 1e-9


def test_bounds_of_short_and_of_long_texts() -> None:
    """A text makes one passage at least: (L - o) / (p - o) below, one more than L / (p - o) above."""
    assert mean_passages(10, 400, 40) == pytest.approx((1.0, 1.0 + 10 / 360))
    assert mean_passages(4000, 400, 40) == pytest.approx((11.0, 1.0 + 4000 / 360))


def test_it_is_what_the_splitter_of_langchain_makes() -> None:
    splitters = pytest.importorskip("langchain_text_splitters")
    rng = random.Random(3)
    for _ in range(200):
        passage = rng.randint(2, 300)
        overlap, length = rng.randint(0, passage - 1), rng.randint(1, 3000)
        made = splitters.base.split_text_on_tokens(
            text=" ".join("w" * length),
            tokenizer=splitters.base.Tokenizer(
                chunk_overlap=overlap,
                tokens_per_chunk=passage,
                decode=str,
                encode=lambda text: [*text.split()],
            ),
        )
        assert len(made) == passages_of(length, passage, overlap), (length, passage, overlap)


def test_passages_that_share_all_they_have_never_end() -> None:
    for overlap in (4, 5, -1):
        with pytest.raises(ValueError, match="longer than what it shares"):
            passages_of(10, 4, overlap)
    with pytest.raises(ModelError, match=re.escape("data.chunks.cut: a passage of 4 tokens must be longer")):
        loads(MODEL.format(vectors="", cut="{texts: 2, length: 8, passage: 4, overlap: 4}"))


def asked(measure: str, cut: str, vectors: str = "") -> Figure:
    model = loads(MODEL.format(vectors=vectors, cut=cut))
    return figure(Context(model, load_catalog(), Ledger(model.digest)), measure)


def test_an_index_keeps_a_vector_for_each_passage_unless_it_says_otherwise() -> None:
    exact = "{texts: 1000, length: 800 tokens, passage: 400, overlap: 40}"
    each = cut_up(800, 400, 40)
    assert asked("passages/chunks", exact).value == 1000 * each
    assert (
        asked("memory/vectors", exact).low == asked("memory/vectors", exact, f"vectors: {1000 * each}, ").low
    )
    assert asked("memory/vectors", exact, "vectors: 5, ").low != asked("memory/vectors", exact).low
    recall = asked("recall/vectors", exact)
    assert (recall.low, recall.high) == (
        asked("recall/vectors", exact, f"vectors: {1000 * each}, ").low,
        asked("recall/vectors", exact, f"vectors: {1000 * each}, ").high,
    )


def test_lengths_that_vary_give_an_interval_and_what_isnt_stated_is_asked_for() -> None:
    varied = asked(
        "passages/chunks", "{texts: 1000, length: 800 tokens ± 400 tokens, passage: 400, overlap: 40}"
    )
    assert varied.value is None
    assert varied.low == pytest.approx(1000 * 760 / 360) and varied.high == pytest.approx(
        1000 * (1 + 800 / 360)
    )
    bare = asked("passages/chunks", "{length: 800 tokens, passage: 400}")
    assert bare.low is None and "data.chunks.cut.texts" in bare.missing[0]
    assert asked("memory/vectors", "{length: 800 tokens, passage: 400}").missing


TWO = """groma: 1
system: Library
currency: EUR
components: {{vectors: {{kind: index, index: {{kind: flat, {vectors}dimensions: 256}}}}}}
data:
  pages: {{held_by: vectors, cut: {{texts: 100, length: {first}, passage: 400, overlap: 40}}}}
  notes: {{held_by: vectors, cut: {{texts: 50, length: {second}, passage: 100}}}}
"""


def test_an_index_of_two_kinds_of_texts_keeps_the_passages_of_both() -> None:
    def held(first: str, second: str, vectors: str = "") -> Figure:
        model = loads(TWO.format(vectors=vectors, first=first, second=second))
        return figure(Context(model, load_catalog(), Ledger(model.digest)), "memory/vectors")

    both = 100 * cut_up(800, 400, 40) + 50 * cut_up(250, 100, 0)
    assert held("800 tokens", "250 tokens").value == both * 256 * 4
    ranged = held("800 tokens", "250 tokens ± 50 tokens")
    assert ranged.value is None and ranged.low is not None and ranged.high is not None
    assert ranged.low <= both * 1024 <= ranged.high < 1.5 * both * 1024
    missing = held("unknown", "250 tokens")
    assert missing.value is None and any("length" in name or "vectors" in name for name in missing.missing)
    assert asked("passages/chunks", "{texts: 5, length: unknown, passage: 400}").low is None
