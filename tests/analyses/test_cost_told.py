"""Whole bills, line by line: what each says it is made of, in which order, from which inputs, and what it lacks."""

from __future__ import annotations

import math

import pytest

from analyses.given import context
from groma.analyses import bounds, figure
from groma.analyses.cost import bill
from groma.analyses.cost.lines import lines

SHOP = """
exchange: {USD: {value: 0.8 EUR, known: 0.5 EUR .. 1 EUR}}
components:
  gate: {kind: service, runs_on: host, offers: {accept: {price: 3 EUR/million requests}}}
  host: {kind: host, replicas: 2, price: 50 EUR/month, lasts: 36500 h}
  rack: {kind: host, price: {once: 7300 EUR}, lasts: 73000 h}
  m: {kind: llm, price: {input: 5 USD/Mtoken, output: 20 USD/Mtoken}, offers: {say: {}}}
  store: {kind: database, replicas: 3, price: {month: 35 EUR/month, once: 900 EUR, storage: 0.10 EUR/GB/month}}
  desk: {kind: tool, replicas: 2, price: {seat: 3 EUR/seat/month}, seats: 7}
  fun: {kind: function, price: {work: 0.001 EUR/s}, offers: {do: {work: 200 ms, per: {rows: 1 ms}}}}
data: {tickets: {held_by: store, size: 20 GB}, other: {held_by: rack, size: 5 GB}}
flows:
  answer:
    starts: {rate: 30/h}
    steps: [{call: gate.accept}, {call: m.say, retry: 1, sizes: {input: 1800, output: 200}}]
  batch: {starts: {rate: 10/h}, steps: [{call: fun.do, sizes: {rows: 300}}, {do: answer}]}
  never: {steps: [{call: gate.accept}]}
"""
TALK = 1800 * 5e-6 * 0.8 + 200 * 20e-6 * 0.8
PARTS = {
    "desk": 2 * 7 * 3, "fun": 7300 * 0.5 * 0.001, "gate": 40 * 730 * 3e-6, "host": 2 * 50, "m": 40 * 730 * TALK,
    "rack": 7300 / 100, "store": 3 * 35 + 20 * 0.10,
}  # fmt: skip
STANDS = 2 * 50 + 73 + 107 + 42
FLOWS = {"answer": 30 * 730 * (3e-6 + TALK), "batch": 7300 * (0.0005 + 3e-6 + TALK), "never": 0.0}
LISTED = "list prices without tax and rebates; a month has 730 hours; people's time is a figure of its own"
TOLD_STANDING = [
    ("host: by the month x 2.0", "100.00 EUR", ("components.host.price.month",)),
    ("rack: by the month", "73.00 EUR", ("components.rack.price.once",)),
    ("store: by the month x 3.0", "105.00 EUR", ("components.store.price.month",)),
    ("store: per byte kept a month x 20000000000.0", "2.00 EUR", ("components.store.price.storage",)),
    ("desk: per seat x 14.0", "42.00 EUR", ("components.desk.price.seat",)),
]
GATE = ("gate.accept: per call", "3e-06 a run", ("components.gate.offers.accept.price.call",))
SAY = [
    (f"m.say: per {way} x {count}", each,
     (f"components.m.price.{way}", "exchange.USD", f"flows.answer.steps.2.sizes.{way}"))
    for way, count, each in (("input", 1800, "0.0072 a run"), ("output", 200, "0.0032 a run"))
]  # fmt: skip
DO = ("fun.do: per second of work x 0.5", "0.0005 a run",
      ("components.fun.price.work", "components.fun.offers.do.work", "components.fun.offers.do.per.rows"))  # fmt: skip
TOLD_USED = {"answer": [GATE, *SAY], "batch": [DO, GATE, *SAY], "never": [GATE]}


def derived(measure: str) -> list[tuple[str, str, tuple[str, ...]]]:
    found = figure(context(SHOP), measure).derivation
    return [(line.text, line.value, tuple(ref.removeprefix("model/") for ref in line.refs)) for line in found]


def used(*flows: str, of: str = "") -> list[tuple[str, str, tuple[str, ...]]]:
    return [
        (f"{flow}: 1 x {text}", value, refs)
        for flow in flows
        for text, value, refs in TOLD_USED[flow]
        if text.startswith(of)
    ]


def test_a_bill_of_a_month_is_told_line_by_line() -> None:
    """Standing prices, uses, what each component and each flow come to: 629.42 EUR by hand."""
    found = figure(context(SHOP), "cost/month")
    whole = math.fsum(PARTS.values())
    assert found.value == round(whole, 2) == 629.42
    ends = [whole - 40 * 730 * TALK * (1 - rate / 0.8) for rate in (0.5, 1.0)]
    assert (found.low, found.high) == pytest.approx(ends)
    assert found.second is not None
    assert (found.second.method, found.second.low, found.second.value, found.second.high) == (
        "added up by flow", found.low, found.value, found.high,
    )  # fmt: skip
    assert (found.title, found.unit, found.method) == (
        "Bill of a month",
        "EUR/month",
        "added up by component",
    )
    assert (found.missing, found.reason) == ((), "")
    assert found.valid == (LISTED, "calls per run, with their retries, are those of the busiest hour")
    told = derived("cost/month")
    assert told[:5] == TOLD_STANDING
    assert told[5:13] == used("answer", "batch", "never")
    assert told[13:20] == [(f"for {n}", f"{a:.2f} EUR", (f"cost/component/{n}",)) for n, a in PARTS.items()]
    assert told[20:] == [
        ("by flow: what stands", f"{STANDS:.2f} EUR", ()),
        *((f"by flow: {n}", f"{a:.2f} EUR", (f"cost/flow/{n}",)) for n, a in FLOWS.items()),
    ]
    refs = {ref for _, _, each in told for ref in each if "/" not in ref}
    assert {name.removeprefix("model/") for name in found.inputs} == {
        *refs, "flows.answer.starts.rate", "flows.batch.starts.rate"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("measure", "title", "unit", "value", "told", "valid"),
    [
        ("cost/once", "Paid once", "EUR", 7300 + 3 * 900,
         [("to buy rack", "7,300.00 EUR", ("components.rack.price.once",)),
          ("to buy store", "2,700.00 EUR", ("components.store.price.once",))], ()),
        ("cost/component/store", "Spent on store in a month", "EUR/month", PARTS["store"], TOLD_STANDING[2:4], ()),
        ("cost/component/gate", "Spent on gate in a month", "EUR/month", PARTS["gate"],
         used("answer", "batch", "never", of="gate"), ()),
        ("cost/flow/answer", "Spent by answer in a month", "EUR/month", FLOWS["answer"], used("answer"), ()),
        ("cost/flow/never", "Spent by never in a month", "EUR/month", 0.0, used("never"), ()),
        ("cost/batch/run", "Expected cost of a run of batch", "EUR", FLOWS["batch"] / 7300, used("batch"),
         ("what stands is not part of a run's cost",)),
    ],
)  # fmt: skip
def test_part_of_a_bill_is_told_with_its_own_lines_alone(
    measure: str,
    title: str,
    unit: str,
    value: float,
    told: list[tuple[str, str, tuple[str, ...]]],
    valid: tuple[str, ...],
) -> None:
    found = figure(context(SHOP), measure)
    assert (found.title, found.unit, found.method) == (title, unit, "prices times uses")
    assert found.value == pytest.approx(value)
    assert (found.missing, found.reason, found.valid) == ((), "", valid)
    assert derived(measure) == told
    rates = [name for name in found.inputs if name.endswith("starts.rate")]
    assert bool(rates) is (
        unit == "EUR/month" and any("1 x" in text for text, _, _ in told) and "never" not in measure
    )


LACKS = """
components:
  a: {kind: s, price: {call: 3 EUR}, offers: {f: {}}}
  u: {kind: s, price: {call: unknown}, offers: {f: {}}}
  n: {kind: s, offers: {f: {}, g: {price: 1 EUR}}}
  k: {kind: s}
  m: {kind: llm, price: {input: 4 EUR/token, output: 5 EUR/token}, offers: {g: {work: 0 s}}}
  st: {kind: database, price: {storage: 1 EUR/GB/month, month: unknown}}
  full: {kind: database, price: {storage: 1 EUR/GB/month}}
  po: {kind: tool, price: {seat: 3 EUR/seat/month}}
data: {d: {held_by: full, size: unknown}, e: {held_by: full, size: 2 GB}}
flows:
  main: {starts: {rate: 1/h}, steps: [{call: a.f}, {call: u.f}, {call: n.f}, {call: m.g}]}
  other: {starts: {rate: unknown}, steps: [{call: a.f}]}
  loop: {starts: {rate: 1/h}, steps: [{repeat: {times: unknown, steps: [{call: a.f}]}}]}
  inner: {steps: [{call: a.f}]}
"""
FREE = "state what it costs (0 if it is free)"
OF_MAIN = (
    "components.u.price.call", "components.n.offers.f.price: state what a call costs",
    "flows.main.steps.4.sizes.input: state how much each call carries",
    "flows.main.steps.4.sizes.output: state how much each call carries",
)  # fmt: skip
RATE = "flows.other.starts.rate: state the mean rate over a month"
TIMES = "flows.loop.steps.1.times"
PAID_FOR = "components.po.provides.seat: state how many it is paid for"
OF_ST = "components.st.price.month", "data.*.held_by: say what st keeps, or price it by the month"
KEPT = "data.d.size: state how much there is"


@pytest.mark.parametrize(
    ("measure", "low", "missing", "unknown"),
    [
        ("cost/month", 3 * 730 + 2, ("components.u.price.call", f"components.k.price: {FREE}", *OF_ST, KEPT, PAID_FOR,
                                     *OF_MAIN[1:], RATE, TIMES), "at least: 3 of 8 components are priced"),
        ("cost/component/a", 3 * 730, (RATE, TIMES), "at least: a price, rate or size isn't known"),
        ("cost/component/k", 0, (f"components.k.price: {FREE}",), "at least: a price, rate or size isn't known"),
        ("cost/component/st", 0, OF_ST, "at least: a price, rate or size isn't known"),
        ("cost/component/full", 2, (KEPT,), "at least: a price, rate or size isn't known"),
        ("cost/component/po", 0, (PAID_FOR,), "at least: a price, rate or size isn't known"),
        ("cost/flow/main", 3 * 730, OF_MAIN, "at least: a price, rate or size isn't known"),
        ("cost/main/run", 3, OF_MAIN, "at least: a price, rate or size isn't known"),
        ("cost/flow/other", 0, (RATE,), "at least: a price, rate or size isn't known"),
    ],
)  # fmt: skip
def test_a_bill_that_lacks_something_says_what_and_is_the_least(
    measure: str, low: float, missing: tuple[str, ...], unknown: str
) -> None:
    c = context(LACKS)
    found = figure(c, measure)
    assert (found.low, found.value, found.high) == (pytest.approx(low), None, None)
    assert (found.missing, found.reason) == (missing, unknown)
    assert bounds(c, measure) == (pytest.approx(low), math.inf)
    assert bill.numbers(c, measure) == (pytest.approx(low), None, None)


def test_what_isnt_known_is_told_as_such_and_never_as_nothing() -> None:
    told = {line.text: line.value for line in figure(context(LACKS), "cost/month").derivation}
    assert told["main: 1 x m.g: per input x unknown"] == told["loop: unknown x a.f: per call"] == "not known"
    assert told["st: per byte kept a month x unknown"] == told["po: per seat x unknown"] == "not known"
    assert told["main: 1 x a.f: per call"] == "3 a run" and told["by flow: inner"] == "0.00 EUR"
    lacking = {"for u", "for k", "for m", "for st", "for po", "for n", "for a", "for full",
               "by flow: what stands", "by flow: main", "by flow: other", "by flow: loop"}  # fmt: skip
    assert {
        text for text, value in told.items() if text.startswith(("for", "by")) and value == "not known"
    } == lacking
    loop = figure(context(LACKS), "cost/loop/run")
    assert (loop.low, loop.value, loop.high) == (0.0, None, None)


def test_only_what_matters_to_a_bill_is_named() -> None:
    """No retry, no word of the busiest hour; shares that decide are inputs; a flow that uses nothing may start as it
    likes; what never happens needs no price; a look-up has no name."""
    assert figure(context(LACKS), "cost/month").valid == (LISTED,)
    text = """
components:
  a: {kind: s, price: {call: 3 EUR}, offers: {f: {}}}
  u: {kind: s, price: {call: unknown}, offers: {f: {}}}
  free: {kind: s, price: 0 EUR/month, offers: {f: {}}}
  store: {kind: cache, price: {call: 1 EUR, input: unknown}}
flows: {main: {starts: {rate: 1/h}, steps: [STEPS]}, idle: {starts: {rate: unknown}, steps: [{call: free.f}]}}
"""
    c = context(
        text.replace("STEPS", "{choose: [{share: 25 %, steps: [{call: a.f}]}, {share: 75 %, steps: []}]}")
    )
    found = figure(c, "cost/flow/main")
    assert (
        found.value == pytest.approx(730 * 0.75) and "model/flows.main.steps.1.branch 1.share" in found.inputs
    )
    month = figure(c, "cost/month")
    assert "flows.idle.starts.rate" not in " ".join(month.missing)
    never = context(text.replace("STEPS", "{call: a.f, fallback: [{call: u.f}]}"))
    kept = figure(never, "cost/flow/main")
    assert (kept.low, kept.value, kept.high, kept.missing) == (2190.0, 2190.0, 2190.0, ())
    looked = context(text.replace("STEPS", "{call: a.f, cache: {hits: 50 %, component: store}}"))
    told = [(line.text, line.value) for line in figure(looked, "cost/main/run").derivation]
    assert ("main: 1 x store: per call", "1 a run") in told and figure(looked, "cost/main/run").missing == ()
    assert {line.name for line in lines(looked, ends="least") if "idle" in line.name} == {
        "flows.idle: all that may come to it"
    }
    bare = context("components: {a: {kind: s, price: 10 EUR/month}, b: {kind: s}}\n")
    assert ("by flow: what stands", "not known") in [
        (x.text, x.value) for x in figure(bare, "cost/month").derivation
    ]


def test_lines_of_a_month_carry_their_ends_and_grow_with_the_rates() -> None:
    """What stands stays; what is used is three times as much; where only the least is asked for there is no end."""
    c = context(SHOP)
    stands = {f"components.{name}": 0.0 for name in ("gate", "m", "fun")} | {
        f"components.{name}": PARTS[name] for name in ("host", "rack", "store", "desk")
    }
    talk = {"flows.answer: m": 21900 * TALK, "flows.batch: m": 7300 * TALK}
    uses = {
        "flows.answer: gate": 21900 * 3e-6, "flows.batch: gate": 7300 * 3e-6, "flows.batch: fun": PARTS["fun"], **talk,
    }  # fmt: skip
    for rate in (1.0, 3.0):
        both = {line.name: line for line in lines(c, rate)}
        assert set(both) == {*stands, *uses}
        for name, line in both.items():
            value = stands.get(name, uses.get(name, 0.0) * rate)
            low, high = (0.5 / 0.8, 1.0 / 0.8) if name in talk else (1.0, 1.0)
            assert (line.low, line.value, line.high) == pytest.approx((value * low, value, value * high))
            assert line.roles == frozenset()
        for ends in ("least", "quick"):
            least = {line.name: line for line in lines(c, rate, ends=ends)}
            more = {f"flows.{name}: all that may come to it" for name in ("answer", "batch")}
            assert set(least) == {*stands, *uses, *more}
            for name in uses:
                assert (least[name].low, least[name].value, least[name].high) == (
                    pytest.approx(both[name].low), None, math.inf,
                )  # fmt: skip
            assert all((least[n].low, least[n].value, least[n].high) == (0.0, None, math.inf) for n in more)
    grown = bill.growth(c, (0.0, 2.0))
    assert [factor for factor, _ in grown] == [0.0, 2.0]
    used_up = math.fsum(PARTS.values()) - STANDS
    assert [money.value for _, money in grown] == pytest.approx([STANDS, STANDS + 2 * used_up])
