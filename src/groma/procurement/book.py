"""The arithmetic of an evaluation as a workbook of live formulas, so that any bidder can repeat it.

Amounts stand as numbers, points and totals as formulas on them: points between two ends, weights times points, sums.
Saved values stand beside them in a column of their own, since a program that doesn't calculate shows no formulas.
"""

from __future__ import annotations

from typing import Any

from groma.procurement.evaluation import Evaluation
from groma.procurement.lines import over
from groma.procurement.packed import packed
from groma.procurement.sheets import FIRST, Head

PRICE_HEADS = (
    Head("A", "Bid", 22),
    Head("B", "No.", 8),
    Head("C", "Part", 34),
    Head("D", "What for", 24),
    Head("E", "Quantity", 12),
    Head("F", "Price for one", 14),
    Head("G", "Times paid", 12),
    Head("H", "Over the contract", 18),
    Head("I", "As worked out", 18),
    Head("J", "Where it stands in the bid", 30),
    Head("K", "key", 4),
)
POINT_HEADS = (
    Head("A", "Bid", 22),
    Head("B", "Criterion", 46),
    Head("C", "Weight", 10),
    Head("D", "Amount", 16),
    Head("E", "None at", 16),
    Head("F", "All at", 16),
    Head("G", "Points of 1", 14),
    Head("H", "Weighted", 14),
    Head("I", "As worked out", 14),
    Head("J", "Remark", 50),
    Head("K", "key", 4),
)
GATE_HEADS = (
    Head("A", "Bid", 22),
    Head("B", "No.", 8),
    Head("C", "Requirement", 70),
    Head("D", "Result", 12),
    Head("E", "Why", 70),
    Head("F", "key", 4),
)
LEAVE_HEADS = (
    Head("A", "Bid", 22),
    Head("B", "After month", 12),
    Head("C", "Fee", 14),
    Head("D", "Months still paid", 14),
    Head("E", "A month", 14),
    Head("F", "Help", 14),
    Head("G", "Cost of leaving", 18),
    Head("H", "As worked out", 16),
    Head("I", "Not stated", 40),
    Head("J", "key", 4),
)


def arithmetic(evaluation: Evaluation) -> bytes:
    """The workbook as a file: the same evaluation gives the same bytes."""
    from openpyxl import Workbook

    book: Any = Workbook()
    totals = book.active
    totals.title = "Totals"
    ends = _points(book.create_sheet("Points"), evaluation)
    _prices(book.create_sheet("Prices"), evaluation)
    _gates(book.create_sheet("Gates"), evaluation)
    _leaving(book.create_sheet("Leaving"), evaluation)
    _totals(totals, evaluation, ends)
    return packed(book)


def _totals(sheet: Any, evaluation: Evaluation, ends: dict[str, tuple[int, int]]) -> None:
    from groma.procurement.workbook import finish, heads, put

    columns = (
        Head("A", "Bid", 26),
        Head("B", "Points of 100", 16),
        Head("C", "As worked out", 16),
        Head("D", "At most, once all is judged", 18),
        Head("E", "Gates", 60),
        Head("F", "key", 4),
    )
    heads(sheet, columns, f"{evaluation.request.system}: points of the bids", _formula_words(evaluation))
    for row, each in enumerate(evaluation.bids, FIRST):
        first, last = ends[each.bid.name]
        put(sheet[f"A{row}"], each.bid.bidder)
        sheet[f"B{row}"] = f"=100*SUM(Points!H{first}:H{last})"
        sheet[f"C{row}"] = round(float(each.so_far) * 100, 6)
        sheet[f"D{row}"] = round(float(each.reach[1]) * 100, 6)
        failed = ", ".join(gate.requirement.id for gate in each.failed)
        open_ones = ", ".join(gate.requirement.id for gate in each.open)
        put(
            sheet[f"E{row}"],
            f"rejected: fails {failed}" if failed else f"open: {open_ones}" if open_ones else "passed",
            wrap=True,
        )
    finish(sheet, columns, FIRST + len(evaluation.bids) - 1)


def _formula_words(evaluation: Evaluation) -> str:
    return (
        "Points of a criterion = (amount - none at) / (all at - none at), not below 0 and not above "
        "1; a mark of people "
        f"is divided by 5. Total = sum of weight x points. Contract: {evaluation.request.months} months."
    )


def _points(sheet: Any, evaluation: Evaluation) -> dict[str, tuple[int, int]]:
    from groma.procurement.workbook import finish, heads, put

    heads(
        sheet,
        POINT_HEADS,
        "Points by criterion",
        "Amounts in base units (seconds, shares of 1) and in money.",
    )
    row, ends = FIRST, dict[str, tuple[int, int]]()
    for each in evaluation.bids:
        ends[each.bid.name] = (row, row + len(each.points) - 1)
        for points in each.points:
            scale = points.scale
            put(sheet[f"A{row}"], each.bid.bidder)
            put(sheet[f"B{row}"], scale.title, wrap=True)
            sheet[f"C{row}"] = float(scale.weight)
            sheet[f"C{row}"].number_format = "0.00%"
            if scale.judged:
                if points.value is not None:
                    sheet[f"G{row}"] = float(points.value)
            else:
                for letter, end in (("D", points.amount), ("E", scale.none_at), ("F", scale.full_at)):
                    if end is not None:
                        sheet[f"{letter}{row}"] = float(end)
                if points.value is not None:
                    sheet[f"G{row}"] = f"=MIN(1,MAX(0,(D{row}-E{row})/(F{row}-E{row})))"
            if points.value is not None:
                sheet[f"H{row}"] = f"=C{row}*G{row}"
                sheet[f"I{row}"] = round(float(scale.weight * points.value), 9)
            put(sheet[f"J{row}"], points.why, wrap=True)
            row += 1
    finish(sheet, POINT_HEADS, row - 1)
    return ends


def _prices(sheet: Any, evaluation: Evaluation) -> None:
    from groma.procurement.workbook import finish, heads, put

    request = evaluation.request
    heads(sheet, PRICE_HEADS, f"Prices in {request.currency}", "Quantity x price for one x times paid.")
    row = FIRST
    for each in evaluation.bids:
        first = row
        for line in request.lines:
            offer = each.bid.prices.get(line.key)
            price = line.value if line.bears else None if offer is None else offer.value
            put(sheet[f"A{row}"], each.bid.bidder)
            put(sheet[f"B{row}"], line.id)
            put(sheet[f"C{row}"], line.title, wrap=True)
            put(sheet[f"D{row}"], line.item)
            sheet[f"E{row}"] = float(line.quantity)
            sheet[f"G{row}"] = 1 if line.per == "once" else request.months
            if price is not None:
                sheet[f"F{row}"] = float(price)
                sheet[f"H{row}"] = f"=E{row}*F{row}*G{row}"
                sheet[f"I{row}"] = round(float(over(line, request.months, price)), 6)
            where = (
                "paid to others: the buyer's own estimate"
                if line.bears
                else offer.where
                if offer
                else "no price"
            )
            put(sheet[f"J{row}"], where, wrap=True)
            row += 1
        put(sheet[f"A{row}"], each.bid.bidder, bold=True)
        put(sheet[f"C{row}"], "Sum", bold=True)
        sheet[f"H{row}"] = f"=SUM(H{first}:H{row - 1})"
        row += 1
    finish(sheet, PRICE_HEADS, row - 1)


def _gates(sheet: Any, evaluation: Evaluation) -> None:
    from groma.procurement.workbook import finish, heads, put

    heads(
        sheet,
        GATE_HEADS,
        "Gates",
        "A failed one rejects the bid; an open one has to be cleared before an award.",
    )
    row = FIRST
    for each in evaluation.bids:
        for gate in each.gates:
            words = (each.bid.bidder, gate.requirement.id, gate.requirement.text, gate.verdict, gate.why)
            for letter, text in zip("ABCDE", words, strict=True):
                put(sheet[f"{letter}{row}"], text, wrap=True)
            row += 1
    finish(sheet, GATE_HEADS, row - 1)


def _leaving(sheet: Any, evaluation: Evaluation) -> None:
    from groma.procurement.workbook import finish, heads, put

    heads(
        sheet,
        LEAVE_HEADS,
        f"What leaving costs, {evaluation.request.currency}",
        "Fee + months still paid x a month + help.",
    )
    row = FIRST
    for each in evaluation.bids:
        for leave in each.leaving:
            put(sheet[f"A{row}"], each.bid.bidder)
            sheet[f"B{row}"] = leave.month
            for letter, part in (
                ("C", leave.fee),
                ("D", leave.months_paid),
                ("E", leave.monthly),
                ("F", leave.help),
            ):
                if part is not None:
                    sheet[f"{letter}{row}"] = float(part)
            if leave.cost is not None:
                sheet[f"G{row}"] = f"=C{row}+D{row}*E{row}+F{row}"
                sheet[f"H{row}"] = round(float(leave.cost), 6)
            put(sheet[f"I{row}"], ", ".join(leave.missing), wrap=True)
            row += 1
    finish(sheet, LEAVE_HEADS, row - 1)
