"""What libyaml found wrong, said so that a person knows what to do.

libyaml's own messages name its parser's states ("did not find expected key"); the table below says for each what it
nearly always means in a model file. A message that isn't in the table is passed on as it is.
"""

from __future__ import annotations

from typing import Any

from groma.model.position import Position, Problem

_MEANINGS = (
    (
        "mapping values are not allowed",
        "a second `:` in one value: put the text in quotes, or check the indentation of this line",
    ),
    ("mapping keys are not allowed", "a bare `?` can't stand here: write `unknown`, or put it in quotes"),
    ("block sequence entries are not allowed", "`-` can't start a list here: start a new line"),
    (
        "did not find expected '-' indicator",
        "this line doesn't line up with the list above it: check the indentation",
    ),
    ("did not find expected ',' or '}'", "expected `,` or `}`: the `{` at CONTEXT is not closed"),
    ("did not find expected ',' or ']'", "expected `,` or `]`: the `[` at CONTEXT is not closed"),
    ("found unexpected end of stream", "the file ends inside the quotes that open at CONTEXT"),
    ("found unexpected document indicator", "a line that starts with `---` or `...` inside quotes"),
    (
        "found unknown escape character",
        "in double quotes `\\` starts an escape: write `\\\\`, or use single quotes",
    ),
    (
        "did not find expected <document start>",
        "expected the end of the file: what stands here belongs to nothing above",
    ),
    ("found a tab character", "a tab can't indent: use spaces"),
    ("expected alphabetic or numeric character", "a text can't start with `*` or `&`: put it in quotes"),
)


def explained(error: Any, text: str, file: str) -> Problem:
    """A libyaml error (yaml.MarkedYAMLError) of this text as a problem with its position."""
    mark, opened = error.problem_mark or error.context_mark, error.context_mark
    problem = str(error.problem or error.context or error)
    if "could not find expected ':'" in problem and opened is not None:
        message = "expected `name: value`, found no `:` (a text of several lines needs `|` or quotes)"
        return Problem(_position(opened, file), message)
    at = _position(mark, file)
    for found, meaning in _MEANINGS:
        if found in problem:
            context = "the start" if opened is None else f"{opened.line + 1}:{opened.column + 1}"
            return Problem(at, meaning.replace("CONTEXT", context))
    before, here = _around(text, at)
    if "cannot start any token" in problem:
        advice = (
            "a tab can't indent: use spaces"
            if here == "\t"
            else f"a text can't start with `{here}`: put it in quotes"
        )
        return Problem(at, advice)
    if "did not find expected key" in problem or "did not find expected node content" in problem:
        return Problem(at, _misplaced(before, here))
    return Problem(at, f"not valid YAML: {problem}")


def _misplaced(before: str, here: str) -> str:
    if here in ("}", "]"):
        return f"`{here}` closes nothing: put the text in quotes if it is meant"
    if here == ":":
        return "expected a name before `:`, found nothing"
    if before.strip() and here:
        return f"`{here}` can't stand here: put the whole text in quotes"
    return "this line doesn't line up with the entries above it: check the indentation"


def _position(mark: Any, file: str) -> Position:
    return Position(file, 1, 1) if mark is None else Position(file, mark.line + 1, mark.column + 1)


def _around(text: str, at: Position) -> tuple[str, str]:
    """The line up to a position, and the character that stands there."""
    lines = text.split("\n", at.line)
    line = lines[at.line - 1] if at.line <= len(lines) else ""
    return line[: at.column - 1], line[at.column - 1 : at.column]
