"""The lines of the price sheet: every price of every component that is asked for, with its quantity from the model.

What is bought once counts as many times as there are replicas, what stands is paid by the month, what is used by the
use, as often as the flows use it in a month. A price that nobody knows makes a line without an estimate.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from groma.analyses import Context
from groma.analyses.cost.lines import fixed_price, spent
from groma.analyses.cost.prices import Term
from groma.analyses.interval import Interval
from groma.model.elements import Component, Model
from groma.model.month import SECONDS_PER_MONTH
from groma.model.quantity import Quantity, Unknown
from groma.model.units import parse_unit
from groma.procurement.request import Line

LARGE_USE = 1_000_000


def lot_of(context: Context) -> tuple[str, ...]:
    """What is asked for unless somebody says otherwise: parts that aren't there yet and that are paid for."""
    return tuple(
        name for name, component in context.model.components.items()
        if not component.existing and any(_worth_asking(line) for line in lines_of(context, (name,)))
    )  # fmt: skip


def _worth_asking(line: Line) -> bool:
    return line.high is None or line.high > 0


def lines_of(context: Context, lot: Iterable[str]) -> tuple[Line, ...]:
    """The lines of these components, without numbers, in the model's order; those that cost nothing are left out."""
    model = context.model
    found: list[Line] = []
    for name in model.components:
        if name in lot:
            component = model.components[name]
            mine = [*_fixed(context, component), *_used(context, component)]
            mine += _unknown(model, component, {line.key for line in mine})
            found += [line for line in mine if _worth_asking(line)]
    return tuple(found)


def _fixed(context: Context, component: Component) -> Iterator[Line]:
    standing = fixed_price(context, component)
    seen: set[str] = set()
    for each in (*standing.once, *standing.month):
        key = _key(component, each.term)
        if key in seen:
            continue  # the month's share of what is bought once
        seen.add(key)
        per = "once" if each.term.per == "once" else "month"
        times = Fraction(Decimal(repr(each.times.value))) if each.times.value is not None else Fraction(0)
        yield _line(context.model, component, key, each.term, per, times)


def _used(context: Context, component: Component) -> Iterator[Line]:
    quantities: dict[str, tuple[Term, Fraction]] = {}
    for flow in context.model.flows:
        for each in spent(context, flow):
            if each.use.name != component.name:
                continue
            for piece in each.price.pieces:
                if piece.term.prompts_above:
                    continue
                often = each.runs.value, each.use.weight.value, piece.times.value
                known = [Fraction(Decimal(repr(n))) for n in often if n is not None]
                times = math.prod(known, start=Fraction(1)) if len(known) == len(often) else Fraction(0)
                key = _key(component, piece.term)
                before = quantities.get(key, (piece.term, Fraction(0)))[1]
                quantities[key] = (piece.term, before + times)
    for key, (term, times) in quantities.items():
        yield _line(context.model, component, key, term, "use", times)


def _unknown(model: Model, component: Component, known: set[str]) -> Iterator[Line]:
    """Prices that the model says nobody knows; a part that should have a price and has none gets one by the month."""
    title = component.title or component.name.replace("_", " ")
    stated = False
    for name, price in component.price.items():
        stated = True
        key = f"components.{component.name}.price.{name}"
        if isinstance(price, Unknown) and key not in known:
            once = name == "once"
            unit = model.currency if once else f"{model.currency}/month"
            yield Line("", key, component.name, title, _item(name, once=once), "once" if once else "month", unit,
                       Fraction(component.replicas), None, None, None)  # fmt: skip
    if not stated and not known and component.runs_on is None and not component.offers:
        key = f"components.{component.name}.price.month"
        yield Line("", key, component.name, title, _item("month", once=False), "month", f"{model.currency}/month",
                   Fraction(component.replicas), None, None, None)  # fmt: skip


def _key(component: Component, term: Term) -> str:
    if term.origin.quantity is not None:
        return term.origin.path
    return f"components.{component.name}.price.{term.size or term.per}"


def _line(model: Model, component: Component, key: str, term: Term, per: str, times: Fraction) -> Line:
    quantity = term.origin.quantity
    unit, factor = _unit(model, term, times)
    nominal = term.exact if term.exact is not None else _fraction(term.amount.value)
    ends = _fraction(term.amount.low), nominal, _fraction(term.amount.high)
    low, value, high = (None if end is None else end * factor for end in ends)
    count = times if per in ("once", "month") and _plain(term) else times / factor
    count = Fraction(Decimal(f"{float(count):.6g}"))  # what a sheet shows is what is multiplied
    return Line(
        "", key, component.name, component.title or component.name.replace("_", " "),
        _item(key.rpartition(".")[2], once=per == "once"),
        "once" if per == "once" else "month" if per == "month" else "use",
        unit, count, low, value, high, (quantity.fact or "") if quantity is not None else "",
    )  # fmt: skip


def _plain(term: Term) -> bool:
    return term.per in ("once", "month")


def _unit(model: Model, term: Term, times: Fraction) -> tuple[str, Fraction]:
    """What a price of this term is written in here, and how many of the term's own unit that is.

    A term by the month is money for a month of one; other terms keep the unit they are written in, in our currency.
    """
    if term.per == "once":
        return model.currency, Fraction(1)
    if term.per == "month":
        return f"{model.currency}/month", Fraction(1)
    quantity = term.origin.quantity
    if isinstance(quantity, Quantity) and quantity.unit.currency:
        symbol = quantity.unit.symbol.replace(quantity.unit.currency, model.currency, 1)
        below = 1 / quantity.unit.factor
        if term.per in ("stored", "resource"):
            below /= SECONDS_PER_MONTH
        return symbol, Fraction(below)
    if term.per == "size" and times > LARGE_USE:
        symbol = f"{model.currency}/Mtoken"
        return symbol, Fraction(1 / parse_unit(symbol).factor)
    return model.currency, Fraction(1)


def _fraction(value: float | None) -> Fraction | None:
    return None if value is None or not math.isfinite(value) else Fraction(Decimal(f"{value:.12g}"))


def _item(key: str, *, once: bool) -> str:
    words = {"once": "To buy it", "month": "Each month", "call": "Each call", "hour": "Each month of use",
             "year": "Each month, paid by the year"}  # fmt: skip
    return words.get(key) or key.replace("_", " ").capitalize() + ("" if not once else ", once")


def over(line: Line, months: int, price: Fraction) -> Fraction:
    """What a line costs over the contract at this price for one."""
    return price * line.quantity * (1 if line.per == "once" else months)


def estimate(lines: Iterable[Line], months: int) -> Interval | None:
    """The buyer's own estimate over the contract; None where a price isn't known."""
    low = value = high = Fraction(0)
    for line in lines:
        if line.low is None or line.value is None or line.high is None:
            return None
        low, value, high = (
            total + over(line, months, end)
            for total, end in ((low, line.low), (value, line.value), (high, line.high))
        )
    return Interval(float(low), float(value), float(high))


def numbered(lines: tuple[Line, ...], before: dict[str, str]) -> tuple[Line, ...]:
    """The lines with numbers: those of an earlier edition kept, none given twice."""
    return tuple(
        replace(line, id=number)
        for line, number in zip(lines, numbers("P", [line.key for line in lines], before), strict=True)
    )


def numbers(letter: str, keys: list[str], before: dict[str, str]) -> list[str]:
    """A number for each key: the earlier one where there was one, else the next that was never used."""
    used = [int(number[2:]) for number in before.values() if number.startswith(f"{letter}-")]
    following = max(used, default=0)
    given: list[str] = []
    for key in keys:
        if key in before:
            given.append(before[key])
        else:
            following += 1
            given.append(f"{letter}-{following:03d}")
    return given
