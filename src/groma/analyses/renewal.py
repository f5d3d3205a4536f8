"""How many days are left to give notice before a contract is renewed: `renewal/SUPPLIER`, from the model's date.

Negative where the day has passed and the contract is renewed whatever is wanted. Dates without a day are ranges, and so
are the days.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from groma.analyses.context import Context
from groma.analyses.evidence import Evidence
from groma.analyses.interval import mean_of
from groma.catalog import period
from groma.model.elements import Model, Supplier
from groma.model.figure import Figure
from groma.model.quantity import Quantity

SECONDS_PER_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Left:
    """Days until notice has to be given, and until the contract is renewed; the ends come from dates without a day."""

    notice: tuple[float, float]
    renewed: tuple[int, int]


def left(model: Model, supplier: Supplier) -> Left | None:
    """None where the model has no date or the contract none."""
    if model.date is None or supplier.renews is None:
        return None
    today, until = period(model.date), period(supplier.renews)
    least, most = (until[0] - today[1]).days, (until[1] - today[0]).days
    notice = mean_of(supplier.notice) if supplier.notice is not None else None
    longest = 0.0 if notice is None else notice.high / SECONDS_PER_DAY
    shortest = 0.0 if notice is None else notice.low / SECONDS_PER_DAY
    return Left((least - longest, most - shortest), (least, most))


def figure(context: Context, measure: str) -> Figure:
    """Days, as a range where a date has no day."""
    name = measure.partition("/")[2]
    supplier = context.model.suppliers[name]
    title = f"Days left to give {name} notice"
    found = left(context.model, supplier)
    if found is None:
        path = "date" if context.model.date is None else f"suppliers.{name}.renews"
        return Figure(
            measure, title, "day", missing=(f"{path}: state the date",), reason="a date isn't stated"
        )
    evidence = Evidence(context)
    evidence.line("renewed on", supplier.renews or "")
    evidence.line("as of", context.model.date or "")
    if isinstance(supplier.notice, Quantity):
        evidence.line(
            "notice", supplier.notice.text, evidence.note(f"suppliers.{name}.notice", supplier.notice)
        )
    else:
        evidence.assume("no notice is stated, so it can be given until the last day")
    low, high = found.notice
    return Figure(
        measure, title, "day", low if low == high else None, low, high, method="dates",
        inputs=evidence.inputs, derivation=tuple(evidence.lines), valid=evidence.valid,
    )  # fmt: skip


def bounds(context: Context, measure: str) -> tuple[float, float]:
    """Least and most."""
    return figure(context, measure).ends(-math.inf)
