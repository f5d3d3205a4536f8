"""Bytes of a vector index and vectors that a search compares with, counted from the arrays that it keeps.

n vectors of d numbers, c bytes each in their code:

- flat: n c. Codes: float32 4 d, float16 2 d, int8 d, binary ceil(d / 8), product as stated
  (Jegou, Douze, Schmid, "Product quantization for nearest neighbor search", 2011); a product quantiser of 8 bits keeps
  256 centres of d float32 beside, an int8 one a range of two float32 a dimension.
- ivf: n (c + 8) (code and 64-bit id) and its centres, 4 d a list (Douze et al., "The Faiss library", 2024, section 5).
- hnsw: a vector's links are 2 M at the bottom and M in each layer above; it reaches layer l with chance M^-l, so 1 /
  (M - 1)
  layers above in the mean (Malkov & Yashunin, "Efficient and robust approximate nearest neighbor search", 2018, 4.1).
  The lower end counts what faiss 1.15 keeps: 4 bytes a link, 12 a vector (offset, level). The upper end counts what
  hnswlib 0.8 keeps in memory: two link counts of 4 bytes, label 8, pointer 8, level 4, a lock of 40 and an entry of its
  hash table of up to 48 bytes. The number of layers is random: three standard deviations are added on each side.

The allocator's spare room, growth by doubling while it is built, and the texts themselves are not in it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Kind = Literal["flat", "hnsw", "ivf"]
Code = Literal["float32", "float16", "int8", "binary", "product"]

MOST_VECTORS, MOST_DIMENSIONS, MOST_LINKS = 1e11, 65_536, 2_048
CENTRES = 256
RUNTIME = 40 + 48
"""Bytes a vector of locks and the table of labels in hnswlib."""


@dataclass(frozen=True, slots=True)
class Shape:
    """An index of `vectors` of `dimensions` numbers: `m` links (hnsw), `lists` (ivf), `code_bytes` (product)."""

    kind: Kind
    vectors: float
    dimensions: int
    code: Code = "float32"
    code_bytes: int | None = None
    m: int | None = None
    lists: int | None = None

    @property
    def bytes_of_code(self) -> int:
        """Of one vector. Raises ValueError where a product code doesn't say how long it is."""
        match self.code:
            case "float32":
                return 4 * self.dimensions
            case "float16":
                return 2 * self.dimensions
            case "int8":
                return self.dimensions
            case "binary":
                return -(-self.dimensions // 8)
            case "product":
                if self.code_bytes is None:
                    raise ValueError("a product code needs its `code_bytes`")
                return self.code_bytes

    @property
    def trained(self) -> int:
        """Bytes that the code keeps once for all vectors."""
        if self.code == "product":
            return CENTRES * self.dimensions * 4
        return 8 * self.dimensions if self.code == "int8" else 0


def bytes_of(shape: Shape) -> tuple[float, float, float]:
    """(least, nominal, most) bytes. Raises ValueError for what isn't stated or is beyond what is counted here."""
    n, d = shape.vectors, shape.dimensions
    if not 0 <= n <= MOST_VECTORS or d > MOST_DIMENSIONS:
        raise ValueError(f"counted up to {MOST_VECTORS:.0e} vectors of {MOST_DIMENSIONS} dimensions")
    bare = n * shape.bytes_of_code + shape.trained
    if shape.kind == "flat":
        return bare, bare, bare
    if shape.kind == "ivf":
        if shape.lists is None:
            raise ValueError("an ivf index needs its number of `lists`")
        whole = bare + 8 * n + shape.lists * d * 4
        return whole, whole, whole
    if shape.m is None or not 2 <= shape.m <= MOST_LINKS:
        raise ValueError(f"an hnsw index needs `m` between 2 and {MOST_LINKS}")
    layers = 1.0 / (shape.m - 1)
    spread = 3.0 * math.sqrt(n * shape.m) / (shape.m - 1)
    upper, most = n * layers, n * layers + spread
    least = bare + n * (8 * shape.m + 12) + max(0.0, upper - spread) * 4 * shape.m
    kept = bare + n * (8 * shape.m + 4 + 8 + 8 + 4)
    nominal = kept + upper * (4 * shape.m + 4)
    return least, nominal, kept + most * (4 * shape.m + 4) + n * RUNTIME


def comparisons(shape: Shape, probes: int | None = None) -> float | None:
    """Vectors that a search compares with in the mean: all of them; centres and the lists looked into, taken as equally
    long. None for a graph, of which it is measured (see `recall`)."""
    if shape.kind == "flat":
        return shape.vectors
    if shape.kind == "ivf" and shape.lists is not None and probes is not None:
        return shape.lists + shape.vectors * min(probes, shape.lists) / shape.lists
    return None
