"""Plain data to tidy YAML in the style of `groma fmt`: for models that Groma writes (proposals, imports, examples).

Two spaces of indent, lists indented under their key, short collections in one line as `{a: 1, b: 2}` inside an
element, text without quotes where YAML lets it. What is written is read back equal by `source` and `core_schema`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from groma.model.core_schema import as_bool, as_float, as_int, is_null
from groma.model.source import Scalar

WIDTH = 110
"""Flow collections that would reach beyond this column are written as blocks."""

Value = None | bool | int | float | Decimal | str | Sequence["Value"] | Mapping[str, "Value"]

_PLAIN_START = re.compile(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`]")
_UNSAFE = re.compile(r": |:$| #|\s$|[\n\t\r]")
_UNSAFE_IN_FLOW = re.compile(r"[,?\[\]{}]|:(?=$|[,\[\]{} ])")
_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff\r]")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def dump(data: Mapping[str, Value] | Sequence[Value], *, blank_between: bool = True) -> str:
    """A document: sections and elements as blocks, a blank line between sections, what lies deeper in one line.

    Raises ValueError for numbers YAML's core schema has no form for (NaN, infinity).
    """
    lines: list[str] = []
    if isinstance(data, Mapping) and data:
        for key, value in data.items():
            piece = entry(key, value, 0, flow_from=2)
            if lines and blank_between and (len(piece) > 1 or lines[-1].startswith((" ", "-"))):
                lines.append("")
            lines += piece
    else:
        lines = block(data, 0, flow_from=1) if data else [flow(data)]
    return "\n".join(lines) + "\n"


def entry(key: str, value: Value, indent: int, flow_from: int = 0) -> list[str]:
    """The lines of `key: value` at this indent; collections `flow_from` levels down go in one line if they fit."""
    head = " " * indent + scalar(key, flow=False, key=True) + ":"
    in_line = not _is_collection(value) or (
        (flow_from <= 0 or _is_scalar_list(value)) and fits_in_line(value, len(head) + 1)
    )
    first, body = written_value(value, indent, in_line, flow_from - 1)
    return [f"{head} {first}" if first else head, *body]


def block(value: Value, indent: int, flow_from: int = 0) -> list[str]:
    """The lines of a collection that isn't empty, at this indent."""
    pad = " " * indent
    lines: list[str] = []
    if isinstance(value, Mapping):
        for key, inner in value.items():
            lines += entry(key, inner, indent, flow_from)
        return lines
    assert isinstance(value, Sequence)
    for item in value:
        in_line = not _is_collection(item) or (flow_from <= 0 and fits_in_line(item, indent + 2))
        first, rest = written_value(item, indent, in_line, flow_from - 1)
        if not first:
            first, *rest = rest
        lines += [f"{pad}- {first.lstrip()}", *rest]
    return lines


def fits_in_line(value: Value, column: int) -> bool:
    """Whether a value that starts at this column (from 0) ends before `WIDTH` when written in one line."""
    return not _is_collection(value) or column + len(flow(value)) <= WIDTH


def written_value(
    value: Value, indent: int, in_line: bool, flow_from: int = 0, *, literal: bool = True
) -> tuple[str, list[str]]:
    """What follows `key:` or `-` on its line, and the lines below, for a parent at this indent."""
    if literal and isinstance(value, str) and "\n" in value and _literal(value):
        return _chomp(value), _literal_lines(value, indent + 2)
    if in_line or not value:
        return flow(value) if _is_collection(value) else scalar(value, flow=False), []
    return "", block(value, indent + 2, flow_from)


def flow(value: Value) -> str:
    """A value in one line: `{a: 1, b: [x, y]}`."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(k, flow=True, key=True)}: {flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return scalar(value, flow=True)


def scalar(value: Value, *, flow: bool, key: bool = False) -> str:
    """A scalar in one line, quoted only when it must be (inside `{}` and `[]` more must be)."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} has no form in a model file")
        return repr(value)
    if isinstance(value, int):
        return str(value)
    assert isinstance(value, str)
    if _needs_escape(value):
        return '"' + "".join(_ESCAPES.get(c) or _escaped(c) for c in value) + '"'
    if _may_be_plain(value, flow=flow, key=key):
        return value
    return "'" + value.replace("'", "''") + "'"


def _may_be_plain(text: str, *, flow: bool, key: bool) -> bool:
    if not _PLAIN_START.match(text) or _UNSAFE.search(text) or (flow and _UNSAFE_IN_FLOW.search(text)):
        return False
    if text.startswith(("---", "...")) or (key and text == "<<"):
        return False
    read = Scalar(text, "", "", 0, 0, 0, 0)
    resolved = (
        is_null(read) or as_bool(read) is not None or as_int(read) is not None or as_float(read) is not None
    )
    return key or not resolved


def _needs_escape(text: str) -> bool:
    return bool(_REFUSED.search(text)) or "\n" in text or "\t" in text


def _escaped(character: str) -> str:
    if not _REFUSED.match(character):
        return character
    return f"\\u{ord(character):04X}"


def _literal(text: str) -> bool:
    """Whether a text of several lines can be a literal block (`|`): nothing to escape, no odd start or end."""
    if _REFUSED.search(text) or "\t" in text or text[0] in " \n":
        return False
    lines = text.removesuffix("\n").split("\n")
    return bool(lines[-1]) and all(line == line.rstrip() for line in lines)


def _chomp(text: str) -> str:
    return "|" if text.endswith("\n") else "|-"


def _literal_lines(text: str, indent: int) -> list[str]:
    return [" " * indent + line if line else "" for line in text.removesuffix("\n").split("\n")]


def _is_collection(value: Value) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, Sequence) and not isinstance(value, str))


def _is_scalar_list(value: Value) -> bool:
    return (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and not any(_is_collection(item) for item in value)
    )
