"""`groma schema`: the language as JSON Schema, for an editor's completion and checks."""

from __future__ import annotations

import argparse
from pathlib import Path

from groma.cli.parser import Arguments, examples
from groma.cli.status import Status


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Print the JSON Schema of the model language. An editor that knows it completes keys, shows what they mean and "
        "marks mistakes while you write."
    )
    parser.add_argument("-o", "--out", type=Path, metavar="FILE", help="write it to a file")
    examples(parser, "groma schema", "groma schema --out groma.schema.json")


def run(args: Arguments) -> int:
    import json

    from groma.model.schema import json_schema

    schema = json_schema()
    text = json.dumps(schema, indent=2, ensure_ascii=False)
    args.console.answer(schema)
    if args.out is None:
        args.console.say(text)
        return Status.MET
    from groma.output import write_whole

    write_whole(args.out, text + "\n")
    args.console.say(f"{args.out}: put `# yaml-language-server: $schema={args.out}` on top of a model file")
    return Status.MET
