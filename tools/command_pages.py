"""Writes what each command can be told into docs/commands.md, from the parsers themselves.

python tools/command_pages.py            rewrite the part of the page below the mark
python tools/command_pages.py --check    exit 1 if the page says something else
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from groma.cli.commands import COMMANDS, Command
from groma.cli.parser import build, load

PAGE = Path(__file__).resolve().parents[1] / "docs" / "commands.md"
MARK = "<!-- below: written by tools/command_pages.py -->\n"
SHARED = {"help", "json", "quiet", "progress", "traceback"}


def section(command: Command) -> str:
    """One command: what it does, its arguments and options, its examples."""
    parser = build(command, load(command))
    parts = [f"### groma {command.name}\n\n{parser.description}\n"]
    rows = list(_rows(parser))
    if rows:
        parts.append("\n".join(["| word | meaning |", "|---|---|", *rows]) + "\n")
    _, _, examples = (parser.epilog or "").partition("examples:\n")
    parts.append("```sh\n" + "\n".join(line.strip() for line in examples.splitlines()) + "\n```\n")
    return "\n".join(parts)


def _rows(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:  # argparse has no public way to ask
        if action.dest in SHARED:
            continue
        value = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
        takes = f" {value}" if action.nargs != 0 and action.option_strings else ""
        words = (
            ", ".join(f"`{name}{takes}`" for name in action.option_strings)
            or f"`{action.metavar or action.dest}`"
        )
        meaning = (action.help or "").replace("|", "\\|")
        if action.choices:
            meaning += f": {', '.join(f'`{choice}`' for choice in action.choices)}"
        yield f"| {words} | {meaning} |"


def generated() -> str:
    """Everything below the mark."""
    return MARK + "\n## Every command\n\n" + "\n".join(section(command) for command in COMMANDS)


def main() -> int:
    text = PAGE.read_text(encoding="utf-8")
    whole = text.partition(MARK)[0].rstrip("\n") + "\n\n" + generated()
    if "--check" in sys.argv[1:]:
        return int(whole != text)
    PAGE.write_text(whole, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
