"""Transfers as fluids: each gets a max-min fair share of the lines it travels, never more than its own cap.

Progressive filling (Bertsekas and Gallager, "Data Networks", 2nd ed. 1992, section 6.5.2): all rates grow together
until a line is full or a transfer is at its cap; those stay, the rest grows on. Rates change only when a transfer
starts or ends, so the ends of all are found event by event. On one line without caps this is processor sharing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Transfer:
    """`volume` bytes over every line of `lines`, from `ready` on and when the transfers numbered in `after` are usable,
    at most `cap` bytes a second; usable `tail` seconds after its last byte."""

    ready: float
    volume: float
    lines: tuple[str, ...] = ()
    cap: float = math.inf
    after: tuple[int, ...] = ()
    tail: float = 0.0


@dataclass(frozen=True, slots=True)
class Ended:
    """When a transfer started, got its last byte, and was usable, in seconds."""

    started: float
    moved: float
    usable: float


def ends(transfers: Sequence[Transfer], capacity: Mapping[str, float]) -> tuple[Ended, ...]:
    """When each transfer starts and ends. `capacity`: bytes a second of every line named.

    What waits for itself, or for something without end, never starts (infinity).
    """
    moved: dict[int, float] = {}
    started: dict[int, float] = {}
    left: dict[int, float] = {}
    waiting = set(range(len(transfers)))
    now = 0.0
    while True:
        starts = {n: _start(transfers, n, moved) for n in sorted(waiting)}
        for n in [n for n, start in starts.items() if start <= now]:
            waiting.discard(n)
            started[n] = starts.pop(n)
            left[n] = transfers[n].volume
        rates = fair_rates({n: transfers[n] for n in left}, capacity)
        finish = {n: _finish(now, left[n], rates[n]) for n in left}
        instant = min([*finish.values(), *starts.values()], default=math.inf)
        if math.isinf(instant):
            break
        for n in list(left):
            if finish[n] <= instant:
                moved[n] = finish[n]
                del left[n]
            else:
                left[n] -= rates[n] * (instant - now)
        now = instant
    return tuple(
        Ended(started.get(n, math.inf), moved.get(n, math.inf), moved.get(n, math.inf) + transfers[n].tail)
        for n in range(len(transfers))
    )


def _start(transfers: Sequence[Transfer], n: int, moved: Mapping[int, float]) -> float:
    first = [moved.get(other, math.inf) + transfers[other].tail for other in transfers[n].after]
    return max([transfers[n].ready, *first])


def _finish(now: float, left: float, rate: float) -> float:
    if left <= 0.0 or math.isinf(rate):
        return now
    return math.inf if rate <= 0.0 else now + left / rate


def fair_rates(moving: Mapping[int, Transfer], capacity: Mapping[str, float]) -> dict[int, float]:
    """The max-min fair rates of transfers that move at the same time."""
    rates: dict[int, float] = {}
    growing = dict(moving)
    spare = {line: capacity[line] for transfer in moving.values() for line in transfer.lines}
    while growing:
        users = {line: sum(line in t.lines for t in growing.values()) for line in spare}
        level = min(
            [t.cap for t in growing.values()]
            + [max(0.0, spare[line]) / users[line] for line in spare if users[line]],
            default=math.inf,
        )
        full = {line for line in spare if users[line] and max(0.0, spare[line]) / users[line] <= level}
        fixed = [n for n, t in growing.items() if t.cap <= level or full.intersection(t.lines)]
        for n in fixed:
            rates[n] = level
            for line in set(growing[n].lines):
                spare[line] -= level
            del growing[n]
    return rates
