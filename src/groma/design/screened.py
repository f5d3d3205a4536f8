"""The master problem with the analyses behind it: a proposal is looked at from its best side before it is proven.

What the tables let through, the optimistic end of the open model often refuses in a fraction of the time of a proof.
Each refusal is minimised to a reason (see `cuts`) that rules out a block of designs, and the master proposes again;
only what stands up to this is built and proven. This is lazy generation of combinatorial Benders cuts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import inf

from groma.design.cuts import reason
from groma.design.estimate import Estimate
from groma.design.journal import Journal
from groma.design.tables import Tables, answers_of, block, tightened
from groma.patterns import Space
from groma.solvers.optimisation import Assignment, Cut, Master, Verdict, block_of, covers
from groma.solvers.optimisation.master import Query


class Screened(Master):
    """A master whose proposals keep every limit at their best side, and whose bounds are as good as the analyses'."""

    def __init__(
        self,
        space: Space,
        tables: Tables,
        estimate: Estimate,
        far: Callable[[Mapping[str, str]], Mapping[str, float]],
        at_least: Callable[[Mapping[str, str], str], float],
        wishes: Iterable[str],
        journal: Journal,
    ) -> None:
        """`far` gives the losses of a proven design's wishes at the far ends of their intervals, `at_least` what a
        design loses of one of the `wishes` at the least, closer than the bounds of blocks of designs."""
        super().__init__(tables.problem)
        self._space, self._tables, self._estimate, self._journal = space, tables, estimate, journal
        self._far, self._at_least = far, at_least
        self._nearer = frozenset(wish for wish in wishes if not tables.lines[wish])
        self.tightenings = 0
        self._roles_seen: dict[str, list[frozenset[str]]] = {}
        for cut in tables.cuts:
            self.learn(cut)

    def propose(self, objective: str, query: Query, below: float = inf) -> dict[str, str] | None:
        while (found := super().propose(objective, query, below)) is not None:
            if self.verdict(found) is not None or not (
                self._misses(found, query.limits) or self._is_no_better(found, objective, below)
            ):
                return found
        return None

    def propose_small(self, query: Query) -> dict[str, str] | None:
        return self._standing(super().propose_small, query)

    def propose_nearest(self, query: Query, near: Assignment) -> dict[str, str] | None:
        propose = super().propose_nearest
        return self._standing(lambda asked: propose(asked, near), query)

    def propose_simplest(self, query: Query) -> dict[str, str] | None:
        return self._standing(super().propose_simplest, query)

    def _standing(
        self, propose: Callable[[Query], dict[str, str] | None], query: Query
    ) -> dict[str, str] | None:
        """The first proposal that stands up to the limits at its best side, or was proven."""
        while (found := propose(query)) is not None:
            if self.verdict(found) is not None or not self._misses(found, query.limits):
                return found
        return None

    def floor(self, objective: str, limits: Mapping[str, float]) -> float:
        """The least loss of the objective that is still possible under the limits, by what is known now."""
        proposal = super().propose(objective, Query(dict(limits)))
        return inf if proposal is None else self.bound(objective, proposal)

    def record(self, assignment: Assignment, verdict: Verdict) -> None:
        """Remember a proof. A nominal value that lies below a proven bound by no more than its own interval is that
        bound: both say the same within the rounding of their methods."""
        values = dict(verdict.values)
        far = self._far(answers_of(assignment))
        for name, value in values.items():
            claimed = self.bound(name, assignment)
            if value < claimed <= far.get(name, value) + self.tolerance(name):
                values[name] = claimed
        super().record(assignment, Verdict(values, verdict.cuts))

    def learn(self, cut: Cut) -> None:
        """Remember a cut; one that is above a proven nominal value, though not above the far end of its interval, says
        the same within the rounding of the methods, and is lowered to that value."""
        for answers, values in self.proven:
            if values.get(cut.measure, inf) < cut.at_least and covers(block_of(cut.partial), answers):
                far = self._far(answers_of(answers)).get(cut.measure, -inf)
                if cut.at_least <= far + self.tolerance(cut.measure):
                    cut = Cut(cut.measure, cut.partial, values[cut.measure])
        super().learn(cut)

    def _misses(self, found: dict[str, str], limits: Mapping[str, float]) -> bool:
        """Whether the design misses a limit at its best side; then why is learnt."""
        answers = answers_of(found)
        missed = any(
            limit < inf and self._falls_short(found, answers, name, limit + self.tolerance(name))
            for name, limit in sorted(limits.items())
        )
        missed = missed or any(
            limit < inf
            and name in self._nearer
            and self._loses_more(found, answers, name, limit + self.tolerance(name))
            for name, limit in sorted(limits.items())
        )
        self._journal.refused += missed
        return missed

    def _is_no_better(self, found: dict[str, str], objective: str, below: float) -> bool:
        """Whether the design surely doesn't get below what is reached, though the tables say so; then why is learnt. A
        design that may get there is better proven than bounded."""
        slack = self.tolerance(objective)
        least = max(below - slack, self.bound(objective, found) + slack)
        answers = answers_of(found)
        return self._falls_short(found, answers, objective, least) or (
            objective in self._nearer and self._loses_more(found, answers, objective, least)
        )

    def _loses_more(self, found: dict[str, str], answers: Mapping[str, str], name: str, above: float) -> bool:
        """Whether the analyses of the design's own model say that it loses more of a wish than this; then that is
        learnt of this one design."""
        least = self._at_least(answers, name)
        if least <= above:
            return False
        self.learn(Cut(name, dict(found), least))
        return True

    def _falls_short(
        self, found: dict[str, str], answers: Mapping[str, str], name: str, above: float
    ) -> bool:
        """Whether the design loses more than this at its best side: then its table entries are worked out tightly, and
        if they don't say so, the reason is sought."""
        if self._estimate.at_best(name, answers) <= above:
            return False
        better = tightened(self._space, self._tables, self.problem, name, answers, self._estimate)
        if better:
            self.tighten(better)
            self.tightenings += 1
            if self.problem.value(name, found) > above:
                return True
        seen = self._roles_seen.setdefault(name, [])
        why = reason(
            self._space, self._estimate, name, answers, above, self._tables.alone[name], seen[-3:][::-1]
        )
        assert why is not None, "it falls short"
        roles = frozenset(why.answers)
        if roles in seen:
            seen.remove(roles)
        seen.append(roles)
        self.learn(Cut(name, block(why.answers), why.at_least))
        self._journal.cut(self._space, name, why.answers, why.at_least)
        return True
