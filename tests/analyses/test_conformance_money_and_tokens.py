"""Calls of models held against designs with several of them, with steady sizes, other prices and more than one way to
find out who was asked."""

from __future__ import annotations

import numpy as np
import pytest

from analyses.given import HEAD, context
from groma.analyses.conformance import Difference, Seen, as_designed, differences
from groma.analyses.conformance.genai_checks import distance, mean_between
from groma.model.law import Uniform
from groma.model.load import loads

PARTS = """
components:
  writer: {{kind: llm, product: {writer}, offers: {{write: {{work: 1 s}}, embed: {{work: 1 s}}}}}}
  judge: {{kind: llm, product: {judge}, offers: {{first: {{work: 1 s}}, second: {{work: 1 s}}}}}}
  shop: {{kind: tool, offers: {{refund: {{work: 1 s}}}}}}
  store: {{kind: tool, offers: {{read: {{work: 1 s}}, put: {{work: 1 s}}}}}}
  depot: {{kind: tool, offers: {{read: {{work: 1 s}}}}}}
flows: {{run: {{starts: {{rate: 1/s}}, steps: [{steps}]}}}}
"""


def design(steps: str = "{call: writer.write}", writer: str = "x/alpha", judge: str = "x/beta") -> str:
    return PARTS.format(writer=writer, judge=judge, steps=steps)


def spoken(what: str, service: str = "app", number: str = "1", **said: str | float) -> Seen:
    attributes = (
        ("gen_ai.operation.name", what),
        *((f"gen_ai.{key.replace('_', '.', 1)}", v) for key, v in said.items()),
    )
    return Seen("t", number, None, service, f"{what} span", 0.0, 1.0, "ok", attributes)


@pytest.mark.parametrize(
    ("span", "steps", "target"),
    [
        # the component of the span's own name, whatever it asked for; else the one whose product was asked for
        (spoken("chat", "writer", request_model="beta"), "{call: writer.write}", "writer.write"),
        (spoken("chat", request_model="alpha-2026-01-01"), "{call: judge.first}", "writer.write"),
        (spoken("chat", request_model="beta"), "{call: judge.first}", "judge.first"),
        # else the only one that is called (or sent to) at all
        (spoken("chat", request_model="gamma"), "{call: writer.write}, {call: shop.refund}", "writer.write"),
        (spoken("chat", request_model="gamma"), "{send: writer.write}", "writer.write"),
        (spoken("chat", request_model="gamma"), "{call: writer.write}, {send: judge.first}", None),
        # the only operation that embeds, or that doesn't; of several the only one called
        (spoken("embeddings", request_model="alpha"), "{call: writer.write}", "writer.embed"),
        (spoken("chat", request_model="beta"), "{call: judge.second}", "judge.second"),
        (spoken("chat", request_model="beta"), "{call: judge.second}, {send: judge.first}", None),
        (
            spoken("embeddings", request_model="beta"),
            "{call: judge.second}, {call: writer.write}",
            "judge.second",
        ),
        # a tool by its full name, by the only operation of that name, by the only operation it has
        (spoken("execute_tool", tool_name="store.read"), "{call: shop.refund}", "store.read"),
        (spoken("execute_tool", tool_name="put"), "{call: shop.refund}", "store.put"),
        (spoken("execute_tool", tool_name="shop"), "{call: shop.refund}", "shop.refund"),
        (spoken("execute_tool", tool_name="read"), "{call: shop.refund}", None),
        (spoken("execute_tool", tool_name="store"), "{call: shop.refund}", None),
        (spoken("execute_tool", tool_name="store.burn"), "{call: shop.refund}", None),
        (spoken("execute_tool", tool_name="nowhere.read"), "{call: shop.refund}", None),
    ],
)
def test_who_was_asked_is_found_as_the_module_says(span: Seen, steps: str, target: str | None) -> None:
    (found,) = as_designed(loads(HEAD + design(steps)), (span,))
    expected = f"{span.service}.{span.name}" if target is None else target
    assert f"{found.service}.{found.name}" == expected


def test_a_model_without_a_product_is_no_match_for_a_name() -> None:
    """Only the other one has a product, and both are called: a name that fits neither is nobody's."""
    text = design("{call: writer.write}, {call: judge.first}").replace("product: x/beta, ", "")
    named, unnamed = (spoken("chat", request_model=name) for name in ("alpha", "gamma"))
    found = [as_designed(loads(HEAD + text), (each,))[0].service for each in (named, unnamed)]
    assert found == ["writer", "app"]


def test_what_a_model_does_below_is_its_own_business_but_not_an_operation_of_the_design() -> None:
    chat = spoken("chat", request_model="alpha")
    below = [
        Seen("t", number, "1", service, name, 0.2, 0.8, "ok")
        for number, service, name in (("2", "app", "POST"), ("3", "shop", "refund"), ("4", "shop", "POST"))
    ]
    found = as_designed(loads(HEAD + design()), (chat, *below))
    assert [each.service for each in found] == ["writer", "writer", "shop", "writer"]


MODEL = """
components:
  writer:
    kind: llm
    product: x/alpha
    price: {price}
    offers: {{write: {{work: 1 s}}}}
flows: {{run: {{starts: {{rate: 1/s}}, steps: [{step}]}}}}
"""
STEP = "{%s: writer.write, sizes: {in: %s, out: %s}}"


def held(
    step: str, inputs: list[int], output: int = 100, price: str = "{in: 2 EUR/Mtoken}"
) -> list[Difference]:
    """What is told of calls with these prompts and answers of so many tokens, but for attributes."""
    spans = [
        spoken(
            "chat",
            number=str(n),
            request_model="alpha",
            usage_input_tokens=float(many),
            usage_output_tokens=float(output),
        )
        for n, many in enumerate(inputs)
    ]
    c = context(MODEL.format(price=price, step=step))
    return [d for d in differences(c, spans) if d.what in ("tokens", "money")]


def steady(call: str = "call", size: str = "1200 tokens", output: str = "100 tokens") -> str:
    return STEP % (call, size, output)


@pytest.mark.parametrize(
    ("step", "inputs", "told"),
    [
        (steady(), [1200] * 40, None),
        # a spread of 200 of 1,200 is over a tenth of the mean, one of 100 isn't; a range isn't known better
        (steady(), [1000, 1400] * 20, ("from 1,000 to 1,400 tokens", "always 1200 tokens")),
        (steady(), [1100, 1300] * 20, None),
        (steady(size="1000 .. 1400 tokens"), [1000, 1400] * 20, None),
        (steady(), [900] * 40, ("900 tokens in the mean (900 to 900)", "1,200 in the mean")),
        (steady("send"), [1300] * 40, ("1,300 tokens in the mean (1,300 to 1,300)", "1,200 in the mean")),
        (
            steady(size="1000 .. 1400 tokens"),
            [1500] * 40,
            ("1,500 tokens in the mean (1,500 to 1,500)", "1,000 to 1,400 in the mean"),
        ),
    ],
)
def test_steady_sizes(step: str, inputs: list[int], told: tuple[str, str] | None) -> None:
    found = [(d.found, d.expected) for d in held(step, inputs) if d.what == "tokens"]
    assert found == ([] if told is None else [told])


def test_only_prompts_grow_with_what_was_said_before() -> None:
    """Answers above what is stated are told, prompts above it aren't."""
    grows = steady().replace("}}", "}, context: {h: 1200 tokens, grows: {h: 500 tokens}}}")
    assert [d.where for d in held(grows, [1500] * 40, 150) if d.what == "tokens"] == ["writer.write, output"]


@pytest.mark.parametrize(
    ("price", "inputs", "told"),
    [
        # for each call: 1,200 tokens at 2 EUR and 100 at 8 EUR for a million, and a fee of 1/1,000 EUR
        ("{in: 2 EUR/Mtoken, out: 8 EUR/Mtoken}", 1200, None),
        ("{in: 2 EUR/Mtoken, out: 8 EUR/Mtoken, call: 0.001 EUR}", 1200, None),
        ("{in: 2 EUR/Mtoken, out: 8 EUR/Mtoken}", 1300, ("3.4 EUR for 1,000 calls (3.4 to 3.4)", "3.2")),
        ("{in: 2 EUR/Mtoken, out: 8 EUR/Mtoken}", 1100, ("3 EUR for 1,000 calls (3 to 3)", "3.2")),
        (
            "{in: 2 EUR/Mtoken, out: 8 EUR/Mtoken, call: 0.001 EUR}",
            1100,
            ("4 EUR for 1,000 calls (4 to 4)", "4.2"),
        ),
    ],
)
def test_money_of_steady_sizes(price: str, inputs: int, told: tuple[str, str] | None) -> None:
    found = [(d.found, d.expected) for d in held(steady(), [inputs] * 40, price=price) if d.what == "money"]
    assert found == ([] if told is None else [(told[0], f"{told[1]} EUR for 1,000 calls")])


@pytest.mark.parametrize("cents", range(11, 300, 17))
def test_calls_as_designed_to_the_token_cost_as_designed(cents: int) -> None:
    """Rounding of floats is no difference, whatever the price."""
    price = f"{{in: {cents / 100} EUR/Mtoken, out: {cents / 30:.2f} EUR/Mtoken}}"
    assert held(steady(), [1200] * 37, price=price) == []


def test_students_interval_of_a_mean() -> None:
    """Two values 0 and 2 have mean 1 and standard error 1; four of 0, 0, 2, 2 one of 1/sqrt(3). The published table
    of t for 0.9995 has 636.62 with one degree of freedom and 12.924 with three."""
    for values, table, error in (([0, 2], 636.62, 1.0), ([0, 0, 2, 2], 12.924, 3**-0.5)):
        low, high = mean_between(np.array(values, float))
        assert (low, high) == pytest.approx((1 - table * error, 1 + table * error), rel=1e-4)


def test_whole_tokens_of_a_law_are_at_no_distance_from_it() -> None:
    """Uniform up to 4, rounded: 0 and 4 have an eighth each, 1, 2 and 3 a quarter. Without the 4 all seven values are
    up to 3, where the law has come to 7/8: an eighth too many, and nowhere more."""
    values = np.array([0, 1, 1, 2, 2, 3, 3, 4], float)
    assert distance(values, Uniform(0.0, 4.0)) == pytest.approx(0.0, abs=1e-12)
    assert distance(values[:-1], Uniform(0.0, 4.0)) == pytest.approx(1 / 8)


def test_nothing_is_held_against_too_few_calls_or_steps_that_say_too_little() -> None:
    """29 calls are one too few; of two steps that state 1,000 and 1,400 only the mean of both can be off; a step that
    states no sizes may send anything; prompts that grow may pass the greatest one stated."""
    assert held(steady(), [1300] * 29) == []
    two = f"{steady(size='1000 tokens')}, {steady(size='1400 tokens')}"
    assert [d.what for d in held(two, [1000, 1400] * 20)] == []
    assert [d.where for d in held(two, [1500] * 40) if d.what == "tokens"] == ["writer.write, input"]
    assert held(f"{steady()}, {{call: writer.write}}", [1300] * 40) == []
    wide = steady(size="{value: 1200 tokens ± 300 tokens, max: 1400 tokens}")
    grows = wide.replace("tokens}}", "tokens}, context: {h: 1200 tokens, grows: {h: 500 tokens}}}")
    assert "at most 1,400" in [d.expected for d in held(wide, [1500] * 5)]
    assert [d for d in held(grows, [1500] * 5) if d.what == "tokens"] == []


def test_who_was_asked_and_ran_is_told_by_what_is_left_of_its_name() -> None:
    """A model by the name that answered where none was asked for; models and tools without a name as such."""
    c = context(design("{call: writer.write}, {call: judge.first}"))
    spans = (
        spoken("chat", "writer", response_model="gamma"),
        spoken("chat", "writer", "2", request_model="delta", response_model="alpha"),
        spoken("chat", "writer", "3"),
        spoken("chat", "app", "4"),
        spoken("execute_tool", "app", "5"),
    )
    found = [(d.what, d.where, d.found) for d in differences(c, spans) if d.what in ("model", "tool")]
    assert found == [
        ("model", "app", "a model without a name"),
        ("model", "writer", "delta"),
        ("model", "writer", "gamma"),
        ("tool", "app", "a tool without a name"),
    ]
