"""What one use of a component costs: the terms of its price times what the call carries.

A call is paid per call, per unit of its sizes and per second of work. Sizes drawn together come as a table; only their
means matter here, since money is linear in them. Where prompts above a size have another price, the nominal value
takes the price at the mean prompt, the upper end adds the most that longer prompts can cost more, and the lower end
leaves out the most that shorter ones can cost less: by Cauchy and Schwarz E[size; prompt > t] <= sqrt(E[size^2]
P(prompt > t)), and P by Cantelli's inequality.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from groma.analyses.context import Context
from groma.analyses.cost.prices import SIZE_NAMES, Prices, Term, prices
from groma.analyses.growing import FIRST, INPUT, NONE_BEFORE, added, cut_off, growth_of, held, unstated
from groma.analyses.interval import NOTHING_KNOWN, ONE, Interval, greatest, mean_of, point, total
from groma.analyses.outcome.law import NEGLIGIBLE
from groma.analyses.visits.counts import Use
from groma.model.elements import Operation
from groma.model.program import Sizes
from groma.model.quantity import Quantity, Unknown


@dataclass(frozen=True, slots=True)
class Piece:
    """One summand of the price of one use: `times` units of a term; `quantities` are what `times` was made from."""

    term: Term
    times: Interval
    quantities: tuple[tuple[str, Quantity | Unknown | None], ...] = ()
    more: float = 0.0
    """What a higher price for long prompts can add at most."""
    less: float = 0.0
    """What a lower price for short prompts can save at most."""

    @property
    def amount(self) -> Interval:
        whole = self.term.amount * self.times
        return Interval(max(whole.low - self.less, 0.0), whole.value, whole.high + self.more)

    @property
    def exact(self) -> Fraction | None:
        """The nominal amount as a fraction; None when it isn't known."""
        if self.term.exact is None or self.times.value is None:
            return None
        return self.term.exact * Fraction(self.times.value)


@dataclass(frozen=True, slots=True)
class UsePrice:
    """What one use costs, and what is missing to say it."""

    pieces: tuple[Piece, ...]
    missing: tuple[str, ...] = ()

    @property
    def amount(self) -> Interval:
        whole = total(piece.amount for piece in self.pieces)
        return Interval(
            whole.low, None if self.missing else whole.value, math.inf if self.missing else whole.high
        )


def price_of_use(context: Context, use: Use) -> UsePrice:
    """The price of one use of what stands there; remembered for each candidate and step."""
    key = ("price of use", id(use.step), id(use.component), use.operation, use.kind, use.earlier, use.cut)
    known: UsePrice | None = context.memo.get(key)
    if known is None:
        known = context.memo[key] = _price(context, use)
    return known


def _price(context: Context, use: Use) -> UsePrice:
    if use.component is None or use.kind in ("hold", "ask"):
        return UsePrice(())
    found = prices(context, use.component)
    operation = use.component.offers.get(use.operation)
    if use.kind == "look up":
        terms = tuple(term for term in found.use if term.per == "call")
        missing = [path for path in found.unknown_of("") if path.endswith(".call")]
    else:
        terms = found.of(use.operation)
        missing = list(found.unknown_of(use.operation))
    if not terms and not missing and wants_price(found):
        missing.append(f"components.{use.name}.offers.{use.operation}.price: state what a call costs")
    pieces = tuple(_pieces(context, use, operation, terms, missing))
    return UsePrice(pieces, tuple(dict.fromkeys(missing)))


def wants_price(found: Prices) -> bool:
    """Whether a component that is paid by use leaves this use without a price (0 is stated as 0)."""
    return bool(found.operations) and not found.fixed


def _pieces(
    context: Context, use: Use, operation: Operation | None, terms: tuple[Term, ...], missing: list[str]
) -> Iterator[Piece]:
    prompt = _carried(context, use, "input")
    threshold_terms = [term for term in terms if term.prompts_above > 0]
    for term in terms:
        if term.prompts_above > 0:
            continue
        match term.per:
            case "call":
                yield Piece(term, ONE)
            case "work":
                yield _work_piece(context, use, operation, term, missing)
            case "size":
                size = _carried(context, use, term.size)
                if size is None:
                    missing.append(f"{use.step.path}.sizes.{term.size}: state how much each call carries")
                    yield Piece(term, NOTHING_KNOWN)
                    continue
                if math.isinf(size.mean.high):
                    missing += unstated(use.step.path, growth_of(use.step.action))
                higher = [other for other in threshold_terms if other.size == term.size]
                yield _tiered(term, higher, size, prompt)
            case "month" | "once" | "stored" | "resource":
                pass


@dataclass(frozen=True, slots=True)
class SizeOf:
    """First two moments and the greatest value of one size of a call."""

    mean: Interval
    sd: float
    greatest: float
    quantity: Quantity | None = None
    path: str = ""
    grown: tuple[tuple[str, Quantity | Unknown | None], ...] = ()
    """What each round of the loop around the call adds, where it grows."""


def size_of(sizes: Sizes, name: str) -> SizeOf | None:
    """One size of a call (tokens in, tokens out, ...); None where it isn't stated."""
    for each in SIZE_NAMES.get(name, (name,)):
        if sizes.table is not None and each in sizes.table.columns:
            column, weights = sizes.table.column(each), sizes.table.weights
            mean = math.fsum(v * w for v, w in zip(column, weights, strict=True))
            square = math.fsum(v * v * w for v, w in zip(column, weights, strict=True))
            return SizeOf(point(mean), math.sqrt(max(0.0, square - mean * mean)), max(column))
        amount = dict(sizes.amounts).get(each)
        if isinstance(amount, Quantity):
            stretched = amount.high / amount.mean if amount.mean > 0 else 1.0
            return SizeOf(mean_of(amount), amount.law.sd * stretched, greatest(amount), amount, each)
    return None


def _carried(context: Context, use: Use, name: str) -> SizeOf | None:
    """One size of a use's calls, with what the rounds before have added to the input in the mean."""
    size = size_of(use.sizes, name)
    if size is None:
        return None
    size = replace(size, path=f"{use.step.path}.sizes.{size.path}")
    if name not in INPUT:
        return size
    action = use.step.action
    most = math.inf if use.component is None else held(context, use.component, action)
    least = size.mean.low - cut_off(action, FIRST, size.mean.low, size.sd, most)
    if use.earlier is NONE_BEFORE:
        lost = cut_off(action, FIRST, size.mean.high, size.sd, most)
        return replace(size, mean=_cut(size.mean, least, lost, most), greatest=min(size.greatest, most))
    lost = cut_off(action, use.earlier, size.mean.high, size.sd, most)
    mean = _cut(size.mean + added(action) * use.earlier.rounds, least, lost, most)
    grown = tuple((f"{use.step.path}.context.grows.{part}", amount) for part, amount in growth_of(action))
    return replace(size, mean=mean, greatest=most, grown=grown)


def _cut(mean: Interval, least: float, lost: float, window: float) -> Interval:
    """A mean of which a window cuts off `lost` at the most, and which isn't less than `least`, the first round's."""
    low, high = max(mean.low - lost, least), min(mean.high, window)
    sure = mean.value is not None and lost <= NEGLIGIBLE * mean.value
    return Interval(low, low if low == high else mean.value if sure else None, high)


def _tiered(term: Term, higher: list[Term], size: SizeOf, prompt: SizeOf | None) -> Piece:
    """The price at the mean prompt, with what longer prompts add and shorter ones save."""
    quantities = ((size.path, size.quantity), *size.grown)
    if not higher or prompt is None:
        return Piece(term, size.mean, quantities)
    if prompt.grown:  # how prompts spread over the rounds isn't known here: any of the prices may hold
        if prompt.greatest <= min(each.prompts_above for each in higher):
            return Piece(term, size.mean, quantities)
        prices = [each.amount for each in (term, *higher)]
        more = size.mean.high * (max(each.high for each in prices) - term.amount.low)
        less = size.mean.high * (term.amount.low - min(each.low for each in prices))
        return Piece(term, size.mean.bounds, quantities, more, less)
    chosen = below = term
    more = less = 0.0
    for other in sorted(higher, key=lambda each: each.prompts_above):
        dearer, cheaper = _above(below.amount, other.amount), _above(other.amount, below.amount)
        if prompt.mean.low > other.prompts_above:
            tail = _at_most_in_tail(size, prompt, prompt.mean.low - other.prompts_above)
            more, less, chosen = more + cheaper * tail, less + dearer * tail, other
        elif prompt.greatest > other.prompts_above:
            tail = _at_most_in_tail(size, prompt, other.prompts_above - prompt.mean.high)
            more, less = more + dearer * tail, less + cheaper * tail
        below = other
    return Piece(chosen, size.mean, quantities, more, less)


def _above(price: Interval, other: Interval) -> float:
    """How much higher another price is, where both are known to the same range: an exchange rate's."""
    return max(other.low - price.low, other.high - price.high, 0.0)


def _at_most_in_tail(size: SizeOf, prompt: SizeOf, gap: float) -> float:
    """The most of a size's mean that comes from prompts further than `gap` from their mean, to one side."""
    beyond = 1.0 if gap <= 0 else prompt.sd**2 / (prompt.sd**2 + gap**2)
    return math.sqrt((size.mean.high**2 + size.sd**2) * beyond)


def _work_piece(
    context: Context, use: Use, operation: Operation | None, term: Term, missing: list[str]
) -> Piece:
    path = f"components.{use.name}.offers.{use.operation}"
    if operation is None or not isinstance(operation.work, Quantity):
        missing.append(f"{path}.work: state how long it takes")
        return Piece(term, NOTHING_KNOWN)
    time, root = mean_of(operation.work), _root_of_square(operation.work)
    quantities: list[tuple[str, Quantity | Unknown | None]] = [(f"{path}.work", operation.work)]
    for name, each in operation.per.items():
        size = _carried(context, use, name)
        if size is None:
            missing.append(f"{use.step.path}.sizes.{name}: state how much each call carries")
            return Piece(term, NOTHING_KNOWN)
        if not isinstance(each, Quantity):
            missing.append(f"{path}.per.{name}: state how long each takes")
            return Piece(term, NOTHING_KNOWN)
        time = time + mean_of(each) * size.mean
        root += _root_of_square(each) * math.hypot(size.mean.high, size.sd)
        quantities.append((f"{path}.per.{name}", each))
    return Piece(term, _ended_early(time, root, use.cut), tuple(quantities))


def _root_of_square(time: Quantity) -> float:
    """The root of the mean square, at the most."""
    stretched = time.high / time.mean if time.mean > 0 else 1.0
    return math.hypot(time.high, time.law.sd * stretched)


def _ended_early(time: Interval, root: float, share: float) -> Interval:
    """A mean time of which a share of cases, maybe the longest, may be cut off (Cauchy and Schwarz)."""
    value = time.value if share <= NEGLIGIBLE else None
    return Interval(max(time.low - root * math.sqrt(share), 0.0), value, time.high)
