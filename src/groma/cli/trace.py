"""`groma trace MODEL [ID]`: requirement -> element -> threat -> control -> test -> signal, and back; gaps at once."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from groma.cli.errors import UserError
from groma.cli.parser import Arguments, examples
from groma.cli.status import Status
from groma.cli.table import Column
from groma.cli.target import catalog_option, check_folders, refuse_brief, target_of

if TYPE_CHECKING:
    from groma.analyses.threats import Chain


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Follow a requirement to the elements that meet it, the threats that their structure makes possible, "
        "the controls that stand there, how each is tested and what signals it; or back from any of them. ID is a need "
        "(needs.quick), an element (components.writer, flows.answer), a threat (prompt-injection, LLM01, LLM01:2025, "
        "ASI02, AML.T0051), or a control; without it everything is told. Ends with 1 if a gap of severity error "
        "is told."
    )
    parser.add_argument("model", type=Path, metavar="MODEL", help="a model, or a folder that Groma wrote")
    parser.add_argument("id", nargs="?", metavar="ID", help="what to follow, forwards and back")
    parser.add_argument(
        "--gaps", action="store_true", help="only what is missing: no control, no test, no signal"
    )
    parser.add_argument("--tree", action="store_true", help="as a tree, with tests and signals in full")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write the matrix as CSV")
    parser.add_argument("--stage", metavar="NAME", help="the model as it is at this stage")
    catalog_option(parser)
    examples(
        parser,
        "groma trace model.yaml",
        "groma trace model.yaml --gaps --csv matrix.csv",
        "groma trace model.yaml --json",
    )


def run(args: Arguments) -> int:
    from groma import api
    from groma.analyses import Context
    from groma.analyses.observability import plan
    from groma.analyses.threats import about, signals_of, traced
    from groma.model.figure import Ledger

    check_folders("--catalog", args.catalog)
    path = target_of(args.model).path
    model = api.load(path, stage=args.stage)
    refuse_brief(path, model)
    context = Context(model, api.catalog(args.catalog), Ledger(model.digest))
    chains = traced(context, signals_of(model, plan(context).watched()))
    if args.id is not None:
        found = about(chains, args.id)
        if not found:
            raise UserError(_unknown(args.id, path, chains))
        chains = found
    if args.gaps:
        chains = tuple(chain for chain in chains if chain.gap)
    if args.csv is not None:
        from groma.output import write_whole

        write_whole(args.csv, _csv(chains))
        args.console.note(f"{args.csv}: written")
    status = Status.MISSED if any(chain.severity == "error" for chain in chains) else Status.MET
    args.console.answer({"status": int(status), "chains": [_data(chain) for chain in chains]})
    if not args.json:
        _tell(args, chains)
    return status


HEADS = (
    "needs",
    "element",
    "threat",
    "ids",
    "control",
    "kind",
    "test",
    "signals",
    "owner",
    "gap",
    "severity",
)


def _data(chain: Chain) -> dict[str, Any]:
    made: dict[str, Any] = {head: getattr(chain, head) for head in HEADS}
    return {
        head: list(cast("tuple[Any, ...]", value)) if isinstance(value, tuple) else value
        for head, value in made.items()
    }


def _csv(chains: Sequence[Chain]) -> str:
    """The matrix; a cell that a spreadsheet would take for a formula gets an apostrophe."""
    import csv
    import io

    def cell(value: Any) -> str:
        text = "; ".join(map(str, cast("tuple[Any, ...]", value))) if isinstance(value, tuple) else str(value)
        return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text

    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(HEADS)
    writer.writerows([cell(getattr(chain, head)) for head in HEADS] for chain in chains)
    return stream.getvalue()


def _tell(args: Arguments, chains: Sequence[Chain]) -> None:
    say = args.console.say
    if not chains:
        say("Nothing is missing." if args.gaps else "The model has no needs and no part that writes freely.")
        return
    if args.tree:
        _tell_tree(args, chains)
    else:
        columns = (Column("Needs"), Column("Element"), Column("Threat"), Column("Control"), Column("Signals"))
        args.console.table(
            columns,
            [
                (
                    ", ".join(need.removeprefix("needs.") for need in chain.needs),
                    chain.element,
                    chain.threat,
                    chain.control or (f"none ({chain.severity})" if chain.gap else ""),
                    "; ".join(chain.signals[:1])
                    + (f" +{len(chain.signals) - 1}" if chain.signals[1:] else ""),
                )
                for chain in chains
            ],
        )
    gaps = [chain for chain in chains if chain.gap]
    errors = sum(1 for chain in gaps if chain.severity == "error")
    say()
    say(f"{len(chains)} chains, {len(gaps)} of them with a gap, {errors} of those errors")


def _tell_tree(args: Arguments, chains: Sequence[Chain]) -> None:
    say = args.console.say
    last: tuple[str, str] = ("", "")
    for chain in chains:
        if (chain.element, chain.threat) != last:
            say(chain.element or "no element")
            if chain.needs:
                say(f"  asked by: {', '.join(chain.needs)}")
            if chain.threat:
                say(f"  threat: {chain.threat} ({', '.join(chain.ids)})")
            last = (chain.element, chain.threat)
        if chain.control:
            say(f"    control: {chain.control}")
            say(f"      test: {chain.test or 'none'}")
        if chain.signals:
            say(f"      signals: {'; '.join(chain.signals)}")
        if chain.gap:
            owner = f"; owned by {chain.owner}" if chain.owner else ""
            say(f"    gap ({chain.severity}): {chain.gap}{owner}")


def _unknown(name: str, path: Path, chains: Sequence[Chain]) -> str:
    from groma.model.grammar import did_you_mean

    known = sorted({each for chain in chains for each in chain.names()})
    return f"{path}: nothing called `{name}` stands in any chain{did_you_mean(name.lower(), known)}"
