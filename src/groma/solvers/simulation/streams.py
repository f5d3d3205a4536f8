"""Seeds of streams: each depends on its name, the seed and the replication alone."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import MutableSequence, Sequence

_ALL = (1 << 64) - 1
_AHEAD = 256


def seeded(names: Sequence[str], seed: int, replication: int) -> array[int]:
    """(state, gamma) for each stream. Gammas are odd and not too regular (Steele, Lea and Flood 2014, 2.4)."""
    words = array("Q")
    for name in names:
        digest = hashlib.blake2b(f"{seed}/{replication}/{name}".encode(), digest_size=16).digest()
        state = int.from_bytes(digest[:8], "little")
        gamma = int.from_bytes(digest[8:], "little") | 1
        if (gamma ^ (gamma >> 1)).bit_count() < 24:
            gamma ^= 0xAAAAAAAAAAAAAAAA
        words.extend((state, gamma))
    return words


def split_mix(words: MutableSequence[int], stream: int) -> list[int]:
    """The next 256 numbers of a stream, the last one first; its state in `words` moves on (SplitMix64).

    For the interpreted kernel, to which arithmetic on whole arrays is cheaper than a multiplication of two integers.
    """
    import numpy as np

    state, gamma = words[2 * stream], words[2 * stream + 1]
    words[2 * stream] = (state + _AHEAD * gamma) & _ALL
    z = np.arange(_AHEAD, 0, -1, dtype=np.uint64) * np.uint64(gamma) + np.uint64(state)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (z ^ (z >> np.uint64(31))).tolist()
