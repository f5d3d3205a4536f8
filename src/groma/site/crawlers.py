"""Crawlers as dated data: whose they are, what for, whether they say that they keep to robots.txt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from groma.catalog import Catalog, load_catalog

MAIN_AS_OF = "2026-10"
"""Rows from this month on were taken from the vendors' own statements; older ones from lists of others."""


@dataclass(frozen=True, slots=True)
class Crawler:
    """One product token. `is_main`: its row rests on the vendor's own statement."""

    token: str
    vendor: str
    purpose: str
    honours: str
    pattern: str
    note: str
    source: str
    as_of: str

    @property
    def is_main(self) -> bool:
        return self.as_of >= MAIN_AS_OF

    def sent(self, agent: str) -> bool:
        """Whether a request's user-agent header is this crawler's, by the published pattern or by its name."""
        if self.pattern:
            try:
                return re.search(self.pattern, agent) is not None
            except re.error:
                pass
        return self.token.lower() in agent.lower()


@cache
def crawlers() -> tuple[Crawler, ...]:
    """The shipped table, read once: the vendors' own first, then by token."""
    return read_crawlers(load_catalog())


def read_crawlers(catalog: Catalog) -> tuple[Crawler, ...]:
    found = [
        Crawler(
            entry.text("token"),
            entry.text("vendor"),
            entry.text("purpose"),
            entry.text("honours_robots"),
            entry.text("ua_pattern"),
            entry.note,
            entry.source,
            entry.as_of,
        )
        for entry in catalog.entries("ai-crawlers")
    ]
    return tuple(sorted(found, key=lambda crawler: (not crawler.is_main, crawler.token.lower())))
