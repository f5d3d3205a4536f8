"""The exhaustive oracle: every allowed combination built and proven, nothing clever.

For small spaces it is the truth that the designer is held against; `groma design` itself never needs it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from itertools import product

from groma.design.problem import Task
from groma.design.prove import Proof, Prover
from groma.design.tables import coded, parts_of
from groma.patterns import Space

MOST = 20_000


def combinations(space: Space) -> Iterator[dict[str, str]]:
    """Every combination of answers that no exclusion rules out, in the order of the roles."""
    names = [role.name for role in space.roles]
    for chosen in product(*(tuple(v.name for v in role.variants) for role in space.roles)):
        answers = dict(zip(names, chosen, strict=True))
        if space.allowed(answers):
            yield answers


def every_proof(prover: Prover) -> tuple[Proof, ...]:
    """The proof of every design. ValueError for a space of more than `MOST` combinations."""
    if prover.space.combinations > MOST:
        raise ValueError(
            f"{prover.space.combinations:,} combinations are too many to try each; at most {MOST:,}"
        )
    return tuple(prover.proof(answers) for answers in combinations(prover.space))


def meeting_needs(proofs: Iterable[Proof], task: Task) -> list[Proof]:
    """Those that keep all needs and have a figure of every wish."""
    return [
        p
        for p in proofs
        if p.whole and all(p.meets(h) for h in task.held) and all(p.losses[w] < math.inf for w in task.wishes)
    ]


def nondominated(proofs: Iterable[Proof], task: Task) -> list[Proof]:
    """One design for each point of the front of the wishes, best first wish first."""
    candidates = list(proofs)
    losses = [tuple(p.losses[w] for w in task.wishes) for p in candidates]
    best: dict[tuple[float, ...], Proof] = {}
    for mine, proof in zip(losses, candidates, strict=True):
        beaten = any(
            other != mine and all(a <= b for a, b in zip(other, mine, strict=True)) for other in losses
        )
        if not beaten:
            best.setdefault(mine, proof)
    return [best[key] for key in sorted(best)]


def simplest_least(
    proofs: Iterable[Proof], task: Task, space: Space, tolerance: float = 1e-9
) -> Proof | None:
    """The least by the wishes in their order; among equals that with fewer parts, then the first by name."""
    left = list(proofs)
    if not left:
        return None
    for wish in task.wishes:
        least = min(p.losses[wish] for p in left)
        left = [p for p in left if p.losses[wish] <= least * (1 + tolerance)]
    return min(left, key=lambda p: (parts(space, p.answers), sorted(coded(p.answers).items())))


def parts(space: Space, answers: Mapping[str, str]) -> int:
    """How many parts a design has."""
    return sum(parts_of(space.role(role).variant(answer)) for role, answer in answers.items())
