"""Measure the recall of HNSW graphs and write the table `src/groma/catalog/data/hnsw-recall.csv`.

Vectors are drawn from laws whose intrinsic dimension is known: isotropic Gaussian (`even`, the hardest) and a mixture
of a hundred Gaussians a fifth as wide as they are apart (`clustered`). Distances don't change when such
vectors are laid into a larger space, so recall belongs to the intrinsic dimension, not to the number of columns.
Recall at 10 is the mean share of the ten true nearest (by exhaustive search) that are found over 200 queries of one
law; `distances` is how many vectors a query is compared with. faiss with efConstruction 100, one thread, seeded.

    python tools/measure_recall.py OUT.csv DATE
"""

from __future__ import annotations

import sys
from pathlib import Path

import faiss
import numpy as np

QUERIES, NEIGHBOURS, CLUSTERS, BUILT = 200, 10, 100, 100
GRAPHS = ((5_000, (8, 16, 32)), (20_000, (8, 16, 32)), (80_000, (8, 16, 32)), (320_000, (16,)))
"""Vectors, and links of the graphs over so many."""
HEAD = "vectors,intrinsic,shape,m,ef,recall,error,distances,as_of"


def drawn(shape: str, vectors: int, intrinsic: int) -> tuple[np.ndarray, np.ndarray]:
    """(vectors, queries) of a law."""
    random = np.random.default_rng([vectors, intrinsic, shape == "clustered"])
    found = random.normal(size=(vectors + QUERIES, intrinsic))
    if shape == "clustered":
        centres = random.normal(size=(CLUSTERS, intrinsic))
        found = centres[random.integers(CLUSTERS, size=len(found))] + 0.2 * found
    found = found.astype(np.float32)
    return found[:vectors], found[vectors:]


def measured(shape: str, vectors: int, intrinsic: int, m: int) -> list[tuple[int, float, float, float]]:
    """(ef, recall, its standard error, distances worked out a query) of one graph."""
    base, queries = drawn(shape, vectors, intrinsic)
    exact = faiss.IndexFlatL2(intrinsic)
    exact.add(base)
    truth = exact.search(queries, NEIGHBOURS)[1]
    graph = faiss.IndexHNSWFlat(intrinsic, m)
    graph.hnsw.efConstruction = BUILT
    graph.add(base)
    rows: list[tuple[int, float, float, float]] = []
    for ef in (16, 64, 256):
        graph.hnsw.efSearch = ef
        faiss.cvar.hnsw_stats.reset()
        answers = graph.search(queries, NEIGHBOURS)[1]
        hits = np.array([len(set(a) & set(t)) / NEIGHBOURS for a, t in zip(answers, truth, strict=True)])
        rows.append((ef, hits.mean(), hits.std() / QUERIES**0.5, faiss.cvar.hnsw_stats.ndis / QUERIES))
    return rows


def main(out: str, date: str) -> None:
    """Write the table, small graphs first, line by line."""
    faiss.omp_set_num_threads(1)
    with Path(out).open("w") as file:
        print(HEAD, file=file, flush=True)
        for vectors, links in GRAPHS:
            for intrinsic in (8, 32, 64):
                for shape in ("clustered", "even"):
                    for m in links:
                        for ef, recall, error, distances in measured(shape, vectors, intrinsic, m):
                            print(
                                f"{vectors},{intrinsic},{shape},{m},{ef},{recall:.4f},{error:.4f},{distances:.0f},{date}",
                                file=file, flush=True,
                            )  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
