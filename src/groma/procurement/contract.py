"""Requirements of the contract: where data are, how faults are answered, how the buyer leaves again.

The amounts are the buyer's terms; where none are stated a customary one stands in, and the request says so. Exit asks
for notice, formats, help, deletion and a price, after the practice of the EU Data Act (Regulation 2023/2854, articles
23 to 25: notice of at most two months, export, erasure) and of the UK Model Services Contract (exit plan).
"""

from __future__ import annotations

from collections.abc import Iterator

from groma.model.elements import Model
from groma.model.law import Constant
from groma.model.position import Position
from groma.model.quantity import Quantity
from groma.model.units import convert, parse_unit
from groma.procurement.asked import amount_text
from groma.procurement.derived import held_data, knowledge
from groma.procurement.request import Requirement, Sense, Threshold
from groma.procurement.terms import Terms

FORMATS = "open, documented formats that another supplier can read, with their descriptions"
HOURS = "Mon-Fri 08:00-17:00"
CUSTOMARY = {
    "notice": "3 months",
    "bound": "12 months",
    "deleted": "30 days",
    "help": "80 h",
    "response": "4 h",
}
"""Where the buyer states nothing. Notice, minimum term and help follow no law: they are where buyers often begin."""


def amount(terms: Terms, name: str) -> tuple[Quantity, bool]:
    """A term, and whether somebody stated it."""
    given = getattr(terms, name)
    if isinstance(given, Quantity):
        return given, True
    number, _, unit = CUSTOMARY[name].partition(" ")
    read = parse_unit(unit)
    factor = float(read.factor / read.canonical.factor)
    return Quantity(Constant(float(number) * factor), read, Position("terms", 1, 1), CUSTOMARY[name]), False


def in_unit(quantity: Quantity, unit: str) -> float:
    """The mean of an amount in another unit of its dimension."""
    return convert(quantity.mean, quantity.unit.canonical, parse_unit(unit))


def contract(model: Model, terms: Terms, lot: tuple[str, ...]) -> Iterator[Requirement]:
    """All of them, in the order of their chapters."""
    yield from _data(model, lot)
    yield from _support(model, terms, lot)
    yield from _exit(model, terms, lot)
    yield Requirement(
        "",
        "offer.valid",
        "The offer",
        "gate",
        "The prices hold for 90 days after the last day for bids.",
        verify="declared in the bid",
    )
    yield Requirement(
        "",
        "offer.whole",
        "The offer",
        "gate",
        "The prices on the sheet are all that the buyer pays the bidder for what is asked here.",
        verify="declared in the bid",
    )
    yield Requirement(
        "",
        "offer.others",
        "The offer",
        "information",
        "Name the companies that will work for you on this contract, what each does, and its country.",
        "text",
        verify="declared in the bid",
    )
    for name, judged in terms.judged.items():
        good = f" A full answer: {judged.good}." if judged.good else ""
        yield Requirement(
            "",
            f"judged.{name}",
            "Judged by people",
            "scored",
            f"{judged.asks}{good}",
            "text",
            verify="read by each evaluator apart, 0 to 5 points",
        )


def _data(model: Model, lot: tuple[str, ...]) -> Iterator[Requirement]:
    held = held_data(model, lot)
    classes = sorted({model.data[name].class_ for name in held})
    for need in model.needs.values():
        kind, _, data_class = need.measure.partition("/")
        if kind == "residency" and need.within and data_class in classes:
            titles = ", ".join(model.data[n].title or n for n in held if model.data[n].class_ == data_class)
            yield Requirement(
                "",
                f"data.where.{data_class}",
                "Data and where they are",
                "gate",
                f"Countries in which {titles}, copies and backups included, are kept or can be read, by you or anybody "
                "who works for you (two-letter codes).",
                "countries",
                "",
                Threshold(f"within {', '.join(need.within)}", f"need/{need.name}/target", words=need.within),
                "declared in the bid, checked on site and in the list of those who work for the bidder",
                (f"needs.{need.name}", *(f"data.{n}" for n in held if model.data[n].class_ == data_class)),
            )
    if "personal" in classes:
        yield Requirement(
            "",
            "data.processing",
            "Data and where they are",
            "gate",
            "You sign an agreement on the processing of personal data (GDPR, article 28) before you can reach any.",
            verify="signed before the start",
            source=tuple(f"data.{name}" for name in held),
        )


def _limit(
    terms: Terms, key: str, name: str, chapter: str, sense: Sense, unit: str, text: str, verify: str
) -> Requirement:
    quantity, _ = amount(terms, name)
    value = round(in_unit(quantity, unit), 9)
    words = f"{'at most' if sense == 'at_most' else 'at least'} {amount_text(value, unit)}"
    return Requirement(
        "",
        key,
        chapter,
        "gate",
        text,
        "number",
        unit,
        Threshold(words, f"terms/{name}", sense, value),
        verify,
    )


def _support(model: Model, terms: Terms, lot: tuple[str, ...]) -> Iterator[Requirement]:
    hours = terms.hours or HOURS
    yield Requirement(
        "",
        "support.hours",
        "Support",
        "gate",
        f"A person who can mend faults answers by telephone within these hours: {hours}.",
        verify="named in the contract, tried before acceptance",
    )
    yield _limit(
        terms,
        "support.response",
        "response",
        "Support",
        "at_most",
        "h",
        "Time from the report of a fault that stops work until somebody works on it, within those hours.",
        "reported each month; a missed one earns the buyer a credit",
    )
    known = knowledge(model, lot)
    if known:
        yield Requirement(
            "",
            "support.training",
            "Support",
            "gate",
            f"The buyer's people are trained until they can run it by themselves: {', '.join(known)}.",
            verify="they run it for a week without help before acceptance",
            source=tuple(f"components.{name}" for name in lot),
        )


def _exit(model: Model, terms: Terms, lot: tuple[str, ...]) -> Iterator[Requirement]:
    held = tuple(f"data.{name}" for name in held_data(model, lot))
    yield _limit(
        terms,
        "exit.notice",
        "notice",
        "Exit",
        "at_most",
        "month",
        "Notice that the buyer has to give to end the contract.",
        "clause of the contract",
    )
    yield _limit(
        terms,
        "exit.bound",
        "bound",
        "Exit",
        "at_most",
        "month",
        "Minimum term, counted from the start, before which the buyer can't end it.",
        "clause of the contract",
    )
    if held:
        yield Requirement(
            "",
            "exit.export",
            "Exit",
            "gate",
            f"At any time and at the end you hand out all data of the buyer in {terms.formats or FORMATS}.",
            verify="a whole export is read by another program before acceptance",
            source=held,
        )
        yield _limit(
            terms,
            "exit.deleted",
            "deleted",
            "Exit",
            "at_most",
            "day",
            "Time after the end until every copy of the buyer's data is deleted, with a written proof.",
            "written proof",
        )
    yield Requirement(
        "",
        "exit.titles",
        "Exit",
        "gate",
        "What is bought once belongs to the buyer; accounts, licences, addresses and keys are in its name "
        "or pass to it at the end.",
        verify="clause of the contract",
    )
    yield _limit(
        terms,
        "exit.help",
        "help",
        "Exit",
        "at_least",
        "h",
        "Working time that you hold ready to hand over to another supplier, at the price of the sheet Exit.",
        "clause of the contract",
    )
