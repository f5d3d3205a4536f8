"""Metrics of data sets against hand values, scikit-learn's definitions restated, and verdicts at the edge."""

from __future__ import annotations

import math

import pytest

from groma.analyses.evaluation import METRICS, UnusableCase, scored


def test_metrics_are_those_worked_by_hand() -> None:
    case = {"retrieved": ["a", "x", "b", "y"], "relevant": ["a", "b", "c"], "output": "x"}
    assert METRICS["recall@3"](case) == pytest.approx(2 / 3)
    assert METRICS["recall@1"](case) == pytest.approx(1 / 3)
    best = 1 + 1 / math.log2(3) + 0.5
    assert METRICS["ndcg@3"](case) == pytest.approx((1 + 0.5) / best)
    assert METRICS["exact"]({"output": " Two  words", "expected": ["one", "two words"]}) == 1.0
    schema = {"id": "integer", "tags": "array"}
    assert METRICS["valid"]({"output": '{"id": 1, "tags": []}', "schema": schema}) == 1.0
    assert METRICS["valid"]({"output": '{"id": true, "tags": []}', "schema": schema}) == 0.0
    assert METRICS["valid"]({"output": "[", "schema": schema}) == 0.0


def test_rouge_and_chrf_are_those_of_their_packages() -> None:
    pytest.importorskip("rouge_score")
    pytest.importorskip("sacrebleu")
    case = {"output": "the cat sat", "expected": ["the cat sat on the mat", "a dog"]}
    assert METRICS["rouge-l"](case) == pytest.approx(2 * 1 * 0.5 / 1.5)  # precision 3 of 3, recall 3 of 6
    assert METRICS["chrf"]({"output": "same words", "expected": "same words"}) == pytest.approx(1.0)


def test_a_verdict_needs_more_than_chance() -> None:
    def cases(hits: int, misses: int) -> list[dict[str, str]]:
        return [{"verdict": "yes"}] * hits + [{"verdict": "no"}] * misses

    assert scored("approved", cases(99, 1), 0.9).verdict == "met"
    assert scored("approved", cases(70, 30), 0.9).verdict == "missed"
    near = scored("approved", cases(85, 15), 0.8)
    assert near.verdict == "undecided" and near.more is not None and near.more > 100
    assert scored("approved", cases(9, 1)).verdict == "not asked"


def test_unusable_cases_say_what_was_expected() -> None:
    with pytest.raises(UnusableCase, match="`relevant`: expected a list of ids"):
        METRICS["recall@5"]({"retrieved": []})
    with pytest.raises(UnusableCase, match="at least one case"):
        scored("exact", [])
