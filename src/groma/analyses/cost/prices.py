"""What a component costs and for what: its own `price`, else that of its catalog product, as terms in one currency.

A term is money for one month of one replica, for one call, for one unit of a size (token, byte, page), for a second of
work, for a byte kept a month, or once. The dimension of the price says which; the word before it (`input`, `call`) says
which size. Nominal amounts are kept as exact fractions, so that a bill can be added up in any order to the same cent;
a currency that the model has no exchange rate for leaves the term unknown.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.interval import NOTHING_KNOWN, Interval, mean_of, point
from groma.catalog import Fact, Price, Product, UnknownEntryError
from groma.model.elements import Component
from groma.model.month import HOURS_PER_MONTH, SECONDS_PER_MONTH
from groma.model.quantity import Quantity, Unknown
from groma.model.unit_table import CURRENCIES

MONTHS: Mapping[str, Fraction] = {
    "month": Fraction(1),
    "hour": Fraction(HOURS_PER_MONTH),
    "year": Fraction(1, 12),
}
"""How many of a period a month has."""
TIMES = {"k": 1_000, "K": 1_000, "M": 1_000_000, "B": 1_000_000_000}
COUNTED_USE = re.compile(
    r"(?:(\d+)\s*([kKMB])?\s*)?(request|call|operation|message|event|transaction|quer(?:y|ies))(?:e?s)?"
)
SIZE_NAMES: Mapping[str, tuple[str, ...]] = {"input": ("input", "in"), "output": ("output", "out")}
"""Sizes of a call that a catalog price for tokens may mean, in the order in which they are looked for."""

Per = Literal["month", "once", "call", "size", "work", "stored", "resource"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a price is written: a quantity of the model at `path`, or a fact of the catalog's product `ref`."""

    path: str
    quantity: Quantity | None = None
    ref: str = ""
    column: str = ""
    fact: Fact | None = None

    def entered(self, evidence: Evidence) -> str | None:
        """Enter it as an input of a figure; its ledger id."""
        if self.quantity is not None:
            return evidence.note(self.path, self.quantity)
        assert self.fact is not None
        return evidence.catalog(self.ref, self.column, self.fact)


@dataclass(frozen=True, slots=True)
class Term:
    """Money for one of something: `amount` in the model's currency, `exact` its nominal value."""

    per: Per
    amount: Interval
    exact: Fraction | None
    origin: Origin
    size: str = ""
    """Name of the size (`per` "size") or resource (`per` "resource") it is paid for."""
    currency: str = ""
    """The foreign currency it was changed from, if any."""
    prompts_above: int = 0
    """Tokens of a prompt above which another price holds (0: it always holds)."""

    def entered(self, evidence: Evidence) -> tuple[str | None, ...]:
        """Enter the price, and the rate it was changed at, as inputs of a figure; their ledger ids."""
        rate = evidence.context.model.exchange.get(self.currency)
        changed = evidence.note(f"exchange.{self.currency}", rate) if isinstance(rate, Quantity) else None
        return self.origin.entered(evidence), changed


@dataclass(frozen=True, slots=True)
class Prices:
    """All terms of one component; `missing` says which facts would complete them."""

    fixed: tuple[Term, ...]
    use: tuple[Term, ...]
    """For operations without a price of their own."""
    operations: Mapping[str, tuple[Term, ...]]
    missing: tuple[str, ...]
    stated: bool
    """Whether anything is priced at all."""
    unknown: Mapping[str, tuple[str, ...]]
    """Prices of use that are stated as unknown, by operation; under "" those of all operations without their own."""

    def of(self, operation: str) -> tuple[Term, ...]:
        """What one call of an operation is paid by."""
        return self.operations.get(operation) or self.use

    def unknown_of(self, operation: str) -> tuple[str, ...]:
        """Prices that one call of an operation is paid by and that nobody knows."""
        own = self.operations.get(operation) or operation in self.unknown
        return self.unknown.get(operation if own else "", ())


def prices(context: Context, component: Component) -> Prices:
    """The prices of a component, remembered for each component object."""
    key = ("prices", id(component))
    known: Prices | None = context.memo.get(key)
    if known is None:
        known = context.memo[key] = _prices(context, component)
    return known


def _prices(context: Context, component: Component) -> Prices:
    path = f"components.{component.name}"
    missing: list[str] = []
    own = [
        _own(context, f"{path}.price.{key}", key, price, missing) for key, price in component.price.items()
    ]
    operations = {
        operation.name: tuple(
            term
            for key, price in operation.price.items()
            for term in _own(context, f"{path}.offers.{operation.name}.price.{key}", key, price, missing)
        )
        for operation in component.offers.values()
        if operation.price
    }
    terms = [term for each in own for term in each]
    if component.lasts is not None and component.lasts.mean > 0:
        terms += [_spread(term, component.lasts) for term in terms if term.per == "once"]
    elif component.lasts is not None:
        missing.append(f"{path}.lasts: state for how long it is used, more than no time")
    if not terms and not missing and component.product is not None:
        terms = _of_product(context, component, missing, bool(operations))
    return Prices(
        tuple(term for term in terms if term.per in ("month", "once", "stored", "resource")),
        tuple(term for term in terms if term.per in ("call", "size", "work")),
        operations,
        tuple(dict.fromkeys(missing)),
        bool(terms or operations or component.price),
        _unknown(component),
    )


def _unknown(component: Component) -> dict[str, tuple[str, ...]]:
    """Paths of the prices of use without a value (see `Prices.unknown`)."""
    path = f"components.{component.name}"
    fixed = {"once", "stored", *MONTHS, *component.provides}
    found = {
        "": tuple(
            f"{path}.price.{key}"
            for key, price in component.price.items()
            if not isinstance(price, Quantity) and key not in fixed
        )
    }
    for operation in component.offers.values():
        at = f"{path}.offers.{operation.name}.price"
        found[operation.name] = tuple(
            f"{at}.{key}" for key, price in operation.price.items() if not isinstance(price, Quantity)
        )
    return {name: paths for name, paths in found.items() if paths}


def _spread(term: Term, lasts: Quantity) -> Term:
    """What was bought once, as a month's share of the time for which it is used (straight-line depreciation)."""
    months = mean_of(lasts).scaled(1.0 / SECONDS_PER_MONTH)
    value = None if term.amount.value is None else term.amount.value / (lasts.mean / SECONDS_PER_MONTH)
    high = math.inf if months.low <= 0 else term.amount.high / months.low
    exact = None if term.exact is None else term.exact * SECONDS_PER_MONTH / exact_of(lasts)
    return replace(
        term, per="month", amount=Interval(term.amount.low / months.high, value, high), exact=exact
    )


def exchange(context: Context, currency: str | None, missing: list[str]) -> tuple[Interval, Fraction | None]:
    """What one unit of a currency is worth in the model's."""
    if currency is None or currency == context.model.currency:
        return Interval(1.0, 1.0, 1.0), Fraction(1)
    rate = context.model.exchange.get(currency)
    if not isinstance(rate, Quantity):
        missing.append(f"exchange.{currency}: state what 1 {currency} is worth in {context.model.currency}")
        return NOTHING_KNOWN, None
    return mean_of(rate), exact_of(rate)


def exact_of(quantity: Quantity) -> Fraction:
    """The nominal value in the canonical unit, exactly as written where it is a plain constant."""
    if quantity.exact is not None:
        return Fraction(quantity.exact) * quantity.unit.factor
    return Fraction(Decimal(repr(quantity.mean)))


def _own(context: Context, path: str, key: str, price: Quantity | Unknown, missing: list[str]) -> list[Term]:
    if not isinstance(price, Quantity):
        missing.append(path)
        return []
    below = {base: power for base, power in price.unit.dimension if base not in CURRENCIES}
    rate, exact_rate = exchange(context, price.unit.currency, missing)
    per, size, factor = _meaning(key, below)
    exact = None if exact_rate is None else exact_of(price) * exact_rate * factor
    plain = (
        point(float(exact_of(price) * factor))
        if price.known is None
        else mean_of(price).scaled(float(factor))
    )
    amount = plain * rate
    foreign = price.unit.currency if price.unit.currency != context.model.currency else None
    return [Term(per, amount, exact, Origin(path, price), size, foreign or "")]


def _meaning(key: str, below: Mapping[str, int]) -> tuple[Per, str, Fraction]:
    """What a price of this dimension is paid for, the size it counts, and the factor to a month where time is in it."""
    month = Fraction(SECONDS_PER_MONTH)
    others = sorted(base for base in below if base != "time")
    if key == "work":
        return "work", "", Fraction(1)
    if below.get("time") == -1:
        if not others:
            return "month", "", month
        return ("stored", "", month) if others == ["data"] else ("resource", others[0], month)
    if key == "once":
        return "once", "", Fraction(1)
    if key in MONTHS and not others:
        return "month", "", MONTHS[key]
    if key == "call":
        return "call", "", Fraction(1)
    return "size", key, Fraction(1)


def _of_product(context: Context, component: Component, missing: list[str], priced: bool) -> list[Term]:
    path = f"components.{component.name}"
    assert component.product is not None
    try:
        product = context.catalog.product(component.product)
    except UnknownEntryError as error:
        if not priced:
            missing.append(f"{path}.price: {error}")
        return []
    terms = [
        term
        for price in product.prices
        if price.condition == ""
        for term in _listed(context, path, product, price, missing)
    ]
    if not terms and not priced:
        units = ", ".join(sorted({price.per for price in product.prices}))
        told = (
            f"the catalog prices `{product.ref}` per {units}"
            if units
            else f"no price is known of `{product.ref}`"
        )
        missing.append(f"{path}.price: {told}: state what is paid here")
    return terms


def _listed(context: Context, path: str, product: Product, price: Price, missing: list[str]) -> list[Term]:
    meaning = _listed_meaning(price.per)
    if meaning is None:
        return []
    per, size, factor = meaning
    rate, exact_rate = exchange(context, price.currency, missing)
    value = price.amount
    if value is None and price.fact.low is None and price.fact.high is None:
        return []
    nominal = None if value is None else float(value) * float(factor)
    low = nominal if nominal is not None else float(price.fact.low or 0) * float(factor)
    high = nominal if nominal is not None else _or_infinite(price.fact.high) * float(factor)
    amount = Interval(low, nominal, high)
    exact = None if exact_rate is None or value is None else Fraction(value) * factor * exact_rate
    column = price.per if not price.above else f"{price.per} above {price.above}"
    origin = Origin(f"{path}.product", None, product.ref, column, price.fact)
    foreign = "" if price.currency == context.model.currency else price.currency
    return [Term(per, amount * rate, exact, origin, size, foreign, price.above)]


def _listed_meaning(per: str) -> tuple[Per, str, Fraction] | None:
    if per in MONTHS:
        return "month", "", MONTHS[per]
    if per in ("token.input", "token.output"):
        return "size", per.partition(".")[2], Fraction(1)
    counted = COUNTED_USE.fullmatch(per)
    if counted is None:
        return None
    number = int(counted[1] or 1) * TIMES.get(counted[2], 1)
    return "call", "", Fraction(1, number)


def _or_infinite(number: Decimal | float | int | None) -> float:
    return math.inf if number is None else float(number)
