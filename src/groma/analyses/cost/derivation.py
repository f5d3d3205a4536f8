"""What a bill is derived from: its lines with prices and amounts, and the facts that nobody states."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from groma.analyses.cost.lines import FixedPrice, Spent
from groma.analyses.cost.prices import Term
from groma.analyses.evidence import Evidence
from groma.analyses.interval import ZERO, point
from groma.analyses.program_inputs import enter_counts, enter_rate, unstated_counts
from groma.model.printed import format_money
from groma.model.quantity import Quantity

CENT = Decimal("0.01")


def miss_how_often(evidence: Evidence, used: Sequence[Spent]) -> str:
    """Enters what isn't stated of how often a run pays for what it uses, and says that there is some. The ends hold
    whatever it is."""
    flows = dict.fromkeys(e.flow for e in used if e.use.weight.value is None and e.run.high > 0)
    unstated = [path for flow in flows for path in unstated_counts(evidence.context, flow)]
    told = {each.partition(":")[0] for each in evidence.missing}
    for path in unstated:
        if path not in told:
            evidence.miss(path)
    return "a share, count or time that decides how often a run pays isn't known" if unstated else ""


def note_fixed(evidence: Evidence, price: FixedPrice) -> None:
    for path in price.missing:
        evidence.miss(path)
    for each in price.month:
        times = (
            ""
            if each.times == point(1.0)
            else f" x {each.times.value if each.times.value is not None else 'unknown'}"
        )
        text = f"{each.component}: {_told(each.term)}{times}"
        evidence.line(text, shown(each.exact, evidence.context.model.currency), *each.term.entered(evidence))


def note_all_spent(evidence: Evidence, used: Sequence[Spent], *, a_month: bool = True) -> None:
    """Enter prices and amounts, and what decides how often each is paid: in a month, or in a run."""
    for each in used:
        _note_spent(evidence, each)
    paid = {each.flow for each in used if each.month != ZERO}
    for flow in dict.fromkeys(each.flow for each in used):
        enter_counts(evidence, flow)
        if a_month and flow in paid:
            enter_rate(evidence, flow)


def _note_spent(evidence: Evidence, each: Spent) -> None:
    for path in each.price.missing:
        evidence.miss(path)
    name = f"{each.use.name}.{each.use.operation}" if each.use.operation else each.use.name
    for piece in each.price.pieces:
        refs = [*piece.term.entered(evidence)]
        for path, quantity in piece.quantities:
            if isinstance(quantity, Quantity):
                refs.append(evidence.note(path, quantity))
        weight = each.use.weight.value
        often = "unknown" if weight is None else f"{weight:.6g}"
        per_use = piece.amount.value
        shown = "not known" if per_use is None or weight is None else f"{per_use * weight:.6g} a run"
        value = piece.times.value
        times = "" if piece.times == point(1.0) else " x unknown" if value is None else f" x {value:.6g}"
        evidence.line(f"{each.flow}: {often} x {name}: {_told(piece.term)}{times}", shown, *refs)


def _told(term: Term) -> str:
    words = {"month": "by the month", "once": "once", "call": "per call", "work": "per second of work"}
    if term.per in words:
        return words[term.per]
    return f"per {term.size}" if term.size else "per byte kept a month"


def cents(amount: Fraction) -> Decimal:
    return (Decimal(amount.numerator) / Decimal(amount.denominator)).quantize(CENT, ROUND_HALF_EVEN)


def shown(amount: Fraction | None, currency: str) -> str:
    return "not known" if amount is None else format_money(cents(amount), currency)
