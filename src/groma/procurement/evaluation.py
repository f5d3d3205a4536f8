"""All bids together: who may win, who comes first, and how sure that is.

Gates first: a bid that fails one is rejected with the clause. The rest are ranked by the points that each has
by itself.
Then it is asked what would turn the order round: other weights (exactly, by the linear inequalities they obey), other
bids (never, since no points hang on another bid; every selection of bids is ranked again to show it, beside the usual
relative formula), what isn't known better.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from groma.analyses.interval import Interval
from groma.procurement.bid import Bid
from groma.procurement.judging import Gate, Points
from groma.procurement.leaving import Leaving
from groma.procurement.offered import Offered
from groma.procurement.request import Request
from groma.solvers.scoring import (
    Lead,
    Span,
    between,
    least_shift,
    lowest_price_share,
    ranking,
    spans,
    total,
)

MOST_SUBSETS_OF = 8
"""Bids up to which every selection of them is ranked again; beyond, each is left out in turn."""
ABNORMAL = Fraction(4, 5)
"""A price below this share of the middle of the buyer's own estimate must be explained (Directive 2014/24/EU,
article 69, asks for it and leaves the share to the buyer)."""


@dataclass(frozen=True, slots=True)
class Evaluated:
    """One bid with all that follows from it alone."""

    bid: Bid
    offered: Offered
    gates: tuple[Gate, ...]
    points: tuple[Points, ...]
    paid: tuple[Fraction, Fraction, Fraction] | None
    """What the bidder is paid over the contract: least, nominal, most; None where a price is missing."""
    leaving: tuple[Leaving, ...]
    whole: Interval | None
    """Cost over the contract for the buyer: price, what it pays others, its people's time, leaving at the end."""

    @property
    def failed(self) -> tuple[Gate, ...]:
        """The gates that it fails."""
        return tuple(gate for gate in self.gates if gate.verdict == "failed")

    @property
    def open(self) -> tuple[Gate, ...]:
        """The gates that can't be told yet."""
        return tuple(gate for gate in self.gates if gate.verdict == "open")

    @property
    def rejected(self) -> bool:
        """Whether it can't win."""
        return bool(self.failed)

    @property
    def total(self) -> Fraction | None:
        """Points of 1; None while a criterion isn't scored."""
        given = [p.value for p in self.points if p.value is not None]
        return total([p.scale.weight for p in self.points], given) if len(given) == len(self.points) else None

    @property
    def so_far(self) -> Fraction:
        """Points for what is scored."""
        return sum((p.scale.weight * p.value for p in self.points if p.value is not None), Fraction(0))

    @property
    def reach(self) -> tuple[Fraction, Fraction]:
        """The least and the most that its total can become once everything is scored."""
        left = sum((p.scale.weight for p in self.points if p.value is None), Fraction(0))
        return self.so_far, self.so_far + left


@dataclass(frozen=True, slots=True)
class Case:
    """An order of the bids under other circumstances."""

    name: str
    order: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Reversal:
    """Selections of bids that were ranked again: how many turn two bids round, by our formula and by the
    relative one."""

    selections: int
    turned: int
    turned_by_relative: int | None
    example: str = ""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The result."""

    request: Request
    bids: tuple[Evaluated, ...]
    order: tuple[tuple[str, ...], ...]
    """Bids that may win, best first; those with the same points together."""
    provisional: bool
    """Whether something isn't scored yet."""
    decided: bool
    """Whether the first stays first however what is left is scored."""
    spans: Mapping[str, tuple[Span, ...]]
    """Criterion -> who comes first while its weight goes from 0 to 1."""
    leads: tuple[Lead, ...]
    """What it takes until another draws level."""
    cases: tuple[Case, ...]
    reversal: Reversal | None

    def named(self, name: str) -> Evaluated:
        """The bid of this name."""
        return next(each for each in self.bids if each.bid.name == name)

    @property
    def winner(self) -> Evaluated | None:
        """The bid that comes first alone."""
        return self.named(self.order[0][0]) if self.order and len(self.order[0]) == 1 else None


def evaluate(request: Request, bids: Iterable[Evaluated]) -> Evaluation:
    """Ranks the bids that fail no gate."""
    given = tuple(sorted(bids, key=lambda each: each.bid.name))
    able = [each for each in given if not each.rejected]
    order = ranking({each.bid.name: each.so_far for each in able})
    provisional = any(each.total is None for each in able)
    scored = _scored(able)
    weights = [scale.weight for scale in request.scales]
    table = {each.bid.name: _values(each) for each in scored}
    first = order[0][0] if order and len(order[0]) == 1 else None
    leads: tuple[Lead, ...] = ()
    if first in table:
        found = [least_shift(weights, table[first], table[n], n) for n in table if n != first]
        leads = tuple(
            sorted((lead for lead in found if lead is not None), key=lambda lead: (lead.moved, lead.rival))
        )
    enough = len(table) > 1 and len(weights) > 1
    return Evaluation(
        request,
        given,
        order,
        provisional,
        _decided(able, order),
        {scale.key: spans(weights, table, nth) for nth, scale in enumerate(request.scales)} if enough else {},
        leads,
        _cases(able, order),
        _reversal(request, scored),
    )


def _values(each: Evaluated) -> list[Fraction]:
    return [p.value if p.value is not None else Fraction(0) for p in each.points]


def _scored(able: Sequence[Evaluated]) -> list[Evaluated]:
    """Bids whose criteria are all scored: weights can only be turned for those."""
    return [each for each in able if each.total is not None]


def _decided(able: Sequence[Evaluated], order: tuple[tuple[str, ...], ...]) -> bool:
    if not order:
        return False
    best, *level = order[0]
    if level:
        return False
    first = next(each for each in able if each.bid.name == best)
    return all(each.reach[1] < first.reach[0] for each in able if each is not first)


def _cases(able: Sequence[Evaluated], order: tuple[tuple[str, ...], ...]) -> tuple[Case, ...]:
    """The order where what isn't known lies at one end for all, and where prices go against the first."""
    if len(able) < 2 or not order:
        return ()
    first = order[0][0]
    worst = {each.bid.name: _at(each, "low") for each in able}
    best = {each.bid.name: _at(each, "high") for each in able}
    against = {
        each.bid.name: _at(each, "value", "low" if each.bid.name == first else "high") for each in able
    }
    return (
        Case("all that isn't known at its worst", ranking(worst)),
        Case("all that isn't known at its best", ranking(best)),
        Case("the first at its highest price, the others at their lowest", ranking(against)),
    )


def _at(each: Evaluated, end: str, price: str = "") -> Fraction:
    whole = Fraction(0)
    for p in each.points:
        if p.value is None:
            continue
        if p.scale.judged:
            taken = p.value
        elif price and p.scale.key == "price":
            taken = _own_price(each, p, price)
        else:
            taken = {"low": p.low, "high": p.high, "value": p.value}[end]
        whole += p.scale.weight * taken
    return whole


def _own_price(each: Evaluated, p: Points, end: str) -> Fraction:
    """Points for price where only the bidder's own price moves, not what the buyer pays others."""
    if each.paid is None or p.amount is None or p.scale.none_at is None or p.scale.full_at is None:
        return p.value or Fraction(0)
    moved = p.amount - each.paid[1] + each.paid[2 if end == "low" else 0]
    return between(moved, p.scale.none_at, p.scale.full_at)


def _reversal(request: Request, scored: Sequence[Evaluated]) -> Reversal | None:
    """Every selection of bids ranked again, by our formula and with the lowest price of the selection as the
    measure."""
    if len(scored) < 3:
        return None
    names = [each.bid.name for each in scored]
    sizes = range(2, len(names)) if len(names) <= MOST_SUBSETS_OF else (len(names) - 1,)
    selections = [chosen for size in sizes for chosen in combinations(names, size)]
    whole = _order_among(scored, names)
    turned = sum(_turns(_order_among(scored, chosen), whole) for chosen in selections)
    relative = _relative(request, scored, names)
    if relative is None:
        return Reversal(len(selections), turned, None)
    found = [chosen for chosen in selections if _turns(_relative(request, scored, chosen) or {}, relative)]
    example = ""
    if found:
        out = sorted(set(names) - set(found[0]))
        example = f"without {', '.join(out)}"
    return Reversal(len(selections), turned, len(found), example)


def _order_among(scored: Sequence[Evaluated], names: Iterable[str]) -> dict[str, Fraction]:
    """Points of the bids of a selection, given anew: nothing but each bid's own values goes into them."""
    return {each.bid.name: each.so_far for each in scored if each.bid.name in set(names)}


def _relative(
    request: Request, scored: Sequence[Evaluated], names: Iterable[str]
) -> dict[str, Fraction] | None:
    """Totals with points for price relative to the lowest of the selection."""
    chosen = [each for each in scored if each.bid.name in set(names)]
    prices = {
        each.bid.name: p.amount for each in chosen for p in each.points if p.scale.key == "price" and p.amount
    }
    if len(prices) < len(chosen):
        return None
    shares = lowest_price_share(prices)
    return {
        each.bid.name: sum(
            (
                p.scale.weight * (shares[each.bid.name] if p.scale.key == "price" else p.value or Fraction(0))
                for p in each.points
            ),
            Fraction(0),
        )
        for each in chosen
    }


def _turns(part: Mapping[str, Fraction], whole: Mapping[str, Fraction]) -> bool:
    """Whether two bids stand the other way round in a part than in the whole."""
    return any((part[a] - part[b]) * (whole[a] - whole[b]) < 0 for a, b in combinations(sorted(part), 2))


def abnormal(request: Request, each: Evaluated) -> bool:
    """Whether a price is so low that it has to be explained before it can be taken."""
    from groma.procurement.lines import estimate

    own = estimate(request.asked, request.months)
    return (
        own is not None
        and own.value is not None
        and each.paid is not None
        and (each.paid[1] < ABNORMAL * Fraction(own.value))
    )
