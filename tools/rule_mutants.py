"""Mutants of the rules' checks: one operator, condition or number changed, and the examples and companies run on it.

    .venv/bin/python tools/rule_mutants.py [RULE ...]

A mutant is caught when an example of the rule, a case of `tests/rules/cases.py`, or a company of the rule tests gives
other findings than it should. Those that nothing catches are listed; some of them change nothing.
"""

from __future__ import annotations

import argparse
import ast
import copy
import inspect
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from companies import PLANTS, clean, planted
from groma.catalog import load_catalog
from groma.model.elements import Model
from groma.model.figure import Ledger
from groma.model.load import loads
from groma.rules import EXAMPLE_HEAD, Rule, Subject, rules
from rules.cases import CASES, Case
from rules.more_cases import MORE

FLIPPED = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
SWAPPED = {"any": "all", "all": "any", "min": "max", "max": "min"}
MOST_SECONDS = 10
"""A mutant that takes longer is caught: it doesn't end."""
WORDING = {"Hit", "RULE"}
"""What is only said isn't mutated: arguments of a hit, the texts of the rule."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A model and what the rule has to say of it."""

    model: Model
    case: Case


def mutants(source: str) -> Iterator[tuple[str, ast.Module]]:
    """(what was changed, the changed tree), in the order of the source."""
    tree = ast.parse(source)
    places = list(_visited(tree))
    for number, node in enumerate(places):
        for what, change in _changes(node):
            other = copy.deepcopy(tree)
            change(list(_visited(other))[number])
            yield f"line {getattr(node, 'lineno', 0)}: {what}", ast.fix_missing_locations(other)


def _visited(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Assign) and any(
        isinstance(t, ast.Name) and t.id in WORDING for t in node.targets
    ):
        return
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in WORDING:
        yield from _visited(node.args[0])  # the element
        kept = ("key", "figures", "confidence")
        yield from (n for word in node.keywords if word.arg in kept for n in _visited(word.value))
        return
    yield node
    for name, value in ast.iter_fields(node):
        if name not in ("annotation", "returns"):
            for inner in value if isinstance(value, list) else [value]:
                if isinstance(inner, ast.AST):
                    yield from _visited(inner)


def _changes(node: ast.AST) -> Iterator[tuple[str, object]]:
    told = ast.unparse(node) if isinstance(node, ast.expr) else type(node).__name__
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in FLIPPED:
        yield f"{told}: flipped", lambda n: n.ops.__setitem__(0, FLIPPED[type(n.ops[0])]())
    if isinstance(node, ast.BoolOp):
        yield (
            f"{told}: and/or",
            lambda n: setattr(n, "op", ast.Or() if isinstance(n.op, ast.And) else ast.And()),
        )
        for i in range(len(node.values)):
            yield f"{told}: without part {i + 1}", lambda n, i=i: n.values.pop(i)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield (
            f"{told}: not dropped",
            lambda n: setattr(n, "op", ast.Not()) or setattr(n, "operand", ast.UnaryOp(ast.Not(), n.operand)),
        )
    if isinstance(node, ast.comprehension):
        for i, test in enumerate(node.ifs):
            yield f"for without if {ast.unparse(test)}", lambda n, i=i: n.ifs.pop(i)
    if isinstance(node, ast.If | ast.IfExp):
        yield f"if {ast.unparse(node.test)}: never", lambda n: setattr(n, "test", ast.Constant(False))
        yield f"if {ast.unparse(node.test)}: always", lambda n: setattr(n, "test", ast.Constant(True))
    if (
        isinstance(node, ast.Constant)
        and isinstance(node.value, int | float)
        and not isinstance(node.value, bool)
    ):
        yield f"{told}: one more", lambda n: setattr(n, "value", n.value + 1)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SWAPPED:
        yield f"{told}: {SWAPPED[node.func.id]}", lambda n: setattr(n.func, "id", SWAPPED[n.func.id])
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr):
        yield f"{told}: left alone", lambda n: setattr(n, "right", copy.deepcopy(n.left))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub | ast.Mult):
        nothing = 1 if isinstance(node.op, ast.Mult) else 0
        if not any(
            isinstance(side, ast.Constant | ast.JoinedStr | ast.IfExp) for side in (node.left, node.right)
        ):
            yield f"{told}: left alone", lambda n: setattr(n, "right", ast.Constant(nothing))


def trials(rule: Rule) -> list[Trial]:
    """Everything that the tests hold the rule against: examples, cases, companies."""
    cases = [Case(rule.id, rule.bad, rule.expected), Case(rule.id, rule.good)]
    cases += [case for case in (*CASES, *MORE) if case.rule == rule.id]
    made = [Trial(loads(EXAMPLE_HEAD + case.body), case) for case in cases]
    for number, plant in enumerate(PLANTS):
        company, expected = planted(7_000 + number, [plant])
        mine = frozenset(name for name in expected if name.startswith(f"{rule.id}:"))
        if mine or number % 5 == 0:
            made.append(Trial(loads(company.text), Case(rule.id, "", tuple(mine))))
    made += [Trial(loads(clean(seed).text), Case(rule.id, "")) for seed in range(8)]
    return made


def caught(rule: Rule, each: list[Trial], tree: ast.Module, original: ModuleType) -> bool:
    """Whether a trial tells the mutant from the rule; one that raises is told."""
    module = ModuleType(original.__name__)
    module.__file__ = original.__file__
    sys.modules[original.__name__] = module
    catalog = load_catalog()
    signal.alarm(MOST_SECONDS)
    try:
        exec(compile(tree, str(original.__file__), "exec"), module.__dict__)
        mutant = replace(rule, check=module.check)
        for trial in each:
            subject = Subject(trial.model, Ledger(trial.model.digest), catalog)
            if trial.case.differs(mutant, subject):
                return True
    except Exception:
        return True
    finally:
        signal.alarm(0)
        sys.modules[original.__name__] = original
    return False


def _too_long(*_: object) -> None:
    raise TimeoutError


def main() -> int:
    """Tells what survived and the share that was caught."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("rules", nargs="*", help="ids of rules (all of them)")
    asked = options.parse_args()
    signal.signal(signal.SIGALRM, _too_long)
    known = rules()
    survivors = count = 0
    for name in asked.rules or known:
        rule = known[name]
        module = sys.modules[rule.check.__module__]
        each = trials(rule)
        for what, tree in mutants(inspect.getsource(module)):
            count += 1
            if not caught(rule, each, tree, module):
                survivors += 1
                print(f"{name}: survived, {what}", flush=True)
    print(f"caught {count - survivors} of {count} mutants of {len(asked.rules or known)} rules")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
