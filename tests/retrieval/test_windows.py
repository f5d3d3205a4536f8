"""Context windows of calls, against sums by hand, closed forms, runs drawn at random, and the catalog."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import gamma as gamma_law

from groma.model.load import loads
from groma.model.position import ModelError
from retrieval.given import HEAD, figure_of, verdicts

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
    exact = one("{output: 400 tokens}", ", context: {rules: 7600 tokens}")
    assert figure_of(exact, "context/flows.a.steps.1/overflow").value == 0.0
    over = one("{output: 401 tokens}", ", context: {rules: 7600 tokens}")
    assert figure_of(over, "context/flows.a.steps.1/overflow").value == 1.0


def test_the_size_stands_for_the_parts_where_there_are_none() -> None:
    body = one("{input: 4000 tokens ± 2000 tokens, output: 500 tokens}", "")
    found = figure_of(body, "context/flows.a.steps.1/overflow")
    truth = gamma_law.sf(7500.0, 4, scale=1000.0)
    assert found.low is not None and found.high is not None
    assert found.low <= truth <= found.high
    assert found.high - found.low < 1e-3


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
