"""A choice problem: one variant of each group, measures that add up local tables, and what may not go together.

This is a cost function network (Schiex, Fargier & Verfaillie 1995) with hard bounds: the designer's
master problem, without any idea of what the groups stand for. Tables are bounds in the optimistic
direction; what they leave out is found out by an oracle (`search`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from math import fsum, inf, isnan
from typing import Final, TypeAlias

ABSENT: Final = "absent"
"""The variant of a conditional group that isn't active."""

Literal: TypeAlias = tuple[str, str]
"""A group and one of its variants."""

Block: TypeAlias = frozenset[tuple[str, frozenset[str]]]
"""All assignments in which each of these groups takes one of these variants."""

Assignment: TypeAlias = Mapping[str, str]
"""The variant of every group, `ABSENT` for inactive ones."""


class ProblemError(ValueError):
    """The problem contradicts itself; the message lists everything that is wrong."""


@dataclass(frozen=True, slots=True)
class Group:
    """A choice of exactly one variant. With `active_when`, only while any of these literals holds; otherwise
    the group takes `ABSENT`. `parts` says how many parts a variant stands for (1 unless said; ABSENT 0):
    among equally good choices the one with fewer parts wins."""

    name: str
    variants: tuple[str, ...]
    active_when: frozenset[Literal] | None = None
    parts: Mapping[str, int] = field(default_factory=dict[str, int])

    @property
    def domain(self) -> tuple[str, ...]:
        """All values the group can take, in name order, ABSENT last."""
        return (*sorted(self.variants), *(() if self.active_when is None else (ABSENT,)))

    def parts_of(self, variant: str) -> int:
        """How many parts a variant stands for."""
        return 0 if variant == ABSENT else self.parts.get(variant, 1)


@dataclass(frozen=True, slots=True)
class Clause:
    """If all of `given` hold, then at least one of `then` does. With an empty `then`: they can't all hold."""

    given: frozenset[Literal]
    then: frozenset[Literal] = frozenset()


@dataclass(frozen=True, slots=True)
class Term:
    """What the groups of `scope` contribute to a measure: a number for each tuple of their variants, in the order
    of the scope. The measure is at least the sum of its terms. +inf forbids the tuple."""

    measure: str
    scope: tuple[str, ...]
    table: Mapping[tuple[str, ...], float]


@dataclass(frozen=True, slots=True)
class Bound:
    """The measure must not be above `at_most`."""

    measure: str
    at_most: float


@dataclass(frozen=True)
class Problem:
    """Groups, clauses and terms, checked when made (ProblemError) and brought into name order, so that the same
    problem written in another order is the same problem."""

    groups: tuple[Group, ...]
    clauses: tuple[Clause, ...] = ()
    terms: tuple[Term, ...] = ()

    def __post_init__(self) -> None:
        wrong = list(_faults(self))
        if wrong:
            raise ProblemError("; ".join(wrong))
        by_name = {g.name: g for g in self.groups}
        terms = [_in_name_order(by_name, t) for t in self.terms]
        object.__setattr__(self, "groups", tuple(sorted(self.groups, key=lambda g: g.name)))
        object.__setattr__(self, "clauses", tuple(sorted(set(self.clauses), key=_clause_key)))
        object.__setattr__(self, "terms", tuple(sorted(terms, key=_term_key)))

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures that have terms, sorted."""
        return tuple(sorted({t.measure for t in self.terms}))

    def value(self, measure: str, assignment: Assignment) -> float:
        """Sum of the measure's terms, correctly rounded; +inf for a forbidden tuple."""
        return fsum(
            t.table[tuple(assignment[g] for g in t.scope)] for t in self.terms if t.measure == measure
        )

    def parts(self, assignment: Assignment) -> int:
        """How many parts an assignment has."""
        return sum(g.parts_of(assignment[g.name]) for g in self.groups)

    def violation(self, assignment: Assignment) -> str | None:
        """Why an assignment isn't consistent, or None when it is. Bounds on measures aren't looked at."""
        for g in self.groups:
            value = assignment.get(g.name)
            if value not in g.domain:
                return f"group {g.name} takes {value!r}, expected one of {', '.join(g.domain)}"
            if g.active_when is not None:
                active = any(assignment.get(h) == v for h, v in g.active_when)
                if active == (value == ABSENT):
                    return (
                        f"group {g.name} takes {value!r} although it is {'active' if active else 'inactive'}"
                    )
        for clause in self.clauses:
            if _all(clause.given, assignment) and not any(assignment[g] == v for g, v in clause.then):
                return f"broken: if {_words(clause.given)} then {_words(clause.then) or 'never'}"
        for term in self.terms:
            if term.table[tuple(assignment[g] for g in term.scope)] == inf:
                return (
                    f"forbidden: {_words(frozenset((g, assignment[g]) for g in term.scope))} ({term.measure})"
                )
        return None


def all_assignments(
    problem: Problem, within: Mapping[str, frozenset[str]] | None = None
) -> Iterator[dict[str, str]]:
    """Every consistent assignment, in name order, by trying all: the oracle for small problems. `within` leaves some
    groups only some of their variants."""
    names = [g.name for g in problem.groups]
    for values in product(*left_open(problem, within or {})):
        assignment = dict(zip(names, values, strict=True))
        if problem.violation(assignment) is None:
            yield assignment


def left_open(problem: Problem, within: Mapping[str, frozenset[str]]) -> list[tuple[str, ...]]:
    """By group, the variants that are left."""
    return [tuple(v for v in g.domain if v in within.get(g.name, g.domain)) for g in problem.groups]


def _all(literals: frozenset[Literal], assignment: Assignment) -> bool:
    return all(assignment[g] == v for g, v in literals)


def _words(literals: frozenset[Literal]) -> str:
    return " and ".join(f"{g} = {v}" for g, v in sorted(literals))


def _clause_key(clause: Clause) -> tuple[list[Literal], list[Literal]]:
    return sorted(clause.given), sorted(clause.then)


def _term_key(term: Term) -> tuple[str, tuple[str, ...], list[tuple[tuple[str, ...], float]]]:
    return term.measure, term.scope, sorted(term.table.items())


def _in_name_order(groups: Mapping[str, Group], term: Term) -> Term:
    """The term with its scope sorted, and with impossible tuples (inactive yet chosen, or the reverse) forbidden."""
    order = sorted(range(len(term.scope)), key=lambda i: term.scope[i])
    scope = tuple(term.scope[i] for i in order)
    given = {tuple(key[i] for i in order): float(v) for key, v in term.table.items()}
    table = {key: given.get(key, inf) for key in product(*(groups[g].domain for g in scope))}
    return Term(term.measure, scope, table)


def _possible(groups: Mapping[str, Group], scope: tuple[str, ...], key: tuple[str, ...]) -> bool:
    """Whether the tuple agrees with the conditions that can be decided inside the scope."""
    chosen = dict(zip(scope, key, strict=True))
    for name, value in chosen.items():
        wanted = groups[name].active_when
        if wanted is not None:
            active = any(chosen.get(g) == v for g, v in wanted)
            undecided = any(g not in chosen for g, _ in wanted)
            if (active and value == ABSENT) or (not active and not undecided and value != ABSENT):
                return False
    return True


def _faults(problem: Problem) -> Iterator[str]:
    groups: dict[str, Group] = {}
    for g in problem.groups:
        if g.name in groups:
            yield f"group {g.name} is given twice"
        groups[g.name] = g
        if not g.variants or len(set(g.variants)) < len(g.variants) or ABSENT in g.variants:
            yield f"group {g.name}: expected distinct variants other than {ABSENT!r}, found {g.variants!r}"
    literals = [
        (f"condition of {g.name}", literal) for g in problem.groups for literal in g.active_when or ()
    ]
    literals += [("clause", literal) for c in problem.clauses for literal in c.given | c.then]
    for where, (group, variant) in sorted(literals):
        if group not in groups or variant not in groups[group].domain:
            yield f"{where}: no variant {variant!r} of a group {group!r}"
            return
    yield from _cycles(groups)
    for term in problem.terms:
        what = f"term of {term.measure} over {', '.join(term.scope)}"
        if not term.scope or not set(term.scope) <= set(groups) or len(set(term.scope)) < len(term.scope):
            yield f"{what}: expected distinct groups of the problem"
            continue
        expected = set(product(*(groups[g].domain for g in term.scope)))
        strange = sorted(set(term.table) - expected)
        missing = sorted(k for k in expected - set(term.table) if _possible(groups, term.scope, k))
        if strange:
            yield f"{what}: no such variants: {strange[0]}"
        if missing:
            yield f"{what}: no value for {missing[0]}" + (
                f" and {len(missing) - 1} more" if len(missing) > 1 else ""
            )
        if any(isnan(v) or v == -inf for v in term.table.values()):
            yield f"{what}: expected numbers or +inf"


def _cycles(groups: Mapping[str, Group]) -> Iterator[str]:
    settled: set[str] = set()
    while True:
        ready = [
            n
            for n, g in groups.items()
            if n not in settled and all(h in settled for h, _ in g.active_when or frozenset[Literal]())
        ]
        if not ready:
            break
        settled.update(ready)
    if len(settled) < len(groups):
        yield f"conditions run in a circle among {', '.join(sorted(set(groups) - settled))}"
