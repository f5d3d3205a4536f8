"""Brackets of sub-distributions over time: when, and how surely, a part of all runs ends in one way.

A step's runs end ok, in an error of some kind, or early. Each of these ends is a *defective* distribution (Feller):
P(this end, T <= t), whose total may be less than one. It is known between an upper and a lower distribution function,
which close in on one another unless facts are only known in ranges or choices are open. All operations are monotone in
both, so that computing with the upper and with the lower ones brackets the truth; every time that is put on the lattice
is rounded down for the upper and up for the lower row.

Arrays have one row for each end of the bracket, `FAST` (upper distribution function), `SLOW` (lower), and maybe
`NOMINAL` (the facts as stated; NaN where only bounds are known). Where the total is only known in a range, the two
functions leave open that all of the range ends at the latest; what may end *late* is then bounded by itself, from the
upper totals and the slow times (`Defective.late`). Total probabilities and first moments are kept beside
the lattice, so that they suffer neither from rounding nor from its end. Convolutions by FFT: errors stay below 1e-12,
and `SLACK` of 1e-9 is allowed for them wherever a distribution function is read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
FAST, SLOW, NOMINAL = 0, 1, 2
SLACK = 1e-9
NEGLIGIBLE = 1e-3
"""A share that leaves what is nominally expected as it is; ends of brackets allow for it."""
NAN, INF = float("nan"), float("inf")


_EXCHANGED = np.array((SLOW, FAST, NOMINAL))


@dataclass(frozen=True, slots=True)
class Grid:
    """Times `0, step, ... (cells - 1) step` in seconds; `rows` is 2 (bounds) or 3 (with nominal values)."""

    step: float
    cells: int
    rows: int = 3

    @property
    def horizon(self) -> float:
        return self.step * self.cells

    def other(self, triple: Array) -> Array:
        """Upper and lower end exchanged: the mass that goes with a moment, the complement of a probability."""
        return triple[::-1] if self.rows == 2 else triple[_EXCHANGED]

    def triple(self, fast: float, slow: float, nominal: float = NAN) -> Array:
        return np.array((fast, slow, nominal)[: self.rows])

    def index(self, time: float) -> int:
        """The last lattice point not after a time."""
        return int(min(time / self.step + 1e-9, 4e9))

    def after(self, time: float) -> int:
        """The first lattice point not before a time."""
        below = self.index(time)
        return below if time <= below * self.step * (1 + 1e-9) else below + 1


MOST_SPECTRA = 300
"""Transforms that are kept: each is four times as large as its law, and made again in no time."""
DEEPEST = 32
"""Laws that wait for one another before the last of them is worked out at once: far from any limit of recursion."""


class Defective:
    """One end of a step: increments of P(end, T <= t) per lattice point, total mass, and E[T; end].

    `cells` has shape (rows, cells); `mass` = (upper, lower, nominal); `moment` = (lower, upper, nominal) in seconds.
    Masses and moments are worked out at once, cells when they are first asked for: whoever counts runs or money asks
    for times only where something gives up after one.
    """

    __slots__ = ("_cdf", "_cells", "_depth", "_late", "_make", "_make_late", "_spectrum", "mass", "moment")

    def __init__(self, cells: Array | None, mass: Array, moment: Array) -> None:
        self.mass, self.moment = mass, moment
        self._cells = cells
        self._late: Array | None = None
        self._make_late: Callable[[], Array] | None = None
        self._make: Callable[[], Array] | None = None
        self._cdf: Array | None = None
        self._spectrum: Any = None
        self._depth = 0

    @staticmethod
    def later(make: Callable[[], Array], mass: Array, moment: Array, *of: Defective) -> Defective:
        """A law whose cells `make` works out from those `of` others when they are asked for."""
        law = Defective(None, mass, moment)
        law._make = make
        depth = 0
        for part in of:
            if part._depth > depth:
                depth = part._depth
        law._depth = depth + 1
        if depth >= DEEPEST:
            law._settle(make)
        return law

    def _settle(self, make: Callable[[], Array]) -> Array:
        cells = self._cells = make()
        self._make, self._depth = None, 0
        return cells

    @property
    def cells(self) -> Array:
        """Increments, row by row."""
        if self._cells is not None:
            return self._cells
        assert self._make is not None, "cells, or what makes them"
        return self._settle(self._make)

    def ending(self, late: Callable[[], Array]) -> Defective:
        """The same, with what makes its `late` row where that says anything: figures ask for it, bounds don't."""
        if len(self.mass) > NOMINAL and self.mass[FAST] > self.mass[SLOW]:
            self._make_late = late
        return self

    @property
    def late(self) -> Array:
        """Increments of a function G with P(this end, T > t) <= `mass[FAST]` - G(t), whatever the total is."""
        if self._make_late is not None:
            made, self._make_late = self._make_late(), None
            self._late = increments(np.maximum(np.cumsum(made), self.cdf[SLOW]))
        return self.cells[SLOW] if self._late is None else self._late

    @property
    def cdf(self) -> Array:
        """Distribution functions, row by row; not to be written to."""
        if self._cdf is None:
            self._cdf = np.cumsum(self.cells, axis=1)
        return self._cdf

    @property
    def spectrum(self) -> Any:
        """Transform of the increments, padded for a product: kept for a while, since one law is followed by several
        ends."""
        made = self._spectrum
        if made is None:
            cells = self.cells
            made = self._spectrum = np.fft.rfft(cells, 2 * cells.shape[1], axis=1)
            _LATEST.append(self)
            if len(_LATEST) > MOST_SPECTRA:
                _LATEST.popleft()._spectrum = None
        return made

    def after(self, cells: Array, row: int) -> Array:
        """One row of it, after something else with these increments."""
        n = len(cells)
        return np.maximum(np.fft.irfft(np.fft.rfft(cells, 2 * n) * self.spectrum[row], 2 * n)[:n], 0.0)

    @property
    def possible(self) -> bool:
        return bool(self.mass[FAST] > 0)


_LATEST: deque[Defective] = deque()
"""Laws whose transforms are kept."""


def instant(grid: Grid) -> Defective:
    """Certainly, and at once."""
    cells = np.zeros((grid.rows, grid.cells))
    cells[:, 0] = 1.0
    return Defective(cells, np.ones(grid.rows), np.zeros(grid.rows))


def cut_short(grid: Grid, law: Defective, share: float) -> Defective:
    """A time that somebody ends early in a share of cases at most, maybe the longest: so much more is over by then."""
    if share <= 0.0:
        return law
    cells, mass, moment = law.cells.copy(), law.mass.copy(), law.moment.copy()
    cdf = np.minimum(law.cdf[FAST] + share, 1.0)
    cells[FAST], mass[FAST] = increments(cdf), min(mass[FAST] + share, 1.0)
    moment[FAST] = min(moment[FAST], grid.step * float(np.maximum(mass[SLOW] - cdf, 0.0).sum()))
    if share > NEGLIGIBLE:
        cells[NOMINAL:], mass[NOMINAL:], moment[NOMINAL:] = NAN, NAN, NAN
    return Defective(cells, mass, moment)


def never(grid: Grid) -> Defective:
    """An end that doesn't happen."""
    return Defective(np.zeros((grid.rows, grid.cells)), np.zeros(grid.rows), np.zeros(grid.rows))


def anytime(grid: Grid) -> Defective:
    """An end of which nothing is known: perhaps at once, perhaps never."""
    cells = np.zeros((grid.rows, grid.cells))
    cells[FAST, 0] = 1.0
    cells[NOMINAL:, :] = NAN
    return Defective(cells, grid.triple(1.0, 0.0), grid.triple(0.0, INF))


def unbounded(grid: Grid) -> Defective:
    """Certain, but when is not known: perhaps at once, perhaps later than any time."""
    known = anytime(grid)
    return Defective(known.cells, np.ones(grid.rows), known.moment)


def fixed(grid: Grid, time: float) -> Defective:
    """Certainly at one time (nominally shared out between its neighbours on the lattice)."""
    cells = np.zeros((grid.rows, grid.cells))
    below, above = grid.index(time), grid.after(time)
    for row, place, weight in ((FAST, below, 1.0), (SLOW, above, 1.0)):
        if place < grid.cells:
            cells[row, place] = weight
    if grid.rows > NOMINAL:
        over = 0.0 if above == below else time / grid.step - below
        for place, weight in ((below, 1 - over), (above, over)):
            if place < grid.cells:
                cells[NOMINAL, place] += weight
    return Defective(cells, np.ones(grid.rows), np.full(grid.rows, time))


def from_rows(
    grid: Grid, down: Array, up: Array, nominal: Array | None, means: tuple[float, float, float]
) -> Defective:
    """A proper law from its increments rounded down, up and nominal; means = (lower, upper, nominal)."""
    rows = [down, up] + (
        [np.full(grid.cells, NAN) if nominal is None else nominal] if grid.rows > NOMINAL else []
    )
    return Defective(np.array(rows), np.ones(grid.rows), grid.triple(*means))


def increments(cdf: Array) -> Array:
    """What distribution functions rise by from one lattice point to the next; never negative."""
    cells = np.empty_like(cdf)
    cells[..., 0] = cdf[..., 0]
    np.subtract(cdf[..., 1:], cdf[..., :-1], out=cells[..., 1:])
    return np.maximum(cells, 0.0, out=cells)


def scaled(grid: Grid, law: Defective, share: Array) -> Defective:
    """The part of it that an independent event of probability `share` (upper, lower, nominal) leaves."""
    if bool((share == 1.0).all()):
        return law
    moment = multiplied(law.moment, grid.other(share))
    made = Defective.later(lambda: law.cells * share[:, None], law.mass * share, moment, law)
    return made.ending(lambda: law.late * share[FAST])


def added(parts: Sequence[Defective]) -> Defective:
    """Disjoint ends taken together."""
    if len(parts) == 1:
        return parts[0]
    laws = tuple(parts)
    made = Defective.later(
        lambda: reduce(add, [p.cells for p in laws]),
        reduce(add, [p.mass for p in laws]),
        reduce(add, [p.moment for p in laws]),
        *laws,
    )
    return made.ending(lambda: reduce(add, [p.late for p in laws]))


def convolved(grid: Grid, first: Defective, then: Defective) -> Defective:
    """Both, one after the other, independently: times add, probabilities multiply."""
    moment = multiplied(first.moment, grid.other(then.mass)) + multiplied(grid.other(first.mass), then.moment)
    n = grid.cells

    def cells() -> Array:
        whole = np.fft.irfft(first.spectrum * then.spectrum, 2 * n, axis=1)
        return np.maximum(whole[:, :n], 0.0)

    def late() -> Array:
        product = np.fft.rfft(first.late, 2 * n) * np.fft.rfft(then.late, 2 * n)
        return np.maximum(np.fft.irfft(product, 2 * n)[:n], 0.0)

    return Defective.later(cells, first.mass * then.mass, moment, first, then).ending(late)


def multiplied(a: Array, b: Array) -> Array:
    """Product in which nothing of something unbounded is nothing."""
    pairs = zip(a.tolist(), b.tolist(), strict=True)
    return np.array([0.0 if x == 0.0 or y == 0.0 else x * y for x, y in pairs])


def from_cdf(grid: Grid, cdf: Array, mass: Array, tail: float = INF, tail_nominal: float = NAN) -> Defective:
    """A law from its distribution functions; `tail` bounds E[(T - horizon)+; end], the mean past the lattice."""
    cdf = np.minimum(cdf, mass[:, None])
    cells = increments(cdf)
    low = grid.step * float(np.maximum(mass[SLOW] - cdf[FAST], 0.0).sum())
    high = grid.step * float(np.maximum(mass[FAST] - cdf[SLOW], 0.0).sum()) + tail
    moment = [low, high]
    if grid.rows > NOMINAL:
        moment.append(grid.step * float((mass[NOMINAL] - cdf[NOMINAL]).sum()) + tail_nominal)
    return Defective(cells, mass, np.array(moment))


def enveloped(grid: Grid, parts: Sequence[Defective]) -> Defective:
    """One of them in all runs, not known which: highest of the upper ends, lowest of the lower ones."""
    if len(parts) == 1:
        return parts[0]
    laws = tuple(parts)

    def cells() -> Array:
        cdfs = [p.cdf for p in laws]
        ends = np.full_like(cdfs[0], NAN)
        np.maximum.reduce([c[FAST] for c in cdfs], out=ends[FAST])
        np.minimum.reduce([c[SLOW] for c in cdfs], out=ends[SLOW])
        return increments(ends)

    mass = grid.triple(max(p.mass[FAST] for p in parts), min(p.mass[SLOW] for p in parts))
    moment = grid.triple(min(p.moment[FAST] for p in parts), max(p.moment[SLOW] for p in parts))

    def late() -> Array:
        surely = [mass[FAST] - p.mass[FAST] + np.cumsum(p.late) for p in laws]
        return increments(np.minimum.reduce(surely))

    return Defective.later(cells, mass, moment, *laws).ending(late)


def lowered(late: Array, mass: float, to: float) -> Array:
    """The late row of an end whose upper total turned out to be less: no more than that can end late."""
    return increments(np.maximum(np.cumsum(late) - (mass - to), 0.0))


def until(grid: Grid, law: Defective, limit: float) -> Defective:
    """The part of an end that happens by `limit`."""
    place = grid.index(limit)
    if place >= grid.cells:
        inside = law.cells[SLOW].sum()
        mass = law.mass.copy()
        mass[SLOW] = min(inside, mass[SLOW])
        moment = law.moment.copy()
        moment[FAST] = min(
            moment[FAST], grid.step * float(np.maximum(inside - np.cumsum(law.cells[FAST]), 0.0).sum())
        )
        moment[SLOW] = min(moment[SLOW], limit * mass[FAST])
        known = (law.mass - law.cells.sum(axis=1) <= NEGLIGIBLE)[NOMINAL:]
        if not known.all():
            mass[NOMINAL:], moment[NOMINAL:] = NAN, NAN  # nobody knows what of it is in time
        return Defective(law.cells, mass, moment).ending(lambda: law.late)
    cells = law.cells.copy()
    cells[:, place + 1 :] = 0.0
    cdf = np.cumsum(cells[:, : place + 1], axis=1)
    mass = np.minimum(cdf[:, -1], law.mass)
    widths = np.full(place + 1, grid.step)
    widths[-1] = limit - place * grid.step
    low = float((np.maximum(mass[SLOW] - cdf[FAST], 0.0) * widths).sum())
    high = float((np.maximum(mass[FAST] - cdf[SLOW], 0.0) * widths).sum())
    moment = [max(low, 0.0), min(high, law.moment[SLOW])]
    if grid.rows > NOMINAL:
        moment.append(float(((mass[NOMINAL] - cdf[NOMINAL]) * widths).sum()))

    def late() -> Array:
        within = np.cumsum(lowered(law.late, float(law.mass[FAST]), float(mass[FAST])))
        within[grid.after(limit) :] = mass[FAST]
        return increments(within)

    return Defective(cells, mass, np.array(moment)).ending(late)
