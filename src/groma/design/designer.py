"""`design`: from a brief to a blueprint, stage by stage; each stage asks the solver of the brief its own questions.

Interrupting leaves what is proven so far: the designs that are known to meet all needs, with the gap to the best
that could still be found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias, TypeVar

from groma.analyses import assess
from groma.catalog import Catalog
from groma.design.blueprint import (
    Blueprint,
    Certificate,
    FrontPoint,
    Proposal,
    RoleSummary,
    SpaceSummary,
)
from groma.design.conflicts import conflicts
from groma.design.decisions import as_elements, decisions
from groma.design.figures import Figures
from groma.design.front import FRONT_STEP, Point, Solver, Walk
from groma.design.options import asked_for, options
from groma.design.prices import flips, price_flips, prices
from groma.design.problem import FIRST_TOLERANCE, WISH_TOLERANCE, value_of
from groma.design.proposals import Chosen, proposals
from groma.design.risks import risks
from groma.design.robust import Ground, Robust, Robustness
from groma.design.tradeoffs import tradeoff
from groma.model.elements import Model
from groma.model.figure import Ledger
from groma.patterns import Closed, Pattern, Space, close, resolve
from groma.progress import UNHEARD, Progress
from groma.solvers.optimisation import Stopped
from groma.workers import ALONE, Asked, Crew

T = TypeVar("T")
Recommending: TypeAlias = Callable[[Model, Asked[Ledger]], object]
STAGES = (
    "what each choice costs",
    "the front",
    "proposals",
    "prices of needs",
    "decisions",
    "demand and facts",
)


def design(
    brief: Path | Space,
    catalog: Catalog,
    patterns: Mapping[str, Pattern],
    *,
    progress: Progress = UNHEARD,
    tolerance: float = WISH_TOLERANCE,
    first_tolerance: float = FIRST_TOLERANCE,
    step: float = FRONT_STEP,
    robustness: bool = True,
    crew: Crew = ALONE,
    recommending: Recommending | None = None,
) -> Blueprint:
    """The blueprint of a brief. `tolerance`, `first_tolerance` and `step` are shares (see `problem.WISH_TOLERANCE`,
    `problem.FIRST_TOLERANCE`, `front.FRONT_STEP`). The `crew` works beside the search; alone, the answers
    are the same. `recommending` is told of the recommended design, its model and what is asked of its figures, while
    the rest of the front, prices and decisions are still sought; again if an interruption has another recommended.

    Raises ModelError for a brief or pattern that says something wrong. KeyboardInterrupt is answered with what is
    proven so far (`certificate.complete` is then False).
    """
    space = brief if isinstance(brief, Space) else resolve(brief, patterns)
    asked_for(space)  # what an open decision names must be there before the work begins
    designing = _Designing(
        space,
        catalog,
        progress,
        crew,
        recommending,
        tolerance=tolerance,
        first_tolerance=first_tolerance,
        step=step,
    )
    try:
        return designing.blueprint(robustness)
    finally:
        designing.solver.forget()


class _Designing:
    """One run of the designer; `whole` until it is interrupted."""

    def __init__(
        self,
        space: Space,
        catalog: Catalog,
        progress: Progress,
        crew: Crew,
        recommending: Recommending | None,
        *,
        tolerance: float,
        first_tolerance: float,
        step: float,
    ) -> None:
        self.crew, self.recommending = crew, recommending
        self.recommended: Asked[Ledger] | None = None
        self.best = ""
        """What the recommended design comes to, in words, as soon as it is known."""
        self.space, self.progress, self.whole, self.stage = space, progress, True, 0
        self.asked: dict[frozenset[tuple[str, str]], tuple[Closed, Asked[Ledger]]] = {}
        self._tell()
        self.solver = Solver(
            space,
            catalog,
            tolerance=tolerance,
            first_tolerance=first_tolerance,
            step=step,
            told=lambda _: self._tell(),
            crew=crew,
        )

    def blueprint(self, robustness: bool) -> Blueprint:
        solver = self.solver
        self._next("the front")
        walk = self._front()
        chosen = proposals(walk.points, solver.task.wishes)
        best = chosen[0].point if chosen else None
        self._next("proposals")
        worked_out = tuple(self._worked_out(c) for c in chosen)
        swaps = tuple(tradeoff(solver, a, b) for i, a in enumerate(chosen) for b in chosen[i + 1 :])
        if best is not None:
            self._recommend(best)
        self._next("prices of needs")
        priced = self._all(prices(solver, best)) if best else ()
        flipped = self._all(flips(solver, best, priced)) if best else ()
        shown = tuple(proposal() for proposal in reversed(worked_out))[::-1]
        asked = self._asked(chosen, walk.points, shown) if robustness and best else None
        self._next("decisions")
        decided = self._all(decisions(solver, best)) if best else ()
        tried = self._all(options(solver))
        dearer = tuple(price_flips(self.space, decided, shown[0].ledger)) if shown else ()
        self._next("demand and facts")
        robust = self._robustness(asked) if asked is not None else None
        against = None
        if best is None and self.whole:
            against = self._guarded(lambda: conflicts(solver))
        ledger = self._ledger(walk.points, chosen, shown)
        figures = Figures(ledger, solver.task, self.space)
        if best is not None:
            figures.choices(best.answers)
        figures.prices(priced)
        figures.flips(flipped)
        figures.decisions(decided)
        figures.price_flips(dearer)
        figures.options(tried)
        if robust is not None:
            figures.robustness(robust)
        certificate = Certificate(
            self.whole, self.space.combinations, solver.journal.proofs, solver.journal.cuts, solver.journal.refused,
            solver.master.solves, getattr(solver.estimate, "asked", 0), walk.gap, tuple(solver.journal.lines),
        )  # fmt: skip
        return Blueprint(
            _summary(self.space), solver.task.wishes, tuple(self._front_point(p) for p in walk.points), shown,
            chosen[0].name if chosen else None, swaps, priced, flipped, dearer, decided, robust,
            risks(self.space, best.answers) if best else (), against, ledger, certificate,
        )  # fmt: skip

    def _front(self) -> Walk:
        """The front; its first point, which is the recommended one, is told of at once."""

        def told(point: Point) -> None:
            if not self.asked:
                self._recommend(point)

        try:
            walk = self.solver.front(told=told)
        except (KeyboardInterrupt, Stopped):
            walk = None
        if walk is not None and walk.complete:
            return walk
        self.whole = False
        return self.solver.so_far()

    def _recommend(self, point: Point) -> None:
        """Tell of a recommended design, once; its figures are asked of the crew."""
        closed, figures = self._figures(point)
        if self.recommending is not None and self.recommended is not figures:
            self.recommending(closed.model, figures)
        self.recommended = figures
        amount = self.solver.journal.amount
        self.best = ", ".join(amount(wish, point.lost(wish)) for wish in self.solver.task.wishes)

    def _worked_out(self, chosen: Chosen) -> Callable[[], Proposal]:
        """A proposal, whose figures a helper may work out meanwhile."""
        answers = dict(chosen.point.answers)
        closed, ledger = self._figures(chosen.point)
        titles = {r.name: r.variant(answers[r.name]).title for r in self.space.roles}
        return lambda: Proposal(
            chosen.name, chosen.title, chosen.short, answers, titles, closed.text, closed.model,
            ledger.result().extended(()), self._values(chosen.point),
        )  # fmt: skip

    def _figures(self, point: Point) -> tuple[Closed, Asked[Ledger]]:
        """The finished model of a design, and its figures, asked of the crew once."""
        key = frozenset(point.answers.items())
        if key not in self.asked:
            closed = close(self.space, point.answers, decisions=as_elements(self.space, point.answers))
            self.asked[key] = (closed, self.crew.ask(assess, closed.model, self.solver.catalog))
        return self.asked[key]

    def _values(self, point: Point) -> dict[str, float]:
        return {w: value_of(w, point.lost(w)) for w in self.solver.task.wishes}

    def _front_point(self, point: Point) -> FrontPoint:
        return FrontPoint(dict(point.answers), self._values(point))

    def _asked(self, chosen: Sequence[Chosen], points: Sequence[Point], shown: Sequence[Proposal]) -> Robust:
        """What needs nothing but the front, asked early: it is worked on beside the search."""
        ground = Ground(self.space, self.solver.catalog, self.solver.task)
        return Robust(ground, self.crew, chosen, points, _ranges(shown[0].ledger))

    def _robustness(self, asked: Robust) -> Robustness:
        demand, turned = self._all(asked.demand()), self._all(asked.turns())
        return Robustness(demand, turned, self._all(asked.facts()), asked.tried)

    def _ledger(self, points: Sequence[Point], chosen: Sequence[Chosen], shown: Sequence[Proposal]) -> Ledger:
        ledger = Ledger(shown[0].ledger.model if shown else self.space.given.digest)
        figures = Figures(ledger, self.solver.task, self.space)
        journal = self.solver.journal
        figures.counts(
            {"combinations": self.space.combinations, "proofs": journal.proofs, "cuts": journal.cuts}
        )
        wishes = self.solver.task.wishes
        figures.front([self.solver.prover.figures(p.answers, wishes) for p in points])
        for proposed, proposal in zip(chosen, shown, strict=True):
            figures.proposal(proposed, proposal.ledger)
        return ledger

    def _all(self, found: Iterator[T]) -> tuple[T, ...]:
        """Everything a stage finds, or what it found until it was interrupted."""
        kept: list[T] = []
        if self.whole:
            try:
                for item in found:
                    kept.append(item)
                    self._tell()
            except (KeyboardInterrupt, Stopped):
                self.whole = False
        return tuple(kept)

    def _guarded(self, work: Callable[[], T]) -> T | None:
        try:
            return work()
        except (KeyboardInterrupt, Stopped):
            self.whole = False
            return None

    def _next(self, stage: str) -> None:
        self.stage = STAGES.index(stage)
        self._tell()

    def _tell(self) -> None:
        proofs = self.solver.journal.proofs if hasattr(self, "solver") else 0
        known = (f"{proofs} designs proven", f"recommended: {self.best}" if self.best else "")
        done = f"{STAGES[self.stage]} ({'; '.join(filter(None, known))})" if proofs else STAGES[self.stage]
        self.progress.step(done, self.stage, len(STAGES))


def _summary(space: Space) -> SpaceSummary:
    roles = tuple(
        RoleSummary(r.name, r.title, r.why, r.want, r.pattern, tuple(v.name for v in r.variants))
        for r in space.roles
    )
    return SpaceSummary(space.given.system, space.combinations, roles, space.not_offered)


def _ranges(ledger: Ledger) -> dict[str, tuple[float, float]]:
    """The facts of a design that aren't known better than to a range."""
    return {
        name.removeprefix("fact/"): (given.low, given.high)
        for name, given in ledger.inputs.items()
        if name.startswith("fact/")
        and given.low is not None
        and given.high is not None
        and given.low < given.high
    }
