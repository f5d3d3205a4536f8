"""Latencies as sub-distributions on a lattice, carried twice so that every quantile is a guaranteed interval.

`Bracket` holds a fast and a slow `Lattice` between which the truth lies; laws of the model are put on an `Axis`
by `discretise`; the functions of `algebra` say what sequence, choice, join, race, timeout and repetition do.
"""

from groma.solvers.distributions.algebra import (
    compound,
    convolve,
    envelope_fast,
    envelope_slow,
    fastest,
    kth_of,
    mixture,
    power,
    rescale,
    scale_mass,
    shift,
    slowest,
    truncate,
)
from groma.solvers.distributions.bracket import Bracket
from groma.solvers.distributions.discretise import Joint, discretise, discretise_affine
from groma.solvers.distributions.lattice import Axis, Lattice, Rounding
from groma.solvers.distributions.law_functions import cdf_and_sf, limited_mean, raw_moments

__all__ = [
    "Axis",
    "Bracket",
    "Joint",
    "Lattice",
    "Rounding",
    "cdf_and_sf",
    "compound",
    "convolve",
    "discretise",
    "discretise_affine",
    "envelope_fast",
    "envelope_slow",
    "fastest",
    "kth_of",
    "limited_mean",
    "mixture",
    "power",
    "raw_moments",
    "rescale",
    "scale_mass",
    "shift",
    "slowest",
    "truncate",
]
