"""Traces with OpenTelemetry's spans for generative AI, as OTLP JSON has them, held against a design: what fits passes,
and each thing that is spoilt is told, with how many spans show it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analyses.given import HEAD, context
from groma.analyses.conformance import (
    Difference,
    UnreadableTrace,
    as_designed,
    conform,
    differences,
    read_otlp,
)
from groma.analyses.observability.tracing import BEFORE_1_37
from groma.cli.main import main

DESK = """
components:
  writer:
    kind: llm
    product: openai/gpt-4o
    price: {in: 2 EUR/Mtoken, out: 8 EUR/Mtoken}
    offers: {write: {work: 1 s}}
  shop: {kind: tool, offers: {refund: {work: 100 ms}}}
flows:
  answer:
    starts: {rate: 1/s}
    steps:
      - call: writer.write
        sizes: {in: {value: 1200 tokens ± 300 tokens, max: 4000 tokens}, out: 200 tokens ± 50 tokens}
      - choose: [{share: 40 %, steps: [{call: shop.refund}]}, {share: 60 %, steps: []}]
"""
START = 1_790_000_000_000_000_000


def attribute(key: str, value: str | int) -> dict[str, Any]:
    return {
        "key": key,
        "value": {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value},
    }


def span(
    trace: int, number: int, parent: int | None, name: str, begin: float, end: float, **said: str | int
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "traceId": f"{trace:032x}", "spanId": f"{trace:012x}{number:04x}", "name": name,
        "startTimeUnixNano": str(START + int(begin * 1e9)), "endTimeUnixNano": str(START + int(end * 1e9)),
        "attributes": [attribute(key, value) for key, value in said.items()], "status": {},
    }  # fmt: skip
    if parent is not None:
        found["parentSpanId"] = f"{trace:012x}{parent:04x}"
    return found


def spans(
    runs: int = 200, seed: int = 1, inputs: tuple[float, float] = (1200, 300), model: str = "gpt-4o-2024-08-06",
    tool: str = "refund", provider: str = "gen_ai.provider.name",
) -> list[dict[str, Any]]:  # fmt: skip
    """Runs of the desk as its application writes them: a server span, the call of the model with the HTTP request
    below it, and the tool, all from one service."""
    rng = np.random.default_rng(seed)
    mean, sd = inputs
    found: list[dict[str, Any]] = []
    for n in range(runs):
        t = 10.0 * n
        said = {
            "gen_ai.operation.name": "chat", provider: "openai", "gen_ai.request.model": model,
            "gen_ai.response.model": model,
            "gen_ai.usage.input_tokens": int(min(rng.gamma((mean / sd) ** 2, sd**2 / mean), 3999) + 0.5),
            "gen_ai.usage.output_tokens": int(rng.gamma(16, 200 / 16) + 0.5),
        }  # fmt: skip
        found.append(span(n, 1, None, "answer", t, t + 2))
        found.append(span(n, 2, 1, f"chat {model}", t + 0.1, t + 1.1, **said))
        found.append(span(n, 3, 2, "POST /v1/chat/completions", t + 0.2, t + 1.0))
        if rng.random() < 0.4:
            what = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": tool}
            found.append(span(n, 4, 1, f"execute_tool {tool}", t + 1.2, t + 1.3, **what))
    return found


def otlp(made: list[dict[str, Any]]) -> str:
    resource = {"attributes": [attribute("service.name", "desk-app")]}
    return json.dumps({"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": made}]}]})


def seen(made: list[dict[str, Any]], text: str = DESK) -> tuple[Difference, ...]:
    return differences(context(text), read_otlp(otlp(made)))


def test_spans_as_designed_conform_and_differ_in_nothing() -> None:
    read = read_otlp(otlp(spans()))
    c = context(DESK)
    assert differences(c, read) == ()
    assert {each.verdict for each in conform(c.model, as_designed(c.model, read))} == {"conforms"}
    # without the names of the design the replay finds no call of the model
    assert {each.verdict for each in conform(c.model, read)} == {"deviates"}


@pytest.mark.parametrize("seed", range(2, 8))
def test_what_fits_is_seldom_told_by_chance(seed: int) -> None:
    assert seen(spans(seed=seed)) == ()


def test_another_model_is_told() -> None:
    made = spans(50, model="gpt-4o-mini")
    (model,) = [d for d in seen(made) if d.what == "model"]
    assert (model.where, model.found, model.expected, model.spans) == ("writer", "gpt-4o-mini", "gpt-4o", 50)
    assert model.span == made[1]["spanId"]


def test_a_tool_that_the_design_does_not_know_is_told() -> None:
    made = spans(100, tool="delete_account")
    calls = sum(each["name"].startswith("execute_tool") for each in made)
    (tool,) = seen(made)
    assert (tool.what, tool.where, tool.found, tool.expected) == (
        "tool",
        "desk-app",
        "delete_account",
        "shop.refund",
    )
    assert tool.spans == calls
    c = context(DESK)
    verdicts = {e.verdict for e in conform(c.model, as_designed(c.model, read_otlp(otlp(made))))}
    assert verdicts == {
        "conforms"
    }  # to the replay it is the application's own business: only the difference tells


def test_longer_prompts_are_told_with_their_money() -> None:
    found = seen(spans(inputs=(1500, 300)))
    assert [d.what for d in found] == ["tokens", "money"]
    tokens, money = found
    assert tokens.where == "writer.write, input"
    assert tokens.expected == "1,200 in the mean"
    assert money.expected == "4 EUR for 1,000 calls"  # 1,200 at 2 EUR and 200 at 8 EUR for a million
    assert float(money.found.split()[0]) == pytest.approx(4.6, rel=0.03)


def test_another_spread_around_the_same_mean_is_told() -> None:
    (tokens,) = seen(spans(400, inputs=(1200, 900)))
    assert tokens.what == "tokens"
    assert tokens.expected == "spread as 1200 tokens ± 300 tokens"


def test_a_call_beyond_the_greatest_stated_is_told_alone() -> None:
    made = spans(40)
    long = next(s for s in made if s["name"].startswith("chat"))
    for each in long["attributes"]:
        if each["key"] == "gen_ai.usage.input_tokens":
            each["value"] = {"intValue": "4100"}
    found = [d for d in seen(made) if d.where == "writer.write, input" and "at most" in d.expected]
    assert [(d.found, d.expected, d.spans, d.span) for d in found] == [
        ("up to 4,100 tokens", "at most 4,000", 1, long["spanId"])
    ]


def test_missing_attributes_are_told_and_an_older_profile_is_recognised() -> None:
    made = spans(20)
    for each in made:
        each["attributes"] = [a for a in each["attributes"] if a["key"] != "gen_ai.usage.output_tokens"]
    (lacking,) = [d for d in seen(made) if d.what == "attribute"]
    assert lacking.expected == "`gen_ai.usage.output_tokens` (conventions 1.41.0)"
    assert (lacking.found, lacking.spans, lacking.where) == ("nothing", 20, "desk-app")
    older = spans(20, provider="gen_ai.system")
    (spelt,) = [d for d in seen(older) if d.what == "attribute"]
    assert spelt.found == "`gen_ai.system` in its place"
    assert "`gen_ai.provider.name`" in spelt.expected
    assert differences(context(DESK), read_otlp(otlp(older)), BEFORE_1_37) == ()


def test_few_spans_say_nothing_of_means() -> None:
    assert seen(spans(12, inputs=(1500, 300))) == ()


def test_history_that_grows_may_lie_above_what_is_stated() -> None:
    text = DESK.replace(
        "out: 200 tokens ± 50 tokens}",
        "out: 200 tokens ± 50 tokens}\n        context: {h: 1200 tokens, grows: {h: 500 tokens}}",
    )
    assert [d for d in seen(spans(inputs=(1500, 300)), text) if d.what == "tokens"] == []
    assert [d.what for d in seen(spans(inputs=(900, 300)), text)][:1] == ["tokens"]


def test_numbers_that_are_none_are_refused_with_their_place() -> None:
    made = spans(1)
    made[1]["attributes"][4]["value"] = {"intValue": "many"}
    with pytest.raises(UnreadableTrace, match=r"spans\[1\]: gen_ai.usage.input_tokens: expected a number"):
        read_otlp(otlp(made))


def test_the_command_tells_them_and_ends_with_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model, traces = tmp_path / "model.yaml", tmp_path / "runs.json"
    model.write_text(HEAD + DESK, encoding="utf-8")
    traces.write_text(otlp(spans(60)), encoding="utf-8")
    assert main(["conform", str(model), str(traces)]) == 0
    assert "60 of 60 traces run" in capsys.readouterr().out
    traces.write_text(otlp(spans(60, model="gpt-4o-mini")), encoding="utf-8")
    assert main(["conform", str(model), str(traces), "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    told = answer.get("result", answer) if isinstance(answer, dict) else answer
    assert "gpt-4o-mini" in json.dumps(told)
    assert main(["conform", str(model), str(traces), "--conventions", "9"]) == 2
