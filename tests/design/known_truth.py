"""A space whose truth is a plain function of the answers: what the search is held against, without any analysis."""

from __future__ import annotations

import math
from collections.abc import Mapping
from random import Random

from groma.catalog import load_catalog
from groma.design.enumerate import combinations
from groma.design.estimate import Line, Narrowed
from groma.design.front import Solver
from groma.design.journal import Journal
from groma.design.problem import HELD, Task, task_of
from groma.design.prove import Proof, Prover
from groma.patterns import Space

COST, WAIT, DOWN = "cost/month", "latency/answer@replied/p95", "availability/answer"


class Truth:
    """Random losses: a bill of lines over one to three roles; the wait is a maximum plus a product, and the chance to
    be down a product, so neither adds up. `margin` is how far the far end of an interval lies above the value."""

    def __init__(self, space: Space, seed: int, margin: float = 0.1) -> None:
        self.space, self.margin = space, margin
        self.task: Task = task_of(space.given)
        rng = Random(seed)
        names = [role.name for role in space.roles]
        self.lines_of = {
            f"line{n}": tuple(sorted(rng.sample(names, rng.randrange(1, 4)))) for n in range(len(names) + 1)
        }
        self.tables = {line: Random(f"{seed}{line}").random for line in self.lines_of}
        self.seed = seed
        self.allowed = list(combinations(space))
        self.all = [(a, self.losses(a)) for a in self.allowed]

    def _draw(self, *key: object) -> float:
        return Random(f"{self.seed} {key}").random()

    def line(self, line: str, answers: Mapping[str, str]) -> float:
        return round(self._draw(line, *(answers[r] for r in self.lines_of[line])) * 10, 1)

    def losses(self, answers: Mapping[str, str]) -> dict[str, float]:
        cost = math.fsum(self.line(line, answers) for line in self.lines_of)
        waits = [self._draw("wait", role, v) for role, v in sorted(answers.items())]
        a, b = sorted(answers)[0], sorted(answers)[-1]
        wait = 3 * max(waits) + 2 * self._draw("both", answers[a], answers[b])
        up = math.prod(1 - 0.004 * self._draw("up", role, v) ** 3 for role, v in answers.items())
        found = {COST: cost, WAIT: wait, DOWN: 1 - up}
        held = {h.name: (found | {"success/answer@replied": 0.001})[h.measure] for h in self.task.held}
        return {w: found[w] for w in self.task.wishes} | {k: v * (1 + self.margin) for k, v in held.items()}


class TrueEstimate:
    """The exact minimum over the completions, made looser by a factor."""

    def __init__(self, truth: Truth, tightness: float = 1.0) -> None:
        self.truth, self.tightness, self.asked = truth, tightness, 0
        self._known: dict[object, float] = {}

    def at_best(self, name: str, partial: Narrowed) -> float:
        key = (name, frozenset(partial.items()))
        if key not in self._known:
            self.asked += 1
            losses = [v[name] for a, v in self.truth.all if completes(a, partial)]
            self._known[key] = self.tightness * min(losses, default=0.0)
        return self._known[key]

    def lines(self, name: str, partial: Mapping[str, str], *, quick: bool = True) -> tuple[Line, ...]:
        if name.removesuffix(HELD) != COST:
            return ()
        fitting = [a for a, _ in self.truth.all if partial.items() <= a.items()]
        loose = self.tightness if quick else 1.0
        return tuple(
            Line(
                line, loose * min((self.truth.line(line, a) for a in fitting), default=0.0), frozenset(roles)
            )
            for line, roles in self.truth.lines_of.items()
        )

    def forget(self) -> None:
        self._known.clear()


def completes(answers: Mapping[str, str], partial: Narrowed) -> bool:
    """Whether answers are among those that are left."""
    return all(answers[role] in ({left} if isinstance(left, str) else left) for role, left in partial.items())


class TrueProver(Prover):
    """Looks the truth up instead of building a model; no more of it than it takes to see a limit broken."""

    def __init__(self, truth: Truth, nearness: float = 1.0) -> None:
        self.nearness = nearness
        super().__init__(truth.space, load_catalog(), truth.task, Journal("EUR"))
        self.truth = truth

    def _prove(self, answers: dict[str, str], limits: Mapping[str, float]) -> Proof:
        truth = self.truth.losses(answers)
        broken = next((n for n in sorted(truth) if truth[n] > limits.get(n, math.inf)), None)
        losses = {n: lost for n, lost in truth.items() if broken is None or n <= broken}
        wishes = [w for w in self.task.wishes if w in losses]
        far = {w: losses[w] for w in wishes}
        return Proof(answers, losses, {w: (losses[w],) * 3 for w in wishes}, far, whole=losses == truth)

    def at_least(self, answers: Mapping[str, str], wish: str) -> float:
        return self.nearness * self.truth.losses(answers)[wish]


def solver_of(truth: Truth, tightness: float = 1.0, tolerance: float = 0.0, step: float = 0.0) -> Solver:
    return Solver(
        truth.space, load_catalog(), estimate=TrueEstimate(truth, tightness),
        prover=TrueProver(truth, tightness),
        tolerance=tolerance, first_tolerance=tolerance, step=step,
    )  # fmt: skip
