"""The states of a Markov chain that can be come to from some first ones, with the rates between them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

S = TypeVar("S", bound=Hashable)


class TooManyStates(ValueError):
    """There are more states than are looked at."""


@dataclass(frozen=True, slots=True)
class Chain(Generic[S]):
    """Moves between states by their numbers; `leaving` are rates (1/s) out of the chain, state by state."""

    states: list[S]
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    rates: NDArray[np.float64]
    leaving: NDArray[np.float64]


def reachable(
    first: Sequence[S], moves: Callable[[S], Iterable[tuple[S | None, float]]], most: int, instead: str
) -> Chain[S]:
    """Every state that moves (state, rate; None: out of the chain) lead to, the first ones first.

    Raises TooManyStates, which says what to do `instead`, where there are more than `most`.
    """
    index = {state: n for n, state in enumerate(first)}
    states = list(first)
    rows: list[int] = []
    columns: list[int] = []
    rates: list[float] = []
    leaving: list[float] = []
    for at, state in enumerate(states):  # grows as states are found
        out = 0.0
        for after, rate in moves(state):
            if after is None:
                out += rate
                continue
            if after not in index:
                if len(states) >= most:
                    raise TooManyStates(f"more than {most} states: {instead}")
                index[after] = len(states)
                states.append(after)
            rows.append(at)
            columns.append(index[after])
            rates.append(rate)
        leaving.append(out)
    return Chain(
        states,
        np.array(rows, dtype=np.int64),
        np.array(columns, dtype=np.int64),
        np.array(rates, dtype=np.float64),
        np.array(leaving, dtype=np.float64),
    )
