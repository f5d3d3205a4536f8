"""A served model whose calls are so small that simulating takes no time: what is drawn, asked and paid, by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from groma.analyses.context import Context
from groma.analyses.inference.calls import Calls, calls_to
from groma.analyses.inference.details import FACTORS, inference_details
from groma.analyses.inference.routes import Routes
from groma.analyses.inference.served import Setup, served, setup_of, simulated
from groma.analyses.inference.times import SOURCE, with_served_times
from groma.analyses.interval import ZERO
from groma.model.figure import Figure, Ledger
from groma.model.load import load, loads
from groma.model.quantity import Quantity
from groma.solvers.inference.cascades import Stage, cascade, frontier
from groma.solvers.serving import Targets
from inference.test_figures import MONTH, asked, catalog, value

SMALL = """\
groma: 1
system: desk
currency: USD
components:
  own:
    kind: llm
    replicas: 2
    price: {hour: 6 USD/h}
    serves: {model: llama-3.1-8b, accelerator: h100_sxm, instead_of: bought}
    offers: {generate: {}}
  bought:
    kind: llm
    price: {call: 0.001 USD}
    qualities: {accuracy: 86 %}
    offers: {generate: {work: 600 ms, per: {output: 10 ms}}}
flows:
  answer: {starts: {rate: 2/s}, steps: [{call: own.generate, sizes: {input: 50, output: 4}}]}
"""
ROUTES = """\
groma: 1
system: desk
currency: USD
components:
  now: {kind: llm, price: {call: 0.02 USD}, qualities: {accuracy: 90 %}, offers: {generate: {work: 2 s}}}
  both:
    kind: llm
    qualities: {accuracy: 80 %}
    offers:
      read: {work: 9 s, price: {call: 0.09 USD}}
      generate: {work: 600 ms, per: {output: 10 ms, input: 1 ms}, price: {call: 0.01 USD}}
  other:
    kind: llm
    price: {call: 0.005 USD}
    qualities: {accuracy: 70 %}
    offers: {think: {work: 4 s, per: {images: 5 s}}}
  bare: {kind: llm, price: {call: 0.001 USD}, qualities: {accuracy: 60 %}, offers: {}}
flows:
  verify: {starts: {rate: 1/s}, steps: [{call: now.generate, sizes: {input: 1200, output: 200}}]}
"""


def on(text: str) -> Context:
    model = loads(text)
    return Context(model, catalog(), Ledger(model.digest))


def drawn(folder: Path, table: str, sizes: str, steps: str = "") -> Calls:
    (folder / "t.csv").write_text(table, "utf-8")
    text = SMALL.replace("sizes: {input: 50, output: 4}}", f"sizes: {{from: t.csv, {sizes}}}}}{steps}")
    (folder / "m.yaml").write_text(text, "utf-8")
    model = load(folder / "m.yaml")
    return calls_to(Context(model, catalog(), Ledger(model.digest)), "own")


@pytest.mark.parametrize("names", [("input", "output"), ("in", "out")])
def test_each_row_of_a_table_is_drawn_as_often_as_it_weighs(tmp_path: Path, names: tuple[str, str]) -> None:
    """Four hundred rows for four hundred calls: each once, none torn apart. Of two, one weighs thrice as much."""
    rows = [(n, 1 + n * 7 % 400) for n in range(1, 401)]
    sizes = f"{names[0]}: a, {names[1]}: b"
    found = drawn(tmp_path, "a,b\n" + "".join(f"{a},{b}\n" for a, b in rows), sizes)
    pairs = list(zip(found.inputs, found.outputs, strict=True))
    assert sorted(pairs) == rows != pairs
    found = drawn(tmp_path, "a,b,n\n3,5,1\n4,6,3\n", f"{sizes}, weight: n")
    assert [found.inputs.count(n) for n in (3, 4)] == [found.outputs.count(n) for n in (5, 6)] == [100, 300]
    half = drawn(tmp_path, "a,b\n3,5\n", sizes, ", {call: own.generate, sizes: {input: 9, output: 8}}")
    assert [half.inputs.count(n) for n in (3, 9)] == [half.outputs.count(n) for n in (5, 8)] == [200, 200]


def test_a_table_without_a_size_lacks_it(tmp_path: Path) -> None:
    path = "flows.answer.steps.1.sizes.output: state how many tokens each call carries"
    assert drawn(tmp_path, "a,b\n3,5\n", "input: a, pages: b").missing == (path,)


@pytest.mark.parametrize(
    ("starts", "instead"),
    [
        ("{rate: unknown}", ""),
        ("{population: 3, think: 2 s}", " instead of how many customers come again"),
    ],
)
def test_streams_that_are_not_stated_are_asked_for(starts: str, instead: str) -> None:
    found = calls_to(on(SMALL.replace("{rate: 2/s}", starts)), "own")
    assert found.missing == (f"flows.answer.starts.rate: state how often it starts{instead}",)


def test_a_law_is_drawn_evenly() -> None:
    """Uniform from 1/4 to 400 1/4: the k-th of four hundred values is k - 1/4."""
    found = calls_to(on(SMALL.replace("input: 50", 'input: "uniform(0.25, 400.25)"')), "own")
    assert sorted(found.inputs) == list(range(1, 401))


def test_calls_of_which_only_the_most_is_known_are_drawn_by_that() -> None:
    """At most one a second of a branch nobody knows the share of, beside three."""
    step = "{call: own.generate, sizes: {input: 10, output: 4}}"
    maybe = f"{{choose: [{{share: unknown, steps: [{step}]}}, {{share: unknown, steps: []}}]}}"
    text = SMALL + f"  maybe: {{starts: {{rate: 1/s}}, steps: [{maybe}]}}\n"
    found = calls_to(on(text.replace("rate: 2/s", "rate: 3/s")), "own")
    assert found.rate.value is None and (found.rate.low, found.rate.high) == (3.0, 4.0)
    assert [found.inputs.count(n) for n in (10, 50)] == [100, 300]


def test_both_bills_of_small_calls() -> None:
    """Two calls of each of two runs a second, and one more a second; each of 6 USD instances by the hour."""
    step = "{call: own.generate, sizes: {input: 50, output: 4}}"
    text = SMALL.replace(f"[{step}]", f"[{{repeat: {{times: 2, steps: [{step}]}}}}]")
    text += f"  more: {{starts: {{rate: 1/s}}, steps: [{step}]}}\n"
    assert value("inference/own/api", text) == pytest.approx(5 * MONTH * 0.001)
    assert value("inference/own/saves", text) == pytest.approx(5 * MONTH * 0.001 - 6 * 730)
    assert value("inference/own/breakeven", text) == pytest.approx(6 / 3600 / 0.001)
    busy = SMALL.replace("rate: 2/s", "rate: 5000/s")
    needed, bill = value("serving/own/instances", busy), asked("inference/own/own", busy)
    assert needed == math.ceil(5000 / (value("serving/own/throughput", busy) / 2)) > 1
    assert bill.value == pytest.approx(needed * 6 * 730)
    assert [line.value for line in bill.derivation] == [f"{needed:.0f}", "4380"]


def own_setup() -> Setup:
    context = on(SMALL)
    setup = setup_of(context, context.model.components["own"])
    assert isinstance(setup, Setup)
    return setup


def test_a_replica_meets_its_share_of_the_stream() -> None:
    """Of 2 calls a second each of two replicas meets one: four hundred gaps of a second in the mean."""
    found = served(on(SMALL), "own")
    assert found.nominal is not None and found.nominal.run is not None
    assert found.nominal.run.arrivals[-1] == pytest.approx(400, rel=0.1)
    twice = served(on(SMALL.replace("rate: 2/s", "rate: 4/s")), "own").nominal
    assert twice is not None and twice.run is not None
    assert twice.run.arrivals[-1] == pytest.approx(found.nominal.run.arrivals[-1] / 2)


def test_calls_in_flight_are_those_counted_at_many_moments() -> None:
    """At the rate that keeps 8 ms between tokens: who has come and has not got the last token."""
    setup, work, targets = own_setup(), ((50,) * 400, (40,) * 400, 0), Targets(0.2, 0.008)
    end = simulated(*work, 1.0, setup, targets, 1.0)
    run = simulated(*work, end.kept, setup, targets, 1.0).run
    assert run is not None
    moments = np.arange(0.0, run.arrivals[-1], 0.01)
    there = [sum(a <= m < b for a, b in zip(run.arrivals, run.last, strict=True)) for m in moments]
    assert end.in_flight == pytest.approx(np.mean(there), rel=0.03)


@pytest.mark.parametrize(
    ("share", "steady"), [(0.0, False), (0.9, True), (0.97, True), (0.99, False), (1.5, False)]
)
def test_a_steady_state_needs_a_little_less_than_the_most(share: float, steady: bool) -> None:
    """Up to 98 % of the rate of a closed loop (docs/serving.md)."""
    calls, setup = ((50,) * 60, (4,) * 60), own_setup()
    most = simulated(*calls, 0, 1.0, setup, None, 1.0).most
    end = simulated(*calls, 0, share * most, setup, None, 1.0)
    assert end.most == most and (end.run is not None) == steady


def details(text: str) -> dict[str, Figure]:
    return {found.name: found for found in inference_details(on(text))}


def test_routes_take_the_time_and_price_of_what_is_asked_or_else_the_first() -> None:
    """600 ms and 10 ms for each of 200 tokens out and 1 ms for each of 1200 in; what isn't carried counts nothing."""
    found = details(ROUTES)
    bases = [f"inference/verify/route/{n}" for n in range(1, 5)]
    assert list(found) == [
        "inference/verify/cascade", *(f"{base}/{what}" for base in bases for what in ("cost", "right", "time")),
    ]  # fmt: skip
    assert {
        found[f"{base}/cost"].title: [found[f"{base}/{what}"].value for what in ("cost", "right", "time")]
        for base in bases
    } == {
        "bare": pytest.approx([0.001, 0.6, 0.0]),
        "other": pytest.approx([0.005, 0.7, 4.0]),
        "both": pytest.approx([0.01, 0.8, 0.6 + 200 * 0.010 + 1200 * 0.001]),
        "now": pytest.approx([0.02, 0.9, 2.0]),
    }


def test_what_is_as_right_but_for_rounding_is_taken_where_it_is_cheaper() -> None:
    right = [0.1, 0.3, 0.1 + 0.2, 0.9]
    each = [replace(cascade([Stage(str(k), k + 1.0, 1.0, 0.5)]), quality=q) for k, q in enumerate(right)]
    assert Routes(tuple(each), frontier(each), each[2], ZERO).best == each[1]


def test_a_curve_of_a_small_model_is_a_staircase_and_a_line() -> None:
    """Two calls a second now, of which one instance keeps hundreds: 6 USD/h against 0.001 USD a call."""
    found = details(SMALL)
    for factor in FACTORS:
        base = f"inference/own/load/{factor:g}"
        assert found.pop(f"{base}/own").value == pytest.approx(6 * 730)
        assert found.pop(f"{base}/api").value == pytest.approx(factor * 2 * MONTH * 0.001)
    assert not found


def test_written_times_follow_the_load_and_stated_ones_stay() -> None:
    busy = loads(SMALL.replace("rate: 2/s", "rate: 200/s"))
    before, after = with_served_times(loads(SMALL), catalog()), with_served_times(busy, catalog())
    work = [model.components["own"].offers["generate"].work for model in (before, after)]
    assert all(isinstance(w, Quantity) and w.source == SOURCE for w in work) and work[0] != work[1]
    again = with_served_times(replace(before, flows=busy.flows), catalog())
    assert again.components == after.components
    stated = loads(
        SMALL.replace("generate: {}", "generate: {work: {value: 3 s, source: s, date: 2026-01-01}}")
    )
    assert with_served_times(stated, catalog()) is stated
