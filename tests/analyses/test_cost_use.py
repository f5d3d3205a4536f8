"""What one use costs where its price hangs on something: the length of prompts, a window, work, what is held."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy import stats  # pyright: ignore

from analyses.given import context
from groma.analyses import bounds, figure
from groma.analyses.cost import bill
from groma.analyses.cost.lines import lines
from groma.analyses.cost.prices import Origin, Term, prices
from groma.analyses.cost.use import _tiered, size_of
from groma.analyses.interval import point
from groma.model.program import Sizes


def sizes(text: str) -> Sizes:
    c = context(
        "components: {m: {kind: llm, offers: {g: {}}}}\n"
        f"flows: {{f: {{starts: {{rate: 1/s}}, steps: [{{call: m.g, sizes: {{{text}}}}}]}}}}\n"
    )
    return c.model.flows["f"].steps[0].action.sizes  # pyright: ignore


def tiers(size: str, *prices: float) -> tuple[Term, list[Term]]:
    """The first price, and further ones above 100, 200, ... tokens of the prompt."""
    term = Term("size", point(prices[0]), None, Origin(""), size)
    return term, [
        replace(term, amount=point(price), prompts_above=100 * n) for n, price in enumerate(prices[1:], 1)
    ]


@pytest.mark.parametrize("mean", [40.0, 100.0, 150.0, 240.0, 1000.0])
@pytest.mark.parametrize("share", [0.02, 0.3, 1.0])
@pytest.mark.parametrize("levels", [(1.0, 2.0), (1.0, 2.0, 5.0), (2.0, 1.0), (3.0, 1.0, 4.0)])
@pytest.mark.parametrize("size", ["input", "output"])
def test_prices_by_the_length_of_the_prompt_hold_the_integral_over_its_law(
    mean: float, share: float, levels: tuple[float, ...], size: str
) -> None:
    """Prompts of a gamma law: of their tokens a share above a threshold is paid dearer; answers are independent."""
    sd = share * mean
    shape, scale = (mean / sd) ** 2, sd**2 / mean
    edges = [0.0, *(100.0 * n for n in range(1, len(levels))), math.inf]
    more = 1 if size == "input" else 0  # tokens of prompts beyond: the law weighted by its size
    beyond = [float(stats.gamma.sf(edge, shape + more, scale=scale)) for edge in edges]
    count = mean if size == "input" else 20.0
    truth = count * math.fsum(p * (a - b) for p, a, b in zip(levels, beyond, beyond[1:], strict=False))
    term, higher = tiers(size, *levels)
    carried = sizes(f"in: {mean} ± {sd}, out: 20")
    each, prompt = size_of(carried, size), size_of(carried, "input")
    assert each is not None and prompt is not None
    amount = _tiered(term, higher, each, prompt).amount
    assert amount.low <= truth * (1 + 1e-9) and truth <= amount.high * (1 + 1e-9)
    assert amount.value == count * levels[sum(mean > 100 * n for n in range(1, len(levels)))]
    if share == 0.02 and min(abs(mean - edge) for edge in edges[1:-1]) >= 60:
        assert amount.high - amount.low < 0.3 * truth * len(levels)


@pytest.mark.parametrize("prompt", [99.0, 100.0, 101.0, 200.0, 201.0])
@pytest.mark.parametrize("levels", [(1.0, 2.0, 5.0), (3.0, 1.0, 4.0)])
def test_a_prompt_that_doesnt_vary_has_one_price(prompt: float, levels: tuple[float, ...]) -> None:
    term, higher = tiers("input", *levels)
    size = size_of(sizes(f"in: {prompt}"), "input")
    assert size is not None
    truth = prompt * levels[sum(prompt > 100 * n for n in (1, 2))]
    for order in (higher, higher[::-1]):
        amount = _tiered(term, order, size, size).amount
        assert (amount.low, amount.value, amount.high) == (truth, truth, truth)
    capped = size_of(sizes("in: {value: 90 ± 30, max: 100}"), "input")
    assert capped is not None
    below = _tiered(*tiers("input", *levels), capped, capped).amount
    assert (below.value, below.high) == (90.0 * levels[0], 90.0 * levels[0])


PRO = """
exchange: {USD: 1 EUR}
components: {m: {kind: llm, product: google/gemini-2.5-pro, QUALITIESoffers: {g: {work: 1 s}}}}
flows: {main: {starts: {rate: 1/h}, steps: [STEPS]}}
"""
CALL = "{call: m.g, sizes: {in: SIZE, out: 100}, context: {h: 1 token, grows: {h: 30000 tokens}CUT}}"


def pro(steps: str, window: str = "", size: str = "150000") -> str:
    text = PRO.replace("QUALITIES", f"qualities: {{context: {window}}}, " if window else "")
    return (
        text.replace("STEPS", steps).replace("SIZE", size).replace("CUT", ", cut_first: h" if window else "")
    )


def test_prompts_that_grow_beyond_a_threshold_may_have_any_of_the_prices() -> None:
    """150, 180, 210 and 240 thousand tokens: two rounds at one price, two at the other. Within a window all at one."""
    c = context(pro(f"{{repeat: {{times: 4, steps: [{CALL}]}}}}"))
    found = prices(c, c.model.components["m"]).use
    paid = {(t.size, t.prompts_above): t.amount.high for t in found if t.per == "size"}
    truth = 330_000 * paid["input", 0] + 450_000 * paid["input", 200_000] + 200 * paid["output", 0]
    truth += 200 * paid["output", 200_000]
    run = figure(c, "cost/main/run")
    assert run.value is None and run.low is not None and run.high is not None
    assert 0 < run.low <= truth <= run.high
    assert run.low == pytest.approx(780_000 * paid["input", 0] + 400 * paid["output", 0])
    assert run.high == pytest.approx(780_000 * paid["input", 200_000] + 400 * paid["output", 200_000])
    for window, tokens in (
        ("200000 tokens", 150_000 + 180_000 + 200_000 + 200_000),
        ("190000 tokens", 710_000),
    ):
        cut = figure(context(pro(f"{{repeat: {{times: 4, steps: [{CALL}]}}}}", window)), "cost/main/run")
        most = tokens * paid["input", 0] + 400 * paid["output", 0]
        assert cut.low is not None and cut.low <= most * (1 + 1e-9) and cut.high is not None
        assert cut.high <= 4 * 200_000 * paid["input", 0] + 400 * paid["output", 0]
    once = figure(context(pro(CALL, "195000 tokens", "'uniform(150000, 240000)'")), "cost/main/run")
    draws = np.minimum(np.random.default_rng(3).uniform(150_000, 240_000, 100_000), 195_000)
    mean = float(draws.mean()) * paid["input", 0] + 100 * paid["output", 0]
    assert once.low is not None and once.high is not None and once.low <= mean <= once.high
    assert once.high <= 195_000 * paid["input", 0] + 100 * paid["output", 0]


WINDOW = """
components: {m: {kind: llm, qualities: {context: WINDOW tokens}, price: {input: 1 EUR/token}, offers: {g: {}}}}
flows: {main: {starts: {rate: 1/h}, steps: [STEPS]}}
"""


@pytest.mark.parametrize(
    ("window", "size", "times", "ends"),
    [
        (2000, "3000 tokens", 1, (2000, 2000, 2000)),
        (2000, "3000 tokens", 3, (6000, 6000, 6000)),
        (2000, "1000 tokens", 1, (1000, 1000, 1000)),
        (2000, "1000 tokens", 3, (3300, 3300, 3300)),
        (10_000, "1000 tokens ± 100 tokens", 1, (1000, 1000, 1000)),
        (1100, "1000 tokens ± 100 tokens", 1, (991.67, None, 1000)),
        (1000, "{value: 1000 tokens, known: 900 tokens .. 1200 tokens}", 1, (900, None, 1000)),
    ],
)
def test_a_prompt_is_never_longer_than_the_window_that_it_is_cut_to(
    window: int, size: str, times: int, ends: tuple[float, float | None, float]
) -> None:
    """A deviation beyond its mean a normal law loses 0.0833 deviations; the most of a run is never below its mean."""
    grown = "grows: {h: 100 tokens}, " if times > 1 else ""
    call = f"{{call: m.g, sizes: {{in: {size}}}, context: {{h: 1 token, {grown}cut_first: h}}}}"
    steps = f"{{repeat: {{times: {times}, steps: [{call}]}}}}" if times > 1 else call
    c = context(WINDOW.replace("WINDOW", str(window)).replace("STEPS", steps))
    run = figure(c, "cost/main/run")
    assert run.low is not None and run.high is not None
    near = None if ends[1] is None else pytest.approx(ends[1], rel=1e-3)
    assert run.low <= ends[0] * 1.001 and run.low >= 0.9 * ends[0]
    assert run.value == near and run.high == pytest.approx(ends[2], rel=1e-3)
    most = figure(c, "cost/main/bound").value
    assert most is None or run.high <= most * (1 + 1e-9)


WORK = """
components:
  a: {kind: function, threads: 1, price: {work: 1 EUR/s}, offers: {x: {OFFERED}}}
  b: {kind: s, price: {call: 3 EUR}, threads: 1, offers: {f: {work: 0 s}}}
  c: {kind: s, price: {month: 9 EUR/month}, offers: {f: {}, g: {price: 1 EUR}}}
  d: {kind: s, price: {call: 2 USD}, offers: {f: {}}}
  e: {kind: s, price: {month: unknown}, offers: {f: {}}}
  h: {kind: s, offers: {f: {price: {call: unknown}}, g: {price: 1 EUR}}}
flows: {main: {starts: {rate: 1/h}, steps: [STEPS]}}
"""


@pytest.mark.parametrize(
    ("offered", "steps", "value", "missing"),
    [
        ("work: 2 s, per: {rows: 500 ms}", "{call: a.x, sizes: {rows: 3}}", 3.5, ()),
        ("work: 2 s, per: {rows: 500 ms}", "{call: a.x}", None,
         ("flows.main.steps.1.sizes.rows: state how much each call carries",)),
        ("work: 2 s, per: {rows: unknown}", "{call: a.x, sizes: {rows: 3}}", None,
         ("components.a.offers.x.per.rows: state how long each takes",)),
        ("work: unknown", "{call: a.x}", None, ("components.a.offers.x.work: state how long it takes",)),
        ("", "{call: a.x}", None, ("components.a.offers.x.work: state how long it takes",)),
        ("", "{hold: b, steps: [{wait: 1 s}]}", 0.0, ()),
        ("", "{call: b.f}, {call: b.f}", 6.0, ()),
        ("", "{call: c.f}, {call: c.g}", 1.0, ()),
        ("", "{call: e.f}", 0.0, ()),
        ("", "{call: h.f}", None, ("components.h.offers.f.price.call",)),
        ("", "{call: d.f}", None, ("exchange.USD: state what 1 USD is worth in EUR",)),
    ],
)  # fmt: skip
def test_a_use_is_paid_for_its_work_and_its_calls(
    offered: str, steps: str, value: float | None, missing: tuple[str, ...]
) -> None:
    c = context(WORK.replace("OFFERED", offered).replace("STEPS", steps))
    run = figure(c, "cost/main/run")
    assert run.value == (None if value is None else pytest.approx(value))
    named = [path for path in run.missing if not path.startswith("exchange")]
    assert tuple(named) == tuple(path for path in missing if not path.startswith("exchange"))
    month = {line.name: line for line in lines(c) if line.name.startswith("flows.")}
    whole = math.fsum(line.low for line in month.values())
    assert whole == pytest.approx(0.0 if value is None else 730 * value)
    for line in month.values():
        assert (line.value is None) is (value is None) and (line.high == math.inf) is (value is None)


def test_names_of_measures_are_told_from_those_of_components_and_flows() -> None:
    c = context(
        "components: {run: {kind: s, price: 7 EUR/month}, bound: {kind: s, price: 5 EUR/month},"
        " p95: {kind: s, price: 3 EUR/month}, a: {kind: s, price: {call: 2 EUR}, offers: {f: {}}}}\n"
        "flows: {flow: {starts: {rate: 1/h}, steps: [{call: a.f}]}, main: {starts: {rate: 1/h}, steps: []}}\n"
    )
    for name, value in (("run", 7.0), ("bound", 5.0), ("p95", 3.0)):
        assert figure(c, f"cost/component/{name}").value == value
        assert bounds(c, f"cost/component/{name}") == (value, value)
    assert bounds(c, "cost/flow/main") == (0.0, 0.0) and bounds(c, "cost/flow/bound") == (0.0, 2.0)
    assert bill.numbers(c, "cost/flow/run") == (2.0, 2.0, 2.0)


def test_a_month_of_runs_that_may_never_end_has_no_upper_end() -> None:
    loop = "{repeat: {until: {value: 50 %, known: 0 % .. 100 %}, steps: [{call: b.f}]}}"
    head = "components: {b: {kind: s, price: {call: 3 EUR, month: 9 EUR/month}, offers: {f: {}}}}\n"
    c = context(f"{head}flows: {{main: {{starts: {{rate: 1/h}}, steps: [{loop}]}}}}\n")
    found = figure(c, "cost/month")
    assert found.missing == () and found.high is None and found.value == pytest.approx(9 + 730 * 6, abs=0.01)
    assert bill.numbers(c, "cost/month") == (found.low, found.value, None)


def test_a_product_without_any_price_is_named() -> None:
    c = context("components: {a: {kind: s, product: nobody/thing}}\n")
    catalog: Any = SimpleNamespace(product=lambda ref: SimpleNamespace(ref=ref, prices=()))  # pyright: ignore
    bare = replace(c, catalog=catalog)
    assert prices(bare, bare.model.components["a"]).missing == (
        "components.a.price: no price is known of `nobody/thing`: state what is paid here",
    )
    odd = tuple(SimpleNamespace(per=per, condition="at night") for per in ("b", "c", "a", "b", "d", "e"))
    catalog.product = lambda ref: SimpleNamespace(ref=ref, prices=odd)  # pyright: ignore
    fresh = replace(context("components: {a: {kind: s, product: nobody/thing}}\n"), catalog=catalog)
    assert prices(fresh, fresh.model.components["a"]).missing == (
        "components.a.price: the catalog prices `nobody/thing` per a, b, c, d, e: state what is paid here",
    )


def test_sizes_of_nothing_and_of_less_than_one() -> None:
    none, half = (
        size_of(sizes(f"in: {text}"), "input") for text in ("0", "{value: 0.5 ± 0.5, known: 0.5 .. 1}")
    )
    assert none is not None and (none.mean, none.sd, none.greatest) == (point(0.0), 0.0, 0.0)
    assert half is not None and half.sd == pytest.approx(1.0)
    out, (term, higher) = size_of(sizes("out: 20"), "output"), tiers("output", 1.0, 2.0)
    assert out is not None
    unknown = _tiered(term, higher, out, None).amount  # nobody says how long the prompt is
    assert (unknown.low, unknown.value, unknown.high) == (20.0, 20.0, 20.0)
