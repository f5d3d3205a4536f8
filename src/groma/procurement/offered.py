"""The design with a bid's numbers in it, worked out anew: each bid has a model and a ledger of its own.

A number that a bid states replaces the amount of the model at its place, with the bid as source; so do its prices, as
ranges where they aren't firm. What a bid doesn't say stays as the buyer knows it. Nobody's claim is taken for more than
it is: a value better than anything the buyer had reason to expect is told, so that evidence can be asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from groma.analyses import assess
from groma.catalog import Catalog
from groma.model.elements import Model
from groma.model.figure import Ledger
from groma.model.law import Constant
from groma.model.load import loads
from groma.model.quantity import Quantity
from groma.model.source import Mapping as MappingNode
from groma.model.source import Node, Scalar, parse
from groma.model.units import convert
from groma.model.writeback import SetValue, edited
from groma.model.yamltext import Value
from groma.procurement.asked import amount_text, asked_of
from groma.procurement.bid import Bid, Offer, Remark
from groma.procurement.request import Line, Request, RequestError


@dataclass(frozen=True, slots=True)
class Offered:
    """A bid's model: its text, and what was worked out from it."""

    text: str
    model: Model
    ledger: Ledger


def offered(bid: Bid, request: Request, text: str, folder: Path, catalog: Catalog) -> Offered:
    """The model of a request (its text; what it names lies in `folder`) with a bid's values, assessed.

    Raises ModelError where a value makes no valid model.
    """
    edits = [*_values(bid, request, text, folder), *_prices(bid, request, text)]
    changed = edited(text, edits, request.file)
    model = loads(changed, file=request.file, folder=folder)
    return Offered(changed, model, assess(model, catalog))


def _values(bid: Bid, request: Request, text: str, folder: Path) -> Iterator[SetValue]:
    before = _amounts(request, text, folder)
    for requirement in request.requirements:
        answer = bid.answers.get(requirement.key)
        if requirement.sets and answer is not None and answer.number is not None:
            said: dict[str, Value] = {
                "value": _written(answer.number, requirement.unit, before.get(requirement.sets)),
                "source": f"bid of {bid.bidder}, {requirement.id}, sheet {answer.where}",
            }
            yield SetValue(tuple(requirement.sets.split(".")), _dated(said, bid))


def _written(number: float, unit: str, before: Quantity | None) -> str:
    """The number with its unit, and with the spread in proportion where the amount varies from run to run."""
    shown = f"{number:.12g} {unit}".strip()
    if before is None or isinstance(before.law, Constant) or not before.mean:
        return shown
    spread = number * before.law.sd / before.mean
    return f"{shown} ± {spread:.6g} {unit}"


def _amounts(request: Request, text: str, folder: Path) -> dict[str, Quantity]:
    model = loads(text, file=request.file, folder=folder)
    return {
        each.path: each.amount
        for name in request.lot
        if name in model.components
        for each in asked_of(model, model.components[name])
    }


def _prices(bid: Bid, request: Request, text: str) -> Iterator[SetValue]:
    root = parse(text, request.file)
    parts: dict[str, list[Line]] = {}
    for line in request.asked:
        if line.key in bid.prices:
            parts.setdefault(line.component, []).append(line)
    for component, lines in parts.items():
        priced: dict[str, Value] = dict(_old_prices(root, component))
        elsewhere: list[SetValue] = []
        for line in lines:
            path = tuple(line.key.split("."))
            value = quote(line, bid.prices[line.key], bid)
            if path[:3] == ("components", component, "price") and len(path) == 4:
                priced[path[3]] = value
            else:
                elsewhere.append(SetValue(path, value))
        yield from elsewhere
        if any(line.key.startswith(f"components.{component}.price.") for line in lines):
            yield SetValue(("components", component, "price"), priced)


def _old_prices(root: Node, component: str) -> Mapping[str, Value]:
    """The price of a part as it is written: a table, or one amount by the month."""
    node: Node | None = root
    for key in ("components", component):
        node = node.get(key) if isinstance(node, MappingNode) else None
    if not isinstance(node, MappingNode):
        raise RequestError(
            f"the request's model has no part `{component}`: it isn't the one the request was made from"
        )
    price = node.get("price")
    if price is None:
        return {}
    plain = _plain(price)
    return plain if isinstance(plain, Mapping) and "value" not in plain else {"month": plain}


def _plain(node: Node) -> Value:
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, MappingNode):
        return {key.value: _plain(value) for key, value in node.entries}
    return [_plain(item) for item in node.items]


def quote(line: Line, offer: Offer, bid: Bid) -> Mapping[str, Value]:
    """A price as a quantity of the model: value, range, source, date."""
    said: dict[str, Value] = {"value": f"{decimal(offer.value)} {line.unit}"}
    if not offer.firm:
        said["known"] = f"{decimal(offer.low)} {line.unit} .. {decimal(offer.high)} {line.unit}"
    said["source"] = f"bid of {bid.bidder}, {line.id}, sheet {offer.where}"
    return _dated(said, bid)


def _dated(said: dict[str, Value], bid: Bid) -> dict[str, Value]:
    return said | {"date": bid.date} if bid.date else said


def decimal(amount: Fraction | float | str) -> str:
    """An exact amount as a decimal of at most twelve places."""
    from decimal import Decimal

    given = Fraction(amount)
    shown = (Decimal(given.numerator) / Decimal(given.denominator)).quantize(Decimal("1e-12")).normalize()
    return f"{shown:f}"


def beyond(bid: Bid, request: Request, model: Model) -> tuple[Remark, ...]:
    """Values better than the best end of what the buyer knows: evidence has to be asked for."""
    found: list[Remark] = []
    for name in request.lot:
        for each in asked_of(model, model.components[name]):
            answer = bid.answers.get(each.path)
            requirement = request.requirement(each.path)
            if answer is None or answer.number is None or requirement is None or each.amount.known is None:
                continue
            best = each.amount.high if each.sense == "at_least" else each.amount.low
            shown = convert(best, each.amount.unit.canonical, each.amount.unit)
            more = (
                answer.number > shown * (1 + 1e-9)
                if each.sense == "at_least"
                else answer.number < shown * (1 - 1e-9)
            )
            if more and not answer.evidence:
                found.append(
                    Remark(
                        "ask",
                        answer.where,
                        f"{requirement.id}: {answer.text} is better than the best that the "
                        f"buyer knows of ({amount_text(shown, requirement.unit)}): ask for evidence",
                        requirement.id,
                    )
                )
    return tuple(found)


def with_remarks(bid: Bid, more: tuple[Remark, ...]) -> Bid:
    """The bid with more to be told about it."""
    return replace(bid, remarks=(*bid.remarks, *more))
