"""What stays the same of a hit from one audit to the next: its audit, its page, and what was seen without its counts.

Numbers are left out of the words (a thin page that lost a word is the same problem; a line of robots.txt moves), but
not out of what is quoted from the page.
"""

from __future__ import annotations

import re
from collections import Counter
from hashlib import blake2b
from typing import NamedTuple

from groma.site.audit import Hit
from groma.site.run import Audited

_NUMBER = re.compile(r"\d[\d.,]*")


class Key(NamedTuple):
    """The name of a problem: `mark` is a digest of what was seen."""

    audit: str
    url: str
    mark: str


def key_of(audit: str, hit: Hit) -> Key:
    """The key of one hit."""
    words = _NUMBER.sub("#", hit.text.replace(hit.quote, "") if hit.quote else hit.text)
    return Key(
        audit, hit.url, blake2b(f"{words}\0{hit.quote}".encode(errors="replace"), digest_size=8).hexdigest()
    )


def keys_of(audited: Audited) -> Counter[Key]:
    """How often every key was found."""
    return Counter(key_of(name, hit) for name, look in audited.looks.items() for hit in look.hits)
