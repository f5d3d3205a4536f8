"""The best choice, proven: propose by the tables, ask the oracle, cut, propose again.

Logic-based Benders decomposition (Hooker & Ottosson 2003): the master's tables never promise too little, so its
best bound is a bound on every choice; when it meets the best proven value, that value is optimal. Ties are
broken at the end, by fewer parts and then by name, so the answer doesn't depend on the way it was found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

from groma.solvers.optimisation.master import Master, Oracle, Query, Verdict
from groma.solvers.optimisation.problem import Assignment, Bound


@dataclass(frozen=True, slots=True)
class Found:
    """An assignment with its true values. `bounds`: by objective, the least value that any choice under the same
    limits can have; equal to the true value (within rounding) when the search ran to its end. `settled` says so."""

    assignment: Mapping[str, str]
    values: Mapping[str, float]
    bounds: Mapping[str, float]
    settled: bool = True


class Stopped(Exception):
    """The caller asked to stop. `found`: the best known so far, if any; `bounds`: by objective, what none beats."""

    def __init__(self, found: Found | None, bounds: Mapping[str, float]) -> None:
        super().__init__("stopped by the caller before the proof was complete")
        self.found = found
        self.bounds = bounds


@dataclass(slots=True)
class Record:
    """The account of a search: oracle calls, and lines a person can read. `stop` is asked before each oracle call."""

    stop: Callable[[], bool] | None = None
    proofs: int = 0
    log: list[str] = field(default_factory=list[str])


def best(
    master: Master,
    objectives: Sequence[str],
    oracle: Oracle,
    bounds: Sequence[Bound] = (),
    within: Mapping[str, frozenset[str]] | None = None,
    record: Record | None = None,
    near: Assignment | None = None,
) -> Found | None:
    """The assignment that is least in the first objective, among those in the second, and so on, by its true values,
    with every bound kept; None when no assignment keeps them. Of equals it is the one with the fewest parts, then the
    first by name.

    `within` restricts groups to some of their variants. `near`: of those that are least in the first objective, one
    that differs from this assignment in the fewest groups is found, and only these groups are looked at further.
    Stopped if the record's `stop` says so.
    """
    account = record or Record()
    limits: dict[str, float] = {}
    for bound in bounds:
        limits[bound.measure] = min(bound.at_most, limits.get(bound.measure, inf))
    query = Query(limits, dict(within or {}))
    lows: dict[str, float] = {}
    known: Found | None = None
    try:
        for place, objective in enumerate(objectives):
            reached = _least(master, objective, oracle, query, account, near if place == 0 else None)
            if reached is None and known is None:
                return None
            lows[objective] = inf if reached is None else reached.bounds[objective]
            if reached is None:  # no choice that is best so far has a value of this objective
                continue
            known = reached
            limits[objective] = min(limits.get(objective, inf), reached.values[objective])
            if near is not None and place == 0:
                nearest = _first_kept(
                    master, lambda q: master.propose_nearest(q, near), oracle, query, account
                )
                query = query.beside(near, nearest)
        assert known is not None, "best() needs an objective"
        simplest = _first_kept(master, master.propose_simplest, oracle, query, account)
    except Stopped as stopped:
        raise _stopped(stopped.found or known, lows | dict(stopped.bounds)) from None
    return Found(simplest, _known(master, simplest), lows)


def _stopped(known: Found | None, bounds: Mapping[str, float]) -> Stopped:
    found = None if known is None else Found(known.assignment, known.values, bounds, settled=False)
    return Stopped(found, bounds)


def meeting(
    master: Master,
    oracle: Oracle,
    bounds: Sequence[Bound],
    within: Mapping[str, frozenset[str]] | None = None,
    record: Record | None = None,
) -> Found | None:
    """Some assignment that truly keeps all the bounds, or None when there is none. Not the best of anything."""
    account = record or Record()
    query = Query({b.measure: b.at_most for b in bounds}, dict(within or {}))
    known = next(
        (a for a, values in master.proven if keeps(master, values, query.limits) and query.allows(a)), None
    )
    while known is None:
        proposal = master.propose_small(query)
        if proposal is None:
            account.log.append(f"nothing keeps {_words(query.limits)}")
            return None
        values = _prove(master, proposal, oracle, query.limits, None, account, Stopped(None, {}))
        if keeps(master, values, query.limits):
            known = proposal
    account.log.append(f"{_short(known)} keeps {_words(query.limits)}")
    return Found(known, _known(master, known), {})


def by_tables(master: Master) -> Oracle:
    """The oracle that takes the tables for the truth."""

    def verdict(assignment: Assignment, limits: Mapping[str, float]) -> Verdict:
        del limits
        return Verdict({m: master.problem.value(m, assignment) for m in master.problem.measures})

    return verdict


def keeps(master: Master, values: Mapping[str, float], limits: Mapping[str, float]) -> bool:
    """Whether true values are known to keep the limits, up to the master's tolerance."""
    return limits.keys() <= values.keys() and not broken_by(master, values, limits)


def broken_by(master: Master, values: Mapping[str, float], limits: Mapping[str, float]) -> list[str]:
    """The measures whose true values, as far as they are known, break their limits."""
    return [
        m for m, limit in sorted(limits.items()) if m in values and values[m] > limit + master.tolerance(m)
    ]


def _least(
    master: Master,
    objective: str,
    oracle: Oracle,
    query: Query,
    account: Record,
    near: Assignment | None = None,
) -> Found | None:
    """Minimise one objective by true values. Of proposals that look equally good the one that ties are broken for is
    proven, so that it needn't be proven after another; and where nothing is known yet, the nearest at all is, since
    bounds are soon good enough for what must only be shown to be no better."""
    champion = _champion(master, objective, query)
    floor = -inf
    if champion is None and near is not None:
        nearest = master.propose_nearest(query, near)
        if nearest is not None:
            _prove(master, nearest, oracle, query.limits, objective, account, Stopped(None, {}))
            champion = _champion(master, objective, query)
    while True:
        reach = _known(master, champion)[objective] if champion is not None else inf
        proposal = master.propose(objective, query, below=reach)
        floor = reach if proposal is None else max(floor, min(reach, master.bound(objective, proposal)))
        if proposal is None or floor >= reach - master.tolerance(objective):
            if champion is None:
                account.log.append(f"{objective}: nothing keeps {_words(query.limits)}")
                return None
            account.log.append(f"{objective}: {reach:.6g} is the least under {_words(query.limits)}")
            return Found(champion, _known(master, champion), {objective: floor})
        if master.verdict(proposal) is None:
            equal = Query({**query.limits, objective: master.bound(objective, proposal)}, query.within)
            preferred = _preferred(master, equal, near)
            if preferred is None and master.bound(objective, proposal) > equal.limits[objective]:
                continue  # looked at closely, nothing is that good
            proposal = preferred or proposal
        partly = Found(champion, _known(master, champion), {}) if champion else None
        stopped = Stopped(partly, {objective: floor})
        values = _prove(master, proposal, oracle, query.limits, objective, account, stopped)
        broken = broken_by(master, values, query.limits)
        reached = f"{objective} {values[objective]:.6g}" if objective in values else ""
        outcome = ", ".join(filter(None, (reached, f"breaks {', '.join(broken)}" if broken else "")))
        account.log.append(
            f"{objective}: bound {floor:.6g}, best {reach:.6g}; tried {_short(proposal)}: {outcome}"
        )
        if not broken and values[objective] < reach:
            champion = proposal


def _preferred(master: Master, query: Query, near: Assignment | None) -> dict[str, str] | None:
    return master.propose_small(query) if near is None else master.propose_nearest(query, near)


def _first_kept(
    master: Master,
    propose: Callable[[Query], dict[str, str] | None],
    oracle: Oracle,
    query: Query,
    account: Record,
) -> dict[str, str]:
    """The first proposal that truly keeps the limits; there is one."""
    while True:
        proposal = propose(query)
        assert proposal is not None, "the proven assignment keeps its own limits"
        values = _prove(master, proposal, oracle, query.limits, None, account, Stopped(None, {}))
        if keeps(master, values, query.limits):
            return proposal
        account.log.append(f"tie: {_short(proposal)} doesn't hold what its tables promise")


def _champion(master: Master, objective: str, query: Query) -> dict[str, str] | None:
    """The best of what has been proven before, under these limits."""
    fitting = [
        (values[objective], sorted(assignment.items()))
        for assignment, values in master.proven
        if values.get(objective, inf) < inf
        and keeps(master, values, query.limits)
        and query.allows(assignment)
    ]
    return dict(min(fitting)[1]) if fitting else None


def _prove(
    master: Master,
    assignment: dict[str, str],
    oracle: Oracle,
    limits: Mapping[str, float],
    objective: str | None,
    account: Record,
    stopped: Stopped,
) -> Mapping[str, float]:
    """The true values of an assignment: of the limits' measures and the objective, or one that breaks its limit."""
    wanted = sorted({*limits} if objective is None else {*limits, objective})

    def settled(values: Mapping[str, float]) -> bool:
        return all(m in values for m in wanted) or bool(broken_by(master, values, limits))

    values = master.verdict(assignment)
    if values is None or not settled(values):
        if account.stop is not None and account.stop():
            raise stopped
        account.proofs += values is None
        enough = {m: limit + master.tolerance(m) for m, limit in limits.items()}
        master.record(assignment, oracle(dict(assignment), enough))
        values = _known(master, assignment)
        if not settled(values):
            raise KeyError(
                f"the oracle gave no value of {', '.join(map(repr, (m for m in wanted if m not in values)))}; "
                f"it gave {', '.join(sorted(values))}"
            )
    return values


def _known(master: Master, assignment: Assignment) -> Mapping[str, float]:
    values = master.verdict(assignment)
    assert values is not None
    return values


def _words(limits: Mapping[str, float]) -> str:
    return ", ".join(f"{m} <= {v:.6g}" for m, v in sorted(limits.items()) if v < inf) or "no limit"


def _short(assignment: Assignment) -> str:
    """Proposals and what is proven stand in name order."""
    return ", ".join(f"{g} = {v}" for g, v in assignment.items() if v != "absent")
