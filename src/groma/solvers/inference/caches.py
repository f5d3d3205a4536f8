"""What caches of a language model save: of shared starts of prompts, and of whole answers.

A provider keeps the start of a prompt for a time that begins anew at each use. With calls in a Poisson stream of rate r
and a life of t seconds the next call finds it with probability 1 - exp(-r t) (a renewal argument, exact).

A semantic cache answers from what was answered before to something alike. A share of its hits is wrong, and each of
those costs what a wrong answer costs.
"""

from __future__ import annotations

import math


def kept_warm(rate: float, life: float) -> float:
    """Share of calls that find the shared start still kept."""
    if rate < 0 or life < 0:
        raise ValueError("expected a rate and a life of zero or more")
    return -math.expm1(-rate * life)


def net_of_false_hits(hits: float, false: float, call: float, wrong: float, look_up: float = 0.0) -> float:
    """Money saved a look-up: hits that need no call, less what wrong ones among them cost, less the look-up itself."""
    if not (0.0 <= hits <= 1.0 and 0.0 <= false <= 1.0) or min(call, wrong, look_up) < 0:
        raise ValueError("expected shares between 0 and 1 and money of zero or more")
    return hits * (call - false * wrong) - look_up
