"""Bytes of indexes counted by hand, and what measured graphs around one enclose."""

from __future__ import annotations

import math

import pytest

from groma.solvers.retrieval import Measured, Shape, bytes_of, comparisons, recall_of
from retrieval.given import hnsw_table


def test_what_each_code_keeps_is_counted_by_hand() -> None:
    """Of 1000 vectors of 20 numbers: codes, what is trained once, and 50 lists of a centre and ids of 8 bytes."""
    for code, each, once in (
        ("float32", 80, 0), ("float16", 40, 0), ("int8", 20, 160), ("binary", 3, 0), ("product", 7, 256 * 80),
    ):  # fmt: skip
        of = 7 if code == "product" else None
        bare = 1000.0 * each + once
        assert bytes_of(Shape("flat", 1000, 20, code, of)) == (bare, bare, bare)
        with_lists = bare + 8000 + 50 * 80
        assert bytes_of(Shape("ivf", 1000, 20, code, of, lists=50)) == (with_lists,) * 3


@pytest.mark.parametrize("m", [2, 5, 16])
def test_layers_of_a_graph_are_geometric_and_three_deviations_are_allowed_on_each_side(m: int) -> None:
    """Mean and variance of a vector's layers by adding up their law, P(l or more) = m^-l; bytes a vector as faiss keeps
    them (2 m links at the bottom and m above, of 4 bytes; 12) and hnswlib (counts of 4; label 8, pointer 8, level 4;
    lock 40, entry 48)."""
    n, law = 1000, [m**-k * (1 - 1 / m) for k in range(60)]
    mean = sum(k * p for k, p in enumerate(law))
    off = 3 * math.sqrt(n * sum((k - mean) ** 2 * p for k, p in enumerate(law)))
    least, nominal, most = bytes_of(Shape("hnsw", n, 20, m=m))
    assert least == pytest.approx(n * (80 + 8 * m + 12) + (n * mean - off) * 4 * m)
    assert nominal == pytest.approx(n * (80 + 8 * m + 4 + 20) + n * mean * (4 * m + 4))
    assert most == pytest.approx(n * (80 + 8 * m + 24 + 88) + (n * mean + off) * (4 * m + 4))
    few = bytes_of(Shape("hnsw", 1, 20, m=m))[0]  # maybe no layer above
    assert few == 80 + 8 * m + 12


def test_the_largest_index_that_is_counted() -> None:
    assert bytes_of(Shape("flat", 1e11, 65_536, "binary"))[0] == 1e11 * 8192
    assert bytes_of(Shape("hnsw", 0, 4, m=2048)) == (0.0, 0.0, 0.0)
    for shape in (Shape("flat", 1e11 + 1e5, 4), Shape("flat", 1, 65_537), Shape("hnsw", 1, 4, m=2049)):
        with pytest.raises(ValueError, match=r"needs|counted"):
            bytes_of(shape)


def test_what_isnt_stated_is_refused() -> None:
    for shape in (
        Shape("hnsw", 10, 4), Shape("hnsw", 10, 4, m=1), Shape("ivf", 10, 4), Shape("flat", 10, 4, "product"),
        Shape("flat", 1e12, 4), Shape("flat", 10, 100_000), Shape("flat", -1, 4),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=r"needs|counted"):
            bytes_of(shape)


def test_comparisons_of_lists_are_counted() -> None:
    assert comparisons(Shape("flat", 500, 4)) == 500
    assert comparisons(Shape("ivf", 10_000, 4, lists=100), probes=5) == 100 + 500
    assert comparisons(Shape("ivf", 10_000, 4, lists=100), probes=1000) == 100 + 10_000
    assert comparisons(Shape("hnsw", 10, 4, m=4)) is None


def test_three_standard_errors_are_taken_off_and_added() -> None:
    """Two laws at the point itself: the worse and the better of them; never beyond nought and one."""
    table = [Measured(1000, 16, 64, 0.9, 0.01, 500.0), Measured(1000, 16, 64, 0.8, 0.02, 700.0)]
    found = recall_of(1000, 16, 64, table)
    assert (found.low, found.high) == pytest.approx((0.74, 0.93))
    assert (found.fewest, found.most) == (500.0, 700.0)
    sure = recall_of(
        1000, 16, 64, [Measured(1000, 16, 64, 0.99, 0.01, 5.0), Measured(1000, 16, 64, 0.01, 0.01, 5.0)]
    )
    assert (sure.low, sure.high) == (0.0, 1.0)


def test_of_what_was_measured_the_nearest_in_every_respect_counts() -> None:
    """Harder: more vectors, fewer links and candidates; easier the other way round. Where none is nearest in all three,
    nothing is said. Work rises with all three."""
    near, far = Measured(2000, 8, 32, 0.7, 0.0, 5.0), Measured(4000, 4, 16, 0.1, 0.0, 9.0)
    assert recall_of(1000, 16, 64, [near, far]).low == recall_of(1000, 16, 64, [far, near]).low == 0.7
    assert (
        recall_of(
            1000, 16, 64, [Measured(4000, 8, 16, 0.1, 0.0, 9.0), Measured(2000, 4, 32, 0.7, 0.0, 5.0)]
        ).low
        is None
    )
    near, far = Measured(500, 24, 128, 0.95, 0.0, 5.0), Measured(200, 32, 256, 0.99, 0.0, 9.0)
    assert recall_of(1000, 16, 64, [near, far]).high == recall_of(1000, 16, 64, [far, near]).high == 0.95
    assert (
        recall_of(
            1000, 16, 64, [Measured(500, 32, 128, 0.9, 0.0, 9.0), Measured(200, 24, 256, 0.9, 0.0, 5.0)]
        ).high
        is None
    )
    more = [Measured(2000, 24, 128, 0.9, 0.0, 800.0), Measured(4000, 32, 256, 0.9, 0.0, 1600.0)]
    less = [Measured(500, 8, 32, 0.9, 0.0, 200.0), Measured(200, 4, 16, 0.9, 0.0, 100.0)]
    for rows in ([*more, *less], [*reversed(less), *reversed(more)]):
        found = recall_of(1000, 16, 64, rows)
        assert (found.fewest, found.most, found.low, found.high) == (200.0, 800.0, None, None)


def test_nothing_is_said_beyond_what_was_measured() -> None:
    table = hnsw_table()
    largest = max(r.vectors for r in table)
    beyond = recall_of(largest * 2, 16, 64, table)
    assert beyond.low is None and beyond.most is None
    assert beyond.high is not None and beyond.high < 1.01
    assert recall_of(1000, 16, 64, table).high is None
    assert recall_of(6000, 4, 64, table).low is None
    assert recall_of(6000, 64, 64, table).high is None
    assert recall_of(6000, 16, 8, table).low is None


def test_more_links_and_candidates_never_give_a_lower_low_end() -> None:
    table = hnsw_table()
    for n in (6000, 50_000):
        for ef in (16, 64, 256):
            lows = [recall_of(n, m, ef, table).low or 0.0 for m in (8, 16, 32)]
            assert lows == sorted(lows)
        for m in (8, 16, 32):
            lows = [recall_of(n, m, ef, table).low or 0.0 for ef in (16, 64, 256)]
            assert lows == sorted(lows)
