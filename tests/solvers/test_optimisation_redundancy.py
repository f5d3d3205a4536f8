"""Redundancy allocation: published optima, and dynamic programming as another way to the same answer."""

from itertools import product
from math import exp, inf, log
from random import Random

import pytest

from groma.solvers.optimisation import Bound, Group, Master, Problem, Term, best, by_tables

# Fyffe, Hines & Lee 1968, 14 subsystems in series: (reliability, cost, weight) of each component on offer
FYFFE = [
    [(0.90, 1, 3), (0.93, 1, 4), (0.91, 2, 2), (0.95, 2, 5)],
    [(0.95, 2, 8), (0.94, 1, 10), (0.93, 1, 9)],
    [(0.85, 2, 7), (0.90, 3, 5), (0.87, 1, 6), (0.92, 4, 4)],
    [(0.83, 3, 5), (0.87, 4, 6), (0.85, 5, 4)],
    [(0.94, 2, 4), (0.93, 2, 3), (0.95, 3, 5)],
    [(0.99, 3, 5), (0.98, 3, 4), (0.97, 2, 5), (0.96, 2, 4)],
    [(0.91, 4, 7), (0.92, 4, 8), (0.94, 5, 9)],
    [(0.81, 3, 4), (0.90, 5, 7), (0.91, 6, 6)],
    [(0.97, 2, 8), (0.99, 3, 9), (0.96, 4, 7), (0.91, 3, 8)],
    [(0.83, 4, 6), (0.85, 4, 5), (0.90, 5, 6)],
    [(0.94, 3, 5), (0.95, 4, 6), (0.96, 5, 6)],
    [(0.79, 2, 4), (0.82, 3, 5), (0.85, 4, 6), (0.90, 5, 7)],
    [(0.98, 2, 5), (0.99, 3, 5), (0.97, 2, 6)],
    [(0.90, 4, 6), (0.92, 4, 7), (0.95, 5, 6), (0.99, 6, 9)],
]


def _mixes(components: list[tuple[float, int, int]], most: int = 5) -> dict[str, tuple[int, int, float]]:
    """Undominated mixes of up to five components: name -> cost, weight, -log reliability."""
    every: dict[str, tuple[int, int, float]] = {}
    for counts in product(range(most + 1), repeat=len(components)):
        if 0 < sum(counts) <= most:
            fails = 1.0
            for n, (reliability, _, _) in zip(counts, components, strict=True):
                fails *= (1.0 - reliability) ** n
            cost = sum(n * c for n, (_, c, _) in zip(counts, components, strict=True))
            weight = sum(n * w for n, (_, _, w) in zip(counts, components, strict=True))
            every["".join(map(str, counts))] = (cost, weight, -log(1.0 - fails))

    def beaten(name: str) -> bool:
        mine = every[name]
        return any(
            all(a <= b for a, b in zip(other, mine, strict=True)) and (other != mine or n < name)
            for n, other in every.items()
            if n != name
        )

    return {name: values for name, values in every.items() if not beaten(name)}


@pytest.fixture(scope="module")
def fyffe() -> Master:
    groups: list[Group] = []
    terms: list[Term] = []
    for i, components in enumerate(FYFFE):
        mixes = _mixes(components)
        groups.append(Group(f"s{i:02d}", tuple(mixes)))
        for at, measure in enumerate(("cost", "weight", "loss")):
            terms.append(
                Term(measure, (f"s{i:02d}",), {(name,): values[at] for name, values in mixes.items()})
            )
    return Master(Problem(tuple(groups), (), tuple(terms)))


@pytest.mark.parametrize(
    ("weight", "reliability"), [(191, 0.98681), (190, 0.98642), (189, 0.98592), (159, 0.95456)]
)
def test_the_published_optima_of_fyffe_hines_and_lee(fyffe: Master, weight: int, reliability: float) -> None:
    # with mixing of components, cost 130: Coit & Smith 1996; proven by Onishi et al. 2007
    found = best(fyffe, ["loss"], by_tables(fyffe), [Bound("cost", 130), Bound("weight", weight)])
    assert found is not None
    assert exp(-found.values["loss"]) == pytest.approx(reliability, abs=5e-6)


@pytest.mark.parametrize(
    ("capacity", "weights", "profits", "optimum"),
    [
        (165, (23, 31, 29, 44, 53, 38, 63, 85, 89, 82), (92, 57, 49, 68, 60, 43, 67, 84, 87, 72), 309),
        (
            750,
            (70, 73, 77, 80, 82, 87, 90, 94, 98, 106, 110, 113, 115, 118, 120),
            (135, 139, 149, 150, 156, 163, 173, 184, 192, 201, 210, 214, 221, 229, 240),
            1458,
        ),
    ],
)
def test_the_published_optima_of_two_knapsacks(
    capacity: int, weights: tuple[int, ...], profits: tuple[int, ...], optimum: int
) -> None:
    """P01 and P07 of KNAPSACK_01 (Burkardt's collection); the second is of Kreher and Stinson 1999, chapter 4."""
    groups = tuple(Group(f"item{i:02d}", ("in", "out")) for i in range(len(weights)))
    terms = [
        Term("weight", (g.name,), {("in",): w, ("out",): 0}) for g, w in zip(groups, weights, strict=True)
    ]
    terms += [
        Term("missed", (g.name,), {("in",): 0, ("out",): p}) for g, p in zip(groups, profits, strict=True)
    ]
    master = Master(Problem(groups, (), tuple(terms)))
    found = best(master, ["missed"], by_tables(master), [Bound("weight", capacity)])
    assert found is not None
    assert sum(profits) - found.values["missed"] == optimum


def _redundancy(stages: int, budget: int, seed: int) -> tuple[Problem, list[list[tuple[int, float]]]]:
    """Series system of parallel like parts: choose how many, maximise reliability within a budget."""
    rng = Random(seed)
    tables: list[list[tuple[int, float]]] = []
    groups: list[Group] = []
    terms: list[Term] = []
    for i in range(stages):
        cost, q = rng.randint(1, 6), rng.uniform(0.05, 0.4)
        options = [(cost * n, -log(1.0 - q**n)) for n in range(1, 7)]
        tables.append(options)
        groups.append(Group(f"stage{i:02d}", tuple("123456")))
        for measure, at in (("cost", 0), ("unreliability", 1)):
            terms.append(Term(measure, (f"stage{i:02d}",), {(str(n + 1),): options[n][at] for n in range(6)}))
    return Problem(tuple(groups), (), tuple(terms)), tables


@pytest.mark.parametrize("seed", range(4))
def test_redundancy_allocation_agrees_with_dynamic_programming(seed: int) -> None:
    budget = 90
    problem, tables = _redundancy(14, budget, seed)
    reach: dict[int, float] = {0: 0.0}
    for options in tables:
        following: dict[int, float] = {}
        for spent, loss in reach.items():
            for cost, more in options:
                if spent + cost <= budget:
                    following[spent + cost] = min(following.get(spent + cost, inf), loss + more)
        reach = following
    master = Master(problem)
    found = best(master, ["unreliability"], by_tables(master), [Bound("cost", budget)])
    assert (found is None) == (not reach)
    if found is not None:
        assert found.values["unreliability"] == pytest.approx(min(reach.values()), rel=1e-9)
