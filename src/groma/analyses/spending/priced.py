"""What one call costs, as a law on a lattice of money: fixed prices, prices per size, prices per second of work.

Sizes and work are drawn anew at each call, as stated; sizes that come as a table are drawn together. The low end takes
the low ends of prices and sizes, the high end the high ends. Where prompts above a size have another price, those
that are sure to lie on one side take that side's price, others any of them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from groma.analyses.cost.prices import SIZE_NAMES, Term
from groma.analyses.interval import ZERO, Interval, greatest, mean_of
from groma.analyses.outcome.law import (
    FAST,
    NAN,
    NOMINAL,
    SLOW,
    Array,
    Defective,
    Grid,
    convolved,
    fixed,
    from_rows,
    unbounded,
)
from groma.analyses.outcome.quantity import law_at, rounded
from groma.model.elements import Operation
from groma.model.law import Constant, Empirical, Law, scaled
from groma.model.program import Sizes
from groma.model.quantity import Quantity
from groma.solvers.distributions import cdf_and_sf, limited_mean

RARE = 1e-6
"""Share of longer prompts below which another price for them only costs that much certainty."""


@dataclass(frozen=True, slots=True)
class Extra:
    """What the rounds before have added to the input: a bracket, its mean where that is sure, and the window it ends
    at."""

    low: float = 0.0
    high: float = 0.0
    window: float = math.inf
    sure: bool = True
    missing: tuple[str, ...] = ()
    """What isn't stated of it."""

    @property
    def added(self) -> Interval:
        return Interval(self.low, self.low if self.sure else None, self.high)

    def on(self, amount: Interval) -> Interval:
        """An amount with it on top, as far as the window."""
        whole, most = amount + self.added, self.window
        value = None if whole.value is None else min(whole.value, most)
        return Interval(min(whole.low, most), value, min(whole.high, most))


NOTHING_EXTRA = Extra()
Corner = tuple[Law, float, float]
"""One end of what a size costs: a law, what comes on top of it, and the most that both can be together."""


@dataclass(slots=True)
class Bill:
    """Money per unit of each size, per second of work, and at once; what is missing to it."""

    fixed: Interval = ZERO
    sizes: dict[str, Interval] = field(default_factory=dict[str, Interval])
    work: Interval = ZERO
    uncertain: float = 0.0
    """Share of calls that may cost more than that."""
    missing: dict[str, None] = field(default_factory=dict[str, None])

    def add(self, size: str, price: Interval) -> None:
        self.sizes[size] = self.sizes.get(size, ZERO) + price


def law_of(
    grid: Grid, path: str, step: str, operation: Operation | None, sizes: Sizes, terms: tuple[Term, ...],
    extra: Extra = NOTHING_EXTRA,
) -> tuple[Defective, frozenset[str]]:  # fmt: skip
    """The law of the price of one call, and what is missing to it (then it can be anything)."""
    bill = Bill()
    for term in terms:
        _enter(bill, path, step, operation, sizes, term, terms, extra)
    if bill.missing:
        return unbounded(grid), frozenset(bill.missing)
    grows = any(price.high > 0 for name, price in bill.sizes.items() if name in SIZE_NAMES["input"])
    if grows and math.isinf(min(extra.high, extra.window)):  # at least what is known of it
        least = _summed(grid, bill, operation, sizes, replace(extra, high=extra.low))
        return at_least(grid, least), frozenset(extra.missing)
    return _summed(grid, bill, operation, sizes, extra), frozenset()


def at_least(grid: Grid, law: Defective) -> Defective:
    """A price of which more may be missing: nothing bounds it."""
    cells = law.cells.copy()
    cells[SLOW], cells[NOMINAL:] = 0.0, NAN
    return Defective(cells, law.mass, grid.triple(float(law.moment[FAST]), math.inf))


def _enter(
    bill: Bill, path: str, step: str, operation: Operation | None, sizes: Sizes, term: Term,
    terms: tuple[Term, ...], extra: Extra,
) -> None:  # fmt: skip
    if math.isinf(term.amount.high):
        bill.missing[term.origin.path] = None
    elif term.per == "call":
        bill.fixed = bill.fixed + term.amount
    elif term.per == "size" and term.prompts_above == 0:
        name = _named(sizes, term.size)
        if name is None:
            bill.missing[f"{step}.sizes.{term.size}: state how much each call carries"] = None
        else:
            bill.add(name, _at_this_prompt(bill, sizes, term, terms, extra))
    elif term.per == "work":
        if operation is None or not isinstance(operation.work, Quantity):
            bill.missing[f"{path}.work: state how long it takes"] = None
            return
        bill.work = bill.work + term.amount
        for size, each in operation.per.items():
            name = _named(sizes, size)
            if name is None:
                bill.missing[f"{step}.sizes.{size}: state how much each call carries"] = None
            elif not isinstance(each, Quantity) or not each.constant:
                bill.missing[f"{path}.per.{size}: state how long each takes, as one value"] = None
            else:
                bill.add(name, term.amount * mean_of(each))


def _named(sizes: Sizes, name: str) -> str | None:
    """How the size is spelt here; None where it isn't stated."""
    for each in SIZE_NAMES.get(name, (name,)):
        if sizes.table is not None and each in sizes.table.columns:
            return each
        if isinstance(dict(sizes.amounts).get(each), Quantity):
            return each
    return None


def _at_this_prompt(bill: Bill, sizes: Sizes, term: Term, terms: tuple[Term, ...], extra: Extra) -> Interval:
    """The price of a unit, by the length of the prompt."""
    higher = [t for t in terms if t.size == term.size and t.prompts_above > 0]
    name = _named(sizes, "input")
    if name is None:
        return term.amount
    law, least, most = _prompt(sizes, name)
    least, most = min(least + extra.low, extra.window), min(most + extra.high, extra.window)
    chosen = term
    for other in sorted(higher, key=lambda each: each.prompts_above):
        if least > other.prompts_above:
            chosen = other
    open_still = [t for t in higher if least <= t.prompts_above < most]
    rare = [float(cdf_and_sf(law, np.array([t.prompts_above - extra.high]))[1][0]) for t in open_still]
    if rare and max(rare) > RARE:
        ends = [chosen.amount, *(t.amount for t in open_still)]
        return Interval(min(e.low for e in ends), None, max(e.high for e in ends))
    bill.uncertain += sum(rare)
    return chosen.amount


def _prompt(sizes: Sizes, name: str) -> tuple[Law, float, float]:
    """The law of the prompt at its longest, its least and its greatest value."""
    if sizes.table is not None and name in sizes.table.columns:
        column = sizes.table.column(name)
        return Empirical.of(column, sizes.table.weights), min(column), max(column)
    amount = dict(sizes.amounts)[name]
    assert isinstance(amount, Quantity)
    return law_at(amount, amount.high), law_at(amount, amount.low).least, greatest(amount)


def _summed(grid: Grid, bill: Bill, operation: Operation | None, sizes: Sizes, extra: Extra) -> Defective:
    """All parts of a bill added up, those that vary by convolution."""
    at_once = bill.fixed
    laws: list[Defective] = []
    table: dict[str, Interval] = {}
    for name, price in bill.sizes.items():
        here = extra if name in SIZE_NAMES["input"] else NOTHING_EXTRA
        if price == ZERO:
            continue
        if sizes.table is not None and name in sizes.table.columns:
            table[name] = price
            continue
        amount = dict(sizes.amounts)[name]
        assert isinstance(amount, Quantity)
        if amount.constant:
            at_once = at_once + price * here.on(mean_of(amount))
        else:
            laws.append(_varying(grid, price, amount, here))
    if table:
        laws.append(_together(grid, table, sizes, extra))
    if bill.work != ZERO:
        assert operation is not None
        assert isinstance(operation.work, Quantity)
        if operation.work.constant:
            at_once = at_once + bill.work * mean_of(operation.work)
        else:
            laws.append(_varying(grid, bill.work, operation.work, NOTHING_EXTRA))
    law = _constant(grid, at_once)
    for each in laws:
        law = convolved(grid, law, each)
    if bill.uncertain <= 0:
        return law
    cells, moment = law.cells.copy(), law.moment.copy()
    cells[SLOW] *= 1.0 - bill.uncertain
    moment[SLOW] = math.inf
    return Defective(cells, law.mass, moment)


def _constant(grid: Grid, amount: Interval) -> Defective:
    nominal = None if amount.value is None else fixed(grid, amount.value).cells[-1]
    means = (amount.low, amount.high, NAN if amount.value is None else amount.value)
    return from_rows(
        grid, fixed(grid, amount.low).cells[FAST], fixed(grid, amount.high).cells[SLOW], nominal, means
    )


def _varying(grid: Grid, price: Interval, amount: Quantity, extra: Extra) -> Defective:
    """`price` times an amount that varies, with what was added to it."""
    more = extra.added
    most = math.inf if amount.most is None else amount.most
    corners: list[Corner | None] = []
    ends = ((price.low, amount.low, more.low), (price.high, amount.high, more.high))
    for rate, mean, top in (*ends, (price.value, amount.mean, more.value)):
        if rate is None or top is None:
            corners.append(None)
        elif rate > 0:
            law = scaled(law_at(amount, mean), rate)
            corners.append((law, rate * top, rate * min(most + top, extra.window)))
        else:
            corners.append((Constant(0.0), 0.0, math.inf))
    return _rows(grid, corners)


def _together(grid: Grid, prices: dict[str, Interval], sizes: Sizes, extra: Extra) -> Defective:
    """Sizes of one table, each times its price, row by row."""
    table = sizes.table
    assert table is not None
    corners: list[Corner | None] = []
    for end in ("low", "high", "value"):
        rates = {name: getattr(price, end) for name, price in prices.items()}
        columns: list[list[float]] = []
        for name, rate in rates.items():
            here = extra if name in SIZE_NAMES["input"] else NOTHING_EXTRA
            more = getattr(here.added, end)
            if rate is not None and more is not None:
                columns.append([rate * min(each + more, here.window) for each in table.column(name)])
        sums = [math.fsum(row) for row in zip(*columns, strict=True)]
        known = len(columns) == len(rates)
        corners.append((Empirical.of(sums, table.weights), 0.0, math.inf) if known else None)
    return _rows(grid, corners)


def _rows(grid: Grid, corners: list[Corner | None]) -> Defective:
    """Laws (with an offset, and the most they can be) of the low end, the high end and the nominal one."""

    def both(law: Law, offset: float, most: float) -> tuple[Array, Array]:
        return rounded(grid, law, most, offset)

    low, high, middle = corners
    assert low is not None
    assert high is not None
    nominal = None if middle is None else np.add(*both(*middle)) / 2
    means = [NAN if corner is None else _mean(*corner) for corner in corners]
    return from_rows(grid, both(*low)[0], both(*high)[1], nominal, (means[0], means[1], means[2]))


def _mean(law: Law, offset: float, most: float) -> float:
    if math.isinf(most):
        return offset + law.mean
    return min(most, offset + float(limited_mean(law, np.array([max(most - offset, 0.0)]))[0]))
