"""How many passages texts are cut into, by a window that moves on by its length less what neighbours share.

A text of L tokens, passages of p tokens of which neighbours share o, makes max(1, ceil((L - o) / (p - o))) of them: the
scheme of token splitters (LangChain's `TokenTextSplitter`, LlamaIndex's). Of lengths that vary only the mean is used:
max(1, x) and ceil(x) lie within [max(1, x), 1 + L / (p - o)], and the least is convex in L, so both ends hold for the
mean of any law of lengths (Jensen).
"""

from __future__ import annotations

import math


def passages_of(length: int, passage: int, overlap: int) -> int:
    """Passages of one text of exactly `length` tokens. Raises ValueError where passages share all they have."""
    return max(1, math.ceil((length - overlap) / _step(passage, overlap)))


def mean_passages(length: float, passage: int, overlap: int) -> tuple[float, float]:
    """Least and most of the mean number of passages of texts of `length` tokens in the mean.

    Raises ValueError where passages share all they have.
    """
    step = _step(passage, overlap)
    return max(1.0, (length - overlap) / step), 1.0 + length / step


def _step(passage: int, overlap: int) -> int:
    if not 0 <= overlap < passage:
        raise ValueError("a passage must be longer than what it shares with the one before it")
    return passage - overlap
