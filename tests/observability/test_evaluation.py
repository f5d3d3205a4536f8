"""Metrics of data sets against hand values, scikit-learn's definitions restated, and verdicts at the edge."""

from __future__ import annotations

import math

import pytest

from groma.analyses.evaluation import METRICS, Score, UnusableCase, scored
from groma.solvers.monitoring import cases_against_target


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


def recalled(found: int, of: int) -> dict[str, list[str]]:
    """A case of which so many of the relevant are retrieved."""
    names = [f"d{n}" for n in range(of)]
    return {"relevant": names, "retrieved": names[:found]}


def test_resampled_means_have_their_middle_95_percent() -> None:
    """Six of which three are right: no or one right has a chance of 1/64 or 7/64, so that 2.5 % lie at one of six."""
    found = scored("recall@20", [recalled(n % 2, 1) for n in range(6)], 0.5)
    assert (found.value, found.low, found.high) == (0.5, pytest.approx(1 / 6), pytest.approx(5 / 6))
    assert (found.hits, found.verdict, found.more) == (None, "undecided", None)
    # what is missed of the same cases lies as far from the other end
    sizes = [(3, 7), (5, 11), (2, 13), (11, 17), (18, 19), (1, 20), (4, 5), (2, 3), (9, 16), (0, 1)]
    one = scored("recall@20", [recalled(k, n) for k, n in sizes])
    other = scored("recall@20", [recalled(n - k, n) for k, n in sizes])
    assert (other.low, other.high) == (
        pytest.approx(1 - one.high, abs=1e-12),
        pytest.approx(1 - one.low, abs=1e-12),
    )
    assert one.value == pytest.approx(sum(k / n for k, n in sizes) / 10)


def test_what_is_retrieved_twice_gains_once_and_the_best_order_is_that_of_what_is_relevant() -> None:
    case = {"retrieved": ["x", "a", "a", "b"], "relevant": ["a", "b"]}
    best = 1 + 1 / math.log2(3)
    assert METRICS["ndcg@5"](case) == pytest.approx((1 / math.log2(3) + 1 / math.log2(5)) / best)
    assert METRICS["ndcg@3"](case) == pytest.approx(1 / math.log2(3) / best)
    assert METRICS["ndcg@1"](case) == 0.0
    assert METRICS["ndcg@1"]({"retrieved": ["b", "a"], "relevant": ["a", "b"]}) == 1.0
    assert METRICS["recall@3"](case) == 0.5 and METRICS["recall@5"](case) == 1.0
    for metric in ("recall@3", "ndcg@3"):
        with pytest.raises(UnusableCase, match=r"^`relevant`: expected at least one id, found none$"):
            METRICS[metric]({"retrieved": ["a"], "relevant": []})


@pytest.mark.parametrize(
    ("output", "kind", "valid"),
    [
        ("true", "boolean", 1.0), ("1", "boolean", 0.0), ("1", "integer", 1.0), ("1.5", "integer", 0.0),
        ("1.5", "number", 1.0), ("2", "number", 1.0), ("true", "number", 0.0), ("true", "integer", 0.0),
        ('"x"', "string", 1.0), ("[]", "array", 1.0), ("{}", "object", 1.0), ("null", "object", 0.0),
    ],
)  # fmt: skip
def test_types_are_those_of_json(output: str, kind: str, valid: float) -> None:
    case = {"output": f'{{"x": {output}}}', "schema": {"x": kind}}
    assert METRICS["valid"](case) == valid
    assert METRICS["valid"]({**case, "output": "[1]"}) == METRICS["valid"]({**case, "output": "{}"}) == 0.0


def test_what_a_case_lacks_is_told() -> None:
    for metric, case, words in (
        ("valid", {"output": "{}", "schema": 3}, "`schema`: expected keys with types, found 3"),
        (
            "valid", {"output": "{}", "schema": {"x": "text"}},
            "`schema.x`: expected one of string, number, integer, boolean, array, object, found 'text'",
        ),
        ("approved", {"verdict": "perhaps"}, "`verdict`: expected yes or no, found 'perhaps'"),
        ("exact", {"output": 3, "expected": "x"}, "`output`: expected a text, found 3"),
        ("exact", {"output": "x", "expected": []}, "`expected`: expected a text or several, found []"),
        ("exact", {"output": "x", "expected": ["x", 3]}, "`expected`: expected a text or several, found ['x', 3]"),
    ):  # fmt: skip
        with pytest.raises(UnusableCase) as told:
            METRICS[metric](case)
        assert str(told.value) == words
    assert [METRICS["approved"]({"verdict": word}) for word in (True, "grounded", False, "bad")] == [
        1,
        1,
        0,
        0,
    ]
    assert METRICS["exact"]({"output": "three", "expected": ["one", "two"]}) == 0.0


@pytest.mark.parametrize(("hits", "target"), [(85, 0.8), (84, 0.8), (97, 0.93)])
def test_as_many_cases_more_are_needed_as_decide_such_a_share(hits: int, target: float) -> None:
    """So many in all as the share seen shows to be above the target, at 2.5 % on each side, less the hundred there
    are."""
    found = scored("approved", [{"verdict": "yes"}] * hits + [{"verdict": "no"}] * (100 - hits), target)
    whole = cases_against_target(target, hits / 100, alpha=0.025)
    assert (found.value, found.hits, found.verdict) == (hits / 100, hits, "undecided")
    assert whole is not None and found.more == max(1, whole - 100)


def test_nobody_knows_how_many_cases_decide_what_looks_no_better_than_its_target() -> None:
    def scored_of(hits: int, target: float) -> Score:
        return scored("approved", [{"verdict": "yes"}] * hits + [{"verdict": "no"}] * (20 - hits), target)

    assert (scored_of(18, 0.9).verdict, scored_of(18, 0.9).more) == ("undecided", None)
    assert (scored_of(17, 0.9).verdict, scored_of(17, 0.9).more) == ("undecided", None)
    assert (scored_of(20, 0.9).verdict, scored_of(20, 0.9).more) == ("undecided", None)
    # exact (Clopper and Pearson): twenty of twenty show 0.025^(1/20) = 83.2 %, none of twenty at most 16.8 %
    assert scored_of(20, 0.83).verdict == "met" and scored_of(20, 0.84).verdict == "undecided"
    assert scored_of(0, 0.17).verdict == "missed" and scored_of(0, 0.16).verdict == "undecided"


def test_unusable_cases_say_what_was_expected() -> None:
    with pytest.raises(UnusableCase, match="`relevant`: expected a list of ids"):
        METRICS["recall@5"]({"retrieved": []})
    with pytest.raises(UnusableCase, match="at least one case"):
        scored("exact", [])
