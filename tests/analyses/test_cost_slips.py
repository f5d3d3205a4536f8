"""Corners of a bill by hand: what is known in part, what stands in two places, prices by a prompt's length."""

from __future__ import annotations

import math

import pytest

from analyses.given import context, opened
from groma.analyses import figure
from groma.analyses.cost import bill
from groma.analyses.cost.lines import lines
from groma.analyses.cost.prices import Origin, Term
from groma.analyses.cost.use import SizeOf, _root_of_square, _tiered, size_of  # pyright: ignore
from groma.analyses.interval import Interval, point
from groma.model.program import Sizes
from groma.model.quantity import JointTable, Quantity

PARTS = """
components:
  a: {kind: s, price: {call: 3 EUR}, offers: {f: {}}}
  b: {kind: s, price: {call: 0.01 EUR}, offers: {f: {}}}
  z: {kind: s, price: {call: 0 EUR}, offers: {f: {}}}
  u: {kind: s, price: {call: unknown}, offers: {f: {}}}
  d: {kind: s, price: {call: 2 USD}, offers: {f: {}}}
  p: {kind: llm, price: {call: unknown, input: 4 EUR/token}, offers: {f: {}}}
  quick: {kind: function, price: {work: 5 EUR/s}, offers: {f: {work: 0 s}}}
flows:
  idle: {starts: {rate: 1/h}, steps: [{wait: 1 s}]}
  main: {starts: {rate: RATE}, steps: [STEPS]}
  never: {steps: [NEVER]}
"""


def given(steps: str, never: str = "{wait: 1 s}", rate: str = "1/h") -> str:
    return PARTS.replace("RATE", rate).replace("STEPS", steps).replace("NEVER", never)


@pytest.mark.parametrize(
    ("steps", "never", "rate", "ends"),
    [
        ("{call: a.f}", "{wait: 1 s}", "1/h", (2190.0, 2190.0, 2190.0)),
        ("{call: a.f}", "{call: a.f}", "1/h", (2190.0, 2190.0, 2190.0)),
        ("{call: a.f}", "{call: u.f}", "1/h", (2190.0, None, None)),
        ("{call: u.f}", "{call: a.f}", "1/h", (0.0, None, None)),
        ("{call: d.f}", "{call: a.f}", "1/h", (0.0, None, None)),
        ("{call: a.f}", "{wait: 1 s}", "unknown", (0.0, None, None)),
        ("{call: z.f}", "{wait: 1 s}", "unknown", (0.0, 0.0, 0.0)),
        ("{call: quick.f}", "{wait: 1 s}", "1/h", (0.0, 0.0, 0.0)),
    ],
)
def test_a_month_has_a_value_where_all_that_is_spent_is_known(
    steps: str, never: str, rate: str, ends: tuple[float, float | None, float | None]
) -> None:
    """730 calls of 3 EUR; a rate counts where something is paid for; a price that isn't known is always named."""
    text = given(steps, never, rate)
    for name in ("u", "d", "p"):  # what isn't called here would lack a price as well
        text = (
            text if f"{name}.f" in text else "\n".join(x for x in text.split("\n") if f"  {name}: " not in x)
        )
    found = figure(context(text), "cost/month")
    assert (found.low, found.value, found.high) == ends
    assert bill.numbers(context(text), "cost/month") == ends
    assert bool(found.missing) is (ends[1] is None)
    if "u.f" in never:
        of_u = figure(context(text), "cost/component/u")
        assert (of_u.low, of_u.value, of_u.high) == (0.0, None, None)
        assert of_u.missing == ("components.u.price.call",)


@pytest.mark.parametrize("price", ["1.004", "1.006"])
def test_the_ends_of_a_bill_hold_its_value_in_whole_cents(price: str) -> None:
    found = figure(context(f"components: {{a: {{kind: host, price: {price} EUR/month}}}}\n"), "cost/month")
    assert found.value is not None and found.value == round(float(price), 2)
    assert (found.low, found.high) == (min(found.value, float(price)), max(found.value, float(price)))


@pytest.mark.parametrize(
    "steps", ["{call: d.f}", "{call: p.f, sizes: {input: 3}}", "{call: a.f}, {call: u.f}"]
)
def test_what_a_flow_spends_in_part_is_no_sum(steps: str) -> None:
    """A price without a rate of exchange, or that nobody knows, beside one that is known."""
    told = {line.text: line.value for line in figure(context(given(steps)), "cost/month").derivation}
    assert told["by flow: main"] == "not known" and "by flow: idle" not in told


def test_only_flows_that_may_pay_for_a_component_lack_how_often() -> None:
    """What `b` costs hangs on the loop, by a cent a round and three rounds at the most; what `a` costs doesn't."""
    loop = "{repeat: {times: unknown, at_most: 3, steps: [{call: b.f}]}}"
    c = context(given(f"{{call: a.f}}, {loop}"))
    of_a, of_b = figure(c, "cost/component/a"), figure(c, "cost/component/b")
    assert (of_a.value, of_a.missing, of_a.reason) == (2190.0, (), "")
    assert (of_b.low, of_b.value, of_b.missing) == (0.0, None, ("flows.main.steps.2.times",))
    assert of_b.high == pytest.approx(730 * 0.03)


def test_an_amount_that_nobody_knows_is_named_and_taken_for_anything() -> None:
    c = context(
        "components: {a: {kind: tool, price: {seat: 3 EUR/seat/month}, provides: {seats: unknown}}}\n"
    )
    found = figure(c, "cost/month")
    assert found.missing == ("components.a.provides.seat: state how many it is paid for",)
    assert (found.low, found.value, found.high) == (0.0, None, None)


def test_what_lasts_for_no_time_has_no_share_of_a_month() -> None:
    """900 EUR over 1000 hours, or over 500 to 2000: 657 EUR, 328.50 to 1,314 EUR a month of 730 hours."""
    text = "components: {a: {kind: host, price: {once: 900 EUR}, lasts: LASTS}}\n"
    range_ = figure(context(text.replace("LASTS", "{value: 1000 h, known: 500 h .. 2000 h}")), "cost/month")
    assert (range_.low, range_.value, range_.high) == pytest.approx((328.5, 657.0, 1314.0))
    second = figure(context(text.replace("LASTS", "1 s")), "cost/month")
    assert (second.low, second.value, second.high) == pytest.approx((900 * 730 * 3600,) * 3)
    none = figure(context(text.replace("LASTS", "0 h")), "cost/month")
    assert none.missing == ("components.a.lasts: state for how long it is used, more than no time",)
    assert (none.low, none.value, none.high) == (0.0, None, None)
    assert figure(context(text.replace("LASTS", "0 h")), "cost/once").value == 900.0


def test_a_product_that_the_catalog_lacks_is_named_once() -> None:
    found = figure(context("components: {a: {kind: host, product: nobody/thing}}\n"), "cost/month")
    assert len(found.missing) == 1 and "nobody/thing" in found.missing[0]
    assert (found.low, found.value, found.high) == (0.0, None, None)


MACHINE = "aws/m7g.large@us-east-1"


@pytest.mark.parametrize(
    ("head", "price", "missing"),
    [
        ("exchange: {USD: 0.5 EUR}\n", "", ()),
        ("", "", ("exchange.USD: state what 1 USD is worth in EUR",)),
        ("", "price: {month: 5 EUR/month}, ", ()),
        ("exchange: {USD: 0.5 EUR}\n", "price: {month: unknown}, ", ("components.a.price.month",)),
        ("exchange: {USD: 0.5 EUR}\n", "price: {call: unknown}, ", ()),
    ],
)
def test_a_price_of_ones_own_stands_before_that_of_the_catalog(
    head: str, price: str, missing: tuple[str, ...]
) -> None:
    """The catalog's hourly price in dollars, 730 hours, at half a euro for each."""
    c = context(f"{head}components: {{a: {{kind: host, {price}product: {MACHINE}}}}}\n")
    hour = c.catalog.product(MACHINE).price("hour")
    assert hour is not None and hour.amount is not None
    found = figure(c, "cost/month")
    truth = None if missing else 5.0 if "5 EUR" in price else 0.0 if price else float(hour.amount) * 365
    assert found.missing == (missing or (("components.a.price.call",) if "call" in price else ()))
    assert found.value == (None if found.missing else pytest.approx(truth, abs=0.005))
    assert (f"catalog/{MACHINE}/hour" in found.inputs) is (not price)


def test_the_least_of_a_run_is_that_of_the_choices_taken() -> None:
    """`two` fails in half of its calls, so `paid` (1 EUR) is called in half of the runs at least, in all with `one`."""
    text = """
components:
  part: {kind: s, price: 0 EUR/month, offers: {f: {}}}
  one: {kind: s, price: 0 EUR/month, offers: {f: {}}}
  two: {kind: s, price: 0 EUR/month, offers: {f: {fails: 50 %}}}
  paid: {kind: s, price: {call: 1 EUR}, offers: {f: {}}}
flows: {main: {starts: {rate: 1/h}, steps: [{call: part.f}, {call: paid.f}]}}
"""
    c = opened(text, "part", "which", one="one", two="two").with_partial({"which": "one"})
    for ends, least in (("least", 730.0), ("quick", 365.0), ("both", 730.0)):
        (line,) = (x for x in lines(c, ends=ends) if x.name == "flows.main: paid")  # pyright: ignore
        assert line.low == pytest.approx(least, rel=1e-6)


# --- prices by the length of a prompt: by the bounds of Cauchy and Schwarz and of Cantelli, by hand ------------------


def priced(prices: tuple[Interval, ...], size: SizeOf) -> Interval:
    """The first price, and others above 100 and 200 tokens of the prompt."""
    term, *higher = (Term("size", p, None, Origin(""), "input", "", 100 * n) for n, p in enumerate(prices))
    return _tiered(term, higher, size, size).amount


def most(mean: float, sd: float, gap: float) -> float:
    """sqrt(E S^2 P), P <= sd^2 / (sd^2 + gap^2)."""
    return math.sqrt((mean**2 + sd**2) * sd**2 / (sd**2 + gap**2))


@pytest.mark.parametrize(
    ("prices", "mean", "less", "more"),
    [
        ((1, 2, 5), 250.0, ((1, 150), (3, 50)), ()),
        ((5, 2, 1), 250.0, (), ((3, 150), (1, 50))),
        ((1, 2, 5), 20.0, (), ((1, 80), (3, 180))),
        ((5, 2, 1), 20.0, ((3, 80), (1, 180)), ()),
    ],
)
def test_each_step_of_a_price_counts_by_the_prompts_beyond_it(
    prices: tuple[float, ...],
    mean: float,
    less: tuple[tuple[int, int], ...],
    more: tuple[tuple[int, int], ...],
) -> None:
    sd = 5.0
    nominal = mean * prices[2 if mean > 200 else 0]
    found = priced(tuple(point(float(p)) for p in prices), SizeOf(point(mean), sd, math.inf))
    assert found.value == nominal
    assert found.low == pytest.approx(
        max(nominal - math.fsum(step * most(mean, sd, gap) for step, gap in less), 0.0)
    )
    assert found.high == pytest.approx(nominal + math.fsum(step * most(mean, sd, gap) for step, gap in more))


@pytest.mark.parametrize(
    ("first", "second", "step"),
    [
        (Interval(1.0, 2.0, 4.0), Interval(2.0, 4.0, 8.0), 4.0),
        (Interval(1.0, 9.0, 10.0), Interval(8.0, 9.0, 10.0), 7.0),
        (Interval(2.0, 4.0, 8.0), Interval(1.0, 2.0, 4.0), 0.0),
    ],
)
def test_a_step_of_a_price_that_is_known_by_its_ends_is_the_wider_of_the_two(
    first: Interval, second: Interval, step: float
) -> None:
    """Prompts of 20 on the whole, above 100 another price."""
    found = priced((first, second), SizeOf(point(20.0), 5.0, math.inf))
    assert found.high == pytest.approx(20.0 * first.high + step * most(20.0, 5.0, 80.0))


@pytest.mark.parametrize(
    ("prices", "greatest", "low", "high"),
    [
        ((1, 2, 5), 150.0, 100.0, 600.0), ((5, 2, 1), 150.0, 20.0, 600.0), ((5, 2, 1), 100.0, 500.0, 600.0),
        ((1, 2, 5), 100.0, 100.0, 120.0),
    ],
)  # fmt: skip
def test_prompts_that_grow_take_any_price_once_one_may_be_long_enough(
    prices: tuple[float, ...], greatest: float, low: float, high: float
) -> None:
    """100 to 120 tokens in the mean, each at the least and at the most of all prices."""
    size = SizeOf(Interval(100.0, None, 120.0), 5.0, greatest, grown=(("grows", None),))
    found = priced(tuple(point(float(p)) for p in prices), size)
    assert (found.low, found.high) == pytest.approx((low, high))


def test_a_size_that_a_table_lacks_is_looked_for_beside_it() -> None:
    c = context(
        "components: {a: {kind: llm, offers: {g: {work: {value: 4 s ± 1 s, known: 2 s .. 8 s}}}}}\n"
        "flows: {f: {steps: [{call: a.g, sizes: {in: 25}}]}}\n"
    )
    amounts: tuple[tuple[str, Quantity], ...] = c.model.flows["f"].steps[0].action.sizes.amounts  # pyright: ignore
    found = size_of(Sizes(amounts, JointTable(("output",), ((10.0,),), (1.0,))), "input")
    assert found is not None and found.mean == point(25.0)
    work = c.model.components["a"].offers["g"].work
    assert isinstance(work, Quantity)
    assert _root_of_square(work) == pytest.approx(math.hypot(8.0, 2.0))  # stretched to a mean of 8 s


@pytest.mark.parametrize("per", ["", ", per: {rows: 2 ms}"])
def test_work_that_may_be_cut_off_costs_no_less_than_its_mean_without_the_longest(per: str) -> None:
    """An exponential second, cut off after 8: E[T; cut] <= sqrt(E T^2 exp(-8)). Rows add two seconds to both."""
    text = (
        "components:\n"
        f"  a: {{kind: function, price: {{work: 1 EUR/s}}, offers: {{x: {{work: 1 s ± 1 s, cancels: true{per}}}}}}}\n"
        "flows: {main: {starts: {rate: 0.001/h}, steps: [{call: a.x, sizes: {rows: 1000}, timeout: 8 s}]}}\n"
    )
    run = figure(context(text), "cost/main/run")
    rows = 2.0 if per else 0.0
    share = math.exp(-(8.0 - rows))
    least = 1.0 + rows - (math.sqrt(2.0) + rows) * math.sqrt(share)
    value = None if per else 1.0  # less than a thousandth is neglected
    assert (run.low, run.value, run.high) == (
        pytest.approx(least, rel=2e-3),
        value,
        pytest.approx(1.0 + rows),
    )
    truth = rows + 1.0 - share  # the mean of the lesser of T and what is left of 8 s
    assert run.low is not None and run.low <= truth <= 1.0 + rows


def test_a_month_of_prompts_cut_to_a_window_has_ends_alone() -> None:
    """Prompts of 900 to 1200 tokens in the mean within a window of 1000, a euro each, 730 a month."""
    text = """
components: {m: {kind: llm, qualities: {context: 1000 tokens}, price: {input: 1 EUR/token}, offers: {g: {}}}}
flows:
  main:
    starts: {rate: 1/h}
    steps:
    - call: m.g
      sizes: {in: {value: 1000 tokens, known: 900 tokens .. 1200 tokens}}
      context: {h: 1 token, cut_first: h}
"""
    found = figure(context(text), "cost/month")
    assert (found.low, found.value, found.high) == (pytest.approx(730 * 900), None, pytest.approx(730 * 1000))
