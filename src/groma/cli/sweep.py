"""`groma sweep MODEL`: figures over a grid of facts, of load, and over what isn't known better, as a table."""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from groma.cli.errors import UserError
from groma.cli.parser import Arguments, examples
from groma.cli.spreading import spread_options, spread_over, whole
from groma.cli.status import Status
from groma.cli.target import catalog_option, check_folders, refuse_brief, target_of

if TYPE_CHECKING:
    from groma.analyses.uncertainty.sweep import Varied
    from groma.model.elements import Model

FORMS = (".csv", ".json")
STEPS, MOST_STEPS = 5, 100_000


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Work out figures at many points and write them as a table, a row a point: over a grid of facts (--vary), of "
        "load (--vary load=1..4), and over samples of what isn't known better (--samples). Without samples, facts "
        "that aren't varied keep their ranges and every row has guaranteed intervals. Work that is interrupted goes on "
        "where it stopped when the command is given again; the table is the same bytes on any number of cores."
    )
    parser.add_argument(
        "model", type=Path, metavar="MODEL", help="a model file, or a folder that Groma wrote"
    )
    parser.add_argument(
        "--vary", action="append", default=[], metavar="FACT=LOW..HIGH[:N]",
        help=f"a fact, or `load` (times the load of all flows), and its range in N steps (unless told: {STEPS})",
    )  # fmt: skip
    parser.add_argument(
        "--samples", type=whole, default=0, metavar="N",
        help="scrambled Sobol points over the other facts with a known range (a power of two)",
    )  # fmt: skip
    parser.add_argument(
        "--measure", action="append", default=[], metavar="MEASURE",
        help="what is worked out (unless told: what needs and wishes ask for)",
    )  # fmt: skip
    parser.add_argument("--seed", default="groma", metavar="WORD", help="another seed, other Sobol points")
    parser.add_argument(
        "-o",
        "--out",
        type=Path,
        required=True,
        metavar="FILE",
        help="where to write the table: .csv or .json",
    )
    parser.add_argument("--stage", metavar="NAME", help="the model as it is at this stage")
    catalog_option(parser)
    spread_options(parser)
    examples(
        parser,
        'groma sweep model.yaml --vary "hosting=40 EUR/month..70 EUR/month:7" --out bill.csv',
        "groma sweep model.yaml --vary load=1..8:15 --measure latency/order/p95 --out load.csv",
        "groma sweep model.yaml --samples 1024 --jobs 4 --out spread.json",
    )


def run(args: Arguments) -> int:
    from groma import api
    from groma.analyses.uncertainty.points import AtPoints
    from groma.analyses.uncertainty.spread import measures_of
    from groma.analyses.uncertainty.sweep import SweepError, as_csv, as_json, planned, rows
    from groma.output import write_whole
    from groma.workers import Failed, Journal

    check_folders("--catalog", args.catalog)
    if args.out.suffix not in FORMS:
        raise UserError(f"--out: expected a file that ends in {' or '.join(FORMS)}, found {args.out}")
    if args.samples & (args.samples - 1):
        near = 1 << args.samples.bit_length()
        raise UserError(
            f"--samples: Sobol points come in powers of two, such as {near}, found {args.samples}"
        )
    path = target_of(args.model).path
    model = api.load(path, stage=args.stage)
    refuse_brief(path, model)
    measures = _measures(args.measure) or measures_of(model)
    if not measures:
        raise UserError("the model states no needs or wishes that are numbers: name a --measure")
    if not args.vary and not args.samples:
        raise UserError("nothing to sweep: give a --vary, --samples or both")
    varied = [_varied(model, text) for text in args.vary]
    tables = api.catalog(args.catalog)
    try:
        sweep = planned(model, tables, measures, varied, args.samples, args.seed)
    except (SweepError, ValueError, KeyError) as error:
        raise UserError(str(error)) from None
    kept = args.out.with_name(f"{args.out.name}.journal")
    args.console.progress.goes_on = (
        f"What is finished is in {kept}; give the same command again and it goes on."
    )
    scope = _scope(args, model, sweep.ranges)
    journal = Journal(kept)
    outcomes = spread_over(
        args, AtPoints(model, tables, more=sweep.more, ranges=sweep.ranges), sweep.points, journal=journal,
        names=[point.name(scope) for point in sweep.points],
    )  # fmt: skip
    table = rows(sweep, outcomes)
    about = {
        "system": model.system,
        "model": model.digest,
        "stage": args.stage,
        "samples": args.samples,
        "seed": args.seed,
    }
    write_whole(args.out, as_csv(sweep, table) if args.out.suffix == ".csv" else as_json(sweep, table, about))
    journal.discard()
    failed = [outcome for outcome in outcomes if isinstance(outcome, Failed)]
    args.console.answer({"out": str(args.out), "points": len(outcomes), "failed": len(failed)})
    args.console.say(f"{args.out}: {len(outcomes)} points, {len(sweep.measures)} measures")
    if failed:
        args.console.note(f"{len(failed)} points have no figures: {failed[0].kind}: {failed[0].message}")
    return Status.MET


def _measures(asked: list[str]) -> tuple[str, ...]:
    from groma.analyses.uncertainty.spread import IN_WORDS
    from groma.model.measure import parse_measure

    for measure in asked:
        found = parse_measure(measure)
        if isinstance(found, str):
            raise UserError(f"--measure: {found}")
        if found.kind in IN_WORDS:
            raise UserError(f"--measure: {measure} is a word, not a number")
    return tuple(dict.fromkeys(asked))


def _varied(model: Model, text: str) -> Varied:
    """`FACT=LOW..HIGH[:N]`, or the same for `load`, without a unit."""
    from groma.analyses.uncertainty.sweep import LOAD, Varied
    from groma.model.grammar import did_you_mean
    from groma.model.quantity_text import SpellingError, read_range

    name, equals, rest = text.partition("=")
    written, _, steps = rest.partition(":")
    if not equals or not written.strip():
        raise UserError(f"--vary: expected FACT=LOW..HIGH or FACT=LOW..HIGH:N, found {text}")
    fact = model.facts.get(name)
    if fact is None and name != LOAD:
        hint = (
            did_you_mean(name, [*model.facts, LOAD]) or f"; the model has {', '.join(model.facts) or 'none'}"
        )
        raise UserError(f"--vary: there is no fact `{name}`{hint}")
    count = whole_steps(steps, text) if steps else STEPS
    try:
        reading = read_range(written.strip())
    except SpellingError as error:
        raise UserError(f"--vary: {error.message(('any',))}") from None
    wanted = "1" if fact is None else fact.value.unit.canonical.symbol
    if reading.unit.canonical.symbol not in (wanted, *(("",) if wanted == "1" else ())):
        stated = "no unit" if fact is None else f"{fact.value.unit.symbol} as in `{fact.value.text}`"
        raise UserError(f"--vary: {name} is counted in {stated}, found `{written.strip()}`")
    low, high = reading.known or (reading.law.mean, reading.law.mean)
    if fact is None and low <= 0:
        raise UserError("--vary: a load is more than nought times the stated one")
    return Varied(
        name, tuple(low + (high - low) * n / (count - 1) for n in range(count)) if count > 1 else (low,)
    )


def whole_steps(text: str, written: str) -> int:
    """How many values a range is cut into."""
    try:
        return min(whole(text.strip()), MOST_STEPS)
    except argparse.ArgumentTypeError as error:
        raise UserError(f"--vary: {written}: {error}") from None


def _scope(args: Arguments, model: Model, ranges: bool) -> str:
    """What a finished point hangs on beside itself: the model, its stage, Groma, and tables of one's own."""
    from groma import __version__

    own = hashlib.sha256()
    for folder in args.catalog:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            own.update(f"{file.relative_to(folder)}\n".encode())
            own.update(hashlib.sha256(file.read_bytes()).digest())
    return "\n".join((__version__, model.digest, args.stage or "", str(ranges), own.hexdigest()))
