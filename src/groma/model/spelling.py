"""The nearest known word to one that isn't known, for "did you mean".

The distance is optimal string alignment (Damerau 1964 with each pair swapped at most once; recurrence after Boytsov,
"Indexing methods for approximate dictionary searching", 2011): insert, delete, change, swap neighbours, each costs 1.
"""

from __future__ import annotations

from collections.abc import Iterable

LONGEST_WORD = 64
"""Longer words are names of their own: nobody is helped by a guess, and the distance costs a product of lengths."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known word closest to `name`, or None when none is close enough (a third of the letters, at least 1).

    Case, `-` and `_` decide among equally close words only; then the alphabet does, so that the answer doesn't
    depend on the order of `known`.
    """
    if not name or len(name) > LONGEST_WORD:
        return None
    wanted = _folded(name)
    allowed = max(1, len(wanted) // 3)
    best: tuple[int, int, str] | None = None
    for word in known:
        folded = _folded(word)
        if abs(len(folded) - len(wanted)) > allowed:
            continue
        apart = distance(wanted, folded)
        if apart <= allowed and apart < max(len(folded), len(wanted)):
            found = (apart, distance(name, word), word)
            best = found if best is None else min(best, found)
    return None if best is None else best[2]


def distance(left: str, right: str) -> int:
    """Optimal string alignment distance of two words."""
    before: list[int] = []
    previous = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        current = [i]
        for j, b in enumerate(right, 1):
            cost = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        before, previous = previous, current
    return previous[-1]


def suggestion(name: str, known: Iterable[str]) -> str:
    """`, did you mean `x`?` for the nearest known word, or nothing; to end an error message with."""
    word = nearest(name, known)
    return "" if word is None else f", did you mean `{word}`?"


def _folded(word: str) -> str:
    return word.lower().replace("-", "").replace("_", "").replace(" ", "")
