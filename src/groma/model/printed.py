"""Quantities as people read them in a document: `1.25 s`, `9,437 EUR/month`, `99.95 %`, `1.2–1.6 s`.

Rounding: three significant digits, or as many as the interval of the value supports: the last digit printed stands
where the first digit of the interval's half-width stands (after the GUM, JCGM 100:2008, 7.2.6: a value is rounded to
its uncertainty); a range shows one digit more. Thousands are grouped with commas. A canonical unit (s, B, B/s, 1/s,
W) is scaled to what reads well; any other unit is kept as given. A share close to 100 % shows what is missing to it.
"""

from __future__ import annotations

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from itertools import pairwise

from groma.model.unit_table import SYMBOLS
from groma.model.units import ONE, Unit, parse_unit

DIGITS = 3
MOST_DIGITS = 6
RANGE_DASH = "–"
ROUNDING = 1e-12
"""What floating point adds to an end of a range: 25.000000000000004 is printed as 25, not as 25.1."""

_LADDERS: dict[str, tuple[str, ...]] = {
    "s": ("ns", "µs", "ms", "s", "min", "h", "day", "year"),
    "B": ("B", "kB", "MB", "GB", "TB", "PB"),
    "B/s": ("B/s", "kB/s", "MB/s", "GB/s", "TB/s"),
    "1/s": ("1/year", "1/month", "1/day", "1/h", "1/min", "1/s"),
    "W": ("W", "kW", "MW"),
    "J": ("J", "kWh", "MWh", "GWh"),
    "core": ("mcore", "core"),
}
_FULL = {"ms": 1000, "s": 120, "min": 120, "h": 48, "day": 730}
"""How many of a time unit are shown before the next larger one is taken (none: until the next is reached)."""

_WHOLE = {"%": 100, "1": 1}


def format_quantity(value: float, unit: Unit | str = ONE, interval: tuple[float, float] | None = None) -> str:
    """A value of `unit` in words for people, rounded to what `interval` (low, high, same unit) supports."""
    unit = parse_unit(unit) if isinstance(unit, str) else unit
    if not math.isfinite(value):
        return "∞" if value > 0 else "−∞" if value < 0 else "undefined"
    shown = _scaled_unit(value, unit)
    ratio = float(unit.factor / shown.factor)
    bounds = None if interval is None else (interval[0] * ratio, interval[1] * ratio)
    return _with_unit(_number(value * ratio, shown, bounds, ROUND_HALF_EVEN), shown)


def format_range(low: float, high: float, unit: Unit | str = ONE) -> str:
    """`1.2–1.6 s`: rounded outwards, so that what is printed holds what was worked out."""
    unit = parse_unit(unit) if isinstance(unit, str) else unit
    if not (math.isfinite(low) and math.isfinite(high)):
        return f"{format_quantity(low, unit)} {RANGE_DASH} {format_quantity(high, unit)}"
    shown = _scaled_unit(high, unit)
    ratio = float(unit.factor / shown.factor)
    bounds = (low * ratio * (1 + ROUNDING), high * ratio * (1 - ROUNDING))
    first = _number(bounds[0], shown, bounds, ROUND_FLOOR)
    last = _number(bounds[1], shown, bounds, ROUND_CEILING)
    return _with_unit(last if first == last else f"{first}{RANGE_DASH}{last}", shown)


def format_money(amount: Decimal, currency: str) -> str:
    """A bill's amount with two decimals and grouped thousands: `9,437.20 EUR`."""
    return f"{amount.quantize(Decimal('0.01'), ROUND_HALF_EVEN):,f} {currency}"


def _scaled_unit(value: float, unit: Unit) -> Unit:
    ladder = _LADDERS.get(unit.symbol)
    if ladder is None or not value:
        return unit
    size = abs(value) * (1 + 5 * 10**-DIGITS / 10)
    steps = [parse_unit(name) for name in ladder]
    chosen = steps[0]
    for before, step in pairwise(steps):
        full = _FULL[before.symbol] * before.factor if before.symbol in _FULL else step.factor
        if size < full:
            break
        chosen = step
    return chosen


def _number(value: float, unit: Unit, bounds: tuple[float, float] | None, rounding: str) -> str:
    decimals = _decimals(value, unit, bounds, finer=rounding != ROUND_HALF_EVEN)
    number = Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), rounding)
    whole = _WHOLE.get(unit.symbol)
    if whole is not None and value < whole <= number and rounding == ROUND_HALF_EVEN:
        number, decimals = whole - Decimal(1).scaleb(-MOST_DIGITS), MOST_DIGITS
    places = max(decimals, 0)
    text = f"{number:,.{places}f}"
    if "." in text and not (unit.currency and places == 2):
        text = text.rstrip("0").rstrip(".")
    return text


def _decimals(value: float, unit: Unit, bounds: tuple[float, float] | None, *, finer: bool) -> int:
    """How many decimals are shown; negative rounds to tens, hundreds, ..."""
    if not value:
        return 0
    whole = float(_WHOLE.get(unit.symbol, math.inf))
    left = whole - value if 0.9 * whole < value < whole else math.inf
    magnitude = math.floor(math.log10(abs(value)))
    width = 0.0 if bounds is None else (bounds[1] - bounds[0]) / 2
    if width > 0 and math.isfinite(width):
        digits = magnitude - math.floor(math.log10(width)) + 1 + finer
        most = MOST_DIGITS if left == math.inf else 2 * MOST_DIGITS
        return max(1, min(digits, most)) - 1 - magnitude
    if left < math.inf:
        return max(1, min(MOST_DIGITS, 1 - math.floor(math.log10(left))))
    if unit.currency and abs(value) >= 0.1:
        return 0 if abs(value) >= 1000 else 2
    if value == round(value) and abs(value) < 10_000:
        return 0
    return DIGITS - 1 - magnitude


def _with_unit(number: str, unit: Unit) -> str:
    if not unit.terms:
        return number
    symbol = unit.symbol
    if symbol == "x":
        return f"{number}x"
    if symbol.startswith("1/"):
        return f"{number}{symbol[1:]}"
    name, exponent = unit.terms[0]
    plural = SYMBOLS[name].plural
    if exponent == 1 and number != "1" and plural != name:
        symbol = plural + symbol.removeprefix(name)
    return f"{number} {symbol}"
