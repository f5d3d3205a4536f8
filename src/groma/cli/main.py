"""The entry point: finds the command, runs it, and turns every way it can end into words and an exit status."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from groma import __version__
from groma.cli.commands import COMMANDS, GROUPS, Command, find
from groma.cli.console import Console
from groma.cli.parser import Arguments, build, load
from groma.cli.status import Status

THREADS_OF_SUMS = "OPENBLAS_NUM_THREADS"
"""What numpy's linear algebra is told, before it is imported: with one thread it adds in one order, so that figures are
the same to the last digit on any number of cores. Groma's own processes share these."""


class Terminated(KeyboardInterrupt):
    """SIGTERM, made an exception so that half-written output is taken away as on Ctrl-C."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line `argv` (that of the process unless given); gives the exit status and never raises."""
    if argv is None:
        signal.signal(signal.SIGTERM, _terminate)
        os.environ.setdefault(THREADS_OF_SUMS, "1")
    words = list(sys.argv[1:] if argv is None else argv)
    console = Console(json="--json" in words)
    try:
        status = _dispatch(words, console)
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        # Nobody reads any more (`| head`): stop the interpreter's own flush at exit from failing as well.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Status.PIPE_CLOSED


def overview() -> str:
    """The help of `groma` itself."""
    widest = max(len(command.name) for command in COMMANDS)
    groups = [
        f"{group}\n"
        + "\n".join(f"  {c.name.ljust(widest)}  {c.summary}" for c in COMMANDS if c.group == group)
        for group in GROUPS
        if any(c.group == group for c in COMMANDS)
    ]
    statuses = "Exit status\n" + "\n".join(f"  {status.value:>3}  {status.meaning}" for status in Status)
    return "\n\n".join(
        [
            f"groma {__version__}: from a brief to a proven design that is handed over",
            "usage: groma COMMAND [...]\n       groma COMMAND --help\n       groma --version",
            *groups,
            statuses,
        ]
    )


def _dispatch(words: list[str], console: Console) -> int:
    match words:
        case [] | ["-h" | "--help" | "help"]:
            print(overview())
            return Status.MET
        case ["-V" | "--version"]:
            print(f"groma {__version__}")
            return Status.MET
        case ["help", name]:
            return _dispatch([name, "--help"], console)
        case _:
            command = find(words[0])
            if command is None:
                console.complain(_unknown(words[0]))
                return Status.INVALID
            return _run(command, words[1:], console)


def _run(command: Command, words: list[str], console: Console) -> int:
    args = Arguments(console=console)
    try:
        module = load(command)
        build(command, module).parse_args(words, args)
        args.console = console = Console(json=args.json, quiet=args.quiet, progress=args.progress)
        status = module.run(args)
        console.progress.clear()
        return status
    except SystemExit as ended:  # argparse: help was shown, or the words were wrong
        return ended.code if isinstance(ended.code, int) else Status.INVALID
    except KeyboardInterrupt as interrupt:
        return _interrupted(command, interrupt, console)
    except BrokenPipeError:
        raise
    except Exception as error:
        return _failed(error, console, "--traceback" in words)


def _interrupted(command: Command, interrupt: KeyboardInterrupt, console: Console) -> int:
    terminated = isinstance(interrupt, Terminated)
    progress = console.progress
    state = f" while {progress.state}" if progress.state else ""
    left = progress.goes_on or "Nothing was written; start it again to do it from the beginning."
    console.complain(
        f"\ngroma {command.name} was {'terminated' if terminated else 'interrupted'}{state}. {left}"
    )
    return Status.TERMINATED if terminated else Status.INTERRUPTED


def _failed(error: Exception, console: Console, with_traceback: bool) -> int:
    from groma.cli.errors import explained

    failure = explained(error)
    console.answer(failure.as_json())
    if failure.status == Status.FAULT and with_traceback:
        import traceback

        console.complain("".join(traceback.format_exception(error)).rstrip())
    elif not console.json:
        console.complain("\n".join(failure.lines))
    return failure.status


def _unknown(name: str) -> str:
    from difflib import get_close_matches

    if name.startswith("-"):
        return f"groma: expected a command, found the option {name}; options come after the command\nSee: groma --help"
    near = get_close_matches(name, [command.name for command in COMMANDS], n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"groma: there is no command {name}{hint}\nSee: groma --help"


def _terminate(signum: int, frame: FrameType | None) -> None:
    raise Terminated
