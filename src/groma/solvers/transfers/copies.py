"""Copies made again and again over lines that others use too: how long one takes, and how old the newest gets.

A copy is of the state at its start. It is begun every `period`, or when the one before is done where that is later, so
one data set never has two copies under way. At the worst instant, just before a copy is done, the newest whole one is
of the start before: what is lost is the time between two starts plus the duration. (The recovery point is "the point in
time, prior to a disruption, to which data can be recovered": NIST SP 800-34 rev. 1, 2010, section 3.2.1.)
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from groma.solvers.transfers.fluid import Transfer, ends


@dataclass(frozen=True, slots=True)
class Copying:
    """Copies of `volume` bytes every `period` seconds over `lines`, at most `cap` bytes a second."""

    volume: float
    period: float
    lines: tuple[str, ...] = ()
    cap: float = math.inf


def duration(copies: Sequence[Copying], nth: int, capacity: Mapping[str, float]) -> tuple[float, float]:
    """(reached, never exceeded): how long the nth copy takes at worst, whenever the others begin.

    Reached: all begin at once. Never exceeded: a copy gets at least an equal share of its narrowest line; and on a
    single line without a cap, the others take of it no more than the copy itself, nor than the copies they can have
    under way in that time (response-time analysis: Joseph and Pandya, "Finding response times in a real-time system",
    The Computer Journal 29(5), 1986). Lines are shared fairly.
    """
    mine = copies[nth]
    together = ends([Transfer(0.0, c.volume, c.lines, c.cap) for c in copies], capacity)[nth].moved
    most = alone(mine, capacity, {line: sum(line in c.lines for c in copies) for line in mine.lines})
    if len(mine.lines) == 1 and 0.0 < capacity[mine.lines[0]] <= mine.cap:
        others = [c for n, c in enumerate(copies) if n != nth and mine.lines[0] in c.lines]
        most = min(most, _busy(mine, others, capacity[mine.lines[0]]))
    return together, max(together, most)


def alone(copy: Copying, capacity: Mapping[str, float], users: Mapping[str, int] | None = None) -> float:
    """How long it takes with an equal share of each line among so many users (one unless stated)."""
    users = {} if users is None else users
    rate = min([copy.cap, *(capacity[line] / users.get(line, 1) for line in copy.lines)])
    if copy.volume <= 0.0 or math.isinf(rate):
        return 0.0
    return math.inf if rate <= 0.0 else copy.volume / rate


def _busy(mine: Copying, others: Sequence[Copying], capacity: float) -> float:
    """The least time in which the line can serve the copy and all that others may put in its way meanwhile.

    It grows from one whole number of their copies to another, and no further than the copy's own volume for each.
    """
    length = mine.volume / capacity
    while True:
        work = mine.volume + sum(
            min(mine.volume, (math.ceil(length / c.period) + 1) * c.volume) for c in others
        )
        if work / capacity <= length:
            return length
        length = work / capacity


def recovery_point(period: float, duration: float) -> float:
    """The most that is lost: the time between the starts of two copies plus the duration of one."""
    return max(period, duration) + duration
