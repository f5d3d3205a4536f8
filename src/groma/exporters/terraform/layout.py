"""Text of the HashiCorp configuration language in the layout of `terraform fmt`.

Rules of the tool (hclwrite's format.go, "formatIndent" and "formatCells"): two spaces for each open bracket; `=` of
neighbouring one-line attributes stand in one column, one space behind the longest name; a line that opens a bracket
which it doesn't close, an empty line and a line without `=` end such a group; comments behind neighbouring lines
stand in one column. Texts between `<<EOF` and `EOF` stay as they are, and so do spaces within an expression.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import takewhile

INDENT = "  "
_TOKENS = re.compile(
    r'"(?:\\.|\$\{[^}]*\}|[^"\\])*"|#.*|//.*|/\*.*?\*/|[\[\](){}]|==|!=|<=|>=|=>|=|[^\s]|\s+'
)
_HEREDOC = re.compile(r"<<(-?)\s*([A-Za-z_][\w-]*)\s*$")
_OPEN, _CLOSE = "[({", "])}"


@dataclass(frozen=True, slots=True)
class _Line:
    """One line taken apart: what stands before `=`, from `=` on, and the comment behind; `depth` is its indentation."""

    depth: int
    lead: str
    assign: str = ""
    comment: str = ""
    raw: bool = False


def formatted(text: str) -> str:
    """The text laid out; the same text again where it is laid out already."""
    lines = _read(text.splitlines())
    told: list[str] = []
    columns = _columns(lines, lambda line: bool(line.assign), lambda line: len(line.lead))
    laid = [
        line
        if not line.assign
        else _Line(line.depth, line.lead.ljust(column) + line.assign, "", line.comment)
        for line, column in zip(lines, columns, strict=True)
    ]
    columns = _columns(laid, lambda line: bool(line.comment), lambda line: len(line.lead))
    for line, column in zip(laid, columns, strict=True):
        if line.raw:
            told.append(line.lead)
            continue
        words = line.lead.ljust(column) + line.comment if line.comment else line.lead
        told.append((INDENT * line.depth + words).rstrip())
    return "\n".join(told) + "\n"


def _columns(lines: list[_Line], fits: Callable[[_Line], bool], width: Callable[[_Line], int]) -> list[int]:
    """For each line the column at which its second cell starts: one behind the widest of its group."""
    columns = [0] * len(lines)
    start = 0
    while start < len(lines):
        group = list(takewhile(lambda line: fits(line) and not line.raw, lines[start:]))
        if group:
            widest = max(width(line) for line in group) + 1
            columns[start : start + len(group)] = [widest] * len(group)
        start += max(1, len(group))
    return columns


def _read(lines: list[str]) -> list[_Line]:
    depth, heredoc = 0, ""
    open_brackets: list[int] = []
    told: list[_Line] = []
    for text in lines:
        if heredoc:
            told.append(_Line(0, text, raw=True))
            heredoc = "" if text.strip() == heredoc else heredoc
            continue
        tokens = _TOKENS.findall(text.strip())
        closing = len(list(takewhile(lambda token: token in _CLOSE or token.isspace(), tokens)))
        for _ in range(sum(token in _CLOSE for token in tokens[:closing])):
            depth = open_brackets.pop() if open_brackets else 0
        told.append(_cells(depth, tokens))
        rest = tokens[closing:]
        stack: list[int] = []
        for token in rest:
            if len(token) == 1 and token in _OPEN:
                stack.append(depth)
            elif len(token) == 1 and token in _CLOSE:
                if stack:
                    stack.pop()
                elif open_brackets:
                    depth = open_brackets.pop()
        if stack:
            open_brackets += stack
            depth += 1
            open_brackets[-1] = depth - 1
        found = _HEREDOC.search(text)
        heredoc = found.group(2) if found else ""
    return told


def _cells(depth: int, tokens: list[str]) -> _Line:
    comment = ""
    if len(tokens) > 1 and tokens[-1].startswith(("#", "//")):
        comment = tokens.pop()
    lead = "".join(_closer(token) for token in tokens).strip()
    nth = next((nth for nth, token in enumerate(tokens) if nth and token == "="), None)
    if nth is None:
        return _Line(depth, lead, "", comment)
    before, after = "".join(tokens[:nth]).strip(), "".join(map(_closer, tokens[nth + 1 :])).strip()
    brackets = sum((token in _OPEN) - (token in _CLOSE) for token in tokens[nth:] if len(token) == 1)
    if brackets:
        return _Line(depth, f"{before} = {after}", "", comment)
    return _Line(depth, before, f"= {after}", comment)


def _closer(token: str) -> str:
    return " " if token.isspace() else token
