"""What a run spends, as a distribution: money and calls per run, over all runs however they end.

`figures` gives `cost/FLOW/pNN` and `calls/FLOW/mean|pNN`; `reader` reads a program into outcomes whose lattice carries
money or calls in place of time; `priced` is the law of what one call costs.
"""

from groma.analyses.spending.figures import figure

__all__ = ["figure"]
