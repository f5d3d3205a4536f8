"""When nothing fits: which needs exclude each other, and what each would have to become, as questions to the client.

Conflicts are minimal (leave any need of one out and the rest can be met) and come with the least relaxation of each
need alone; both are proven, not guessed from the tables.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from groma.design.front import Solver, need_in_words
from groma.design.problem import Held, loss, value_of

MOST_LOOKED_AT = 8
"""Designs that are looked at for what is missing in all of them."""


@dataclass(frozen=True, slots=True)
class Relaxation:
    """The least change of one need after which everything can be met, the design that does it and what the first wish
    is then. `target` None: relaxing this need alone doesn't help."""

    need: str
    now: float
    target: float | None
    answers: Mapping[str, str] | None
    first_wish: float | None


@dataclass(frozen=True, slots=True)
class Conflicts:
    """Minimal sets of needs that no design meets together, as names; `complete`: there are no others."""

    sets: tuple[tuple[str, ...], ...]
    complete: bool
    relaxations: tuple[Relaxation, ...]
    unanswerable: Mapping[str, tuple[str, ...]]
    """Needs and wishes whose figure no design found so far can show -> the facts that are missing for it."""
    questions: tuple[str, ...]


def conflicts(solver: Solver) -> Conflicts:
    """The conflicts of a brief that no design meets."""
    found = solver.conflict()
    by_name = {h.name: h for h in solver.task.held}
    relaxations: list[Relaxation] = []
    for relaxed in found.relaxations:
        held = by_name[relaxed.need.measure]
        now = value_of(held.measure, held.limit)
        lost = relaxed.at_most
        if relaxed.found is None or lost is None or lost == math.inf:
            relaxations.append(Relaxation(held.need, now, None, None, None))
            continue
        cheapest = solver.least({held.name: lost * (1 + 1e-9)})
        proof = cheapest.proof if cheapest is not None else solver.proof(relaxed.found)
        first = solver.task.wishes[0]
        target = value_of(held.measure, lost)
        relaxations.append(Relaxation(held.need, now, target, dict(proof.answers), proof.losses[first]))
    sets = tuple(tuple(by_name[b.measure].need for b in several) for several in found.sets)
    missing = _unanswerable(solver)
    return Conflicts(
        sets,
        found.complete,
        tuple(relaxations),
        missing,
        tuple(_questions(solver, sets, relaxations, missing)),
    )


def _unanswerable(solver: Solver) -> dict[str, tuple[str, ...]]:
    tried = _tried(solver)
    for answers in tried:
        solver.prover.proof(answers)  # whole: a proof may have ended at another need
    asked = {h.need: (h.name, h.measure) for h in solver.task.held}
    needed = {h.measure for h in solver.task.held}
    asked |= {wish: (wish, wish) for wish in solver.task.wishes if wish not in needed}
    found: dict[str, tuple[str, ...]] = {}
    for name, (lost, measure) in asked.items():
        known = [p.losses[lost] for p in solver.prover.proofs if not p.fault and lost in p.losses]
        if known and min(known) == math.inf:
            figures = (solver.prover.figures(answers, [measure])[measure] for answers in tried)
            found[name] = tuple(dict.fromkeys(fact for figure in figures for fact in figure.missing))
    return found


def _tried(solver: Solver) -> list[Mapping[str, str]]:
    """The answers of the first designs that were tried."""
    return [proof.answers for proof in solver.prover.proofs if not proof.fault][:MOST_LOOKED_AT]


def _questions(
    solver: Solver,
    sets: tuple[tuple[str, ...], ...],
    relaxations: list[Relaxation],
    missing: Mapping[str, tuple[str, ...]],
) -> list[str]:
    held = {h.need: h for h in solver.task.held}
    lines: list[str] = []
    for several in sets:
        if not several:
            lines.append(
                "No combination of the options is consistent: which exclusion or `keep` can be given up?"
            )
            continue
        names = " and ".join(need_in_words(held[need], solver.journal) for need in several)
        if len(several) > 1:
            lines.append(f"{names} can't be met together: which may give way?")
        else:
            told = _nearest(solver, held[min(several)])
            lines.append(f"{names} can't be met by any design: {told}{'' if told.endswith('?') else '.'}")
    for need, facts in missing.items():
        stated = ", ".join(facts) or "what it rests on"
        lines.append(f"{need} can't be shown for any design: please state {stated}.")
    for relaxed in relaxations:
        if relaxed.target is not None:
            lines.append(_offer(solver, held[relaxed.need], relaxed))
    return lines


def _nearest(solver: Solver, held: Held) -> str:
    """How near a design comes to one need when it has to meet no other."""
    if held.words:
        return _in_words(solver, held)
    found = solver.least({h.name: math.inf for h in solver.task.held}, objectives=(held.name,))
    if found is None or found.lost(held.name) == math.inf:
        return "no design has a figure of it"
    return f"the nearest is {solver.journal.amount(held.measure, found.lost(held.name))}"


def _in_words(solver: Solver, held: Held) -> str:
    """What designs have instead of what is asked, where that is told in words."""
    figures = [solver.prover.figures(answers, [held.measure])[held.measure] for answers in _tried(solver)]
    told = sorted({figure.words for figure in figures if figure.words})
    return f"designs have {' or '.join(told)}" if told else "is it asked of the right part?"


def _offer(solver: Solver, held: Held, relaxed: Relaxation) -> str:
    first = solver.task.wishes[0]
    if held.words:
        return f"Could {held.need} be given up? Then everything else can be met."
    journal = solver.journal
    wanted = journal.amount(held.measure, held.limit)
    assert relaxed.target is not None
    offered = journal.amount(held.measure, loss(held.measure, relaxed.target))
    price = "" if relaxed.first_wish is None else f" ({first} {journal.amount(first, relaxed.first_wish)})"
    return f"Would {offered} instead of {wanted} do for {held.need}? Then everything else can be met{price}."
