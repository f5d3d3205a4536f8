"""Numbers that are asked of a bidder because the model rests on them: how often a part fails, how much it provides, ...

Each is an amount of a part that is bought; the answer is put in its place and the whole design is worked out anew. The
worst end of the range for which the reference design was proven is told as what is enough: within it every need holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from groma.model.elements import Component, Model
from groma.model.quantity import Quantity
from groma.model.unit_table import SYMBOLS
from groma.model.units import convert
from groma.procurement.request import Requirement, Sense, Threshold


@dataclass(frozen=True, slots=True)
class Asked:
    """One amount of the model: where it stands, how a bidder is asked for it, and which way is better."""

    path: str
    amount: Quantity
    words: str
    sense: Sense
    chapter: str
    verify: str


TESTED = "measured before acceptance"
PROMISED = "guaranteed in the contract, reported each quarter"
DELIVERED = "date of delivery in the contract"


def asked_of(model: Model, component: Component) -> Iterator[Asked]:
    """The amounts of a part that its bidder can answer for, in a fixed order.

    What the buyer's own people do (noticing, deciding, keeping it alive) isn't asked; nor is what the model takes as
    never failing, which is a simplification of the model and not a promise that anybody could give.
    """
    at = f"components.{component.name}"
    title = component.title or component.name.replace("_", " ")
    fails = component.fails
    if fails is not None:
        yield from _one(
            f"{at}.fails.availability",
            fails.availability,
            f"{title}: share of time in which one is up",
            "at_least",
            "Dependability of parts",
            PROMISED,
        )
        yield from _one(
            f"{at}.fails.every",
            fails.every,
            f"{title}: mean time between failures of one",
            "at_least",
            "Dependability of parts",
            PROMISED,
        )
        yield from _one(
            f"{at}.fails.repaired_in",
            fails.repaired_in,
            f"{title}: time from a failure until it is repaired, on average",
            "at_most",
            "Dependability of parts",
            PROMISED,
        )
    yield from _one(
        f"{at}.takeover",
        component.takeover,
        f"{title}: time until a spare serves after one failed",
        "at_most",
        "Dependability of parts",
        TESTED,
    )
    yield from _one(
        f"{at}.noticed",
        component.noticed,
        f"{title}: share of failures that are noticed by themselves",
        "at_least",
        "Dependability of parts",
        TESTED,
    )
    for name, amount in component.provides.items():
        yield from _one(
            f"{at}.provides.{name}",
            amount,
            f"{title}: {name} that one provides",
            "at_least",
            "Capacity",
            "data sheet, and seen at acceptance",
        )
    for name, amount in component.takes.items():
        yield from _one(
            f"{at}.takes.{name}",
            amount,
            f"{title}: {name} that it takes from {_title(model, component.runs_on)}",
            "at_most",
            "Capacity",
            TESTED,
        )
    for name, operation in component.offers.items():
        yield from _one(
            f"{at}.offers.{name}.work",
            operation.work,
            f"{title}: time of work for one `{operation.title or name}`, on average",
            "at_most",
            "Capacity",
            TESTED,
        )
    for name, copy in component.copies.items():
        data = _title(model, name)
        where = f"{at}.copies.{name}"
        yield from _one(
            f"{where}.every",
            copy.every,
            f"{title}: time between two copies of {data}",
            "at_most",
            "Recovery",
            TESTED,
        )
        yield from _one(
            f"{where}.rate",
            copy.rate,
            f"{title}: how fast {data} can be brought back",
            "at_least",
            "Recovery",
            "a restore of the whole, timed before acceptance",
        )
        yield from _one(
            f"{where}.save_rate",
            copy.save_rate,
            f"{title}: how fast a copy of {data} can be made",
            "at_least",
            "Recovery",
            TESTED,
        )
        yield from _one(
            f"{where}.takes",
            copy.takes,
            f"{title}: time that one copy of {data} takes",
            "at_most",
            "Recovery",
            TESTED,
        )
    yield from _one(
        f"{at}.ready_in",
        component.ready_in,
        f"{title}: time until it runs once that is ordered, also as a replacement",
        "at_most",
        "Delivery",
        DELIVERED,
    )


def _one(path: str, amount: object, words: str, sense: Sense, chapter: str, verify: str) -> Iterator[Asked]:
    if isinstance(amount, Quantity) and not (amount.unit.is_a("share") and amount.low >= 1.0):
        yield Asked(path, amount, words, sense, chapter, verify)


def requirement(each: Asked) -> Requirement:
    """The amount as a requirement that states a value."""
    amount = each.amount
    worst = amount.low if each.sense == "at_least" else amount.high
    shown = convert(worst, amount.unit.canonical, amount.unit)
    unit = unit_text(amount)
    ref = f"fact/{amount.fact}" if amount.fact else f"model/{each.path}"
    enough = Threshold(
        f"{'at least' if each.sense == 'at_least' else 'at most'} {amount_text(shown, unit)}",
        ref,
        each.sense,
        round(shown, 12),
    )
    element = ".".join(each.path.split(".")[:2])
    return Requirement(
        "",
        each.path,
        each.chapter,
        "information",
        f"{each.words}.",
        "number",
        unit,
        enough,
        each.verify,
        (element,),
        sets=each.path,
    )


def unit_text(amount: Quantity) -> str:
    """The unit in which a bidder answers: as the model writes it."""
    return amount.unit.symbol


def number_text(value: float) -> str:
    """A number without dust: six digits, and no more nines than stand there."""
    return f"{value:.6g}" if abs(value) < 1e6 else f"{value:,.0f}"


def amount_text(value: float, unit: str) -> str:
    """A number with its unit, in the plural where it isn't one."""
    symbol = SYMBOLS.get(unit)
    return f"{number_text(value)} {unit if symbol is None or value == 1 else symbol.plural}".strip()


def _title(model: Model, name: str | None) -> str:
    for table in (model.components, model.data):
        if name is not None and name in table:
            return table[name].title or name.replace("_", " ")
    return (name or "what it runs on").replace("_", " ")
