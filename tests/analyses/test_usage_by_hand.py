"""What a log of calls could have saved, call by call and counted by hand, at the edge of each rule."""

from __future__ import annotations

import math
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from groma.analyses.usage import Bill, Call, growth, growth_of_bills, looked_at, savings, told
from groma.analyses.usage.growth import LEAST
from groma.analyses.usage.savings import Saving, input_cost, prices_of, tokens_each_turn
from groma.catalog import OutputRatios
from groma.model.figure import Ledger

RATIOS = OutputRatios(1.0, 8.0, {"big": (2.0, 4.0)}, 7, "a test", "2026-11-01")
DAY = 86_400.0


def call(at: float, **more: Any) -> Call:
    known: dict[str, Any] = {"model": "big", "tokens_in": 300, "tokens_out": 100, "cost": Decimal("0.7")}
    return Call(f"c{at}{more}", at, **(known | more))


def saved(ident: str, *calls: Call) -> Saving:
    return next(each for each in savings(calls, RATIOS)[0] if each.id == ident)


@pytest.mark.parametrize(
    ("more", "least", "most"),
    [
        # a token written costs two to four tokens read: 300 of 700 or of 500
        ({}, 0.3, 0.42),
        ({"model": "Seller/BIG"}, 0.3, 0.42),
        ({"model": "another"}, 0.7 * 300 / 1100, 0.7 * 300 / 400),
        ({"tokens_out": None}, 0.7, 0.7),
        ({"tokens_in": None}, 0.0, 0.0),
        ({"tokens_in": 0}, 0.0, 0.0),
        ({"cost": None}, 0.0, 0.0),
    ],
)
def test_what_the_input_of_a_call_cost(more: dict[str, Any], least: float, most: float) -> None:
    assert input_cost(call(0.0, **more), RATIOS) == pytest.approx((least, most))


def test_what_is_sent_again_within_ten_seconds_is_sent_twice() -> None:
    """Of the same model, user and words, from the last time on: at 1, 11 and 21.5 s; others don't count."""
    sent = {"prompt": "p", "user": "u"}
    calls = [call(at, **sent) for at in (1.0, 11.0, 21.5)]
    calls += [
        call(2.0, **sent | {"user": "v"}),
        call(3.0, **sent | {"prompt": "q"}),
        call(4.0, **sent | {"model": "m"}),
    ]
    calls += [call(5.0, **sent | {"from_cache": True}), call(6.0, prompt="p"), call(7.0, user="u")]
    found = saved("doubles", *calls)
    assert (found.low, found.high, found.calls, found.share) == (0.0, pytest.approx(0.7), 1, 1 / 6)
    assert found.how.startswith("1 calls follow the same call of the same user within 10 s;")


def test_answers_repeated_count_from_when_they_were_last_worked_out() -> None:
    """Worked out at 0 s, again at 3,700 s: a cache of an hour answers at 3,600 and at 7,300, of any age all but one."""
    found = saved("repeats", *(call(at, prompt="p") for at in (0.0, 3600.0, 3700.0, 7300.0)))
    assert (found.low, found.high, found.calls, found.share) == pytest.approx((1.4, 2.1, 3, 0.75))
    assert found.how.startswith("2 of 4 calls repeat one of the hour before, 3 any earlier one;")


def prompt(at: float, same: int, **more: Any) -> Call:
    """A prompt of eight parts of which the first `same` are everybody's."""
    parts = (*(f"s{n}" for n in range(same)), *(f"{at} {n}" for n in range(8 - same)))
    return call(at, parts=parts, prompt_size=8 * 1024, **more)


@pytest.mark.parametrize(
    ("calls", "low", "high", "count"),
    [
        # six of eight parts again: half to nine tenths of 0.75 of what its input cost, 0.3 to 0.42
        ([prompt(0.0, 6), prompt(300.0, 6)], 0.5 * 0.3 * 0.75, 0.9 * 0.42 * 0.75, 1),
        ([prompt(0.0, 6), prompt(301.0, 6)], 0.0, 0.9 * 0.42 * 0.75, 1),
        ([prompt(0.0, 6), prompt(3601.0, 6)], 0.0, 0.0, 0),
        ([prompt(0.0, 6), prompt(100.0, 4)], 0.5 * 0.3 * 0.5, 0.9 * 0.42 * 0.5, 1),
        ([prompt(0.0, 6), prompt(100.0, 3)], 0.0, 0.0, 0),
        ([prompt(0.0, 6), prompt(100.0, 6, model="another")], 0.0, 0.0, 0),
        # a quarter of it was cached already; all of it
        ([prompt(0.0, 6), prompt(100.0, 6, cached_in=75)], 0.5 * 0.3 * 0.5, 0.9 * 0.42 * 0.5, 1),
        ([prompt(0.0, 6), prompt(100.0, 6, cached_in=300)], 0.0, 0.0, 0),
        (
            [prompt(0.0, 6), prompt(200.0, 6), prompt(400.0, 6)],
            2 * 0.5 * 0.3 * 0.75,
            2 * 0.9 * 0.42 * 0.75,
            2,
        ),
    ],
)
def test_beginnings_that_were_read_shortly_before(
    calls: list[Call], low: float, high: float, count: int
) -> None:
    found = saved("prefixes", *calls)
    assert (found.low, found.high) == pytest.approx((low, high))
    assert (found.calls, found.share) == (count, count / len(calls))


def test_input_beyond_twice_the_first_turn_is_what_a_talk_carries_along() -> None:
    """300, 500 and 900 tokens: the last has 300 too many of 900; a talk of two calls says nothing."""
    talk = [call(at, talk="t", tokens_in=size) for at, size in ((3.0, 900), (1.0, 300), (2.0, 500))]
    other = [call(at, talk="u", tokens_in=size) for at, size in ((1.0, 10), (2.0, 5000))]
    quiet = [call(at, talk="v", tokens_in=100) for at in (1.0, 2.0, 3.0, 4.0)]
    found = saved("context", *talk, *other)
    assert (found.low, found.high) == (0.0, pytest.approx(0.7 * 900 / (900 + 200) * 300 / 900))
    assert (found.calls, found.share) == (1, 1 / 3)
    # least squares of 300, 500, 900 over turns is (900 - 300) / 2; with four of no growth 600 over 2 + 5
    assert tokens_each_turn([*talk, *other]) == pytest.approx(300.0)
    assert tokens_each_turn([*talk, *quiet]) == pytest.approx(600 / 7)
    assert tokens_each_turn(other) is None
    assert found.how.startswith("input grows by 300 tokens with each turn over 1 conversations;")
    assert saved("context", *quiet, *talk).share == 1 / 7


def test_short_requests_are_those_that_a_cheaper_model_in_use_could_answer() -> None:
    """Dollars a token: 0.001 of `small`, 0.002 of `twice`, 0.004 of `big`; 500 in and 100 out are short."""
    small = [call(0.0, model="small", cost=Decimal("0.4"))]
    twice = [call(1.0, model="twice", cost=Decimal("0.8"))]
    big = [call(2.0, cost=Decimal("1.6")), call(3.0, tokens_in=500, tokens_out=100, cost=Decimal("2.4"))]
    big += [call(4.0, tokens_in=501, tokens_out=99, cost=Decimal("2.4"))]
    big += [call(5.0, tokens_in=499, tokens_out=101, cost=Decimal("2.4"))]
    rest = [call(6.0, tokens_out=None, cost=Decimal("1.2")), call(7.0, cost=None), call(8.0, cost=Decimal(0))]
    calls = [*small, *twice, *big, *rest]
    assert prices_of(calls) == pytest.approx({"small": 0.001, "twice": 0.002, "big": 0.004})
    found = saved("routing", *calls)
    assert (found.low, found.high) == (0.0, pytest.approx((1.6 + 2.4) * (1 - 0.001 / 0.004)))
    assert (found.calls, found.share) == (2, 2 / 9)
    assert "the log has one model only" in next(b for b in savings(small, RATIOS)[1] if "short" in b)
    kept = [call(9.0, model="free", cost=Decimal("0.0001"), from_cache=True)]
    assert "free" not in prices_of(kept)


def test_calls_that_failed_are_a_share_of_those_of_which_it_is_known() -> None:
    calls = [call(0.0, failed=True), call(1.0, failed=False), call(2.0, failed=False), call(3.0)]
    found = saved("failures", *calls)
    assert (found.high, found.calls, found.share) == (pytest.approx(0.7), 1, 1 / 3)
    assert found.how.startswith("1 of 3 calls failed;")


def test_savings_come_the_surest_first_then_the_largest() -> None:
    calls = [call(n * 4000.0, prompt="p", user="u", failed=n % 2 == 0) for n in range(4)]
    calls += [call(n * 4000.0 + 5, prompt="p", user="u", failed=False) for n in range(2)]
    found = savings(calls, RATIOS)[0]
    assert [(each.id, round(each.low, 9), round(each.high, 9)) for each in found] == [
        ("repeats", 1.4, 3.5), ("doubles", 0.0, 1.4), ("failures", 0.0, 1.4),
    ]  # fmt: skip


def half(begin: float, count: int, cost: str, **more: Any) -> list[Call]:
    return [call(begin + n, cost=Decimal(cost), **more) for n in range(count)]


def test_growth_is_of_halves_of_the_time_with_calls_enough() -> None:
    """Twenty and forty calls: twice as many at the same price, so that all of the change is of requests."""
    calls = [*half(0.0, LEAST, "0.4"), *half(DAY, 2 * LEAST, "0.4")]
    found = growth(calls)
    assert found is not None
    assert (found.requests, found.cost) == ((20, 40), pytest.approx((8.0, 16.0)))
    assert found.effects == {"requests": pytest.approx(8.0), "mix": 0.0, "tokens": 0.0, "price": 0.0}
    assert found.periods == ("1970-01-01 to 1970-01-01", "1970-01-01 to 1970-01-02")
    assert not found.faster_than_usage and found.change == pytest.approx(8.0)
    assert (
        growth(calls[1:]) is None and growth([*half(0.0, LEAST, "0.4"), *half(DAY, LEAST - 1, "0.4")]) is None
    )
    assert growth([*calls, call(2 * DAY, cost=None), call(2 * DAY, tokens_in=0, tokens_out=0)]) == found
    # 300 + 100 tokens against 100 + 0: the first written, too; the price of a token is four times as high
    dearer = growth([*half(0.0, 20, "0.4"), *half(DAY, 20, "0.4", tokens_in=100, tokens_out=0)])
    assert dearer is not None  # 8 dollars before and after, times the logarithm of a quarter
    assert dearer.effects["tokens"] == pytest.approx(8 * math.log(1 / 4)) == -dearer.effects["price"]
    cheaper = growth([*half(0.0, 20, "0.4"), *half(DAY, 20, "0.3")])
    assert cheaper is not None and not cheaper.faster_than_usage and cheaper.change == pytest.approx(-2.0)
    huge = growth([*half(0.0, 20, "1e12"), *half(DAY, 19, "1e12"), call(DAY + 30, cost=Decimal(10**12 - 1))])
    assert huge is not None and huge.effects["price"] == 0.0 != huge.change  # a dollar of 4e13
    slower = growth([*half(0.0, 20, "0.4"), *half(DAY, 30, "0.3")])
    assert slower is not None and not slower.faster_than_usage and slower.change > 0
    faster = growth([*half(0.0, 30, "0.3"), *half(DAY, 20, "0.5")])
    assert faster is not None and faster.faster_than_usage


def test_bills_of_a_month_are_summed_before_they_are_compared() -> None:
    bills = [
        Bill("2026-02", Decimal(3), "EUR"),
        Bill("2026-01", Decimal(4), "EUR"),
        Bill("2026-02", Decimal(7), "EUR"),
    ]
    bills += [
        Bill("2026-03", Decimal(0), "EUR"),
        Bill("2026-04", Decimal(8), "EUR"),
        Bill("2026-05", Decimal(1), "CHF"),
    ]
    assert growth_of_bills(bills) == (("2026-02", 2.5), ("2026-03", 0.0))


def test_figures_of_a_log_name_what_they_were_weighed_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(told, "load_catalog", lambda: SimpleNamespace(output_ratios=RATIOS))
    ledger = Ledger("")
    calls = [prompt(at, 6, prompt="p", user="u", talk="t", failed=False) for at in (0.0, 5.0, 10.0)]
    usage = looked_at(calls, ledger=ledger)
    assert (usage.calls, usage.cost, usage.unpriced) == (3, pytest.approx(2.1), 0)
    weighed = {name for name, figure in ledger.figures.items() if figure.inputs}
    (assumed,) = ledger.inputs_of("usage/saving/prefixes")
    assert (assumed.low, assumed.high, assumed.text) == (1.0, 8.0, "1 to 8 times")
    assert weighed == {"usage/saving/prefixes", "usage/saving/context"}
    assert {"usage/saving/doubles", "usage/saving/repeats", "usage/saving/failures"} < set(ledger.figures)
    cost = ledger["usage/cost"]
    assert (cost.low, cost.value, cost.high) == (pytest.approx(2.1),) * 3
    by = [call(n, team=f"t{n}", cost=Decimal(n)) for n in range(1, 8)] + [
        call(9.0, user="u", cost=Decimal(4))
    ]
    assert looked_at([*by, call(10.0, cost=None)]).unpriced == 1
    assert looked_at(by).payers == (("t7", 7.0), ("t6", 6.0), ("t5", 5.0), ("t4", 4.0), ("u", 4.0))
