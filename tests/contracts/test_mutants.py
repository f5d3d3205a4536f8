"""Every change of an exported contract is noticed: one key, item, number or word of it at a time."""

from __future__ import annotations

import json
from functools import partial

import pytest
from jsonschema.exceptions import SchemaError, UnknownType

from contracts.checks import of_file, problems
from contracts.test_contracts import TEXT, made
from exports.structures import Mutant, missed_of
from groma.exporters import NotExportable
from groma.model.elements import Model
from groma.model.load import loads

MORE = """
groma: 1
system: Every word
currency: EUR
data:
  all:
    fields:
      a: string
      b: optional uuid
      c: email
      d: url, where it lies
      e: count
      f: share
      g: flag
      h: timestamp
      i: list of money with no decimals
      j: array of list of integer
      k: optional list of red | green
      l: vector
      m: object
      n: price with 3 decimals
      n2: price with three decimals
      n3: amount with four decimals
      n4: amount with 2 decimals
      o: amount
      p: time
      q: list of all.h
      r: number (of pages)
      s: whatever
components:
  bare: {kind: service, replicas: 2, threads: 3, queue: 5, offers: {ask: {title: Ask, work: 1 ms, effect: idempotent}}}
  tired: {kind: service, offers: {do: {work: 1 ms, throttled: 1 %, steps: [{call: bought.do, deadline: 1 s}]}}}
  behind: {kind: service, offers: {do: {work: 1 ms, steps: [{call: bought.do, limit: {rate: 1/s}}]}}}
  bought: {kind: tool, offers: {do: {work: 1 ms, request: {}, response: {x: all.e}}}}
"""


def caught(model: Model, path: str, mutant: Mutant) -> bool:
    try:
        return next(of_file(model, path, mutant.value), "") != ""
    except (
        KeyError,
        IndexError,
        TypeError,
        AttributeError,
        ValueError,
        UnknownType,
        SchemaError,
    ):  # a hole that the check fell into
        return True


@pytest.mark.parametrize("text", [TEXT, MORE], ids=["desk", "every word"])
def test_contracts_say_what_the_model_says(text: str) -> None:
    documents = {path: json.loads(content) for path, content in made(text).items()}
    assert list(problems(loads(text), documents)) == []
    path = next(iter(documents))
    assert list(problems(loads(text), {k: v for k, v in documents.items() if k != path}))


@pytest.mark.parametrize("word", ["request", "response"])
def test_a_pointer_to_nothing_is_refused_in_operations_too(word: str) -> None:
    operation = f"{{work: 1 ms, {word}: {{x: a.y}}}}"
    head = "groma: 1\nsystem: X\ncurrency: EUR\ndata: {a: {fields: {x: id}}}\n"
    text = f"{head}components: {{c: {{kind: service, offers: {{do: {operation}}}}}}}\n"
    with pytest.raises(NotExportable) as found:
        made(text)
    (problem,) = found.value.problems
    assert f"components.c.offers.do.{word}.x" in problem and "no field `y`" in problem


def test_lists_may_lie_in_lists_up_to_forty_deep() -> None:
    text = "groma: 1\nsystem: X\ncurrency: EUR\ndata: {a: {fields: {x: 'KIND'}}}\n"
    assert made(text.replace("KIND", "list of " * 40 + "id"))
    with pytest.raises(NotExportable, match="more than 40 deep"):
        made(text.replace("KIND", "list of " * 41 + "id"))


@pytest.mark.parametrize(
    ("text", "every"),
    [
        pytest.param(TEXT, 7, id="desk, one in seven"),
        pytest.param(TEXT, 1, id="desk", marks=pytest.mark.mutants),
        pytest.param(MORE, 1, id="every word", marks=pytest.mark.mutants),
    ],
)
def test_every_mutant_of_a_contract_is_caught(
    text: str, every: int, capsys: pytest.CaptureFixture[str]
) -> None:
    model = loads(text)
    documents = {path: json.loads(content) for path, content in made(text).items()}
    tried, missed = missed_of(documents, partial(caught, model), every)
    with capsys.disabled():
        print(f" {tried - len(missed)} of {tried} mutants caught", end="")
    assert missed == []
    assert tried > 90
