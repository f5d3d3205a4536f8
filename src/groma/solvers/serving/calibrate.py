"""Fitting the coefficients of an iteration to measured runs, so that systems nobody measured get sensible values.

Base coefficients are shared by all; factors of an engine, a format, a family of accelerators, a class of models and two
pairs of these are drawn towards 1 (a normal prior on their logarithm, `SHRINK`: a hierarchical model's partial pooling,
Gelman and Hill, 2007), so a mark seen in one group alone moves little. What is made small is the logarithm of predicted
over measured, softened against outliers; each group (model, system, engine) weighs as the root of its number of runs.

Predicted is what the scheduler gives for the closed loop that was measured (`closed_loop`), with the times of its
iterations summed; no steady state or other shape of the waiting is assumed.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from groma.solvers.serving.closed_loop import Load, schedule
from groma.solvers.serving.iteration import BASE, Array, Coefficients, cache_marks, ideal, marks, of_tokens
from groma.solvers.serving.least_squares import least_squares
from groma.solvers.serving.policy import Policy
from groma.solvers.serving.shape import Accelerator, Format, Layout, Shape

SHRINK = 0.15
"""Standard deviation of a factor's logarithm before anything is known; of a pair's, which comes on top, 0.7 of it."""

LOOSE = 0.5
"""That of a base coefficient around where the fit starts; of seconds, which no data sheet states, twice that."""

TRUST = 0.5
"""Logarithm of a miss that costs as much as a factor off by its standard deviation."""

FIRST = 0.7
"""Weight of the time to the first token beside the time between tokens."""

FLOORS = {
    "weights": 1.0,
    "experts": 1.0,
    "cache": 0.5,
    "matrices": 1.0,
    "mixtures": 1.0,
    "attention": 1.0,
    "link": 1.0,
    "lag": 0.3,
    "reach": 0.2,
    "apart": 1.0,
}
"""Nothing is faster than its data sheet; a cache may be kept in eight bits without the run saying so."""

CEILINGS = {"reach": 1.0, "apart": 4.0}
SECONDS = ("layer", "expert_layer", "latent_layer", "step", "hop", "sequence", "start", "start_token", "lag")
WHATS = ("step", "fixed", "prompt", "cache", "start", "lag")
"""What has factors: time of a step, its fixed costs, time of a prompt, of cached tokens, what passes outside."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One run of a `load` under a policy, with room for `capacity` tokens of cache; seconds measured. Without
    `admitted` the time to its first token holds waits or a warm-up that nothing published explains, and isn't used."""

    id: str
    shape: Shape
    accelerator: Accelerator
    form: Format
    layout: Layout
    engine: str
    load: Load
    policy: Policy
    capacity: int
    ttft: float
    tpot: float
    protocol: str = ""
    admitted: bool = True

    @property
    def group(self) -> tuple[str, str, str]:
        return self.shape.name, self.accelerator.name, self.engine


class _Runs:
    """Runs as columns, and the kinds of iterations of all of them one after the other."""

    def __init__(self, rows: Sequence[Measurement]) -> None:
        kinds = [schedule(row.load, row.policy, row.capacity) for row in rows]
        self.count = len(rows)
        self.row = np.repeat(np.arange(len(rows)), [len(kind.prompt) for kind in kinds])
        names = ("decoding", "cached", "prompt", "pairs", "first", "between")
        columns = [np.concatenate([getattr(kind, name) for kind in kinds]) for name in names]
        self.decoding, self.cached, self.prompt, self.pairs, self.first, self.between = columns
        self.read = np.array([float(row.load.read) for row in rows])
        self.ideal = ideal([(r.shape, r.accelerator, r.form, r.layout) for r in rows])
        self.each = self.ideal.at(self.row)
        self.reading = np.flatnonzero(self.prompt > 0)
        self.readers = self.ideal.at(self.row[self.reading])

    def predicted(self, base: dict[str, float], factors: Sequence[Array]) -> tuple[Array, Array]:
        """Mean TTFT and TPOT of each run in seconds, with each run's factors in the order of `WHATS`."""
        step, fixed, prompt, cache = (factor[self.row] for factor in factors[:4])
        start, lag = factors[4:]
        times = of_tokens(self.each, base, np.maximum(self.decoding, 1.0), fixed)
        k = self.reading
        whole = of_tokens(self.readers, base, self.decoding[k] + self.prompt[k], fixed[k])
        extra = whole - times[k] + base["attention"] * self.readers.pair * self.pairs[k]
        times = times + base["cache"] * cache * self.each.cached * self.cached
        times = times + base["sequence"] * self.decoding * fixed
        times[k] += extra * prompt[k] * self.readers.data ** base["skew"]
        times *= step
        ttft, tpot = (self._summed(weights * times) for weights in (self.first, self.between))
        outside = (base["start"] + base["start_token"] * self.read) * start
        return ttft + outside + base["lag"] * lag * tpot, tpot

    def _summed(self, seconds: Array) -> Array:
        return np.bincount(self.row, seconds, self.count).astype(np.float64)


def fit(rows: Sequence[Measurement]) -> Coefficients:
    """The coefficients of the runs. Deterministic; raises ValueError without runs."""
    if not rows:
        raise ValueError("there are no runs to fit")
    return _Fit(rows).found()


class _Fit:
    def __init__(self, rows: Sequence[Measurement]) -> None:
        self.names = list(BASE)
        self.slots = sorted({slot for row in rows for slot in _slots(row)})
        self.runs = _Runs(rows)
        self.belongs = [_belonging(rows, self.slots, what) for what in WHATS]
        counts = Counter(row.group for row in rows)
        weight = np.array([counts[row.group] ** -0.25 for row in rows])
        weight /= weight.mean() * TRUST
        used = np.array([float(row.admitted) for row in rows])
        self.weight = np.concatenate([FIRST * weight * used, weight])
        self.measured = np.log([row.ttft for row in rows] + [row.tpot for row in rows])
        self.centre = np.log([BASE[name] for name in self.names])
        loose = [LOOSE * (2.0 if name in SECONDS else 1.0) for name in self.names]
        tight = [SHRINK * (0.7 if "@" in slot else 1.0) for slot in self.slots]
        means = np.array([[float(s.startswith(f"{what}/")) for s in self.slots] for what in WHATS])
        means /= means.sum(axis=1, keepdims=True)
        b, n = len(self.names), len(self.slots)
        self.prior = np.zeros((b + n + len(WHATS), b + n))
        self.prior[: b + n] = np.diag(1.0 / np.array([*loose, *tight]))
        self.prior[b + n :, b:] = 10.0 * means

    def found(self) -> Coefficients:
        b, n = len(self.names), len(self.slots)
        low = np.log([FLOORS.get(name, 1e-9) for name in self.names])
        high = np.log([CEILINGS.get(name, 1e4) for name in self.names])
        x0 = np.concatenate([self.centre, np.zeros(n)])
        low, high = np.concatenate([low, np.full(n, -3.0)]), np.concatenate([high, np.full(n, 3.0)])
        best = least_squares(
            self._residuals, x0, low, high, jac=self._slopes, method="trf", max_nfev=20, ftol=1e-3
        )
        factors = {slot: math.exp(v) for slot, v in zip(self.slots, best[b:].tolist(), strict=True)}
        return Coefficients(self._base(best), factors)

    def _base(self, x: Array) -> dict[str, float]:
        return dict(zip(self.names, np.exp(x[: len(self.names)]).tolist(), strict=True))

    def _misses(self, base: dict[str, float], factors: Sequence[Array]) -> Array:
        ttft, tpot = self.runs.predicted(base, [np.exp(factor) for factor in factors])
        return self.weight * _soft(np.log(np.concatenate([ttft, tpot])) - self.measured)

    def _residuals(self, x: Array) -> Array:
        b = len(self.names)
        misses = self._misses(self._base(x), [m @ x[b:] for m in self.belongs])
        return np.concatenate([misses, self.prior @ np.concatenate([x[:b] - self.centre, x[b:]])])

    def _slopes(self, x: Array, by: float = 1e-5) -> Array:
        """Differences by each base coefficient; of factors by each of `WHATS` only, since a run's factor is the
        product of those of its slots."""
        b = len(self.names)
        factors = [m @ x[b:] for m in self.belongs]
        here = self._misses(self._base(x), factors)
        slopes = np.zeros((len(here), len(x)))
        for place in range(b):
            beside = x.copy()
            beside[place] += by
            slopes[:, place] = (self._misses(self._base(beside), factors) - here) / by
        for place, belongs in enumerate(self.belongs):
            beside = [factor + by * (place == i) for i, factor in enumerate(factors)]
            slope = (self._misses(self._base(x), beside) - here) / by
            slopes[:, b:] += slope[:, None] * np.vstack([belongs, belongs])
        return np.vstack([slopes, self.prior])


def _belonging(rows: Sequence[Measurement], slots: Sequence[str], what: str) -> Array:
    place = {slot: i for i, slot in enumerate(slots)}
    found = np.zeros((len(rows), len(slots)))
    for i, row in enumerate(rows):
        for slot in _slots(row):
            if slot.startswith(f"{what}/"):
                found[i, place[slot]] = 1.0
    return found


def _slots(row: Measurement) -> list[str]:
    """The factors a run takes part in; those of how it was measured tell nothing about the system."""
    known = marks(row.shape, row.accelerator, row.form, row.engine)
    slots = [f"{what}/{mark}" for what in WHATS[:3] for mark in known]
    slots += [f"cache/{mark}" for mark in cache_marks(row.shape, row.accelerator, row.engine)]
    slots += [f"{what}/{row.engine}" for what in WHATS[4:]]
    if row.protocol:
        slots += [f"{what}/{row.protocol}" for what in WHATS[4:]]
        slots.append(f"lag/{row.engine}@{row.protocol}")
    return slots


def expected(coefficients: Coefficients, rows: Sequence[Measurement]) -> tuple[Array, Array]:
    """Mean TTFT and TPOT in seconds that a calibration gives for runs."""
    factors = [
        np.array(
            [
                math.prod(coefficients.factors.get(s, 1.0) for s in _slots(r) if s.startswith(what))
                for r in rows
            ]
        )
        for what in WHATS
    ]
    return _Runs(rows).predicted(coefficients.base, factors)


def _soft(misses: Array, scale: float = 0.4) -> Array:
    """Misses whose square grows like their size beyond `scale` (the soft L1 loss), with their sign."""
    return np.sign(misses) * np.sqrt(2 * scale**2 * (np.sqrt(1 + (misses / scale) ** 2) - 1))
