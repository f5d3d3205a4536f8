"""What may end late, where the share of runs that end in a way is only known in a range."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest

from analyses.given import context
from groma.analyses.latency import numbers
from groma.analyses.outcome.algebra import OK, Outcome, after, limited, mixed, one_of, split, then, together
from groma.analyses.outcome.law import FAST, SLOW, Grid, fixed
from groma.analyses.outcome.read_off import quantile

GRID = Grid(1.0, 48)
World = Mapping[str, Mapping[int, float]]
"""How runs end when nothing is left open: kind -> time -> probability."""


@dataclass(frozen=True)
class Tree:
    """A small program over whole seconds: an operation, its parts, and numbers that are its ranges."""

    name: str
    parts: tuple[Tree, ...] = ()
    ranges: tuple[tuple[float, float], ...] = ()
    time: int = 0


def grown(chance: random.Random, depth: int) -> Tree:
    if depth == 0:
        return Tree("takes", time=chance.choice((0, 1, 2, 3, 5, 8)))
    name = chance.choice(("fails", "then", "then", "mixed", "either", "limited"))
    parts = tuple(grown(chance, depth - 1) for _ in range(1 if name in ("fails", "limited") else 2))
    low, high = sorted((chance.choice((0.0, 0.1, 0.3)), chance.choice((0.1, 0.4, 0.5))))
    ranges = {"fails": ((low, high),), "mixed": ((low, high), (1 - high, 1 - low))}.get(name, ())
    return Tree(name, parts, ranges, chance.choice((2, 3, 5, 9)) if name == "limited" else 0)


def bracketed(tree: Tree) -> Outcome:
    parts = [bracketed(part) for part in tree.parts]
    shares = [GRID.triple(high, low, math.nan) for low, high in tree.ranges]
    match tree.name:
        case "takes":
            return after(fixed(GRID, tree.time))
        case "fails":
            return split(GRID, parts[0], OK, shares[0], "failed")
        case "then":
            return then(GRID, parts[0], frozenset({OK}), parts[1])
        case "mixed":
            return mixed(GRID, shares, parts)
        case "either":
            return one_of(GRID, parts)
        case _:
            return limited(GRID, parts[0], tree.time)


def true(tree: Tree, chance: random.Random) -> World:
    """The same with every range and every open choice settled."""
    parts = [true(part, chance) for part in tree.parts]
    found: dict[str, dict[int, float]] = {}

    def put(kind: str, time: int, weight: float) -> None:
        ends = found.setdefault(kind, {})
        ends[time] = ends.get(time, 0.0) + weight

    if tree.name == "takes":
        put(OK, tree.time, 1.0)
    elif tree.name == "either":
        return chance.choice(parts)
    shares = [1.0]
    if tree.ranges:
        low, high = tree.ranges[0]
        share = chance.choice((low, high, chance.uniform(low, high)))
        shares = [share, 1 - share]
    for number, part in enumerate(parts if tree.name in ("mixed", "fails", "limited") else parts[:1]):
        weight = shares[number] if tree.name == "mixed" else 1.0
        for kind, ends in part.items():
            for time, mass in ends.items():
                if tree.name == "fails" and kind == OK:
                    put("failed", time, mass * shares[0])
                    put(OK, time, mass * shares[1])
                elif tree.name == "limited" and time > tree.time:
                    put("timeout", tree.time, mass)
                elif tree.name == "then" and kind == OK:
                    for last, several in parts[1].items():
                        for more, other in several.items():
                            put(last, time + more, mass * other)
                else:
                    put(kind, time, mass * weight)
    return found


@pytest.mark.parametrize("seed", range(250))
def test_no_world_ends_later_than_its_bound(seed: int) -> None:
    """Against every way to end of programs that are settled at random within what is known of them."""
    chance = random.Random(f"late {seed}")
    tree = grown(chance, chance.choice((2, 3, 4)))
    outcome = bracketed(tree)
    for _ in range(12):
        world = true(tree, chance)
        for kinds in (frozenset({OK}), frozenset({"failed", "timeout"})):
            law = together(GRID, outcome, kinds)
            mass = np.zeros(GRID.cells)
            for kind in kinds:
                for time, weight in world.get(kind, {}).items():
                    mass[time] += weight
            cdf, total = np.cumsum(mass), float(mass.sum())
            assert (cdf <= law.cdf[FAST] + 1e-9).all() and (cdf >= law.cdf[SLOW] - 1e-9).all()
            late = law.mass[FAST] - np.cumsum(law.late)
            assert (total - cdf <= late + 1e-9).all()
            assert (late <= law.mass[FAST] - law.cdf[SLOW] + 1e-9).all()
            if total > 1e-9:
                for share in (0.5, 0.8, 0.95):
                    low, high, _ = quantile(GRID, law, share)
                    here = next(t for t in range(GRID.cells) if cdf[t] >= share * total - 1e-9)
                    assert low - 1e-9 <= here <= high + 1e-9


def test_the_range_of_a_share_is_told_apart_from_times() -> None:
    """Most worlds end within a bound that isn't open, and late ends are bounded better than by what is left over."""
    open_before, open_now, better = 0, 0, 0
    for seed in range(250):
        chance = random.Random(f"late {seed}")
        law = together(GRID, bracketed(grown(chance, chance.choice((2, 3, 4)))), frozenset({OK}))
        if law.mass[SLOW] <= 1e-9:
            continue
        open_before += float(law.cdf[SLOW, -1]) < 0.95 * float(law.mass[FAST]) + 1e-9
        open_now += math.isinf(quantile(GRID, law, 0.95)[1])
        better += bool((np.cumsum(law.late) > law.cdf[SLOW] + 1e-9).any())
    assert open_now == 0 and open_before > 100 and better > 100


FAILING = """
components: {a: {kind: s, offers: {f: {fails: {value: 8 %, known: 4 % .. 12 %}, work: 1 s ± 1 s}}}}
flows: {main: {starts: {rate: 0.001/s}, steps: [{call: a.f}]}}
"""


def test_a_percentile_of_what_fails_now_and_then_is_bounded_as_worked_out_by_hand() -> None:
    """Exponential times, between 88 and 96 % end well: of these, 1 - q are over by t = -ln q. At the most 0.96 q of all
    runs end well after t, and at the least 0.88 (1 - q) before it, so the percentile p is at most where
    0.96 q / (0.96 q + 0.88 (1 - q)) = 1 - p. The true one, whatever share fails, is -ln(1 - p)."""
    here = context(FAILING)
    bounds: list[float] = []
    for name, p in (("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99)):
        low, _, high = numbers(here, f"latency/main/{name}")
        assert low is not None and high is not None
        q = (1 - p) * 0.88 / ((1 - p) * 0.88 + p * 0.96)
        assert low <= -math.log(1 - p) <= high
        assert high == pytest.approx(-math.log(q), rel=5e-3)
        bounds.append(high)
    assert all(a < b for a, b in pairwise(bounds))
