"""Mutants of a module: what a slip of the hand makes of its syntax tree.

A comparison flipped or moved by its boundary, an arithmetic operator swapped, a term or a condition dropped, a
negation lost, a constant off by one or zero, what is returned emptied, a branch forced, min for max, a statement left
out. The operators are those of the literature (Offutt et al. 1996, "An experimental determination of sufficient
mutant operators": relational, logical, arithmetic, absolute value, unary), and dropped statements.

Not mutated: annotations, aliases of several types, decorators, docstrings, texts, what is said when something is
raised, assertions (`strict` of `zip` is one), patterns of `match`, what only type checkers or Cython see, that a
result is remembered (`memo`), which only saves time, and a term that is a constant of zero (fields of flat arrays),
whose sum is the same without it.
"""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate

from .constants import drops_nothing, zeros

FLIPPED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
CONTRARY = {operator: others[-1] for operator, others in FLIPPED.items()}
SWAPPED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
TERMS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Mod, ast.BitAnd, ast.BitOr)
EXCHANGED = {"min": "max", "max": "min", "any": "all", "all": "any", "floor": "ceil", "ceil": "floor"}
LEFT_OUT = ("abs", "sorted", "reversed")
"""Calls of one argument that is put in their place."""
EMPTY = {
    "tuple": "()",
    "list": "[]",
    "dict": "{}",
    "Mapping": "{}",
    "set": "set()",
    "frozenset": "frozenset()",
    "Sequence": "()",
    "str": "''",
    "int": "0",
    "float": "0.0",
}
SEEN_BY_TOOLS = ("TYPE_CHECKING", "cython.compiled")
KINDS = {
    "flip": "a comparison flipped into its contrary",
    "boundary": "a comparison moved by its boundary",
    "term": "a term of a sum or a product, or what is added to a variable, dropped",
    "operator": "an operator of arithmetic swapped",
    "condition": "a condition dropped, of several or of a comprehension",
    "logic": "and for or",
    "branch": "a branch forced",
    "sign": "a negation or a sign lost",
    "constant": "a constant off by one, zero, or the other truth",
    "call": "min for max and the like, or sorting left out",
    "returned": "what is returned emptied",
    "statement": "a statement left out, break for continue",
}


@dataclass(frozen=True, slots=True, order=True)
class Mutant:
    """A piece of a module's source and what stands there instead."""

    line: int
    last: int
    """Lines of the piece, from one."""
    start: int
    end: int
    """Its bytes."""
    text: str
    where: str
    """Function or class, with those around it; empty for the module itself."""
    what: str
    """Piece and what stands there; the second of the same on a line ends with #2."""
    statement: tuple[int, int]
    """Lines of the statement around it."""
    kind: str
    """One of `KINDS`."""

    def applied(self, source: bytes) -> bytes:
        """The module with it."""
        return source[: self.start] + self.text.encode() + source[self.end :]


def mutants(source: str, zero: Set[str] | None = None) -> list[Mutant]:
    """All of a module's, in the order of its source; `zero` names its constants that are (its own, unless told)."""
    tree = ast.parse(source)
    maker = _Maker(source, zeros(source) if zero is None else zero)
    for statement in tree.body:
        maker.visit(statement, "", (1, 1), None)
    found = sorted({(m.start, m.end, m.text): m for m in maker.found}.values())
    seen: Counter[tuple[int, str]] = Counter()
    for index, mutant in enumerate(found):
        seen[mutant.line, mutant.what] += 1
        if (times := seen[mutant.line, mutant.what]) > 1:
            found[index] = replace(mutant, what=f"{mutant.what} #{times}")
    return found


def compiles(source: bytes, mutant: Mutant) -> bool:
    """Whether it is Python and another program than the source."""
    try:
        tree = ast.parse(mutant.applied(source))
        compile(tree, "mutant", "exec")
    except (SyntaxError, ValueError):
        return False
    return ast.dump(tree) != _dumped(source)


@lru_cache(maxsize=4)
def _dumped(source: bytes) -> str:
    return ast.dump(ast.parse(source))


def starts(source: str) -> list[int]:
    """The byte at which each line begins, and the end."""
    return [0, *accumulate(len(line.encode()) for line in source.splitlines(keepends=True))]


class _Maker:
    def __init__(self, source: str, zero: Set[str]) -> None:
        self.zero = zero
        self.found: list[Mutant] = []
        self.starts = starts(source)

    def visit(self, node: ast.AST, where: str, statement: tuple[int, int], returns: str | None) -> None:
        """Adds the mutants of a node and of what is in it."""
        if isinstance(node, ast.If) and ast.unparse(node.test) in SEEN_BY_TOOLS:
            for inner in node.orelse:
                self.visit(inner, where, statement, returns)
            return
        if isinstance(node, ast.stmt):
            statement = (node.lineno, _head(node))
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            where = f"{where}.{node.name}".lstrip(".")
            returns = None
            if isinstance(node, ast.FunctionDef) and node.returns is not None:
                returns = ast.unparse(node.returns)
        for kind, old, new in _changes(node, returns):
            if not drops_nothing(old, new, self.zero):
                self._add(kind, old, new, where, statement)
        for inner in _inside(node):
            self.visit(inner, where, statement, returns)

    def _add(
        self,
        kind: str,
        old: ast.stmt | ast.expr,
        new: ast.AST | str,
        where: str,
        statement: tuple[int, int],
    ) -> None:
        text = new if isinstance(new, str) else ast.unparse(new)
        if isinstance(old, ast.stmt):
            what = f"{ast.unparse(old)} -> {text}"
        else:
            what, text = f"{ast.unparse(old)} -> {text}", f"({text})"
        last = _last(old)
        start = self.starts[old.lineno - 1] + old.col_offset
        end = self.starts[last - 1] + (old.end_col_offset or 0)
        self.found.append(
            Mutant(old.lineno, last, start, end, text, where, " ".join(what.split()), statement, kind)
        )


_BLOCKS = (ast.If, ast.For, ast.While, ast.With, ast.FunctionDef, ast.ClassDef, ast.Try)


def _head(node: ast.stmt) -> int:
    """Last line of a statement without the statements in it."""
    return max(node.lineno, node.body[0].lineno - 1) if isinstance(node, _BLOCKS) else _last(node)


def _last(node: ast.stmt | ast.expr) -> int:
    return node.end_lineno or node.lineno


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """What of a node is mutated too."""
    match node:
        case ast.FunctionDef():
            yield from (d for d in (*node.args.defaults, *node.args.kw_defaults) if d is not None)
            yield from _statements(node.body)
        case ast.ClassDef():
            yield from _statements(node.body)
        case ast.AnnAssign(annotation=ast.Name("TypeAlias"), value=ast.BinOp()):
            return
        case ast.AnnAssign():
            if node.value is not None:
                yield node.value
        case ast.match_case():
            yield from filter(None, (node.guard, *node.body))
        case ast.Raise() | ast.Assert() | ast.JoinedStr() | ast.Import() | ast.ImportFrom() | ast.pattern():
            return
        case ast.keyword(arg="strict"):
            return
        case ast.Call(func=ast.Name("cast" | "TypeVar" | "NewType")):
            yield from node.args[1:]
        case _:
            yield from ast.iter_child_nodes(node)


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Without docstrings."""
    return (s for s in body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant)))


Change = tuple[str, ast.stmt | ast.expr, ast.AST | str]
"""Its kind, a piece, and what is put in its place."""


def _changes(node: ast.AST, returns: str | None) -> Iterator[Change]:
    """What a slip of the hand makes of a node."""
    match node:
        case ast.Compare():
            for index, operator in enumerate(node.ops):
                for other in FLIPPED[type(operator)]:
                    new = copy.copy(node)
                    new.ops = [*node.ops[:index], other(), *node.ops[index + 1 :]]
                    yield "flip" if other is CONTRARY[type(operator)] else "boundary", node, new
        case ast.BinOp():
            yield from _sums(node)
        case ast.BoolOp():
            yield (
                "logic",
                node,
                ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values),
            )
            for index in range(len(node.values)):
                rest = [*node.values[:index], *node.values[index + 1 :]]
                yield "condition", node, rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield "sign", node, node.operand
        case ast.IfExp():
            yield "branch", node, node.body
            yield "branch", node, node.orelse
        case ast.comprehension():
            yield from (("condition", condition, "True") for condition in node.ifs)
        case ast.If():
            yield "branch", node.test, "True"
            yield "branch", node.test, "False"
        case ast.While() if not isinstance(node.test, ast.Constant):
            yield "branch", node.test, "False"
        case ast.Constant():
            yield from _constants(node)
        case ast.Call():
            yield from _calls(node)
        case ast.Return() if node.value is not None:
            yield from _returned(node.value, returns)
        case ast.AugAssign():
            yield "term", node, "pass"
            if type(node.op) in SWAPPED:
                yield "operator", node, ast.AugAssign(node.target, SWAPPED[type(node.op)](), node.value)
        case ast.Assign(targets=[ast.Subscript(value=ast.Attribute(attr="memo"))]):
            return
        case (
            ast.Assign(targets=[ast.Attribute() | ast.Subscript()]) | ast.Expr(value=ast.Call()) | ast.Raise()
        ):
            yield "statement", node, "pass"
        case ast.Continue():
            yield "statement", node, "break"
        case ast.Break():
            yield "statement", node, "continue"
        case _:
            return


def _sums(node: ast.BinOp) -> Iterator[Change]:
    if type(node.op) in SWAPPED:
        yield "operator", node, ast.BinOp(node.left, SWAPPED[type(node.op)](), node.right)
    if isinstance(node.op, TERMS):
        yield "term", node, node.left
        if isinstance(node.op, ast.Sub):
            yield "term", node, ast.UnaryOp(ast.USub(), node.right)
        elif not isinstance(node.op, ast.Div | ast.Mod):
            yield "term", node, node.right


def _constants(node: ast.Constant) -> Iterator[Change]:
    if isinstance(node.value, bool):
        yield "constant", node, ast.Constant(not node.value)
    elif isinstance(node.value, int | float):
        yield "constant", node, ast.Constant(node.value + 1)
        if node.value not in (0, 1) or node.value == 1:
            yield "constant", node, ast.Constant(type(node.value)(0))


def _calls(node: ast.Call) -> Iterator[Change]:
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    if name in EXCHANGED:
        other = copy.copy(node.func)
        setattr(other, "id" if isinstance(other, ast.Name) else "attr", EXCHANGED[name])
        yield "call", node.func, other
    if name in LEFT_OUT and len(node.args) == 1 and not isinstance(node.args[0], ast.GeneratorExp):
        yield "call", node, node.args[0]


def _returned(value: ast.expr, returns: str | None) -> Iterator[Change]:
    if isinstance(value, ast.Constant):
        return
    if returns == "bool":
        yield "returned", value, ast.UnaryOp(ast.Not(), value)
        return
    empty = EMPTY.get((returns or "").split("[")[0], "None")
    if ast.unparse(value) != empty:
        yield "returned", value, empty
