"""Independent replications until an interval is narrow enough (Law, Simulation Modeling and Analysis, 5th ed., 9.4).

A batch of replications is a pure function of program, settings, seed and numbers, so that whoever has processes or
machines can spread them (`runner`) and go on where they stopped; results are the same in whatever order they come.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from groma.solvers.simulation.outcome import Outcome
from groma.solvers.simulation.program import Program
from groma.solvers.simulation.running import run
from groma.solvers.simulation.settings import Settings

Measure = Callable[[Outcome], float]
Runner = Callable[[Sequence[int]], Iterable[Outcome]]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over replications with its interval. `values` are in the order of replications; NaN ones are left out
    and counted by `missing`."""

    values: tuple[float, ...] = field(repr=False)
    confidence: float
    missing: int = 0

    @property
    def mean(self) -> float:
        """NaN of none."""
        return math.fsum(self.values) / len(self.values) if self.values else math.nan

    @property
    def half_width(self) -> float:
        """Student t over independent values; infinite of fewer than two."""
        n = len(self.values)
        if n < 2:
            return math.inf
        mean = self.mean
        variance = math.fsum((v - mean) ** 2 for v in self.values) / (n - 1)
        return student(self.confidence, n - 1) * math.sqrt(variance / n)

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper end."""
        return self.mean - self.half_width, self.mean + self.half_width


@dataclass(frozen=True, slots=True)
class Replicated:
    """Estimates by name. `reached`: whether all intervals are as narrow as was asked for; `too_many`: replications
    that had to be stopped with too many tasks (their values count all the same)."""

    estimates: Mapping[str, Estimate]
    replications: int
    reached: bool
    too_many: int


def student(confidence: float, freedom: int) -> float:
    """The two-sided quantile of Student's t."""
    from scipy.special import stdtrit  # pyright: ignore[reportMissingTypeStubs]

    return float(stdtrit(freedom, 0.5 + confidence / 2))


def batch(
    program: Program, settings: Settings, seed: int, numbers: Sequence[int], interpreted: bool = False
) -> tuple[Outcome, ...]:
    """Replications by their numbers."""
    return tuple(run(program, settings, seed=seed, replication=n, interpreted=interpreted) for n in numbers)


def replicate(
    program: Program,
    settings: Settings,
    measures: Mapping[str, Measure],
    *,
    seed: int = 1,
    relative: float = 0.05,
    absolute: float = 0.0,
    confidence: float = 0.95,
    least: int = 10,
    most: int = 1000,
    runner: Runner | None = None,
) -> Replicated:
    """Replications until the half width of every measure is at most `relative` of its mean, or `absolute`.

    At least `least` (a first interval from few is too hopeful), at most `most`. Each time as many more are made as the
    widest interval seems to need, up to double. ValueError for bounds that make no sense.
    """
    if not 2 <= least <= most or not 0.0 < confidence < 1.0:
        raise ValueError("Replications need 2 <= least <= most, and a confidence between 0 and 1.")
    runner = runner or (lambda numbers: batch(program, settings, seed, numbers))
    values: dict[str, list[float]] = {name: [] for name in measures}
    done = too_many = 0
    wanted = least
    while True:
        for outcome in runner(range(done, wanted)):
            too_many += outcome.too_many
            for name, measure in measures.items():
                values[name].append(measure(outcome))
        done = wanted
        estimates = {name: estimate(found, confidence) for name, found in values.items()}
        lacking = max((_lacking(e, relative, absolute) for e in estimates.values()), default=0.0)
        if lacking <= 1.0 or done >= most:
            return Replicated(estimates, done, lacking <= 1.0, too_many)
        wanted = min(most, 2 * done, math.ceil(done * min(lacking, 2.0) ** 2))


def estimate(values: Sequence[float], confidence: float = 0.95) -> Estimate:
    """The estimate of independent values; NaN ones (nothing was seen) are left out and counted."""
    seen = tuple(v for v in values if not math.isnan(v))
    return Estimate(seen, confidence, len(values) - len(seen))


def batch_means(values: Sequence[float], batches: int = 20, confidence: float = 0.95) -> Estimate:
    """The alternative for one long run: means of consecutive batches, taken as independent.

    The first values that don't fill a batch are left out. ValueError for fewer than two values a batch.
    """
    size = len(values) // batches
    if batches < 2 or size < 2:
        raise ValueError(f"{len(values)} values are too few for {batches} batches.")
    start = len(values) - size * batches
    return estimate(
        [math.fsum(values[start + n * size : start + (n + 1) * size]) / size for n in range(batches)],
        confidence,
    )


def _lacking(e: Estimate, relative: float, absolute: float) -> float:
    """The half width over what is allowed."""
    allowed = max(relative * abs(e.mean), absolute) if e.values else 0.0
    half = e.half_width
    if half == 0.0:
        return 0.0
    return half / allowed if allowed > 0.0 else math.inf
