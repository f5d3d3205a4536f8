"""A tree written as tidy YAML: two spaces, what fits on a line in one line, text that needs quotes in quotes."""

from __future__ import annotations

import json
import re

from groma.model.source import Mapping as MappingNode
from groma.model.source import Node, Scalar
from groma.model.source import Sequence as SequenceNode

WIDTH = 110
PLAIN = re.compile(r"[A-Za-z0-9_$<(./~+±€£§≥≤°%\-][^\n\t{}\[\],&*!|>'\"`#:]*")
PLAIN_BLOCK = re.compile(r"[A-Za-z0-9_$<(/~+±€£§≥≤°][^\n\t]*")


def written(root: MappingNode) -> str:
    """The text of a model's tree; sections are set apart by a blank line."""
    parts: list[str] = []
    for key, value in root.entries:
        lines = _entry(key, value, 0)
        if parts and (len(lines) > 1 or isinstance(value, MappingNode)):
            parts.append("")
        parts.extend(lines)
    return "\n".join(parts) + "\n"


def _entry(key: Scalar, value: Node, indent: int) -> list[str]:
    pad = " " * indent
    name = _scalar(key, True)
    short = _short(value)
    line = f"{pad}{name}: {short}"
    if (
        short is not None
        and (len(line) <= WIDTH or isinstance(value, Scalar))
        and not (indent == 0 and isinstance(value, MappingNode) and value.entries)
    ):
        return [line]
    return [f"{pad}{name}:", *_block(value, indent + 2)]


def _block(node: Node, indent: int) -> list[str]:
    pad = " " * indent
    match node:
        case Scalar():
            return [pad + _scalar(node, False)]
        case MappingNode(entries=entries):
            return [line for key, value in entries for line in _entry(key, value, indent)]
        case SequenceNode(items=items):
            lines: list[str] = []
            for item in items:
                short = _short(item)
                if short is not None and (isinstance(item, Scalar) or len(pad) + 2 + len(short) <= WIDTH):
                    lines.append(f"{pad}- {short}")
                    continue
                inner = _block(item, indent + 2)
                inner[0] = f"{pad}- {inner[0].lstrip()}"
                lines.extend(inner)
            return lines


def _short(node: Node) -> str | None:
    """The node on one line, or None when it holds too much for that."""
    match node:
        case Scalar():
            return _scalar(node, False)
        case MappingNode(entries=()):
            return "{}"
        case SequenceNode(items=()):
            return "[]"
        case MappingNode(entries=entries):
            parts: list[str] = []
            for key, value in entries:
                inner = _short(value)
                if inner is None or (isinstance(value, MappingNode | SequenceNode) and _deep(value) > 2):
                    return None
                parts.append(f"{_scalar(key, True)}: {_flow(value) if isinstance(value, Scalar) else inner}")
            text = "{" + ", ".join(parts) + "}"
            return text if len(text) <= WIDTH else None
        case SequenceNode(items=items):
            if any(not isinstance(item, Scalar) for item in items):
                return None
            text = "[" + ", ".join(_flow(item) for item in items if isinstance(item, Scalar)) + "]"
            return text if len(text) <= WIDTH else None


def _deep(node: Node) -> int:
    match node:
        case Scalar():
            return 0
        case MappingNode(entries=entries):
            return 1 + max((_deep(value) for _, value in entries), default=0)
        case SequenceNode(items=items):
            return 1 + max((_deep(item) for item in items), default=0)


def _flow(scalar: Scalar) -> str:
    return _scalar(scalar, True)


def _scalar(scalar: Scalar, tight: bool) -> str:
    """A scalar; `tight` where `,`, `:` and brackets around it would be read as YAML."""
    value = scalar.value
    if scalar.plain:
        if value == "":
            return '""' if tight else ""
        pattern = PLAIN if tight else PLAIN_BLOCK
        good = (
            pattern.fullmatch(value)
            and not value.endswith((" ", ":"))
            and ": " not in value
            and " #" not in value
        )
        if good and not value.startswith(("- ", "? ")):
            return value
    return json.dumps(value, ensure_ascii=False)
