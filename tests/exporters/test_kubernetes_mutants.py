"""Every change of a manifest is noticed: one key, item, number or word of it at a time."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from jsonschema.exceptions import UnknownType

from exporters.kubernetes_checks import problems
from exporters.test_kubernetes import MODEL
from exports.structures import mutants
from groma.catalog import load_catalog
from groma.exporters import Source, exports
from groma.model.elements import Model
from groma.model.figure import Figure, Ledger
from groma.model.load import loads

MORE = """
groma: 1
system: Night shift
currency: EUR
components:
  big: {kind: host, replicas: 2}
  front:
    kind: service
    runs_on: big
    replicas: 2
    enough: 2
    takes: {vcpu: 2, ram: 1000 B, disk: 2 GiB, accelerators: 1}
    offers:
      begin:
        work: 1 ms
        steps: [{call: back.look, deadline: 3 s, breaker: {opens_at: 50 %, window: 1 min, half_open_after: 10 s}}]
  back: {kind: service, runs_on: big, offers: {look: {work: 2 ms}}}
  idle: {kind: service, runs_on: big, offers: {nothing: {work: 1 ms}}}
flows:
  night: {steps: [{call: front.begin}]}
"""
FIGURES = {"desk": {"utilisation": "20 to 30 %"}}
Documents = dict[str, list[dict[str, Any]]]


def made(text: str) -> tuple[Model, Documents]:
    model = loads(text)
    ledger = Ledger(model.digest)
    ledger.write(Figure("utilisation/desk", "busy", "1", 0.25, 0.2, 0.3))
    files = exports()["kubernetes"].make(Source(model, ledger, load_catalog()))
    return model, {f.path: list(yaml.safe_load_all(f.text)) for f in files if f.path.endswith(".yaml")}


def caught(model: Model, files: Documents) -> bool:
    try:
        return next(problems(model, files, FIGURES), "") != ""
    except (KeyError, IndexError, TypeError, AttributeError, ValueError, FileNotFoundError, UnknownType):
        return True  # a hole that the check fell into


@pytest.mark.parametrize("text", [MODEL, MORE], ids=["desk", "night"])
def test_manifests_say_what_the_model_says(text: str) -> None:
    model, files = made(text)
    assert list(problems(model, files, FIGURES)) == []


@pytest.mark.parametrize(
    ("text", "every"),
    [
        pytest.param(MODEL, 9, id="desk, one in nine"),
        pytest.param(MODEL, 1, id="desk", marks=pytest.mark.mutants),
        pytest.param(MORE, 1, id="night", marks=pytest.mark.mutants),
    ],
)
def test_every_mutant_of_a_manifest_is_caught(
    text: str, every: int, capsys: pytest.CaptureFixture[str]
) -> None:
    model, files = made(text)
    tried, missed = 0, list[str]()
    for path, documents in files.items():
        for mutant in list(mutants(documents))[::every]:
            tried += 1
            if not caught(model, files | {path: mutant.value}):
                missed.append(f"{path}: {mutant}")
    with capsys.disabled():
        print(f" {tried - len(missed)} of {tried} mutants caught", end="")
    assert missed == []
    assert tried > 90


def test_a_file_too_many_or_missing_is_noticed() -> None:
    model, files = made(MODEL)
    assert caught(model, {path: content for path, content in files.items() if path != "rules.yaml"})
    assert caught(model, files | {"more.yaml": json.loads(json.dumps(files["rules.yaml"]))})
