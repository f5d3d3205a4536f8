"""Quantities as a person writes them: a unit always, and maybe a spread, a range, a greatest value, a source.

Two kinds of "not exactly" are never mixed. A *spread* (`4 ms ± 1 ms`, a named law, a trace) varies from run to run and
is the `law`. A *known range* (`3 ms .. 8 ms`, `known:`) is one value that isn't known better; it is kept in `known` and
becomes the interval of the figures made from it. What nobody knows is `Unknown`, never zero.

The nominal value of a bare range is its middle. `a ± b` gives mean and standard deviation (see `law`); `± 25 %` of a
quantity that isn't itself a share is a share of the mean.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, replace
from decimal import Decimal

from groma.model.core_schema import DATE_FORM
from groma.model.law import Constant, Law
from groma.model.position import ModelError, Position, Problem
from groma.model.quantity_text import Reading, SpellingError, read_law, read_range, unit_missing
from groma.model.source import Mapping, Node, Scalar, Sequence, shortened
from groma.model.spelling import suggestion
from groma.model.trace import JointTable, read_joint_table
from groma.model.units import Unit, listed

__all__ = [
    "KEYS",
    "Amounts",
    "FactRef",
    "JointTable",
    "Quantity",
    "Unknown",
    "read_joint_table",
    "read_quantity",
]


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount with its unit; everything but `exact` is in the canonical unit of `unit`."""

    law: Law
    """How it varies from run to run; `Constant` when it doesn't."""
    unit: Unit
    """The unit as written."""
    at: Position
    text: str
    """As written."""
    known: tuple[float, float] | None = None
    """The range in which the mean lies, when it isn't known better."""
    most: float | None = None
    """The greatest value there can ever be, when stated."""
    exact: Decimal | None = None
    """The amount in `unit` exactly as written, of a constant without range; for bills."""
    source: str | None = None
    date: str | None = None
    fact: str | None = None
    """The name of the fact it was taken from."""

    @property
    def mean(self) -> float:
        return self.law.mean

    @property
    def low(self) -> float:
        """The least the mean can be."""
        return self.law.mean if self.known is None else self.known[0]

    @property
    def high(self) -> float:
        """The most the mean can be."""
        return self.law.mean if self.known is None else self.known[1]

    @property
    def constant(self) -> bool:
        """Whether it is the same in every run."""
        return isinstance(self.law, Constant)


@dataclass(frozen=True, slots=True)
class Unknown:
    """A quantity nobody knows (yet)."""

    at: Position
    text: str
    source: str | None = None


Amounts = MappingOf[str, Quantity | Unknown]
"""Quantities by a name: of a size, of what is paid for, of a resource."""


@dataclass(frozen=True, slots=True)
class FactRef:
    """`$name`: the value of a fact."""

    name: str
    at: Position


KEYS = ("value", "known", "max", "source", "date")
_UNKNOWN = ("unknown", "?")
_FACT = re.compile(r"\$([A-Za-z_][A-Za-z0-9_-]{0,63})")


def read_quantity(
    node: Node, dimensions: tuple[str, ...] = ("any",), folder: str | None = None
) -> Quantity | Unknown | FactRef | Problem:
    """A scalar or a mapping of `KEYS` as a quantity of one of these dimensions (names of `units.DIMENSIONS`).

    Returns the first problem when it can't be read. Traces (`empirical(...)`) are looked for in `folder` and below;
    without a folder they are refused.
    """
    try:
        if isinstance(node, Mapping):
            return _from_mapping(node, dimensions, folder)
        return _from_scalar(node, dimensions, folder)
    except _Found as found:
        return found.problem
    except ModelError as error:
        return error.problems[0]


class _Found(Exception):
    """The problem that ends the reading of one quantity."""

    def __init__(self, at: Position, message: str) -> None:
        self.problem = Problem(at, message)
        super().__init__(message)


def _from_scalar(node: Node, dimensions: tuple[str, ...], folder: str | None) -> Quantity | Unknown | FactRef:
    scalar = _scalar(node, dimensions)
    text = scalar.value.strip()
    if text in _UNKNOWN:
        return Unknown(scalar.at, text)
    if text.startswith("$") and not text[1:2].isdigit():
        match = _FACT.fullmatch(text)
        if match is None:
            message = f"`{shortened(text)}` isn't the name of a fact: `$`, then letters, digits, `_` and `-`"
            raise _Found(scalar.at, message)
        return FactRef(match[1], scalar.at)
    return _quantity(scalar, dimensions, folder)


def _scalar(node: Node, dimensions: tuple[str, ...]) -> Scalar:
    if isinstance(node, Sequence):
        raise _Found(node.at, f"expected {listed(dimensions)}, found a list")
    if isinstance(node, Mapping):
        raise _Found(node.at, f"expected {listed(dimensions)}, found a mapping")
    if not node.value.strip():
        raise _Found(
            node.at, f"expected {listed(dimensions)}, found nothing: write `unknown` if nobody knows"
        )
    return node


def _quantity(scalar: Scalar, dimensions: tuple[str, ...], folder: str | None) -> Quantity:
    try:
        reading = read_law(scalar.value, folder, scalar.at)
    except SpellingError as error:
        raise _Found(scalar.at, error.message(dimensions)) from None
    _check(reading, dimensions, scalar)
    return Quantity(
        law=reading.law, unit=reading.unit, at=scalar.at, text=scalar.value.strip(), known=reading.known,
        exact=reading.exact,
    )  # fmt: skip


def _from_mapping(
    node: Mapping, dimensions: tuple[str, ...], folder: str | None
) -> Quantity | Unknown | FactRef:
    found: dict[str, Node] = {}
    for key, value in node.entries:
        if key.value not in KEYS:
            expected = ", ".join(f"`{name}`" for name in KEYS)
            hint = suggestion(key.value, KEYS)
            raise _Found(key.at, f"a quantity has the keys {expected}, found `{shortened(key.value)}`{hint}")
        found[key.value] = value
    if "value" not in found and "known" not in found:
        raise _Found(node.at, f"expected `value:` with {listed(dimensions)}, found none")
    first = found.get("value", found.get("known"))
    assert first is not None
    base = _from_scalar(first, dimensions, folder)
    source, date = _word(found.get("source"), "source"), _date(found.get("date"))
    if isinstance(base, FactRef):
        raise _Found(first.at, f"write `${base.name}` alone: range, source and date stand with the fact")
    if isinstance(base, Unknown):
        for name in ("known", "max"):
            if name in found and found[name] is not first:
                raise _Found(found[name].at, f"the value is unknown: delete `{name}`, or write a value")
        return replace(base, source=source)
    known = base.known
    if "known" in found:
        known = _known(found["known"], base, "value" in found, dimensions)
    most = None if "max" not in found else _most(found["max"], base, known, dimensions)
    exact = base.exact if known is None else None
    return replace(base, at=node.at, known=known, most=most, exact=exact, source=source, date=date)


def _known(node: Node, base: Quantity, valued: bool, dimensions: tuple[str, ...]) -> tuple[float, float]:
    scalar = _scalar(node, dimensions)
    if valued and base.known is not None:
        raise _Found(scalar.at, f"the value `{base.text}` is a range already: write one of the two")
    try:
        reading = read_range(scalar.value)
    except SpellingError as error:
        raise _Found(scalar.at, error.message(dimensions)) from None
    _check(reading, dimensions, scalar)
    _same_unit(reading, base, scalar, "known")
    low, high = reading.known or (reading.law.mean, reading.law.mean)  # `3 ms .. 3 ms` is no range
    if not low <= base.mean * (1 + 1e-9) or not base.mean * (1 - 1e-9) <= high:
        raise _Found(scalar.at, f"the known range `{scalar.value}` must hold the mean of `{base.text}`")
    return low, high


def _most(
    node: Node, base: Quantity, known: tuple[float, float] | None, dimensions: tuple[str, ...]
) -> float:
    scalar = _scalar(node, dimensions)
    try:
        reading = read_law(scalar.value, None, scalar.at)
    except SpellingError as error:
        raise _Found(scalar.at, error.message(dimensions)) from None
    if not isinstance(reading.law, Constant) or reading.known is not None:
        raise _Found(scalar.at, f"`max` is one value such as `30 s`, found `{shortened(scalar.value)}`")
    _check(reading, dimensions, scalar)
    _same_unit(reading, base, scalar, "max")
    most = reading.law.value
    if most < (base.mean if known is None else known[1]):
        raise _Found(scalar.at, f"`max` `{scalar.value}` is less than the mean of `{base.text}`")
    return most


def _same_unit(reading: Reading, base: Quantity, scalar: Scalar, key: str) -> None:
    if reading.unit.dimension != base.unit.dimension:
        message = (
            f"`{key}` must measure what the value measures: `{base.text}`, found `{shortened(scalar.value)}`"
        )
        raise _Found(scalar.at, message)


def _check(reading: Reading, dimensions: tuple[str, ...], scalar: Scalar) -> None:
    unit, text = reading.unit, shortened(scalar.value)
    if not any(unit.is_a(name) for name in dimensions):
        if not unit.terms:
            raise _Found(scalar.at, unit_missing(scalar.value, dimensions))
        raise _Found(scalar.at, f"expected {listed(dimensions)}, found `{text}`")
    if set(dimensions) == {"share"}:
        top = reading.law.mean if reading.known is None else reading.known[1]
        if top > 1:
            raise _Found(scalar.at, f"a share lies between 0 % and 100 %, found `{text}`")


def _word(node: Node | None, key: str) -> str | None:
    if node is None:
        return None
    if not isinstance(node, Scalar) or not node.value.strip():
        raise _Found(node.at, f"`{key}` is a text that says where the value is from")
    return node.value


def _date(node: Node | None) -> str | None:
    if node is None:
        return None
    if not isinstance(node, Scalar) or not DATE_FORM.fullmatch(node.value):
        raise _Found(node.at, "expected a date such as `2026-11-01`")
    return node.value
