"""What a measured run works on: its schedule, from the scheduler itself, before anything is known of costs.

In a closed loop a request comes when another ends, so which requests an iteration decodes and which prompts it reads
doesn't hang on how long iterations take. The schedule is therefore worked out once, and the mean time to the first
token and between tokens are sums of iteration times with weights that the schedule gives: a fit of the times needs no
further simulation. Iterations that are alike (tokens decoding and of prompts within a fifth) are taken together.

A benchmark starts all its requests at once and ends after `ROUNDS` of them each; its start weighs by that.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from groma.solvers.serving.iteration import Array
from groma.solvers.serving.policy import Policy
from groma.solvers.serving.requests import Requests
from groma.solvers.serving.scheduler import iterations

ROUNDS = 10
SIMULATED = 3
"""Requests that each place of a benchmark sends one after the other, and as many of them as are simulated."""


@dataclass(frozen=True, slots=True)
class Load:
    """A closed loop: requests in flight, tokens in and out at most, and the shares of these that lengths lie between at
    random (the same for both ends: all alike)."""

    concurrency: int
    read: int
    written: int
    between: tuple[float, float] = (1.0, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Schedule:
    """Kinds of iterations: tokens decoding, cached before them, of prompts, their pairs (means of the kind), and how
    many of them the mean request waits for its first token (`first`), and has between two tokens (`between`)."""

    decoding: Array
    cached: Array
    prompt: Array
    pairs: Array
    first: Array
    between: Array


@lru_cache(maxsize=2048)
def schedule(load: Load, policy: Policy, capacity: int) -> Schedule:
    """The schedule of a load with `capacity` tokens of cache. Deterministic; raises ServingError as `simulate` does."""
    count = load.concurrency * SIMULATED
    draw = np.random.default_rng(1)
    inputs, outputs = (
        np.maximum(1, draw.integers(int(most * load.between[0]), int(most * load.between[1]) + 1, count))
        for most in (load.read, load.written)
    )
    requests = Requests((), tuple(inputs.tolist()), tuple(outputs.tolist()))
    run, log = iterations(requests, policy, capacity, load.concurrency)
    arrived, first, last = (np.rint(v).astype(np.int64) for v in (run.arrivals, run.first, run.last))
    start = np.arange(count) < load.concurrency
    share = np.where(start, 1.0 / ROUNDS, (1.0 - 1.0 / ROUNDS) / (SIMULATED - 1)) / load.concurrency
    waits = _during(arrived, first, share, len(log))
    gaps = _during(first, last, share / np.maximum(outputs - 1, 1), len(log))
    return _gathered(np.array(log, dtype=float), waits, gaps)


def _during(begin: NDArray[np.int64], end: NDArray[np.int64], weight: Array, count: int) -> Array:
    """For each iteration the weights of the requests for which it lies from `begin` on and before `end`."""
    change = np.zeros(count + 1)
    np.add.at(change, begin, weight)
    np.add.at(change, end, -weight)
    return np.maximum(np.cumsum(change)[:count], 0.0)


def _gathered(rows: Array, waits: Array, gaps: Array) -> Schedule:
    decoding, _, prompt, _ = rows.T
    kinds = np.stack([_scale(decoding, 2.5), _scale(prompt, 2.0)], axis=1)
    _, kind = np.unique(kinds, axis=0, return_inverse=True)
    kind = kind.ravel()
    both: list[Array] = []
    for weights, place in ((waits, 0), (gaps, 1)):
        total = np.bincount(kind, weights)
        means = [np.bincount(kind, weights * column) for column in rows.T]
        kept = total > 1e-15
        part = np.zeros((int(kept.sum()), 6))
        part[:, :4] = np.stack(means, axis=1)[kept] / total[kept, None]
        part[:, 4 + place] = total[kept]
        both.append(part)
    return Schedule(*np.concatenate(both).T)


def _scale(counts: Array, steps: float) -> Array:
    return np.where(counts > 0, np.rint(steps * np.log2(np.maximum(counts, 1.0))) + 1.0, 0.0)
