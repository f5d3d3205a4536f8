"""Control charts on standardised observations (mean 0, standard deviation 1, normal): how long until they signal.

CUSUM: S = max(0, S + x - k), signal at S >= h (E. Page 1954); Page-Hinkley's test is the same walk, with k as its
tolerance and h as its threshold. EWMA: z = weight x + (1 - weight) z, signal outside +- width sqrt(weight / (2 -
weight)). Average run lengths by the Markov chain of D. Brook and D. Evans, "An approach to the probability
distribution of cusum run length", Biometrika 59, 1972, 539, extrapolated to infinitely many states by the rule of
Richardson.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import optimize as _optimize  # pyright: ignore[reportMissingTypeStubs]
from scipy import special as _special  # pyright: ignore[reportMissingTypeStubs]

optimize: Any = _optimize
special: Any = _special
solve: Any = np.linalg.solve

STATES = 100
SHORTEST = 1.0


def cusum_arl(k: float, h: float, shift: float = 0.0) -> float:
    """Mean number of observations until a one-sided CUSUM signals, of observations whose mean is moved by `shift`."""
    if not (k >= 0.0 and h > 0.0):
        raise ValueError("expected k >= 0 and h > 0")
    return _extrapolated(lambda states: _cusum(k, h, shift, states))


def _cusum(k: float, h: float, shift: float, states: int) -> float:
    """Brook and Evans: states 0 .. t - 1 of width w = 2 h / (2 t - 1); the first is half as wide and holds zero."""
    width = 2.0 * h / (2 * states - 1)
    at = np.arange(states) * width
    upper = at[None, :] + width / 2.0 - at[:, None] + k - shift
    moves = special.ndtr(upper)
    chain = moves.copy()
    chain[:, 1:] -= moves[:, :-1]
    lengths = solve(np.eye(states) - chain, np.ones(states))
    return float(lengths[0])


def ewma_arl(weight: float, width: float, shift: float = 0.0) -> float:
    """Mean number of observations until a two-sided EWMA chart with its steady limits signals."""
    if not (0.0 < weight <= 1.0 and width > 0.0):
        raise ValueError("expected 0 < weight <= 1 and width > 0")
    limit = width * math.sqrt(weight / (2.0 - weight))
    return _extrapolated(lambda states: _ewma(weight, limit, shift, states))


def _ewma(weight: float, limit: float, shift: float, states: int) -> float:
    states = 2 * (states // 2) + 1
    step = 2.0 * limit / states
    middle = -limit + (np.arange(states) + 0.5) * step
    start = (1.0 - weight) * middle[:, None]
    high = special.ndtr((middle[None, :] + step / 2.0 - start) / weight - shift)
    low = special.ndtr((middle[None, :] - step / 2.0 - start) / weight - shift)
    lengths = solve(np.eye(states) - (high - low), np.ones(states))
    return float(lengths[states // 2])


def _extrapolated(length: Callable[[int], float]) -> float:
    """The error falls with the square of the number of states."""
    coarse, fine = length(STATES // 2), length(STATES)
    return max(SHORTEST, fine + (fine - coarse) / 3.0)


def cusum_limit(k: float, arl: float) -> float:
    """The least h whose CUSUM signals by chance once in `arl` observations or less often."""
    return _limit(lambda h: cusum_arl(k, h), arl)


def ewma_limit(weight: float, arl: float) -> float:
    """The least width whose EWMA chart signals by chance once in `arl` observations or less often."""
    return _limit(lambda width: ewma_arl(weight, width), arl)


def _limit(length: Callable[[float], float], arl: float) -> float:
    if not 1.0 < arl <= 1e6:
        raise ValueError(f"arl: expected between 1 and a million observations, found {arl}")
    low, high = 0.1, 2.0
    while length(high) < arl:
        low, high = high, high + 1.0
    if length(low) >= arl:
        return low
    # The logarithm of the run length is nearly a straight line in the limit, so few steps do.
    goal = math.log(arl)

    def off(limit: float) -> float:
        return math.log(length(limit)) - goal

    found = float(optimize.brentq(off, low, high, xtol=1e-6))
    return math.ceil(found * 1e4) / 1e4


def simulated_cusum(
    k: float, h: float, shift: float, runs: int, generator: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Run lengths drawn one by one: the oracle of the tests."""
    lengths = np.zeros(runs)
    level, alive, n = np.zeros(runs), np.ones(runs, dtype=bool), 0
    while alive.any():
        n += 1
        level[alive] = np.maximum(0.0, level[alive] + generator.standard_normal(int(alive.sum())) + shift - k)
        done = alive & (level >= h)
        lengths[done] = n
        alive &= ~done
    return lengths
