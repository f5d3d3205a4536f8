"""Which rule of a robots.txt decides for a crawler and an address.

RFC 9309, 2.2.1 (groups that name the crawler, joined; else those for `*`) and 2.2.2 (the longest pattern wins, allow
where two are equally long). Beyond it, as Google publishes: an allowed `.../index.html` also allows the folder.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from groma.site.robots.text import Group, Line, Robots, escaped

FALLBACK = {"applebot": "googlebot"}
"""Crawlers that read another's group when none names them (Apple, "About Applebot": falls back to Googlebot)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a crawler may fetch an address; `line` and `text` are the deciding rule (0: no rule, so it may)."""

    allowed: bool
    line: int = 0
    text: str = ""


def rules_for(robots: Robots, token: str) -> tuple[Line, ...]:
    """The rules that hold for a product token: of all groups that name it, else of its fallback, else for `*`."""
    return tuple(rule for group in groups_for(robots, token) for rule in group.rules)


def groups_for(robots: Robots, token: str) -> list[Group]:
    """The groups that hold for a product token."""
    named = [group for group in robots.groups if group.names(token)]
    other = FALLBACK.get(token.lower())
    if not named and other:
        named = [group for group in robots.groups if group.names(other)]
    return named or [group for group in robots.groups if group.is_for_all]


_PLAIN = re.compile(r"https?://[a-z0-9.:-]+(/[!-\"$-~]*)")
"""A normal address without fragment."""


@lru_cache(maxsize=20_000)
def path_of(url: str) -> str:
    """Path and query of an address, as patterns see them: from the first `/`, `/` where there is none."""
    plain = _PLAIN.fullmatch(url)
    if plain:
        return plain.group(1)
    if "://" in url:
        parts = urlsplit(url)
        path = parts.path or "/"
        return f"{path}?{parts.query}" if parts.query or url.partition("#")[0].endswith("?") else path
    path = url.partition("#")[0]
    return path if path.startswith("/") else "/"


def verdict(rules: tuple[Line, ...], path: str) -> Verdict:
    """The deciding rule among those of a crawler for a path with its query (see `path_of`)."""
    path = escaped(path)
    best: Line | None = None
    longest = 0
    for rule in rules:
        length = _length(rule, path)
        if length > longest or (
            length == longest and length and best is not None and rule.allows and not best.allows
        ):
            best, longest = rule, length
    if best is None:
        return Verdict(True)
    return Verdict(best.allows, best.number, best.text)


def _length(rule: Line, path: str) -> int:
    """Length of the rule's pattern if it matches, else 0 (an empty pattern is no rule)."""
    if matches(rule.pattern, path):
        return len(rule.pattern)
    if rule.allows:
        folder, _, last = rule.pattern.rpartition("/")
        if last.startswith("index.htm") and matches(f"{folder}/$", path):
            return len(folder) + 2
    return 0


def matches(pattern: str, path: str) -> bool:
    """Whether a pattern matches from the start of a path: `*` any characters, `$` at the end of a pattern the end.

    Greedy over the pieces between stars: linear in the path for each piece, so no pattern is slow.
    """
    anchored = pattern.endswith("$")
    pieces = (pattern[:-1] if anchored else pattern).split("*")
    first = pieces[0]
    if not path.startswith(first):
        return False
    if len(pieces) == 1:
        return not anchored or len(path) == len(first)
    at = len(first)
    for piece in pieces[1:-1] if anchored else pieces[1:]:
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return not anchored or (len(path) - len(pieces[-1]) >= at and path.endswith(pieces[-1]))
