"""What is said about a reading of raw files: where something stands, what was guessed, what is wrong or missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """Where something was said: `row` counts from 1 as spreadsheets show it, 0 means the file as a whole."""

    file: str
    sheet: str = ""
    row: int = 0
    column: str = ""

    def __str__(self) -> str:
        parts = [self.file]
        if self.sheet:
            parts.append(f"sheet {self.sheet}")
        if self.row:
            parts.append(f"row {self.row}")
        if self.column:
            parts.append(f"column {self.column}")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """Something that can't be read: where, and what was expected instead of what was found."""

    at: Origin
    message: str

    def __str__(self) -> str:
        return f"{self.at}: {self.message}"


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """Something that was read leniently, so that a person can check it."""

    at: Origin
    message: str

    def __str__(self) -> str:
        return f"{self.at}: {self.message}"


class IntakeError(Exception):
    """The files can't be read; carries every mistake found, by file, sheet, row, each once."""

    def __init__(self, problems: Mistake | Iterable[Mistake]) -> None:
        given = (problems,) if isinstance(problems, Mistake) else problems
        self.problems: tuple[Mistake, ...] = tuple(sorted(set(given)))
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Gap:
    """A question whose answer would change a figure or a finding.

    `key` names the answer in the interview file; `default` is offered, and used only where `used` says so (a currency,
    a date): what nobody said stays unknown. `example` shows a form that can be read.
    """

    key: str
    element: str
    question: str
    why: str
    default: str | None = None
    used: bool = False
    example: str = ""
