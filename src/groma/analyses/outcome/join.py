"""Branches that start together: ok when k of them are, an error as soon as that can't be any more.

With independent branches, P(at least k are ok by t) is a Poisson-binomial tail of the branches' distribution functions,
and P(error by t) the same of their errors; both are monotone in them. They exclude each other, so both are exact.

Branches that wait in queues aren't independent: what makes one of them wait came to the others, too. Waits of calls
that arrive together are associated (Baccelli and Makowski 1989; Nelson and Tantawi 1988), so that what all of them take
lies between that of independent branches and that of branches which are slow together, for which the k-th is the k-th
most likely one by each time. There is no nominal value then.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
)
from groma.analyses.outcome.read_off import tail_of


@dataclass(frozen=True, slots=True)
class Hanging:
    """Which branches wait in queues, at the `fast` end and at the `slow` one, and whether how often they end well hangs
    on how long they wait (`timed`)."""

    fast: tuple[bool, ...]
    slow: tuple[bool, ...]
    timed: bool

    def of(self, row: int) -> tuple[bool, ...]:
        """The branches that wait at one end."""
        return self.fast if row == FAST else self.slow


def at_least(k: int, chances: Sequence[Array]) -> Array:
    """P(at least k of independent events), elementwise, from their probabilities (Poisson-binomial recursion)."""
    counts = [np.ones_like(chances[0])] + [np.zeros_like(chances[0]) for _ in range(k)]
    for chance in chances:
        counts[k] = counts[k] + counts[k - 1] * chance
        for n in range(k - 1, 0, -1):
            counts[n] = counts[n] * (1 - chance) + counts[n - 1] * chance
        counts[0] = counts[0] * (1 - chance)
    return counts[k] if k else np.ones_like(chances[0])


def slow_together(k: int, laws: Sequence[Defective], hanging: Hanging, row: int) -> tuple[Array, float]:
    """The distribution function and the mass of at least k at one end, if the branches that wait are all slow together.

    Each ends well by itself, and by a time if one common chance is below its conditional distribution function there:
    between two of these, sorted, the same branches are in time.
    """
    waits = hanging.of(row)
    masses = [min(float(law.mass[row]), 1.0) for law in laws]
    well = [1.0 if hanging.timed else mass for mass in masses]

    def at(chances: Sequence[Array]) -> Array:
        block = [n for n, each in enumerate(waits) if each]
        within = np.minimum([chances[n] / (well[n] or 1.0) for n in block], 1.0)
        order = np.argsort(-within, axis=0, kind="stable")
        levels = np.take_along_axis(within, order, axis=0)
        mine = np.array([well[n] for n in block])[order]
        others = [chance for n, chance in enumerate(chances) if not waits[n]]
        found = np.zeros_like(chances[0])
        for j in range(len(block) + 1):
            upper = levels[j - 1] if j else np.ones_like(levels[0])
            lower = levels[j] if j < len(block) else 0.0
            if j + len(others) >= k:
                sure = [*mine[:j], *others]
                found = found + (upper - lower) * (at_least(k, sure) if sure else 1.0)
        return found

    cdf = at([np.minimum(law.cdf[row], 1.0) for law in laws])
    return cdf, float(at([np.array([mass]) for mass in masses])[0])


def joined(grid: Grid, k: int, parts: Sequence[Outcome], hanging: Hanging | None = None) -> Outcome:
    """Branches from one start, ok when k are ok, in error as soon as that can't be; independent but for `hanging`.

    Exact for ok and for error of whatever kind; which kind it is (that of the branch after which no k can be ok any
    more) is bounded when branches have several, and nominally exact on the lattice (past it in proportion). A stop or
    the mark in a branch ends all.
    """

    def of(kinds: frozenset[str]) -> list[Defective]:
        return [together(grid, part, kinds) for part in parts]

    def ordered(need: int, laws: list[Defective]) -> Defective:
        tails = [tail_of(grid, law) for law in laws]
        still = [np.array(1 - min(float(law.cells[SLOW].sum()), 1.0)) for law in laws]
        # The one that decides is late only where so many others are not there at the horizon either.
        late = [1.0] * len(laws)
        if hanging is None:
            late = [float(at_least(len(laws) - need, still[:i] + still[i + 1 :])) for i in range(len(laws))]
        cdf = at_least(need, [np.minimum(law.cdf, 1.0) for law in laws])
        mass = at_least(need, [np.minimum(law.mass, 1.0) for law in laws])
        if hanging is not None:
            for row, wider in ((FAST, np.maximum), (SLOW, np.minimum)):
                if sum(hanging.of(row)) > 1:
                    other, whole = slow_together(need, laws, hanging, row)
                    cdf[row], mass[row] = wider(cdf[row], other), wider(mass[row], whole)
            cdf[NOMINAL:] = NAN
            if hanging.timed:
                mass[NOMINAL:] = NAN
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
        racing = _racing(grid, failed, list(early.values()))
        ends |= kinds_of_error(grid, racing, parts, _deciding(grid, parts, bad, len(parts) - k))
    total = None
    if early or len(ends) > 2:
        whole = added([ordered(k, of(frozenset({OK, *early}))), failed])
        most = added(list(ends.values()))
        cdf, mass = np.minimum(whole.cdf, 1.0), np.minimum(whole.mass, 1.0)
        cdf[FAST], mass[FAST] = np.minimum(most.cdf[FAST], 1.0), min(float(most.mass[FAST]), 1.0)
        total = from_cdf(grid, cdf, mass, float(most.moment[SLOW]))
    return Outcome(ends, total, *remarks(parts))


Deciding = Sequence[tuple[Mapping[str, Defective], Array]]
"""Attempts or branches, each with how surely an error of it is, by each time, the one that ends all (nominally)."""


def _deciding(grid: Grid, parts: Sequence[Outcome], bad: Sequence[Defective], before: int) -> Deciding:
    """Each branch with the chance that exactly so many others have failed before it."""
    if grid.rows <= NOMINAL:
        return ()
    failing = [np.minimum(law.cdf[NOMINAL], 1.0) for law in bad]
    found: list[tuple[Mapping[str, Defective], Array]] = []
    for n, part in enumerate(parts):
        others = [*failing[:n], *failing[n + 1 :]]
        whole = np.ones(grid.cells)
        exactly = (at_least(before, others) if before else whole) - (
            at_least(before + 1, others) if before < len(others) else 0.0
        )
        found.append((part.ends, between_points(np.asarray(exactly))))
    return found


def between_points(chance: Array) -> Array:
    """A chance in the middle between each lattice point and the one before: what happens at once is shared in two."""
    return (chance + np.concatenate((chance[:1], chance[:-1]))) / 2


def _named(
    grid: Grid, failed: Defective, kinds: Sequence[str], deciding: Deciding
) -> dict[str, tuple[Array, float]]:
    """Kind -> its nominal increments, and its share of the errors that come past the lattice."""
    parts: dict[str, Array] = {}
    late: dict[str, float] = {}
    for kind in kinds:
        laws = [(ends[kind], weight) for ends, weight in deciding if kind in ends]
        parts[kind] = sum((law.cells[NOMINAL] * weight for law, weight in laws), np.zeros(grid.cells))
        late[kind] = sum(max(float(law.mass[NOMINAL] - law.cells[NOMINAL].sum()), 0.0) for law, _ in laws)
    whole, beyond = sum(parts.values(), np.zeros(grid.cells)), math.fsum(late.values())
    cells = failed.cells[NOMINAL]
    return {
        kind: (
            cells * np.divide(parts[kind], whole, out=np.zeros(grid.cells), where=whole != 0.0),
            late[kind] / beyond if beyond > 0.0 else 0.0,
        )
        for kind in kinds
    }


def kinds_of_error(
    grid: Grid, failed: Defective, parts: Sequence[Outcome], deciding: Deciding
) -> dict[str, Defective]:
    """Errors of whatever kind taken apart: bounded by what each kind is of all attempts or branches; nominally by
    which of them decides."""
    kinds = sorted({kind for part in parts for kind in part.ends if kind in ERRORS})
    if len(kinds) == 1:
        return {kinds[0]: failed}
    laws = {kind: added([part.ends[kind] for part in parts if kind in part.ends]) for kind in kinds}
    found: dict[str, Defective] = {}
    named = _named(grid, failed, kinds, deciding) if grid.rows > NOMINAL else {}
    points = grid.step * np.arange(grid.cells)
    for kind, law in laws.items():
        rest = added([other for name, other in laws.items() if name != kind])
        cdf, mass = failed.cdf.copy(), failed.mass.copy()
        cdf[FAST] = np.minimum(cdf[FAST], law.cdf[FAST])
        cdf[SLOW] = np.maximum.accumulate(np.maximum(cdf[SLOW] - rest.cdf[FAST], 0.0))
        mass[FAST] = min(mass[FAST], law.mass[FAST])
        mass[SLOW] = max(mass[SLOW] - rest.mass[FAST], 0.0)
        moment = grid.triple(0.0, float(failed.moment[SLOW]))
        if named:
            inside, share = named[kind]
            within = failed.cells[NOMINAL]
            cdf[NOMINAL] = np.cumsum(inside)
            mass[NOMINAL] = inside.sum() + share * (failed.mass[NOMINAL] - within.sum())
            moment[NOMINAL] = inside @ points + share * (failed.moment[NOMINAL] - within @ points)
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
