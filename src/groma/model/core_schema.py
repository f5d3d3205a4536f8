"""Scalars as values: the core schema of YAML 1.2.2 (section 10.3), on demand.

The tree keeps texts; whoever needs a number asks for one. So `no`, `on`, `012` and `12:30` stay what was written.
"""

from __future__ import annotations

import math
import re

from groma.model.source import Mapping, Node, Scalar

DATE_FORM = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
"""ISO 8601 year, month or day."""

_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_LONGEST_INT = 40

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]
"""What YAML's core schema can say; JSON's values."""


def is_null(scalar: Scalar) -> bool:
    """Nothing, `null` or `~`."""
    return scalar.plain and scalar.value in ("", "null", "Null", "NULL", "~")


def as_bool(scalar: Scalar) -> bool | None:
    """`true` and `false` (any of the three cases), None for everything else."""
    if scalar.plain and scalar.value in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return scalar.value.lower() == "true"
    return None


def as_int(scalar: Scalar) -> int | None:
    """A whole number, decimal (`012` is twelve), `0o14` or `0xC`; None for everything else."""
    if not scalar.plain or len(scalar.value) > _LONGEST_INT or not _INT.fullmatch(scalar.value):
        return None
    based = scalar.value.startswith(("0o", "0x"))
    return int(scalar.value, 0) if based else int(scalar.value)


def as_float(scalar: Scalar) -> float | None:
    """A number with or without fraction, finite; None for everything else (`.inf` and `.nan` too)."""
    if not scalar.plain or not _FLOAT.fullmatch(scalar.value):
        return None
    value = float(scalar.value)
    return value if math.isfinite(value) else None


def plain_data(node: Node) -> Plain:
    """The tree as plain values, scalars by the core schema (a number too large for a float stays text)."""
    if isinstance(node, Mapping):
        return {key.value: plain_data(value) for key, value in node.entries}
    if not isinstance(node, Scalar):
        return [plain_data(item) for item in node.items]
    if is_null(node):
        return None
    truth = as_bool(node)
    if truth is not None:
        return truth
    whole = as_int(node)
    if whole is not None:
        return whole
    number = as_float(node)
    return node.value if number is None else number
