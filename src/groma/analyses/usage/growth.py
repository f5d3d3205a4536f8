"""Growth of cost taken apart: more requests, another mix of models, longer requests, another price of a token."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise

from groma.analyses.usage.calls import Bill, Call
from groma.solvers.decomposition import effects

FACTORS = ("requests", "mix", "tokens", "price")
LEAST = 20
"""Calls that each period must have before anything is said."""


ROUNDING = 1e-12
"""Share of all that was paid below which an effect is what floating point leaves over."""


@dataclass(frozen=True, slots=True)
class Growth:
    """Two periods of equal length: their cost in dollars, requests, and what each factor changed."""

    periods: tuple[str, str]
    cost: tuple[float, float]
    requests: tuple[int, int]
    effects: dict[str, float]

    @property
    def change(self) -> float:
        return self.cost[1] - self.cost[0]

    @property
    def faster_than_usage(self) -> bool:
        """Whether cost grew by a larger factor than requests did."""
        return self.cost[1] * self.requests[0] > self.cost[0] * self.requests[1] and self.change > 0


def growth(calls: Sequence[Call]) -> Growth | None:
    """Cost of the second half of the time against the first; None with fewer than `LEAST` priced calls in either.

    Calls without cost, model or tokens are left out of both.
    """
    known = sorted((c for c in calls if c.cost is not None and _tokens(c) > 0), key=lambda c: c.at)
    if not known:
        return None
    middle = (known[0].at + known[-1].at) / 2
    halves = ([c for c in known if c.at < middle], [c for c in known if c.at >= middle])
    if min(len(half) for half in halves) < LEAST:
        return None
    models = sorted({c.model for c in known})
    rows = [[_factors([c for c in half if c.model == m], len(half)) for m in models] for half in halves]
    ends = (_day(known[0].at), _day(middle), _day(known[-1].at))
    paid = sum(_cost(half) for half in halves)
    return Growth(
        (f"{ends[0]} to {ends[1]}", f"{ends[1]} to {ends[2]}"),
        (_cost(halves[0]), _cost(halves[1])),
        (len(halves[0]), len(halves[1])),
        {
            factor: effect if abs(effect) > ROUNDING * paid else 0.0
            for factor, effect in zip(FACTORS, effects(rows[0], rows[1]), strict=True)
        },
    )


def _factors(mine: list[Call], whole: int) -> tuple[float, float, float, float]:
    """Requests of all models, this model's share of them, tokens of one, price of one token."""
    tokens = sum(_tokens(c) for c in mine)
    if not mine:
        return (float(whole), 0.0, 1.0, 1.0)
    return (float(whole), len(mine) / whole, tokens / len(mine), _cost(mine) / tokens)


def growth_of_bills(bills: Iterable[Bill]) -> tuple[tuple[str, float], ...]:
    """Each month's sum against the month before it, as a factor; months of different currencies aren't compared."""
    sums: dict[tuple[str, str], Decimal] = {}
    for bill in bills:
        key = (bill.currency, bill.month)
        sums[key] = sums.get(key, Decimal(0)) + bill.amount
    months = sorted(sums)
    return tuple(
        (month, float(sums[currency, month] / sums[was, before]))
        for (was, before), (currency, month) in pairwise(months)
        if was == currency and sums[was, before] > 0
    )


def _tokens(call: Call) -> int:
    return (call.tokens_in or 0) + (call.tokens_out or 0)


def _cost(calls: Iterable[Call]) -> float:
    return float(sum((c.cost for c in calls if c.cost is not None), Decimal(0)))


def _day(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat()
