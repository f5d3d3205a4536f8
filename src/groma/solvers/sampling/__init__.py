"""Sampling of functions whose arguments are only known to ranges: points, laws, estimates, shares of variance.

Numbers and arrays in, numbers and arrays out; what the function is and where it is worked out is the caller's.

- `sobol_points`: scrambled Sobol points, the same for the same name and seed
- `Range`: one argument's law over its range (uniform, or triangular about a stated value) and its quantiles
- `Estimate`, `estimate`, `jackknife`: a number from several independent scramblings, with its interval
- `quantile_of`: a quantile of a sample whose values may be infinite
- `indices`: first-order and total Sobol indices from the values at the points of `mixed_points`
"""

from groma.solvers.sampling.estimate import Estimate, estimate, jackknife, quantile_of
from groma.solvers.sampling.indices import Indices, indices, mixed_points
from groma.solvers.sampling.points import sobol_points
from groma.solvers.sampling.ranges import Range

__all__ = [
    "Estimate",
    "Indices",
    "Range",
    "estimate",
    "indices",
    "jackknife",
    "mixed_points",
    "quantile_of",
    "sobol_points",
]
