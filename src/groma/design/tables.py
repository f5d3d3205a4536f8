"""From a design space to the optimiser's problem: tables of what each choice loses at best.

Measures that add up (a bill) are tabulated line by line over the roles each line depends on, by evaluating the open
model with exactly those roles answered; a scope that would need too many entries gives up its least influential
roles, which only makes the table less tight. Entries are worked out quickly at first and again, tightly, when a
proposal rests on them (`tightened`). Of every other measure one role alone can be tabulated soundly, because losses of
several don't add; the rest of what single answers say is learnt as cuts before the first solve.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import product

from groma.design.estimate import Alone, Estimate, Line
from groma.design.problem import HELD, Task
from groma.patterns import ABSENT, Role, Space, Variant
from groma.solvers.optimisation import Clause, Cut, Group, Problem, Term

MOST_ENTRIES = 1000
NOT_ARISING = "(does not arise)"
"""What `absent` is called in the optimiser, where that word is kept for another way to say it."""
Scope = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tables:
    """The optimiser's problem and what single answers prove, by measure. `lines`: the lines behind each table of a
    measure that adds up, by scope."""

    problem: Problem
    cuts: tuple[Cut, ...]
    alone: Mapping[str, Alone]
    lines: Mapping[str, Mapping[Scope, tuple[str, ...]]]


def coded(answers: Mapping[str, str]) -> dict[str, str]:
    """Answers as the optimiser writes them."""
    return {role: _code(variant) for role, variant in answers.items()}


def block(sets: Mapping[str, frozenset[str]]) -> dict[str, str | frozenset[str]]:
    """Sets of answers as the optimiser writes them."""
    return {role: frozenset(_code(v) for v in answers) for role, answers in sets.items()}


def answers_of(assignment: Mapping[str, str]) -> dict[str, str]:
    """Answers as patterns write them."""
    return {role: ABSENT if v == NOT_ARISING else v for role, v in sorted(assignment.items())}


def tabulated(space: Space, task: Task, estimate: Estimate, most: int = MOST_ENTRIES) -> Tables:
    """The problem of a space: groups, exclusions, terms of every wish and need."""
    groups = tuple(_group(role) for role in space.roles)
    clauses = tuple(Clause(frozenset((r, _code(v)) for r, v in exclusion)) for exclusion in space.exclusions)
    terms: list[Term] = []
    cuts: list[Cut] = []
    alone: dict[str, Alone] = {}
    lines: dict[str, Mapping[Scope, tuple[str, ...]]] = {}
    for name in task.names:
        traded = name.removesuffix(HELD)
        if traded != name and lines.get(traded):  # the far end of a figure is no less than its nominal value
            lines[name], alone[name] = lines[traded], alone[traded]
            terms.extend([replace(term, measure=name) for term in terms if term.measure == traded])
            continue
        lines[name] = _scopes(space, name, estimate, most)
        if lines[name]:
            added = _tables(space, name, lines[name], estimate)
            alone[name] = {role.name: _least(added, role) for role in space.roles}
            terms.extend(added)
        else:
            alone[name] = of_single(space, estimate, name)
            terms.extend(_strongest(name, alone[name]))
            cuts.extend(_single(name, alone[name], estimate.at_best(name, {})))
    return Tables(Problem(groups, clauses, tuple(terms)), tuple(cuts), alone, lines)


def of_single(space: Space, estimate: Estimate, name: str) -> Alone:
    """The least loss with each single answer."""
    return {
        role.name: {v.name: estimate.at_best(name, {role.name: v.name}) for v in role.variants}
        for role in space.roles
    }


def tightened(
    space: Space, tables: Tables, problem: Problem, name: str, answers: Mapping[str, str], estimate: Estimate
) -> list[Term]:
    """The tables of a measure with the entries of these answers worked out tightly; only those that say more then."""
    better: list[Term] = []
    for term in problem.terms:
        lines = tables.lines.get(name, {}).get(term.scope)
        if term.measure != name or lines is None or len(term.scope) < 2:
            continue
        mine = {role: answers[role] for role in term.scope}
        key = tuple(_code(mine[role]) for role in term.scope)
        entry = _entry(space, name, lines, mine, estimate, quick=False)
        if entry > term.table[key] * (1 + 1e-9):
            better.append(replace(term, table={**term.table, key: entry}))
    return better


def parts_of(variant: Variant) -> int:
    """How many parts an answer brings: elements, and policies that somebody must understand."""
    sections = () if variant.adds is None else variant.adds.entries
    elements = sum(len(getattr(tree, "entries", ())) for _, tree in sections)
    return elements + sum(len(policies.entries) for policies in variant.wrap.values())


def spread(losses: Mapping[str, float]) -> float:
    """How far a role moves a measure by itself."""
    known = [loss for loss in losses.values() if loss < math.inf]
    most = math.inf if len(known) < len(losses) and known else max(known, default=0.0)
    return most - min(known, default=0.0)


def _code(variant: str) -> str:
    return NOT_ARISING if variant == ABSENT else variant


def _group(role: Role) -> Group:
    parts = {_code(v.name): parts_of(v) for v in role.variants}
    return Group(role.name, tuple(parts), parts=parts)


def _single(name: str, alone: Alone, floor: float) -> list[Cut]:
    """Cuts of what single answers prove beyond what is proven of every design."""
    return [
        Cut(name, {role: _code(variant)}, least)
        for role, losses in sorted(alone.items())
        for variant, least in sorted(losses.items())
        if least > floor
    ]


def _strongest(name: str, alone: Alone) -> tuple[Term, ...]:
    """The one role whose answers say most about a measure that doesn't add up."""
    if not alone:
        return ()
    role = max(sorted(alone), key=lambda r: spread(alone[r]))
    return (Term(name, (role,), {(_code(variant),): least for variant, least in alone[role].items()}),)


def _scopes(space: Space, name: str, estimate: Estimate, most: int) -> dict[Scope, tuple[str, ...]]:
    """Which lines of a measure are tabulated over which roles; none if it doesn't add up."""
    found: dict[Scope, tuple[str, ...]] = {}
    for line in estimate.lines(name, {}):
        scope = _within(space, name, line, estimate, most) or (space.roles[0].name,)
        found[scope] = (*found.get(scope, ()), line.name)
    return dict(sorted(found.items()))


def _tables(
    space: Space, name: str, lines: Mapping[Scope, tuple[str, ...]], estimate: Estimate
) -> list[Term]:
    """The terms of a measure that adds up: a table for each set of roles that some of its lines depend on."""
    terms: list[Term] = []
    for scope, mine in lines.items():
        domains = [tuple(v.name for v in space.role(role).variants) for role in scope]
        table = {
            tuple(_code(v) for v in answers): _entry(
                space, name, mine, dict(zip(scope, answers, strict=True)), estimate
            )
            for answers in product(*domains)
        }
        terms.append(Term(name, scope, table))
    return terms


def _entry(
    space: Space,
    name: str,
    lines: tuple[str, ...],
    answers: Mapping[str, str],
    estimate: Estimate,
    *,
    quick: bool = True,
) -> float:
    """The least sum of some lines under these answers; +inf where they can't hold together."""
    if not space.allowed(answers):
        return math.inf
    found = {line.name: line.low for line in estimate.lines(name, answers, quick=quick)}
    return math.fsum(found.get(line, 0.0) for line in lines)


def _within(space: Space, name: str, line: Line, estimate: Estimate, most: int) -> Scope:
    """The roles of a line that are tabulated: all, or as many of the most influential ones as the cap allows."""
    scope = sorted(line.roles)

    def size() -> int:
        return math.prod(len(space.role(role).variants) for role in scope)

    if size() > most:
        moved = {role: spread(_of_line(space.role(role), name, line.name, estimate)) for role in scope}
        for role in sorted(scope, key=lambda r: (moved[r], r)):
            if size() <= most:
                break
            scope.remove(role)
    return tuple(scope)


def _of_line(role: Role, name: str, line: str, estimate: Estimate) -> dict[str, float]:
    """The line's least loss for each answer of a role."""
    return {
        v.name: math.fsum(each.low for each in estimate.lines(name, {role.name: v.name}) if each.name == line)
        for v in role.variants
    }


def _least(terms: Iterable[Term], role: Role) -> dict[str, float]:
    """Of a measure that adds up: the sum of the least entries for each answer of a role, over the tables with it."""
    found: dict[str, float] = {v.name: 0.0 for v in role.variants}
    for term in terms:
        if role.name not in term.scope:
            continue
        place = term.scope.index(role.name)
        for variant in found:
            of_it = (loss for key, loss in term.table.items() if key[place] == _code(variant))
            found[variant] += min(of_it, default=math.inf)
    return found
