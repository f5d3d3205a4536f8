"""What libyaml found wrong, said so that a person knows what to do.

libyaml's own messages name its parser's states ("did not find expected key"); the table below says for each what it
nearly always means in a model file. A message that isn't in the table is passed on as it is.
"""

from __future__ import annotations

from typing import Any

from groma.model.position import Position, Problem

_MEANINGS = (
    ("found character that cannot start any token", ""),
    (
        "mapping values are not allowed",
        "a second `:` on this line: put the text in quotes, or start a new line",
    ),
    ("mapping keys are not allowed", "a bare `?` can't stand here: write `unknown`, or put it in quotes"),
    ("block sequence entries are not allowed", "`-` can't start a list here: start a new line"),
    (
        "could not find expected ':'",
        "expected `name: value`, found no `:` (a text of several lines needs `|` or quotes)",
    ),
    (
        "did not find expected key",
        "this line doesn't line up with the entries above it: check the indentation",
    ),
    (
        "did not find expected '-' indicator",
        "this line doesn't line up with the list above it: check the indentation",
    ),
    ("did not find expected ',' or '}'", "expected `,` or `}}`: the `{{` at {context} is not closed"),
    ("did not find expected ',' or ']'", "expected `,` or `]`: the `[` at {context} is not closed"),
    ("found unexpected end of stream", "the file ends inside the quotes that open at {context}"),
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
    (
        "did not find expected node content",
        "expected a value, found none: a text that starts like this needs quotes",
    ),
)


def explained(error: Any, text: str, file: str) -> Problem:
    """A libyaml error (yaml.MarkedYAMLError) of this text as a problem with its position."""
    mark = error.problem_mark or error.context_mark
    line, column = (0, 0) if mark is None else (mark.line, mark.column)
    at = Position(file, line + 1, column + 1)
    opened = error.context_mark
    context = "the start" if opened is None else f"{opened.line + 1}:{opened.column + 1}"
    problem = str(error.problem or error.context or error)
    for found, meaning in _MEANINGS:
        if found in problem:
            return Problem(at, meaning.format(context=context) if meaning else _odd_start(text, line, column))
    return Problem(at, f"not valid YAML: {problem}")


def _odd_start(text: str, line: int, column: int) -> str:
    lines = text.split("\n", line + 1)
    here = lines[line][column : column + 1] if line < len(lines) else ""
    if here == "\t":
        return "a tab can't indent: use spaces"
    return f"a text can't start with `{here}`: put it in quotes"
