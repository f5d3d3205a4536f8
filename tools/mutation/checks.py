"""Mutants of a check that is held in a table by its id, as audits and rules are: each executed beside the original.

Nothing is written: the changed source makes a module of its own, whose check takes the place of the one in the table.
The description of the audit or rule, which stands in the same file, isn't mutated.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from . import declared, operators

DESCRIPTIONS = ("AUDIT", "RULE")
Said = Callable[[ast.Call], Iterable[ast.expr]]
"""What of a call is only said."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed check: its id, its module (as `operators` and `declared` name it) and source, and the change."""

    name: str
    module: str
    source: bytes
    change: operators.Mutant

    def executed(self, original: ModuleType) -> ModuleType:
        """The module with the change; raises what executing it raises."""
        module = ModuleType(original.__name__)
        module.__file__ = original.__file__
        exec(compile(self.change.applied(self.source), str(module.__file__), "exec"), module.__dict__)
        return module


def mutants(name: str, check: Callable[[Any], Any], said: Said = lambda _: ()) -> Iterator[Mutant]:
    """All of a check's module, in the order of its source, without those of what is `said`."""
    module = sys.modules[check.__module__]
    text = inspect.getsource(module)
    source, known = text.encode(), module.__name__.removeprefix("groma.").replace(".", "/")
    starts = operators.starts(text)
    left_out = [
        (starts[node.lineno - 1] + node.col_offset, starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0))
        for node in _only_said(ast.parse(text), said)
    ]  # fmt: skip
    for change in operators.mutants(text):
        inside = any(first <= change.start and change.end <= last for first, last in left_out)
        if not inside and operators.compiles(source, change):
            yield Mutant(name, known, source, change)


def _only_said(tree: ast.Module, said: Said) -> Iterator[ast.expr | ast.stmt]:
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id)]) if id in DESCRIPTIONS:
                yield node
            case ast.Call():
                yield from said(node)
            case _:
                pass


def undeclared(every: Iterable[Mutant]) -> list[Mutant]:
    """Those that nobody says to change nothing."""
    known = declared.read()
    return [m for m in every if known.reason(m.module, m.change, m.source) is None]
