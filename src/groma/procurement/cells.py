"""What a cell of a sent workbook says: text, a date, an exact number, an amount in a unit; else no value."""

from __future__ import annotations

import datetime
import math
import re
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from groma.model.units import parse_unit
from groma.procurement.opened import Cell, Sheet

LARGEST = 10**12
"""Numbers beyond this are no prices or amounts of anybody."""


def cell_at(sheet: Sheet, name: str) -> Cell | None:
    """The cell of a name such as `B6`."""
    return sheet.get((int(name[1:]), name[0]))


def text_of(cell: Cell | None) -> str:
    """A cell as text without what can't be printed; empty where nothing is saved."""
    if cell is None or cell.value is None:
        return ""
    value = cell.value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return "".join(c for c in str(value).strip() if c.isprintable() or c in "\n\t")


def date_of(cell: Cell | None) -> str:
    """A day or a month as `2026-11-28` or `2026-11`; empty where the cell says neither."""
    if cell is not None and isinstance(cell.value, datetime.datetime | datetime.date):
        return cell.value.strftime("%Y-%m-%d")
    found = re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?", text_of(cell))
    return found[0] if found else ""


def number_of(cell: Cell | None) -> Fraction | None:
    """A cell as an exact number, as it is shown by a spreadsheet (fifteen digits)."""
    if cell is None or isinstance(cell.value, bool):
        return None
    value = cell.value
    if isinstance(value, int):
        return Fraction(value) if abs(value) <= LARGEST else None
    if isinstance(value, float):
        return Fraction(Decimal(f"{value:.15g}")) if math.isfinite(value) and abs(value) <= LARGEST else None
    if isinstance(value, str) and re.fullmatch(r"\s*-?\d{1,13}(\.\d{1,12})?\s*", value):
        try:
            return Fraction(Decimal(value.strip()))
        except InvalidOperation:
            return None
    return None


def amount_of(cell: Cell, unit: str) -> Fraction | None:
    """A number in `unit`: a cell shown in percent counts as such; text may carry the unit, or another of its kind."""
    plain = number_of(cell)
    if plain is not None:
        number = plain * 100 if cell.percent and unit == "%" else plain
        return number if number >= 0 else None
    text = text_of(cell)
    found = re.fullmatch(r"(\d{1,13}(?:\.\d{1,12})?)\s*(\S{1,20})", text)
    if found is None:
        return None
    try:
        given, wanted = parse_unit(found[2]), parse_unit(unit)
    except ValueError:
        return None
    if given.dimension != wanted.dimension or given.currency != wanted.currency:
        return None
    return Fraction(found[1]) * Fraction(given.factor) / Fraction(wanted.factor)
