"""One sourced, dated statement about the world, and how old it is.

Every number another room takes from the catalog arrives as a `Fact`, so that it can be followed to its table, row,
source and date (house rule: what has no date or source isn't used). Dates are ISO 8601, to the year, month or day, as
precisely as the source states them; an age is therefore an interval. A fact whose evidence is `recalled` was written
from memory: it may give a range, never a point.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

Number = Decimal | float | int
Value = Decimal | float | int | bool | str | date | tuple[str, ...]

EVIDENCE = ("read", "secondary", "recalled")
"""read: seen in a stored copy of the source; secondary: from another party or derived; recalled: from memory."""

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


@dataclass(frozen=True, slots=True)
class Fact:
    """A value with its unit, range, source and date.

    `value` is None where only a range is known (`low`, `high`), or where the row has nothing in this column; money is
    Decimal, physics float, counts int. `as_of` is `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    """

    value: Value | None
    unit: str
    low: Number | None
    high: Number | None
    source: str
    as_of: str
    evidence: str
    table: str
    key: str
    column: str
    note: str = ""

    @property
    def known(self) -> bool:
        """There is a value or at least one bound."""
        return self.value is not None or self.low is not None or self.high is not None

    def scaled(self, factor: int, unit: str) -> Fact:
        """The same fact in another unit: value, low and high times `factor` (exact for Decimal and int)."""
        value = self.value
        if isinstance(value, (bool, str, date, tuple)):
            raise TypeError(f"{self.table}.{self.column} isn't a number")
        return replace(
            self,
            value=None if value is None else value * factor,
            low=None if self.low is None else self.low * factor,
            high=None if self.high is None else self.high * factor,
            unit=unit,
        )

    def __str__(self) -> str:
        if self.value is not None:
            shown = str(self.value)
        elif self.low is not None or self.high is not None:
            shown = f"{'?' if self.low is None else self.low} .. {'?' if self.high is None else self.high}"
        else:
            shown = "not known"
        return f"{shown} {self.unit}".rstrip() + f" ({self.evidence}, {self.as_of}, {self.source})"


@dataclass(frozen=True, slots=True)
class Age:
    """Days between a date and an `as_of` that may be known to the month or year only: at least, at most."""

    least: int
    most: int

    def __str__(self) -> str:
        if self.most <= 0:
            return "from that day or later"
        if self.least == self.most:
            return f"{self.most} days"
        return f"{max(self.least, 0)} to {self.most} days"


def period(as_of: str) -> tuple[date, date]:
    """First and last day an `as_of` can mean. Raises ValueError for anything but YYYY, YYYY-MM, YYYY-MM-DD."""
    found = _DATE.fullmatch(as_of)
    if found is None:
        raise ValueError(f"expected a date like 2026, 2026-07 or 2026-07-20, found `{as_of}`")
    year, month, day = (None if part is None else int(part) for part in found.groups())
    assert year is not None
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    if not 1 <= month <= 12:
        raise ValueError(f"expected a month from 01 to 12, found `{as_of}`")
    if day is None:
        return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    exact = date(year, month, day)
    return exact, exact


def age(as_of: str, on: date) -> Age:
    """How old a statement is on a given day (never the wall clock), in days, as an interval."""
    first, last = period(as_of)
    return Age((on - last).days, (on - first).days)
