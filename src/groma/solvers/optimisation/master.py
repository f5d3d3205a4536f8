"""The master problem: what the tables and the cuts learnt so far allow, and the best choice under them.

Keeps the encoded problem and everything an oracle has proven, so that asking again with another bound, another
objective or one more cut only appends rows. A cut says that every completion of a partial assignment
has a measure of at least a proven value; it is a no-good for every bound below that value, and raises
the bound on the objective elsewhere (combinatorial Benders cuts, Codato & Fischetti 2006, with partial assignments).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf, prod
from typing import TypeAlias

from groma.solvers.optimisation.encoding import (
    Encoding,
    Measure,
    add_no_good,
    block_of,
    bound_row,
    covers,
    decode,
    encode,
    in_order,
    lift,
    literals_of,
)
from groma.solvers.optimisation.highs import Rows, SolverFailure, minimise
from groma.solvers.optimisation.problem import (
    Assignment,
    Block,
    Literal,
    Problem,
    ProblemError,
    Term,
    all_assignments,
    left_open,
)

FEW = 32
"""So many assignments are tried one by one: that takes less time than a program."""
_MOST_RADIX = 100_000  # whole numbers up to this are told apart safely in one objective
RELATIVE_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Cut:
    """Every completion of the `partial` assignment (of each of them, where groups are narrowed to several variants) has
    this measure at `at_least` or above: proven by the caller."""

    measure: str
    partial: Mapping[str, str | frozenset[str]]
    at_least: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """The true values of an assignment's measures, and what was learnt beyond it. A measure whose table value is too
    low needs no cut here: the assignment itself is cut anyway. Use +inf for what can't be had at all. Measures may be
    left out where one that is given breaks a limit that was asked for."""

    values: Mapping[str, float]
    cuts: tuple[Cut, ...] = ()


Oracle: TypeAlias = Callable[[Assignment, Mapping[str, float]], Verdict]
"""Works out the truth about a whole assignment, or as much of it as it takes to see that a measure lies above its
limit. Must be a function: a measure has the same value each time."""


class UnsoundBound(ValueError):
    """A table or cut promised more than the oracle found: it isn't a bound, so nothing is proven."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of the master: keep each measure of `limits`, stay `within` some groups' variants."""

    limits: Mapping[str, float] = field(default_factory=dict[str, float])
    within: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])

    def allows(self, assignment: Assignment) -> bool:
        """Whether an assignment is one of those asked for, whatever its measures."""
        return all(assignment[group] in allowed for group, allowed in self.within.items())

    def beside(self, near: Assignment, nearest: Assignment) -> Query:
        """The same, with only those groups left open in which `nearest` differs from `near`."""
        same = {group: frozenset({variant}) for group, variant in near.items() if nearest[group] == variant}
        return replace(self, within={**self.within, **same})


class Master:
    """A problem with what has been proven about it. `tolerances` by measure say what counts as equal; without one, it
    is 1e-9 of the sum of the largest entries of the measure's terms."""

    def __init__(self, problem: Problem, tolerances: Mapping[str, float] | None = None) -> None:
        self.problem = problem
        self.solves = 0
        self._tolerances = dict(tolerances or {})
        self._encoding: Encoding = encode(problem)
        self._cuts: dict[str, dict[Block, float]] = {}
        self._verdicts: dict[frozenset[Literal], Mapping[str, float]] = {}

    @property
    def cuts(self) -> tuple[Cut, ...]:
        """All cuts learnt, in a fixed order."""
        return tuple(
            Cut(measure, dict(sorted(block)), value)
            for measure, cuts in sorted(self._cuts.items())
            for block, value in sorted(cuts.items(), key=lambda item: in_order(item[0]))
        )

    def count_as_equal(self, tolerances: Mapping[str, float]) -> None:
        """Other tolerances for some measures, from now on."""
        self._tolerances |= tolerances

    def tolerance(self, measure: str) -> float:
        """Values of the measure this close count as equal."""
        return max(
            1e-12, self._tolerances.get(measure, RELATIVE_TOLERANCE * self._measure(measure).magnitude)
        )

    def bound(self, measure: str, assignment: Assignment) -> float:
        """What is proven about an assignment's measure: its table value, or a cut that says more."""
        cuts = [v for block, v in self._cuts.get(measure, {}).items() if covers(block, assignment)]
        return max([self.problem.value(measure, assignment), *cuts])

    def tighten(self, terms: Iterable[Term]) -> None:
        """Put tables that say more in the place of those of the same measure and scope; what is proven stays."""
        given = {(t.measure, frozenset(t.scope)): t for t in terms}
        kept = tuple(given.get((t.measure, frozenset(t.scope)), t) for t in self.problem.terms)
        self.problem = replace(self.problem, terms=kept)
        self._encoding = encode(self.problem)

    def learn(self, cut: Cut) -> None:
        """Remember a cut; the stronger of two about the same partial assignment stays.

        ProblemError if it names what isn't there, UnsoundBound if it denies what has been proven.
        """
        block = block_of(cut.partial)
        for group, variants in block:
            for variant in variants:
                if (group, variant) not in self._encoding.column_of:
                    raise ProblemError(f"cut on {cut.measure}: no variant {variant!r} of a group {group!r}")
        for whole, values in self._verdicts.items():
            if cut.measure in values and covers(block, dict(whole)):
                self._check(cut.measure, whole, cut.at_least, values[cut.measure])
        cuts = self._cuts.setdefault(cut.measure, {})
        cuts[block] = max(cut.at_least, cuts.get(block, -inf))

    def _check(self, measure: str, whole: frozenset[Literal], claimed: float, value: float) -> None:
        if value < claimed - self.tolerance(measure) - RELATIVE_TOLERANCE * abs(claimed):
            raise UnsoundBound(
                f"{measure} of {dict(sorted(whole))}: tables and cuts promise at least {claimed!r}, "
                f"the oracle found {value!r}; make the table or the cut a true lower bound"
            )

    def verdict(self, assignment: Assignment) -> Mapping[str, float] | None:
        """The true values of an assignment if they have been proven."""
        return self._verdicts.get(literals_of(assignment))

    @property
    def proven(self) -> tuple[tuple[dict[str, str], Mapping[str, float]], ...]:
        """All assignments with their true values, in the order in which they were proven."""
        return tuple((dict(sorted(a)), v) for a, v in self._verdicts.items())

    def record(self, assignment: Assignment, verdict: Verdict) -> None:
        """Remember a verdict: its values, its cuts, and the cuts that follow from the values themselves.

        UnsoundBound if a table or a cut said more than the truth.
        """
        for cut in verdict.cuts:
            self.learn(cut)
        for measure, value in verdict.values.items():
            claimed = self.bound(measure, assignment)
            self._check(measure, literals_of(assignment), claimed, value)
            if value > claimed:
                self.learn(Cut(measure, dict(assignment), value))
        self._verdicts[literals_of(assignment)] = dict(verdict.values)

    def propose(self, objective: str, query: Query, below: float = inf) -> dict[str, str] | None:
        """An assignment with the least bound on the objective that the limits allow, or None.

        Assignments whose objective is already known to exceed `below` needn't be found. The bound of an assignment is
        the larger of its table value and the cuts it falls under: a level, which is minimised.
        """
        measure = self._measure(objective)
        limits = {**query.limits, objective: min(query.limits.get(objective, inf), below)}
        reach = limits[objective] + self.tolerance(objective)
        asked = Query(limits, query.within)
        few = self._few(asked)
        if few is not None:
            return min(few, key=lambda a: self.bound(objective, a), default=None)
        lifting = [
            (block, v)
            for block, v in sorted(self._cuts.get(objective, {}).items(), key=lambda item: in_order(item[0]))
            if v <= reach and v < inf
        ]
        if not lifting:
            cost = {c: v * measure.scale for c, v in measure.entries.items()}
            return self._solve(cost, asked)
        return self._solve({self._encoding.level: 1.0}, asked, lifted=(measure, lifting))

    def propose_small(self, query: Query) -> dict[str, str] | None:
        """Some assignment within the limits with the fewest parts, or None."""
        return self._lightest([self._part_counts()], query)

    def propose_nearest(self, query: Query, near: Assignment) -> dict[str, str] | None:
        """An assignment within the limits that differs from another in as few groups as may be, or None."""
        columns = self._encoding.column_of.items()
        others = {at: 1.0 for (group, variant), at in columns if near[group] != variant}
        return self._lightest([others], query)

    def propose_simplest(self, query: Query) -> dict[str, str] | None:
        """The assignment within the limits with the fewest parts, and of these the first by name."""
        return self._lightest(self._simplicity(), query)

    def _lightest(self, several: Sequence[Mapping[int, float]], query: Query) -> dict[str, str] | None:
        """The assignment within the limits whose variants weigh least by the first weights, and of these by the next,
        and so on; None when there is none."""
        few = self._few(query)
        if few is not None:
            return min(few, key=lambda a: [self._weighed(w, a) for w in several], default=None)
        found = None
        settled: list[tuple[Mapping[int, float], float]] = []
        for weights in several:
            found = self._solve(weights, query, settled=settled)
            if found is None and settled:
                raise SolverFailure("an assignment within the limits was lost while breaking ties")
            if found is None:
                return None
            settled.append((weights, self._weighed(weights, found)))
        return found

    def _weighed(self, weights: Mapping[int, float], assignment: Assignment) -> float:
        column_of = self._encoding.column_of
        return sum(weights.get(column_of[literal], 0.0) for literal in assignment.items())

    def _few(self, query: Query) -> list[dict[str, str]] | None:
        """The assignments within the limits, in name order, if few are left to look at."""
        if prod(map(len, left_open(self.problem, query.within))) > FEW:
            return None
        self.solves += 1
        return [a for a in all_assignments(self.problem, query.within) if self._keeps(a, query.limits)]

    def _keeps(self, assignment: Assignment, limits: Mapping[str, float]) -> bool:
        return all(
            (value := self.bound(m, assignment)) < inf and value <= limit + self.tolerance(m)
            for m, limit in limits.items()
        )

    def _check_settled(self, found: Assignment, settled: Sequence[tuple[Mapping[int, float], float]]) -> None:
        for weights, most in settled:
            if self._weighed(weights, found) > most:
                raise SolverFailure("HiGHS let a settled tie slip")

    def _part_counts(self) -> dict[int, float]:
        of = self._encoding
        return {of.column_of[g.name, v]: float(g.parts_of(v)) for g in self.problem.groups for v in g.domain}

    def _simplicity(self) -> list[dict[int, float]]:
        """Weights whose sums, minimised one after the other, give the fewest parts and then the first by name.

        A number whose first digit is the count of parts and whose further digits are the variants' places in name
        order, group by group, cut into as many numbers as are needed for each to stay safely whole.
        """
        parts = self._part_counts()
        most_parts = sum(max(map(g.parts_of, g.domain)) for g in self.problem.groups)
        digits = [(parts, most_parts + 1)]
        for group in self.problem.groups:
            places = {self._encoding.column_of[group.name, v]: float(at) for at, v in enumerate(group.domain)}
            digits.append((places, len(group.domain)))
        numbers: list[dict[int, float]] = []
        room = 0
        for places, radix in digits:
            room //= radix
            if room < 1:
                numbers.append({})
                room = _MOST_RADIX // radix
            number = numbers[-1]
            for column, place in places.items():
                number[column] = number.get(column, 0.0) + place * max(room, 1)
        return numbers

    def _measure(self, name: str) -> Measure:
        return self._encoding.measures.get(name) or Measure({}, 1.0, 0.0)

    def _cuts_above(self, measure: str, threshold: float) -> list[Block]:
        """The blocks whose measure is proven to exceed the threshold, or to be infinite."""
        cuts = self._cuts.get(measure, {}).items()
        above = (block for block, value in cuts if value > threshold or value == inf)
        return sorted(above, key=in_order)

    def _solve(
        self,
        cost: Mapping[int, float],
        query: Query,
        settled: Sequence[tuple[Mapping[int, float], float]] = (),
        lifted: tuple[Measure, list[tuple[Block, float]]] | None = None,
    ) -> dict[str, str] | None:
        """Minimise over the columns; cuts count from the limits up, and lift the level of an objective below them. What
        comes back is checked exactly and, where HiGHS's tolerances let a limit slip, cut off and solved again."""
        import numpy as np

        of = self._encoding
        rows = Rows.none()
        for name, limit in sorted(query.limits.items()):
            measure, slack = self._measure(name), self.tolerance(name)
            if abs(limit) * measure.scale < 1e9:
                bound_row(rows, measure, limit + slack)
            for block in self._cuts_above(name, limit + slack):
                add_no_good(rows, of.column_of, block)
        for weights, most in settled:
            rows.add(weights, -inf, most)
        if lifted is not None:
            lift(rows, of, *lifted)
        c = np.zeros(of.columns)
        c[list(cost)] = list(cost.values())
        upper = np.array(of.upper)
        for group, allowed in query.within.items():
            for (name, variant), column in of.column_of.items():
                if name == group and variant not in allowed:
                    upper[column] = 0.0
        static = (of.matrix, of.lower_rows, of.upper_rows)
        while True:
            self.solves += 1
            x = minimise(c, upper, [static, (rows.matrix(of.columns), rows.lower, rows.upper)])
            if x is None:
                return None
            found = decode(of, x)
            fault = self.problem.violation(found)
            if fault is not None:
                raise SolverFailure(f"HiGHS returned an inconsistent choice: {fault}")
            if self._keeps(found, query.limits):
                self._check_settled(found, settled)
                return found
            add_no_good(rows, of.column_of, block_of(found))
