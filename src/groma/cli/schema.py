"""`groma schema`: the language as JSON Schema, for an editor's completion and checks."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from groma.cli.parser import Arguments, examples
from groma.cli.status import Status

FILES = ("model", "site", "engagement")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Print the JSON Schema of the model language, or of another file that Groma reads. "
        "An editor that knows it completes keys, shows what they mean and "
        "marks mistakes while you write."
    )
    parser.add_argument(
        "--of",
        choices=FILES,
        default="model",
        help="of a model, of a website's site.yaml, or of an engagement (model)",
    )
    parser.add_argument("-o", "--out", type=Path, metavar="FILE", help="write it to a file")
    examples(parser, "groma schema", "groma schema --out groma.schema.json", "groma schema --of site")


def run(args: Arguments) -> int:
    import json

    schema = _schema(args.of)
    text = json.dumps(schema, indent=2, ensure_ascii=False)
    args.console.answer(schema)
    if args.out is None:
        args.console.say(text)
        return Status.MET
    from groma.output import write_whole

    write_whole(args.out, text + "\n")
    args.console.say(f"{args.out}: put `# yaml-language-server: $schema={args.out}` on top of the file")
    return Status.MET


def _schema(of: str) -> dict[str, Any]:
    from groma.model.schema import json_schema, schema_of

    if of == "site":
        from groma.site.plan import Plan

        return schema_of(Plan, "The website of a business, as it is to be")
    if of == "engagement":
        from groma.model.engagement import Engagement

        return schema_of(Engagement, "An engagement")
    return json_schema()
