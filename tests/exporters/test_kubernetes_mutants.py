"""Every change of a manifest is noticed: one key, item, number or word of it at a time."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from jsonschema.exceptions import UnknownType

from exporters.kubernetes_checks import problems
from exporters.test_kubernetes import MODEL
from exports.structures import missed_of
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
  own_model: {kind: llm, runs_on: big, offers: {generate: {work: 1 s}}}
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
    tried, missed = missed_of(files, lambda path, mutant: caught(model, files | {path: mutant.value}), every)
    with capsys.disabled():
        print(f" {tried - len(missed)} of {tried} mutants caught", end="")
    assert missed == []
    assert tried > 90


def readme(text: str) -> str:
    model = loads(text)
    files = exports()["kubernetes"].make(Source(model, Ledger(model.digest), load_catalog()))
    return next(each.text for each in files if each.path == "README.md")


def test_the_readme_says_what_is_open_and_what_was_agreed() -> None:
    desk, night = readme(MODEL), readme(MORE)
    for text, told, other in (
        (desk, "`addresses.env` | where it is reached | shop |", night),
        (desk, "a `SecretStore` called `secrets`", night),
        (desk, "What is called outside the cluster isn't closed off", night),
        (desk, "- own_writer, rules can call only what runs in the cluster.", night),
        (desk, "desk: the model looks every 30 s, and counts on a new one serving 1 min later; a cluster's", night),
        (night, "`components.own_model.takes.gpu` in the model | accelerators that one takes | own_model |", desk),
        (night, "- front, back, own_model, idle can call only what runs in the cluster.", desk),
        (night, "`components.back.takes` in the model | cpu and memory that one takes | back |", desk),
    ):  # fmt: skip
        assert told in text and told not in other, told
    assert "takes.gpu" not in desk, "the model says how many its own_writer takes"
    assert "Timeouts, retries and limits" in desk and "Timeouts, retries and limits" in night
    head = "groma: 1\nsystem: S\ncurrency: EUR\ncomponents:\n  h: {kind: host}\n"
    plain = head + "  s: {kind: service, runs_on: h, takes: {cores: 1}, offers: {o: {work: 1 s}}}\n"
    assert "Timeouts" not in readme(plain) and "| memory that one takes | s |" in readme(plain)


def test_a_system_with_a_long_name_has_a_namespace_of_63_letters() -> None:
    _, files = made(MODEL.replace("Answering desk", "Desk " + "a" * 70))
    assert files["namespace.yaml"][0]["metadata"]["name"] == "desk-" + "a" * 58


def test_a_file_too_many_or_missing_is_noticed() -> None:
    model, files = made(MODEL)
    assert caught(model, {path: content for path, content in files.items() if path != "rules.yaml"})
    assert caught(model, files | {"more.yaml": json.loads(json.dumps(files["rules.yaml"]))})
