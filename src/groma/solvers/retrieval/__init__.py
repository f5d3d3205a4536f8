"""Sizes of vector indexes, the recall that was measured of them, and the chance that a context window overflows.

`bytes_of` (`index_memory`) counts the arrays of an index, `recall_of` (`recall`) encloses what measured graphs around
it found, `chance_above` (`overflow`) gives the chance that a sum of random parts exceeds a limit. No model here.
"""

from groma.solvers.retrieval.index_memory import Shape, bytes_of, comparisons
from groma.solvers.retrieval.overflow import chance_above
from groma.solvers.retrieval.recall import Measured, recall_of

__all__ = ["Measured", "Shape", "bytes_of", "chance_above", "comparisons", "recall_of"]
