"""Constants of modules that are zero: a sum without one of them is the same sum."""

from __future__ import annotations

import ast
from collections.abc import Callable, Set

PACKAGE = "groma."


def zeros(source: str, read: Callable[[str], bytes] | None = None) -> frozenset[str]:
    """Names of constants that are zero in a module: its own and those that it imports from others of the package.

    `read` gives the source of `solvers/queueing/erlang`, say; without it only a module's own are told.
    """
    tree = ast.parse(source)
    found = _own(tree)
    for node in tree.body:
        if read and isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PACKAGE):
            there = _there(str(node.module), read)
            found |= {a.asname or a.name for a in node.names if a.name in there}
            found |= there if node.names[0].name == "*" else set()
    return frozenset(found)


def _there(module: str, read: Callable[[str], bytes]) -> set[str]:
    """Of another module; a package has none."""
    try:
        return _own(ast.parse(read(module.removeprefix(PACKAGE).replace(".", "/"))))
    except FileNotFoundError:
        return set()


def drops_nothing(old: ast.AST, new: ast.AST | str, zero: Set[str]) -> bool:
    """Whether what a sum is replaced by lacks only a constant that is zero."""
    match old:
        case ast.BinOp(left, ast.Add() | ast.BitOr(), right):
            return (new is left and _is(right, zero)) or (new is right and _is(left, zero))
        case ast.BinOp(left, ast.Sub(), right):
            return new is left and _is(right, zero)
        case _:
            return False


def _is(node: ast.expr, zero: Set[str]) -> bool:
    return isinstance(node, ast.Name) and node.id in zero


def _own(tree: ast.Module) -> set[str]:
    """Names in capitals that a module sets once, to zero."""
    found: set[str] = set()
    for node in tree.body:
        match node:
            case ast.Assign([ast.Name(name)], ast.Constant(int(value))) if name.isupper() and value == 0:
                found.add(name)
            case _:
                pass
    return found
