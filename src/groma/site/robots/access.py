"""What a fetched robots.txt means: its rules, no rules where it is missing, no access where it fails.

RFC 9309, 2.3.1: a client error (400 to 499) means no restrictions, a server error or no answer means complete
disallow; Google counts 429 among the server errors. At least five redirects are followed; more count as missing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from groma.site.robots.match import Verdict, groups_for, path_of, verdict
from groma.site.robots.text import Line, Robots, parse

Outcome = Literal["rules", "missing", "failing"]


@dataclass(frozen=True)
class Access:
    """One host's robots.txt. `status` is 0 where the server gave no answer."""

    url: str
    status: int
    outcome: Outcome
    robots: Robots = Robots()
    _rules: dict[str, tuple[Line, ...]] = field(
        default_factory=dict[str, tuple[Line, ...]], compare=False, repr=False
    )

    def rules(self, token: str) -> tuple[Line, ...]:
        """The rules for a crawler's product token, found once."""
        found = self._rules.get(token)
        if found is None:
            found = tuple(rule for group in groups_for(self.robots, token) for rule in group.rules)
            self._rules[token] = found
        return found

    def verdict(self, token: str, url: str) -> Verdict:
        """Whether the crawler may fetch the address, and the deciding line."""
        if self.outcome == "failing":
            said = f"robots.txt answers {self.status}" if self.status else "robots.txt gives no answer"
            return Verdict(False, 0, f"{said}: crawlers take that as `disallow: /`")
        path = path_of(url)
        if self.outcome == "missing" or path == "/robots.txt":
            return Verdict(True)
        return verdict(self.rules(token), path)

    def delay(self, token: str) -> float:
        """Seconds between two fetches that the file asks of a crawler (0: none stated)."""
        return max((group.delay or 0.0 for group in groups_for(self.robots, token)), default=0.0)


def access_of(url: str, status: int, content: bytes) -> Access:
    """What a final answer (redirects followed) to `/robots.txt` means."""
    if 200 <= status < 300:
        return Access(url, status, "rules", parse(content))
    if 300 <= status < 500 and status != 429:
        return Access(url, status, "missing")
    return Access(url, status, "failing")
