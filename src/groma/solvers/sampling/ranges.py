"""The law of an argument that is only known to a range.

With nothing but the ends known, the uniform law says least beyond that (JCGM 101:2008, 6.4.2). Where a value is stated
within the range, it is taken as the one most likely and chances fall to nought at the ends: the triangular law (JCGM
100:2008, 4.3.9, gives it for ranges whose middle is likelier than their ends).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Range:
    """From `low` to `high`; uniform, or triangular with its mode at `likely` where that is stated."""

    low: float
    high: float
    likely: float | None = None

    @property
    def law(self) -> str:
        return "uniform" if self.likely is None else "triangular"

    def quantile(self, shares: NDArray[np.float64]) -> NDArray[np.float64]:
        """The values below which these shares (0 to 1) of the law lie; never outside the range."""
        width = self.high - self.low
        if self.likely is None:
            found = self.low + width * shares
        else:
            rising, falling = self.likely - self.low, self.high - self.likely
            left = self.low + np.sqrt(np.maximum(shares * width * rising, 0.0))
            right = self.high - np.sqrt(np.maximum((1.0 - shares) * width * falling, 0.0))
            found = np.where(shares * width < rising, left, right)
        return np.clip(found, self.low, self.high)
