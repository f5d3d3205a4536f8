"""The one place of this room that calls SciPy's least squares, which come without types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize as _optimize  # pyright: ignore[reportMissingTypeStubs]

optimize: Any = _optimize

Array = NDArray[np.float64]


def least_squares(
    residuals: Callable[[Array], Array],
    start: Array,
    low: Array | float,
    high: Array | float,
    **settings: Any,
) -> Array:
    """Where the residuals' sum of squares is least between `low` and `high`; `settings` as `scipy.optimize` takes
    them."""
    found: Any = optimize.least_squares(residuals, start, bounds=(low, high), **settings)
    return found.x
