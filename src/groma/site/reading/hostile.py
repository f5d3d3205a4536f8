"""Markup that a parser would choke on, found before it is parsed.

The HTML standard's tree construction looks through all open elements for each tag, and rebuilds every open formatting
element in each new block (WHATWG HTML, 13.2.4.3 and 13.2.6): a small text can cost hours and gigabytes. Browsers stop
at 512 levels; pages that people wrote stay below 100.
"""

from __future__ import annotations

import re

MOST_DEPTH = 1_000
"""Open elements at once."""

MOST_REBUILT = 3_000_000
"""Formatting elements open at once, times the number of tags."""

FEW_TAGS = 1_500
"""Below this no nesting can hurt."""

_TAG = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_FREE = frozenset(
    b"area base br col embed hr img input link meta source track wbr param p li td th tr dt dd option optgroup tbody "
    b"thead tfoot colgroup rt rp html head body path".split()
)
_FORMATTING = frozenset(b"a b big code em font i nobr s small strike strong tt u".split())


def too_deep(body: bytes) -> str:
    """Why the markup isn't parsed, empty where it can be. Elements that close by themselves don't count."""
    if body.count(b"<") < FEW_TAGS:
        return ""
    depth = formatting = deepest = most = tags = 0
    for found in _TAG.finditer(body):
        tags += 1
        name = found.group(2).lower()
        if name in _FREE:
            continue
        step = -1 if found.group(1) else 1
        depth = max(0, depth + step)
        if name in _FORMATTING:
            formatting = max(0, formatting + step)
            most = max(most, formatting)
        deepest = max(deepest, depth)
        if deepest > MOST_DEPTH:
            return f"elements are nested more than {MOST_DEPTH} deep"
    if most > 64 and most * tags > MOST_REBUILT:
        return f"{most} formatting elements are left open"
    return ""
