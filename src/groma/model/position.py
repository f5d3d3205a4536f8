"""Where something stands in a text, and what is wrong there.

Every element, quantity and finding can be traced to the line a person wrote, and every problem of a model is
reported at once, in the compilers' `file:line:column: message` form (GNU coding standards, "Formatting Error
Messages"), which editors can follow.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a text: `line` and `column` count from 1, a column is one character."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong with a model; `rule` names the rule that says so, where one does."""

    position: Position
    message: str
    rule: str = ""

    def __str__(self) -> str:
        suffix = f" [{self.rule}]" if self.rule else ""
        return f"{self.position}: {self.message}{suffix}"


class ModelError(Exception):
    """A model can't be read: carries every problem found, in the order of the text, each once."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        given = (problems,) if isinstance(problems, Problem) else problems
        self.problems: tuple[Problem, ...] = tuple(sorted(set(given)))
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)
