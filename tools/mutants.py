"""Mutants of the simulator's kernel: one comparison flipped, one term or statement dropped, and the tests run on it.

    .venv/bin/python tools/mutants.py --count 60 --seed 1

Each mutant is compiled in a copy of the package and meets the tests of figures and rules, not those that compare
the two engines (which would catch any). Those that no test catches are listed; some of them change nothing.
Needs Cython and a C compiler.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
KERNEL = Path("src/groma/solvers/simulation/kernel.py")
TESTS = ("policies", "rules", "exact")
SKIPPED = {"__init__", "grown", "kept", "keep", "keep_reals", "doubles", "integers", "unsigned"}
FLIPPED = {
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Eq: "!=",
    ast.NotEq: "==",
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A piece of the source and what stands there instead."""

    line: int
    start: int
    end: int
    text: str
    what: str


def mutants(source: str) -> list[Mutant]:
    """All of them, in the order of the source."""
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line.encode()))
    found: list[Mutant] = []

    def place(line: int, column: int) -> int:
        return starts[line - 1] + column

    def span(node: ast.expr | ast.stmt) -> tuple[int, int]:
        last, column = node.end_lineno, node.end_col_offset
        assert last is not None
        assert column is not None
        return place(node.lineno, node.col_offset), place(last, column)

    def visit(node: ast.AST, where: str) -> None:
        if isinstance(node, ast.FunctionDef):
            where = node.name
            if where in SKIPPED:
                return
        if isinstance(node, ast.If) and ast.unparse(node.test) == "cython.compiled":
            for inner in node.body:
                visit(inner, where)
            return
        if isinstance(node, ast.Subscript):
            return
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in FLIPPED:
            _, left = span(node.left)
            right, _ = span(node.comparators[0])
            between = source.encode()[left:right].decode()
            if "(" not in between and ")" not in between:
                flipped = FLIPPED[type(node.ops[0])]
                what = f"{where}: {ast.unparse(node)} -> {flipped}"
                found.append(Mutant(node.lineno, left, right, f" {flipped} ", what))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
            begin, end = span(node)
            what = f"{where}: {ast.unparse(node)} without its last term"
            found.append(Mutant(node.lineno, begin, end, f"({ast.unparse(node.left)})", what))
        if isinstance(node, ast.AugAssign) or (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
        ):
            begin, end = span(node)
            found.append(Mutant(node.lineno, begin, end, "pass", f"{where}: without {ast.unparse(node)}"))
        for inner in ast.iter_child_nodes(node):
            visit(inner, where)

    tree = ast.parse(source)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            visit(node, "")
    return found


def caught(mutant: Mutant, source: bytes, folder: Path) -> bool:
    """Whether the tests notice; a mutant that can't be compiled, crashes or hangs is noticed, too."""
    (folder / KERNEL).write_bytes(source[: mutant.start] + mutant.text.encode() + source[mutant.end :])
    (folder / KERNEL).with_name("compiled_kernel.digest").unlink(missing_ok=True)
    build = "import hatch_build as h; h.FLAGS[:] = ['-O1', *h.FLAGS[1:-1], '-DCYTHON_INLINE=inline']; print(h.build())"
    made = subprocess.run(
        [sys.executable, "-c", build], cwd=folder, capture_output=True, text=True, check=False
    )
    if "was built" not in made.stdout:
        return True
    tests = [f"tests/solvers/test_simulation_{name}.py" for name in TESTS]
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    environment = {**os.environ, "PYTHONPATH": "src"}
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, check=False, timeout=120
        )
    except subprocess.TimeoutExpired:
        return True
    return done.returncode != 0


def main() -> None:
    """Tells what survived and the share that was caught."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=60)
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args()
    source = (ROOT / KERNEL).read_bytes()
    every = mutants(source.decode())
    chosen = sorted(random.Random(asked.seed).sample(range(len(every)), min(asked.count, len(every))))
    survivors = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "copy"
        folder.mkdir()
        # Some tests read reference cases beside the checkout.
        (Path(name) / "shared").symlink_to(ROOT.parent / "shared")
        for part in ("src", "tests", "hatch_build.py", "pyproject.toml"):
            copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
            copy(ROOT / part, folder / part)
        if caught(Mutant(0, 0, 0, "", "nothing"), source, folder):
            sys.exit("The tests fail without a mutation, or nothing can be built here.")
        for number in chosen:
            if not caught(every[number], source, folder):
                survivors += 1
                print(f"survived, line {every[number].line}: {every[number].what}", flush=True)
    print(f"caught {len(chosen) - survivors} of {len(chosen)} (of {len(every)} that there are)")


if __name__ == "__main__":
    main()
