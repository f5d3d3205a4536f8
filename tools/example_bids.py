"""Makes the bids of examples/two-sites/bids from a request: one good, one sound, one cheap with a bad clause,
one careless.

python tools/example_bids.py REQUEST [OUT]     REQUEST is the folder that groma rfp left

The companies are invented. `lowland` keeps copies where the request doesn't allow it and hands out no data: it
has to be
rejected for exactly these clauses. `hasty` changed texts, lost a row, added one, and types sums that don't add up.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from groma.procurement import RESPONSE, Request, opened, response_sheet
from groma.procurement.packed import packed
from groma.procurement.sheets import ANSWERS, BIDDER, CONTACT, COVER, DATED, EXIT, FIRST, PRICES

Sheets = Any
Values = Mapping[str, Any]

NUMBERS = {
    "components.hosts.provides.memory": 1024,
    "components.hosts.provides.cores": 128,
    "components.hosts.fails.every": 8,
    "components.hosts.fails.repaired_in": 24,
    "components.hosts.ready_in": 28,
    "components.hypervisor.takes.memory": 96,
    "components.storage.provides.space": 30,
    "components.storage.takes.memory": 192,
    "components.storage.fails.availability": 99.97,
    "components.storage.ready_in": 8,
    "components.backup.copies.erp.every": 1,
    "components.backup.copies.erp.rate": 600,
    "components.backup.copies.files.every": 24,
    "components.backup.copies.files.rate": 600,
    "components.backup.ready_in": 21,
    "components.tunnel.provides.bandwidth": 300,
    "components.tunnel.offers.cross.work": 1,
    "components.tunnel.fails.availability": 99.5,
    "exit.notice": 3,
    "exit.bound": 12,
    "exit.deleted": 30,
    "exit.help": 80,
    "support.response": 4,
}
"""What a bidder answers unless it has something better; keys that a request doesn't ask are left out."""
PRICES_OF_ONE = {
    "components.hosts.price.once": 36500,
    "components.hosts.price.support": 190,
    "components.hypervisor.price.month": 430,
    "components.storage.price.once": 19500,
    "components.backup.price.once": 22400,
    "components.backup.price.month": 320,
    "components.tunnel.price.main_end": 95,
    "components.tunnel.price.second_end": 95,
}
TEXTS = {
    "offer.others": "none",
    "judged.move": "Machines move while they run, storage first; the ERP in one night from 22:00 to 04:30, "
    "back until 03:00.",
    "judged.people": "Three people from the first day to the last; two references of forty machines each.",
}


def _fill(
    request: Request,
    bidder: str,
    date: str,
    numbers: Values,
    prices: Values,
    texts: Values,
    leave: Values,
    said: Mapping[str, str] = {},
    evidence: str = "",
    ranges: Mapping[str, tuple[float, float]] = {},
) -> Sheets:
    from openpyxl import load_workbook

    book: Any = load_workbook(io.BytesIO(response_sheet(request)))
    cover, answers, sheet, exits = book[COVER], book[ANSWERS], book[PRICES], book[EXIT]
    cover[BIDDER], cover[DATED], cover[CONTACT] = (
        bidder,
        date,
        f"tenders@{bidder.split(maxsplit=1)[0].lower()}.example",
    )
    for row, each in enumerate(request.requirements, FIRST):
        cell = answers[f"F{row}"]
        if each.key in said:
            cell.value = said[each.key]
        elif each.form == "yes or no":
            cell.value = "yes"
        elif each.form == "number":
            cell.value = {**NUMBERS, **numbers}.get(each.key)
        elif each.form == "countries":
            cell.value = texts.get("countries", "DE")
        else:
            cell.value = {**TEXTS, **texts}.get(each.key)
        if evidence and each.form == "number":
            answers[f"G{row}"] = evidence
    for row, line in enumerate(request.asked, FIRST):
        sheet[f"F{row}"] = {**PRICES_OF_ONE, **prices}.get(line.key)
        if line.key in ranges:
            sheet[f"G{row}"], sheet[f"H{row}"] = ranges[line.key]
    for row in range(FIRST, exits.max_row + 1):
        key = exits[f"E{row}"].value
        exits[f"C{row}"] = leave["help"] if key == "help" else leave.get(key, leave.get("fee"))
    return book


def nordhaus(request: Request) -> Sheets:
    """The good one: better than what is asked where it matters, firm prices, cheap to leave."""
    numbers = {
        "components.storage.fails.availability": 99.985,
        "components.hosts.fails.repaired_in": 10,
        "components.hosts.fails.every": 9,
        "components.backup.copies.erp.rate": 800,
        "components.backup.copies.files.rate": 800,
        "components.tunnel.fails.availability": 99.7,
        "exit.notice": 1,
        "exit.bound": 6,
    }
    return _fill(
        request,
        "Nordhaus Systems GmbH",
        "2027-01-20",
        numbers,
        {},
        {},
        {"fee": 2500, "help": 110},
        evidence="data book 2027, chapter 4; measured at two customers",
    )


def alder(request: Request) -> Sheets:
    """A sound one: as asked, some prices not firm, dearer to leave."""
    prices = {
        "components.hosts.price.once": 34800,
        "components.hypervisor.price.month": 470,
        "components.backup.price.month": 290,
    }
    ranges = {
        "components.hypervisor.price.month": (440, 560),
        "components.storage.price.once": (18000, 23000),
    }
    return _fill(
        request,
        "Alder & Reed IT",
        "2027-01-21",
        {"exit.notice": 3},
        prices,
        {"offer.others": "Line & Co, Germany: tunnel"},
        {"fee": 9000, "help": 135},
        ranges=ranges,
        evidence="data sheets, enclosure 3",
    )


def lowland(request: Request) -> Sheets:
    """The cheap one with bad clauses: copies outside the EU, nothing handed out at the end."""
    prices = {
        "components.hosts.price.once": 27500,
        "components.hosts.price.support": 120,
        "components.storage.price.once": 12500,
        "components.backup.price.once": 14000,
        "components.backup.price.month": 210,
        "components.hypervisor.price.month": 260,
    }
    book = _fill(
        request,
        "Lowland Cloudworks",
        "2027-01-22",
        {"components.hosts.fails.repaired_in": 48},
        prices,
        {"countries": "NL, IN", "offer.others": "Lowland Support Pvt: night shift, India"},
        {"fee": 0, "help": 95},
        {"exit.export": "no"},
    )
    _beside(
        request,
        book,
        "exit.export",
        "H",
        "Data can be downloaded while the contract runs; there is no export at its end.",
    )
    return book


def hasty(request: Request) -> Sheets:
    """The careless one: changed words, a row gone, a row more, typed sums, an answer that can't be read."""
    prices = {
        "components.hosts.price.once": 35900,
        "components.tunnel.price.main_end": 89,
        "components.tunnel.price.second_end": 89,
    }
    book = _fill(
        request,
        "Hasty Brothers",
        "2027-01-22",
        {"components.storage.fails.availability": 99.96},
        prices,
        {},
        {"fee": 6000, "help": 120, "fee.36": 3000},
    )
    answers, sheet = book[ANSWERS], book[PRICES]
    rows = {each.key: row for row, each in enumerate(request.requirements, FIRST)}
    changed = rows["exit.deleted"]
    answers[f"C{changed}"] = str(answers[f"C{changed}"].value).replace("every copy", "the main copy")
    answers[f"F{rows['support.response']}"] = "as soon as possible"
    last = FIRST + len(request.requirements)
    answers[f"A{last}"], answers[f"C{last}"] = "R-900", "The buyer pays travelling costs."
    total = FIRST + len(request.asked)
    sheet[f"K{total}"] = 199000
    answers.delete_rows(rows["data.processing"])
    return book


def _beside(request: Request, book: Sheets, key: str, letter: str, text: str) -> None:
    row = next(row for row, each in enumerate(request.requirements, FIRST) if each.key == key)
    book[ANSWERS][f"{letter}{row}"] = text


BIDDERS: Mapping[str, Callable[[Request], Sheets]] = {
    "alder": alder,
    "hasty": hasty,
    "lowland": lowland,
    "nordhaus": nordhaus,
}
MARKS = {
    "nordhaus": {"judged.move": (5, 4, 4), "judged.people": (4, 4, 5)},
    "alder": {"judged.move": (4, 4, 3), "judged.people": (4, 3, 4)},
    "hasty": {"judged.move": (2, 3, 2), "judged.people": (3, 3, 2)},
}


def made(request: Request) -> dict[str, bytes]:
    """Every bid by file name, and the evaluators' marks."""
    from openpyxl import load_workbook

    from groma.procurement import marks_form
    from groma.procurement.bid_reading import read_bid
    from groma.procurement.form import EVALUATORS, SHEET

    files = {f"{name}.xlsx": packed(fill(request)) for name, fill in BIDDERS.items()}
    form = marks_form(request, [read_bid(files[f"{name}.xlsx"], request, name) for name in sorted(MARKS)])
    if form is None:
        return files
    book: Any = load_workbook(io.BytesIO(form))
    sheet = book[SHEET]
    for row in range(FIRST, sheet.max_row + 1):
        name, _, criterion = str(sheet[f"L{row}"].value).partition("|")
        for letter, mark in zip(EVALUATORS, MARKS.get(name, {}).get(criterion, ()), strict=False):
            sheet[f"{letter}{row}"] = mark
    return files | {"marks/marks.xlsx": packed(book)}


def main() -> int:
    """Writes them."""
    if len(sys.argv) not in (2, 3):
        print(__doc__)
        return 2
    request = opened(Path(sys.argv[1])).request
    out = Path(sys.argv[2] if len(sys.argv) == 3 else "examples/two-sites/bids")
    for name, data in made(request).items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(data)
    print(f"{out}: {', '.join(BIDDERS)} answer {RESPONSE} of edition {request.fingerprint}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
