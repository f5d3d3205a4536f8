"""Bytes of indexes against what faiss writes, and recall against graphs measured anew."""

from __future__ import annotations

import math

import numpy as np
import pytest

from groma.solvers.retrieval import Shape, bytes_of, recall_of
from retrieval.given import hnsw_table

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
    held = recall_of(n, m, ef, hnsw_table())
    assert held.low is not None and held.high is not None
    assert held.low <= recall <= held.high
    assert held.high - held.low < 0.75
