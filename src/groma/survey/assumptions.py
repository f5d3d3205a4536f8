"""What the survey takes for granted where the model says nothing, each with its source and date.

A fact of the model with the same name is taken instead. Every assumption that a figure was made from is an input of the
ledger like any other, so a reader finds it behind the number.
"""

from __future__ import annotations

from dataclasses import dataclass

from groma.analyses.context import Context
from groma.analyses.interval import Interval, mean_of
from groma.model.figure import Input


@dataclass(frozen=True, slots=True)
class Assumption:
    """A band that holds unless the model's fact of this name says otherwise."""

    name: str
    low: float
    high: float
    text: str
    source: str
    date: str


WEEKS_OF_A_YEAR = 52.0
LEAST_HOLIDAYS = 4.0
HOLIDAYS = 6.0
ILLNESS = 3.0

ABSENCE = Assumption(
    "absence",
    LEAST_HOLIDAYS / WEEKS_OF_A_YEAR,
    (HOLIDAYS + ILLNESS) / WEEKS_OF_A_YEAR,
    "4 to 9 of 52 weeks a year",
    "least: four weeks of paid holidays (Directive 2003/88/EC, Article 7); most: six weeks and three weeks of illness "
    "(15 working days a year: Destatis for Germany, recalled)",
    "2024",
)
"""Share of the working time in which a person is away."""


def assumed(context: Context, assumption: Assumption) -> tuple[Interval, str]:
    """The band and its ledger id: the model's fact of that name, else the assumption."""
    fact = context.model.facts.get(assumption.name)
    if fact is not None:
        return mean_of(fact.value), context.quantity(f"facts.{fact.name}", fact.value)
    name = context.ledger.enter(
        Input(
            f"assumption/{assumption.name}",
            assumption.text,
            f"an assumption of the survey; state `facts.{assumption.name}` to replace it",
            assumption.source,
            assumption.date,
            assumption.low,
            assumption.high,
        )
    )
    return Interval(assumption.low, None, assumption.high), name
