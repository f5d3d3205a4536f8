"""What the code imports is what it is installed with: a main job never asks for a package that nobody listed."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

BESIDE = {
    "httptools": ("site/gather/",),
    "distributed": ("workers/",),
    "sacrebleu": ("analyses/evaluation.py",),
    "rouge-score": ("analyses/evaluation.py",),
    "cython": ("solvers/simulation/kernel.py",),
}
"""Packages of an extra or of the build, with the files that alone may ask for them."""


def _imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.partition(".")[0])
    return found - sys.stdlib_module_names - {"groma", "__future__"}


def test_every_package_that_is_imported_is_listed(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = {_plain(re.split(r"[<>=\[; ]", each)[0]) for each in project["dependencies"]}
    of = {name: {_plain(each) for each in given} for name, given in packages_distributions().items()}
    package = root / "src/groma"
    wrong: list[str] = []
    for path in sorted(package.rglob("*.py")):
        if "carried" in path.parts:  # code that exports copy
            continue
        here = path.relative_to(package).as_posix()
        for name in sorted(_imported(path)):
            given = of.get(name, {_plain(name)})
            allowed = [each for each in given if here.startswith(BESIDE.get(each, ()) or ("\0",))]
            if not given & listed and not allowed:
                wrong.append(f"{here} imports {name}")
    assert wrong == []


def _plain(name: str) -> str:
    return name.strip().lower().replace("_", "-").replace(".", "-")
