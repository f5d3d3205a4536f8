"""Reads a robots.txt into groups of rules, each with its line.

RFC 9309 section 2.2 (syntax, special characters) and what Google publishes beyond it in its parser's tests and in
https://developers.google.com/crawling/docs/robots-txt/robots-txt-spec: lines end in CR, LF or both; a colon may be
missing where there are exactly two words; common misspellings count; a line is cut at 16,664 bytes and a file at
500 KiB; a product token ends where a character that no token may have begins.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

MOST_BYTES = 500 * 1024
"""What a crawler must read at least (RFC 9309, 2.5) and what Google reads at most."""

MOST_LINE = 2083 * 8
"""Bytes of a line that count: eight times the longest address browsers took; Google's figure."""

Kind = Literal["agent", "allow", "disallow", "sitemap", "crawl-delay", "other"]

_KEYS: tuple[tuple[str, Kind], ...] = (
    ("user-agent", "agent"),
    ("useragent", "agent"),
    ("user agent", "agent"),
    ("allow", "allow"),
    ("disallow", "disallow"),
    ("dissallow", "disallow"),
    ("dissalow", "disallow"),
    ("disalow", "disallow"),
    ("diasllow", "disallow"),
    ("disallaw", "disallow"),
    ("sitemap", "sitemap"),
    ("site-map", "sitemap"),
    ("crawl-delay", "crawl-delay"),
)
_SPELT = ("user-agent", "allow", "disallow", "sitemap", "crawl-delay")
_TOKEN = re.compile(r"[A-Za-z_-]*")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Line:
    """One rule: whether it allows, its pattern ready for matching, its line (from 1) and its text as written."""

    allows: bool
    pattern: str
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A line that crawlers skip or read otherwise than its writer may think."""

    number: int
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Group:
    """Rules for some agents, as written: `agents` are (value of the line, its number)."""

    agents: tuple[tuple[str, int], ...]
    rules: tuple[Line, ...]
    delay: float | None = None

    def names(self, token: str) -> bool:
        """Whether the group is for this product token (never true for `*`)."""
        return any(_same(value, token) for value, _ in self.agents)

    @property
    def is_for_all(self) -> bool:
        return any(value == "*" or value[:2].rstrip() == "*" for value, _ in self.agents)


@dataclass(frozen=True, slots=True)
class Robots:
    """A file: its groups in order, its sitemaps with their lines, and lines that don't do what they seem to."""

    groups: tuple[Group, ...] = ()
    sitemaps: tuple[tuple[str, int], ...] = ()
    problems: tuple[Problem, ...] = ()
    size: int = 0

    @property
    def is_cut(self) -> bool:
        """Whether rules beyond 500 KiB aren't read."""
        return self.size > MOST_BYTES


def _same(value: str, token: str) -> bool:
    """A line's value against a crawler's token, without case.

    A token of letters, `_` and `-` (RFC 9309, 2.2.1) is held against the leading characters that a token may have, as
    Google does (`Foobot/2.1` is Foobot). A vendor's token with other characters (`AI2Bot`) needs the whole first word.
    """
    if _TOKEN.fullmatch(token):
        found = _TOKEN.match(value)
        return bool(token) and found is not None and found.group().lower() == token.lower()
    return value.lower() == token.lower() or value.partition(" ")[0].lower() == token.lower()


def parse(content: bytes) -> Robots:
    """Reads the bytes of a file; nothing raises, whatever they are."""
    size = len(content)
    content = content[:MOST_BYTES].removeprefix(_BOM)
    groups: list[Group] = []
    agents: list[tuple[str, int]] = []
    rules: list[Line] = []
    delay: float | None = None
    sitemaps: list[tuple[str, int]] = []
    problems: list[Problem] = []
    delayed = False  # a crawl-delay was the last thing said of the group
    begun = False  # rules of the group have begun: the next agent opens another group

    for number, raw in enumerate(re.split(rb"\r\n|\r|\n", content), 1):
        text = raw[:MOST_LINE].decode("utf-8", "surrogateescape")
        read = _key_and_value(text)
        if read is None:
            if text.partition("#")[0].strip():
                problems.append(Problem(number, shown(text), "no `key: value`: crawlers skip it"))
            continue
        key, value = read
        kind = _kind(key)
        if kind in ("agent", "allow", "disallow", "sitemap") and key.lower() not in _SPELT:
            problems.append(
                Problem(number, shown(text), f"`{shown(key)}` is misspelt: only some crawlers read it")
            )
        match kind:
            case "agent":
                if delayed and not begun:
                    why = "the rules below hold for the agent above as well: Crawl-delay ends no group"
                    problems.append(Problem(number, shown(text), why))
                delayed = False
                if begun:
                    groups.append(Group(tuple(agents), tuple(rules), delay))
                    agents, rules, delay, begun = [], [], None, False
                agents.append((value, number))
            case "allow" | "disallow":
                if not agents:
                    problems.append(
                        Problem(number, shown(text), "stands before any user-agent: crawlers skip it")
                    )
                    continue
                begun = True
                if value and value[0] not in "/*$":
                    problems.append(
                        Problem(number, shown(text), "a path begins with / or *: it matches nothing")
                    )
                rules.append(Line(kind == "allow", escaped(value), number, shown(text)))
            case "crawl-delay":
                delay = _seconds(value) if agents and delay is None else delay
                delayed = bool(agents)
            case "sitemap":
                sitemaps.append((value, number))
            case "other":
                if key.lower() == "noindex":
                    problems.append(
                        Problem(number, shown(text), "noindex isn't read in robots.txt since 2019-09-01")
                    )
    if agents:
        groups.append(Group(tuple(agents), tuple(rules), delay))
    return Robots(tuple(groups), tuple(sitemaps), tuple(problems), size)


def shown(text: str) -> str:
    """A text of the file as it can be printed."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace").strip()[:200]


def escaped(pattern: str) -> str:
    """A pattern with every octet outside US-ASCII percent-encoded and hex digits in capitals (RFC 9309, 2.2.2)."""
    if pattern.isascii() and "%" not in pattern:
        return pattern
    encoded = "".join(
        chr(octet) if octet < 128 else f"%{octet:02X}" for octet in pattern.encode("utf-8", "surrogateescape")
    )
    return re.sub(r"%[0-9a-fA-F]{2}", lambda found: found.group().upper(), encoded)


def _key_and_value(text: str) -> tuple[str, str] | None:
    text = text.partition("#")[0].strip()
    key, colon, value = text.partition(":")
    if not colon:
        words = text.split()
        if len(words) != 2:
            return None
        return words[0], words[1]
    key, value = key.strip(), value.strip()
    return (key, value) if key else None


def _kind(key: str) -> Kind:
    key = key.lower()
    for start, kind in _KEYS:
        if key.startswith(start):
            return kind
    return "other"


def _seconds(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if 0 <= seconds < 86400 else None
