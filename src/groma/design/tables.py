"""From a design space to the optimiser's problem: tables of what each choice loses at best.

Measures that add up (a bill) are tabulated line by line over the roles each line depends on, by evaluating the open
model with exactly those roles answered; a scope that would need too many entries gives up its least influential
roles, which only makes the table less tight. Of every other measure one role alone can be tabulated soundly, because
losses of several don't add; the rest of what single answers say is learnt as cuts before the first solve.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from groma.design.estimate import Estimate, Line
from groma.design.problem import Task
from groma.patterns import ABSENT, Role, Space, Variant
from groma.solvers.optimisation import Clause, Cut, Group, Problem, Term

MOST_ENTRIES = 1000
NOT_ARISING = "(does not arise)"
"""What `absent` is called in the optimiser, where that word is kept for another way to say it."""


@dataclass(frozen=True, slots=True)
class Tables:
    """The optimiser's problem, what single answers prove, and how far each role moves each measure by itself."""

    problem: Problem
    cuts: tuple[Cut, ...]
    influence: Mapping[str, Mapping[str, float]]
    """Measure -> role -> spread of the losses of its answers, everything else at its best."""


def coded(answers: Mapping[str, str]) -> dict[str, str]:
    """Answers as the optimiser writes them."""
    return {role: NOT_ARISING if variant == ABSENT else variant for role, variant in answers.items()}


def answers_of(assignment: Mapping[str, str]) -> dict[str, str]:
    """Answers as patterns write them."""
    return {
        role: ABSENT if variant == NOT_ARISING else variant for role, variant in sorted(assignment.items())
    }


def tabulated(space: Space, task: Task, estimate: Estimate, most: int = MOST_ENTRIES) -> Tables:
    """The problem of a space: groups, exclusions, terms of every wish and need."""
    groups = tuple(
        Group(
            role.name,
            tuple(_code(v.name) for v in role.variants),
            parts={_code(v.name): parts_of(v) for v in role.variants},
        )
        for role in space.roles
    )
    clauses = tuple(
        Clause(frozenset((role, _code(variant)) for role, variant in exclusion))
        for exclusion in space.exclusions
    )
    terms: list[Term] = []
    cuts: list[Cut] = []
    influence: dict[str, dict[str, float]] = {}
    for name in task.names:
        added = _lines(space, name, estimate, most)
        if added:
            terms.extend(added)
            influence[name] = {role.name: _moved(added, role.name) for role in space.roles}
            continue
        alone = {role.name: _alone(role, name, estimate) for role in space.roles}
        influence[name] = {role: _spread(losses.values()) for role, losses in alone.items()}
        terms.extend(_strongest(name, alone, influence[name]))
        floor = estimate.at_best(name, {})
        cuts.extend(
            Cut(name, {role: _code(variant)}, least)
            for role, losses in sorted(alone.items())
            for variant, least in sorted(losses.items())
            if least > floor
        )
    return Tables(Problem(groups, clauses, tuple(terms)), tuple(cuts), influence)


def parts_of(variant: Variant) -> int:
    """How many parts an answer brings: elements, and policies that somebody must understand."""
    adds = (
        0
        if variant.adds is None
        else sum(len(getattr(tree, "entries", ())) for _, tree in variant.adds.entries)
    )
    return adds + sum(len(policies.entries) for policies in variant.wrap.values())


def _code(variant: str) -> str:
    return NOT_ARISING if variant == ABSENT else variant


def _alone(role: Role, name: str, estimate: Estimate) -> dict[str, float]:
    return {v.name: estimate.at_best(name, {role.name: v.name}) for v in role.variants}


def _spread(losses: Iterable[float]) -> float:
    known = list(losses)
    least, most = min(known, default=0.0), max(known, default=0.0)
    return 0.0 if least == most else most - least


def _moved(terms: Iterable[Term], role: str) -> float:
    """How far a role moves a measure that adds up: the spreads of its answers' least entries, over its tables."""
    moved = 0.0
    for term in terms:
        if role in term.scope:
            place = term.scope.index(role)
            least: dict[str, float] = {}
            for answers, loss in term.table.items():
                least[answers[place]] = min(loss, least.get(answers[place], math.inf))
            moved += _spread(value for value in least.values() if value < math.inf)
    return moved


def _strongest(
    name: str, alone: Mapping[str, Mapping[str, float]], moved: Mapping[str, float]
) -> tuple[Term, ...]:
    """The one role whose answers say most about a measure that doesn't add up."""
    if not alone:
        return ()
    role = max(sorted(alone), key=lambda r: moved[r])
    return (Term(name, (role,), {(_code(variant),): least for variant, least in alone[role].items()}),)


def _lines(space: Space, name: str, estimate: Estimate, most: int) -> tuple[Term, ...]:
    """The terms of a measure that adds up: a table for each set of roles that some of its lines depend on."""
    scopes = {line.name: _within(space, name, line, estimate, most) for line in estimate.lines(name, {})}
    tables: dict[tuple[str, ...], dict[tuple[str, ...], float]] = {}
    for scope in sorted(set(scopes.values())):
        mine = [key for key, its in scopes.items() if its == scope]
        tables[scope] = {
            tuple(_code(v) for v in answers): _entry(
                space, name, mine, dict(zip(scope, answers, strict=True)), estimate
            )
            for answers in product(*(tuple(v.name for v in space.role(r).variants) for r in scope))
        }
    if () in tables and space.roles:  # what no choice changes is put on the first role
        constant, first = tables.pop(())[()], space.roles[0]
        own = tables.get((first.name,), {})
        tables[(first.name,)] = {
            (code,): constant + own.get((code,), 0.0) for code in (_code(v.name) for v in first.variants)
        }
    return tuple(Term(name, scope, table) for scope, table in sorted(tables.items()))


def _entry(
    space: Space, name: str, lines: list[str], answers: Mapping[str, str], estimate: Estimate
) -> float:
    """The least sum of some lines under these answers; +inf where they can't hold together."""
    if not space.allowed(answers):
        return math.inf
    found = {line.name: line.low for line in estimate.lines(name, answers)}
    return math.fsum(found.get(line, 0.0) for line in lines)


def _within(space: Space, name: str, line: Line, estimate: Estimate, most: int) -> tuple[str, ...]:
    """The roles of a line that are tabulated: all, or as many of the most influential ones as the cap allows."""
    scope = sorted(line.roles)

    def size() -> int:
        return math.prod(len(space.role(role).variants) for role in scope)

    if size() > most:
        moved = {role: _spread(_line_alone(space.role(role), name, line.name, estimate)) for role in scope}
        for role in sorted(scope, key=lambda r: (moved[r], r)):
            if size() <= most:
                break
            scope.remove(role)
    return tuple(scope)


def _line_alone(role: Role, name: str, line: str, estimate: Estimate) -> list[float]:
    """The line's least loss for each answer of a role."""
    return [
        math.fsum(found.low for found in estimate.lines(name, {role.name: v.name}) if found.name == line)
        for v in role.variants
    ]
