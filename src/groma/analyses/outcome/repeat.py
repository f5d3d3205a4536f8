"""Loops: a number of rounds with a law, or rounds until one is the last.

With K for a round that ends ok and N for the number of rounds,
    ok = sum over n of P(N = n) K^n        other ends = (sum over j >= 0 of P(N > j) K^j) * one round's end,
powers being convolutions. ok by t falls with N, other ends rise with it (stochastically), so that the ends of a known
range of N bound both. Rounds until a last one are geometric; without a bound their sum is taken by doubling.
"""

from __future__ import annotations

import math

import numpy as np

from groma.analyses.outcome.algebra import OK, Outcome, any_end
from groma.analyses.outcome.law import (
    FAST,
    NOMINAL,
    SLOW,
    Array,
    Defective,
    Grid,
    added,
    anytime,
    convolved,
    from_cdf,
    instant,
    multiplied,
    never,
    scaled,
)
from groma.analyses.outcome.quantity import law_at, share_of
from groma.model.law import Constant, Law
from groma.model.program import Repeat, whole_rounds
from groma.model.quantity import Quantity, Unknown
from groma.solvers.distributions import cdf_and_sf

MOST_ROUNDS = 512
"""Counts beyond are not expanded: only that they take their time is known."""
FORGOTTEN = 1e-12
"""Probability of more rounds than are expanded of a count without a bound."""


def repeated(grid: Grid, path: str, loop: Repeat, round_: Outcome) -> Outcome:
    """The loop's outcome from one round's."""
    if loop.until is not None:
        missing = {f"{path}.until"} if isinstance(loop.until, Unknown) else set[str]()
        last = share_of(grid, loop.until)
        if loop.at_most is None or loop.at_most > MOST_ROUNDS:
            return _geometric(grid, last, round_).noting(frozenset(missing))
        counts = np.array([_geometric_counts(float(u), loop.at_most) for u in last])
        return _counted(grid, counts, round_).noting(frozenset(missing))
    if not isinstance(loop.times, Quantity):
        return _unknown(grid, round_).noting(frozenset({f"{path}.times"}))
    ends = (loop.times.low, loop.times.high, loop.times.mean)[: grid.rows]
    pmfs: list[Array] = []
    for mean in ends:
        pmf = count_law(law_at(loop.times, mean), count_bound(loop))
        if pmf is None:
            note = f"{path}: more than {MOST_ROUNDS} rounds are not followed one by one"
            return _unknown(grid, round_).noting(notes=frozenset({note}))
        pmfs.append(pmf)
    longest = max(map(len, pmfs))
    counts = np.array([np.pad(pmf, (0, longest - len(pmf))) for pmf in pmfs])
    return _counted(grid, counts, round_)


def count_bound(loop: Repeat) -> int | None:
    most = loop.times.most if isinstance(loop.times, Quantity) else None
    bounds = [b for b in (loop.at_most, None if most is None else whole_rounds(most)) if b is not None]
    return min(bounds) if bounds else None


def count_law(law: Law, at_most: int | None) -> Array | None:
    """P(N = n) of a count rounded to the nearest whole (halves up) and bounded; None when it reaches too far."""
    if isinstance(law, Constant):
        count = whole_rounds(law.value)
        count = count if at_most is None else min(count, at_most)
        return None if count > MOST_ROUNDS else np.eye(1, count + 1, count)[0]
    top = MOST_ROUNDS if at_most is None else min(at_most, MOST_ROUNDS)
    below, above = cdf_and_sf(law, np.nextafter(np.arange(top + 1) + 0.5, 0.0))
    if (at_most is None or at_most > MOST_ROUNDS) and above[-1] > FORGOTTEN:
        return None
    pmf = np.diff(below, prepend=0.0)
    pmf[-1] += 1 - below[-1]
    used = np.flatnonzero(pmf > 0)
    return np.asarray(pmf[: used[-1] + 1])


def _geometric_counts(last: float, at_most: int) -> Array:
    pmf = np.zeros(at_most + 1)
    pmf[1:] = last * (1 - last) ** np.arange(at_most)
    pmf[at_most] = (1 - last) ** (at_most - 1)
    return pmf


def _unknown(grid: Grid, round_: Outcome) -> Outcome:
    """A loop of which only the kinds of end are known; it may be ok at once."""
    return Outcome(
        {kind: anytime(grid) for kind in {OK, *round_.ends}}, anytime(grid), round_.missing, round_.notes
    )


def _counted(grid: Grid, counts: Array, round_: Outcome) -> Outcome:
    """From P(N = n) at each end of the bracket (fewest rounds first), by Horner's rule."""
    kernel = round_.ends.get(OK) or never(grid)
    exact = bool(np.allclose(counts[FAST], counts[SLOW], atol=1e-15))
    more = 1 - np.cumsum(counts, axis=1)
    ok = scaled(grid, instant(grid), counts[:, -1])
    for n in range(counts.shape[1] - 2, -1, -1):
        ok = added([convolved(grid, kernel, ok), scaled(grid, instant(grid), counts[:, n])])
    others = {kind: law for kind, law in round_.ends.items() if kind != OK}
    if not others and exact:
        return Outcome({OK: ok}, None, round_.missing, round_.notes)
    going = never(grid)
    for n in range(counts.shape[1] - 2, -1, -1):
        step = scaled(grid, instant(grid), np.maximum(grid.other(more[:, n]), 0.0))
        going = added([convolved(grid, kernel, going), step])
    if not exact:
        ok = _moment_between(grid, ok)
    return _with_others(grid, round_, ok, going, others, exact, True)


def _geometric(grid: Grid, last: Array, round_: Outcome) -> Outcome:
    """Rounds until one is the last with chance (upper, lower, nominal) `last`, without a bound."""
    kernel = round_.ends.get(OK) or never(grid)
    others = {kind: law for kind, law in round_.ends.items() if kind != OK}
    exact = bool(last[FAST] == last[SLOW])
    ok = convolved(grid, _powers(grid, _rowwise(kernel, 1 - last)), _rowwise(kernel, last))
    if not others and exact:
        return Outcome({OK: ok}, None, round_.missing, round_.notes)
    going = _powers(grid, scaled(grid, kernel, 1 - grid.other(last)))
    if not exact:
        ok = _moment_between(grid, ok)
    return _with_others(grid, round_, ok, going, others, exact, bool(last[SLOW] > 0))


def _rowwise(law: Defective, share: Array) -> Defective:
    """Each row scaled by its own share: one consistent way to be for each row."""
    return Defective(law.cells * share[:, None], law.mass * share, multiplied(law.moment, share))


def _powers(grid: Grid, kernel: Defective) -> Defective:
    """1 + K + K^2 + ... by doubling, until what is left out is below `FORGOTTEN`."""
    total, power = instant(grid), kernel
    for _ in range(24):
        total = added([total, convolved(grid, total, power)])
        if float(np.nanmax(power.mass)) ** 2 < FORGOTTEN:
            break
        power = convolved(grid, power, power)
    return total


def _moment_between(grid: Grid, ok: Defective) -> Defective:
    """With a known range, rows belong to different counts: the moment is read from the distribution functions."""
    cdf = np.minimum(ok.cdf, ok.mass[:, None])
    law = from_cdf(grid, cdf, ok.mass)
    beyond = float(ok.mass[FAST] - ok.cdf[SLOW, -1]) > 1e-9
    tail = math.inf if beyond and ok.moment[SLOW] > 0.0 else 0.0
    moment = law.moment.copy()
    moment[SLOW] = grid.step * float(np.maximum(ok.mass[FAST] - cdf[SLOW], 0.0).sum()) + tail
    if grid.rows > NOMINAL:
        moment[NOMINAL] = ok.moment[NOMINAL]
    return Defective(ok.cells, ok.mass, moment)


def _with_others(
    grid: Grid,
    round_: Outcome,
    ok: Defective,
    going: Defective,
    others: dict[str, Defective],
    exact: bool,
    ends_surely: bool,
) -> Outcome:
    ends = {kind: convolved(grid, going, law) for kind, law in others.items()}
    if ok.possible:
        ends[OK] = ok
    total = None
    if round_.total is not None or not exact:
        raw = added(list(ends.values()))
        total = from_cdf(grid, np.minimum(raw.cdf, 1.0), np.minimum(raw.mass, 1.0), float(raw.moment[SLOW]))
        whole = any_end(grid, round_).mass
        if bool((whole[:2] == 1.0).all()) and ends_surely:
            total.mass[:2] = 1.0
    return Outcome(ends, total, round_.missing, round_.notes)
