"""`groma catalog list|search|show`: what Groma knows about the world, each figure with its source and age."""

from __future__ import annotations

import argparse
import dataclasses
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from groma.cli.errors import UserError
from groma.cli.parser import Arguments, examples
from groma.cli.status import Status
from groma.cli.table import Column

if TYPE_CHECKING:
    from groma.catalog import Catalog, Dated


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "List the tables, search them, or show one product or row with the source and age of every figure. Tables of "
        "your own (a folder given with --catalog) replace or extend those that come with Groma."
    )
    parser.add_argument("verb", choices=("list", "search", "show"), help="what to do")
    parser.add_argument("words", nargs="*", help="search: what to look for; show: REF, or TABLE KEY")
    parser.add_argument(
        "--table", action="append", metavar="NAME", help="search only this table (may be repeated)"
    )
    parser.add_argument("--limit", type=int, default=20, help="most hits shown (20)")
    parser.add_argument(
        "--on", metavar="DATE", help="the day that ages are counted to (the newest date in the catalog)"
    )
    parser.add_argument(
        "--catalog", action="append", type=Path, default=[], metavar="FOLDER", help="tables of your own"
    )
    examples(
        parser,
        "groma catalog list",
        "groma catalog search postgres westeurope",
        "groma catalog show mistral/mistral-large-2512",
        "groma catalog show accelerators h100_sxm",
    )


def run(args: Arguments) -> int:
    from groma.catalog import UnknownEntryError, load_catalog

    catalog = load_catalog(args.catalog)
    try:
        return _run(args, catalog)
    except UnknownEntryError as error:
        raise UserError(str(error)) from None


def _run(args: Arguments, catalog: Catalog) -> int:
    if args.verb == "list":
        return _list(args, catalog)
    if not args.words:
        wanted = "words to look for" if args.verb == "search" else "REF or TABLE KEY"
        raise UserError(f"groma catalog {args.verb}: expected {wanted}")
    if args.verb == "search":
        return _search(args, catalog)
    return _show(args, catalog)


def _list(args: Arguments, catalog: Catalog) -> int:
    from groma.catalog import list_tables

    tables = list_tables(catalog)
    args.console.answer([_plain(table) for table in tables])
    args.console.table(
        (Column("table"), Column("rows", number=True), Column("from"), Column("to"), Column("what")),
        [(t.name, str(t.rows), t.oldest, t.newest, t.title) for t in tables],
    )
    return Status.MET


def _search(args: Arguments, catalog: Catalog) -> int:
    hits = catalog.search(" ".join(args.words), args.table, args.limit)
    args.console.answer([_plain(hit) for hit in hits])
    args.console.table(
        (Column("what"), Column("where"), Column("")), [(h.key, h.table, h.title) for h in hits]
    )
    if not hits:
        args.console.note(
            f"nothing is found for `{' '.join(args.words)}`; `groma catalog list` shows the tables"
        )
    return Status.MET


def _show(args: Arguments, catalog: Catalog) -> int:
    from groma.catalog import show_entry, show_product

    on = _day(args.on) or _newest(catalog)
    if len(args.words) == 1:
        shown = show_product(catalog, args.words[0], on)
        product = shown.product
        args.console.answer(_plain(shown))
        where = f", {product.region}" if product.region else ""
        under = product.jurisdiction or "jurisdiction not known"
        args.console.say(f"{product.ref}: {product.title} ({product.kind}{where}; {under})")
        groups = (
            ("prices", shown.prices),
            ("capacities", shown.capacities),
            ("commitments", shown.commitments),
            ("known", shown.others),
        )
        for title, facts in groups:
            if facts:
                args.console.say(f"\n{title}")
                _facts(args, facts)
        for note in product.notes:
            args.console.say(f"\nnote: {note}")
        return Status.MET
    entry = show_entry(
        catalog, args.words[0], tuple(args.words[1:]) if len(args.words) > 2 else args.words[1], on
    )
    args.console.answer(_plain(entry))
    args.console.say(f"{entry.table}: {entry.key}\n")
    _facts(args, entry.facts)
    return Status.MET


def _facts(args: Arguments, facts: tuple[Dated, ...]) -> None:
    rows: list[tuple[str, ...]] = []
    for name, fact, age in ((d.name, d.fact, d.age) for d in facts):
        value = "" if fact.value is None else f"{fact.value}"
        if not value and fact.low is not None:
            value = f"{fact.low} .. {fact.high}"
        rows.append((name, value, fact.unit, fact.source, fact.as_of, str(age), fact.evidence))
    titles = ("", "value", "unit", "source", "as of", "age", "evidence")
    args.console.table([Column(t, number=t == "value") for t in titles], rows)


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise UserError(f"--on: expected a date such as 2026-11-21, found `{text}`") from None


def _newest(catalog: Catalog) -> date:
    from groma.catalog import list_tables

    days = [t.newest for t in list_tables(catalog) if len(t.newest) == len("2026-11-21")]
    return _day(max(days)) or date.min


def _plain(item: Any) -> Any:
    if dataclasses.is_dataclass(item) and not isinstance(item, type):
        return {f.name: _plain(getattr(item, f.name)) for f in dataclasses.fields(item)}
    if isinstance(item, dict):
        entries = cast("dict[Any, Any]", item)
        return {str(k): _plain(v) for k, v in entries.items()}
    if isinstance(item, tuple | list):
        parts = list(cast("tuple[Any, ...] | list[Any]", item))
        return [_plain(part) for part in parts]
    if isinstance(item, Decimal | date):
        return str(item)
    return item
