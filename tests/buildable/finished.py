"""The finished blueprint of the tests, as a tree from which one thing can be taken out."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from groma.catalog import load_catalog
from groma.model.figure import Ledger
from groma.model.load import loads
from groma.model.position import ModelError
from groma.rules import rules, run

FILE = Path(__file__).parent / "finished.yaml"
Place = tuple[str | int, ...]


@cache
def tree() -> Any:
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def places(node: Any = None, path: Place = ()) -> Iterator[Place]:
    """Every key and every item of a list in the tree, outer before inner."""
    node = tree() if node is None else node
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, inner in items:
        yield (*path, name)
        yield from places(inner, (*path, name)) if isinstance(inner, dict | list) else ()


def without(path: Place) -> str:
    """The blueprint as text without what stands at a place."""
    whole = copy.deepcopy(tree())
    node = whole
    for name in path[:-1]:
        node = node[name]
    del node[path[-1]]
    return yaml.safe_dump(whole, sort_keys=False, allow_unicode=True, width=1000)


def told(text: str) -> list[str]:
    """What reading and checking a blueprint tells: problems of the loader, or ids of findings."""
    try:
        model = loads(text)
    except ModelError as error:
        return [str(problem) for problem in error.problems]
    found = run(model, Ledger(model.digest), catalog=load_catalog(), only=rules(phase="build").values())
    return [finding.id for finding in found]
