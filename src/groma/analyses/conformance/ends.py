"""Where a program can be and how it can have ended, by the calls that are explained, with the earliest moments."""

from __future__ import annotations

from collections.abc import Sequence

States = dict[int, float]
"""Calls explained (a bit each) -> the earliest moment at which the program can go on, in seconds."""
Ends = dict[tuple[int, str], float]
"""(calls explained, `ok`, `stop` or a kind of error) -> the earliest moment at which it can have ended so."""


def keep(ends: Ends, key: tuple[int, str], time: float) -> None:
    """This end, unless it is known to come earlier."""
    known = ends.get(key)
    if known is None or time < known:
        ends[key] = time


def split(ends: Ends, others: Ends) -> States:
    """The states that ended ok; the other ends are kept."""
    states: States = {}
    for (mask, end), time in ends.items():
        if end == "ok":
            states[mask] = min(states.get(mask, time), time)
        else:
            keep(others, (mask, end), time)
    return states


def merged(ways: Sequence[Ends]) -> Ends:
    """The ends of all ways, each at its earliest."""
    result: Ends = {}
    for way in ways:
        for key, time in way.items():
            keep(result, key, time)
    return result


def first_explained(mask: int) -> int:
    """How many of the first calls are all explained."""
    return ((mask + 1) & ~mask).bit_length() - 1
