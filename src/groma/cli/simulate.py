"""`groma simulate MODEL`: put a model through scenarios: does it come back, when, what is lost, what saves it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from groma.cli.errors import UserError
from groma.cli.parser import Arguments, examples
from groma.cli.simulate_said import as_data, tell
from groma.cli.spreading import spread_options, spread_over
from groma.cli.status import Status
from groma.cli.table import Column
from groma.cli.target import refuse_brief, target_of

if TYPE_CHECKING:
    from groma.model.elements import Model
    from groma.model.scenario import Scenario

MOST_REPLICATIONS = 1000
MOST_RUNS = 10_000


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Simulate a model in its busiest hour while something goes wrong, beside the same system undisturbed: does it "
        "come back, how long after, how many runs are lost. Scenarios are those of the model (`scenarios:`), those of "
        "a file, or the ones every model gets: each part, place and supplier lost, slow or silent in turn, twice and "
        "ten times the load, empty caches. A system whose load is back to normal and whose goodput isn't is metastable."
    )
    parser.add_argument(
        "model", type=Path, metavar="MODEL", help="a model file, or a folder that Groma wrote"
    )
    parser.add_argument(
        "--scenario", action="append", default=[], metavar="NAME|FILE",
        help="only this scenario, or those of this file (may be repeated)",
    )  # fmt: skip
    parser.add_argument("--list", action="store_true", help="name the scenarios and run none")
    parser.add_argument(
        "--saved-by",
        action="store_true",
        help="where it doesn't come back, try which policy would have saved it",
    )
    parser.add_argument(
        "--threshold",
        action="store_true",
        help="search the load up to which it comes back from each scenario",
    )
    parser.add_argument(
        "--load",
        type=float,
        default=1.0,
        metavar="TIMES",
        help="every flow starts so many times as often (1)",
    )
    parser.add_argument(
        "--replications",
        type=int,
        default=8,
        metavar="N",
        help="runs of each scenario with numbers of their own (8)",
    )
    parser.add_argument(
        "--seed", type=int, default=1, metavar="N", help="another sequence of random numbers (1)"
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="write what is found as JSON; interrupted, the same command goes on",
    )
    spread_options(parser)
    parser.add_argument(
        "--trace", type=Path, metavar="FILE",
        help="write some runs of the undisturbed system as OpenTelemetry traces (OTLP JSON), and play no scenario",
    )  # fmt: skip
    parser.add_argument(
        "--runs", type=int, default=100, metavar="N", help="how many runs --trace writes (100)"
    )
    parser.add_argument("--stage", metavar="NAME", help="the model as it is at this stage")
    examples(
        parser,
        "groma simulate model.yaml",
        "groma simulate model.yaml --scenario search-down --saved-by",
        "groma simulate model.yaml --trace runs.json --runs 20",
        "groma simulate model.yaml --scenario storms.yaml --threshold --json",
    )


def run(args: Arguments) -> int:
    from groma import __version__, api
    from groma.analyses.held_within import may_stand_still
    from groma.analyses.simulation import Plan, PutThrough, answer_of
    from groma.catalog import load_catalog
    from groma.solvers.simulation import compiled
    from groma.workers import Done, Failed, Journal

    _check(args)
    path = target_of(args.model).path
    model = api.load(path, stage=args.stage)
    refuse_brief(path, model)
    if args.trace is not None:
        return _trace(args, model)
    chosen = {scenario.name: scenario for scenario in _chosen(args, model)}
    if args.list:
        args.console.answer([{"scenario": s.name, "title": s.title or s.name} for s in chosen.values()])
        if not args.json:
            args.console.table(
                (Column("scenario"), Column("is")), [(s.name, s.title or s.name) for s in chosen.values()]
            )
        return Status.MET
    plan = Plan(args.load, args.replications, args.seed, args.saved_by, args.threshold)
    circles = may_stand_still(model, load_catalog())
    work = PutThrough(model, chosen, plan, circles)
    journal = None
    if args.out is not None:
        kept = args.out.with_name(f"{args.out.name}.journal")
        journal = Journal(kept)
        args.console.progress.goes_on = (
            f"What is finished is in {kept}; give the same command again and it goes on."
        )
    if args.jobs is None and compiled() and not args.threshold:
        args.jobs = 1  # done before other processes have started
    outcomes = spread_over(
        args, work, list(chosen), journal=journal,
        names=[work.named(name, f"{__version__} {args.stage or ''}") for name in chosen] if journal is not None else (),
        work="scenarios",
    )  # fmt: skip
    failed = [outcome for outcome in outcomes if isinstance(outcome, Failed)]
    if failed:
        raise UserError(f"{path}: it can't be simulated: {failed[0].message}")
    found = [answer_of(outcome.value) for outcome in outcomes if isinstance(outcome, Done)]
    missing = next((each.seen.missing for each in found if each.seen.missing), ())
    if missing:
        raise UserError(
            f"{path}: it can't be simulated, because facts are missing: {', '.join(missing)}\n"
            f"State them in the model, or in facts beside it{_served(model, missing)}"
        )
    data = [as_data(each) for each in found]
    if args.out is not None and journal is not None:
        from groma.output import write_whole

        write_whole(
            args.out, json.dumps({"system": model.system, "model": model.digest, "scenarios": data}, indent=1)
        )
        journal.discard()
    args.console.answer(data)
    came_about = {told for each in found for told in each.seen.still}
    for told in circles:
        if told not in came_about:
            args.console.note(f"It may come to a standstill: {told}")
    if not args.json:
        tell(args, found)
    return Status.MISSED if any(each.seen.metastable or each.seen.still for each in found) else Status.MET


def _served(model: Model, missing: Iterable[str]) -> str:
    """What to state for the models served by oneself among what is missing; empty if there are none."""
    parts = [path.split(".") for path in missing if path.endswith(".work")]
    names = sorted(
        {p[1] for p in parts if p[0] == "components" and model.components[p[1]].serves is not None}
    )
    if not names:
        return ""
    measures = " and ".join(f"serving/{name}/ttft/mean, serving/{name}/tpot/mean" for name in names)
    return (
        f". A model served by oneself ({', '.join(names)}) gets no time here, since under a disturbance it would "
        f"change with the load: `groma assess` shows {measures}; state them, or those of the load you mean, as "
        "`work` and `per: {output: ...}` of the operation"
    )


def _trace(args: Arguments, model: Model) -> int:
    from groma.analyses.simulation import compiled, spans
    from groma.exporters import otlp
    from groma.output import write_whole

    made = compiled(model, times=args.load)
    if made.missing or not made.rates:
        missing = ", ".join(made.missing or ("flows.*.starts.rate",))
        raise UserError(
            f"{args.model}: it can't be simulated, because facts are missing: {missing}"
            f"{_served(model, made.missing)}"
        )
    found = spans(model, made, args.runs, seed=args.seed)
    write_whole(args.trace, otlp(found, args.seed))
    args.console.answer({"file": str(args.trace), "spans": len(found)})
    if not args.json:
        args.console.say(f"{args.trace}: {len(found)} spans of {args.runs} runs")
    return Status.MET


def _check(args: Arguments) -> None:
    if not 1 <= args.replications <= MOST_REPLICATIONS:
        raise UserError(f"--replications: expected 1 to {MOST_REPLICATIONS}, found {args.replications}")
    if not 1 <= args.runs <= MOST_RUNS:
        raise UserError(f"--runs: expected 1 to {MOST_RUNS}, found {args.runs}")
    if not (0.0 < args.load < 1e6):
        raise UserError(f"--load: expected a factor such as 2, found {args.load:g}")


def _chosen(args: Arguments, model: Model) -> list[Scenario]:
    from groma import api
    from groma.model.grammar import did_you_mean

    known = api.scenarios(model)
    if not args.scenario:
        if not known:
            raise UserError(
                f"{args.model}: nothing to simulate: no flow says how often it starts and calls something"
            )
        return list(known.values())
    chosen: list[Scenario] = []
    for name in args.scenario:
        if name in known:
            chosen.append(known[name])
        elif Path(name).is_file():
            chosen += api.scenarios(model, name).values()
        else:
            hint = did_you_mean(name, list(known)) or "; `--list` names those of the model"
            raise UserError(f"--scenario: there is no scenario and no file `{name}`{hint}")
    return chosen
