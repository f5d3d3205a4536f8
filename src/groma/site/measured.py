"""What the owner measured: clicks from Search Console, and which crawlers really came by the server's logs.

A log names a crawler by the user-agent header, which anybody can send: a visit is what says so, not what is proven.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from groma.site.address import join, normal
from groma.site.crawlers import Crawler

if TYPE_CHECKING:
    from groma.site.citations import Answer

PAGE = (
    "top pages",
    "page",
    "pages",
    "url",
    "address",
    "häufigste seiten",
    "seite",
    "pages les plus populaires",
)
CLICKS = ("clicks", "klicks", "clics", "clic")
IMPRESSIONS = ("impressions", "impressionen", "impresiones")
_COMBINED = re.compile(
    r'^\S+ \S+ .*?\[(?P<when>[^\]]{1,40})\] "(?P<request>(?:[^"\\]|\\.){0,8000})" (?P<status>\d{3}) \S+'
    r'(?: "(?:[^"\\]|\\.)*" "(?P<agent>(?:[^"\\]|\\.)*)")?'
)
TURNED_AWAY = frozenset({401, 402, 403, 406, 429, 451, 503})


class MeasuredError(ValueError):
    """The file isn't what it should be; the message says what was expected."""


@dataclass(slots=True)
class Visits:
    """Requests of one crawler in a log; `turned_away` maps the status to how often, `example` is one such path."""

    requests: int = 0
    turned_away: dict[int, int] = field(default_factory=dict[int, int])
    example: str = ""
    last: str = ""

    def joined(self, other: Visits) -> Visits:
        """The visits of two logs together."""
        statuses = sorted({*self.turned_away, *other.turned_away})
        away = {
            status: self.turned_away.get(status, 0) + other.turned_away.get(status, 0) for status in statuses
        }
        return Visits(
            self.requests + other.requests, away, self.example or other.example, other.last or self.last
        )


@dataclass(frozen=True)
class Outcome:
    """What was measured: clicks and impressions by address, visits by crawler, answers of engines; empty where nobody
    measured."""

    clicks: dict[str, float] = field(default_factory=dict[str, float])
    impressions: dict[str, float] = field(default_factory=dict[str, float])
    visits: dict[str, Visits] = field(default_factory=dict[str, Visits])
    answers: tuple[Answer, ...] = ()


def search_console(text: str) -> tuple[dict[str, float], dict[str, float]]:
    """Clicks and impressions by address from Search Console's export of pages (Pages.csv).

    Raises MeasuredError where the columns aren't there or no row is an address.
    """
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    names = [name.strip().lower() for name in next(rows, list[str]())]
    places = [
        next((n for n, name in enumerate(names) if name in known), -1)
        for known in (PAGE, CLICKS, IMPRESSIONS)
    ]
    if places[0] < 0 or places[1] < 0:
        raise MeasuredError(
            f"expected columns `Top pages` and `Clicks`, found {', '.join(names) or 'nothing'}"
        )
    clicks: dict[str, float] = {}
    impressions: dict[str, float] = {}
    for row in rows:
        url = normal(row[places[0]]) if len(row) > max(places) else None
        if url is not None:
            clicks[url] = clicks.get(url, 0.0) + _number(row[places[1]])
            if places[2] >= 0:
                impressions[url] = impressions.get(url, 0.0) + _number(row[places[2]])
    if not clicks:
        raise MeasuredError("no row begins with an address")
    return clicks, impressions


def _number(text: str) -> float:
    try:
        return float(text.strip().replace(",", "").replace("\u00a0", "") or 0)
    except ValueError:
        return 0.0


def visits(lines: Iterable[str], crawlers: Iterable[Crawler]) -> dict[str, Visits]:
    """Visits by crawler from lines of a log in the combined format (Apache, nginx).

    Raises MeasuredError if no line is of that form.
    """
    known = tuple(crawlers)
    named: dict[str, str] = {}  # agents repeat: each is looked up once
    found: dict[str, Visits] = {}
    read = 0
    for line in lines:
        match = _COMBINED.match(line[:20_000])
        if match is None:
            continue
        read += 1
        agent = match["agent"] or ""
        token = named.get(agent)
        if token is None:
            token = next((crawler.token for crawler in known if crawler.sent(agent)), "")
            if len(named) < 200_000:
                named[agent] = token
        if token:
            _count(found.setdefault(token, Visits()), match)
    if not read:
        raise MeasuredError("no line is of the combined log format (Apache, nginx)")
    return dict(sorted(found.items()))


def _count(visit: Visits, match: re.Match[str]) -> None:
    visit.requests += 1
    visit.last = match["when"]
    status = int(match["status"])
    path = [*match["request"].split(" "), "", ""][1]
    if status in TURNED_AWAY and path != "/robots.txt":
        visit.turned_away[status] = visit.turned_away.get(status, 0) + 1
        visit.example = visit.example or path[:300]


def address_of(start: str, example: str) -> str:
    """The address of a path in a log of the site."""
    return join(start, example) or start
