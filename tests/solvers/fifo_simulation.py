"""An independent oracle: FIFO GI/G/c by the Kiefer-Wolfowitz recursion, with a seed."""

from __future__ import annotations

import heapq
import math

import numpy as np

from groma.model.law import Constant, Empirical, Gamma, Law, LogNormal, Uniform


def draw(law: Law, generator: np.random.Generator, count: int) -> np.ndarray:
    match law:
        case Constant(value):
            return np.full(count, value)
        case Gamma(mean, sd):
            return generator.gamma((mean / sd) ** 2, sd**2 / mean, count)
        case LogNormal():
            return generator.lognormal(law.mu, law.sigma, count)
        case Uniform(low, high):
            return generator.uniform(low, high, count)
        case Empirical(values, weights):
            return generator.choice(np.array(values), count, p=np.array(weights))
        case _:
            raise NotImplementedError(law)


def simulated_waits(arrivals: Law, service: Law, servers: int, count: int, seed: int) -> np.ndarray:
    """Waits of `count` jobs after a tenth of them to settle."""
    generator = np.random.default_rng(seed)
    settle = count // 10
    times = np.cumsum(draw(arrivals, generator, count + settle)).tolist()
    lengths = draw(service, generator, count + settle).tolist()
    free = [0.0] * servers
    waits = np.empty(count + settle)
    for index, (time, length) in enumerate(zip(times, lengths, strict=True)):
        begin = max(time, free[0])
        heapq.heapreplace(free, begin + length)
        waits[index] = begin - time
    return waits[settle:]


def batch_error(values: np.ndarray, batches: int = 40) -> float:
    """Five standard errors of the mean by batch means (the values are correlated), and room for 25 rare ones."""
    means = np.array([part.mean() for part in np.array_split(values, batches)])
    return 5.0 * float(means.std(ddof=1)) / math.sqrt(batches) + 25.0 / values.size
