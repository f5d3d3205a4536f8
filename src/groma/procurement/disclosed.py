"""What documents of a request quote beside the model's figures: sums of what parts must carry, the buyer's terms.

A document for bidders shows what they must know and nothing of what the buyer expects to pay: `disclosed` leaves the
estimate behind the ends of the price scale out of the ledger that it is written from.
"""

from __future__ import annotations

from groma.model.elements import Model
from groma.model.figure import Figure, Input, Ledger, Line
from groma.model.quantity import Quantity
from groma.procurement.asked import amount_text, asked_of
from groma.procurement.contract import CUSTOMARY, amount
from groma.procurement.derived import carried
from groma.procurement.request import Request
from groma.procurement.terms import Terms
from groma.procurement.told import scales


def request_ledger(
    request: Request, model: Model, ledger: Ledger, terms: Terms, *, disclosed: bool = False
) -> Ledger:
    """The model's ledger with everything that the request's documents quote."""
    made = ledger.extended(())
    for name in request.lot:
        for each in asked_of(model, model.components[name]):
            _enter(made, each.path, each.amount)
    for name, resource, takers, whole in carried(model, request.lot):
        made.write(_demand(made, model, name, resource, takers, whole))
    for name in CUSTOMARY:
        given, stated = amount(terms, name)
        source = "terms of the buyer" if stated else "customary; the buyer hasn't stated it"
        made.enter(Input(f"terms/{name}", given.text, str(given.at) if stated else "", source, request.date))
    scales(request, made, disclosed=disclosed)
    return made


def _enter(ledger: Ledger, path: str, quantity: Quantity) -> str:
    name = f"fact/{quantity.fact}" if quantity.fact else f"model/{path}"
    low, high = quantity.known or (None, None)
    return ledger.enter(
        Input(name, quantity.text, str(quantity.at), quantity.source or "", quantity.date or "", low, high)
    )


def _demand(
    ledger: Ledger,
    model: Model,
    name: str,
    resource: str,
    takers: tuple[tuple[str, Quantity], ...],
    whole: bool,
) -> Figure:
    """The sum of what runs on a part, worst ends: what it must carry at the same time."""
    unit = takers[0][1].unit
    ratio = float(unit.factor / unit.canonical.factor)
    low, value, high = (
        sum(end) / ratio
        for end in zip(*((each.low, each.mean, each.high) for _, each in takers), strict=True)
    )
    lines = tuple(
        Line(
            model.components[path.split(".")[1]].title or path.split(".")[1],
            each.text,
            (_enter(ledger, path, each),),
        )
        for path, each in takers
    )
    title = f"{resource} that what runs on {model.components[name].title or name} takes at the same time"
    more = "" if whole else "at least: not all that runs on it says what it takes"
    return Figure(
        f"rfp/demand/{name}/{resource}",
        title,
        unit.symbol,
        high,
        low,
        high if whole else None,
        method="sum of what each takes, at its worst end",
        inputs=tuple(ref for line in lines for ref in line.refs),
        derivation=(
            *lines,
            Line("together", f"{amount_text(value, unit.symbol)}, at worst {amount_text(high, unit.symbol)}"),
        ),
        reason=more,
    )
