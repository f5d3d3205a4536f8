"""The prices of a bid as facts of a model, so that a brief reckons with quotes where no table has a price.

Each fact keeps the name of the fact that the price stood for in the request's model, so it takes its place; a price
that no fact stood for gets a name made of part and price. Where one fact stood for several lines with different
prices, the quote is the range over them, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from groma.model.source import Mapping as MappingNode
from groma.model.source import parse
from groma.model.writeback import InsertKey, SetValue, edited
from groma.model.yamltext import Value, dump
from groma.procurement.bid import Bid, Offer
from groma.procurement.offered import decimal
from groma.procurement.request import Line, Request

HEAD = "# Prices as quoted; made by groma bids.\n"


def facts_of(bid: Bid, request: Request) -> dict[str, Mapping[str, Value]]:
    """Name of a fact -> its keys, in the order of the price sheet."""
    groups: dict[tuple[str, str], list[tuple[Line, Offer]]] = {}
    for line in request.asked:
        offer = bid.prices.get(line.key)
        if offer is not None:
            name = line.fact or f"{line.component}_{line.key.rpartition('.')[2]}"
            groups.setdefault((name, line.unit), []).append((line, offer))
    return {name: _fact(unit, each, bid, request) for (name, unit), each in groups.items()}


def _fact(unit: str, lines: list[tuple[Line, Offer]], bid: Bid, request: Request) -> Mapping[str, Value]:
    weight = sum((line.quantity for line, _ in lines), Fraction(0)) or Fraction(1)
    same = len({offer.value for _, offer in lines}) == 1
    value = (
        lines[0][1].value if same
        else sum((line.quantity * offer.value for line, offer in lines), Fraction(0)) / weight
    )  # fmt: skip
    low, high = min(offer.low for _, offer in lines), max(offer.high for _, offer in lines)
    said: dict[str, Value] = {"value": f"{decimal(value)} {unit}"}
    if low != high:
        said["known"] = f"{decimal(low)} {unit} .. {decimal(high)} {unit}"
    places = "; ".join(f"{line.id}, sheet {offer.where}" for line, offer in lines)
    said["source"] = f"bid of {bid.bidder}, {places}"
    said["date"] = bid.date or request.date or "2000"
    if low == high:
        said["exact"] = True
    if not same:
        said["note"] = "several lines with different prices: the mean over their quantities, and their range"
    return said


def facts_file(bid: Bid, request: Request) -> str:
    """A facts file with these prices alone."""
    return HEAD + dump({"groma": 1, "facts": facts_of(bid, request)})


def put_into(text: str, bid: Bid, request: Request, file: str = "facts.yaml") -> str:
    """A facts file with the quotes in the places of the facts they replace, others added, all else untouched.

    Raises ModelError for a text that can't be read.
    """
    root = parse(text, file)
    facts = root.get("facts") if isinstance(root, MappingNode) else None
    known = {key.value for key, _ in facts.entries} if isinstance(facts, MappingNode) else set[str]()
    edits: list[SetValue | InsertKey] = []
    if facts is None:
        edits.append(InsertKey((), "facts", {}))
    for name, said in facts_of(bid, request).items():
        edits.append(SetValue(("facts", name), said) if name in known else InsertKey(("facts",), name, said))
    return edited(text, edits, file)
