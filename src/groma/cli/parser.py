"""How a command reads its words: one parser a command, the options every command has, errors that help.

argparse, because it starts in ten milliseconds; one parser for the command at hand instead of sub-parsers, because
those would import every command for each call.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, cast

from groma.cli.commands import Command
from groma.cli.status import Status

if TYPE_CHECKING:
    from pathlib import Path

    from groma.cli.console import Console


EXAMPLES = "examples:\n"


class Arguments(argparse.Namespace):
    """What `run` is given: the options all commands share, the console to answer through, and the command's own."""

    console: Console
    json: bool
    quiet: bool
    progress: bool | None
    traceback: bool

    def __getattr__(self, name: str) -> Any:  # the command's own arguments, known to its `configure`
        raise AttributeError(f"{name}: no such argument; does configure() add it?")


class CommandModule(Protocol):
    """A file of cli/ that is a command."""

    def configure(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, args: Arguments) -> int: ...


class Help(argparse.HelpFormatter):
    """Sentences filled to the width of the terminal; examples as they are, so that they can be copied."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        if text.startswith(EXAMPLES):
            return "".join(indent + line for line in text.splitlines(keepends=True))
        return super()._fill_text(text, width, indent)


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line and where help is, and ends with Status.INVALID."""

    def error(self, message: str) -> NoReturn:
        sys.stderr.write(f"{self.prog}: {message}\nSee: {self.prog} --help\n")
        self.exit(Status.INVALID)


def load(command: Command) -> CommandModule:
    """The module of a command, imported now."""
    return cast(CommandModule, import_module(command.module))


def build(command: Command, module: CommandModule) -> argparse.ArgumentParser:
    """The parser of a command: its own arguments, then those that every command has."""
    parser = Parser(
        prog=f"groma {command.name}",
        description=command.summary[0].upper() + command.summary[1:] + ".",
        formatter_class=Help,
        allow_abbrev=False,
    )
    module.configure(parser)
    shared = parser.add_argument_group("options of every command")
    shared.add_argument("--json", action="store_true", help="answer as JSON on standard output")
    shared.add_argument("--quiet", action="store_true", help="nothing but the answer")
    shared.add_argument(
        "--progress", action="store_true", default=None, help="show progress even without a terminal"
    )
    shared.add_argument("--no-progress", dest="progress", action="store_false", help="never show progress")
    shared.add_argument("--traceback", action="store_true", help="if Groma breaks, show where")
    return parser


def examples(parser: argparse.ArgumentParser, *lines: str) -> None:
    """Adds examples to a command's help: whole command lines, without a prompt."""
    parser.epilog = EXAMPLES + "\n".join(f"  {line}" for line in lines)


def out_option(parser: argparse.ArgumentParser, what: str, default: Path | None = None) -> None:
    """Adds `-o/--out` for a command that writes: `what` it writes there, and where unless told."""
    from pathlib import Path

    where = f" (default: {default})" if default else ""
    parser.add_argument(
        "-o", "--out", type=Path, default=default, metavar="PATH", help=f"where to write {what}{where}"
    )
