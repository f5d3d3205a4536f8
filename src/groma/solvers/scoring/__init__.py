"""Points and weights: absolute scoring that no other bid can move, and for which weights the first stays first.

All arithmetic is in exact fractions, so a ranking never hangs on rounding.
"""

from groma.solvers.scoring.points import between, lowest_price_share, ranking, total
from groma.solvers.scoring.weights import Lead, Span, least_shift, spans

__all__ = ["Lead", "Span", "between", "least_shift", "lowest_price_share", "ranking", "spans", "total"]
