"""The designer against building and proving every combination, with the analyses themselves on random briefs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import pytest

from design.briefs import random_texts
from groma.catalog import load_catalog
from groma.design.enumerate import every_proof, meeting_needs, nondominated, simplest_least
from groma.design.front import Solver
from groma.design.journal import Journal
from groma.design.prove import Proof, Prover

SEEDS = range(20)


@dataclass(frozen=True)
class Tried:
    """A brief with the proof of every design, and a solver that counts no two values as equal."""

    solver: Solver
    proofs: tuple[Proof, ...]
    fitting: list[Proof]


@cache
def tried(seed: int) -> Tried:
    wish = ("latency/answer@replied/p95", "availability/answer")[seed % 2]
    space = random_texts(seed, few=True, wish=wish).space()
    solver = Solver(space, load_catalog(), tolerance=0.0, first_tolerance=0.0, step=0.0)
    proofs = every_proof(Prover(space, load_catalog(), solver.task, Journal("EUR")))
    return Tried(solver, proofs, meeting_needs(proofs, solver.task))


@pytest.mark.parametrize("seed", SEEDS)
def test_front_and_recommendation_are_those_of_proving_every_design(seed: int) -> None:
    case = tried(seed)
    task = case.solver.task
    walk = case.solver.front()
    expected = [[p.losses[w] for w in task.wishes] for p in nondominated(case.fitting, task)]
    assert [[p.lost(w) for w in task.wishes] for p in walk.points] == [
        pytest.approx(e, rel=1e-9) for e in expected
    ]
    best, least = case.solver.least(), simplest_least(case.fitting, task, case.solver.space)
    assert (best and dict(best.answers)) == (least and dict(least.answers))


@pytest.mark.parametrize("seed", SEEDS)
def test_no_completion_is_better_than_the_optimistic_end(seed: int) -> None:
    case = tried(seed)
    space = case.solver.space
    partials = [{}] + [{r.name: v.name} for r in space.roles for v in r.variants]
    partials += [
        dict(list(p.answers.items())[:n])
        for n in range(2, len(space.roles) + 1)
        for p in case.proofs[:: 3 * n]
    ]
    for partial in partials:
        completions = [p for p in case.proofs if partial.items() <= p.answers.items() and not p.fault]
        for name in case.solver.task.names:
            bound = case.solver.at_best(name, partial)
            least = min((max(p.losses[name], p.far.get(name, 0.0)) for p in completions), default=bound)
            assert bound <= least + 0.0051, (name, partial)


@pytest.mark.parametrize("seed", SEEDS[::3])
def test_a_proof_that_has_begun_promises_no_more_than_the_whole_and_goes_on_to_the_same(seed: int) -> None:
    """Whatever was begun in between."""
    case = tried(seed)
    wishes = case.solver.task.wishes
    prover = Prover(case.solver.space, load_catalog(), case.solver.task, Journal("EUR"))
    nearer = 0
    for known, between in zip(case.proofs[::7], case.proofs[1::7], strict=False):
        for p in (known, between):
            least = {wish: prover.at_least(p.answers, wish) for wish in wishes}
            assert all(least[wish] <= p.losses[wish] * (1 + 1e-9) + 1e-12 for wish in wishes)
            nearer += any(least[wish] > case.solver.at_best(wish, p.answers) * (1 + 1e-6) for wish in wishes)
        assert prover.proof(known.answers) == known
    assert nearer > 0 or seed % 2  # what is left open of latency is more than of availability
    faulty = next((p for p in case.proofs if p.fault), None)
    assert faulty is None or prover.at_least(faulty.answers, wishes[0]) == -math.inf


@pytest.mark.parametrize("seed", SEEDS[::3])
def test_a_proof_ends_where_a_limit_is_broken_and_goes_on_to_the_same_when_it_is_gone(seed: int) -> None:
    case = tried(seed)
    prover = Prover(case.solver.space, load_catalog(), case.solver.task, Journal("EUR"))
    partly = 0
    for known in [p for p in case.proofs if not p.fault][::5]:
        for name, lost in known.losses.items():
            if lost <= 0.0:
                continue
            limits = {name: min(lost, 1e9) * 0.99}
            found = prover.judged(known.answers, limits)
            assert found.breaks(limits)
            assert found.losses.items() <= known.losses.items() and found.far.items() <= known.far.items()
            assert found.whole == (found.losses == known.losses)
            partly += not found.whole
        told = prover.judged(known.answers, known.losses)
        assert told == prover.proof(known.answers) == known
    assert partly > 0
    assert prover.journal.proofs == len({frozenset(p.answers.items()) for p in prover.proofs})


def test_the_briefs_are_not_all_easy() -> None:
    cases = [tried(seed) for seed in SEEDS]
    fronts = [len(nondominated(c.fitting, c.solver.task)) for c in cases]
    assert sum(n == 0 for n in fronts) >= 1
    assert sum(n >= 2 for n in fronts) >= 8
    assert sum(0 < len(c.fitting) < len(c.proofs) for c in cases) >= 8
