"""How long a person waits for help: `groma --help` beside a click program of the same commands, and bare Python."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec

from case import Case, Contender
from groma.cli.commands import COMMANDS

CLICK = f"""
import click

@click.group()
def groma():
    pass

for name, summary in {[(command.name, command.summary) for command in COMMANDS]!r}:
    groma.add_command(click.Command(name, help=summary))
groma()
"""


def _shows(*words: str) -> Callable[[], tuple[bool, ...]]:
    """Runs Python with these words; answers which commands its output names."""

    def run() -> tuple[bool, ...]:
        done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=True)
        return tuple(command.name in done.stdout for command in COMMANDS)

    return run


def _click() -> Callable[[], tuple[bool, ...]]:
    if not find_spec("click"):
        raise ImportError(name="click")
    return _shows("-c", CLICK, "--help")


CASES = (
    Case(
        "show the commands",
        Contender("groma", lambda: _shows("-m", "groma", "--help")),
        (
            Contender("click", _click),
            Contender(
                "python that prints them", lambda: _shows("-c", f"print({[c.name for c in COMMANDS]!r})")
            ),
        ),
    ),
)
