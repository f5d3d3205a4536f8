"""Availability a second way: the states of the parts looked at one by one, and what is too many of them sampled.

States are taken by how many parts are down: none, one, two, ... With few parts that is all of them; else the chance of
the states left out bounds what they can change, and they are sampled, as states drawn under the condition that more
parts are down. Their mean has the empirical Bernstein bound of Maurer & Pontil 2009, which holds for any law.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from hashlib import sha256
from itertools import chain, combinations

import numpy as np
from numpy.typing import NDArray

from groma.analyses.availability.state_parts import Flags, Plant, States, Unreadable
from groma.analyses.availability.state_runs import Runs, parts_of
from groma.analyses.context import Context
from groma.model.figure import Result

MOST_STATES = 1 << 16
SAMPLES = 20_000
LEVEL = 0.9999
ENUMERATED = "states of the parts, all looked at"
BOUNDED = "states of the parts, the likeliest looked at"
SAMPLED = "states of the parts, the likeliest looked at, the others sampled"


def availability_second(context: Context, subject: str) -> Result:
    """The availability of `FLOW[@MARK]` at nominal facts; without ends where the states can't be looked at."""
    try:
        parts = [(name, up) for name, up in parts_of(context, subject) if 0.0 < up < 1.0]
        return _looked_at(
            context, subject, [name for name, _ in parts], np.array([1.0 - up for _, up in parts])
        )
    except Unreadable as why:
        return Result(f"states of the parts: not looked at, {why}", None, None)


def _looked_at(context: Context, subject: str, names: list[str], down: NDArray[np.float64]) -> Result:
    n, lost, seen, order = len(names), 0.0, 0, 0
    left = _more_than(down)
    while seen + math.comb(n, order) <= MOST_STATES:
        states = _with_down(n, order)
        lost += float(_weights(states, down) @ _losing(context, subject, names, states))
        seen += math.comb(n, order)
        order += 1
        if left[order] <= 1e-9 * lost:
            break
    if order > n:
        return Result(ENUMERATED, 1.0 - lost, 1.0 - lost, 1.0 - lost)
    rest = float(left[order])
    if rest <= 1e-6 * lost:
        return Result(BOUNDED, 1.0 - lost - rest, 1.0 - lost, 1.0 - lost)
    seed = f"availability/{subject}"
    states = _sampled(down, order, np.random.Generator(np.random.PCG64(_number(seed))))
    losing = _losing(context, subject, names, states)
    mean, apart = float(losing.mean()), _bernstein(losing)
    low, high = max(0.0, mean - apart), min(1.0, mean + apart)
    return Result(
        SAMPLED, 1.0 - lost - rest * high, 1.0 - lost - rest * low, 1.0 - lost - rest * mean, LEVEL, seed
    )


def _losing(context: Context, subject: str, names: list[str], states: Flags) -> NDArray[np.float64]:
    """The share of runs that is lost in each state; a row of `states` says which parts are down."""
    flow, _, mark = subject.partition("@")
    rows = {name: ~states[:, i] for i, name in enumerate(names)}
    plant = Plant(context.model, States(len(states), rows))
    return Runs(context, plant, mark).flow(flow).outage


def _with_down(n: int, order: int) -> Flags:
    """All states of n parts with `order` of them down."""
    count = math.comb(n, order)
    states = np.zeros((count, n), dtype=np.bool_)
    which = np.fromiter(_flat(n, order), dtype=np.intp, count=count * order).reshape(count, order)
    np.put_along_axis(states, which, True, axis=1)
    return states


def _flat(n: int, order: int) -> Iterator[int]:
    return chain.from_iterable(combinations(range(n), order))


def _weights(states: Flags, down: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(states, down, 1.0 - down).prod(axis=1)


def _tails(down: NDArray[np.float64]) -> NDArray[np.float64]:
    """`[i, j]`: the chance that at least j of the parts from i on are down."""
    n = len(down)
    tails = np.zeros((n + 1, n + 2))
    tails[:, 0] = 1.0
    for i in range(n - 1, -1, -1):
        tails[i, 1:] = down[i] * tails[i + 1, :-1] + (1.0 - down[i]) * tails[i + 1, 1:]
    return tails


def _more_than(down: NDArray[np.float64]) -> NDArray[np.float64]:
    return _tails(down)[0]


def _sampled(down: NDArray[np.float64], least: int, draw: np.random.Generator) -> Flags:
    """States drawn by their chances under the condition that at least `least` parts are down."""
    tails = _tails(down)
    states = np.zeros((SAMPLES, len(down)), dtype=np.bool_)
    wanted = np.full(SAMPLES, least)
    for i, chance in enumerate(down):
        given = chance * tails[i + 1, np.maximum(wanted - 1, 0)] / tails[i, wanted]
        states[:, i] = draw.random(SAMPLES) < given
        wanted = np.maximum(wanted - states[:, i], 0)
    return states


def _bernstein(values: NDArray[np.float64]) -> float:
    """How far the mean of values from 0 to 1 may lie from the truth, at the level on both sides."""
    n, log = len(values), math.log(4.0 / (1.0 - LEVEL))
    return math.sqrt(2.0 * float(values.var(ddof=1)) * log / n) + 7.0 * log / (3.0 * (n - 1))


def _number(text: str) -> int:
    return int.from_bytes(sha256(text.encode()).digest()[:16])
