"""Values of laws from numbers that are chosen: what the published methods make of them, and no more numbers taken."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from groma.model.law import Constant, Empirical, Gamma, LogNormal, Triangular, Uniform
from groma.solvers.simulation import Assembler, Capped, Settings, Shifted, run
from groma.solvers.simulation.program import AnyLaw
from solvers.simulation_numbers import BEGIN, EDGE, chosen, in_layer, word


def drawn(monkeypatch: pytest.MonkeyPatch, law: AnyLaw, words: Sequence[int], count: int) -> list[float]:
    """So many draws of a law, one after the other, from these numbers and no others; before it stands another law."""
    chosen(monkeypatch, words)
    a = Assembler()
    register = a.register()
    other = a.register()
    with a.flow("f"):
        a.draw(other, Shifted(Constant(1.0), 7.0))
        for n in range(count):
            a.draw(register, law, stream="s")
            a.tally(str(n), 0.0, per=[(register, 1.0)])
    a.source("f", times=(0.0,))
    return [*run(a.program(), Settings(until=1.0), interpreted=True).tallies.values()]


def beside_the_curve(layer: int, above: bool) -> tuple[list[int], float]:
    """Two numbers that mean a point of a layer where it isn't all below the density, just above or below that."""
    place, time = in_layer(layer, (BEGIN[layer] / EDGE[layer] + 1.0) / 2)
    low, high = math.exp(-EDGE[layer]), math.exp(-EDGE[layer + 1])
    height = (math.exp(-time) - low) / (high - low)
    return [place, word(height * (1.0 + 1e-6 if above else 1.0 - 1e-6))], time


def test_points_of_the_ziggurat_count_where_they_lie_below_the_density(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Marsaglia and Tsang 2000: points in equal layers; what lies above the density is thrown again, what lies
    beyond the edge of the lowest is the edge and an exponential time more."""
    words: list[int] = []
    times: list[float] = []
    edge = BEGIN[256]
    for layer in range(256):
        under = (
            layer if BEGIN[layer] > 0.0 else 1
        )  # of the uppermost nothing lies below the density as a whole
        sure, time = in_layer(under, 0.999 * BEGIN[under] / EDGE[under])
        words.append(sure)
        times.append(time)
        if layer == 0:
            tail = in_layer(0, (edge / EDGE[0] + 1.0) / 2)[0]
            last, more = in_layer(7, 0.5)
            words += [tail, last, tail, tail, last, tail, *beside_the_curve(9, True)[0], last]
            times += [edge + more, 2 * edge + more, edge + more]
            continue
        below, there = beside_the_curve(layer, False)
        other, elsewhere = beside_the_curve(1 + layer % 255, False)
        thrown = beside_the_curve(layer, True)[0]
        words += [*below, *thrown, sure, *thrown, *other, *thrown, *thrown, tail, sure]
        times += [there, time, elsewhere, edge + time]
    words.append(in_layer(3, 0.25)[0])
    times.append(in_layer(3, 0.25)[1])
    assert drawn(monkeypatch, Gamma(1.0, 1.0), words, len(times)) == pytest.approx(times, rel=1e-12)


POINTS = ((0.75, 0.625), (0.25, 0.4375), (0.125, 0.75), (0.59375, 0.5), (0.96875, 0.53125), (0.4375, 0.5625))
OUTSIDE = ((0.96875, 0.96875), (0.5, 0.5), (0.03125, 0.125))
"""Beyond the circle of one, or in its middle."""
FAR = (0.4921875, 0.5)
"""Of four deviations below the mean."""


def normal(point: tuple[float, float]) -> float:
    """Marsaglia's polar method."""
    u, v = (2.0 * x - 1.0 for x in point)
    r = u * u + v * v
    return u * math.sqrt(-2.0 * math.log(r) / r)


def test_points_outside_the_circle_are_thrown_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The logarithm of a lognormal time is normal; mean 3 and deviation 1.5, from its moments."""
    words = [word(x) for point in POINTS for pair in (*OUTSIDE, point) for x in pair]
    sigma = math.sqrt(math.log1p(0.25))
    found = drawn(monkeypatch, Shifted(LogNormal(3.0, 1.5), 0.5), words, len(POINTS))
    assert [(math.log((x - 0.5) / 3.0) + sigma**2 / 2) / sigma for x in found] == pytest.approx(
        [normal(point) for point in POINTS]
    )


@pytest.mark.parametrize("shape", [0.25, 0.5, 1.5, 4.0, 100.0])
def test_gamma_times_count_where_they_lie_below_the_density(
    monkeypatch: pytest.MonkeyPatch, shape: float
) -> None:
    """Marsaglia and Tsang 2001: d (1 + c x)^3 of a normal x counts with the chance that makes it a gamma; with a shape
    below one it is one more, and the time is multiplied by a power of a uniform number. The scale is 2."""
    d = shape + (1.0 if shape < 1.0 else 0.0) - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    words: list[int] = []
    times: list[float] = []
    for point in POINTS:
        x = normal(point)
        v = (1.0 + c * x) ** 3
        chance = math.exp(0.5 * x * x + d - d * v + d * math.log(v))
        thrown: list[tuple[float, ...]] = [()]
        if chance * (1.0 + 1e-6) < 1.0:
            thrown.append((*point, 1.0 - chance * (1.0 + 1e-6)))
        if 1.0 + c * normal(FAR) <= 0.0:
            thrown.append(FAR)
        for before in thrown:
            start, factor = ((0.375,), 0.625 ** (1.0 / shape)) if shape < 1.0 else ((), 1.0)
            words += map(word, (*start, *before, *point, 1.0 - chance * (1.0 - 1e-6)))
            times.append(2.0 * factor * d * v)
    law = Gamma(2.0 * shape, 2.0 * math.sqrt(shape))
    assert drawn(monkeypatch, law, words, len(times)) == pytest.approx(times, rel=1e-9)


def test_other_laws_are_where_their_distribution_is_the_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """Uniform and triangular times by their distribution functions; a table by its weights; shifted, cut off."""
    shares = (0.0, 0.125, 0.25, 0.5, 0.75, 0.9375)
    words = [word(share) for share in shares]

    def found(law: AnyLaw) -> list[float]:
        return drawn(monkeypatch, law, words, len(words))

    assert found(Shifted(Uniform(2.0, 6.0), 0.5)) == [2.5 + 4.0 * share for share in shares]
    assert found(Capped(Shifted(Uniform(2.0, 6.0), 0.5), 5.0)) == [2.5, 3.0, 3.5, 4.5, 5.0, 5.0]
    low, mode, high = 1.0, 2.5, 6.0
    for x, share in zip(found(Shifted(Triangular(low, mode, high), 0.5)), shares, strict=True):
        y = x - 0.5
        assert share == pytest.approx(
            (y - low) ** 2 / (high - low) / (mode - low)
            if y < mode
            else 1.0 - (high - y) ** 2 / (high - low) / (high - mode)
        )
    table = Empirical((7.0, 8.0, 9.0, 10.0), (0.125, 0.125, 0.5, 0.25))
    assert found(Shifted(table, 0.5)) == [7.5, 8.5, 9.5, 9.5, 10.5, 10.5]
    sure, time = in_layer(5, 0.5)
    assert drawn(
        monkeypatch, Capped(Shifted(Gamma(2.0, 2.0), 0.25), 9.0), [sure, word(0.999, 0), sure], 2
    ) == (pytest.approx([0.25 + 2.0 * time, 9.0]))
    assert drawn(monkeypatch, Shifted(Gamma(2.0, 2.0), 0.25), [sure], 1) == pytest.approx([0.25 + 2.0 * time])
