"""`groma fmt FILE...`: one layout for model files; comments stay, meaning stays."""

from __future__ import annotations

import argparse
from pathlib import Path

from groma.cli.parser import Arguments, examples
from groma.cli.status import Status


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Put model files into one layout: order of keys, indents, line breaks. Comments and blank lines between "
        "elements stay, and what the file means never changes. A file that can't be read is left."
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="model files")
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if a file would change")
    examples(parser, "groma fmt brief.yaml facts.yaml", "groma fmt --check examples/*/*.yaml")


def run(args: Arguments) -> int:
    from groma.model.formatting import formatted
    from groma.model.position import ModelError, Problem
    from groma.model.schema import order_at
    from groma.model.source import read
    from groma.output import write_whole

    changed: list[str] = []
    problems: list[Problem] = []
    for path in args.files:
        try:
            text = read(path, str(path))
            result = formatted(text, str(path), order_at)
        except ModelError as error:
            problems.extend(error.problems)
            continue
        if result != text:
            changed.append(str(path))
            if not args.check:
                write_whole(path, result)
    for name in changed:
        args.console.say(f"{name}: {'would change' if args.check else 'formatted'}")
    if problems:
        raise ModelError(problems)
    args.console.answer({"changed": changed})
    return Status.MISSED if args.check and changed else Status.MET
