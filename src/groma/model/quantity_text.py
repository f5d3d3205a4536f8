"""The spelling of a quantity: `4 ms ± 1 ms`, `3 .. 8 ms`, `lognormal(median 0.6 s, p95 1.4 s)`, ... to its law.

Amounts are read exactly (decimal times rational factor) and become floats at the end. An amount without a unit takes
that of the next amount to its right, as people write it: `3 .. 8 ms`. Every wrong spelling has a message of its own.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from groma.model.law import Constant, Empirical, Gamma, Law, LogNormal, Triangular, Uniform, scaled
from groma.model.position import Position
from groma.model.source import shortened
from groma.model.spelling import suggestion
from groma.model.trace import read_columns
from groma.model.units import DIMENSIONS, ONE, Unit, UnitError, listed, parse_unit

LONGEST = 300
LARGEST = Fraction(10) ** 40
WIDEST_SPREAD = 20
"""A `± sd` of more than this many means is taken for a slip of the unit; a named law may be as wide as it likes."""

_AMOUNT = re.compile(
    r"([-+]?)(\d[\d_]{0,39}(?:\.\d{1,40})?|\.\d{1,40})(?:[eE]([-+]?\d{1,3}))?\s*(.*)", re.DOTALL
)
_SPREAD = re.compile(r"\s*(?:±|\+/-|\+-)\s*")
_RANGE = re.compile(r"\s*(?:\.\.\.?|…)\s*")
_CALL = re.compile(r"([A-Za-z]\w*)\s*\((.*)\)", re.DOTALL)
_NAMED = re.compile(r"([a-z]\w*)\s*[=:]?\s*(?=[-+.\d])(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says, in the canonical unit of `unit`; `exact` is in `unit` itself."""

    law: Law
    unit: Unit
    known: tuple[float, float] | None = None
    exact: Decimal | None = None


class SpellingError(ValueError):
    """A text isn't a quantity; without a message of its own it names what was expected."""

    def __init__(self, found: str, explanation: str = "") -> None:
        self.found = shortened(found)
        self.explanation = explanation
        super().__init__(explanation or found)

    def message(self, dimensions: tuple[str, ...]) -> str:
        """In the words of an error message, for a place where one of these dimensions is expected."""
        return self.explanation or f"expected {listed(dimensions)}, found `{self.found}`"


@dataclass(frozen=True, slots=True)
class _Amount:
    """One number with the unit that is written beside it, if any."""

    number: Decimal
    unit: Unit | None
    text: str


def read_law(text: str, folder: str | None, at: Position) -> Reading:
    """Read any spelling of a quantity; raises SpellingError, or ModelError for what is wrong inside a trace."""
    text = _bounded(text)
    call = _CALL.fullmatch(text)
    if call is not None and call[1] == "empirical":
        return _empirical(call[2], folder, at)
    return _read(text)


@functools.lru_cache(maxsize=4096)
def _read(text: str) -> Reading:
    """What a text says by itself; large models say the same few things often."""
    call = _CALL.fullmatch(text)
    if call is not None:
        return _called(call[1], call[2])
    if _RANGE.search(text):
        return read_range(text)
    parts = _SPREAD.split(text)
    if len(parts) == 1:
        return _constant(_amount(text))
    if len(parts) > 2 or not all(parts):
        raise SpellingError(text)
    return _spread(_amount(parts[0]), _amount(parts[1]), text)


def read_range(text: str) -> Reading:
    """`3 ms .. 8 ms`: one value that isn't known better; its nominal value is the middle."""
    text = _bounded(text)
    parts = _RANGE.split(text)
    if len(parts) != 2 or not all(parts):
        raise SpellingError(text, f"expected a range such as `3 .. 8 ms`, found `{shortened(text)}`")
    if _SPREAD.search(text):
        advice = "write `{value: 5 ms ± 1 ms, known: 3 ms .. 8 ms}`"
        raise SpellingError(text, f"a range and a spread are two things: {advice}")
    amounts = [_amount(part) for part in parts]
    (low, high), unit = _values(amounts, text)
    if low > high:
        raise SpellingError(text, f"the range is reversed: write `{parts[1]} .. {parts[0]}`")
    if low == high:
        return Reading(Constant(low), unit, None, amounts[1].number)
    return Reading(Constant((low + high) / 2), unit, (low, high))


def _bounded(text: str) -> str:
    text = text.strip()
    if len(text) > LONGEST:
        raise SpellingError(text, f"a quantity is a short text, found {len(text):,} characters")
    return text


def _amount(text: str) -> _Amount:
    match = _AMOUNT.fullmatch(text.strip())
    if match is None:
        raise _no_number(text.strip())
    sign, digits, exponent, rest = match.groups()
    if rest.startswith(",") and rest[1:2].isdigit():
        grouped = re.match(r",\d{3}(?!\d)", rest)
        advice = "write `1000` or `1_000`, without a comma" if grouped else "write a point: `1.5`"
        raise SpellingError(text, f"the comma in `{shortened(text)}` isn't read: {advice}")
    if re.match(r"[-–—]\s*\d", rest):
        raise SpellingError(text, f"`{shortened(text)}` isn't a range: write it as `3 .. 8 ms`")
    number = Decimal(digits.replace("_", "")).scaleb(int(exponent or 0))
    if sign == "-" and number:
        raise SpellingError(text, f"a quantity can't be negative, found `{shortened(text)}`")
    try:
        unit = parse_unit(rest) if rest else None
    except UnitError as error:
        raise SpellingError(text, f"{error} (in `{shortened(text)}`)") from None
    return _Amount(number, unit, text.strip())


def _no_number(text: str) -> SpellingError:
    compared = re.fullmatch(r"(?:[<>~≈≤≥]=?|at most|at least|about|ca\.?)\s*(\d.*)", text)
    if compared:
        advice = f"write the value alone, `{compared[1]}`, or a range such as `3 .. 8 ms`"
        return SpellingError(text, f"`{shortened(text)}` isn't a quantity: {advice}")
    swapped = re.fullmatch(r"([A-Z]{3}|[€$£¥])\s*(\d[\d_.]*)", text)
    if swapped:
        code = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY"}.get(swapped[1], swapped[1])
        return SpellingError(text, f"the number comes first: write `{swapped[2]} {code}`")
    return SpellingError(text)


def _values(amounts: list[_Amount], text: str) -> tuple[list[float], Unit]:
    """Canonical values of amounts that share a dimension, and the unit of the last one."""
    units: list[Unit] = []
    following: Unit | None = None
    for amount in reversed(amounts):
        if amount.unit is None and following is None and any(other.unit is not None for other in amounts):
            named = next(other.unit for other in amounts if other.unit is not None)
            raise SpellingError(text, f"`{amount.text}` needs a unit: `{amount.text} {named}`")
        following = amount.unit or following
        units.insert(0, following or ONE)
    for amount, unit in zip(amounts, units, strict=True):
        if unit.dimension != units[-1].dimension:
            message = f"`{amount.text}` and `{amounts[-1].text}` measure different things"
            raise SpellingError(text, message)
    return [_canonical(amount, unit) for amount, unit in zip(amounts, units, strict=True)], units[-1]


def _canonical(amount: _Amount, unit: Unit) -> float:
    value = Fraction(amount.number) * unit.factor
    if value > LARGEST or 0 < value < 1 / LARGEST:
        raise SpellingError(amount.text, f"`{shortened(amount.text)}` is beyond what can be worked with")
    return float(value)


def _constant(amount: _Amount) -> Reading:
    (value,), unit = _values([amount], amount.text)
    return Reading(Constant(value), unit, None, amount.number)


def _spread(mean: _Amount, sd: _Amount, text: str) -> Reading:
    relative = sd.unit is not None and sd.unit.terms == (("%", 1),)
    if relative and mean.unit is not None and mean.unit.dimension:
        (value,), unit = _values([mean], text)
        deviation = value * float(sd.number) / 100
    else:
        (value, deviation), unit = _values([mean, sd], text)
    if mean.unit is not None:
        unit = mean.unit
    if not deviation:
        return Reading(Constant(value), unit, None, mean.number)
    if not value:
        raise SpellingError(text, f"a spread needs a mean above zero, found `{shortened(text)}`")
    if deviation > WIDEST_SPREAD * value:
        meant = f"if it is meant, write `gamma({mean.text}, {sd.text})`"
        raise SpellingError(
            text, f"the spread in `{shortened(text)}` is {deviation / value:,.0f} times the mean: {meant}"
        )
    return Reading(Gamma(value, deviation), unit)


_PARAMETERS: dict[str, tuple[tuple[str, ...], ...]] = {
    "constant": (("value",),),
    "exponential": (("mean",),),
    "gamma": (("mean", "sd"),),
    "lognormal": (("mean", "sd"), ("median", "p95")),
    "uniform": (("low", "high"),),
    "triangular": (("low", "mode", "high"),),
}
_EXAMPLES = {
    "constant": "constant(4 ms)",
    "exponential": "exponential(4 ms)",
    "gamma": "gamma(mean 4 ms, sd 2 ms)",
    "lognormal": "lognormal(median 0.6 s, p95 1.4 s)",
    "uniform": "uniform(3 ms, 8 ms)",
    "triangular": "triangular(1 min, 3 min, 9 min)",
    "empirical": "empirical(trace.csv, latency in ms)",
}


def _called(name: str, inside: str) -> Reading:
    if name not in _PARAMETERS:
        expected = ", ".join(f"`{known}`" for known in _EXAMPLES)
        hint = suggestion(name, _EXAMPLES)
        raise SpellingError(
            name, f"there is no law `{shortened(name)}`{hint or f': expected one of {expected}'}"
        )
    written = f"{name}({inside})"
    advice = f"write `{_EXAMPLES[name]}`"
    names: list[str] = []
    amounts: list[_Amount] = []
    for part in inside.split(","):
        named = _NAMED.fullmatch(part.strip())
        names.append(named[1] if named else "")
        amounts.append(_amount(named[2] if named else part))
    choices = _PARAMETERS[name]
    given = tuple(names)
    if not any(given) and len(choices) == 1 and len(given) == len(choices[0]):
        given = choices[0]
    wanted = next((choice for choice in choices if sorted(choice) == sorted(given)), None)
    if wanted is None:
        raise SpellingError(written, f"`{shortened(written)}` doesn't fit: {advice}")
    values, unit = _values(amounts, written)
    by_name = dict(zip(given, values, strict=True))
    law = _law(name, wanted, [by_name[parameter] for parameter in wanted], written)
    return Reading(
        law, unit, None, amounts[0].number if isinstance(law, Constant) and wanted != ("mean", "sd") else None
    )


def _law(name: str, parameters: tuple[str, ...], values: list[float], written: str) -> Law:
    shown = shortened(written)

    def demand(holds: bool, said: str) -> None:
        if not holds:
            raise SpellingError(written, f"{said} in `{shown}`")

    if name == "constant":
        return Constant(values[0])
    if name in ("uniform", "triangular"):
        demand(values == sorted(values), f"{', '.join(parameters)} must be in order")
        demand(values[0] < values[-1], "low must be less than high")
        return (
            Uniform(values[0], values[1])
            if name == "uniform"
            else Triangular(values[0], values[1], values[2])
        )
    demand(values[0] > 0, f"the {parameters[0]} must be above zero")
    if name == "exponential":
        return Gamma(values[0], values[0])
    if parameters == ("median", "p95"):
        demand(values[0] < values[1], "the median must be less than p95")
        demand(values[1] <= 1000 * values[0], "p95 can't be more than 1000 medians")
        return LogNormal.from_quantiles(values[0], values[1])
    demand(values[1] <= 1000 * values[0], "sd can't be more than 1000 means")
    if not values[1]:
        return Constant(values[0])
    return Gamma(values[0], values[1]) if name == "gamma" else LogNormal(values[0], values[1])


def _empirical(inside: str, folder: str | None, at: Position) -> Reading:
    """`empirical(FILE, COLUMN in UNIT, weight COLUMN)`; the unit may be missing for counts and shares."""
    file, *rest = (part.strip() for part in inside.split(","))
    if (
        not file
        or not 1 <= len(rest) <= 2
        or not rest[0]
        or (len(rest) == 2 and not rest[1].startswith("weight "))
    ):
        example = "empirical(trace.csv, latency in ms, weight n)"
        raise SpellingError(inside, f"`empirical({shortened(inside)})` doesn't fit: write `{example}`")
    column, _, written = rest[0].partition(" in ")
    try:
        unit = parse_unit(written.strip()) if written else ONE
    except UnitError as error:
        raise SpellingError(inside, f"{error} (in `empirical({shortened(inside)})`)") from None
    weight = rest[1].removeprefix("weight ").strip() if len(rest) == 2 else None
    rows, weights = read_columns(folder, file, (column.strip(),), weight, at)
    law = Empirical.of([row[0] for row in rows], weights)
    return Reading(scaled(law, float(unit.factor)), unit)


def unit_missing(text: str, dimensions: tuple[str, ...]) -> str:
    """What to say about a plain number where one of these dimensions is expected."""
    example = DIMENSIONS[dimensions[0]].example
    written = re.sub(r"^[\d.]+", "", example)
    return f"a quantity needs a unit: `{shortened(text)}` could be `{shortened(text)}{written}`"
