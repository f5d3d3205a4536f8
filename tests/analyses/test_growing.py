"""What a conversation adds, against arithmetic series, laws of sums, Scarf's bound and loops counted by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest
from scipy.stats import gamma

from analyses.given import context, loop
from groma.analyses.growing import Earlier, added_most, cut_off, held, partial_sums, rounds_before
from groma.analyses.interval import Interval
from groma.analyses.registry import figure
from groma.model.program import Action, Call
from groma.model.quantity import Quantity

TALK = """
components:
  m: {kind: llm, KEYSprice: {input: 1 EUR/token}, offers: {g: {}}}
  bad: {kind: s, price: 0 EUR/month, offers: {f: {work: 1 ms, fails: 100 %}}}
flows:
  other: {steps: [{fail: rejected}]}
  nothing: {steps: []}
  main: {starts: {rate: 1/h}, steps: [STEPS]}
"""
TURN = "{call: m.g, sizes: {in: 4 tokens}, context: {h: 1 tokens, grows: {h: 2 tokens}}}"


def action(amounts: str, keys: str = "", cut: bool = True) -> tuple[Any, Action]:
    """(context, the call) of which `grows` are the stated amounts."""
    names = ", ".join(f"{name}: 1 tokens" for name in ("h", "s") if f"{name}:" in amounts)
    parts = f"{names}, grows: {{{amounts}}}{', cut_first: h' * cut}"
    turn = f"{{call: m.g, sizes: {{in: 100 tokens}}, context: {{{parts}}}}}"
    given = context(TALK.replace("KEYS", keys).replace("STEPS", f"{{repeat: {{times: 3, steps: [{turn}]}}}}"))
    repeat: Any = given.model.flows["main"].steps[0].action
    return given, repeat.steps[0].action


def amount(text: str) -> Quantity:
    call = action(f"h: {text}")[1]
    assert isinstance(call, Call) and call.context is not None
    ((_, found),) = call.context.grows
    assert isinstance(found, Quantity)
    return found


@pytest.mark.parametrize(
    ("step", "cost"),
    [
        # 4 + 6 + 8 tokens in three rounds, wherever in the loop the call stands
        (TURN, 18),
        (f"{{steps: [{TURN}]}}", 18),
        (f"{{choose: [{{share: 100 %, steps: [{TURN}]}}]}}", 18),
        (f"{{call: bad.f, fallback: [{TURN}]}}", 18),
        (f"{{do: nothing, guard: {{name: x, rejects: 0 %, steps: [{TURN}]}}}}", 18),
        (f"{{do: other, fallback: [{TURN}]}}", 18),
        # in place of, or beside, a loop inside: still of the loop around it
        (f"{{repeat: {{times: 1, steps: [{{call: bad.f}}]}}, fallback: [{TURN}]}}", 18),
        (f"{{repeat: {{times: 1, steps: []}}, guard: {{name: x, rejects: 0 %, steps: [{TURN}]}}}}", 18),
        # but in the loop inside it starts anew: (4 + 6) in each of three rounds
        (f"{{repeat: {{times: 2, steps: [{TURN}]}}}}", 30),
        (f"{{repeat: {{times: 1, steps: [{TURN}]}}}}", 12),
    ],
)
def test_what_grows_is_of_the_innermost_loop_written_around_it(step: str, cost: float) -> None:
    given = context(TALK.replace("KEYS", "").replace("STEPS", f"{{repeat: {{times: 3, steps: [{step}]}}}}"))
    for measure in ("cost/main/run", "cost/main/bound"):
        found = figure(given, measure)
        assert (found.low, found.high) == (pytest.approx(cost),) * 2, measure
    assert figure(given, "cost/main/p95").high == pytest.approx(cost, rel=2e-3)


@pytest.mark.parametrize(
    ("keys", "window"),
    [
        ("qualities: {context: 5000 tokens}, ", 5000.0),
        ("qualities: {context: {value: 5000 tokens, known: 4000 tokens .. 7000 tokens}}, ", 7000.0),
        ("product: openai/gpt-4, ", 8192.0),  # as OpenAI publishes it
        ("product: openai/gpt-4, qualities: {context: 5000 tokens}, ", 5000.0),
        ("product: openai/gpt-4, qualities: {context: unknown}, ", math.inf),
        ("product: aws/m7g.large@us-east-1, ", math.inf),
        ("product: nobody/nothing, ", math.inf),
        ("", math.inf),
    ],
)
def test_an_input_that_may_be_cut_is_held_by_its_models_window(keys: str, window: float) -> None:
    given, call = action("h: 5 tokens", keys)
    assert held(given, given.model.components["m"], call) == window
    given, call = action("h: 5 tokens", keys, cut=False)
    assert held(given, given.model.components["m"], call) == math.inf


@pytest.mark.parametrize(
    ("text", "ok", "rounds"),
    [
        # begun: 1, ok, ok^2; rounds before them 0, 1, 2
        ("times: 3", 1.0, 1.0),
        ("times: 3", 0.5, (0.5 + 2 * 0.25) / 1.75),
        ("until: 0 %, at_most: 4", 0.5, (0.5 + 2 * 0.25 + 3 * 0.125) / 1.875),
        # without a bound: sum of n q^n over sum of q^n = q / (1 - q), and here q = 0.8 x 0.5
        ("until: 20 %", 0.5, 0.4 / 0.6),
        ("times: 1", 0.5, 0.0),
        ("times: 0", 0.5, 0.0),
    ],
)
def test_rounds_that_went_before(text: str, ok: float, rounds: float) -> None:
    found = rounds_before(loop(text), Interval(ok, ok, ok)).rounds
    assert (found.low, found.value, found.high) == (pytest.approx(rounds, abs=1e-9),) * 3


def test_scarfs_bound_by_hand() -> None:
    """(sqrt(sd^2 + room^2) - room) / 2 in each round, weighted by how often it is begun (3 of 4, of 40 EUR of 5).

    The window leaves room for 30 tokens in the first round, and for 30 - 40 in the second, whose input has variance
    40^2 + 3^2 (of what is added).
    """
    _, call = action("h: 33 tokens ± 3 tokens, s: 7 tokens")
    first = (math.sqrt(40**2 + 30**2) - 30) / 2
    later = (math.sqrt(40**2 + 3**2 + 10**2) + 10) / 2
    once, twice = Earlier(begun=(0.5,)), Earlier(begun=(0.8, 0.2))
    assert cut_off(call, once, 100.0, 40.0, 130.0) == pytest.approx(first) == pytest.approx(10.0)
    assert cut_off(call, twice, 100.0, 40.0, 130.0) == pytest.approx(0.8 * first + 0.2 * later)
    assert cut_off(call, Earlier(begun=(0.8, 0.6)), 100.0, 40.0, 130.0) == pytest.approx(
        (0.8 * first + 0.6 * later) / 1.4
    )
    assert cut_off(call, twice, 100.0, 40.0, math.inf) == 0.0
    assert cut_off(call, Earlier(), 100.0, 40.0, 130.0) == math.inf
    _, unknown = action("h: unknown")
    assert cut_off(unknown, once, 100.0, 40.0, 130.0) == pytest.approx(first)
    assert cut_off(unknown, twice, 100.0, 40.0, 130.0) == math.inf


def test_scarfs_bound_is_reached_by_two_points() -> None:
    """20 or 140 tokens, mean 100 and variance 3200 at chances 1/3 and 2/3: of 140 a window of 80 + 0 cuts 60."""
    _, call = action("h: 1 tokens")
    assert cut_off(call, Earlier(begun=(1.0,)), 100.0, math.sqrt(3200), 80.0) == pytest.approx(2 / 3 * 60)


@pytest.mark.parametrize(("rounds", "leak"), [(2, 1e-9), (3, 1e-3), (101, 1e-9)])
def test_sums_of_exponential_amounts_lie_within_quantiles_of_erlangs_law(rounds: int, leak: float) -> None:
    each = leak / (2 * (rounds - 1))
    found = partial_sums(amount("600 tokens ± 600 tokens"), rounds, leak)
    assert found[0] == (0.0, 0.0) and len(found) == rounds
    for n in {1, rounds // 2, rounds - 1} - {0}:
        low, high = 600 * gamma.ppf(each, n), 600 * gamma.isf(each, n)
        far = 600 * (rounds + 12 * math.sqrt(rounds) + 24)
        step = far / 4096
        assert low - (n + 1) * step <= found[n][0] <= low + 1e-6
        assert high - 1e-6 <= found[n][1] <= high + (n + 1) * step


def test_sums_keep_to_the_ends_of_their_law() -> None:
    """Nothing is surely added where the most is cut off, and never more than so many times the most."""
    even = partial_sums(amount("'uniform(400 tokens, 800 tokens)'"), 4, 1e-12)
    for n, (low, high) in enumerate(even):
        assert 400 * n <= low <= 400 * n + 2 and 800 * n - 2 <= high <= 800 * n
    capped = partial_sums(amount("{value: 600 tokens ± 600 tokens, max: 1000 tokens}"), 4, 1e-9)
    # two of three are the most in a share e^(-10/3) of runs: the sum of n surely reaches n times the most
    assert capped == ((0.0, 0.0), (0.0, 1000.0), (0.0, 2000.0), (0.0, 3000.0))
    fixed = partial_sums(amount("{value: 5 tokens, known: 4 tokens .. 6 tokens}"), 3, 1e-9)
    assert fixed == ((0.0, 0.0), (4.0, 6.0), (8.0, 12.0))


def test_what_a_round_adds_at_most() -> None:
    assert added_most(action("h: {value: 33 tokens ± 3 tokens, max: 40 tokens}, s: 7 tokens")[1]) == 47.0
    assert added_most(action("h: 33 tokens ± 3 tokens")[1]) == math.inf
