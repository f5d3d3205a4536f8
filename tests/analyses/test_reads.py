"""What a figure reads, against what moves it; and its inputs, against what it reads."""

# ruff: noqa: E501 (a part of a model is one line)

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest
from hypothesis import Phase, given, settings

from analyses.given import CATALOG, HEAD, on
from analyses.test_uncertainty import ASKED, small_models
from groma.analyses.instance import Instances, coordinates
from groma.analyses.reads import Reads, told
from groma.analyses.registry import numbers
from groma.analyses.uncertainty.points import AtPoints
from groma.analyses.uncertainty.spread import facts_of
from groma.model.load import loads
from groma.workers import spread

MORE = (*ASKED, "throughput/b", "saturation/f", "cost/flow/f", "downtime/f")
WORK = """
facts:
  asked: {value: 2/h, known: 1/h .. 3/h, source: t, date: 2026}
  kept: {value: 20 %, known: 10 % .. 30 %, source: t, date: 2026}
  takes: {value: 5 min, known: 3 min .. 9 min, source: t, date: 2026}
  lost: {value: 5 %, known: 1 % .. 9 %, source: t, date: 2026}
  quick: {value: 1 ms, known: 1 ms .. 2 ms, source: t, date: 2026}
  up: {value: 99.5 %, known: 99 % .. 99.9 %, source: t, date: 2026}
  price: {value: 10 EUR/month, known: 9 EUR/month .. 12 EUR/month, source: t, date: 2026}
  hour: {value: 40 EUR/h, known: 30 EUR/h .. 50 EUR/h, source: t, date: 2026}
people: {ann: {hours: 30 h, rate: $hour}}
components:
  tool: {kind: s, price: {month: $price, call: 0.10 EUR}, effort: {value: 2 h/month, source: t, date: 2026}, owner: ann, fails: {availability: $up}, offers: {x: {work: $quick, fails: $lost}}}
flows:
  f:
    starts: {rate: $asked}
    steps:
      - {ask: ann, takes: $takes, cache: {hits: $kept}}
      - {call: tool.x, retry: {times: 2, on: [failed]}}
"""


def read(text: str, measure: str) -> set[str]:
    return {key.removeprefix("fact/") for key in Reads(loads(HEAD + text), CATALOG)(measure)}


def test_a_figure_reads_what_it_hangs_on_and_no_other_kind_of_fact() -> None:
    up = read(WORK, "availability/f")
    assert "up" in up and not {"asked", "takes", "lost", "quick", "price", "hour"} & up
    assert {"asked", "kept", "takes"} <= read(WORK, "people/hours")
    assert not {"up", "price", "hour"} & read(WORK, "people/hours")
    assert {"asked", "lost", "price"} <= read(WORK, "cost/month")
    assert not {"up", "hour"} & read(WORK, "cost/month")


def test_what_moves_a_figure_stands_among_its_inputs() -> None:
    context = on(loads(HEAD + WORK))
    measures = (
        "people/hours",
        "people/month",
        "cost/month",
        "cost/flow/f",
        "cost/run/f",
        "load/ann",
        "success/f",
    )
    found = facts_of(context, measures, AtPoints(context.model, CATALOG), spread)
    for measure in measures:
        named = {given.name for given in context.ledger.inputs_of(measure)}
        assert found[measure], measure
        assert {c.input for c in found[measure]} <= named, measure


@settings(max_examples=5, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(small_models())
def test_what_is_not_read_moves_nothing_and_what_moves_is_named(text: str) -> None:
    model = loads(HEAD + text)
    context = on(model)
    every = coordinates(context)
    for measure in MORE:
        keys = set(Reads(model, CATALOG)(measure))
        others = {c.key: c.range.high for c in every if c.key not in keys}
        moved, stated = (numbers(on(Instances(model).at(v)), measure) for v in (others, {}))
        assert moved == stated, (measure, sorted(others))
    found = facts_of(context, MORE, AtPoints(model, CATALOG), spread)
    for measure, facts in found.items():
        named = {given.name for given in context.ledger.inputs_of(measure)}
        assert {c.input for c in facts} <= named, measure


def test_who_reads_one_share_of_a_choice_reads_all_since_they_give_way_to_one_another() -> None:
    text = """
facts:
  p: {value: 30 %, known: 20 % .. 40 %, source: t, date: 2026}
  q: {value: 70 %, known: 60 % .. 80 %, source: t, date: 2026}
components: {a: {kind: s, price: {call: 1 EUR}, offers: {x: {work: 1 ms}}}}
flows: {f: {starts: {rate: 1/h}, steps: [{choose: [{share: $p, steps: [{call: a.x}]}, {share: $q, steps: []}]}]}}
"""
    assert read(text, "cost/month") == {"p", "q"}
    more = text.replace("  q:", "  r: {value: 25 %, known: 20 % .. 40 %, source: t, date: 2026}\n  q:", 1)
    other = "  g: {starts: {rate: 2/h}, steps: [{choose: [{share: $r, steps: [{call: a.x}]}, {share: 75 %, steps: []}]}]}"
    more = more.replace("flows: {f: ", "flows:\n  f: ").removesuffix("}\n") + f"\n{other}\n"
    assert read(more, "availability/f") == {"p", "q"} and "r" in read(more, "cost/month")


def test_a_copy_of_what_tells_is_silent_and_equal_work_is_done_elsewhere() -> None:
    (quantity,) = (q for key, q in Instances(loads(HEAD + WORK)).quantities.items() if key == "fact/takes")
    seen = set[str]()
    teller = told(quantity, "k", seen)
    assert teller.text == "5 min" and not seen
    copy = replace(teller, known=None)
    assert seen == {"k"}
    seen.clear()
    assert copy.mean == pytest.approx(300.0) and not seen
    reads = Reads(loads(HEAD + WORK), CATALOG)
    assert pickle.loads(pickle.dumps(reads))("cost/month") == reads("cost/month")
