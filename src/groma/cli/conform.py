"""`groma conform MODEL TRACES`: do traces of a system run the programs of its model, and where do they leave them?"""

from __future__ import annotations

import argparse
import math
from dataclasses import asdict
from pathlib import Path

from groma.cli.errors import UserError
from groma.cli.files import bounded
from groma.cli.parser import Arguments, examples
from groma.cli.status import Status
from groma.cli.table import Column
from groma.cli.target import refuse_brief, target_of

MOST_ROWS = 20


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Hold traces of a system against its model. TRACES is OpenTelemetry's OTLP JSON: one object, or one a line. "
        "Each trace is replayed: can the steps of its flow, with their retries, timeouts, fallbacks and branches, have "
        "made the calls that were seen, in that order, with those ends? Of a trace that they can't, the first "
        "deviation is told. Services and operations have the names of the model's components; --name says which is "
        "which. Spans of OpenTelemetry's conventions for generative AI are read as calls of the models and tools of "
        "the design, and held against it: another model, an unknown tool, tokens outside what is stated, their money, "
        "attributes that are missing. "
        "Ends with status 1 when a trace deviates or a difference is found."
    )
    parser.add_argument("model", type=Path, metavar="MODEL", help="a model file, or its folder")
    parser.add_argument("traces", type=Path, metavar="TRACES", help="a file of OTLP JSON")
    parser.add_argument(
        "--name", action="append", default=[], metavar="SERVICE=COMPONENT", help="the component that a service is"
    )  # fmt: skip
    parser.add_argument(
        "--slack", type=float, default=1e-6, metavar="SECONDS", help="how far clocks may differ (0.000001)"
    )
    parser.add_argument(
        "--rows", type=int, default=MOST_ROWS, metavar="N", help=f"deviations shown ({MOST_ROWS})"
    )
    parser.add_argument(
        "--conventions",
        metavar="VERSION",
        help="version of the conventions for generative AI (the pinned one)",
    )
    parser.add_argument("--stage", metavar="NAME", help="the model as it is at this stage")
    examples(
        parser,
        "groma conform model.yaml runs.json",
        "groma conform model.yaml traces.jsonl --name shop-frontend=web --slack 0.002 --json",
    )


def run(args: Arguments) -> int:
    from groma import api
    from groma.analyses.conformance import UnreadableTrace, as_designed, conform, differences, read_otlp
    from groma.analyses.conformance.conform import renamed
    from groma.analyses.context import Context
    from groma.analyses.observability.tracing import PINNED, PROFILES
    from groma.catalog import load_catalog
    from groma.model.figure import Ledger

    if args.rows < 1 or not 0.0 <= args.slack < math.inf:
        raise UserError("--rows: expected 1 or more; --slack: expected seconds, zero or more")
    if args.conventions is not None and args.conventions not in PROFILES:
        raise UserError(f"--conventions: expected {' or '.join(PROFILES)}, found `{args.conventions}`")
    path = target_of(args.model).path
    model = api.load(path, stage=args.stage)
    refuse_brief(path, model)
    if model.alternatives:
        raise UserError(f"{args.model}: choices of the design are open: only a finished design has runs")
    services = dict(_pair(each, set(model.components) | set(model.people)) for each in args.name)
    try:
        spans = read_otlp(_text(args.traces))
    except UnreadableTrace as error:
        raise UserError(f"{args.traces}: {error}") from error
    spans = renamed(spans, services)
    found = conform(model, as_designed(model, spans), args.slack)
    context = Context(model, load_catalog(), Ledger(model.digest))
    other = differences(context, spans, PROFILES[args.conventions] if args.conventions else PINNED)
    astray = [each for each in found if each.deviation is not None]
    open_ones = sum(each.verdict == "undecided" for each in found)
    args.console.answer(
        {"traces": [asdict(each) for each in found], "models": [asdict(each) for each in other]}
    )
    if not args.json:
        conforming = len(found) - len(astray) - open_ones
        more = f", {open_ones} undecided" if open_ones else ""
        args.console.say(f"{conforming} of {len(found)} traces run the model's programs{more}")
        if astray:
            args.console.table(
                (Column("trace"), Column("runs"), Column("after"), Column("found"), Column("could be"), Column("in")),
                [
                    (
                        each.trace, each.runs, f"{d.after:.6g} s", d.found, " or ".join(d.expected) or "nothing more",
                        d.within,
                    )
                    for each in astray[: args.rows]
                    if (d := each.deviation) is not None
                ],
            )  # fmt: skip
            if len(astray) > args.rows:
                args.console.note(f"and {len(astray) - args.rows} more (--rows, --json)")
        if other:
            args.console.say(f"{len(other)} differences between models and tools as seen and as designed")
            args.console.table(
                (
                    Column("what"),
                    Column("where"),
                    Column("found"),
                    Column("designed"),
                    Column("spans"),
                    Column("first"),
                ),
                [(d.what, d.where, d.found, d.expected, str(d.spans), d.span) for d in other[: args.rows]],
            )
            if len(other) > args.rows:
                args.console.note(f"and {len(other) - args.rows} more (--rows, --json)")
    return Status.MISSED if astray or other else Status.UNDECIDED if open_ones else Status.MET


def _pair(text: str, known: set[str]) -> tuple[str, str]:
    service, equals, component = text.partition("=")
    if not equals or component not in known:
        raise UserError(f"--name: expected SERVICE=COMPONENT with a component of the model, found `{text}`")
    return service, component


def _text(path: Path) -> str:
    data = bounded(path, "look at a part of it")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: isn't UTF-8 at byte {error.start}") from error
