"""A request in a folder: what `groma rfp` leaves and `groma bids` reads, and one bid taken through all its steps."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from groma.analyses.interval import Interval
from groma.catalog import Catalog
from groma.model.elements import Model
from groma.model.figure import Ledger
from groma.model.load import load, tree
from groma.model.source import Mapping as MappingNode
from groma.model.sources import files_of
from groma.patterns.written import written
from groma.procurement.bid import Bid
from groma.procurement.bid_reading import read_bid
from groma.procurement.evaluation import Evaluated
from groma.procurement.judging import Marks, borne_cost, gates, points
from groma.procurement.leaving import leaving
from groma.procurement.offered import beyond, offered, with_remarks
from groma.procurement.opened import WorkbookError
from groma.procurement.request import Request, RequestError, from_json

REQUEST = "rfp.json"
RESPONSE = "response.xlsx"
MODEL = "model"
"""The folder of the model and of the files that it names."""
MOST_BIDS = 50


def model_files(path: Path, model: Model) -> dict[str, bytes]:
    """The model as one file under its own name, with the files that it names, by path below `MODEL`.

    A model with includes is written out as one, since a bid's values are put into its text.
    """
    root = tree(path)
    files = {
        file.relative_to(path.parent).as_posix(): file.read_bytes()
        for file in files_of(path, model) if file != path and file.suffix not in (".yaml", ".yml")
    }  # fmt: skip
    if root.get("include") is None:
        return files | {path.name: path.read_bytes()}
    whole = MappingNode(
        tuple((k, v) for k, v in root.entries if k.value != "include"), root.at, root.end, False
    )
    return files | {path.name: written(whole).encode()}


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it was sent out: its model's text and model, and the folder that the text's files lie in."""

    request: Request
    text: str
    model: Model
    folder: Path


def opened(folder: Path) -> Sent:
    """The request of a folder. Raises RequestError, or ModelError for a model that was broken since."""
    path = folder / REQUEST
    if not path.is_file():
        raise RequestError(f"{folder}: expected a folder that groma rfp wrote, found none with {REQUEST}")
    request = from_json(path.read_text(encoding="utf-8"))
    if "/" in request.file or "\\" in request.file or request.file.startswith("."):
        raise RequestError(f"{path}: expected the name of a model's file, found `{request.file}`")
    file = folder / MODEL / request.file
    model = load(file)
    if model.digest != request.model:
        raise RequestError(
            f"{file} has changed since the request was sent out: restore it, or write the request anew"
        )
    return Sent(request, file.read_text(encoding="utf-8"), model, folder / MODEL)


def read_bids(paths: Iterable[Path], request: Request) -> tuple[Bid, ...]:
    """The bids of these files, by name. Raises WorkbookError with everything that can't be read."""
    found: dict[str, Bid] = {}
    wrong: list[str] = []
    given = list(paths)
    if len(given) > MOST_BIDS:
        raise WorkbookError(f"expected at most {MOST_BIDS} bids, found {len(given)}")
    for path in given:
        name = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-") or "bid"
        try:
            if name in found:
                raise WorkbookError(f"another file is called {name} as well: rename one")
            found[name] = read_bid(path.read_bytes(), request, name)
        except OSError as error:
            wrong.append(f"{path}: {(error.strerror or 'not readable').lower()}")
        except WorkbookError as error:
            wrong.append(f"{path}: {error}")
    if wrong:
        raise WorkbookError("\n".join(wrong))
    return tuple(found[name] for name in sorted(found))


def evaluated(bid: Bid, sent: Sent, catalog: Catalog, marks: Marks) -> Evaluated:
    """A bid with its own model, gates, points and cost of leaving."""
    request = sent.request
    design = offered(bid, request, sent.text, sent.folder, catalog)
    bid = with_remarks(bid, beyond(bid, request, sent.model))
    leave = leaving(bid, request)
    paid = bid.price(request)
    return Evaluated(
        bid, design, gates(bid, request, design.model, design.ledger), points(bid, request, design.ledger, marks),
        paid, leave, _whole(request, paid, leave[-1].cost, design.ledger),
    )  # fmt: skip


def _whole(
    request: Request, paid: tuple[Fraction, Fraction, Fraction] | None, leave: Fraction | None, ledger: Ledger
) -> Interval | None:
    """Price, what is paid to others, own people's time over the contract, leaving at its last compared month."""
    borne = borne_cost(request)
    if paid is None or borne is None or leave is None:
        return None
    time = ledger.figures.get("people/month")
    low, value, high = (
        (0.0, 0.0, 0.0) if time is None or time.value is None or time.low is None or time.high is None
        else (time.low * request.months, time.value * request.months, time.high * request.months)
    )  # fmt: skip
    ends = [float(mine + other + leave) for mine, other in zip(paid, borne, strict=True)]
    return Interval(ends[0] + low, ends[1] + value, ends[2] + high)
