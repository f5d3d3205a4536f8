"""What prices mean, as written and as listed: terms by hand, in the model's currency, exact to the last digit."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

from analyses.given import context, on
from groma.analyses import figure
from groma.analyses.cost.prices import Term, prices
from groma.model.load import loads


def terms(text: str, head: str = "") -> tuple[tuple[Term, ...], tuple[Term, ...], tuple[str, ...]]:
    """(What stands, what is paid by use, what is missing) of component `a`."""
    c = context(f"{head}components: {{a: {{kind: s, {text}}}}}\n")
    found = prices(c, c.model.components["a"])
    return found.fixed, found.of("f"), found.missing


@pytest.mark.parametrize(
    ("price", "per", "size", "amount"),
    [
        ("month: 50 EUR/month", "month", "", Fraction(50)),
        ("month: 50 EUR", "month", "", Fraction(50)),
        ("hour: 0.1 EUR/h", "month", "", Fraction(73)),
        ("hour: 0.1 EUR", "month", "", Fraction(73)),
        ("year: 120 EUR/year", "month", "", Fraction(10)),
        ("year: 120 EUR", "month", "", Fraction(10)),
        ("rent: 2 EUR/h", "month", "", Fraction(1460)),
        ("once: 900 EUR", "once", "", Fraction(900)),
        ("storage: 0.10 EUR/GB/month", "stored", "", Fraction(1, 10**10)),
        ("seat: 3 EUR/seat/month", "resource", "seat", Fraction(3)),
        ("call: 0.01 EUR", "call", "", Fraction(1, 100)),
        ("call: 3 EUR/million requests", "call", "", Fraction(3, 10**6)),
        ("input: 3 EUR/Mtoken", "size", "input", Fraction(3, 10**6)),
        ("pages: 0.5 EUR", "size", "pages", Fraction(1, 2)),
        ("hour: 2 EUR/GB", "size", "hour", Fraction(2, 10**9)),
        ("work: 0.36 EUR/h", "work", "", Fraction(1, 10**4)),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("currency", "rate", "ends"),
    [("EUR", Fraction(1), (1.0, 1.0)), ("USD", Fraction(4, 5), (0.5, 1.0))],
)
def test_a_stated_price_is_one_term(
    price: str,
    per: str,
    size: str,
    amount: Fraction,
    currency: str,
    rate: Fraction,
    ends: tuple[float, float],
) -> None:
    """A month has 730 hours; a dollar is 80 cents here, between 50 and 100."""
    head = "exchange: {USD: {value: 0.8 EUR, known: 0.5 EUR .. 1 EUR}}\n"
    fixed, use, missing = terms(f"price: {{{price.replace('EUR', currency)}}}", head)
    (term,) = (*fixed, *use)
    assert (term.per, term.size, term.exact, missing) == (per, size, amount * rate, ())
    assert bool(fixed) is (per in ("month", "once", "stored", "resource"))
    assert term.currency == ("" if currency == "EUR" else "USD") and term.prompts_above == 0
    assert term.origin.path == f"components.a.price.{price.partition(':')[0]}"
    assert (term.amount.low, term.amount.value, term.amount.high) == pytest.approx(
        (float(amount) * ends[0], float(amount * rate), float(amount) * ends[1])
    )


@pytest.mark.parametrize(
    ("price", "ends"),
    [
        ("{value: 4 EUR/month, known: 3 EUR/month .. 8 EUR/month}", (3, 4, 8)),
        ("{value: 4 EUR/month, known: 3 EUR/month .. 8 EUR/month}, call: 1 EUR", (3, 4, 8)),
    ],
)
def test_a_price_known_to_a_range_keeps_its_ends(price: str, ends: tuple[float, float, float]) -> None:
    fixed, _, _ = terms(f"price: {{month: {price}}}")
    assert (fixed[0].amount.low, fixed[0].amount.value, fixed[0].amount.high) == pytest.approx(ends)


@pytest.mark.parametrize(
    ("lasts", "months"),
    [
        ("73000 h", (100, 100, 100)),
        ("{value: 36500 h, known: 7300 h .. 73000 h}", (10, 50, 100)),
        ("{value: 36500 h, known: 0 h .. 73000 h}", (0, 50, 100)),
    ],
)
def test_what_is_bought_once_costs_its_part_of_each_month(lasts: str, months: tuple[int, int, int]) -> None:
    """Straight-line: 3600 EUR, between 3000 and 4000, over the months that it lasts."""
    price = "{value: 3600 EUR, known: 3000 EUR .. 4000 EUR}"
    fixed, _, _ = terms(f"price: {{once: {price}, month: 5 EUR/month}}, lasts: {lasts}")
    assert [term.per for term in fixed] == ["once", "month", "month"]
    once, _, spread = fixed
    low, value, high = months
    assert (spread.amount.low, spread.amount.value) == pytest.approx((3000 / high, 3600 / value))
    assert spread.amount.high == pytest.approx(4000 / low if low else math.inf)
    assert spread.exact == Fraction(3600, value) and spread.origin == once.origin and once.exact == 3600
    assert [term.per for term in terms(f"price: {{once: {price}}}")[0]] == ["once"]


@pytest.mark.parametrize(
    ("text", "use", "missing"),
    [
        ("price: {call: 2 USD}", 1, ("exchange.USD: state what 1 USD is worth in EUR",)),
        ("price: {call: 2 USD, month: 3 USD/month}", 1, ("exchange.USD: state what 1 USD is worth in EUR",)),
        ("price: {call: unknown}", 0, ("components.a.price.call",)),
        ("price: {call: 2 EUR}, offers: {f: {price: 3 EUR}}", 1, ()),
        ("price: {call: 2 EUR}, offers: {f: {price: {call: unknown}}}", 1, ("components.a.offers.f.price.call",)),
        ("product: nobody/nothing", 0, None),
        ("product: nobody/nothing, offers: {f: {price: 3 EUR}}", 1, ()),
        ("product: aws/amazon-mq/storage-activemq-ebs@us-east-1, offers: {f: {price: 3 EUR}}", 1, ()),
        ("price: {once: 100 USD}, lasts: 7300 h", 0, ("exchange.USD: state what 1 USD is worth in EUR",)),
        ("product: aws/amazon-mq/storage-activemq-ebs@us-east-1", 0,
         ("components.a.price: the catalog prices `aws/amazon-mq/storage-activemq-ebs@us-east-1` per GB: "
          "state what is paid here",)),
    ],
)  # fmt: skip
def test_a_price_that_cant_be_told_is_missing(text: str, use: int, missing: tuple[str, ...] | None) -> None:
    _, found, told = terms(text, "exchange: {GBP: 1.2 EUR}\n")
    assert len(found) == use
    if missing is None:
        c = context(f"components: {{a: {{kind: s, {text}}}}}\n")
        assert len(told) == 1 and figure(c, "cost/component/a").missing == told
        assert told[0].startswith("components.a.price: ") and "nobody/nothing" in told[0]
    else:
        assert told == missing
    if use and missing and missing[0].startswith("exchange"):
        assert found[0].exact is None and (found[0].amount.value, found[0].amount.high) == (None, math.inf)


def test_the_price_of_an_operation_goes_before_that_of_its_component() -> None:
    c = context(
        "components: {a: {kind: s, price: {call: 2 EUR, month: 9 EUR/month}, offers: {f: {price: 3 EUR}, g: {}}}}\n"
    )
    found = prices(c, c.model.components["a"])
    assert [[term.exact for term in found.of(name)] for name in ("f", "g", "")] == [[3], [2], [2]]
    assert [term.exact for term in found.fixed] == [9] and found.stated
    for text, stated in (
        ("price: {call: unknown}", True),
        ("offers: {f: {price: 3 EUR}}", True),
        ("offers: {f: {}}", False),
    ):
        c = context(f"components: {{a: {{kind: s, {text}}}}}\n")
        assert prices(c, c.model.components["a"]).stated is stated


def test_prices_of_the_catalog_are_terms_of_its_standard_conditions() -> None:
    """Above 200,000 tokens another price holds; what hangs on a condition (batches, caches) isn't what is paid here."""
    c = on(
        loads(
            "groma: 1\nsystem: t\ncurrency: USD\ncomponents: {a: {kind: llm, product: google/gemini-2.5-pro}}\n"
        )
    )
    product = c.catalog.product("google/gemini-2.5-pro")
    found = prices(c, c.model.components["a"])
    listed = {
        (price.per.removeprefix("token."), price.above): price.amount
        for price in product.prices
        if not price.condition and price.per in ("token.input", "token.output")
    }
    assert {(t.size, t.prompts_above): t.exact for t in found.use if t.per == "size"} == {
        key: Fraction(amount) for key, amount in listed.items() if amount is not None
    }
    assert {above for _, above in listed} == {0, 200_000}
    columns = {t.origin.column for t in found.use if t.per == "size"}
    assert columns == {f"token.{w}{a}" for w in ("input", "output") for a in ("", " above 200000")}
    assert all(t.currency == "" and t.origin.path == "components.a.product" for t in found.use)
    euros = context(
        "exchange: {USD: 0.5 EUR}\ncomponents: {a: {kind: llm, product: google/gemini-2.5-pro}}\n"
    )
    halved = prices(euros, euros.model.components["a"]).use
    assert [t.exact for t in halved] == [t.exact / 2 for t in found.use if t.exact is not None]
    assert [t.amount.value for t in halved] == pytest.approx([float(t.exact or 0) for t in halved], rel=1e-12)
    assert all(t.currency == "USD" for t in halved)
    for ref, per, times in (("aws/acm/certificate/per-request@us-east-1", "request", 1),
                            ("azure/linux-virtual-machine-scale-set/disk-operations/per-10k-operations@eastus",
                             "10k operations", 10_000)):  # fmt: skip
        c = on(loads(f"groma: 1\nsystem: t\ncurrency: USD\ncomponents: {{a: {{kind: s, product: {ref}}}}}\n"))
        amount = c.catalog.product(ref).price(per)
        assert amount is not None and amount.amount is not None
        assert [t.exact for t in prices(c, c.model.components["a"]).use] == [Fraction(amount.amount) / times]


@pytest.mark.parametrize(
    ("text", "month", "missing"),
    [
        ("price: {month: 3 EUR/month}, replicas: 4", 12, ()),
        ("price: {seat: 3 EUR/seat/month}, seats: 7, replicas: 2", 42, ()),
        ("price: {user: 3 EUR/user/month}, seats: 7", 21, ()),
        ("price: {gpu: 3 EUR/GPU/month}, provides: {cards: 8 GPU}, seats: 9", 24, ()),
        ("price: {seat: 3 EUR/seat/month}, provides: {seats: 8}, replicas: 2", 48, ()),
        ("price: {seat: 3 EUR/seat/month}, provides: {seats: unknown, seat: 4}", 12, ()),
        ("price: {gpu: 3 EUR/GPU/month}, takes: {cards: 5 GPU}", 15, ()),
        ("price: {gpu: 3 EUR/GPU/month}", None, ("components.a.provides.GPU: state how many it is paid for",)),
        ("price: {seat: 3 EUR/seat/month}, provides: {other: 4}", None,
         ("components.a.provides.seat: state how many it is paid for",)),
        ("price: {storage: 2 EUR/GB/month}, replicas: 3", None,
         ("data.*.held_by: say what a keeps, or price it by the month",)),
    ],
)  # fmt: skip
def test_what_stands_is_paid_as_often_as_it_is_there(
    text: str, month: float | None, missing: tuple[str, ...]
) -> None:
    found = figure(context(f"components: {{a: {{kind: s, {text}}}}}\n"), "cost/component/a")
    assert (found.value, found.missing) == (month, missing)
