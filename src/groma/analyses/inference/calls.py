"""The calls that reach a model served by oneself in the busiest hour: how many a second, with which tokens.

Tokens in and out are drawn together where a joint table says so. The sample is stratified: the k-th of n values of
a law is its quantile at (k - 1/2) / n, in an order drawn once and for all, so the same model gives the same sample.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groma.analyses.context import Context
from groma.analyses.interval import Interval, total
from groma.analyses.loads.arrivals import Arrivals, time_grid
from groma.analyses.loads.rounds import queues_on
from groma.model.law import Law
from groma.model.program import Sizes
from groma.model.quantity import Quantity
from groma.solvers.distributions.law_functions import atoms, cdf_and_sf

SAMPLE = 400
"""Calls that are simulated."""
INPUT, OUTPUT = ("input", "in"), ("output", "out")
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls a second, and a sample of their tokens in and out; `paths` of what the sizes were read from."""

    rate: Interval
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    flows: tuple[str, ...]
    missing: tuple[str, ...] = ()


def calls_to(context: Context, name: str) -> Calls:
    """The calls that reach a component; `missing` says what isn't stated."""
    loads = queues_on(context, time_grid(context)).loads
    arrivals = () if loads is None else loads.arrivals.get(f"components.{name}", ())
    arrivals = tuple(a for a in arrivals if a.use.kind in ("call", "send"))
    rate, missing = total(a.rate for a in arrivals), list[str]()
    if not arrivals:
        missing.append(f"flows.*: no call reaches {name}")
    for flow in sorted({a.flow for a in arrivals}):
        start = context.model.flows[flow].starts
        assert start is not None, "only flows that start make calls"
        if not isinstance(start.at_peak, Quantity):
            instead = " instead of how many customers come again" if start.closed else ""
            missing.append(f"flows.{flow}.starts.rate: state how often it starts{instead}")
    for arrival in arrivals:
        for names in (INPUT, OUTPUT):
            if _stated(arrival.use.sizes, names) is None:
                missing.append(
                    f"{arrival.use.step.path}.sizes.{names[0]}: state how many tokens each call carries"
                )
    if missing:
        return Calls(rate, (), (), (), tuple(dict.fromkeys(missing)))
    inputs, outputs = _sample(arrivals)
    return Calls(rate, inputs, outputs, tuple(sorted({a.flow for a in arrivals})))


def _stated(sizes: Sizes, names: tuple[str, ...]) -> str | None:
    """Under which of these names a size is stated."""
    stated = [name for name, amount in sizes.amounts if isinstance(amount, Quantity)]
    return next((n for n in names if n in (stated if sizes.table is None else sizes.table.columns)), None)


def _sample(arrivals: tuple[Arrivals, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    weights = np.array([a.rate.value if a.rate.value is not None else a.rate.high for a in arrivals])
    weights = np.where(np.isfinite(weights), weights, 0.0)
    weights = weights / weights.sum() if weights.sum() > 0 else np.full(len(arrivals), 1.0 / len(arrivals))
    ends = np.round(np.cumsum(weights) * SAMPLE).astype(int)
    draw = np.random.default_rng(1)
    inputs: list[float] = []
    outputs: list[float] = []
    counts: list[int] = np.diff(ends, prepend=0).tolist()
    for arrival, count in zip(arrivals, counts, strict=True):
        read, written = _drawn(arrival.use.sizes, count, draw)
        inputs += read.tolist()
        outputs += written.tolist()
    order: list[int] = draw.permutation(len(inputs)).tolist()
    return tuple(max(1, round(inputs[i])) for i in order), tuple(max(1, round(outputs[i])) for i in order)


def _drawn(sizes: Sizes, count: int, draw: np.random.Generator) -> tuple[Floats, Floats]:
    shares = (np.arange(count) + 0.5) / count
    names, table = [_stated(sizes, names) for names in (INPUT, OUTPUT)], sizes.table
    if table is not None:
        rows = np.searchsorted(np.cumsum(table.weights[:-1]), shares)
        inputs, outputs = (np.array(table.column(str(name)))[rows] for name in names)
        return inputs, outputs
    amounts = {name: a for name, a in sizes.amounts if isinstance(a, Quantity)}
    inputs, outputs = (draw.permutation(quantiles(amounts[str(name)].law, shares)) for name in names)
    return inputs, outputs


def quantiles(law: Law, shares: Floats) -> Floats:
    """Values below which these shares lie (by halving, to a part in 2^50)."""
    points = atoms(law)
    if points is not None:
        values, weights = points
        return values[np.searchsorted(np.cumsum(weights[:-1]), shares - 1e-12)]
    low, high = np.zeros_like(shares), np.full_like(shares, max(law.mean, 1e-12))
    while (short := cdf_and_sf(law, high)[0] < shares).any():
        high = np.where(short, high * 2, high)
    for _ in range(60):
        middle = (low + high) / 2
        below = cdf_and_sf(law, middle)[0] < shares
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return high
