"""The solver of one brief: least designs under changed needs, the front, conflicts; every answer proven.

Everything learnt (proofs, reasons) is kept, so that each further question about the same brief costs less.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from groma.catalog import Catalog
from groma.design.enumerate import meeting_needs, nondominated
from groma.design.estimate import Alone, Estimate, Estimator
from groma.design.journal import Journal, in_words
from groma.design.problem import FIRST_TOLERANCE, HELD, WISH_TOLERANCE, Held, Task, task_of
from groma.design.prove import Proof, Prover
from groma.design.screened import Screened
from groma.design.tables import (
    MOST_ENTRIES,
    NOT_ARISING,
    Tables,
    answers_of,
    coded,
    of_single,
    tabulated,
)
from groma.patterns import ABSENT, Space, open_model
from groma.solvers.optimisation import Bound, Conflict, Found, Record, best, conflict, walk_front
from groma.workers import ALONE, Crew

FRONT_STEP = 0.05
"""How much better (as a share of what is asked) a wish must get to be worth another point of the front."""

MONEY = frozenset({"cost/month", "people/month"})
CENT = 0.0051
"""Bills are rounded to the cent."""


@dataclass(frozen=True, slots=True)
class Point:
    """A proven design on the front. `bound`: no design under the same limits has a smaller loss of the first wish."""

    proof: Proof
    bound: float

    @property
    def answers(self) -> Mapping[str, str]:
        return self.proof.answers

    def lost(self, name: str) -> float:
        return self.proof.losses[name]


@dataclass(frozen=True, slots=True)
class Walk:
    """The front as far as it is proven; `gap`: how much less the first wish could still be, when it was stopped."""

    points: tuple[Point, ...]
    complete: bool
    gap: float = 0.0


@dataclass(frozen=True, slots=True)
class Question:
    """What a best design is asked for: limits on losses, the answers that some roles may take, what is made least, and
    the design that the answer is to be near."""

    limits: Mapping[str, float]
    within: Mapping[str, frozenset[str]]
    objectives: tuple[str, ...]
    near: Mapping[str, str] | None

    def tightens(self, other: Question) -> bool:
        """Whether every design that this one allows is allowed by the other, which makes the same least."""
        return (
            (self.objectives, self.near) == (other.objectives, other.near)
            and all(self.limits.get(name, math.inf) <= limit for name, limit in other.limits.items())
            and all(
                role in self.within and self.within[role] <= allowed for role, allowed in other.within.items()
            )
        )


class Solver:
    """Questions about one brief."""

    def __init__(
        self,
        space: Space,
        catalog: Catalog,
        *,
        estimate: Estimate | None = None,
        prover: Prover | None = None,
        tolerance: float = WISH_TOLERANCE,
        first_tolerance: float = FIRST_TOLERANCE,
        step: float = FRONT_STEP,
        most_entries: int = MOST_ENTRIES,
        stop: Callable[[], bool] | None = None,
        told: Callable[[int], None] | None = None,
        crew: Crew = ALONE,
    ) -> None:
        self.space, self.catalog = space, catalog
        self.task: Task = task_of(space.given)
        self.journal = prover.journal if prover is not None else Journal(self.task.currency)
        self.estimate: Estimate = estimate or _estimator(space, catalog, self.task, crew)
        self.prover = prover or Prover(space, catalog, self.task, self.journal, told)
        self.tables: Tables = tabulated(space, self.task, self.estimate, most_entries)
        self._stop = stop
        self._answered: list[tuple[Question, Point | None]] = []
        first, *others = self.task.wishes
        self.steps = {wish: step * self._reference(wish) for wish in others}
        self.master = Screened(
            space, self.tables, self.estimate, self.prover.far_ends, self.prover.at_least,
            self.task.wishes, self.journal,
        )  # fmt: skip
        tolerances = {wish: tolerance * self._reference(wish) for wish in others}
        least = self.master.floor(first, {b.measure: b.at_most for b in self.needs})
        tolerances[first] = first_tolerance * (least if least < math.inf else 0.0)
        for wish in MONEY & tolerances.keys():
            tolerances[wish] = max(CENT, tolerances[wish])
        self.master.count_as_equal(tolerances)
        self._say_impossible()

    @property
    def needs(self) -> tuple[Bound, ...]:
        return tuple(Bound(h.name, h.limit) for h in self.task.held)

    def least(
        self,
        limits: Mapping[str, float] | None = None,
        within: Mapping[str, frozenset[str]] | None = None,
        objectives: Sequence[str] | None = None,
        near: Point | None = None,
    ) -> Point | None:
        """The best design by the wishes in their order, with some needs' limits changed (+inf: dropped) and some roles
        restricted; None when there is none. `near`: of those that are best in the first wish, one with the fewest
        choices other than this one's. What answers a question with looser limits answers this one where it keeps
        these, too."""
        changed = {b.measure: b.at_most for b in self.needs} | dict(limits or {})
        kept = {name: at_most for name, at_most in changed.items() if at_most < math.inf}
        beside = None if near is None else near.answers
        asked = Question(kept, dict(within or {}), tuple(objectives or self.task.wishes), beside)
        for looser, answer in self._answered:
            if asked.tightens(looser) and (answer is None or self._answers(answer, asked)):
                return answer
        bounds = [Bound(name, at_most) for name, at_most in kept.items()]
        found = best(
            self.master,
            asked.objectives,
            self.prover,
            bounds,
            _coded(within),
            Record(self._stop),
            None if beside is None else coded(beside),
        )
        answer = None if found is None else self._point(found)
        self._answered.append((asked, answer))
        return answer

    def _answers(self, point: Point, asked: Question) -> bool:
        """Whether a design keeps the limits of a question and is one of those that it allows."""
        return all(point.answers[role] in allowed for role, allowed in asked.within.items()) and all(
            point.lost(name) <= at_most + self.master.tolerance(name)
            for name, at_most in asked.limits.items()
        )

    def front(
        self,
        within: Mapping[str, frozenset[str]] | None = None,
        told: Callable[[Point], None] | None = None,
    ) -> Walk:
        """The whole front of the wishes under the needs, best first wish first. `told` hears of each point as it is
        found, in that order or not, but for the first."""
        first, *others = self.task.wishes
        found = walk_front(
            self.master,
            first,
            others,
            self.prover,
            self.needs,
            _coded(within),
            self.steps,
            self._stop,
            None if told is None else lambda found: told(self._point(found)),
        )
        points = tuple(self._point(p) for p in found.points)
        for number, point in enumerate(points, 1):
            values = ", ".join(f"{w} {self.journal.amount(w, point.lost(w))}" for w in self.task.wishes)
            self.journal.say(f"point {number} of the front, proven: {values}; {in_words(point.answers)}")
        return Walk(points, found.complete)

    def so_far(self) -> Walk:
        """What is known after an interruption: the nondominated ones of the designs proven to meet all needs, and how
        much better than the first of them a design could still be."""
        first = self.task.wishes[0]
        known = nondominated(meeting_needs(self.prover.proofs, self.task), self.task)
        bound = self.master.floor(first, {b.measure: b.at_most for b in self.needs})
        gap = max(0.0, known[0].losses[first] - bound) if known else math.inf
        self.journal.say(f"interrupted after {self.journal.proofs} proofs")
        return Walk(tuple(Point(p, bound) for p in known), False, gap)

    def conflict(self) -> Conflict:
        """Which needs exclude each other, and the least relaxation of each alone; a success need that a latency brings
        isn't looked at by itself, because a latency without it doesn't count."""
        stated = [Bound(h.name, h.limit) for h in self.task.held if not h.accompanies]
        return conflict(self.master, stated, self.prover)

    def extra(self, found: Point, best: Point) -> float:
        """What a design loses more of the first wish than another one; nothing where they count as equal."""
        first = self.task.wishes[0]
        extra = found.lost(first) - best.lost(first)
        return 0.0 if abs(extra) <= self.master.tolerance(first) else extra

    def proof(self, found: Found) -> Proof:
        return self.prover.proof(answers_of(found.assignment))

    def forget(self) -> None:
        """No more is asked: what was remembered of models goes."""
        self.estimate.forget()
        self.prover.forget()

    def at_best(self, name: str, partial: Mapping[str, str]) -> float:
        return self.estimate.at_best(name, partial)

    def _point(self, found: Found) -> Point:
        return Point(self.proof(found), found.bounds.get(self.task.wishes[0], -math.inf))

    def _reference(self, wish: str) -> float:
        """What a wish is measured by: the target of a need on it, else the best it can be."""
        targets = [h.limit for h in self.task.held if h.measure == wish]
        return min(targets) if targets else self.estimate.at_best(wish, {})

    def _say_impossible(self) -> None:
        """Answers that miss a need at their best side, before anything is solved."""
        for held in self.task.held:
            for role in self.space.roles:
                each = self.tables.alone[held.name][role.name]
                out = [
                    variant
                    for variant, least in each.items()
                    if least > held.limit and self.space.allowed({role.name: variant})
                ]
                if out and len(out) < len(each):
                    need = need_in_words(held, self.journal)
                    which = in_words({role.name: out})
                    self.journal.say(f"before the first solve: {which} can't keep {need}")


def _estimator(space: Space, catalog: Catalog, task: Task, crew: Crew) -> Estimator:
    """The estimator of a brief; helpers work out what single answers say of success, whose lattice is none of the other
    measures'."""
    names = [name for name in task.names if name.startswith("success/") and name.endswith(HELD)]
    elsewhere = {name: crew.ask(_singly, space, catalog, name).result for name in names if crew.helpers}
    return Estimator(open_model(space), catalog, task, elsewhere)


def _singly(space: Space, catalog: Catalog, name: str) -> Alone:
    """What single answers say of a measure, worked out by another process."""
    return of_single(space, Estimator(open_model(space), catalog, task_of(space.given)), name)


def need_in_words(held: Held, journal: Journal) -> str:
    """`quick (latency/answer/p95 at most 6 s)`."""
    if held.words:
        return f"{held.need} ({held.measure} {', '.join(held.words)})"
    sense = "at most" if held.at_most is not None else "at least"
    return f"{held.need} ({held.measure} {sense} {journal.amount(held.measure, held.limit)})"


def _coded(within: Mapping[str, frozenset[str]] | None) -> dict[str, frozenset[str]]:
    return {
        role: frozenset(NOT_ARISING if v == ABSENT else v for v in allowed)
        for role, allowed in (within or {}).items()
    }
