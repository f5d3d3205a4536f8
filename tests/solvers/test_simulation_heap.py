"""The heap of events as it is when compiled, run as Python: against sorting."""

from __future__ import annotations

import random
from typing import Any

import pytest

from groma.solvers.simulation.engine import kernel
from groma.solvers.simulation.layout import NEVER

Event = tuple[int, int]


def turned(events: list[Event]) -> list[Event]:
    """A heap that isn't sorted: of one, four, sixteen and 64 in turn, each later than all before, the last first."""
    made, n = list[Event](), 1
    while len(made) < len(events):
        made += sorted(events)[len(made) : len(made) + n][::-1]
        n *= 4
    return made


def heap_of(events: list[Event], room: int) -> Any:
    """A kernel with no more than a heap: that of events in their order (a sorted list is a heap), `never` behind."""
    made: Any = object.__new__(kernel(interpreted=True))
    made.arrays = {"heap": [NEVER] * (2 * (room + 4))}
    made.heap = made.arrays["heap"]
    made.heap_room, made.heap_size = room, len(events)
    for place, event in enumerate(events):
        made.heap[2 * place : 2 * place + 2] = event
    return made


@pytest.mark.parametrize("size", [*range(1, 24), 85, 86])
def test_the_least_event_comes_first_whatever_takes_its_place(size: int) -> None:
    """Two hundred times the first event is replaced by one that is later, at many times alike (then the number tells
    which is first); after that none comes any more, and the last takes the place of the first until all are gone."""
    drawn = random.Random(size)
    there = [(drawn.randrange(6), n) for n in range(size)]
    k = heap_of(turned(there), size)
    for number in range(size, size + 200):
        first = min(there)
        assert tuple(k.heap[:2]) == first
        there.remove(first)
        there.append((first[0] + drawn.randrange(6), number))
        k.sift_down(*there[-1])
    while len(there) > 1:
        there.remove(min(there))
        k.heap_size -= 1
        last = 2 * k.heap_size
        k.sift_down(*k.heap[last : last + 2])
        k.heap[last] = NEVER
        assert tuple(k.heap[:2]) == min(there)


def test_a_full_heap_gets_twice_the_memory_and_nothing_new_in_it() -> None:
    """Of 12 + 4 places, 32: four more than there is room for, so that the last event, too, has its four below."""
    events = [(n // 2, n) for n in range(12)]
    k = heap_of(events, 12)
    k.heap[24:] = [0] * 8
    k.no_events(12)
    assert k.heap[24::2] == [NEVER] * 4
    k.more_events()
    assert (k.heap_room, len(k.heap)) == (28, 64)
    assert list(zip(k.heap[:24:2], k.heap[1:24:2], strict=True)) == events
    assert k.heap[24::2] == [NEVER] * 20
