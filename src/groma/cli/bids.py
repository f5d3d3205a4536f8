"""`groma bids REQUEST BID...`: bids read back, held against the gates, scored, and told on one page."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groma.cli.errors import UserError
from groma.cli.parser import Arguments, examples, out_option
from groma.cli.status import Status
from groma.cli.table import Column
from groma.cli.target import catalog_option, check_folders

if TYPE_CHECKING:
    from groma.procurement import Bid, Evaluated, Evaluation, Sent


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Read the bids that answer a request, put each bid's values into the design and work it out "
        "anew, hold it against the gates, and "
        "give points by the formulas of the request. No bid's points depend on another bid. With "
        "--out: the advice on one page, the "
        "evaluation, the arithmetic as a workbook, the model of each bid, and the form for what people judge."
    )
    parser.add_argument("request", type=Path, metavar="REQUEST", help="the folder that groma rfp wrote")
    parser.add_argument("bids", type=Path, nargs="+", metavar="BID", help="response workbooks (XLSX)")
    out_option(parser, "the evaluation (unless told, nothing is written)")
    parser.add_argument(
        "--marks", type=Path, metavar="FILE", help="the form marks.xlsx, filled in by evaluators"
    )
    parser.add_argument(
        "--facts",
        type=Path,
        metavar="FILE",
        help="put the prices of the first bid (or of --bid) into this facts file, made if there is none",
    )
    parser.add_argument("--bid", metavar="NAME", help="whose prices --facts takes: the name of a bid's file")
    catalog_option(parser)
    examples(
        parser,
        "groma bids out/rfp examples/two-sites/bids/*.xlsx --out out/bids",
        "groma bids out/rfp bids/*.xlsx --marks marks.xlsx --out out/bids",
        "groma bids out/rfp bids/nordhaus.xlsx --facts quotes.yaml",
    )


def run(args: Arguments) -> int:
    from groma import api
    from groma.output import check_replaceable
    from groma.procurement import (
        RequestError,
        WorkbookError,
        evaluate,
        evaluated,
        opened,
        read_bids,
        read_marks,
    )

    check_folders("--catalog", args.catalog)
    if args.out is not None:
        check_replaceable(args.out)
    tables = api.catalog(args.catalog)
    progress = args.console.progress
    try:
        sent = opened(args.request)
        bids = read_bids(args.bids, sent.request)
        marks = {} if args.marks is None else read_marks(args.marks.read_bytes(), sent.request, bids)
        done: list[Evaluated] = []
        for number, bid in enumerate(bids):
            progress.step(bid.bidder, number, len(bids))
            done.append(evaluated(bid, sent, tables, marks))
    except RequestError as error:
        raise UserError(str(error)) from None
    except WorkbookError as error:
        raise UserError(
            f"{args.marks}: {error}" if args.marks is not None and "bids" in locals() else str(error)
        ) from None
    result = evaluate(sent.request, done)
    chosen = _chosen(args, result)
    written = _write(args, sent, result) if args.out is not None else ()
    if args.facts is not None and chosen is not None:
        _facts(args.facts, chosen, sent)
    status = _status(result)
    args.console.answer(_as_data(args, result, status, written))
    if not args.json:
        _tell(args, result, chosen)
    return status


def _status(result: Evaluation) -> Status:
    if not result.order:
        return Status.MISSED
    first = result.winner
    if first is None or first.open or (result.provisional and not result.decided):
        return Status.UNDECIDED
    return Status.MET


def _chosen(args: Arguments, result: Evaluation) -> Bid | None:
    """The bid whose prices become facts."""
    from groma.model.grammar import did_you_mean

    if args.facts is None:
        return None
    names = [each.bid.name for each in result.bids]
    if args.bid is not None:
        if args.bid not in names:
            raise UserError(
                f"--bid: there is no bid "
                f"`{args.bid}`{did_you_mean(args.bid, names) or '; there is ' + ', '.join(names)}"
            )
        return result.named(args.bid).bid
    if len(names) == 1:
        return result.bids[0].bid
    if result.winner is None:
        raise UserError("--facts: no bid comes first alone; say whose prices are meant with --bid")
    return result.winner.bid


def _facts(path: Path, bid: Bid, sent: Sent) -> None:
    from groma.output import write_whole
    from groma.procurement import facts_file, put_into

    if path.exists():
        write_whole(path, put_into(path.read_text(encoding="utf-8"), bid, sent.request, path.name))
    else:
        write_whole(path, facts_file(bid, sent.request))


def _write(args: Arguments, sent: Sent, result: Evaluation) -> tuple[str, ...]:
    from groma.analyses import assess
    from groma.api import catalog
    from groma.documents.procurement import write_evaluation
    from groma.documents.write import files
    from groma.output import whole_folder
    from groma.procurement import MODEL, arithmetic, marks_form

    args.console.progress.step("documents", 0)
    ledger = assess(sent.model, catalog(args.catalog))
    made = files(write_evaluation(result, sent.model, ledger))
    made["arithmetic.xlsx"] = arithmetic(result)
    form = marks_form(result.request, [each.bid for each in result.bids if not each.rejected])
    if form is not None:
        made["marks.xlsx"] = form
    for each in result.bids:
        made[f"models/{each.bid.name}.yaml"] = each.offered.text.encode()
    beside = sent.folder
    for file in sorted(beside.rglob("*")):
        if file.is_file() and file.name != sent.request.file:
            made[f"{MODEL}s/{file.relative_to(beside).as_posix()}"] = file.read_bytes()
    with whole_folder(args.out) as scratch:
        for name, data in sorted(made.items()):
            (scratch / name).parent.mkdir(parents=True, exist_ok=True)
            (scratch / name).write_bytes(data)
    return tuple(sorted(made))


def _as_data(args: Arguments, result: Evaluation, status: Status, written: tuple[str, ...]) -> dict[str, Any]:
    return {
        "status": int(status),
        "meaning": _meaning(result, status),
        "edition": result.request.fingerprint,
        "order": [list(level) for level in result.order],
        "provisional": result.provisional,
        "decided": result.decided,
        "bids": [_bid_as_data(each) for each in result.bids],
        "weights": {
            key: [{"low": float(s.low), "high": float(s.high), "first": list(s.first)} for s in found]
            for key, found in result.spans.items()
        },
        "level_with": [{"bid": lead.rival, "moved": float(lead.moved)} for lead in result.leads],
        "cases": [{"if": case.name, "order": [list(level) for level in case.order]} for case in result.cases],
        "out": None if args.out is None else str(args.out),
        "files": list(written),
    }


def _bid_as_data(each: Evaluated) -> dict[str, Any]:
    return {
        "name": each.bid.name,
        "bidder": each.bid.bidder,
        "rejected": each.rejected,
        "gates": [{"id": g.requirement.id, "verdict": g.verdict, "why": g.why} for g in each.gates],
        "price": None if each.paid is None else [float(end) for end in each.paid],
        "points": [
            {
                "criterion": p.scale.key,
                "weight": float(p.scale.weight),
                "points": None if p.value is None else float(p.value),
            }
            for p in each.points
        ],
        "total": None if each.total is None else float(each.total) * 100,
        "so_far": float(each.so_far) * 100,
        "leaving": [
            {"month": x.month, "cost": None if x.cost is None else float(x.cost)} for x in each.leaving
        ],
        "remarks": [{"kind": r.kind, "where": r.where, "text": r.text} for r in each.bid.remarks],
    }


def _meaning(result: Evaluation, status: Status) -> str:
    return {
        Status.MET: "a bid comes first and passes every gate",
        Status.MISSED: "no bid passes every gate",
        Status.UNDECIDED: "no bid can be taken yet: a gate is open, something isn't judged, or two are level",
    }[status]


def _tell(args: Arguments, result: Evaluation, chosen: Bid | None) -> None:
    console, currency = args.console, result.request.currency
    console.say(
        f"{result.request.system}: {len(result.bids)} bids, {sum(e.rejected for e in result.bids)} rejected\n"
    )
    rows: list[tuple[str, ...]] = []
    places = {
        name: str(1 + sum(len(level) for level in result.order[:nth]))
        for nth, level in enumerate(result.order)
        for name in level
    }
    for each in sorted(result.bids, key=lambda e: (int(places.get(e.bid.name, "999")), e.bid.name)):
        gates = (
            f"fails {', '.join(g.requirement.id for g in each.failed)}"
            if each.failed
            else (f"open {', '.join(g.requirement.id for g in each.open)}" if each.open else "passed")
        )
        price = "incomplete" if each.paid is None else f"{float(each.paid[1]):,.0f} {currency}"
        points = (
            ""
            if each.rejected
            else f"{float(each.so_far) * 100:.1f}"
            + ("" if each.total is not None else f" to {float(each.reach[1]) * 100:.1f}")
        )
        rows.append((places.get(each.bid.name, "rejected"), each.bid.bidder, gates, price, points))
    columns = (
        Column("place"),
        Column("bid"),
        Column("gates"),
        Column("price over the contract"),
        Column("points of 100"),
    )
    console.table(columns, rows)
    for each in result.bids:
        for gate in each.failed:
            console.say(
                f"\n{each.bid.bidder} fails {gate.requirement.id}: {gate.requirement.text}\n  {gate.why}"
            )
    for each in result.bids:
        found = [r for r in each.bid.remarks if r.kind != "ask"]
        if found:
            console.say(f"\nin the file of {each.bid.bidder}")
            for remark in found[:12]:
                console.say(f"  {remark.where}: {remark.text}")
    if chosen is not None:
        console.say(f"\n{args.facts}: the prices of {chosen.bidder}")
    if args.out is not None:
        console.say(
            f"\n{args.out / 'award-memo.pdf'} is the advice on one page; {args.out / 'arithmetic.xlsx'} its arithmetic"
        )
