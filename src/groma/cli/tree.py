"""`groma tree TARGET`: a fault tree (of a flow, or an Open-PSA file): probability, cut sets, importance; rewritten."""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groma.cli.errors import UserError
from groma.cli.parser import Arguments, examples
from groma.cli.status import Status
from groma.cli.table import Column
from groma.cli.target import catalog_option, check_folders, refuse_brief, target_of

if TYPE_CHECKING:
    from groma.model.elements import Model
    from groma.solvers.faulttrees import Formula

MOST_ROWS = 10


@dataclass(frozen=True, slots=True)
class Tree:
    """What is asked about: when the top event occurs, and the coherent formula whose cut sets describe it."""

    name: str
    top: Formula
    coherent: Formula
    probabilities: Mapping[str, float]


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Look at a fault tree: the probability of its top event, how many minimal cut sets it has and the likeliest of "
        "them, and how much each event matters. TARGET is a model (the tree is that of a flow, read from its program "
        "and from what runs on what) or a file in the Open-PSA Model Exchange Format. What is too large for an exact "
        "answer gets bounds, and says so."
    )
    parser.add_argument("target", type=Path, metavar="TARGET", help="a model, or an Open-PSA file (.xml)")
    parser.add_argument("--flow", metavar="FLOW[@MARK]", help="of a model: which flow, maybe only to a mark")
    parser.add_argument("--stage", metavar="NAME", help="of a model: as it is at this stage")
    catalog_option(parser)
    parser.add_argument(
        "--gate", metavar="NAME", help="of a file: the gate asked about, if not the only top gate"
    )
    parser.add_argument(
        "--mission-time", type=float, metavar="NUMBER", help="of a file: the mission time, in the file's unit"
    )
    parser.add_argument(
        "--rows", type=int, default=MOST_ROWS, metavar="N", help=f"cut sets and events shown ({MOST_ROWS})"
    )
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the tree in the Open-PSA format")
    examples(
        parser,
        "groma tree model.yaml --flow order",
        "groma tree plant.xml --mission-time 8760 --rows 20",
        "groma tree model.yaml --flow order --write order.xml",
    )


def run(args: Arguments) -> int:
    if args.rows < 1 or (args.mission_time is not None and not 0.0 <= args.mission_time < math.inf):
        raise UserError("--rows: expected 1 or more; --mission-time: expected a number of zero or more")
    check_folders("--catalog", args.catalog)
    tree = _of_file(args) if args.target.suffix.lower() == ".xml" else _of_model(args)
    data = _looked_at(tree, args.rows)
    if args.write is not None:
        from groma.output import write_whole
        from groma.solvers.faulttrees import write_openpsa

        write_whole(args.write, write_openpsa(tree.name, tree.top, tree.probabilities))
        args.console.note(f"{args.write}: written")
    args.console.answer(data)
    _tell(args, data)
    return Status.MET


def _of_file(args: Arguments) -> Tree:
    from groma.solvers.faulttrees import OpenPsaError, read_openpsa

    for option, given in (("--flow", args.flow), ("--stage", args.stage)):
        if given is not None:
            raise UserError(
                f"{option}: {args.target} is a fault tree, which has none; give a model, or leave it out"
            )
    try:
        read = read_openpsa(args.target.read_bytes(), args.mission_time)
        top = read.top(args.gate)
    except OpenPsaError as error:
        raise UserError(f"{args.target}: {error}") from None
    return Tree(args.gate or read.tops[0], top, top, read.probabilities)


def _of_model(args: Arguments) -> Tree:
    from groma import api
    from groma.analyses import Context
    from groma.analyses.fault_tree import fault_tree
    from groma.model.figure import Ledger

    for option, given in (("--gate", args.gate), ("--mission-time", args.mission_time)):
        if given is not None:
            raise UserError(f"{option}: {args.target} is a model; it is for fault trees (.xml)")
    path = target_of(args.target).path
    model = api.load(path, stage=args.stage)
    refuse_brief(path, model)
    subject = _subject(args, model)
    found = fault_tree(Context(model, api.catalog(args.catalog), Ledger(model.digest)), subject)
    return Tree(subject, found.lost, found.any_run, found.probabilities)


def _subject(args: Arguments, model: Model) -> str:
    from groma.model.grammar import did_you_mean
    from groma.model.model_programs import marks_of

    if args.flow is None:
        if len(model.flows) != 1:
            raise UserError(
                f"--flow: say which: the model has {', '.join(f'`{f}`' for f in model.flows) or 'none'}"
            )
        return next(iter(model.flows))
    flow, at, mark = args.flow.partition("@")
    if flow not in model.flows:
        raise UserError(f"--flow: there is no flow `{flow}`{did_you_mean(flow, model.flows)}")
    if at and mark not in marks_of(model, flow):
        marks = marks_of(model, flow)
        raise UserError(f"--flow: flow `{flow}` has no mark `{mark}`{did_you_mean(mark, marks)}")
    return str(args.flow)


def _looked_at(tree: Tree, rows: int) -> dict[str, Any]:
    from groma.solvers.faulttrees import Refusal, compile_formula, events_of, probability

    events = events_of(tree.top)
    missing = [name for name in events if name not in tree.probabilities]
    compiled = compile_formula(tree.top)
    found = probability(compiled, {name: tree.probabilities.get(name, (0.0, 1.0)) for name in events})
    data: dict[str, Any] = {"tree": tree.name, "events": len(events), "gates": len(compiled.net.gates)}
    if isinstance(found, Refusal):
        data["probability"] = {
            "low": found.lower,
            "high": found.upper,
            "why": f"{found.reason}; {found.remedy}",
        }
    elif missing:
        why = f"no probability is known of {', '.join(missing[:5])}{', ...' if len(missing) > 5 else ''}"
        data["probability"] = {"low": found.lower, "high": found.upper, "why": why}
    else:
        data["probability"] = {"value": found.value, "complement": found.complement}
    data["cut_sets"] = _cut_sets(tree, rows)
    data["importance"] = [] if missing else _importance(tree, compiled, rows)
    return data


def _cut_sets(tree: Tree, rows: int) -> dict[str, Any]:
    from groma.solvers.faulttrees import Refusal, events_of, minimal_cut_sets

    found = minimal_cut_sets(tree.coherent)
    if isinstance(found, Refusal):
        return {"why": f"{found.reason}; {found.remedy}"}
    known = all(name in tree.probabilities for name in events_of(tree.coherent))
    ranked = found.first(rows, "probability", tree.probabilities) if known else found.first(rows)
    listed = [{"events": list(cut.events), "probability": cut.probability} for cut in ranked]
    orders = {str(order): count for order, count in found.by_order().items()}
    return {"count": found.count(), "by_order": orders, "first": listed}


def _importance(tree: Tree, compiled: Any, rows: int) -> list[dict[str, Any]]:
    from groma.solvers.faulttrees import Refusal, importances

    found = importances(compiled, tree.probabilities)
    if isinstance(found, Refusal):
        return []
    ranked = sorted(found.items(), key=lambda each: (-(each[1].fussell_vesely or 0.0), each[0]))
    return [
        {
            "event": name,
            "probability": tree.probabilities[name],
            "birnbaum": each.birnbaum,
            "fussell_vesely": each.fussell_vesely,
            "risk_achievement": each.risk_achievement,
            "risk_reduction": None if each.risk_reduction == math.inf else each.risk_reduction,
        }
        for name, each in ranked[:rows]
    ]


def _tell(args: Arguments, data: Mapping[str, Any]) -> None:
    say, p, sets = args.console.say, data["probability"], data["cut_sets"]
    say(f"{data['tree']}: {data['events']} events, {data['gates']} gates")
    if "value" in p:
        say(f"probability {p['value']:.6g}, of the opposite {p['complement']:.12g}")
    else:
        say(f"probability between {_shown(p['low'])} and {_shown(p['high'])}: {p['why']}")
    if "why" in sets:
        say(f"cut sets: {sets['why']}")
    else:
        orders = ", ".join(f"{count} of {order}" for order, count in sets["by_order"].items())
        say(f"{sets['count']} minimal cut sets ({orders})\n")
        columns = (Column("cut set"), Column("probability", number=True))
        rows = [(" and ".join(cut["events"]), _shown(cut["probability"])) for cut in sets["first"]]
        args.console.table(columns, rows)
    if data["importance"]:
        say()
        titles = ("probability", "Birnbaum", "Fussell-Vesely", "RAW", "RRW")
        keys = ("probability", "birnbaum", "fussell_vesely", "risk_achievement", "risk_reduction")
        rows = [(each["event"], *(_shown(each[key]) for key in keys)) for each in data["importance"]]
        args.console.table((Column("event"), *(Column(title, number=True) for title in titles)), rows)


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.5g}"
