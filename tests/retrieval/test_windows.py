"""Context windows of calls, against sums by hand, closed forms, runs drawn at random, and the catalog."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import gamma as gamma_law  # pyright: ignore[reportMissingTypeStubs]

from groma.analyses import figure
from groma.analyses.context import Context
from groma.analyses.retrieval.entering import calls_of_models
from groma.model.figure import Ledger
from groma.model.load import load, loads
from groma.model.position import ModelError
from retrieval.given import CATALOG, HEAD, context_of, figure_of, verdicts

LOOP = """
components: {writer: {kind: llm, qualities: {context: 8000 tokens}, offers: {write: {work: 1 s}}}}
flows:
  a:
    steps:
      - repeat:
          %s
          steps:
            - call: writer.write
              sizes: {output: 100 tokens}
              context: {rules: 800 tokens, history: 100 tokens, grows: {history: %s}, cut_first: history}
"""
CALL = "flows.a.steps.1.repeat.steps.1"


def one(sizes: str, context: str, window: str = "8000 tokens") -> str:
    return (
        f"components: {{writer: {{kind: llm, qualities: {{context: {window}}}, offers: {{write: {{work: 1 s}}}}}}}}\n"
        f"flows: {{a: {{steps: [{{call: writer.write, sizes: {sizes}{context}}}]}}}}\n"
    )


def test_parts_and_answer_share_the_window() -> None:
    body = one("{output: 400 tokens}", ", context: {rules: 1000 tokens, passages: 2600 tokens}")
    assert figure_of(body, "context/flows.a.steps.1/tokens").value == 4000
    assert figure_of(body, "context/flows.a.steps.1/share").value == 0.5
    lines = {line.text: line for line in figure_of(body, "context/flows.a.steps.1/tokens").derivation}
    assert lines["rules"].value == "1000 tokens" and lines["rules"].refs
    exact = one("{output: 400 tokens}", ", context: {rules: 7600 tokens}")
    assert figure_of(exact, "context/flows.a.steps.1/overflow").value == 0.0
    over = one("{output: 401 tokens}", ", context: {rules: 7600 tokens}")
    assert figure_of(over, "context/flows.a.steps.1/overflow").value == 1.0


def test_the_size_stands_for_the_parts_where_there_are_none() -> None:
    body = one("{input: 4000 tokens ± 2000 tokens, output: 500 tokens}", "")
    found = figure_of(body, "context/flows.a.steps.1/overflow")
    truth = float(gamma_law.sf(7500.0, 4, scale=1000.0))  # pyright: ignore[reportUnknownMemberType]
    assert found.low is not None and found.high is not None
    assert found.low <= truth <= found.high
    assert found.high - found.low < 1e-3
    assert found.value == (found.low + found.high) / 2


@pytest.mark.parametrize("mean", [500.0, 2000.0, 4000.0])
def test_exponential_parts_overflow_as_often_as_a_poisson_stream_is_slow(mean: float) -> None:
    """Three exponential parts fill more than 7500 tokens if of a stream with this gap fewer than three come by then
    (Erlang); what may be cut is none of what gets stuck, so that two of them do."""
    each = f"{mean:g} tokens ± {mean:g} tokens"
    body = one("{output: 500 tokens}", f", context: {{a: {each}, b: {each}, c: {each}, cut_first: c}}")
    x = 7500.0 / mean
    for statistic, truth in (
        ("overflow", math.exp(-x) * (1 + x + x * x / 2)),
        ("stuck", math.exp(-x) * (1 + x)),
    ):
        found = figure_of(body, f"context/flows.a.steps.1/{statistic}")
        assert found.low is not None and found.high is not None
        assert found.low <= truth <= found.high
        assert found.high - found.low < 2e-3


def test_a_loop_against_the_geometric_law() -> None:
    # 1000 + 2000 (k - 1) > 8000 from the fifth round on, which a run reaches with chance 0.5^4.
    body = LOOP % ("until: 50 %\n          at_most: 6", "2000 tokens")
    assert figure_of(body, f"context/{CALL}/overflow").value == pytest.approx(0.5**4)
    rounds = (1 - 0.5**6) / 0.5
    assert figure_of(body, f"context/{CALL}/tokens").value == pytest.approx(1000 + 2000 * (rounds - 1))
    assert figure_of(body, f"context/{CALL}/stuck").value == 0.0
    short = LOOP % ("until: 50 %\n          at_most: 4", "2000 tokens")
    assert figure_of(short, f"context/{CALL}/overflow").value == 0.0
    counted = LOOP % ("times: 5", "2000 tokens")
    assert figure_of(counted, f"context/{CALL}/overflow").value == 1.0


def test_a_loop_that_grows_at_random_against_runs_drawn() -> None:
    body = LOOP % ("until: 30 %\n          at_most: 12", "900 tokens ± 600 tokens")
    found = figure_of(body, f"context/{CALL}/overflow")
    random = np.random.default_rng(7)
    runs = 200_000
    rounds = np.minimum(random.geometric(0.3, size=runs), 12)
    grown = random.gamma((900 / 600) ** 2 * np.maximum(rounds - 1, 1e-9), 600**2 / 900)
    drawn = np.mean(1000.0 + grown > 8000.0)
    assert found.low is not None and found.high is not None
    assert found.low - 4e-3 <= drawn <= found.high + 4e-3
    assert found.high - found.low < 5e-3


def test_three_rounds_grow_twice() -> None:
    """1000 tokens and two exponential parts of 2000 against 8000: fewer than two of a Poisson stream's 3.5 come."""
    low, high = ends(LOOP % ("times: 3", "2000 tokens ± 2000 tokens"))
    assert low is not None and high is not None
    assert low <= math.exp(-3.5) * 4.5 <= high < low + 2e-3


def test_a_loop_without_an_end_still_has_a_chance() -> None:
    body = LOOP % ("until: 50 %", "2000 tokens")
    assert figure_of(body, f"context/{CALL}/overflow").high == pytest.approx(0.5**4)
    assert figure_of(LOOP % ("times: unknown", "2000 tokens"), f"context/{CALL}/overflow").high is None


def test_a_stated_most_rules_an_overflow_out() -> None:
    free = one("{output: 1 tokens}", ", context: {text: {value: 4000 tokens ± 3000 tokens}}")
    held = one(
        "{output: 1 tokens}", ", context: {text: {value: 4000 tokens ± 3000 tokens, max: 7999 tokens}}"
    )
    assert (figure_of(free, "context/flows.a.steps.1/overflow").low or 0.0) > 0.05
    assert figure_of(held, "context/flows.a.steps.1/overflow").value == 0.0


def test_what_isnt_known_is_missing_and_not_zero() -> None:
    body = one("{output: 1 tokens}", ", context: {text: unknown}")
    found = figure_of(body, "context/flows.a.steps.1/overflow")
    assert found.status == "not shown"
    assert any("context.text" in each for each in found.missing)
    nowindow = (
        "components: {w: {kind: llm, offers: {g: {work: 1 s}}}}\n"
        "flows: {a: {steps: [{call: w.g, context: {t: 9 tokens}}]}}\n"
    )
    assert any("qualities.context" in m for m in figure_of(nowindow, "context/flows.a.steps.1/share").missing)


def test_the_window_of_a_product_is_the_catalogs() -> None:
    body = (
        "components: {w: {kind: llm, product: anthropic/claude-haiku-4-5, offers: {g: {work: 1 s}}}}\n"
        "flows: {a: {steps: [{call: w.g, context: {t: 20000 tokens}}]}}\n"
    )
    assert figure_of(body, "context/flows.a.steps.1/share").value == pytest.approx(
        0.1
    )  # 200 000, as published


def test_needs_are_held_against_it() -> None:
    body = "needs: {fits: {measure: context/%s/overflow, at_most: %s}}\n" + LOOP % (
        "until: 50 %%\n          at_most: 6".replace("%%", "%"), "2000 tokens",
    )  # fmt: skip
    head, tail = body.split("\n", 1)
    assert verdicts(head % (CALL, "7 %") + "\n" + tail) == {"fits": "met"}
    assert verdicts(head % (CALL, "6 %") + "\n" + tail) == {"fits": "missed"}


@pytest.mark.parametrize(
    ("context", "said"),
    [
        ("{rules: 1 tokens, cut_first: ruls}", "`ruls` isn't one of its parts; did you mean `rules`?"),
        ("{rules: 1 tokens, grows: {past: 2 tokens}}", "`past` isn't one of its parts"),
        ("[rules]", "expected tokens by part"),
        ("{rules: 3 s}", "expected a count"),
    ],
)
def test_mistakes_are_told(context: str, said: str) -> None:
    with pytest.raises(ModelError) as found:
        loads(HEAD + one("{output: 1 tokens}", f", context: {context}"))
    assert said in str(found.value)


def test_the_window_of_a_served_model_is_the_one_it_was_published_with() -> None:
    """Llama 3.1: 128 Ki tokens; what its component says of itself comes first, and then the product's."""
    body = (
        "components: {w: {kind: llm, MORE serves: {model: llama-3.1-8b, accelerator: h100_sxm}, "
        "offers: {g: {work: 1 s}}}}\n"
        "flows: {a: {steps: [{call: w.g, context: {t: 32768 tokens}}]}}\n"
    )
    assert figure_of(body.replace("MORE", ""), "context/flows.a.steps.1/share").value == pytest.approx(0.25)
    stated = body.replace("MORE", "qualities: {context: 65536 tokens},")
    assert figure_of(stated, "context/flows.a.steps.1/share").value == pytest.approx(0.5)


def ends(body: str, statistic: str = "overflow", call: str = CALL) -> tuple[float | None, float | None]:
    found = figure_of(body, f"context/{call}/{statistic}")
    return found.low, found.high


@pytest.mark.parametrize(
    ("stops", "grows", "low", "high"),
    [
        # 1000 tokens and 2000 more a round: too much from the fifth round on.
        ("until: 30 % .. 60 %\n          at_most: 6", "2000 tokens", 0.4**4, 0.7**4),
        ("times: 5\n          at_most: 2", "2000 tokens", 0.0, 0.0),
        ("times: {value: 4, known: 4 .. 5}", "2000 tokens", 0.0, 1.0),
        ("times: {value: 4, known: 4 .. 4.5}", "2000 tokens", 0.0, 1.0),  # rounded to five
        ("times: {value: 5, known: 4.4 .. 5}", "2000 tokens", 0.0, 1.0),  # rounded to four
        ("times: {value: 6, known: 5 .. 7}", "2000 tokens", 1.0, 1.0),
        ("times: 0", "9000 tokens", 0.0, 0.0),
        ("times: 9 ± 4", "2000 tokens", 0.0, 1.0),
        ("times: unknown\n          at_most: 4", "2000 tokens", 0.0, 0.0),
        ("times: unknown\n          at_most: 5", "2000 tokens", 0.0, 1.0),
        # 200 rounds are counted one by one: 1000 + 199 * 36 is too much, 1000 + 194 * 36 isn't.
        ("until: 1 %", "36 tokens", 0.99**195 - 0.99**200, 0.99**195),
        ("until: 1 %", "30 tokens", 0.0, 0.99**200),
        ("until: 1 %\n          at_most: 200", "35 tokens", 0.0, 0.0),
        ("until: 1 %\n          at_most: 200", "36 tokens", 0.99**195, 0.99**195),
        ("times: 200", "35 tokens", 0.0, 0.0),
        ("times: 201", "1 tokens", 0.0, 1.0),
        ("times: unknown\n          at_most: 200", "35 tokens", 0.0, 0.0),
        ("times: unknown\n          at_most: 201", "1 tokens", 0.0, 1.0),
        # Nobody knows by how much it grows: not before the second round.
        ("until: 30 %\n          at_most: 6", "unknown", 0.0, 0.7),
        ("until: 1 %\n          at_most: 500", "30 tokens", 0.0, 0.99**200),
        ("times: unknown\n          at_most: 5", "9000 tokens", 0.0, 1.0),
        # Five rounds of at most 1750 more fill the window to the last token.
        (
            "until: 50 %\n          at_most: 5",
            "{value: 1000 tokens ± 900 tokens, max: 1750 tokens}",
            0.0,
            0.0,
        ),
    ],
)
def test_a_run_overflows_as_often_as_it_has_more_rounds_than_fit(
    stops: str, grows: str, low: float, high: float
) -> None:
    body = LOOP % (stops, grows)
    if (low, high) == (0.0, 1.0):
        found = figure_of(body, f"context/{CALL}/overflow")
        assert (found.low, found.high, found.reason) == (None, None, "anything is possible")
    else:
        assert ends(body) == (pytest.approx(low, abs=1e-12), pytest.approx(high, abs=1e-12))
        if high - low > 0.01:
            assert figure_of(body, f"context/{CALL}/overflow").value is None


@pytest.mark.parametrize(
    ("stops", "low", "high"),
    [
        ("times: unknown\n          at_most: 5", 1000, 9000),
        ("times: 2 .. 4", 3000, 7000),
        ("times: 7\n          at_most: 3", 5000, 5000),
        ("times: 0", 1000, 1000),
        ("times: {value: 3, known: 1.4 .. 3}", 1000, 5000),
    ],
)
def test_the_last_round_holds_what_all_before_it_added(stops: str, low: float, high: float) -> None:
    assert ends(LOOP % (stops, "2000 tokens"), "tokens") == pytest.approx((low, high))


def test_a_number_of_tokens_without_an_end_has_its_least_unless_that_is_nothing() -> None:
    assert ends(LOOP % ("times: unknown", "2000 tokens"), "tokens") == (1000, None)
    assert ends(one("{}", ", context: {text: unknown}"), "tokens", "flows.a.steps.1") == (None, None)


def test_what_doesn_t_fit_in_the_first_round_fits_in_none() -> None:
    body = (LOOP % ("until: 50 %", "1 tokens")).replace("800 tokens", "8800 tokens")
    assert ends(body) == (pytest.approx(1.0), pytest.approx(1.0))


def test_a_call_that_a_round_may_pass_by_is_made_in_the_last_round_at_most() -> None:
    body = """
components: {writer: {kind: llm, qualities: {context: 8000 tokens}, offers: {write: {work: 1 s}}}}
flows:
  a:
    steps:
      - repeat:
          until: 50 %
          at_most: 6
          steps:
            - choose:
                - share: 50 %
                  steps: [{call: writer.write, context: {history: 1000 tokens, grows: {history: 2000 tokens}}}]
                - {share: 50 %, steps: []}
"""
    (entering,) = calls_of_models(context_of(body))
    assert ends(body, call=entering.step.path) == (0.0, pytest.approx(0.5**4))
    rounds = (1 - 0.5**6) / 0.5
    assert ends(body, "tokens", entering.step.path) == pytest.approx((1000, 1000 + 2000 * (rounds - 1)))


@pytest.mark.parametrize("around", ["", "hold: lock, steps: ", "steps: "])
def test_a_call_in_a_group_or_under_a_lock_is_made_in_every_round(around: str) -> None:
    call = "[{call: writer.write, context: {history: 1000 tokens, grows: {history: 2000 tokens}}}]"
    inner = f"[{{{around}{call}}}]" if around else call
    body = f"""
components:
  writer: {{kind: llm, qualities: {{context: 8000 tokens}}, offers: {{write: {{work: 1 s}}}}}}
  lock: {{kind: pool}}
flows: {{a: {{steps: [{{repeat: {{until: 50 %, at_most: 6, steps: {inner}}}}}]}}}}
"""
    (entering,) = calls_of_models(context_of(body))
    assert ends(body, call=entering.step.path) == (pytest.approx(0.5**4), pytest.approx(0.5**4))


def test_a_share_lies_between_what_the_widest_and_the_narrowest_window_give() -> None:
    body = one(
        "{output: 400 tokens}", ", context: {rules: 1000 tokens .. 3600 tokens}", "2000 tokens .. 7000 tokens"
    )
    assert ends(body, "share", "flows.a.steps.1") == pytest.approx((1400 / 7000, 4000 / 2000))
    found = figure_of(body, "context/flows.a.steps.1/share")
    assert found.method == "sum of means"
    assert found.derivation[-1].text == "the window holds" and found.derivation[-1].value == "2000 to 7000"
    found = figure_of(one("{output: 400 tokens}", ""), "context/flows.a.steps.1/overflow")
    assert found.method == "bracketed convolution on a lattice"
    assert found.derivation[-1].value == "8000"


def test_without_growth_no_number_of_rounds_matters_and_none_is_told() -> None:
    body = (LOOP % ("times: unknown", "2000 tokens")).replace(", grows: {history: 2000 tokens}", "")
    assert ends(body) == (0.0, 0.0)
    found = figure_of(body, f"context/{CALL}/tokens")
    assert found.value == 1000.0 and not any("rounds" in line.text for line in found.derivation)


def test_growth_without_a_loop_asks_for_one() -> None:
    body = one("{output: 1 tokens}", ", context: {past: 10 tokens, grows: {past: 2 tokens}}")
    found = figure_of(body, "context/flows.a.steps.1/overflow")
    assert any("put the loop around it" in each for each in found.missing)


def test_an_amount_that_is_the_same_in_all_runs_is_what_it_is_whatever_it_may_be_at_most() -> None:
    body = one("{output: 1 tokens}", ", context: {text: {value: 9000 tokens, max: 10000 tokens}}")
    assert ends(body, call="flows.a.steps.1") == (1.0, 1.0)


def test_of_parts_with_a_most_nothing_is_sure_at_the_low_end() -> None:
    """A gamma of 4000 ± 3000 that is never more than 7999, and 500: how often it is above 7500 isn't said."""
    body = one(
        "{output: 1 tokens}",
        ", context: {text: {value: 4000 tokens ± 3000 tokens, max: 7999 tokens}, rules: 500 tokens}",
    )
    low, high = ends(body, call="flows.a.steps.1")
    assert low == 0.0
    least = float(gamma_law.sf(7500.0, 16 / 9, scale=2250.0))  # pyright: ignore[reportUnknownMemberType]
    assert high is not None and least <= high < 0.2


def test_nothing_is_sure_of_a_window_that_nobody_states() -> None:
    body = one("{output: 1 tokens}", ", context: {text: 100 tokens}", "unknown")
    found = figure_of(body, "context/flows.a.steps.1/overflow")
    assert (found.low, found.value, found.high, found.reason) == (None, None, None, "anything is possible")


ROWS = "in,out,pages,n\n7000,900,3,1\n7000,1100,4,2\n2000,7000,5,1\n100,100,6,4\n"
"""Of eight runs, two have 8100 tokens of prompt and answer and one 9000."""


@pytest.mark.parametrize(
    ("sizes", "more", "said", "chance", "mean"),
    [
        ("input: in, output: out, pages: pages", "", "prompt and answer", 3 / 8, 33900 / 8),
        ("in: in", "", "prompt", 0.0, (3 * 7000 + 2000 + 400) / 8),
        ("output: out", "", "answer", 0.0, (900 + 2200 + 7000 + 400) / 8),
        ("input: in, out: out", ", context: {rules: 1500 tokens}", "answer", 1 / 8, 1500 + 10500 / 8),
        ("pages: pages", ", context: {rules: 1500 tokens}", None, 0.0, 1500.0),
    ],
)  # fmt: skip
def test_sizes_drawn_together_enter_row_by_row(
    tmp_path: Path, sizes: str, more: str, said: str | None, chance: float, mean: float
) -> None:
    (tmp_path / "t.csv").write_text(ROWS, "utf-8")
    body = one(f"{{from: t.csv, {sizes}, weight: n}}", more)
    (tmp_path / "m.yaml").write_text(HEAD + body, "utf-8")
    model = load(tmp_path / "m.yaml")
    c = Context(model, CATALOG, Ledger(model.digest))
    overflow = figure(c, "context/flows.a.steps.1/overflow")
    assert overflow.low is not None and overflow.high is not None
    assert overflow.low - 1e-9 <= chance <= overflow.high + 1e-9 and overflow.high - overflow.low < 1e-6
    tokens = figure(c, "context/flows.a.steps.1/tokens")
    assert tokens.value == pytest.approx(mean)
    told = [line.text for line in tokens.derivation if "window" not in line.text and line.text != "rules"]
    assert told == ([] if said is None else [said])


@pytest.mark.parametrize(
    ("sizes", "more", "tokens"),
    [
        ("{in: 300 tokens, out: 20 tokens}", "", 320),
        ("{input: 300 tokens}", "", 300),
        ("{output: 20 tokens}", "", 20),
        ("{input: 300 tokens, output: 20 tokens}", ", context: {rules: 50 tokens}", 70),
        ("{input: 300 tokens}", ", context: {rules: 50 tokens}", 50),
        ("{pages: 7, output: 20 tokens}", "", 20),
    ],
)
def test_parts_of_the_prompt_stand_in_the_place_of_its_size(sizes: str, more: str, tokens: float) -> None:
    assert figure_of(one(sizes, more), "context/flows.a.steps.1/tokens").value == tokens


@pytest.mark.parametrize(
    ("context", "parts"),
    [
        ("{found: {passages: index.search}}", ["answer", "passages"]),
        ("{rules: 50 tokens, found: {passages: index.search}}", ["rules", "answer", "passages"]),
        ("{}", ["input", "answer"]),
    ],
)
def test_passages_that_are_found_stand_in_the_place_of_the_size_too(context: str, parts: list[str]) -> None:
    body = one("{input: 300 tokens, output: 20 tokens}", f", context: {context}")
    body = body.replace("components: {", "components: {index: {kind: s, offers: {search: {finds: 3}}}, ")
    (entering,) = calls_of_models(context_of(body))
    assert [name for name, _, _ in entering.parts] == parts
