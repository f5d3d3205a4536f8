"""What is where in the response workbook: one description that its writer and its reader share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from groma.procurement.request import KIND_WORDS, Line, Request, Requirement

COVER, ANSWERS, PRICES, EXIT, MARKS = "Read me", "Requirements", "Prices", "Exit", "_groma"
BIDDER, DATED, CONTACT = "B6", "B7", "B8"
FIRST = 5
"""Number of the first row below the heads of the three sheets of rows."""


@dataclass(frozen=True, slots=True)
class Head:
    """A column: letter, title, width; whether the bidder fills it in."""

    letter: str
    title: str
    width: int
    open: bool = False


ANSWER_HEADS = (
    Head("A", "No.", 8), Head("B", "Kind", 9), Head("C", "Requirement", 62), Head("D", "Asked", 22),
    Head("E", "Answer with", 15), Head("F", "Your answer", 18, True), Head("G", "Evidence (document, page)", 34, True),
    Head("H", "Deviation, if any", 34, True), Head("I", "key", 4),
)  # fmt: skip
PRICE_HEADS = (
    Head("A", "No.", 8), Head("B", "Part", 34), Head("C", "What for", 26), Head("D", "Quantity", 12),
    Head("E", "Paid", 14), Head("F", "Price for one", 15, True), Head("G", "At least, if not firm", 14, True),
    Head("H", "At most, if not firm", 14, True), Head("I", "Once", 15), Head("J", "Each month", 15),
    Head("K", "Over the contract", 17), Head("L", "Remark", 30, True), Head("M", "key", 4),
)  # fmt: skip
EXIT_HEADS = (
    Head("A", "No.", 8), Head("B", "What", 70), Head("C", "Price", 16, True), Head("D", "Remark", 40, True),
    Head("E", "key", 4),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ExitRow:
    """A price of leaving."""

    id: str
    key: str
    text: str


def exit_rows(request: Request) -> tuple[ExitRow, ...]:
    """What the sheet Exit asks."""
    fees = [
        ExitRow(f"X-{nth:03d}", f"fee.{month}",
                f"What the buyer pays to leave after month {month}, beside the months of notice ({request.currency})")
        for nth, month in enumerate(request.leave_at, 1)
    ]  # fmt: skip
    hour = ExitRow(
        f"X-{len(fees) + 1:03d}", "help", f"One hour of help with handing over ({request.currency})"
    )
    return (*fees, hour)


def kind_word(requirement: Requirement) -> str:
    """The kind in a word, as it stands on the sheet."""
    return KIND_WORDS[requirement.kind]


def form_word(requirement: Requirement) -> str:
    """How a requirement is answered, in words."""
    if requirement.form == "number":
        return requirement.unit or "a number"
    if requirement.form == "countries":
        return "codes: DE, FR"
    return "yes or no" if requirement.form == "yes or no" else "words"


def answer_cells(requirement: Requirement) -> tuple[str, ...]:
    """The cells A to E of a requirement: what the buyer wrote, which nobody may change."""
    asked = requirement.threshold.text if requirement.threshold is not None else ""
    return (requirement.id, kind_word(requirement), requirement.text, asked, form_word(requirement))


def price_cells(line: Line) -> tuple[str, str, str]:
    """The cells A to C of a line."""
    return (line.id, line.title, line.item)


def paid_word(line: Line) -> str:
    """How a line is paid: `once, EUR`, `a month, EUR`, `by use, EUR/Mtoken`."""
    return {"once": f"once, {line.unit}", "month": f"monthly, {line.unit.partition('/')[0]}",
            "use": f"by use, {line.unit}"}[line.per]  # fmt: skip


def rows(request: Request) -> Iterator[tuple[str, str, int]]:
    """Sheet, key and row number of every row, as it is sent out."""
    for nth, requirement in enumerate(request.requirements):
        yield ANSWERS, requirement.key, FIRST + nth
    for nth, line in enumerate(request.asked):
        yield PRICES, line.key, FIRST + nth
    for nth, row in enumerate(exit_rows(request)):
        yield EXIT, row.key, FIRST + nth
