"""Numbers that are chosen in the place of random ones. One of 64 bits is the uniform of its upper 53; the lowest eight
choose a layer of the ziggurat (Marsaglia and Tsang 2000)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from groma.solvers.simulation.ziggurat import tables

WIDTH, BEGIN, _ = tables()
EDGE = [2.0**53 * width for width in WIDTH]
"""Where layers end: the first is as wide as it would be with its tail, the others begin where the next one ends."""


def word(uniform: float, layer: int = 0) -> int:
    """The number of a uniform one."""
    return int(uniform * 2.0**53) << 11 | layer


def in_layer(layer: int, place: float) -> tuple[int, float]:
    """A number that means a place in a layer, as a share of its width, and the time."""
    return word(place, layer), int(place * 2.0**53) * WIDTH[layer]


def chosen(monkeypatch: pytest.MonkeyPatch, *words: Sequence[int]) -> None:
    """These numbers and no others for the stream that draws first, those of the second, and so on."""
    left, drawn = list(words), set[int]()

    def numbers(_streams: object, stream: int) -> list[int]:
        assert stream not in drawn, "more numbers are drawn than were chosen"
        drawn.add(stream)
        return [*reversed(left.pop(0))]

    monkeypatch.setattr("groma.solvers.simulation.kernel.split_mix", numbers)
