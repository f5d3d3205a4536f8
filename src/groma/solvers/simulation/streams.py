"""Seeds of streams: each depends on its name, the seed and the replication alone."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Sequence

_ALL = (1 << 64) - 1


def seeded(names: Sequence[str], seed: int, replication: int) -> array[int]:
    """(state, gamma) for each stream. Gammas are odd and not too regular (Steele, Lea and Flood 2014, 2.4)."""
    words = array("Q")
    for name in names:
        digest = hashlib.blake2b(f"{seed}/{replication}/{name}".encode(), digest_size=16).digest()
        state = int.from_bytes(digest[:8], "little")
        gamma = int.from_bytes(digest[8:], "little") | 1
        if (gamma ^ (gamma >> 1)).bit_count() < 24:
            gamma ^= 0xAAAAAAAAAAAAAAAA
        words.extend((state & _ALL, gamma & _ALL))
    return words
