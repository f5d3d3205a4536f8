"""Scrambled Sobol points: a sample that fills the unit cube more evenly than chance would.

Sobol's sequence (1967) with the direction numbers of Joe and Kuo (2008), scrambled by a random linear matrix and a
digital shift (Matousek 1998), as `scipy.stats.qmc.Sobol` does it. Each scrambling alone is an unbiased sample, and for
smooth functions its error falls nearly as fast as 1/n, against 1/sqrt(n) by chance; several independent ones show how
large it is (Owen 1997).
"""

from __future__ import annotations

import hashlib
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray


def sobol_points(dimensions: int, count: int, seed: str) -> NDArray[np.float64]:
    """`count` (a power of two) points in [0, 1)^dimensions, one a row; another `seed` is an independent scrambling.

    Raises ValueError for another count, which would lose the balance of the points.
    """
    if count < 1 or count & (count - 1):
        raise ValueError(f"expected a power of two, found {count}")
    if dimensions == 0:
        return np.zeros((count, 0))
    import scipy.stats.qmc  # pyright: ignore[reportMissingTypeStubs]

    engine = cast(Any, scipy.stats.qmc).Sobol(
        dimensions, scramble=True, rng=np.random.default_rng(_number(seed))
    )
    points: NDArray[np.float64] = engine.random_base2(count.bit_length() - 1)
    return points


def _number(seed: str) -> int:
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:16], "big")
