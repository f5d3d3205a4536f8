"""The exact chain of a station with a last place to which calls come again: a truth for the tests."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import spsolve


@dataclass(frozen=True, slots=True)
class Retrial:
    """Share of time that the station is full, share of runs let in at last, and attempts a run."""

    full: float
    success: float
    attempts: float


def retrial(
    rate: float, service: float, servers: int, room: int, pause: float, times: int | None, *, most: int = 0
) -> Retrial:
    """Poisson runs; each is tried up to `times` more after exponential pauses of this mean (None: until it is let in).

    States: calls there, and how many wait for their 1st, 2nd, ... further attempt, at most `most` each.
    """
    kinds = 1 if times is None else times
    most = most or (120 if kinds == 1 else 22)
    axes = [range(room + 1), *([range(most + 1)] * kinds)]
    place = {state: n for n, state in enumerate(itertools.product(*axes))}
    moves: list[tuple[int, int, float]] = []

    def move(here: tuple[int, ...], there: tuple[int, ...], per_second: float) -> None:
        if there in place:
            moves.append((place[here], place[there], per_second))

    for state in place:
        here, orbit = state[0], list(state[1:])
        if here:
            move(state, (here - 1, *orbit), min(here, servers) / service)
        if here < room:
            move(state, (here + 1, *orbit), rate)
        elif kinds:
            move(state, (here, orbit[0] + 1, *orbit[1:]), rate)
        for n, waiting in enumerate(orbit):
            if not waiting:
                continue
            left = [*orbit[:n], waiting - 1, *orbit[n + 1 :]]
            if here < room:
                move(state, (here + 1, *left), waiting / pause)
            elif times is not None:
                if n + 1 < kinds:
                    left[n + 1] += 1
                move(state, (here, *left), waiting / pause)
    size = len(place)
    rows, columns, rates = (np.array(each) for each in zip(*moves, strict=True))
    matrix: Any = sparse.coo_matrix((rates, (columns, rows)), shape=(size, size)).tolil()
    matrix.setdiag(-np.bincount(rows, weights=rates, minlength=size))
    matrix[0, :] = 1.0
    law = spsolve(matrix.tocsc(), np.eye(size, 1)[:, 0])
    table = law.reshape([len(axis) for axis in axes])
    full = float(table[room].sum())
    again = [
        float(np.moveaxis(table, n + 1, 0).reshape(most + 1, -1).sum(axis=1) @ np.arange(most + 1)) / pause
        for n in range(kinds)
    ]
    let_in = sum(min(n, servers) / service * float(table[n].sum()) for n in range(room + 1))
    return Retrial(full, let_in / rate, 1 + sum(again) / rate)
