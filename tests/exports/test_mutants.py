"""Every mutant of exported code is caught by running it: the worlds of the other tests tell it from the design."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from exports.harness import Fate, Fault, forgotten, langgraph, plain, plain_many, written
from exports.reference import Reference, Tie, same
from exports.test_langgraph import native
from exports.test_plain import HERE, KINDS, MANY, many, sites
from groma import api

DROPPED = ("within", "hedged", "limited", "broken", "retried", "cached")
FLIPPED = {
    ast.GtE: ast.Lt,
    ast.Lt: ast.GtE,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotIn: ast.In,
}


def mutants(text: str) -> Iterator[tuple[str, str]]:
    """(what was done, the text): a policy dropped, a comparison flipped, ways swapped, a number changed, ..."""
    tree = ast.parse(text)
    places = list(ast.walk(tree))
    for number, node in enumerate(places):
        for what, change in changes(node):
            mutant = copy.deepcopy(tree)
            change(list(ast.walk(mutant))[number])
            yield f"line {getattr(node, 'lineno', 0)}: {what}", ast.unparse(ast.fix_missing_locations(mutant))


def changes(node: ast.AST) -> Iterator[tuple[str, Callable[[ast.AST], None]]]:
    if isinstance(node, ast.Compare) and type(node.ops[0]) in FLIPPED:
        yield "comparison flipped", lambda n: n.ops.__setitem__(0, FLIPPED[type(n.ops[0])]())  # pyright: ignore
    if (
        isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
    ):
        if node.value.func.id in DROPPED:
            yield f"{node.value.func.id} dropped", lambda n: setattr(n, "value", ast.Name("work", ast.Load()))
    if isinstance(node, ast.Call):
        once = any(k.arg == "times" and ast.unparse(k.value) == "1" for k in node.keywords)
        for at, keyword in enumerate(node.keywords):
            value = keyword.value
            if (keyword.arg == "factor" and once) or (keyword.arg == "backoff_factor"):
                continue  # the first pause doesn't grow
            if keyword.arg in ("times", "at_most", "join", "burst", "max_attempts"):
                yield f"{keyword.arg} one more", lambda n, at=at: _more(n.keywords[at].value)  # pyright: ignore
            elif keyword.arg in ("backoff", "factor", "after", "opens_at", "half_open_after", "rate", "initial_interval",
                                 "jitter", "budget") and isinstance(value, ast.Constant) and value.value:  # fmt: skip
                yield f"{keyword.arg} half", lambda n, at=at: _half(n.keywords[at].value)  # pyright: ignore
            elif keyword.arg == "on" and isinstance(value, ast.Tuple):
                yield "no kind is tried again", lambda n, at=at: setattr(n.keywords[at].value, "elts", [])  # pyright: ignore
            elif keyword.arg == "run_on":
                yield "what is left over changed", lambda n, at=at: _not(n.keywords[at].value)  # pyright: ignore
            elif keyword.arg == "retry_policy":
                yield "retry policy dropped", lambda n, at=at: n.keywords.pop(at)  # pyright: ignore
        if isinstance(node.func, ast.Name) and node.func.id == "within":
            yield "limit of time half", lambda n: _half(n.args[0])  # pyright: ignore
        if isinstance(node.func, ast.Attribute) and node.func.attr == "add_conditional_edges":
            if isinstance(node.args[-1], ast.Dict) and len({ast.dump(v) for v in node.args[-1].values}) > 1:
                yield "ways swapped", lambda n: n.args[-1].values.reverse()  # pyright: ignore
    if isinstance(node, ast.Expr):
        text = ast.unparse(node)
        for dropped in ("run.undo.append", "await run.check", "await run.send", "await run.ask", "await joined",
                        "await run.call", "await run.ports.clock.sleep", "await play"):  # fmt: skip
            if text.startswith(dropped):
                yield f"{dropped} dropped", lambda n: setattr(n, "value", ast.Constant(None))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Machine":
        table = node.args[3]
        assert isinstance(table, ast.Dict)
        ways: dict[str, list[int]] = {}
        for at, key in enumerate(table.keys):
            assert isinstance(key, ast.Tuple)
            ways.setdefault(ast.unparse(key.elts[0]), []).append(at)
        for state, found in ways.items():
            if len({ast.dump(table.values[at]) for at in found}) > 1:
                yield f"ways of {state} swapped", lambda n, found=found: _swap(n.args[3], found)  # pyright: ignore
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        yield "another error", lambda n: n.exc.args.__setitem__(0, ast.Constant("other"))  # pyright: ignore


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


def _worlds() -> list[tuple[Fate, tuple[str, list[tuple[float, str, str]]]]]:
    model = api.load(HERE / "everything.yaml")
    found: list[tuple[Fate, tuple[str, list[tuple[float, str, str]]]]] = []
    plans = [()] * 12 + [
        (Fault(site, kind, share),) for share in (1.0, 1.0, 0.5) for site in sites(model) for kind in KINDS
    ]
    plans += [(Fault("shop.refund", kind, share),) for kind in KINDS for share in (0.5, 1.0) * 4]
    twice = Fault("model.generate", "failed")
    plans += [(twice, Fault("model.small", kind, share)) for kind in KINDS for share in (0.5, 0.5, 1.0)]
    for seed, faults in enumerate(plans):
        fate = Fate(seed, faults)
        try:
            found.append((fate, Reference(model, fate).run("answer")))
        except Tie:
            continue
    return found


def test_plain(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = api.load(HERE / "everything.yaml")
    worlds = _worlds()
    remembered = []
    for fate in MANY[::3]:
        try:
            remembered.append((fate, many(model, fate, 20)))
        except Tie:
            continue
    caught, missed = 0, list[str]()

    def differs(package: str) -> bool:
        for fate, expected in worlds:
            try:
                end, log, _ = plain(package, model, "answer", fate)
            except Exception:
                return True
            if end != expected[0] or not same(log, expected[1]):
                return True
        for fate, expected in remembered:
            kinds, log = plain_many(package, model, "answer", fate, 20)
            if kinds != expected[0] or not same(log, expected[1]):
                return True
        return False

    assert not differs(written(model, "python", tmp_path))
    for name in ("flow_answer.py", "policies.py"):
        original: list[str] = []
        forgotten(
            written(model, "python", tmp_path, lambda n, t: original.append(t) or t if n == name else t),
            tmp_path,
        )
        for what, text in mutants(original[0]):
            package = written(model, "python", tmp_path, lambda n, t: text if n == name else t)
            if differs(package):
                caught += 1
            else:
                missed.append(f"{name}: {what}")
            forgotten(package, tmp_path)
    with capsys.disabled():
        print(f" plain: {caught} of {caught + len(missed)} mutants caught", end="")
    assert not missed, "\n".join(missed)
    assert caught > 100


def test_langgraph(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("langgraph", reason="langgraph isn't installed: pip install -r requirements/dev.txt")
    model = api.load(HERE / "everything.yaml")
    worlds = _worlds()
    caught, missed = 0, list[str]()

    def differs(package: str) -> bool:
        for fate, expected in worlds:
            try:
                end, log, _ = langgraph(package, model, "answer", fate)
            except Exception:
                return True
            if end != expected[0] or not same(native(log), native(expected[1])):
                return True
        return False

    original: list[str] = []
    forgotten(
        written(
            model,
            "langgraph",
            tmp_path,
            lambda n, t: original.append(t) or t if n == "graph_answer.py" else t,
        ),
        tmp_path,
    )
    for what, text in mutants(original[0]):
        package = written(model, "langgraph", tmp_path, lambda n, t: text if n == "graph_answer.py" else t)
        if differs(package):
            caught += 1
        else:
            missed.append(what)
        forgotten(package, tmp_path)
    with capsys.disabled():
        print(f" langgraph: {caught} of {caught + len(missed)} mutants caught", end="")
    assert not missed, "\n".join(missed)
    assert caught > 15
