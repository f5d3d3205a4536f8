"""Branches that start together: ok when k of them are, an error as soon as that can't be any more.

With independent branches, P(at least k are ok by t) is a Poisson-binomial tail of the branches' distribution functions,
and P(error by t) the same of their errors; both are monotone in them. They exclude each other, so both are exact.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from groma.analyses.outcome.algebra import (
    ERRORS,
    OK,
    REACHED,
    STOPPED,
    Outcome,
    remarks,
    together,
)
from groma.analyses.outcome.law import (
    FAST,
    NAN,
    NOMINAL,
    SLOW,
    Array,
    Defective,
    Grid,
    added,
    from_cdf,
    increments,
    never,
    tail_of,
)


def at_least(k: int, chances: Sequence[Array]) -> Array:
    """P(at least k of independent events), elementwise, from their probabilities (Poisson-binomial recursion)."""
    counts = [np.ones_like(chances[0])] + [np.zeros_like(chances[0]) for _ in range(k)]
    for chance in chances:
        counts[k] = counts[k] + counts[k - 1] * chance
        for n in range(k - 1, 0, -1):
            counts[n] = counts[n] * (1 - chance) + counts[n - 1] * chance
        counts[0] = counts[0] * (1 - chance)
    return counts[k] if k else np.ones_like(chances[0])


def joined(grid: Grid, k: int, parts: Sequence[Outcome]) -> Outcome:
    """Independent branches from one start, ok when k are ok, in error as soon as that can't be.

    Exact for ok and for error of whatever kind; which kind it is, is bounded when branches have several (its nominal
    share is then in proportion). A stop or the mark in a branch ends all.
    """

    def of(kinds: frozenset[str]) -> list[Defective]:
        return [together(grid, part, kinds) for part in parts]

    def ordered(need: int, laws: list[Defective]) -> Defective:
        tails = [tail_of(grid, law) for law in laws]
        still = [np.array(1 - min(float(law.cells[SLOW].sum()), 1.0)) for law in laws]
        # The one that decides is late only where so many others are not there at the horizon either.
        late = [float(at_least(len(laws) - need, still[:i] + still[i + 1 :])) for i in range(len(laws))]
        cdf = at_least(need, [np.minimum(law.cdf, 1.0) for law in laws])
        mass = at_least(need, [np.minimum(law.mass, 1.0) for law in laws])
        cdf = np.maximum.accumulate(cdf, axis=1)
        high, nominal = (
            sum(p * t for p, t in zip(late, ends, strict=True)) for ends in zip(*tails, strict=True)
        )
        return from_cdf(grid, cdf, mass, high, nominal)

    fine = ordered(k, of(frozenset({OK})))
    bad = of(ERRORS)
    failed = ordered(len(parts) - k + 1, bad) if any(law.possible for law in bad) else never(grid)
    kinds = sorted({kind for part in parts for kind in part.ends if kind in (STOPPED, REACHED)})
    early = {kind: ordered(1, of(frozenset({kind}))) for kind in kinds}
    ends = {
        kind: _racing(grid, law, [fine, failed, *(other for name, other in early.items() if name != kind)])
        for kind, law in early.items()
    }
    if fine.possible:
        ends[OK] = _racing(grid, fine, list(early.values())) if k < len(parts) else fine
    if failed.possible:
        ends |= kinds_of_error(grid, _racing(grid, failed, list(early.values())), parts)
    total = None
    if early or len(ends) > 2:
        whole = added([ordered(k, of(frozenset({OK, *early}))), failed])
        most = added(list(ends.values()))
        cdf, mass = np.minimum(whole.cdf, 1.0), np.minimum(whole.mass, 1.0)
        cdf[FAST], mass[FAST] = np.minimum(most.cdf[FAST], 1.0), min(float(most.mass[FAST]), 1.0)
        total = from_cdf(grid, cdf, mass, float(most.moment[SLOW]))
    return Outcome(ends, total, *remarks(parts))


def kinds_of_error(grid: Grid, failed: Defective, parts: Sequence[Outcome]) -> dict[str, Defective]:
    kinds = sorted({kind for part in parts for kind in part.ends if kind in ERRORS})
    if len(kinds) == 1:
        return {kinds[0]: failed}
    laws = {kind: added([part.ends[kind] for part in parts if kind in part.ends]) for kind in kinds}
    found: dict[str, Defective] = {}
    whole = added(list(laws.values()))
    for kind, law in laws.items():
        rest = added([other for name, other in laws.items() if name != kind])
        cdf, mass = failed.cdf.copy(), failed.mass.copy()
        cdf[FAST] = np.minimum(cdf[FAST], law.cdf[FAST])
        cdf[SLOW] = np.maximum.accumulate(np.maximum(cdf[SLOW] - rest.cdf[FAST], 0.0))
        mass[FAST] = min(mass[FAST], law.mass[FAST])
        mass[SLOW] = max(mass[SLOW] - rest.mass[FAST], 0.0)
        share = 0.0
        if grid.rows > NOMINAL:
            share = float(law.mass[NOMINAL] / whole.mass[NOMINAL]) if whole.mass[NOMINAL] else NAN
            cdf[NOMINAL] *= share
            mass[NOMINAL] *= share
        moment = grid.triple(0.0, float(failed.moment[SLOW]), float(failed.moment[-1]) * share)
        found[kind] = Defective(increments(cdf), mass, moment)
    return found


def _racing(grid: Grid, first: Defective, others: list[Defective]) -> Defective:
    """An end that happens unless another came before: at most `first`, at least what the others leave."""
    others = [law for law in others if law.possible]
    if not others:
        return first
    rest = added(others)
    cdf, mass = first.cdf.copy(), first.mass.copy()
    cdf[SLOW] = np.maximum.accumulate(np.maximum(cdf[SLOW] - np.minimum(rest.cdf[FAST], 1.0), 0.0))
    mass[SLOW] = max(mass[SLOW] - rest.mass[FAST], 0.0)
    cdf[NOMINAL:], mass[NOMINAL:] = NAN, NAN
    moment = grid.triple(0.0, float(first.moment[SLOW]))
    return Defective(increments(cdf), mass, moment)
