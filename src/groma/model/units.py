"""Units of quantities: read, multiply, divide, convert, and ask what they measure.

A unit is a product of powers of the symbols of `unit_table`. Its dimension is kept apart from its factor, after
Kennedy, "Types for Units-of-Measure" (2009); things that are counted take part in the dimension below a fraction
line only: `200 req/s` is a rate like `200/s`, but `3 EUR/Mtoken` isn't `3 EUR`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from groma.model.spelling import nearest
from groma.model.unit_table import ADVICE, COMPOUND, COUNTED, CURRENCIES, SYMBOLS

Exponents = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Dimension:
    """What may be asked of a quantity: `said` and `example` are for messages; `exponents` None accepts by rule."""

    name: str
    said: str
    example: str
    exponents: Exponents | None


def _dimension(name: str, said: str, example: str, **exponents: int) -> Dimension:
    return Dimension(name, said, example, tuple(sorted(exponents.items())))


DIMENSIONS: dict[str, Dimension] = {
    dimension.name: dimension
    for dimension in (
        Dimension("any", "a quantity", "4 ms", None),
        Dimension("price", "a price", "3 EUR/month", None),
        Dimension("count", "a count", "3", ()),
        Dimension("share", "a share", "12 %", ()),
        Dimension("factor", "a factor", "3x", ()),
        Dimension("time/time", "a share of time", "3 h/month", ()),
        _dimension("time", "a time", "4 ms", time=1),
        _dimension("size", "a size", "4 GB", data=1),
        _dimension("rate", "a rate", "40/min", time=-1),
        _dimension("data rate", "a data rate", "10 Gbit/s", data=1, time=-1),
        _dimension("money", "money", "60 EUR", money=1),
        _dimension("money/time", "money for a time", "60 EUR/h", money=1, time=-1),
        _dimension("money/token", "money for tokens", "3 EUR/Mtoken", money=1, token=-1),
        _dimension("power", "a power", "400 W", power=1),
        _dimension("energy", "an energy", "3 kWh", power=1, time=1),
        _dimension("compute", "a number of cores", "2 cores", compute=1),
        _dimension("mass", "a mass", "2 kg", mass=1),
        _dimension("mass/energy", "a mass for an energy", "300 g/kWh", mass=1, power=-1, time=-1),
    )
}


class UnitError(ValueError):
    """A unit can't be read, or two units don't go together; the message says what to write instead."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A product of powers of symbols: `kWh`, `EUR/month`, `1`."""

    terms: Exponents
    """Symbols with their exponents, in the order they were written: (("EUR", 1), ("month", -1))."""

    @property
    def symbol(self) -> str:
        """As it is printed: `EUR/month`; the unit of plain numbers is `1`."""
        below = _side(self.terms, -1, "/")
        return (_side(self.terms, 1, "·") or "1") + (f"/{below}" if below else "")

    @property
    def factor(self) -> Fraction:
        """Canonical units in one of this unit, exactly."""
        return _factor(self.terms)

    @property
    def dimension(self) -> Exponents:
        """Exponents of time, data, power, compute, mass, currencies and counted things, sorted."""
        return _exponents(self.terms)

    @property
    def currency(self) -> str | None:
        """The ISO code of the money in it, None when there is none."""
        return next((base for base, _ in self.dimension if base in CURRENCIES), None)

    @property
    def canonical(self) -> Unit:
        """The unit of the same dimension with factor 1 in which values are kept inside (bits become bytes)."""
        return _canonical(self.terms)

    def is_a(self, dimension: str) -> bool:
        """Whether a quantity in this unit can stand where a dimension of `DIMENSIONS` is asked for."""
        return _is_a(self.terms, dimension)

    def __mul__(self, other: Unit) -> Unit:
        return Unit(_merged((*self.terms, *other.terms)))

    def __truediv__(self, other: Unit) -> Unit:
        return Unit(_merged((*self.terms, *((name, -exponent) for name, exponent in other.terms))))

    def __str__(self) -> str:
        return self.symbol


ONE = Unit(())


def convert(value: float, given: Unit, wanted: Unit) -> float:
    """A value of one unit in another of the same dimension; raises UnitError when the dimensions differ."""
    if _shorn(given.dimension) != _shorn(wanted.dimension):
        raise UnitError(f"`{given}` can't be turned into `{wanted}`: they measure different things")
    return value * float(given.factor / wanted.factor)


@functools.cache
def parse_unit(text: str) -> Unit:
    """Read `ms`, `EUR/GB/month`, `/min`, `1/s`, `EUR/million requests`; raises UnitError with advice."""
    cleaned = re.sub(r"(^| )per ", "/", " ".join(text.split()))
    above, *below = (part.strip() for part in cleaned.split("/"))
    terms: list[tuple[str, int]] = []
    if above not in ("", "1"):
        terms += _product(above, 1)
    for part in below:
        terms += _product(part, -1)
    if not terms and cleaned not in ("", "1"):
        raise UnitError(f"`{text}` isn't a unit")
    return Unit(_merged(terms))


def _product(text: str, sign: int) -> list[tuple[str, int]]:
    if not text:
        raise UnitError("a unit is missing after `/`")
    terms: list[tuple[str, int]] = []
    for word in re.split(r"[ ·*]+", text):
        if word in COMPOUND:
            terms += [(name, exponent * sign) for name, exponent in COMPOUND[word]]
        elif word != "1":
            terms.append((_known(word), sign))
    return terms


def _known(word: str) -> str:
    symbol = SYMBOLS.get({"1000": "thousand", "1000000": "million"}.get(word, word))
    if symbol is not None:
        return symbol.name
    if word in ADVICE:
        raise UnitError(f"`{word}` isn't a unit: {ADVICE[word]}")
    near = nearest(word, SYMBOLS)
    raise UnitError(f"`{word}` isn't a unit" + (f", did you mean `{near}`?" if near else ""))


def _merged(terms: Iterable[tuple[str, int]]) -> Exponents:
    total: dict[str, int] = {}
    for name, exponent in terms:
        total[name] = total.get(name, 0) + exponent
    return tuple((name, exponent) for name, exponent in total.items() if exponent)


_MULTIPLES = ("thousand", "million", "billion")


def _side(terms: Exponents, sign: int, joint: str) -> str:
    """The symbols above (sign 1) or below (-1) the line; a multiple stands before what it counts."""
    text = glue = ""
    for name, exponent in terms:
        for _ in range(exponent * sign):
            text += glue + name
            glue = " " if name in _MULTIPLES else joint
    return text


@functools.cache
def _factor(terms: Exponents) -> Fraction:
    product = Fraction(1)
    for name, exponent in terms:
        product *= SYMBOLS[name].factor ** exponent
    return product


@functools.cache
def _exponents(terms: Exponents) -> Exponents:
    total: dict[str, int] = {}
    for name, exponent in terms:
        for base, power in SYMBOLS[name].base:
            total[base] = total.get(base, 0) + exponent * power
    if any(base in COUNTED and base != "item" and n * total.get("item", 0) > 0 for base, n in total.items()):
        del total["item"]
    return tuple(sorted((base, exponent) for base, exponent in total.items() if exponent))


_CANONICAL_SYMBOLS = {"time": "s", "data": "B", "power": "W", "compute": "core", "mass": "g", "item": "item"}


@functools.cache
def _canonical(terms: Exponents) -> Unit:
    dimension = sorted(_exponents(terms), key=lambda pair: (pair[1] < 0, pair[0]))
    if dimension == [("power", 1), ("time", 1)]:
        return Unit((("J", 1),))
    return Unit(tuple((_CANONICAL_SYMBOLS.get(base, base), exponent) for base, exponent in dimension))


def _shorn(dimension: Exponents) -> Exponents:
    """The dimension without the counted things above the line."""
    return tuple((base, n) for base, n in dimension if n < 0 or (base not in COUNTED and base != "item"))


@functools.cache
def _is_a(terms: Exponents, name: str) -> bool:
    wanted = DIMENSIONS[name]
    given = _shorn(_exponents(terms))
    money = [(base, n) for base, n in given if base in CURRENCIES]
    if name == "any":
        return True
    if name == "price":
        return [n for _, n in money] == [1] and all(n < 0 for base, n in given if base not in CURRENCIES)
    if name == "count":
        return all(base in COUNTED for symbol, _ in terms for base, _ in SYMBOLS[symbol].base or (("", 0),))
    said = tuple(sorted(("money" if base in CURRENCIES else base, n) for base, n in given))
    if name == "money/token":
        said = tuple(sorted(("token" if base == "item" else base, n) for base, n in said))
    return said == wanted.exponents


def listed(dimensions: Iterable[str]) -> str:
    """`a time such as `4 ms` or a rate such as `40/min``, to name in a message what was expected."""
    return " or ".join(f"{DIMENSIONS[name].said} such as `{DIMENSIONS[name].example}`" for name in dimensions)
