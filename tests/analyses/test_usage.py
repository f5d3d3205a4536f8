"""Logs with structure planted in known size, read from the forms that LiteLLM and Langfuse export."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from groma.analyses.usage import Bill, Call, growth, growth_of_bills, looked_at, savings
from groma.importers.usage import UsageError, read_usage
from groma.model.figure import Ledger

DAY = 86_400.0
BEGAN = 1_767_225_600.0  # 2026-01-01


def call(n: int, at: float, **more: Any) -> Call:
    known: dict[str, Any] = {"model": "big", "tokens_in": 900, "tokens_out": 100, "cost": Decimal("0.01")}
    return Call(f"c{n}", BEGAN + at, **(known | more))


def saving(calls: list[Call], ident: str) -> Any:
    return next(each for each in savings(calls)[0] if each.id == ident)


def test_growth_of_each_planted_factor_is_told_apart() -> None:
    first = [call(n, n * DAY / 10) for n in range(100)]
    planted = {
        "requests": [call(100 + n, 10 * DAY + n * DAY / 20) for n in range(200)],
        "price": [call(100 + n, 10 * DAY + n * DAY / 10, cost=Decimal("0.02")) for n in range(100)],
        "tokens": [
            call(100 + n, 10 * DAY + n * DAY / 10, tokens_in=1800, tokens_out=200, cost=Decimal("0.02"))
            for n in range(100)
        ],
    }
    for factor, second in planted.items():
        found = growth([*first, *second])
        assert found is not None
        assert found.change == pytest.approx(sum(found.effects.values()))
        assert found.effects[factor] == pytest.approx(found.change, rel=0.03)
        assert found.faster_than_usage == (factor != "requests")


def test_a_dearer_mix_is_told_apart_from_a_dearer_token() -> None:
    small = {"model": "small", "cost": Decimal("0.001")}
    first = [call(n, n * DAY / 10, **(small if n % 2 else {})) for n in range(100)]
    second = [call(100 + n, 10 * DAY + n * DAY / 10, **(small if n % 10 == 0 else {})) for n in range(100)]
    found = growth([*first, *second])
    assert found is not None
    assert found.effects["mix"] == pytest.approx(found.change, abs=0.03)
    assert abs(found.effects["price"]) < 0.001


def test_too_short_a_log_says_nothing_of_growth() -> None:
    assert growth([call(n, n * DAY) for n in range(39)]) is None


def test_repeats_are_counted_where_they_were_planted() -> None:
    calls = [call(n, n * 7200.0, prompt=f"p{n}") for n in range(60)]
    calls += [call(100 + n, n * 7200.0 + 60, prompt=f"p{n}") for n in range(15)]  # within the hour
    calls += [call(200 + n, 900 * 7200.0 + n, prompt=f"p{n}") for n in range(20, 25)]  # days later
    found = saving(calls, "repeats")
    assert (found.low, found.high) == pytest.approx((0.15, 0.20))
    assert (found.calls, found.share) == (20, 20 / 80)


def test_what_a_cache_answered_already_is_no_saving() -> None:
    calls = [call(1, 0, prompt="p"), call(2, 60, prompt="p", from_cache=True)]
    assert saving(calls, "repeats").high == 0


def test_the_slope_of_context_is_the_planted_one_and_its_cost_is_bounded() -> None:
    calls = [
        call(
            talk * 10 + turn,
            talk * DAY + turn * 60,
            talk=f"t{talk}",
            tokens_in=1000 + talk * 77 + 400 * turn,
            tokens_out=0,
        )
        for talk in range(5)
        for turn in range(6)
    ]
    assert looked_at(calls).slope == pytest.approx(400)
    found = saving(calls, "context")
    expected = sum(
        0.01 * max(0, 400 * turn - 1000 - talk * 77) / (1000 + talk * 77 + 400 * turn)
        for talk in range(5)
        for turn in range(6)
    )
    assert (found.low, found.high) == (0.0, pytest.approx(expected))


def test_a_shared_beginning_is_a_prefix_and_a_shared_end_is_none() -> None:
    same = tuple(f"a{n}" for n in range(6))
    calls = [
        call(n, n * 100.0, parts=(*same, f"own{n}", f"end{n}"), prompt_size=8 * 1024, tokens_out=0)
        for n in range(10)
    ]
    found = saving(calls, "prefixes")
    paid = 9 * 0.01 * 6 / 8
    assert (found.low, found.high, found.calls) == (pytest.approx(paid * 0.5), pytest.approx(paid * 0.9), 9)
    other = [
        call(n, n * 100.0, parts=(f"own{n}", *(f"{n}{x}" for x in same)), prompt_size=8192) for n in range(10)
    ]
    assert saving(other, "prefixes").high == 0
    slow = [
        call(n, n * 1000.0, parts=(*same, f"own{n}"), prompt_size=7 * 1024, tokens_out=0) for n in range(10)
    ]
    assert saving(slow, "prefixes").low == 0
    assert saving(slow, "prefixes").high > 0


def test_what_the_provider_cached_already_is_taken_off() -> None:
    same = tuple(f"a{n}" for n in range(8))
    calls = [
        call(
            n,
            n * 100.0,
            parts=same,
            prompt_size=8192,
            tokens_in=1000,
            tokens_out=0,
            cached_in=1000 if n else 0,
        )
        for n in range(10)
    ]
    assert saving(calls, "prefixes").high == 0


def test_short_requests_to_a_dear_model_could_go_to_the_cheap_one() -> None:
    calls = [call(n, n * 60.0, tokens_in=400, tokens_out=100, cost=Decimal("0.05")) for n in range(10)]
    calls += [
        call(20 + n, n * 60.0, tokens_in=4000, tokens_out=1000, cost=Decimal("0.50")) for n in range(10)
    ]
    calls += [
        call(40 + n, n * 60.0, model="small", tokens_in=400, tokens_out=100, cost=Decimal("0.005"))
        for n in range(5)
    ]
    found = saving(calls, "routing")
    assert (found.low, found.high, found.calls) == (0.0, pytest.approx(10 * 0.05 * 0.9), 10)


def test_failures_and_doubles_are_what_was_planted() -> None:
    calls = [call(n, n * 60.0, failed=n % 4 == 0, prompt=f"p{n}", user="u") for n in range(40)]
    calls += [
        call(100, 3.0, prompt="p0", user="u", failed=False),
        call(101, 63.0, prompt="p1", user="else", failed=False),
    ]
    assert (saving(calls, "failures").calls, saving(calls, "failures").high) == (10, pytest.approx(0.1))
    assert (saving(calls, "doubles").calls, saving(calls, "doubles").high) == (1, pytest.approx(0.01))


def test_what_a_log_does_not_hold_is_said_and_not_taken_for_nothing() -> None:
    found, blind = savings([call(n, n * 60.0) for n in range(50)])
    assert found == ()
    assert len(blind) == 6
    usage = looked_at([call(1, 0, cost=None), call(2, 1)], ledger=(ledger := Ledger("x")))
    assert (usage.cost, usage.unpriced) == (0.01, 1)
    assert (ledger["usage/cost"].low, ledger["usage/cost"].high) == (0.01, None)


def test_a_call_logged_twice_counts_once() -> None:
    assert looked_at([call(1, 0), call(1, 0), call(2, 5)]).calls == 2


def test_bills_are_compared_within_a_currency() -> None:
    bills = [
        Bill("2026-01", Decimal(100), "EUR"),
        Bill("2026-02", Decimal(150), "EUR"),
        Bill("2026-03", Decimal(9), "USD"),
    ]
    assert growth_of_bills(bills) == (("2026-02", 1.5),)


LITELLM = [
    {
        "request_id": f"chatcmpl-{n}",
        "call_type": "acompletion",
        "api_key": "88dc28",
        "spend": 0.00125,
        "total_tokens": 150,
        "prompt_tokens": 120,
        "completion_tokens": 30,
        "startTime": f"2026-03-0{n + 1}T10:00:00.123000Z",
        "endTime": f"2026-03-0{n + 1}T10:00:02Z",
        "model": "gpt-5-mini",
        "user": "ana",
        "team_id": "desk",
        "end_user": "",
        "cache_hit": "True" if n == 2 else "False",
        "cache_key": "Cache OFF",
        "session_id": f"s{n}",
        "status": "failure" if n == 1 else "success",
        "messages": [{"role": "user", "content": "where is it?"}],
        "metadata": {},
    }
    for n in range(3)
]
LANGFUSE = [
    {
        "id": f"o{n}",
        "traceId": "t1",
        "type": "GENERATION",
        "startTime": f"2026-03-0{n + 1}T10:00:00.000Z",
        "model": "claude",
        "usageDetails": {"input": 70, "input_cached_tokens": 30, "output": 5, "total": 105},
        "calculatedTotalCost": 0.00058,
        "level": "ERROR" if n == 1 else "DEFAULT",
        "latency": 1.2,
        "promptName": "answer",
        "input": {"q": "where"},
    }
    for n in range(3)
] + [{"id": "s", "traceId": "t1", "type": "SPAN", "startTime": "2026-03-01T10:00:00Z"}]


def as_csv(found: list[dict[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(found[0]))
    writer.writeheader()
    for row in found:
        writer.writerow({k: json.dumps(v) if isinstance(v, dict | list) else v for k, v in row.items()})
    return out.getvalue()


@pytest.mark.parametrize("form", ["list", "wrapped", "lines", "csv"])
def test_each_form_of_an_export_gives_the_same_calls(tmp_path: Path, form: str) -> None:
    for name, found in (("litellm", LITELLM), ("langfuse", LANGFUSE)):
        text = {
            "list": json.dumps(found),
            "wrapped": json.dumps({"data": found, "meta": {}}),
            "lines": "\n".join(map(json.dumps, found)),
            "csv": as_csv(found),
        }[form]
        path = tmp_path / f"{name}.{'csv' if form == 'csv' else 'json'}"
        path.write_text(text, encoding="utf-8")
        read = read_usage(path)
        assert len(read.calls) == 3
        first, second, third = read.calls
        assert second.failed and first.failed is False
        assert second.at - first.at == DAY
        if name == "litellm":
            assert (first.tokens_in, first.tokens_out, first.cost) == (120, 30, Decimal("0.00125"))
            assert (first.user, first.team, first.talk, third.from_cache) == ("ana", "desk", "s0", True)
        else:
            assert (first.tokens_in, first.cached_in, first.tokens_out) == (100, 30, 5)
            assert (first.cost, first.talk) == (Decimal("0.00058"), "t1")
        assert first.prompt and first.prompt == second.prompt


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.json", "{", "expected JSON"),
        ("a.json", "[1]", "row 1: expected fields of a call"),
        ("a.json", '{"a": 1}\n{', ":2: expected one JSON object a line"),
        ("a.csv", "x,y\n1,2\n", "expected LiteLLM spend logs"),
        ("a.csv", "month,amount,currency\nMarch,12,EUR\n", "row 2: expected a month such as 2026-03"),
        ("a.csv", "month,amount\n2026-03,12\n", "expected a currency such as EUR"),
        ("a.json", "[" * 100_000, "nested without end"),
    ],
)
def test_what_is_no_log_is_said_in_words(tmp_path: Path, name: str, text: str, words: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(UsageError, match=words):
        read_usage(tmp_path / name)


def test_an_hour_is_an_hour() -> None:
    for later, counted in ((3600.0, 1), (3600.5, 0)):
        found = saving([call(1, 0, prompt="p"), call(2, later, prompt="p")], "repeats")
        assert (found.low, found.high) == (0.01 * counted, 0.01)
