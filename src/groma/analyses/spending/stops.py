"""The chance that a loop whose input grows ends after so many rounds."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from groma.analyses.outcome.quantity import law_at
from groma.analyses.outcome.repeat import count_bound, count_law
from groma.model.program import Repeat
from groma.model.quantity import Quantity

MOST_ROUNDS = 200
"""Rounds in which an input grows that are followed one by one."""


def stops(loop: Repeat, end: Literal["low", "high"]) -> tuple[float, ...]:
    """The chance of stopping after 0, 1, 2, ... rounds that ended ok, with few (`low`) or many of them; where nobody
    knows, at once and never."""
    bound = loop.at_most if loop.at_most is not None and loop.at_most <= MOST_ROUNDS else None
    never = (0.0,) * bound + (1.0,) if bound is not None else (0.0,) * (MOST_ROUNDS + 1)
    if loop.until is not None:
        least, most = (loop.until.low, loop.until.high) if isinstance(loop.until, Quantity) else (0.0, 1.0)
        last = most if end == "low" else least
        if bound is not None:
            return (0.0, *([last] * (bound - 1)), 1.0)
        enough = (
            MOST_ROUNDS if last <= 0 else 1 if last >= 1 else math.ceil(math.log(1e-13) / math.log1p(-last))
        )
        return (0.0, *([last] * min(MOST_ROUNDS, enough)))
    if isinstance(loop.times, Quantity):
        mean = loop.times.low if end == "low" else loop.times.high
        pmf = count_law(law_at(loop.times, mean), count_bound(loop))
        if pmf is not None and len(pmf) <= MOST_ROUNDS + 1:
            left = np.cumsum(pmf[::-1])[::-1]
            return tuple((pmf / left).tolist())
    return (1.0,) if end == "low" else never
