"""The designer: beside proving every combination (a small brief), and beside genetic search (more than a million).

The front must be that of trying everything; no design that genetic search (NSGA-II of pymoo, with the same proofs, a
fixed number of them) comes upon may beat the front. Both fronts are of the same brief, `answering/`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

from case import Case, Contender
from genetic import genetic_front
from groma.catalog import load_catalog
from groma.design.enumerate import every_proof, meeting_needs, nondominated
from groma.design.front import FRONT_STEP, Solver
from groma.design.journal import Journal
from groma.design.problem import task_of
from groma.design.prove import Prover
from groma.patterns import Space, library, resolve

FOLDER = Path(__file__).parents[1] / "answering"
PROVEN = 240
"""Designs that genetic search may prove."""
Points = Sequence[Sequence[float]]


def _space(name: str) -> Space:
    return resolve(FOLDER / name, library([FOLDER / "patterns"]))


def _prover(space: Space) -> Prover:
    return Prover(space, load_catalog(), task_of(space.given), Journal("EUR"))


def _ours(name: str, *, exact: bool) -> Callable[[], Callable[[], Points]]:
    def prepare() -> Callable[[], Points]:
        space = _space(name)

        def run() -> Points:
            same = {"tolerance": 0.0, "first_tolerance": 0.0, "step": 0.0} if exact else {}
            solver = Solver(space, load_catalog(), **same)  # pyright: ignore[reportArgumentType]
            return [[p.lost(w) for w in solver.task.wishes] for p in solver.front().points]

        return run

    return prepare


def _everything() -> Callable[[], Points]:
    space = _space("small.yaml")

    def run() -> Points:
        prover = _prover(space)
        found = nondominated(meeting_needs(every_proof(prover), prover.task), prover.task)
        return [[p.losses[w] for w in prover.task.wishes] for p in found]

    return run


def _genetic() -> Callable[[], Points]:
    if not find_spec("pymoo"):
        raise ImportError(name="pymoo")
    space = _space("brief.yaml")
    return lambda: genetic_front(_prover(space), PROVEN)


def same_front(ours: Points, theirs: Points) -> str:
    """In words how two fronts differ; "" if they don't."""
    alike = len(ours) == len(theirs) and all(
        math.isclose(a, b, rel_tol=1e-9)
        for p, q in zip(ours, theirs, strict=True)
        for a, b in zip(p, q, strict=True)
    )
    return "" if alike else f"fronts of {len(ours)} and {len(theirs)} points"


def never_beaten(ours: Points, theirs: Points) -> str:
    """Which of their points beats our front, by more than the designer counts as equal (the brief asks for 9 s)."""
    apart = (0.001 * ours[0][0], FRONT_STEP * 9.0)

    def covered(point: Sequence[float]) -> bool:
        return any(all(a <= b + c for a, b, c in zip(p, point, apart, strict=True)) for p in ours)

    beating = [point for point in theirs if not covered(point)]
    return f"{len(beating)} points beat the front, such as {beating[0]}" if beating else ""


CASES = (
    Case(
        "front of a brief with 672 combinations",
        Contender("groma", _ours("small.yaml", exact=True)),
        (Contender("every combination proven", _everything),),
        same_front,
    ),
    Case(
        "front of a brief with 1,088,640 combinations",
        Contender("groma", _ours("brief.yaml", exact=False)),
        (Contender(f"NSGA-II, {PROVEN} proofs (no certificate)", _genetic),),
        never_beaten,
    ),
)
