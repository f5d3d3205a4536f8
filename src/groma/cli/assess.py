"""`groma assess MODEL`: is each need met, by how much, and what would change the answer."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groma.cli.errors import UserError
from groma.cli.parser import Arguments, examples
from groma.cli.spreading import spread_options, spread_over, whole
from groma.cli.status import Status
from groma.cli.study import study_of, tell_study
from groma.cli.table import Column
from groma.cli.target import check_folders, model_options, refuse_brief, target_of
from groma.cli.verdicts import figure_as_data, finding_as_data, needs_as_data, status_of, tell_needs

if TYPE_CHECKING:
    from groma.api import Assessment
    from groma.model.figure import NeedResult
    from groma.model.finding import Finding


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Work out every figure of a model and hold its needs against them. A need is met or missed only if the whole "
        "interval of its figure lies on one side of the target; otherwise it is undecided, and the facts that would "
        "decide it are named. A folder that Groma wrote is first checked against the files it was made from."
    )
    parser.add_argument(
        "model", type=Path, metavar="MODEL", help="a model file, or a folder that Groma wrote"
    )
    model_options(parser)
    parser.add_argument(
        "--need", action="append", default=[], metavar="NAME", help="only this need (may be repeated)"
    )
    parser.add_argument("--figures", action="store_true", help="show all figures, not only those of needs")
    parser.add_argument(
        "--uncertainty", action="store_true",
        help="also how figures spread over what isn't known better, which fact matters most, how much load they stand",
    )  # fmt: skip
    parser.add_argument(
        "--samples", type=whole, default=256, metavar="N",
        help="with --uncertainty: points at which each figure is worked out at least (256)",
    )  # fmt: skip
    spread_options(parser)
    parser.add_argument(
        "--junit", type=Path, metavar="FILE", help="write the needs as JUnit XML, for build servers"
    )
    parser.add_argument(
        "--sarif", type=Path, metavar="FILE", help="write needs and findings as SARIF, for code review"
    )
    examples(
        parser,
        "groma assess model.yaml",
        "groma assess model.yaml --stage next-year --need quick",
        "groma assess model.yaml --uncertainty --samples 1024",
        "groma assess out/escalation-desk --junit needs.xml --sarif findings.sarif",
    )


def run(args: Arguments) -> int:
    from groma import api

    check_folders("--catalog", args.catalog)
    check_folders("--rules", args.rules)
    target = target_of(args.model)
    if target.stale:
        return _stale(args, [(change.file, change.how) for change in target.stale])
    model = api.load(target.path, stage=args.stage)
    refuse_brief(target.path, model)
    wanted = _wanted(args, list(model.needs))
    args.console.progress.step("figures and findings", 0)
    tables = api.catalog(args.catalog)
    assessed = api.assess(model, catalog=tables, rules=args.rules)
    if args.uncertainty:
        assessed = api.study(
            assessed, catalog=tables, samples=args.samples, shared=partial(spread_over, args)
        )
    results = [r for r in assessed.ledger.needs if not wanted or (r.accompanies or r.need) in wanted]
    _write_reports(args, assessed, target.path)
    status = status_of(results)
    args.console.answer(_as_data(args, assessed, results, status))
    if not args.json:
        _tell(args, assessed, results)
    return status


def _wanted(args: Arguments, known: list[str]) -> set[str]:
    from groma.model.grammar import did_you_mean

    for name in args.need:
        if name not in known:
            hint = did_you_mean(name, known) or f"; the model has {', '.join(known) or 'none'}"
            raise UserError(f"--need: there is no need `{name}`{hint}")
    return set(args.need)


def _stale(args: Arguments, changed: list[tuple[str, str]]) -> int:
    args.console.answer(
        {
            "status": int(Status.STALE),
            "meaning": Status.STALE.meaning,
            "stale": [{"file": file, "how": how} for file, how in changed],
        }
    )
    if not args.json:
        args.console.say(f"{args.model} is stale: since it was written,")
        for file, how in changed:
            args.console.say(f"  {file} {'has changed' if how == 'changed' else 'is gone'}")
        args.console.say("Write it again before anybody relies on it.")
    return Status.STALE


def _write_reports(args: Arguments, assessed: Assessment, path: Path) -> None:
    from groma.output import write_whole

    if args.junit is not None:
        from groma.exporters import junit

        write_whole(args.junit, junit(assessed.model.system, assessed.ledger))
    if args.sarif is not None:
        from groma.exporters import sarif

        folder = path.parent.as_posix()
        text = sarif(assessed.model, assessed.ledger, assessed.findings, "" if folder == "." else folder)
        write_whole(args.sarif, text)


def _as_data(
    args: Arguments, assessed: Assessment, results: list[NeedResult], status: Status
) -> dict[str, Any]:
    data: dict[str, Any] = {
        "system": assessed.model.system,
        "model": assessed.model.digest,
        "stage": args.stage,
        "status": int(status),
        "meaning": status.meaning,
        "needs": needs_as_data(assessed.ledger, results),
        "findings": [finding_as_data(finding) for finding in assessed.findings],
    }
    if args.uncertainty:
        data["uncertainty"] = [figure_as_data(figure) for figure in study_of(assessed.ledger)]
    if args.figures:
        data["figures"] = [figure_as_data(figure) for figure in assessed.ledger]
    return data


def _tell(args: Arguments, assessed: Assessment, results: list[NeedResult]) -> None:
    console = args.console
    met = sum(result.verdict == "met" for result in results)
    stage = f" at stage {args.stage}" if args.stage else ""
    if results:
        console.say(f"{assessed.model.system}{stage}: {met} of {len(results)} needs are met\n")
        tell_needs(console, assessed.ledger, results)
    else:
        console.say(f"{assessed.model.system}{stage}: the model states no needs")
    if args.uncertainty:
        tell_study(console, assessed.ledger)
    if args.figures:
        from groma.documents.quote import figure_text

        console.say("\nfigures")
        columns = (Column("figure"), Column("is"), Column("by"))
        console.table(columns, [(f.name, figure_text(f), f.method or f.reason) for f in assessed.ledger])
    if assessed.findings:
        console.say(f"\n{_counted(assessed.findings)}")
        for finding in assessed.findings:
            place = next((f" ({e.at})" for e in finding.evidence if e.at is not None), "")
            console.say(f"  {finding.severity}: {finding.title}{place} [{finding.rule}]")


def _counted(findings: tuple[Finding, ...]) -> str:
    one = len(findings) == 1
    return f"{len(findings)} finding{'' if one else 's'} (groma explain RULE says more)"
