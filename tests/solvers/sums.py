"""Sums of whole numbers drawn from a small law, by going through all of them."""

from __future__ import annotations


def sums(law: dict[int, float], copies: int) -> dict[int, float]:
    """The law of the sum of so many independent draws; of none it is nought."""
    found = {0: 1.0}
    for _ in range(copies):
        longer: dict[int, float] = {}
        for k, p in found.items():
            for j, q in law.items():
                longer[k + j] = longer.get(k + j, 0.0) + p * q
        found = longer
    return found
