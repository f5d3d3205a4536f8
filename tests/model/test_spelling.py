"""The nearest known word, against a plain recursive distance."""

from __future__ import annotations

from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from groma.model.spelling import distance, nearest, suggestion

WORD = st.text("abc", max_size=7)


def by_definition(left: str, right: str) -> int:
    @cache
    def d(i: int, j: int) -> int:
        if min(i, j) == 0:
            return max(i, j)
        best = min(d(i - 1, j) + 1, d(i, j - 1) + 1, d(i - 1, j - 1) + (left[i - 1] != right[j - 1]))
        if i > 1 and j > 1 and left[i - 1] == right[j - 2] and left[i - 2] == right[j - 1]:
            best = min(best, d(i - 2, j - 2) + 1)
        return best

    return d(len(left), len(right))


@given(WORD, WORD)
def test_distance_is_the_definition(left: str, right: str) -> None:
    assert distance(left, right) == by_definition(left, right) == distance(right, left)


@given(st.text("abc", min_size=2, max_size=7), st.integers(0, 5))
def test_swapped_neighbours_cost_one(word: str, at: int) -> None:
    at %= len(word) - 1
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    assert distance(word, swapped) == (word != swapped)


def test_near_words_are_found_and_far_ones_are_not() -> None:
    keys = ["replicas", "threads", "runs_on", "kind"]
    assert nearest("replcias", keys) == "replicas"
    assert nearest("runs-on", keys) == "runs_on"
    assert nearest("Kind", keys) == "kind"
    assert nearest("colour", keys) is None
    assert nearest("x", ["y"]) is None
    assert nearest("a" * 1000, keys) is None
    assert nearest("ab", ["ac", "ad"]) == nearest("ab", ["ad", "ac"]) == "ac"
    assert suggestion("thread", keys) == ", did you mean `threads`?"
