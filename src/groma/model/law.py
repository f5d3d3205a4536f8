"""Laws of spread: how a quantity varies from run to run.

A law is plain data (no mathematics library is needed to read a model); `groma.solvers.distributions` gives it
a distribution function. All laws are over the non-negative reals in the canonical unit of their quantity
(seconds, bytes, EUR, 1). `a ± b` in a model file is a gamma law with mean a and standard deviation b: it is
non-negative, has two moments to fit, and is exponential when b equals a.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Constant:
    """Always the same value."""

    value: float

    @property
    def mean(self) -> float:
        return self.value

    @property
    def sd(self) -> float:
        return 0.0

    @property
    def least(self) -> float:
        return self.value

    @property
    def most(self) -> float:
        return self.value


@dataclass(frozen=True, slots=True)
class Gamma:
    """Gamma law by mean and standard deviation (shape (mean/sd)^2, scale sd^2/mean); exponential when equal."""

    mean: float
    sd: float

    @property
    def least(self) -> float:
        return 0.0

    @property
    def most(self) -> float:
        return math.inf


@dataclass(frozen=True, slots=True)
class LogNormal:
    """Log-normal law by mean and standard deviation of the variable itself (not of its logarithm)."""

    mean: float
    sd: float

    @property
    def least(self) -> float:
        return 0.0

    @property
    def most(self) -> float:
        return math.inf

    @property
    def sigma(self) -> float:
        """Standard deviation of the logarithm."""
        return math.sqrt(math.log1p((self.sd / self.mean) ** 2))

    @property
    def mu(self) -> float:
        """Mean of the logarithm."""
        return math.log(self.mean) - self.sigma**2 / 2

    @staticmethod
    def from_quantiles(median: float, p95: float) -> LogNormal:
        """The log-normal law with this median and 95th percentile (same unit, 0 < median < p95)."""
        sigma = math.log(p95 / median) / 1.6448536269514722
        mean = median * math.exp(sigma**2 / 2)
        return LogNormal(mean, mean * math.sqrt(math.expm1(sigma**2)))


@dataclass(frozen=True, slots=True)
class Uniform:
    """Uniform law on [low, high]."""

    low: float
    high: float

    @property
    def mean(self) -> float:
        return (self.low + self.high) / 2

    @property
    def sd(self) -> float:
        return (self.high - self.low) / math.sqrt(12)

    @property
    def least(self) -> float:
        return self.low

    @property
    def most(self) -> float:
        return self.high


@dataclass(frozen=True, slots=True)
class Triangular:
    """Triangular law on [low, high] with mode `mode`."""

    low: float
    mode: float
    high: float

    @property
    def mean(self) -> float:
        return (self.low + self.mode + self.high) / 3

    @property
    def sd(self) -> float:
        a, c, b = self.low, self.mode, self.high
        return math.sqrt((a * a + b * b + c * c - a * b - a * c - b * c) / 18)

    @property
    def least(self) -> float:
        return self.low

    @property
    def most(self) -> float:
        return self.high


@dataclass(frozen=True, slots=True)
class Empirical:
    """Observed values with weights (weights sum to one); values are sorted, one atom each."""

    values: tuple[float, ...]
    weights: tuple[float, ...]

    @property
    def mean(self) -> float:
        return math.fsum(v * w for v, w in zip(self.values, self.weights, strict=True))

    @property
    def sd(self) -> float:
        mean = self.mean
        return math.sqrt(
            math.fsum(w * (v - mean) ** 2 for v, w in zip(self.values, self.weights, strict=True))
        )

    @property
    def least(self) -> float:
        return self.values[0]

    @property
    def most(self) -> float:
        return self.values[-1]

    @staticmethod
    def of(values: Sequence[float], weights: Sequence[float] | None = None) -> Empirical:
        """Sort, merge equal values and normalise the weights (equal weights when none are given)."""
        given = [1.0] * len(values) if weights is None else list(weights)
        total = math.fsum(given)
        merged: dict[float, float] = {}
        for value, weight in sorted(zip(values, given, strict=True)):
            merged[value] = merged.get(value, 0.0) + weight / total
        return Empirical(tuple(merged), tuple(merged.values()))


Law = Constant | Gamma | LogNormal | Uniform | Triangular | Empirical


def scaled(law: Law, factor: float) -> Law:
    """The law of `factor` times the variable (factor > 0)."""
    match law:
        case Constant(value):
            return Constant(value * factor)
        case Gamma(mean, sd):
            return Gamma(mean * factor, sd * factor)
        case LogNormal(mean, sd):
            return LogNormal(mean * factor, sd * factor)
        case Uniform(low, high):
            return Uniform(low * factor, high * factor)
        case Triangular(low, mode, high):
            return Triangular(low * factor, mode * factor, high * factor)
        case Empirical(values, weights):
            return Empirical(tuple(v * factor for v in values), weights)
