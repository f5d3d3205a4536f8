"""Known references that come close to one that isn't known, among tens of thousands.

Ranked by shared letter triples (Jaccard index of trigrams, after Ukkonen, "Approximate string-matching with q-grams",
1992), which costs one pass over the names; `groma.model.spelling` does the same for short lists of words.
"""

from __future__ import annotations

from collections.abc import Iterable


def nearest(name: str, known: Iterable[str], limit: int = 3, least: float = 0.3) -> tuple[str, ...]:
    """At most `limit` known names that share at least `least` of their trigrams with `name`, best first.

    Ties go by the alphabet, so the answer doesn't depend on the order of `known`.
    """
    wanted = _trigrams(name)
    scored: list[tuple[float, str]] = []
    for word in set(known):
        if abs(len(word) - len(name)) > max(len(word), len(name)) * (1 - least):
            continue
        other = _trigrams(word)
        shared = len(wanted & other)
        score = shared / (len(wanted) + len(other) - shared)
        if score >= least:
            scored.append((-score, word))
    return tuple(word for _, word in sorted(scored)[:limit])


def _trigrams(text: str) -> set[str]:
    padded = f"  {text.lower()} "
    return {padded[i : i + 3] for i in range(len(padded) - 2)}
