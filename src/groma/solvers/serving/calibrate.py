"""Fitting the coefficients of an iteration to measured runs, so that systems nobody measured get sensible values.

Base coefficients are shared by all; factors of an engine, a format, a family of accelerators and a class of models are
drawn towards 1 (a normal prior on their logarithm, `SHRINK`: a hierarchical model's partial pooling, Gelman and Hill,
2007), so a mark seen in one group alone moves little. What is made small is the logarithm of predicted over measured,
softened against outliers; each group (model, system, engine) weighs as the root of its number of runs.

The fit uses a steady state of the closed loop instead of a simulation: while one request writes its tokens, each
of the c - 1 others has its prompt read once; what of that falls before the request's own first token (requests of a run
that start together stay bunched) doesn't fall between its tokens.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from groma.solvers.serving.iteration import (
    BASE,
    Coefficients,
    combined,
    ideal_tokens,
    marks,
    per_cached,
    per_pair,
)
from groma.solvers.serving.least_squares import Array, least_squares
from groma.solvers.serving.shape import Accelerator, Format, Layout, Shape

SHRINK = 0.15
"""Standard deviation of a factor's logarithm before anything is known."""

LOOSE = 0.5
"""That of a base coefficient around where the fit starts."""

TRUST = 0.5
"""Logarithm of a miss that costs as much as a factor off by its standard deviation."""

FLOORS = {"weights": 1.0, "cache": 0.5, "matrices": 1.0, "attention": 1.0, "link": 1.0, "round": 1.0}
"""Nothing is faster than its data sheet; a cache may be kept in eight bits without the run saying so."""

BURST = "burst"
"""Name among the base coefficients of the share of requests that met all others' prompts at once (a run's start)."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One run at `concurrency` requests in flight, of `read` tokens in and `written` out; seconds measured."""

    id: str
    shape: Shape
    accelerator: Accelerator
    form: Format
    layout: Layout
    engine: str
    concurrency: int
    read: int
    written: int
    ttft: float
    tpot: float
    protocol: str = ""

    @property
    def group(self) -> tuple[str, str, str]:
        return self.shape.name, self.accelerator.name, self.engine


class _Rows:
    """The ideal times of all runs as columns: of a decode step, of one with a prompt, of cache, pairs, sequences."""

    def __init__(self, rows: Sequence[Measurement]) -> None:
        one = [self._ideal(row, row.concurrency) for row in rows]
        with_prompt = [self._ideal(row, row.concurrency - 1 + row.read) for row in rows]
        self.decode = {name: np.array([r[name] for r in one]) for name in one[0]}
        self.filled = {name: np.array([r[name] for r in with_prompt]) for name in one[0]}
        self.data = np.array([float(r.layout.data) for r in rows])
        self.c = np.array([float(r.concurrency) for r in rows])
        self.out = np.array([float(r.written) for r in rows])
        self.cached = np.array(
            [
                per_cached(r.shape, r.accelerator, r.form, r.layout)
                * r.concurrency
                * (r.read + r.written / 2)
                for r in rows
            ]
        )
        self.pairs = np.array([per_pair(r.shape, r.accelerator, r.layout) * r.read**2 / 2 for r in rows])
        self.marks = [marks(r.shape, r.accelerator, r.form, r.engine) for r in rows]

    @staticmethod
    def _ideal(row: Measurement, tokens: int) -> dict[str, float]:
        found = ideal_tokens(row.shape, row.accelerator, row.form, row.layout, np.array([float(tokens)]))
        return {name: float(value[0]) for name, value in found.items()}

    def predicted(self, base: dict[str, float], factors: Sequence[Array]) -> tuple[Array, Array]:
        """TTFT and TPOT of the steady state, in seconds; factors of each row on step, fixed, prompt, start, burst."""
        step, fixed, prompt, start, burst = factors
        tokens = combined(self.decode, base, fixed)
        decode = step * (tokens + base["cache"] * self.cached + base["sequence"] * self.c * fixed)
        read = (
            step
            * prompt
            * self.data ** base["skew"]
            * (combined(self.filled, base, fixed) - tokens + base["attention"] * self.pairs)
        )
        others = (self.c - 1) * read
        bunched = others * np.minimum(0.5 * base[BURST] * burst, 0.8)
        tpot = decode + (others - bunched) / self.out
        wait = bunched + read * others / (self.out * tpot + others)
        return base["start"] * start + 1.5 * decode + read + wait, tpot


def fit(rows: Sequence[Measurement]) -> Coefficients:
    """The coefficients of the runs. Deterministic; raises ValueError without runs."""
    if not rows:
        raise ValueError("there are no runs to fit")
    start = {**BASE, BURST: 0.1}
    columns = _Rows(rows)
    names = list(start)
    slots = sorted({slot for row in rows for slot in _slots(row)})
    place = {slot: i for i, slot in enumerate(slots)}
    belongs: dict[str, Array] = {}
    for what in WHATS:
        belongs[what] = np.zeros((len(rows), len(slots)))
        for i, row in enumerate(rows):
            for slot in _slots(row):
                if slot.startswith(f"{what}/"):
                    belongs[what][i, place[slot]] = 1.0
    counts: dict[tuple[str, str, str], int] = {}
    for row in rows:
        counts[row.group] = counts.get(row.group, 0) + 1
    weight = np.array([counts[row.group] ** -0.25 for row in rows])
    weight /= weight.mean()
    ttft, tpot = (np.log([getattr(row, name) for row in rows]) for name in ("ttft", "tpot"))
    centre = np.log([start[name] for name in names])
    low = np.log([FLOORS.get(name, 1e-9) for name in names])
    b = len(names)
    means = np.array([[float(slot.startswith(f"{what}/")) for slot in slots] for what in WHATS])
    means /= np.maximum(means.sum(axis=1, keepdims=True), 1.0)

    def base_of(x: Array) -> dict[str, float]:
        return dict(zip(names, np.exp(x[:b]).tolist(), strict=True))

    def residuals(x: Array) -> Array:
        factors = [np.exp(belongs[what] @ x[b:]) for what in WHATS]
        a, t = columns.predicted(base_of(x), factors)
        misses = np.concatenate([0.7 * weight * _soft(np.log(a) - ttft), weight * _soft(np.log(t) - tpot)])
        prior = np.concatenate([(x[:b] - centre) / LOOSE, x[b:] / SHRINK, 10.0 * (means @ x[b:])])
        return np.concatenate([misses / TRUST, prior])

    x0 = np.concatenate([np.maximum(centre, low + 1e-3), np.zeros(len(slots))])
    low, high = np.concatenate([low, np.full(len(slots), -3.0)]), np.full(len(x0), 9.0)
    found = least_squares(residuals, x0, low, high, method="trf", max_nfev=15, ftol=1e-3)
    factors = {slot: math.exp(v) for slot, v in zip(slots, found[b:].tolist(), strict=True)}
    return Coefficients(base_of(found), factors)


WHATS = ("step", "fixed", "prompt", "start", "burst")
"""What has factors: time of a step, its fixed costs, time of a prompt, seconds outside, how bunched requests come."""


def _slots(row: Measurement) -> list[str]:
    """The factors a run takes part in; those of how it was measured tell nothing about the system."""
    found = marks(row.shape, row.accelerator, row.form, row.engine)
    slots = [f"{what}/{mark}" for what in WHATS[:3] for mark in found]
    slots += [f"{what}/{row.engine}" for what in WHATS[3:]]
    return slots + [f"{what}/{row.protocol}" for what in WHATS[3:] if row.protocol]


def steady(coefficients: Coefficients, rows: Sequence[Measurement]) -> tuple[Array, Array]:
    """TTFT and TPOT in seconds that a calibration gives for runs, by the steady state of the closed loop."""
    factors = [
        np.array(
            [
                math.prod(
                    coefficients.factors.get(slot, 1.0) for slot in _slots(row) if slot.startswith(what)
                )
                for row in rows
            ]
        )
        for what in WHATS
    ]
    return _Rows(rows).predicted(coefficients.base, factors)


def _soft(misses: Array, scale: float = 0.4) -> Array:
    """Misses whose square grows like their size beyond `scale` (the soft L1 loss), with their sign."""
    return np.sign(misses) * np.sqrt(2 * scale**2 * (np.sqrt(1 + (misses / scale) ** 2) - 1))
