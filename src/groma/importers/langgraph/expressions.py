"""What an expression in the syntax tree of a Python file says: names, numbers, items, types with their remarks."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from groma.importers.langgraph.graph import (
    END,
    START,
)

CONSTANTS = {"START": START, "END": END, START: START, END: END}


def key_text(key: ast.expr | None) -> str:
    """What a key of a mapping of ways says, where it is no constant."""
    return "" if key is None else ast.unparse(key)[:80]


def constant_of(key: ast.expr | None, otherwise: str) -> object:
    """A constant; of what is worked out while it runs, what is said in its place."""
    return key.value if isinstance(key, ast.Constant) else otherwise


def argument(call: ast.Call, number: int, given: Mapping[str, ast.expr], name: str) -> ast.expr | None:
    """An argument of a call, by its name or its place."""
    if name in given:
        return given[name]
    return call.args[number] if number < len(call.args) else None


def items_of(value: ast.expr | None) -> list[ast.expr]:
    """What stands in a list or tuple."""
    return list(value.elts) if isinstance(value, ast.List | ast.Tuple) else []


def name_of(value: ast.expr | None) -> str:
    """The last part of a dotted name; empty for all else."""
    if isinstance(value, ast.Attribute):
        return value.attr
    return value.id if isinstance(value, ast.Name) else ""


def number_of(value: ast.expr | None) -> float | None:
    """A constant, or `timedelta(seconds=...)`-free arithmetic of none: only plain numbers are read."""
    if (
        isinstance(value, ast.Constant)
        and isinstance(value.value, int | float)
        and not isinstance(value.value, bool)
    ):
        return float(value.value) if abs(value.value) < 1e9 else None
    return None


def chain_root(value: ast.expr) -> ast.expr:
    """What a chain of calls begins with: `g` of `g.add_node(...).add_edge(...)`."""
    root = value
    while isinstance(root, ast.Call) and isinstance(root.func, ast.Attribute):
        inner = root.func.value
        if isinstance(inner, ast.Name | ast.Call | ast.Attribute):
            if isinstance(inner, ast.Attribute):
                return root
            root = inner
        else:
            break
    return root


def annotations_of(value: ast.expr, around: str) -> list[str]:
    """The texts of `Literal[...]` in an annotation, inside `around[...]` where one is named."""
    found: list[str] = []
    for node in _walk(value):
        if isinstance(node, ast.Subscript) and name_of(node.value) == around and around:
            return annotations_of(node.slice, "")
        if not around and isinstance(node, ast.Subscript) and name_of(node.value) == "Literal":
            items = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            found += [
                CONSTANTS.get(i.value, i.value)
                for i in items
                if isinstance(i, ast.Constant) and isinstance(i.value, str)
            ]
    return found


def _walk(value: ast.expr) -> Iterator[ast.AST]:
    return ast.walk(value)
