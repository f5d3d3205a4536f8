"""Bills against bills added up by hand, bounds against every path of a run."""

from __future__ import annotations

import itertools
import math
import random
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from scipy import stats  # pyright: ignore

from analyses.given import context, opened
from groma.analyses import bounds, figure
from groma.analyses.bound import bound_of
from groma.analyses.cost import bill as cost
from groma.analyses.cost.lines import lines
from groma.analyses.cost.prices import Origin, Term, _listed_meaning
from groma.analyses.cost.use import _root_of_square, _tiered, size_of
from groma.analyses.interval import Interval
from groma.model.quantity import Quantity

MONTH = 730 * 3600

DESK = """
exchange: {USD: {value: 0.9 EUR, known: 0.85 EUR .. 0.95 EUR}}
components:
  gateway: {kind: service, runs_on: host, offers: {accept: {price: 3 EUR/million requests}}}
  host: {kind: host, replicas: 2, price: 50 EUR/month}
  model: {kind: llm, price: {input: 3 USD/Mtoken, output: 15 USD/Mtoken}, offers: {generate: {}}}
  store: {kind: database, price: {month: 35 EUR/month, once: 900 EUR, storage: 0.10 EUR/GB/month}}
data:
  tickets: {held_by: store, size: 20 GB}
flows:
  answer:
    starts: {rate: 40/min}
    steps:
      - call: gateway.accept
      - choose:
        - {share: 25 %, steps: [{call: model.generate, sizes: {input: 1800 ± 900, output: 210 ± 130}}]}
        - {share: 75 %, steps: []}
"""


def test_a_bill_added_up_by_hand() -> None:
    runs = Decimal(40) * 60 * 730
    gateway = runs * 3 / 1_000_000
    model = runs * Decimal("0.25") * (1800 * 3 + 210 * 15) / 1_000_000 * Decimal("0.9")
    want = (2 * 50 + 35 + 20 * Decimal("0.10") + gateway + model).quantize(Decimal("0.01"))
    found = figure(context(DESK), "cost/month")
    assert found.value == float(want)
    assert found.second is not None and found.second.value == found.value
    assert found.unit == "EUR/month"
    assert found.low == pytest.approx(float(want - model) + float(model) * 0.85 / 0.9, abs=0.01)
    assert found.high == pytest.approx(float(want - model) + float(model) * 0.95 / 0.9, abs=0.01)
    assert "model/components.model.price.input" in found.inputs


def test_lines_components_and_flows_add_up_to_the_month() -> None:
    c = context(DESK)
    whole = figure(c, "cost/month").value
    by_component = sum(figure(c, f"cost/component/{n}").value or 0 for n in c.model.components)
    assert by_component == pytest.approx(whole, abs=0.006)
    assert sum(line.value or 0 for line in lines(c)) == pytest.approx(whole, abs=0.006)
    flow = figure(c, "cost/flow/answer").value or 0
    assert flow == pytest.approx((figure(c, "cost/answer/run").value or 0) * 40 / 60 * MONTH)
    assert figure(c, "cost/once").value == 900
    assert bounds(c, "cost/month") == pytest.approx(
        (figure(c, "cost/month").low, figure(c, "cost/month").high)
    )


def test_growth_multiplies_what_is_used_and_not_what_stands() -> None:
    c = context(DESK)
    (_, one), (_, three) = cost.growth(c, (1.0, 3.0))
    used = figure(c, "cost/flow/answer")
    for end in ("low", "value", "high"):
        each = getattr(used, end)
        assert each > 0.0
        assert getattr(three, end) - getattr(one, end) == pytest.approx(2 * each, abs=0.01)


def test_bounds_of_a_run_are_those_of_what_is_asked() -> None:
    c = context(DESK)
    for measure in ("cost/answer/p90", "cost/answer/run"):
        found = figure(c, measure)
        assert bounds(c, measure) == pytest.approx((found.low, found.high), abs=1e-6)
    with_model = figure(c, "cost/answer/p90")
    assert with_model.low is not None and with_model.low > 3e-6  # a quarter of the runs asks the model
    capped = DESK.replace("1800 ± 900", "{value: 1800 ± 900, max: 4000}").replace(
        "210 ± 130", "{value: 210 ± 130, max: 1000}"
    )
    dearest = (4000 * 3 + 1000 * 15) / 1_000_000 * 0.95 + 3 / 1_000_000
    assert bounds(context(capped), "cost/answer/bound") == (0.0, pytest.approx(dearest))


def test_retries_are_paid_for() -> None:
    text = """
components:
  a: {kind: api, price: {call: 0.01 EUR}, offers: {x: {work: 1 ms, fails: 20 %}}}
flows:
  f: {starts: {rate: 1/s}, steps: [{call: a.x, retry: 2}]}
"""
    found = figure(context(text), "cost/f/run")
    assert found.value == pytest.approx(0.01 * (1 + 0.2 + 0.04))


def test_what_has_no_price_leaves_a_lower_bound_with_its_coverage() -> None:
    text = "components:\n  a: {kind: s, price: 10 EUR/month}\n  b: {kind: s}\n"
    found = figure(context(text), "cost/month")
    assert (found.value, found.low, found.high) == (None, 10.0, None)
    assert found.reason == "at least: 1 of 2 components are priced"
    assert found.missing == ("components.b.price: state what it costs (0 if it is free)",)
    free = "components:\n  a: {kind: s, price: 10 EUR/month}\n  b: {kind: s, price: 0 EUR/month}\n"
    assert figure(context(free), "cost/month").value == 10


def test_a_currency_without_a_rate_is_not_guessed() -> None:
    text = "components:\n  a: {kind: s, price: 10 USD/month}\n  b: {kind: s, price: 7 EUR/month}\n"
    found = figure(context(text), "cost/month")
    assert (found.value, found.low, found.high) == (None, 7.0, None)
    assert found.missing == ("exchange.USD: state what 1 USD is worth in EUR",)


@pytest.mark.parametrize(
    ("price", "own", "missing"),
    [
        ("{call: unknown}", "", ("components.x.price.call",)),
        ("{call: 2 EUR}", ", price: {call: unknown}", ("components.x.offers.go.price.call",)),
        ("{call: unknown}", ", price: {call: 2 EUR}", ()),
        ("{month: unknown}", ", price: {call: 2 EUR}", ()),
        ("{month: 9 EUR/month, call: unknown}", "", ("components.x.price.call",)),
    ],
)
def test_a_price_of_use_that_nobody_knows_is_not_nothing(
    price: str, own: str, missing: tuple[str, ...]
) -> None:
    given = context(
        f"components: {{x: {{kind: tool, price: {price}, offers: {{go: {{work: 1 s{own}}}}}}}}}\n"
        "flows: {f: {starts: {rate: 1/h}, steps: [{call: x.go}]}}\n"
    )
    found = figure(given, "cost/flow/f")
    assert found.missing == missing
    assert found.value == (None if missing else pytest.approx(1460.0)) and found.high == (
        None if missing else pytest.approx(1460.0)
    )


def test_a_machine_of_the_catalog_costs_its_hours() -> None:
    c = context(
        "exchange: {USD: 1 EUR}\ncomponents:\n  a: {kind: host, replicas: 3, product: aws/m7g.large@us-east-1}\n"
    )
    price = c.catalog.product("aws/m7g.large@us-east-1").price("hour")
    assert price is not None and price.amount is not None
    found = figure(c, "cost/month")
    assert found.value == float((price.amount * 730 * 3).quantize(Decimal("0.01")))
    given = c.ledger.inputs["catalog/aws/m7g.large@us-east-1/hour"]
    assert given.source and given.date


def test_a_token_price_of_the_catalog_finds_the_sizes() -> None:
    text = """
exchange: {USD: 1 EUR}
components:
  m: {kind: llm, product: anthropic/claude-3-haiku, offers: {g: {}}}
flows:
  f: {starts: {rate: 1/s}, steps: [{call: m.g, sizes: {in: 1000, output: 100}}]}
"""
    c = context(text)
    product = c.catalog.product("anthropic/claude-3-haiku")
    prices = [product.price(f"token.{way}") for way in ("input", "output")]
    want = sum(float(p.amount or 0) * n for p, n in zip(prices, (1000, 100), strict=True) if p is not None)
    assert figure(c, "cost/f/run").value == pytest.approx(want)
    lacking = figure(context(text.replace(", output: 100", "")), "cost/f/run")
    assert lacking.value is None
    assert lacking.missing == ("flows.f.steps.1.sizes.output: state how much each call carries",)


def test_paid_by_the_second_of_work() -> None:
    text = """
components:
  a: {kind: function, offers: {x: {work: 200 ms ± 100 ms, per: {rows: 1 ms}, price: {work: 0.00002 EUR/s}}}}
flows:
  f: {starts: {rate: 1/s}, steps: [{call: a.x, sizes: {rows: 300}}]}
"""
    assert figure(context(text), "cost/f/run").value == pytest.approx(0.00002 * (0.2 + 0.3))


def test_lower_ends_of_an_open_model_hold_for_every_completion() -> None:
    text = """
components:
  a: {kind: s, price: 5 EUR/month}
  b: {kind: s, offers: {x: {}}}
  one: {kind: s, price: {month: 20 EUR/month, call: 0.002 EUR}, offers: {x: {}}}
  two: {kind: s, price: {month: 90 EUR/month, call: 0.0001 EUR}, offers: {x: {}}}
flows:
  f: {starts: {rate: 2000/day}, steps: [{call: b.x}]}
"""
    c = opened(text, "b", "r", first="one", second="two")
    runs = 2000 / 24 * 730
    truth = {"first": 25 + 0.002 * runs, "second": 95 + 0.0001 * runs}
    low, high = bounds(c, "cost/month")
    assert low <= min(truth.values()) and high >= max(truth.values())
    for variant, want in truth.items():
        assert bounds(c.with_partial({"r": variant}), "cost/month") == pytest.approx((want, want))
        assert {line.roles for line in lines(c)} == {frozenset(), frozenset({"r"})}
    assert figure(c, "cost/month").value is None


# --- the most that a run can cost, against every path ----------------------------------------------------------------


def random_steps(rng: random.Random, depth: int) -> tuple[str, list[int]]:
    """A program in text, and the calls made on each of its paths, found apart from the code under test."""
    texts: list[str] = []
    paths = [0]
    for _ in range(rng.randint(1, 3)):
        text, ways = random_step(rng, depth)
        texts.append(text)
        paths = [a + b for a in paths for b in ways]
    return "[" + ", ".join(texts) + "]", sorted(set(paths))


def random_step(rng: random.Random, depth: int) -> tuple[str, list[int]]:
    kind = rng.choice(
        ["call", "call", "choose", "repeat", "parallel", "retry", "fallback"] if depth else ["call", "retry"]
    )
    if kind == "call":
        return "{call: a.x}", [1]
    if kind == "retry":
        times = rng.randint(0, 3)
        return f"{{call: a.x, retry: {times}}}", list(range(1, times + 2))
    inner, ways = random_steps(rng, depth - 1)
    if kind == "repeat":
        most = rng.randint(1, 3)
        paths = {sum(p) for n in range(1, most + 1) for p in itertools.product(ways, repeat=n)}
        return f"{{repeat: {{until: 50 %, at_most: {most}, steps: {inner}}}}}", sorted(paths)
    other, others = random_steps(rng, depth - 1)
    if kind == "choose":
        return f"{{choose: [{{share: 50 %, steps: {inner}}}, {{share: 50 %, steps: {other}}}]}}", sorted(
            {*ways, *others}
        )
    both = sorted({a + b for a in ways for b in others})
    if kind == "parallel":
        return f"{{parallel: [{inner}, {other}]}}", both
    return f"{{steps: {inner}, fallback: {other}}}", sorted({*ways, *both})


@pytest.mark.parametrize("seed", range(60))
def test_the_bound_is_the_dearest_path(seed: int) -> None:
    text, paths = random_steps(random.Random(seed), 2)
    c = context(
        "components:\n  a: {kind: s, offers: {x: {work: 1 ms, fails: 1 %, price: 0.5 EUR}}}\n"
        f"flows:\n  f: {{starts: {{rate: 1/s}}, steps: {text}}}\n"
    )
    assert bound_of(c, "f").calls == max(paths)
    assert figure(c, "cost/f/bound").value == pytest.approx(0.5 * max(paths))
    assert (figure(c, "cost/f/run").high or 0) <= 0.5 * max(paths) + 1e-9


def test_what_lacks_a_bound_is_named() -> None:
    text = """
components:
  m: {kind: llm, price: {output: 15 EUR/Mtoken}, offers: {g: {work: 1 s ± 1 s}}}
flows:
  f:
    starts: {rate: 1/s}
    steps:
      - {call: m.g, sizes: {output: 210 ± 130}}
      - {repeat: {until: 50 %, steps: [{call: m.g, sizes: {output: 1}}]}}
"""
    c = context(text)
    found = figure(c, "cost/f/bound")
    assert found.value is None and found.high is None
    assert found.missing == (
        "flows.f.steps.1.sizes.output: state its `max`",
        "flows.f.steps.2: the loop has no bound: state `at_most`",
    )
    time = figure(c, "bound/f/time")
    assert "components.m.offers.g.work: state its `max`" in time.missing


def test_a_timeout_bounds_the_time_and_not_the_cost() -> None:
    text = """
components:
  a: {kind: s, threads: 2, offers: {x: {work: 1 s ± 1 s, price: 1 EUR}}}
flows:
  f: {starts: {rate: 1/h}, steps: [{call: a.x, timeout: 2 s, retry: {times: 2, backoff: 1 s, factor: 2.0}}]}
"""
    c = context(text)
    assert figure(c, "bound/f/time").value == pytest.approx(3 * 2 + 1 + 2)
    assert figure(c, "cost/f/bound").value == 3


@pytest.mark.parametrize(
    "text",
    [
        DESK,
        DESK.replace("rate: 40/min", "rate: unknown"),
        "components: {a: {kind: s, offers: {x: {work: 1 ms}}}}\n"
        "flows: {f: {starts: {rate: 1/s}, steps: [{call: a.x}]}}\n",
        "components: {a: {kind: s, price: {call: 1 EUR}, offers: {x: {}}},"
        " u: {kind: s, price: {call: unknown}, offers: {x: {}}}}\n"
        "flows: {f: {starts: {rate: 1/s}, steps: [{call: a.x, fallback: [{call: u.x}]}]}}\n",
        "components: {a: {kind: s, price: 3 EUR/month}}\n"
        "flows: {f: {starts: {rate: unknown}, steps: [{wait: 1 s}]}}\n",
    ],
)
def test_the_numbers_alone_are_those_of_the_figure(text: str) -> None:
    found = figure(context(text), "cost/month")
    assert cost.numbers(context(text), "cost/month") == (found.low, found.value, found.high)


def test_what_is_bought_is_paid_for_over_the_time_that_it_lasts() -> None:
    """Straight-line depreciation: 3650 EUR over 36.5 months of 730 hours."""
    text = "components:\n  a: {kind: host, price: {once: 3650 EUR}, lasts: 26645 h}\n"
    found = figure(context(text), "cost/month")
    assert (found.low, found.value, found.high) == (100.0, 100.0, 100.0)


def test_a_loop_that_may_never_end_has_no_upper_end_of_its_cost() -> None:
    text = """
components: {a: {kind: api, price: {call: 0.01 EUR}, offers: {x: {}}}}
flows:
  f: {starts: {rate: 1/s}, steps: [{repeat: {until: {value: 50 %, known: 0 % .. 100 %}, steps: [{call: a.x}]}}]}
"""
    found = figure(context(text), "cost/f/run")
    assert found.high is None
    assert found.low == pytest.approx(0.01)


def test_a_bill_names_components_in_order_and_doesnt_take_the_unpriced_for_free() -> None:
    text = """
components:
  b: {kind: api, price: {input: 3 EUR/Mtoken}, offers: {x: {}}}
  a: {kind: host, price: 10 EUR/month}
flows:
  f: {starts: {rate: 1/s}, steps: [{call: b.x}]}
  idle: {starts: {rate: 1/s}, steps: [{wait: 1 s}]}
"""
    found = figure(context(text), "cost/month")
    told = {line.text: line.value for line in found.derivation}
    assert [text for text in told if text.startswith("for ")] == ["for a", "for b"]
    assert told["for b"] == told["by flow: f"] == "not known"
    assert "by flow: idle" not in told


@pytest.mark.parametrize(("mean", "sd"), [(100_000, 100_000), (250_000, 120_000), (300_000, 0), (50_000, 0)])
def test_prices_that_rise_with_the_length_of_the_prompt_hold_the_integral_over_it(mean: int, sd: int) -> None:
    """A cliff, as providers bill it: above the threshold the whole prompt costs more (scipy's gamma law)."""
    low, high, at = 1.0, 2.5, 200_000
    term = Term("size", Interval(low, low, low), None, Origin(""), "input")
    dearer = replace(term, amount=Interval(high, high, high), prompts_above=at)
    sizes = (
        context(f"""
components: {{m: {{kind: llm, offers: {{g: {{}}}}}}}}
flows: {{f: {{starts: {{rate: 1/s}}, steps: [{{call: m.g, sizes: {{input: {mean} ± {sd}}}}}]}}}}
""")
        .model.flows["f"]
        .steps[0]
        .action.sizes
    )  # pyright: ignore
    size = size_of(sizes, "input")
    assert size is not None
    if sd:
        above = stats.gamma.sf(at, (mean / sd) ** 2 + 1, scale=sd**2 / mean)  # of the law weighted by size
        truth = low * mean + (high - low) * mean * float(above)
    else:
        truth = (high if mean > at else low) * mean
    found = _tiered(term, [dearer], size, size).amount
    assert found.low <= truth <= found.high
    if not sd:
        assert found.low == found.high == truth


def test_uses_are_counted_as_price_lists_count_them() -> None:
    assert _listed_meaning("request") == ("call", "", Fraction(1))
    assert _listed_meaning("10 kqueries") == ("call", "", Fraction(1, 10_000))
    assert _listed_meaning("1M requests") == ("call", "", Fraction(1, 1_000_000))
    assert _listed_meaning("token.input") == ("size", "input", Fraction(1))
    assert _listed_meaning("year") == ("month", "", Fraction(1, 12))
    assert _listed_meaning("smile") is None


def test_sizes_spread_as_wide_as_their_mean_may_lie_high() -> None:
    step = (
        context("""
components: {m: {kind: llm, offers: {g: {}}}}
flows:
  f:
    starts: {rate: 1/s}
    steps: [{call: m.g, sizes: {input: {value: 100 ± 50, known: 80 .. 200}}}]
""")
        .model.flows["f"]
        .steps[0]
    )
    size = size_of(step.action.sizes, "input")  # pyright: ignore
    assert size is not None
    assert (size.mean.low, size.mean.value, size.mean.high) == (80.0, 100.0, 200.0)
    assert size.sd == pytest.approx(100.0)


CANCELLED = """
components: {a: {kind: function, offers: {x: {cancels: true, work: WORK, price: {work: 1 EUR/s}ROWS}}}}
flows: {f: {starts: {rate: 1/h}, steps: [{call: a.x, sizes: {rows: 1}, timeout: LIMIT}]}}
"""


@pytest.mark.parametrize("rows", ["", ", per: {rows: 9 s}"])
def test_work_that_is_cancelled_is_paid_for_up_to_then(rows: str) -> None:
    """All give up after a second of at least ten: between nothing and all of it is paid, in truth 1 EUR."""
    c = context(CANCELLED.replace("WORK", "10 s").replace("ROWS", rows).replace("LIMIT", "1 s"))
    for measure in ("cost/f/run", "cost/f/p95"):
        found = figure(c, measure)
        assert found.value is None and found.low is not None and found.high is not None
        assert found.low <= 1.0 <= found.high
    goes_on = context(
        CANCELLED.replace("cancels: true, ", "")
        .replace("WORK", "10 s")
        .replace("ROWS", "")
        .replace("LIMIT", "1 s")
    )
    assert figure(goes_on, "cost/f/run").value == 10.0


def test_work_that_hardly_ever_is_cancelled_costs_what_it_takes() -> None:
    """Exponential of 1 s, given up after 10 s: 1 - exp(-10) s in the mean."""
    c = context(CANCELLED.replace("WORK", "1 s ± 1 s").replace("ROWS", "").replace("LIMIT", "10 s"))
    found = figure(c, "cost/f/run")
    assert found.value == pytest.approx(1.0, rel=1e-4)
    assert found.low is not None and 0.98 < found.low <= 1 - math.exp(-10)
    rows = context(
        CANCELLED.replace("WORK", "1 s ± 1 s").replace("ROWS", ", per: {rows: 2 s}").replace("LIMIT", "30 s")
    )
    found = figure(rows, "cost/f/run")
    assert found.low is not None and 2.99 < found.low <= 3.0 - 1e-12


def test_the_root_of_a_mean_square_goes_with_the_mean() -> None:
    """Exponential: E[X^2] = 2 mean^2, at the greatest mean."""
    c = context("components: {a: {kind: s, offers: {x: {work: {value: 1 s ± 1 s, known: 1 s .. 4 s}}}}}\n")
    time = c.model.components["a"].offers["x"].work
    assert isinstance(time, Quantity)
    assert _root_of_square(time) == pytest.approx(4 * math.sqrt(2))


def test_a_component_may_be_called_as_a_measure_is() -> None:
    c = context(
        "components: {run: {kind: s, price: 7 EUR/month}}\nflows: {f: {starts: {rate: 1/h}, steps: []}}\n"
    )
    assert figure(c, "cost/component/run").value == 7.0


PAID = """
components:
  m: {{kind: llm, price: {{call: 2 EUR}}, offers: {{f: {{{offer}}}}}}}
  free: {{kind: s, price: {{month: 0 EUR/month}}, offers: {{g: {{fails: unknown}}}}}}
flows:
  main: {{starts: {{rate: 1/s}}, steps: [{steps}]}}
"""
LOOPED = "{{repeat: {{{how}, steps: [{{call: m.f}}]}}}}"


@pytest.mark.parametrize(
    ("steps", "offer", "ends", "missing"),
    [  # the ends by hand: one round to three, none to four, none or one call, one or two
        (LOOPED.format(how="until: unknown, at_most: 3"), "", (1, 3), ("flows.main.steps.1.until",)),
        (LOOPED.format(how="until: unknown"), "", (1, None), ("flows.main.steps.1.until",)),
        (LOOPED.format(how="times: unknown, at_most: 4"), "", (0, 4), ("flows.main.steps.1.times",)),
        ("{choose: [{share: unknown, steps: [{call: m.f}]}, {share: unknown, steps: []}]}", "", (0, 1),
         ("flows.main.steps.1.branch 1.share", "flows.main.steps.1.branch 2.share")),
        ("{call: m.f, retry: 1}", "fails: unknown", (1, 2), ("components.m.offers.f.fails",)),
        (LOOPED.format(how="until: 50 %, at_most: 3"), "", (1.75, 1.75), ()),
        ("{call: m.f}, {call: free.g}", "", (1, 1), ()),
    ],
)  # fmt: skip
def test_what_decides_how_often_a_run_pays_is_named_where_nobody_states_it(
    steps: str, offer: str, ends: tuple[float, float | None], missing: tuple[str, ...]
) -> None:
    c = context(PAID.format(steps=steps, offer=offer))
    for name, each in (("cost/main/run", 2.0), ("cost/flow/main", 2.0 * MONTH), ("calls/main/mean", 1.0)):
        shown = figure(c, name)
        more = 1.0 if "free" in steps and each == 1.0 else 0.0
        assert shown.low == pytest.approx(each * (ends[0] + more)), name
        assert shown.high is None if ends[1] is None else shown.high == pytest.approx(each * (ends[1] + more))
        assert shown.missing == missing and bool(shown.reason) == bool(missing), name
        assert (shown.value is None) == bool(missing)
    month = figure(c, "cost/month")
    assert month.missing == missing and (month.value is None) == bool(missing)
