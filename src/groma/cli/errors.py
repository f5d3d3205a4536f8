"""What a person is told when a command can't go on.

A mistake of theirs is named with its place and the way out, all of them at once, and never as a traceback. A fault of
ours is one line, what to do, and the traceback only if asked for.
"""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, NamedTuple

from groma.cli.status import Status

if TYPE_CHECKING:
    from groma.model.position import ModelError


class UserError(Exception):
    """Something asked for can't be done; the message says what was expected, what was found and what to do."""


class Failure(NamedTuple):
    """An exception put into words; `problems` have file, line, column, message and rule where they are known."""

    status: Status
    lines: tuple[str, ...]
    problems: tuple[dict[str, object], ...] = ()

    def as_json(self) -> dict[str, object]:
        problems = self.problems or tuple({"message": line} for line in self.lines)
        return {"error": {"status": int(self.status), "meaning": self.status.meaning, "problems": problems}}


def explained(error: Exception) -> Failure:
    """Puts an exception that ended a command into words."""
    from groma.model.position import ModelError
    from groma.output import OutputError

    if isinstance(error, ModelError):
        return _model(error)
    if isinstance(error, UserError | OutputError):
        return Failure(Status.INVALID, (str(error),))
    if isinstance(error, OSError) and error.filename is not None:
        return Failure(Status.INVALID, (f"{error.filename}: {(error.strerror or 'not readable').lower()}",))
    return _fault(error)


def _model(error: ModelError) -> Failure:
    count = len(error.problems)
    summary = f"{count} problem{'' if count == 1 else 's'}; nothing was done"
    return Failure(
        Status.INVALID,
        (*(str(problem) for problem in error.problems), summary),
        tuple(
            {
                "file": problem.position.file,
                "line": problem.position.line,
                "column": problem.position.column,
                "message": problem.message,
                "rule": problem.rule or None,
            }
            for problem in error.problems
        ),
    )


def _fault(error: Exception) -> Failure:
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""
    said = " ".join(str(error).split())
    return Failure(
        Status.FAULT,
        (
            f"Groma broke{place}: {type(error).__name__}{': ' + said if said else ''}",
            "That is a fault of Groma, not of your files. Run the command again with --traceback and report what it",
            "prints, with the smallest file that shows it (CONTRIBUTING.md says where).",
        ),
    )
