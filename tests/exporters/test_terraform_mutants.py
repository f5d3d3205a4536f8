"""Every change of the Terraform outline is noticed: one argument, block, number, word or name of it at a time."""

from __future__ import annotations

from typing import Any

import hcl2
import pytest

from exporters.test_terraform import wanted
from exports.structures import missed_of
from groma.catalog import load_catalog
from groma.exporters import Source, exports
from groma.model.elements import Model
from groma.model.figure import Ledger
from groma.model.load import loads
from outline_models import CLOUDS
from terraform_blocks import unknown
from terraform_checks import commented, in_trees

Read = dict[str, Any]


@pytest.fixture(scope="module")
def model() -> Model:
    return loads(CLOUDS)


@pytest.fixture(scope="module")
def files(model: Model) -> dict[str, str]:
    source = Source(model, Ledger(model.digest), load_catalog())
    return {each.path: each.text for each in exports()["terraform"].make(source)}


@pytest.fixture(scope="module")
def read(files: dict[str, str]) -> Read:
    return {path: hcl2.loads(text) for path, text in files.items() if path.endswith(".tf")}


def caught(read: Read, path: str, model: Model, above: set[str]) -> bool:
    try:
        folder = path.rpartition("/")[0]
        return bool(unknown(read, model, folder) or in_trees(read, wanted(model), above))
    except (KeyError, IndexError, TypeError, AttributeError, ValueError):  # a hole that the check fell into
        return True


def test_all_of_it_was_read_and_found_good(read: Read, files: dict[str, str], model: Model) -> None:
    assert unknown(read, model) == []
    assert in_trees(read, wanted(model), commented(files)) == []


@pytest.mark.parametrize(
    "every", [pytest.param(19, id="one in 19"), pytest.param(1, id="all", marks=pytest.mark.mutants)]
)
def test_every_mutant_of_an_outline_is_caught(
    every: int, read: Read, files: dict[str, str], model: Model, capsys: pytest.CaptureFixture[str]
) -> None:
    above = commented(files)
    tried, missed = missed_of(
        read,
        lambda path, mutant: caught(read | {path: mutant.value}, path, model, above),
        every,
        lambda mutant: not any(str(step).startswith("__") for step in mutant.path),
    )
    with capsys.disabled():
        print(f" {tried - len(missed)} of {tried} mutants caught", end="")
    assert missed == []
    assert tried > 100
