"""Every argument, block and attribute of an outline is one of the provider's own schema.

`terraform_arguments.txt` lists, for each type that outlines use, what aws 5.99, azurerm 4.55 and google 6.37 know; it
was taken on 2026-11-28 from the bindings that HashiCorp generates of the providers' schemas (cdktf-cdktf-provider-aws
19.65.1, -azurerm 14.23.1 and -google 14.36.0; MPL-2.0). `!`: required; `(read)`: what can be read beside the arguments.
The block of backups of Cloud SQL was taken from the page of google_sql_database_instance (version 6).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import hcl2
import pytest

from groma.catalog import load_catalog
from groma.exporters import Source, exports
from groma.model.figure import Ledger
from groma.model.load import loads
from outline_models import CLOUDS, every_service, within_modules
from terraform_checks import INSIDE, REQUIRED

KNOWN = Path(__file__).parents[1] / "terraform_arguments.txt"
META = {"count", "for_each", "depends_on"}
_READ = re.compile(r"(data\.)?\b((?:aws|azurerm|google)_\w+)\.\w+(?:\[[^\]]*\])?\.(\w+)")


@dataclass
class Shape:
    """What a block may hold; of the outermost also what can be read of it."""

    arguments: set[str]
    required: set[str]
    read: set[str] = field(default_factory=set[str])
    blocks: dict[str, Shape] = field(default_factory=dict[str, "Shape"])


@cache
def shapes() -> Mapping[str, Shape]:
    told: dict[str, Shape] = {}
    above: list[Shape] = []
    for line in KNOWN.read_text(encoding="utf-8").splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        if line.strip().startswith("(read) "):
            above[0].read.update(line.split()[1:])
            continue
        name, _, words = line.strip().partition(": ")
        shape = Shape({w.rstrip("!") for w in words.split()}, {w[:-1] for w in words.split() if w[-1] == "!"})
        (above[depth - 1].blocks if depth else told)[name] = shape
        above[depth:] = [shape]
    return told


def unfit(text: str) -> list[str]:
    """What a file holds that no provider knows, or lacks."""
    return [*misfits(hcl2.loads(text)), *unread(text)]


def misfits(tree: Mapping[str, Any]) -> list[str]:
    """Arguments and blocks of a file that was read which no provider knows, and those that it lacks."""
    return [
        problem
        for kind, before in (("resource", ""), ("data", "data "))
        for block in tree.get(kind, [])
        for label, named in _inner(block)
        for _, body in _inner(named)
        for problem in _misfits(before + label, shapes().get(before + label), body)
    ]


def unread(text: str) -> list[str]:
    """Attributes that are read and that no provider gives."""
    told: list[str] = []
    for data, kind, attribute in _READ.findall(text):
        shape = shapes().get(("data " if data else "") + kind)
        if shape is None or attribute not in shape.read | shape.arguments:
            told.append(f"{kind}.{attribute} can't be read")
    return told


def _inner(block: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((key.strip('"'), value) for key, value in block.items() if not key.startswith("__"))


def _misfits(where: str, shape: Shape | None, body: Mapping[str, Any]) -> Iterator[str]:
    if shape is None:
        yield f"{where} isn't known"
        return
    given = dict(_inner(body))
    for dynamic in given.pop("dynamic", []):
        given |= {name: inner["content"] for name, inner in _inner(dynamic)}
    yield from (f"{where} has no {name}" for name in sorted(set(given) - shape.arguments - META))
    yield from (f"{where} lacks {name}" for name in sorted(shape.required - set(given)))
    for name, value in given.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for inner in value:
                yield from _misfits(f"{where}.{name}", shape.blocks.get(name), inner)


def made(model: str) -> dict[str, str]:
    read = loads(model)
    source = Source(read, Ledger(read.digest), load_catalog())
    return {
        each.path: each.text
        for each in exports()["terraform"].make(source)
        if each.path.startswith("modules/") and each.path.endswith(".tf")
    }


@pytest.mark.parametrize(
    "model", [CLOUDS, every_service(), within_modules()], ids=["clouds", "all", "within"]
)
def test_the_providers_know_all_that_is_written(model: str) -> None:
    assert {path: told for path, text in made(model).items() if (told := unfit(text))} == {}


@pytest.mark.parametrize(
    "model", [CLOUDS, every_service(), within_modules()], ids=["clouds", "all", "within"]
)
def test_all_that_can_be_marked_is_marked(model: str) -> None:
    """Tags or labels where the provider has them (the `tags` of a machine of Google are rules of its network)."""
    marks = {"tags", "labels", "user_labels", "resource_labels"}
    left = {
        f"{path}: {label}"
        for path, text in made(model).items()
        for block in hcl2.loads(text).get("resource", [])
        for label, named in _inner(block)
        for _, body in _inner(named)
        if shapes()[label].arguments & marks and not marks & set(body)
    }
    assert left == set()


def test_the_restated_table_agrees_with_the_schemas() -> None:
    """What a schema requires is in the table, and the table names arguments that there are."""
    assert set(REQUIRED) == {name for name in shapes() if not name.startswith("data ")}
    for kind, needed in REQUIRED.items():
        assert shapes()[kind].required <= needed <= shapes()[kind].arguments, kind
    for kind, blocks in INSIDE.items():
        for path, needed in blocks.items():
            shape = shapes()[kind]
            for word in path.split("."):
                shape = shape.blocks[word]
            assert shape.required <= needed <= shape.arguments, (kind, path)


def test_a_name_with_a_slip_is_noticed() -> None:
    """One letter more in an argument, a block, a type or an attribute."""
    text = made(CLOUDS)["modules/azure_westeurope/main.tf"]
    for old in ("os_disk {", '"azurerm_lb_rule"', "front.principal_id", "main.location"):
        assert old in text
        assert unfit(text.replace(old, re.sub(r"(\w)(\W*)$", r"\1x\2", old))), old
    for name in re.findall(r"^ +(\w+) +=", text, re.M):
        if name not in META:
            assert unfit(re.sub(rf"^( +){name}( +=)", rf"\1{name}x\2", text, flags=re.M)), name
