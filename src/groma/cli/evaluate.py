"""`groma evaluate DATASET --metrics LIST`: metrics of a data set with intervals, and whether a target is shown."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from groma.cli.errors import UserError
from groma.cli.files import bounded
from groma.cli.parser import Arguments, examples
from groma.cli.status import Status
from groma.cli.table import Column
from groma.cli.target import target_of

if TYPE_CHECKING:
    from groma.model.elements import EvaluationSet

MOST_PROBLEMS = 20


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Score a data set: JSON Lines, a case a line, with `output` and, by metric, `expected`, "
        "`retrieved` and `relevant`, `verdict` or `schema`. Each metric comes with its 95 % interval; with --target it "
        "says whether the target is met or missed beyond chance, or undecided, and how many cases more would decide. "
        "With --model and --set, metric and target are those that the model states for the data set, and it is told "
        "when the file has another number of cases. Ends with status 1 when it is missed."
    )
    parser.add_argument("dataset", type=Path, metavar="DATASET", help="a file of JSON Lines")
    parser.add_argument(
        "--metrics", metavar="LIST", help="which, separated by commas (exact, or what the model states)"
    )
    parser.add_argument("--target", type=float, metavar="SHARE", help="the least that is good enough, 0 to 1")
    parser.add_argument("--model", type=Path, metavar="MODEL", help="the model that states the data set")
    parser.add_argument("--set", metavar="NAME", help="which of its `evaluations` this is")
    examples(
        parser,
        "groma evaluate answers.jsonl --metrics exact,rouge-l",
        "groma evaluate reviewed.jsonl --metrics approved --target 0.8",
        "groma evaluate golden.jsonl --model model.yaml --set golden",
    )


def run(args: Arguments) -> int:
    from groma.analyses.evaluation import METRICS, Score, UnusableCase, scored
    from groma.model.quantity import Quantity

    held = _stated(args)
    listed = str(args.metrics or (held.metric if held is not None else "exact"))
    wanted = [name.strip() for name in listed.split(",") if name.strip()]
    unknown = [name for name in wanted if name not in METRICS]
    if unknown or not wanted:
        raise UserError(
            f"--metrics: expected some of {', '.join(METRICS)}; found {', '.join(unknown) or 'none'}"
        )
    target: float | None = args.target
    if target is None and held is not None and isinstance(held.threshold, Quantity):
        target = held.threshold.mean
    if args.target is not None and not 0.0 < args.target < 1.0:
        raise UserError(f"--target: expected a share between 0 and 1, found {args.target}")
    cases = _cases(args.dataset)
    scores, problems = list[Score](), list[str]()
    for name in wanted:
        try:
            for line, case in cases:
                try:
                    METRICS[name](case)
                except UnusableCase as error:
                    problems.append(f"{args.dataset}:{line}:1: {error} (metric {name})")
            if not problems:
                scores.append(scored(name, [case for _, case in cases], target))
        except ImportError as error:
            raise UserError(
                f"metric {name} needs another package: pip install 'groma[eval]' ({error.name})"
            ) from error
    if problems:
        more = len(problems) - MOST_PROBLEMS
        raise UserError("\n".join((*problems[:MOST_PROBLEMS], *((f"and {more} more",) if more > 0 else ()))))
    if held is not None and held.cases is not None and held.cases != len(cases):
        args.console.note(
            f"{args.dataset} has {len(cases)} cases; the model states {held.cases} for {held.name}"
        )
    args.console.answer([asdict(score) for score in scores])
    if not args.json:
        args.console.table(
            (Column("metric"), Column("cases"), Column("score"), Column("95 % interval"), Column("verdict")),
            [
                (
                    s.metric, str(s.cases), f"{s.value:.3f}", f"{s.low:.3f} to {s.high:.3f}",
                    s.verdict + (f": about {s.more} cases more would decide" if s.more else ""),
                )
                for s in scores
            ],
        )  # fmt: skip
    verdicts = {score.verdict for score in scores}
    return (
        Status.MISSED if "missed" in verdicts else Status.UNDECIDED if "undecided" in verdicts else Status.MET
    )


def _stated(args: Arguments) -> EvaluationSet | None:
    """The data set as the model states it."""
    if (args.model is None) != (args.set is None):
        raise UserError("--model and --set go together: the model, and which of its `evaluations` this is")
    if args.model is None:
        return None
    from groma import api
    from groma.model.grammar import did_you_mean

    path = target_of(args.model).path
    known = api.load(path).evaluations
    if args.set not in known:
        names = ", ".join(known) or "none"
        raise UserError(
            f"--set {args.set}: expected the name of a data set under `evaluations` of {path}"
            f"{did_you_mean(args.set, known)}; there are: {names}"
        )
    return known[args.set]


def _cases(path: Path) -> list[tuple[int, dict[str, Any]]]:
    data = bounded(path, "evaluate a part of it")
    found: list[tuple[int, dict[str, Any]]] = []
    problems: list[str] = []
    for number, line in enumerate(data.decode("utf-8", errors="replace").splitlines(), 1):
        if not line.strip():
            continue
        try:
            case: Any = json.loads(line)
        except (ValueError, RecursionError) as error:
            problems.append(f"{path}:{number}:1: expected a JSON object, found what isn't JSON ({error})")
            continue
        if isinstance(case, dict):
            found.append((number, cast("dict[str, Any]", case)))
        else:
            problems.append(
                f"{path}:{number}:1: expected a JSON object, found {type(cast('object', case)).__name__}"
            )
    if problems:
        raise UserError("\n".join(problems[:MOST_PROBLEMS]))
    if not found:
        raise UserError(f"{path}: expected a case a line, found none")
    return found
