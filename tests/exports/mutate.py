"""Mutants of Python code: one small thing of it changed at a time."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Change = Callable[[ast.AST], None]

WRAPPERS = ("within", "hedged", "limited", "broken", "retried", "cached")
FLIPPED = {
    ast.GtE: ast.Lt, ast.Lt: ast.GtE, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.NotIn: ast.In, ast.In: ast.NotIn, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
MOVED = {ast.GtE: ast.Gt, ast.Lt: ast.LtE, ast.Gt: ast.GtE, ast.LtE: ast.Lt}
OTHER = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult}
STATEMENTS = ("run.undo.append", "await run.check", "await run.send", "await run.ask", "await joined", "await run.call",
              "await run.ports.clock.sleep", "await play", "run.require", "graph.add_edge", "graph.add_conditional_edges")  # fmt: skip
NUMBERS = ("backoff", "factor", "after", "opens_at", "half_open_after", "rate", "initial_interval", "backoff_factor",
           "jitter", "budget", "seconds", "days", "backoff_coefficient")  # fmt: skip
COUNTS = ("times", "at_most", "join", "burst", "max_attempts", "maximum_attempts")


@dataclass(frozen=True)
class Mutant:
    """What was done, on which lines, and the code."""

    what: str
    lines: range
    tree: ast.Module


def mutants(text: str, changes: Callable[[ast.AST], Iterator[tuple[str, Change]]]) -> Iterator[Mutant]:
    """Every change at every place of a module that runs."""
    tree = ast.parse(text)
    silent = _silent(tree)
    for number, node in enumerate(ast.walk(tree)):
        if id(node) in silent:
            continue
        for what, change in changes(node):
            mutant = copy.deepcopy(tree)
            change(list(ast.walk(mutant))[number])
            first = getattr(node, "lineno", 0)
            lines = range(first, (getattr(node, "end_lineno", None) or first) + 1)
            said = ast.unparse(node).partition("\n")[0][:70]
            yield Mutant(f"{said}: {what}", lines, ast.fix_missing_locations(mutant))


def _silent(tree: ast.Module) -> set[int]:
    """What never runs or is only read by people: annotations, docstrings, texts of several words."""
    found: set[int] = set()

    def hide(node: ast.AST | None) -> None:
        found.update(id(inner) for inner in ast.walk(node)) if node is not None else None

    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign | ast.arg):
            hide(node.annotation)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            hide(node.returns)
        elif (
            (isinstance(node, ast.ClassDef) and "Protocol" in map(ast.unparse, node.bases))
            or (isinstance(node, ast.JoinedStr) and any(" " in ast.unparse(part) for part in node.values))
            or (isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value)
            or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
            or (
                isinstance(node, ast.Assign)
                and ast.unparse(node.targets[0])
                in (
                    "__all__",
                    "T",
                    "Tools",
                    "Checks",
                )
            )
        ):
            hide(node)
    return found


def in_generated(node: ast.AST) -> Iterator[tuple[str, Change]]:
    """Changes of generated code: a policy, a statement or an edge dropped, ways or handlers swapped, a number changed."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in FLIPPED:
        yield "flipped", lambda n: n.ops.__setitem__(0, FLIPPED[type(n.ops[0])]())  # pyright: ignore
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
        if isinstance(node.value.func, ast.Name) and node.value.func.id in WRAPPERS:
            yield "dropped", lambda n: setattr(n, "value", ast.Name("work", ast.Load()))
    if isinstance(node, ast.Expr) and ast.unparse(node).startswith(STATEMENTS):
        yield "dropped", lambda n: setattr(n, "value", ast.Constant(None))
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        yield "another error", lambda n: n.exc.args.__setitem__(0, ast.Constant("other"))  # pyright: ignore
    if isinstance(node, ast.Dict) and node.values and all(isinstance(v, ast.Constant) for v in node.values):
        for at, value in enumerate(node.values):
            if isinstance(value, ast.Constant) and isinstance(value.value, float):
                yield f"value {at + 1} half", lambda n, at=at: _half(n.values[at])  # pyright: ignore
    if isinstance(node, ast.Dict) and node.values and all(isinstance(v, ast.Call) for v in node.values):
        yield "first left out", lambda n: (n.keys.pop(0), n.values.pop(0), None)[2]  # pyright: ignore
    if isinstance(node, ast.Call):
        yield from _in_call(node)


def _in_call(node: ast.Call) -> Iterator[tuple[str, Change]]:
    called = ast.unparse(node.func)
    given = {k.arg: ast.unparse(k.value) for k in node.keywords}
    once = given.get("times") == "1" or given.get("max_attempts") == "2"  # the only pause doesn't grow
    for at, keyword in enumerate(node.keywords):
        value = keyword.value
        if keyword.arg in COUNTS:
            yield f"{keyword.arg} one more", lambda n, at=at: _more(n.keywords[at].value)  # pyright: ignore
        elif keyword.arg in NUMBERS and isinstance(value, ast.Constant) and value.value:
            if not (once and keyword.arg in ("factor", "backoff_factor")):
                yield f"{keyword.arg} half", lambda n, at=at: _half(n.keywords[at].value)  # pyright: ignore
        elif keyword.arg == "on" and isinstance(value, ast.Tuple):
            yield "no kind is tried again", lambda n, at=at: setattr(n.keywords[at].value, "elts", [])  # pyright: ignore
        elif keyword.arg == "run_on":
            yield "what is left over changed", lambda n, at=at: _not(n.keywords[at].value)  # pyright: ignore
        elif keyword.arg == "non_retryable_error_types":
            yield "every kind is tried again", lambda n, at=at: setattr(n.keywords[at].value, "elts", [])  # pyright: ignore
        elif called == "Options" or keyword.arg in ("retry_policy", "retry_on"):
            yield f"{keyword.arg} dropped", lambda n, at=at: n.keywords.pop(at)  # pyright: ignore
    if called.endswith("self.drive"):
        yield "undoes nothing", lambda n: n.args.__setitem__(1, ast.Dict([], []))  # pyright: ignore
        yield "no options", lambda n: n.args.__setitem__(2, ast.Dict([], []))  # pyright: ignore
    if called == "within":
        yield "limit of time half", lambda n: _half(n.args[0])  # pyright: ignore
    if called == "Asked":
        yield "approves nothing", lambda n: n.args.__setitem__(3, ast.Tuple([], ast.Load()))  # pyright: ignore
        yield "another person", lambda n: n.args.__setitem__(1, ast.Constant("nobody"))  # pyright: ignore
    if called in ("node", "branch") and ast.unparse(node.args[1]) != "nothing":
        name = ast.unparse(node.args[1])
        idle = "nothing" if called == "node" else f"type({name})('', None, {{}}, {{}})"
        yield "does nothing", lambda n: n.args.__setitem__(1, ast.parse(idle, mode="eval").body)  # pyright: ignore
    if called == "on":
        yield "no kind is tried again", lambda n: n.args.clear()  # pyright: ignore
    if called.endswith("add_conditional_edges") and isinstance(node.args[-1], ast.Dict):
        if len({ast.dump(v) for v in node.args[-1].values}) > 1:
            yield "ways swapped", lambda n: n.args[-1].values.reverse()  # pyright: ignore
    if called == "all_of":
        yield "one branch isn't begun", lambda n: n.args.pop()  # pyright: ignore
    if called.endswith("add_edge") and "END" not in ast.unparse(node) and "START" not in ast.unparse(node):
        yield "goes to the end", lambda n: n.args.__setitem__(1, ast.Name("END", ast.Load()))  # pyright: ignore
    if called == "Machine" and isinstance(node.args[3], ast.Dict):
        ways: dict[str, list[int]] = {}
        for at, key in enumerate(node.args[3].keys):
            assert isinstance(key, ast.Tuple)
            ways.setdefault(ast.unparse(key.elts[0]), []).append(at)
        for state, found in ways.items():
            if len({ast.dump(node.args[3].values[at]) for at in found}) > 1:
                yield f"ways of {state} swapped", lambda n, found=found: _swap(n.args[3], found)  # pyright: ignore


def in_library(node: ast.AST) -> Iterator[tuple[str, Change]]:
    """Changes of code in general: comparisons, numbers, words, operators, statements, results."""
    if isinstance(node, ast.Compare):
        for table, word in ((FLIPPED, "flipped"), (MOVED, "bound moved")):
            for at, op in enumerate(node.ops):
                if type(op) in table:
                    yield word, lambda n, at=at, t=table: n.ops.__setitem__(at, t[type(n.ops[at])]())  # pyright: ignore
    elif isinstance(node, ast.BoolOp):
        yield "and/or", lambda n: setattr(n, "op", ast.Or() if isinstance(n.op, ast.And) else ast.And())  # pyright: ignore
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in OTHER:
        yield "another operator", lambda n: setattr(n, "op", OTHER[type(n.op)]())  # pyright: ignore
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield "the contrary", lambda n: setattr(n, "value", not n.value)  # pyright: ignore
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        yield "one more", lambda n: setattr(n, "value", n.value + 1)  # pyright: ignore
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield "another word", lambda n: setattr(n, "value", n.value + "?")  # pyright: ignore
    elif isinstance(node, ast.If | ast.While | ast.IfExp):
        yield "the contrary", lambda n: setattr(n, "test", ast.UnaryOp(ast.Not(), n.test))  # pyright: ignore
    elif isinstance(node, ast.Return) and node.value is not None and ast.unparse(node.value) != "None":
        yield "gives nothing", lambda n: setattr(n, "value", ast.Constant(None))
    if isinstance(node, ast.stmt) and hasattr(node, "body"):
        for at, inner in enumerate(node.body):  # pyright: ignore
            if _droppable(inner):
                said = ast.unparse(inner).partition("\n")[0][:60]
                yield f"without `{said}`", lambda n, at=at: n.body.__setitem__(at, ast.Pass())  # pyright: ignore


def _droppable(node: ast.stmt) -> bool:
    if isinstance(node, ast.Expr):
        return not isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Assign):
        return isinstance(node.targets[0], ast.Attribute | ast.Subscript)
    return isinstance(node, ast.AugAssign | ast.Raise | ast.Delete)


def _more(value: ast.Constant) -> None:
    assert isinstance(value.value, int)
    value.value += 1


def _half(value: ast.Constant) -> None:
    assert isinstance(value.value, int | float)
    value.value *= 0.5


def _not(value: ast.Constant) -> None:
    value.value = not value.value


def _swap(table: ast.Dict, found: list[int]) -> None:
    values = [table.values[at] for at in found]
    for at, value in zip(found, [*values[1:], values[0]], strict=True):
        table.values[at] = value
