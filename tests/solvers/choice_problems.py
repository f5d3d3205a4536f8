"""Random choice problems whose truth is known by trying everything: shared by the optimisation tests."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from math import inf
from random import Random

from groma.solvers.optimisation import (
    ABSENT,
    Assignment,
    Clause,
    Cut,
    Group,
    Literal,
    Problem,
    Term,
    Verdict,
    all_assignments,
)

PLAIN = Group("a", ("x", "y"))
PRICE = Term("cost", ("a",), {("x",): 1.0, ("y",): 2.0})


def one(group: Group, **values: float) -> Term:
    """The cost of each variant."""
    return Term("cost", (group.name,), {(v,): c for v, c in values.items()})


@dataclass(frozen=True)
class Case:
    """A problem, the truth about its measures (cost is tabled exactly, delay and risk only from below)."""

    problem: Problem
    weights: dict[Literal, float]
    share: dict[Literal, float]
    helpful: bool

    def truth(self, assignment: Assignment) -> dict[str, float]:
        """Cost adds up; delay is the slowest part times a penalty for many parts; risk multiplies."""
        weights = [self.weights[literal] for literal in assignment.items()]
        parts = sum(v != ABSENT for v in assignment.values())
        survive = 1.0
        for literal in assignment.items():
            survive *= 1.0 - self.share[literal]
        return {
            "cost": self.problem.value("cost", assignment),
            "delay": max(weights) * (1 + parts // 3),
            "risk": 1.0 - survive,
        }

    def oracle(self, assignment: Assignment, limits: Mapping[str, float]) -> Verdict:
        """The truth; if helpful, with the slowest part and the two riskiest as cuts that hold for every completion, and
        if not, no more of it than it takes to see a limit broken."""
        values = self.truth(assignment)
        if not self.helpful:
            broken = next((m for m in sorted(values) if values[m] > limits.get(m, inf)), None)
            return Verdict({m: v for m, v in values.items() if broken is None or m <= broken})
        slowest = max(assignment.items(), key=lambda literal: (self.weights[literal], literal))
        first, second = sorted(assignment.items(), key=lambda literal: (-self.share[literal], literal))[:2]
        together = 1.0 - (1.0 - self.share[first]) * (1.0 - self.share[second])
        return Verdict(
            values,
            (
                Cut("delay", dict([slowest]), self.weights[slowest]),
                Cut("risk", dict([first, second]), together),
            ),
        )

    def all_truths(self) -> list[tuple[dict[str, str], dict[str, float]]]:
        """Every consistent assignment with its true values."""
        return [(a, self.truth(a)) for a in all_assignments(self.problem)]


def random_case(seed: int, groups: int | None = None) -> Case:
    """Three to five groups, conditions, clauses, tables over up to three groups with some tuples forbidden."""
    rng = Random(seed)
    made: list[Group] = []
    for i in range(groups or rng.choice([3, 3, 4, 4, 5])):
        variants = tuple("abc"[: rng.randint(2, 3)])
        active = None
        if i and rng.random() < 0.4:
            chosen = [(g.name, v) for g in made for v in g.variants]
            active = frozenset(rng.sample(chosen, min(len(chosen), rng.randint(1, 3))))
        made.append(
            Group(f"g{i}", variants, active, {v: rng.randint(0, 2) for v in variants if rng.random() < 0.3})
        )
    literals = [(g.name, v) for g in made for v in g.domain]
    clauses: list[Clause] = []
    for _ in range(rng.randint(0, 3)):
        given = frozenset(rng.sample(literals, 2))
        clauses.append(Clause(given, frozenset(rng.sample(literals, rng.randint(0, 2)))))
    terms: list[Term] = []
    for _ in range(rng.randint(2, 5)):
        scope = tuple(g.name for g in rng.sample(made, rng.randint(1, min(3, len(made)))))
        domains = [next(g.domain for g in made if g.name == name) for name in scope]
        digits = rng.choice([0, 2])
        table = {
            k: inf if rng.random() < 0.07 else round(rng.uniform(-5, 20), digits) for k in product(*domains)
        }
        terms.append(Term("cost", scope, table))
    weights = {literal: float(rng.randint(1, 9)) for literal in literals}
    share = {literal: rng.choice([0.0, 0.01, 0.1, 0.25]) for literal in literals}
    first, second = made[:2]
    terms.append(Term("delay", (first.name,), {(v,): weights[first.name, v] for v in first.domain}))
    terms.append(Term("risk", (second.name,), {(v,): share[second.name, v] for v in second.domain}))
    return Case(
        Problem(tuple(made), tuple(clauses), tuple(terms)),
        weights,
        share,
        len(made) > 4 or rng.random() < 0.5,
    )
