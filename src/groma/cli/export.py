"""`groma export MODEL --to FORMAT`: files that other programs run or read, made of a design and its figures."""

from __future__ import annotations

import argparse
from pathlib import Path

from groma.cli.errors import UserError
from groma.cli.parser import Arguments, examples, out_option
from groma.cli.status import Status
from groma.cli.table import Column
from groma.cli.target import catalog_option, check_folders, ledger_of, refuse_brief, target_of


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Write a design as files that other programs run or read. Without --to, the formats are listed. A blueprint's "
        "folder stands for the proposal that it recommends."
    )
    parser.add_argument(
        "model", type=Path, nargs="?", metavar="MODEL", help="a model file, or a folder that Groma wrote"
    )
    parser.add_argument(
        "--to", action="append", default=[], metavar="FORMAT", help="a format (may be repeated)"
    )
    out_option(
        parser, "the files, a folder for each format (unless told: out/ and the model's name, with -export)"
    )
    catalog_option(parser)
    examples(parser, "groma export", "groma export out/escalation-desk --to langgraph --out out/graph")


def run(args: Arguments) -> int:
    from groma import api
    from groma.exporters import Artefact, NotExportable, Source, exports
    from groma.output import check_replaceable, whole_folder

    known = exports()
    if not args.to:
        return _list(args)
    unknown = sorted(set(args.to) - set(known))
    if unknown:
        raise UserError(f"--to: expected one of {', '.join(known)}; found {', '.join(unknown)}")
    if args.model is None:
        raise UserError("expected a MODEL to export")
    check_folders("--catalog", args.catalog)
    target = target_of(args.model)
    if target.stale:
        changed = ", ".join(f"{change.file} {change.how}" for change in target.stale)
        args.console.answer({"status": int(Status.STALE), "stale": [change.file for change in target.stale]})
        args.console.say(f"{args.model} is stale: since it was written, {changed}. Design it again first.")
        return Status.STALE
    out: Path = args.out or Path("out") / f"{args.model.resolve().name.removesuffix('.yaml')}-export"
    check_replaceable(out)
    model = api.load(target.path)
    refuse_brief(target.path, model)
    tables = api.catalog(args.catalog)
    source = Source(model, ledger_of(target, model, tables), tables)
    made: dict[str, tuple[Artefact, ...]] = {}
    problems: list[str] = []
    for name in dict.fromkeys(args.to):
        args.console.progress.step(name, 0)
        try:
            made[name] = known[name].make(source)
        except NotExportable as error:
            problems += (f"{problem} ({name})" for problem in error.problems)
    if problems:
        raise UserError("\n".join(problems))
    with whole_folder(out) as scratch:
        for name, artefacts in made.items():
            for artefact in artefacts:
                path = scratch / name / artefact.path
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(artefact.text, encoding="utf-8", newline="\n")
    files = [(name, each) for name, artefacts in made.items() for each in artefacts]
    args.console.answer(
        {
            "status": int(Status.MET),
            "folder": out.as_posix(),
            "files": [{"path": f"{name}/{each.path}", "made_of": list(each.made_of)} for name, each in files],
        }
    )
    if not args.json:
        for name, artefacts in made.items():
            what = (
                f"{len(artefacts)} files"
                if artefacts
                else "nothing: the model has nothing that this format is for"
            )
            args.console.say(f"{name}: {what}")
        args.console.say(f"written to {out}")
    return Status.MET


def _list(args: Arguments) -> int:
    from groma.exporters import exports

    known = exports()
    args.console.answer(
        [{"name": each.name, "title": each.title, "summary": each.summary} for each in known.values()]
    )
    if not args.json:
        args.console.table(
            (Column("format"), Column("what it is")), [(each.name, each.summary) for each in known.values()]
        )
    return Status.MET
