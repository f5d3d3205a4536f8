"""`groma write MODEL`: the documents of a model, each number with its way back to the line it comes from."""

from __future__ import annotations

import argparse
from pathlib import Path

from groma.cli.errors import UserError
from groma.cli.parser import Arguments, examples, out_option
from groma.cli.status import Status
from groma.cli.target import check_folders, model_options, refuse_brief, target_of

FORMATS = ("html", "pdf", "docx", "md")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Write the documents of a model: its needs with their figures, the system as pictures and tables, findings, "
        "and how each number was come by. Sections that have nothing to say are left out."
    )
    parser.add_argument("model", type=Path, metavar="MODEL", help="a model file, or a folder with one")
    out_option(parser, "the documents (unless told: out/ and the name of the model's folder)")
    parser.add_argument(
        "--format", default="html,pdf,docx,md", metavar="LIST", help="which of html, pdf, docx, md (all)"
    )
    parser.add_argument("--document", metavar="NAME", help="only this document")
    model_options(parser)
    examples(
        parser,
        "groma write model.yaml",
        "groma write model.yaml --format html,pdf --out documents",
        "groma write model.yaml --document architecture",
    )


def run(args: Arguments) -> int:
    from groma import api
    from groma.model.sources import RECORD, sources, with_own
    from groma.output import whole_folder

    check_folders("--catalog", args.catalog)
    check_folders("--rules", args.rules)
    formats = formats_of(args.format)
    path = target_of(args.model).path
    model = api.load(path, stage=args.stage)
    refuse_brief(path, model)
    out = args.out if args.out is not None else Path("out") / (path.resolve().parent.name or "documents")
    progress = args.console.progress
    with whole_folder(out) as scratch:
        progress.step("figures and findings", 0)
        tables = api.catalog(args.catalog)
        assessed = api.assess(model, catalog=tables, rules=args.rules)
        progress.step("documents", 0)
        try:
            files = api.write(assessed, formats=formats, document=args.document, catalog=tables)
        except ValueError as error:
            if args.document is None:
                raise
            raise UserError(f"--document: {error}") from None
        for name, data in sorted(files.items()):
            (scratch / name).parent.mkdir(parents=True, exist_ok=True)
            (scratch / name).write_bytes(data)
        record = with_own(sources(path, model, out, made="documents"), files)
        (scratch / RECORD).write_text(record.to_json(), encoding="utf-8")
    args.console.answer({"out": str(out), "files": sorted(files)})
    first = "index.html" if "index.html" in files else sorted(files)[0]
    args.console.say(f"{out}: {len(files)} files; begin with {out / first}")
    return Status.MET


def formats_of(text: str) -> tuple[str, ...]:
    asked = [word.strip() for word in text.split(",") if word.strip()]
    unknown = [word for word in asked if word not in FORMATS]
    if unknown or not asked:
        raise UserError(
            f"--format: expected some of {', '.join(FORMATS)}, found {', '.join(unknown) or 'nothing'}"
        )
    return tuple(dict.fromkeys(asked))
