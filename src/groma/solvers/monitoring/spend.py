"""Money spent within a sliding window: a limit that chance passes no more often than so many times a second.

Runs of each kind come as a Poisson stream and cost independent amounts, so that what is spent within a window w is
compound Poisson. The rate at which it passes a limit T upwards is, by the Mecke formula (Last & Penrose, "Lectures on
the Poisson Process", 2017, theorem 4.1), at most the sum over kinds of rate_i P(S + X_i > T). Markov's inequality on
e^(t S) bounds each by rate_i M_i(t) exp(w sum_j rate_j (M_j(t) - 1) - t T) for every t > 0 (Chernoff; M is the moment
generating function), so any t gives a limit that holds, and the best of many is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
TRIED = 400


@dataclass(frozen=True, slots=True)
class Stream:
    """Runs a second, what they may cost, and the share of runs that cost so much (shares add up to one)."""

    rate: float
    amounts: Array
    shares: Array

    @property
    def mean(self) -> float:
        """Money a second."""
        return self.rate * float(self.amounts @ self.shares)


def spend_limit(streams: Sequence[Stream], window: float, alarms: float) -> float:
    """The least found limit that what is spent within `window` seconds passes at most `alarms` times a second.

    Zero where nothing is spent. Raises ValueError for a window, a rate of alarms or shares that make no sense.
    """
    if window <= 0.0 or alarms <= 0.0:
        raise ValueError("a window and a rate of alarms are greater than zero")
    kept = [s for s in streams if s.rate > 0.0 and s.mean > 0.0]
    if not kept:
        return 0.0
    for stream in kept:
        if abs(float(stream.shares.sum()) - 1.0) > 1e-6 or float(stream.shares.min()) < 0.0:
            raise ValueError("shares of runs add up to one")
    largest = max(float(s.amounts.max()) for s in kept)
    tilts = np.geomspace(1e-6, 50.0, TRIED) / largest
    once = np.array([[float(np.exp(t * s.amounts) @ s.shares) for s in kept] for t in tilts])
    rates = np.array([s.rate for s in kept])
    together = window * ((once - 1.0) @ rates)
    started = np.log((once @ rates) / alarms)
    limits = (together + started) / tilts
    return max(float(limits.min()), window * sum(s.mean for s in kept))
