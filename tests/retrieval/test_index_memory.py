"""Bytes of indexes against what faiss writes, and recall against graphs measured anew."""

from __future__ import annotations

import math

import numpy as np
import pytest

from groma.catalog import load_catalog
from groma.solvers.retrieval import Measured, Shape, bytes_of, comparisons, recall_of

faiss = pytest.importorskip("faiss")
HEADER = 400
"""Bytes that faiss writes beside the arrays, at most."""


def _written(index: object) -> int:
    return len(faiss.serialize_index(index))


def _vectors(n: int, d: int) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(n, d)).astype(np.float32)


@pytest.mark.parametrize(("n", "d"), [(1000, 16), (3000, 48)])
def test_flat_and_scalar_codes(n: int, d: int) -> None:
    made = {
        "float32": faiss.IndexFlatL2(d),
        "float16": faiss.IndexScalarQuantizer(d, faiss.ScalarQuantizer.QT_fp16),
        "int8": faiss.IndexScalarQuantizer(d, faiss.ScalarQuantizer.QT_8bit),
    }
    for code, index in made.items():
        index.train(_vectors(n, d))
        index.add(_vectors(n, d))
        least, nominal, most = bytes_of(Shape("flat", n, d, code))  # type: ignore[arg-type]
        assert least == nominal == most
        assert 0 <= _written(index) - nominal <= HEADER, code


def test_product_and_binary_codes() -> None:
    n, d = 2000, 32
    product = faiss.IndexPQ(d, 8, 8)
    product.train(_vectors(n, d))
    product.add(_vectors(n, d))
    assert 0 <= _written(product) - bytes_of(Shape("flat", n, d, "product", code_bytes=8))[1] <= HEADER
    binary = faiss.IndexBinaryFlat(d)
    binary.add(np.zeros((n, d // 8), dtype=np.uint8))
    written = len(faiss.serialize_index_binary(binary))
    assert 0 <= written - bytes_of(Shape("flat", n, d, "binary"))[1] <= HEADER


def test_lists_around_centres() -> None:
    n, d, lists = 4000, 24, 32
    centres = faiss.IndexFlatL2(d)
    index = faiss.IndexIVFFlat(centres, d, lists)
    index.train(_vectors(n, d))
    index.add(_vectors(n, d))
    assert 0 <= _written(index) - bytes_of(Shape("ivf", n, d, lists=lists))[1] <= HEADER + 8 * lists


@pytest.mark.parametrize(("n", "m"), [(2000, 4), (5000, 16)])
def test_a_graph_lies_between_its_ends(n: int, m: int) -> None:
    index = faiss.IndexHNSWFlat(16, m)
    index.add(_vectors(n, 16))
    least, nominal, most = bytes_of(Shape("hnsw", n, 16, m=m))
    written = _written(index)
    assert least - HEADER <= written <= most
    assert written < least * 1.06  # the lower end is what faiss keeps
    assert least < nominal < most
    # hnswlib's own sum for one vector at the bottom: size_links_level0_ + data_size_ + sizeof(labeltype)
    assert math.isclose(nominal / n, (2 * m * 4 + 4) + 16 * 4 + 8 + 12 + (4 * m + 4) / (m - 1))


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


def _table() -> list[Measured]:
    rows = load_catalog().entries("hnsw-recall")
    return [
        Measured(
            int(r.text("vectors")), int(r.text("m")), int(r.text("ef")), float(r.text("recall")),
            float(r.text("error")), float(r.text("distances")),
        )
        for r in rows
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("n", "intrinsic", "m", "ef"), [(6000, 12, 8, 16), (6000, 40, 16, 64), (7000, 24, 24, 100)]
)
def test_graphs_that_arent_in_the_table_lie_within_what_it_encloses(
    n: int, intrinsic: int, m: int, ef: int
) -> None:
    base, asked = np.split(_vectors(n + 100, intrinsic), [n])
    wide = np.linalg.qr(np.random.default_rng(2).normal(size=(96, 96)))[0][:intrinsic].astype(np.float32)
    base, asked = base @ wide, asked @ wide  # laid into 96 dimensions: distances stay
    exact, graph = faiss.IndexFlatL2(96), faiss.IndexHNSWFlat(96, m)
    graph.hnsw.efConstruction, graph.hnsw.efSearch = 100, ef
    exact.add(base)
    graph.add(base)
    truth, found = exact.search(asked, 10)[1], graph.search(asked, 10)[1]
    recall = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(truth, found, strict=True)])
    held = recall_of(n, m, ef, _table())
    assert held.low is not None and held.high is not None
    assert held.low <= recall <= held.high
    assert held.high - held.low < 0.75


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
    table = _table()
    largest = max(r.vectors for r in table)
    beyond = recall_of(largest * 2, 16, 64, table)
    assert beyond.low is None and beyond.most is None
    assert beyond.high is not None and beyond.high < 1.01
    assert recall_of(1000, 16, 64, table).high is None
    assert recall_of(6000, 4, 64, table).low is None
    assert recall_of(6000, 64, 64, table).high is None
    assert recall_of(6000, 16, 8, table).low is None


def test_more_links_and_candidates_never_give_a_lower_low_end() -> None:
    table = _table()
    for n in (6000, 50_000):
        for ef in (16, 64, 256):
            lows = [recall_of(n, m, ef, table).low or 0.0 for m in (8, 16, 32)]
            assert lows == sorted(lows)
        for m in (8, 16, 32):
            lows = [recall_of(n, m, ef, table).low or 0.0 for ef in (16, 64, 256)]
            assert lows == sorted(lows)
